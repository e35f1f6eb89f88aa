"""``draw substitute`` and its neighbours: an officer leaves a slot and is followed by lottery (替换; dr1 section 7).

The request names the candidates and is committed to before its chance exists; then contributions come in, and the
first by (substitute hash, code) goes. Nobody chooses, nobody tries twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from inspect_engine.drawing.after.events_file import (
    contributions_used,
    promised,
    promises,
    put_event,
)
from inspect_engine.drawing.after.slots import (
    check_ground,
    code_of,
    hand_over,
    open_on,
    opened,
    slot_id,
    stands,
    unspoken,
)
from inspect_engine.drawing.after.standing import Stop, departures, standing, stops_of
from inspect_engine.drawing.seeding import Given, contribution_of
from inspect_engine.drawing.steps import expect_later, refuse_past, region_of, row_id, stamp
from inspect_engine.drawing.tables import Draw, Substitution
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.planning.spec import MOST_DICE, many_dice
from inspect_engine.rules import rule_on
from inspect_engine.visits.tables import Mode
from solver.dr1 import substitution
from solver.dr1.encoding import Row
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import check_contributions, check_rule, commitment, round_time, seed
from solver.replan.following import Place, Standing, candidates


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it may be shown (替换申请): no name, no code.

    Attributes
    ----------
    commitment : str
        To be made known to witnesses before any contribution exists.
    few : bool
        Whether the candidates are so few that the outcome can be guessed.
    alarm : bool
        Whether many officers leave slots of that day at once.
    """

    substitution: int
    slot: str
    candidates: int
    commitment: str
    few: bool
    alarm: bool


@dataclass(frozen=True, slots=True)
class Followed:
    """A decided substitution: who goes stands under a code."""

    substitution: int
    slot: str
    seed: str
    to: str


@dataclass(frozen=True, slots=True)
class Absence:
    """What an absence led to (请假处置).

    Attributes
    ----------
    waiting : tuple of str
        Slots that must wait until an open request of their day is decided.
    stuck : tuple of str
        Slots for which nobody can be drawn.
    """

    asked: tuple[Asked, ...]
    waiting: tuple[str, ...]
    stuck: tuple[str, ...]


def request(
    session: Session, draw_id: str, slot: str, ground: str, approver: str, rule: Sequence[Row], act: Act
) -> Asked:
    """Ask for a lottery over who follows in a slot, and commit to it.

    Parameters
    ----------
    ground : str
        A code of the rules: ``leaving-grounds`` for absence, ``relation-grounds`` for recusal (回避).
    approver : str
        The second person, who decides that the officer leaves.
    rule : sequence of Row
        Contributions that will be taken, as in a seed rule.
    act : Act
        Its ground, in words, stays in the store: it may tell of a person.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``, ``drawing.too-early``; ``replans.not-a-drawer``,
        ``replans.unknown-ground``, ``replans.unknown-slot``, ``replans.slot-idle`` where no visit is left,
        ``replans.open`` where an open request is about that slot or day, ``replans.seed-rule``, ``replans.dice-many``,
        ``replans.seed-rule-used``, ``drawing.beacon-past``, ``replans.no-candidate``; those of
        :func:`inspect_engine.events.approvals.approve`.
    """
    draw = opened(session, draw_id, act)
    check_ground(ground, "leaving-grounds", "relation-grounds")
    _check_rule(session, draw, rule, act)
    stops = stops_of(session, draw)
    now, place = stands(session, draw, slot, stops, act)
    found = candidates(now, slot)
    if not found:
        raise EngineError("replans.no-candidate", slot=slot)
    approve(session, act, approver, f"{draw_id}/{slot}")
    row: Row = {
        "candidates": [*found],
        "draw_id": draw_id,
        "from": now.held[slot],
        "ground": ground,
        "requested_at": stamp(act.at),
        "seed_rule": [dict(one) for one in rule],
        "slot": slot,
    }
    made = _store_request(session, draw, row, approver, act)
    told = Asked(
        substitution=made,
        slot=slot,
        candidates=len(found),
        commitment=commitment(row, draw.hash),
        few=len(found) < _rule(session, draw, "few-candidates", act.local_day),
        alarm=_many_away(session, draw, now, place, stops, act.local_day),
    )
    data: Row = {"approver": approver, "candidates": len(found), "commitment": told.commitment}
    append(
        session,
        unspoken(act),
        "draw.substitution-asked",
        draw_id,
        {**data, "alarm": told.alarm, "substitution": made},
    )
    return told


def absent(
    session: Session,
    draw_id: str,
    officer: str,
    days: tuple[date, date],
    ground: str,
    approver: str,
    rule: Sequence[Row],
    act: Act,
) -> Absence:
    """Ask for a follower in every slot that an officer holds on some days.

    It is logged whether or not the officer has a slot on them, so that nobody can ask in silence who goes when.

    Parameters
    ----------
    officer : str
        Staff number or code.

    Raises
    ------
    EngineError
        ``replans.unknown-officer``, ``drawing.bad-day``, and those of :func:`request`; then nothing is asked at all.
    """
    draw = opened(session, draw_id, act)
    if days[0] > days[1]:
        raise EngineError("drawing.bad-day", text=f"{days[0]}..{days[1]}")
    check_ground(ground, "leaving-grounds", "relation-grounds")
    _check_rule(session, draw, rule, act)  # before it is looked who goes: a fault must not tell
    code = code_of(session, draw, officer)
    now = standing(session, draw, act.local_day, stops_of(session, draw), routes=())
    found = ask_all(session, draw, _held(now, code, days), ground, approver, rule, act)
    counts = {"requests": len(found.asked), "stuck": len(found.stuck), "waiting": len(found.waiting)}
    append(session, unspoken(act), "draw.absence-told", draw_id, {"approver": approver, **counts})
    return found


def ask_all(
    session: Session,
    draw: Draw,
    slots: Iterable[str],
    ground: str,
    approver: str,
    rule: Sequence[Row],
    act: Act,
) -> Absence:
    """Ask for a follower in each of some slots where that can be done at once, and tell of the others.

    Raises
    ------
    EngineError
        As :func:`request`.
    """
    asked, waiting, stuck = [], [], []
    for slot in slots:
        stops = stops_of(session, draw)
        now = standing(session, draw, act.local_day, stops)
        if open_on(session, draw, now, now.places[slot]):
            waiting.append(slot)
        elif not candidates(now, slot):
            stuck.append(slot)
        else:
            asked.append(request(session, draw.draw_id, slot, ground, approver, rule, act))
    return Absence(tuple(asked), tuple(waiting), tuple(stuck))


def _held(now: Standing, code: str, days: tuple[date, date]) -> list[str]:
    """Slots that an officer has on some days, by name."""
    first, last = days[0].isoformat(), days[1].isoformat()
    return sorted(
        slot
        for slot, place in now.places.items()
        if now.held[slot] == code and any(first <= day <= last for day in place.days)
    )


def decide(session: Session, substitution_id: int, given: Sequence[Given], act: Act) -> Followed:
    """Take the contributions of an open request, all at once, and let the first candidate follow.

    Raises
    ------
    EngineError
        ``replans.unknown-request``, ``replans.decided-already``, ``replans.not-a-drawer``, ``drawing.too-early``,
        ``drawing.contribution-order``, ``drawing.dice-digits``, ``drawing.share-does-not-open``, ``drawing.beacon``,
        ``drawing.contribution-used``. Nothing is stored then.
    """
    asked = session.get(Substitution, substitution_id)
    if asked is None:
        raise EngineError("replans.unknown-request", substitution=substitution_id)
    if asked.decided_at is not None:
        raise EngineError("replans.decided-already", substitution=substitution_id)
    draw = session.get_one(Draw, asked.draw_id)
    draw = opened(session, draw.draw_id, act)
    row: Row = dict(asked.request)
    expect_later(act.at, str(row["requested_at"]))
    values = _contributions(session, draw, asked.request["seed_rule"], given, act)
    made = seed(commitment(row, draw.hash), values, draw.hash)
    slot, leaver = str(row["slot"]), str(row["from"])
    to = substitution.order(made, slot, asked.request["candidates"], draw.hash)[0]
    hand_over(session, draw, asked.slot_id, (leaver, to), Mode.substitute, str(row["ground"]), act)
    outcome: Row = {
        "contributions": [*values],
        "decided_at": stamp(act.at),
        "kind": "officer",
        "seed": made,
        "to": to,
    }
    put_event(session, draw, row | outcome, act)
    asked.decided_at, asked.successor = act.at, to
    data: Row = {"contributions": [*values], "seed": made, "substitution": substitution_id}
    append(session, unspoken(act), "draw.substituted", draw.draw_id, data)
    return Followed(substitution_id, slot, made, to)


def _check_rule(session: Session, draw: Draw, rule: Sequence[Row], act: Act) -> None:
    try:
        check_rule(rule)
    except ProtocolError as error:
        raise EngineError("replans.seed-rule", fault=str(error)) from error
    for row in many_dice(rule):
        raise EngineError("replans.dice-many", digits=row["digits"], most=MOST_DICE)
    refuse_past([*rule], stamp(act.at))
    again = promised(session, draw) & set(promises(rule))
    if again:
        raise EngineError("replans.seed-rule-used", what=min(again))


def _store_request(session: Session, draw: Draw, row: Row, approver: str, act: Act) -> int:
    made = Substitution(
        draw_id=row_id(draw),
        slot_id=slot_id(session, draw, str(row["slot"])),
        request=dict(row),
        ground=act.ground,
        approver=approver,
        requested_at=act.at,
    )
    session.add(made)
    session.flush()
    return made.id or 0


def _contributions(
    session: Session, draw: Draw, rule: Sequence[Row], given: Sequence[Given], act: Act
) -> list[str]:
    if len(given) != len(rule):
        wanted = ", ".join(f"{row['kind']} {row.get('party', '')}".strip() for row in rule)
        raise EngineError(
            "drawing.contribution-order", wanted=wanted, given=", ".join(g.kind for g in given) or "-"
        )
    for row in rule:
        if row["kind"] == "drand":  # a round of the future is known to nobody but who can forge it
            opens = round_time(str(row["chain"]), int(str(row["round"])))
            if opens > stamp(act.at):
                raise EngineError("drawing.too-early", at=stamp(act.at), than=opens)
    values = [contribution_of(row, one, draw.hash) for row, one in zip(rule, given, strict=True)]
    check_contributions(rule, values, draw.hash)
    for value in contributions_used(session, values):
        raise EngineError("drawing.contribution-used", contribution=value)
    return values


def _many_away(
    session: Session, draw: Draw, now: Standing, place: Place, stops: Iterable[Stop], today: date
) -> bool:
    """Whether so many leave slots of one day for absence that it must be looked into."""
    limit = _rule(session, draw, "mass-absence", today)
    away, _ = departures(session, draw, stops)
    for day in place.days:
        gone = {code for code, spans in away.items() if (day, day) in spans}
        sent = gone | {now.held[slot] for slot, other in now.places.items() if day in other.days}
        if len(gone) >= limit["least"] and len(gone) * 1_000_000 >= limit["share"] * len(sent):
            return True
    return False


def _rule(session: Session, draw: Draw, key: str, day: date) -> Any:
    return rule_on(key, day, region_of(session, draw.operator)).value
