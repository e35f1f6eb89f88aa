"""``draw seed``: contributions come in one by one after the commitment, and make the stage's seed (种子生成).

Each is stored as it is given and never changes; the seed is made with the last. Witnesses are those whose
signature over the commitment came before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import contributions_used
from inspect_engine.drawing.beacon import verify_beacon
from inspect_engine.drawing.steps import (
    expect,
    expect_later,
    find_draw,
    object_of,
    put_object,
    row_id,
    spec_of,
    stamp,
)
from inspect_engine.drawing.tables import (
    Draw,
    DrawContribution,
    DrawState,
    DrawWitness,
    StageName,
)
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from solver.dr1 import ed25519
from solver.dr1.encoding import Row, canonical
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import (
    commitment,
    dice,
    drand,
    parse_time,
    seed,
    share,
    share_commitment,
    witness_message,
)

#: Stage of a draw that waits for contributions: name, parameters file, seed file, state once all are there.
_WAITING = {
    DrawState.frozen: (StageName.targets, "1-parameters.json", "2-seed.json", DrawState.seeded),
    DrawState.staffed: (StageName.officers, "4-parameters.json", "5-seed.json", DrawState.reseeded),
}


_KEY, _SIGNATURE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives to a seed.

    Attributes
    ----------
    kind : str
        ``dice``, ``share``, ``withheld`` or ``drand``.
    party : str
        Of a share, given or withheld.
    value : str
        Digits, share, or randomness.
    proof : str
        Signature of a beacon's round.
    """

    kind: str
    party: str = ""
    value: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class SeedState:
    """Where a stage's seed stands: how many contributions of how many, and the seed once it is made."""

    stage: StageName
    commitment: str
    given: int
    wanted: int
    seed: str


def contribute(
    session: Session, draw_id: str, given: Sequence[Given], witnesses: Sequence[Row], act: Act
) -> SeedState:
    """Take in contributions and witnesses of the stage that waits for them.

    Raises
    ------
    EngineError
        ``drawing.step-order``; ``drawing.too-early``; ``drawing.contribution-order`` where one is not the rule's next;
        ``drawing.dice-digits``, ``drawing.share-does-not-open``, ``drawing.beacon`` where one is bad;
        ``drawing.contribution-used`` where one served before; ``drawing.witness`` where a signature does not
        hold or is not of this commitment. Nothing is stored then.
    """
    draw = find_draw(session, draw_id)
    expect(draw, *_WAITING)
    stage, parameters_file, seed_file, done = _WAITING[draw.state]
    parameters = object_of(session, draw, parameters_file)
    committed = commitment(parameters, draw.hash)
    rule = spec_of(draw).rule("targets" if stage is StageName.targets else "officers")
    expect_later(act.at, str(parameters["committed_at"]))
    _take_witnesses(session, draw, stage, committed, parameters, witnesses, act)
    stored = _stored(session, draw, stage)
    for one in _in_order(given, rule):
        stored.append(_take(session, draw, stage, rule, len(stored), one, act))
    made = ""
    if len(stored) == len(rule):
        made = _make_seed(session, draw, committed, stored, seed_file, act)
        draw.state = done
    return SeedState(stage, committed, len(stored), len(rule), made)


def _in_order(given: Sequence[Given], rule: Sequence[Row]) -> list[Given]:
    """Shares given in one call may stand in any order among themselves; the rule's order is what counts."""
    parties = [row.get("party") for row in rule]
    shares = iter(sorted((g for g in given if g.party in parties), key=lambda g: parties.index(g.party)))
    return [next(shares) if one.party in parties else one for one in given]


def _stored(session: Session, draw: Draw, stage: StageName) -> list[DrawContribution]:
    query = select(DrawContribution).where(
        col(DrawContribution.draw_id) == draw.id, col(DrawContribution.stage) == stage
    )
    return sorted(session.exec(query), key=lambda row: row.position)


def _take(
    session: Session, draw: Draw, stage: StageName, rule: Sequence[Row], position: int, one: Given, act: Act
) -> DrawContribution:
    if position >= len(rule):
        raise EngineError("drawing.contribution-order", wanted="-", given=one.kind)
    value = contribution_of(rule[position], one, draw.hash)
    proof = one.proof if one.kind == "drand" else ""  # a checker faults a proof where nothing is signed
    if not value.endswith(":withheld"):
        _refuse_used(session, value)
    row = DrawContribution(
        draw_id=row_id(draw), stage=stage, position=position, value=value, proof=proof, at=act.at
    )
    session.add(row)
    append(
        session,
        act,
        "draw.contributed",
        draw.draw_id,
        {"contribution": value, "position": position, "stage": stage.value},
    )
    return row


def _refuse_used(session: Session, value: str) -> None:
    """No contribution is used twice, in whatever draw or substitution (F21)."""
    if contributions_used(session, [value]):
        raise EngineError("drawing.contribution-used", contribution=value)


def contribution_of(rule: Row, one: Given, hash_name: str) -> str:
    """Write what somebody gives as the contribution that a row of a seed rule wants.

    Raises
    ------
    EngineError
        ``drawing.contribution-order`` for another kind or party; ``drawing.dice-digits``,
        ``drawing.share-does-not-open``, ``drawing.beacon``.
    """
    wanted = str(rule["kind"])
    kind = "share" if one.kind == "withheld" else one.kind
    if kind != wanted or (kind == "share" and one.party != rule["party"]):
        raise EngineError(
            "drawing.contribution-order",
            wanted=f"{wanted} {rule.get('party', '')}".strip(),
            given=f"{one.kind} {one.party}".strip(),
        )
    if kind == "dice":
        return _dice(rule, one)
    if kind == "share":
        return _share(rule, one, hash_name)
    return _drand(rule, one)


def _dice(rule: Row, one: Given) -> str:
    try:
        return dice(one.value, int(str(rule["digits"])))
    except ProtocolError as error:
        raise EngineError("drawing.dice-digits", wanted=rule["digits"], given=len(one.value)) from error


def _share(rule: Row, one: Given, hash_name: str) -> str:
    if one.kind == "withheld":
        return share(rule, None, hash_name)
    try:
        opens = share_commitment(one.party, one.value, hash_name) == rule["commitment"]
    except ProtocolError:
        opens = False
    if not opens:
        raise EngineError("drawing.share-does-not-open", party=one.party)
    return share(rule, one.value, hash_name)


def _drand(rule: Row, one: Given) -> str:
    chain, number = str(rule["chain"]), int(str(rule["round"]))
    if not verify_beacon(chain, number, one.value, one.proof):
        raise EngineError("drawing.beacon", chain=chain, round=number)
    return drand(rule, one.value)


def _take_witnesses(
    session: Session,
    draw: Draw,
    stage: StageName,
    committed: str,
    parameters: Row,
    witnesses: Sequence[Row],
    act: Act,
) -> None:
    query = select(DrawWitness).where(col(DrawWitness.draw_id) == draw.id, col(DrawWitness.stage) == stage)
    keys = {one.row["key"] for one in session.exec(query)}
    for row in witnesses:
        check_witness(row, committed, str(parameters["committed_at"]), stamp(act.at))
        if row["key"] in keys:
            raise EngineError("drawing.witness", name=row["name"], fault="twice")
        keys.add(row["key"])
        session.add(DrawWitness(draw_id=row_id(draw), stage=stage, row=dict(row)))
        append(
            session,
            act,
            "draw.witnessed",
            draw.draw_id,
            {"at": row["at"], "name": row["name"], "stage": stage.value},
        )
    session.flush()


def check_witness(row: Mapping[str, object], committed: str, earliest: str, latest: str) -> None:
    """Refuse a witness whose signature does not hold for this commitment, or whose time cannot be.

    Nothing passes that a checker would fault later (spelling of hex, a time at the seed's own second): a faulty
    witness row would be a defect that its giver can make at will.

    Raises
    ------
    EngineError
        ``drawing.witness`` with the reason.
    """
    name = str(row.get("name", ""))
    wanted = {"at", "key", "kind", "name", "signature"}
    if set(row) != wanted or row["kind"] != "ed25519" or not all(isinstance(v, str) for v in row.values()):
        raise EngineError("drawing.witness", name=name, fault="form")
    at = str(row["at"])
    if not (_KEY.fullmatch(str(row["key"])) and _SIGNATURE.fullmatch(str(row["signature"]))):
        raise EngineError("drawing.witness", name=name, fault="form")
    try:
        parse_time(at)
        key, signature = bytes.fromhex(str(row["key"])), bytes.fromhex(str(row["signature"]))
        holds = ed25519.verify(key, witness_message(committed, at), signature)
    except (ProtocolError, ValueError):
        raise EngineError("drawing.witness", name=name, fault="form") from None
    if not holds:
        raise EngineError("drawing.witness", name=name, fault="signature")
    if not earliest <= at < latest:
        raise EngineError("drawing.witness", name=name, fault="time")


def _make_seed(
    session: Session,
    draw: Draw,
    committed: str,
    stored: Sequence[DrawContribution],
    seed_file: str,
    act: Act,
) -> str:
    contributions = [row.value for row in stored]
    made = seed(committed, contributions, draw.hash)
    stage = stored[0].stage
    query = select(DrawWitness).where(col(DrawWitness.draw_id) == draw.id, col(DrawWitness.stage) == stage)
    witnesses: list[Row] = sorted((dict(one.row) for one in session.exec(query)), key=canonical)
    put_object(
        session,
        draw,
        seed_file,
        {
            "contributions": list(contributions),
            "proofs": [row.proof for row in stored],
            "revealed_at": stamp(act.at),
            "seed": made,
            "witness": list(witnesses),
        },
    )
    append(
        session,
        act,
        "draw.seeded",
        draw.draw_id,
        {"seed": made, "stage": stage.value, "witnesses": len(witnesses)},
    )
    return made
