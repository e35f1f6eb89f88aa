"""The lottery of officers, made again (dr1 section 6)."""

from __future__ import annotations

from collections.abc import Iterator

from solver.dr1 import lottery
from solver.dr1.checks.check import Check
from solver.dr1.checks.evidence import Evidence, number, word
from solver.dr1.checks.routes import ROUTES
from solver.dr1.checks.sample import differences
from solver.dr1.checks.seeds import OFFICERS
from solver.dr1.checks.weights import WEIGHTS, places
from solver.dr1.encoding import Row
from solver.dr1.verdicts import Finding, remark

ROSTER = "6-roster.jsonl"


def _roster(e: Evidence) -> Iterator[Finding]:
    slots = [(slot, date) for slot, (_, date) in e.once(places).items()]
    weights = [(word(row["officer"]), word(row["slot"]), number(row["weight"])) for row in e.rows(WEIGHTS)]
    pairs = lottery.lottery(word(e.one(OFFICERS.seed)["seed"]), slots, weights, e.hash)
    drawn: list[Row] = [{"officer": officer, "slot": slot} for slot, officer in sorted(pairs)]
    yield from differences(ROSTER, e.rows(ROSTER), drawn)
    yield remark("slots-filled", count=len(drawn))


CHECKS = (
    Check(
        "roster.lottery",
        _roster,
        needs=(ROUTES, WEIGHTS, OFFICERS.seed, ROSTER),
        after=("files.once", "weights.bars", "weights.slots", "weights.days"),
    ),
)
