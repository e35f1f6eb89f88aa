"""One change at a time, each tried on the whole case (逐一试验).

Where relatives come into question on one route, who may go depends on who else may, and the cuts say too little. Then every
single change of the kind is tried before anything else, so that the least remedy of all, one change, is never missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from solver.roster.staffing import Staffed
from solver.shortage.changes import Change, Place, PutBack, Widen, changed, firsts, followers
from solver.shortage.choices import short_days
from solver.shortage.errors import ShortageError
from solver.shortage.graph import answer
from solver.shortage.problem import Case, Work


def suffices(case: Case, changes: tuple[Change, ...]) -> bool:
    """Whether the case can be staffed after some changes, by the lottery's own check."""
    return isinstance(answer(changed(case, changes)), Staffed)


def single(case: Case, kind: str, work: Work) -> Change | None:
    """The first change of a kind that alone suffices, of so many as may be tried; none for kinds without single ones."""
    for change in islice(_singles(case, kind), work.trials):
        try:
            if suffices(case, (change,)):
                return change
        except ShortageError as error:
            if error.code not in {"expert-unfit", "expert-busy"}:
                raise
    return None


def _singles(case: Case, kind: str) -> Iterator[Change]:
    days = set(short_days(case))
    routes = [route for route in case.routes if route.date in days]
    asked = [(r, slot.slot, skill) for r in routes for slot in r.slots for skill in sorted(slot.skills)]
    match kind:
        case "widen":
            yield from (Widen(slot, k, by) for _, slot, k in asked for by in case.wider.get(k, ()))
        case "expert":
            for route, slot, skill in asked:
                hosts = (one.name for one in case.experts if skill in one.skills)
                yield from (Place(host, route.route, slot, skill, route.date) for host in hosts)
        case "fewer":
            last = _last(case)
            yield from (PutBack(b) for route in routes for b in route.blinds if b in last)


def _last(case: Case) -> frozenset[str]:
    """Bodies that are the last of each of their strata, and the first of none."""
    first, gone = set(firsts(case).values()), set(case.put_back)
    return frozenset(
        blind
        for blind, others in followers(case).items()
        if case.ranks[blind] and blind not in first and gone.issuperset(others)
    )
