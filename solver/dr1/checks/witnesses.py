"""Who saw a stage's commitment before its seed (见证; dr1 section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from solver.dr1 import ed25519, seed
from solver.dr1.checks.check import Check
from solver.dr1.checks.evidence import Evidence, objects, word
from solver.dr1.checks.seeds import Stage, commitment_of, refusals
from solver.dr1.encoding import Row
from solver.dr1.verdicts import Finding, fault, remark, unseen


def _witnesses(e: Evidence, stage: Stage) -> Iterator[Finding]:
    """A false proof fails; with no proof that could be tested, the stage is unwitnessed."""
    rows = objects(e.one(stage.seed)["witness"])
    tested = False
    for at, row in enumerate(rows, 1):
        for found in refusals(lambda row=row: _witness(e, stage, row), witness=word(row["name"])):  # type: ignore[misc]
            tested = tested or (found.code == "witness" and found.get("tested") is True)
            yield found if found.code == "witness" else _placed(found, at)
    for key, count in Counter(row["key"] for row in rows if row["kind"] == "ed25519").items():
        if count > 1:
            yield fault("witness-twice", key=key, count=count)
    if not tested:
        yield unseen("unwitnessed", count=len(rows))


def _placed(found: Finding, at: int) -> Finding:
    return Finding(found.kind, found.code, (*found.params, ("at", at)))


def _witness(e: Evidence, stage: Stage, row: Row) -> Iterator[Finding]:
    time, kind = "", word(row["kind"])
    if kind == "ed25519":
        time = word(row["at"])
        message = seed.witness_message(commitment_of(e, stage), time)
        if not ed25519.verify(
            bytes.fromhex(word(row["key"])), message, bytes.fromhex(word(row["signature"]))
        ):
            yield fault("witness-signature", name=row["name"])
            return
    elif kind in e.means.attests:
        time = e.means.attests[kind](row, commitment_of(e, stage), e.hash)
    if time:
        yield from _timely(e, stage, row, time)
    key = word(row.get("key", ""))
    known = bool(key) and e.means.keys.get(word(row["name"])) == key
    yield remark(
        "witness",
        stage=stage.name,
        name=row["name"],
        kind=kind,
        at=time,
        tested=bool(time),
        key=key,
        known=known,
    )


def _timely(e: Evidence, stage: Stage, row: Row, time: str) -> Iterator[Finding]:
    committed, revealed = (
        word(e.one(stage.parameters)["committed_at"]),
        word(e.one(stage.seed)["revealed_at"]),
    )
    if not committed <= time < revealed:
        yield fault("witness-time", name=row["name"], time=time, committed_at=committed, revealed_at=revealed)


def check_of(stage: Stage) -> Check:
    """Return the check of one stage's witnesses."""
    return Check(
        f"{stage.name}.witness", lambda e: _witnesses(e, stage), needs=(stage.parameters, stage.seed)
    )
