"""The routes of the second stage (dr1 sections 1, 5 and 8): every drawn body on one route, teams, and changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST, SECOND
from solver.dr1.checks.evidence import Evidence, objects, texts, word
from solver.dr1.checks.frame import POOL
from solver.dr1.checks.sample import SAMPLE
from solver.dr1.checks.seeds import EVENTS
from solver.dr1.verdicts import Finding, fault, remark

ROUTES, CHANGES = "4-routes.jsonl", "4-changes.jsonl"


def _due(e: Evidence) -> set[str]:
    """Return the bodies to be visited as the second stage froze them: a reserve called in by then has replaced its body."""
    due = {
        (word(row["task"]), word(row["stratum"]), word(row["blind"]))
        for row in e.rows(SAMPLE)
        if row["taken"]
    }
    committed = word(e.one(SECOND)["committed_at"])
    for row in e.rows(EVENTS):
        if row["kind"] == "target" and word(row["at"]) < committed:
            task, stratum = word(row["task"]), word(row["stratum"])
            due.discard((task, stratum, word(row["from"])))
            due.update({(task, stratum, word(row["to"]))} if row["to"] else ())
    return {blind for _, _, blind in due}


def _bodies(e: Evidence) -> Iterator[Finding]:
    gap = e.gap(EVENTS)
    if gap and gap.code == "malformed":
        yield gap
        return
    due, placed = _due(e), Counter(blind for row in e.rows(ROUTES) for blind in texts(row["blinds"]))
    for blind in sorted({*due, *placed}):
        if blind not in due:
            yield fault("body-not-drawn", blind=blind)
        elif placed[blind] != 1:
            yield fault("body-routes", blind=blind, count=placed[blind])
    yield remark("bodies-placed", count=len(placed), routes=len(e.rows(ROUTES)))


def _teams(e: Evidence) -> Iterator[Finding]:
    """Two slots or more on each route, just one of them leading."""
    for row in e.rows(ROUTES):
        slots = objects(row["slots"])
        if len(slots) < 2:
            yield fault("team-small", route=row["route"], count=len(slots))
        leading = sum(slot["lead"] is True for slot in slots)
        if leading != 1:
            yield fault("team-lead", route=row["route"], count=leading)


def _changes(e: Evidence) -> Iterator[Finding]:
    """A change is between the two freezings, and of an officer in the pool."""
    pool = {row["officer"] for row in e.rows(POOL)}
    frozen, committed = word(e.one(FIRST)["committed_at"]), word(e.one(SECOND)["committed_at"])
    for at, row in enumerate(e.rows(CHANGES), 1):
        if row["officer"] not in pool:
            yield fault("officer-unknown", file=CHANGES, row=at, officer=row["officer"])
        if not frozen <= word(row["at"]) < committed:
            yield fault("change-time", row=at, at=row["at"], frozen=frozen, committed_at=committed)
    if e.rows(CHANGES):
        yield remark("changes", count=len(e.rows(CHANGES)))


CHECKS = (
    Check("routes.bodies", _bodies, needs=(SECOND, SAMPLE, ROUTES)),
    Check("routes.teams", _teams, needs=(ROUTES,)),
    Check("routes.changes", _changes, needs=(FIRST, SECOND, POOL, CHANGES)),
)
