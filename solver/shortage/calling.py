"""Officers of neighbouring areas: so few as can be, and by chance among those equally able (异地借调).

For each short day: an officer-day called in fills at most one slot more, so no fewer than are missing will do; and
where any set of them fills all, as many as are missing do, since a matching grown along augmenting paths keeps all whom
it held. The sets that do are the bases of a matroid. So, taken in the order of the hash, whoever lets one slot more be
filled is chosen, and what results is the first of all least sets in that order. Two of whom one can stand for the other
in some such set are in one group: the group's able and how many of them are needed is what is shown; liking has no
place. Relatives break the matroid: where one of the callable has any, sets are tried one by one instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, islice

from solver.shortage.changes import called
from solver.shortage.effect import Called
from solver.shortage.graph import matched, may_on
from solver.shortage.problem import Case, Work


def call_in(case: Case, work: Work, short: Sequence[str]) -> tuple[Called, ...] | None:
    """Who is called in on the short days; None where the callable do not suffice (or not past relatives of theirs)."""
    found: list[Called] = []
    for day in short:
        groups = _on_day(case, day, work)
        if groups is None:
            return None
        found.extend(groups)
    return tuple(found)


def related(case: Case) -> bool:
    """Whether somebody who may be called in has relatives in the pool."""
    codes = {code for code, _ in case.callable}
    return any(
        row["ground"] == "kin" and not codes.isdisjoint((str(row["officer"]), str(row["with"])))
        for row in case.relations
    )


def _on_day(case: Case, day: str, work: Work) -> list[Called] | None:
    sizes = _Sizes(case, day)
    order = sorted(sizes.callable, key=lambda code: (work.order(code, day), code))
    useful = [code for code in order if sizes.of([code]) > sizes.held]
    chosen: list[str] = []
    for code in useful:
        if sizes.held + len(chosen) < sizes.full and sizes.of([*chosen, code]) > sizes.held + len(chosen):
            chosen.append(code)
    missing = sizes.full - sizes.held
    if len(chosen) < missing and sizes.related:
        tried = islice(combinations(order, missing), work.trials)
        chosen = list(next((some for some in tried if sizes.of(some) == sizes.full), ()))
    return _groups(day, sizes, chosen, useful) if len(chosen) == missing else None


def _groups(day: str, sizes: _Sizes, chosen: Sequence[str], useful: Sequence[str]) -> list[Called]:
    """Split by who can stand for whom: the circuits of each one not chosen with the chosen."""
    group = {code: {code} for code in chosen}
    for code in useful:
        if code in chosen:
            continue
        instead = [b for b in chosen if sizes.of([*(c for c in chosen if c != b), code]) == sizes.full]
        if not instead:
            continue  # relatives: able alone, never with those chosen
        merged = {code}.union(*(group[b] for b in instead))
        for one in merged:
            group[one] = merged
    apart = {min(one): one for one in group.values()}
    return [
        Called(
            day=day,
            needed=sum(c in one for c in chosen),
            able=tuple(sorted(one)),
            chosen=tuple(sorted(c for c in chosen if c in one)),
        )
        for _, one in sorted(apart.items())
    ]


class _Sizes:
    """How many slots of a day can be filled with some called in."""

    def __init__(self, case: Case, day: str) -> None:
        self._case, self._day = case, day
        base = may_on(case, day)
        self._base = matched(base)
        self.held, self.full = len(self._base), len(base)
        self.callable = sorted(code for code, when in case.callable if when == day)
        self.related = related(case)
        self._pool = frozenset(code for codes in base.values() for code in codes)
        self._all = {} if self.related else self._with(self.callable)

    def of(self, codes: Sequence[str]) -> int:
        """Slots filled with these called in."""
        if self.related:
            return len(matched(self._with(codes)))
        there = self._pool.union(codes)
        return len(matched({s: [c for c in may if c in there] for s, may in self._all.items()}, self._base))

    def _with(self, codes: Sequence[str]) -> dict[str, list[str]]:
        officers = list(self._case.officers)
        for code in codes:
            officers = called(officers, code, self._day)
        return may_on(self._case, self._day, officers)
