"""Small staffing problems: some with a roster planted in them, some as they come; the same at every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from solver.dr1.encoding import hexdigest, text
from solver.dr1.stream import Stream
from solver.roster.instance import Instance, build


@dataclass(frozen=True, slots=True)
class Case:
    """Slots (slot, route, date), allowed pairs (officer, slot), days present of each officer."""

    slots: tuple[tuple[str, str, str], ...]
    pairs: tuple[tuple[str, str], ...]
    days: dict[str, int]

    def instance(self) -> Instance:
        """Index it."""
        return build(self.slots, self.pairs, self.days)

    @property
    def route_of(self) -> dict[str, str]:
        """Route of each slot."""
        return {slot: route for slot, route, _ in self.slots}

    @property
    def date_of(self) -> dict[str, str]:
        """Date of each slot."""
        return {slot: date for slot, _, date in self.slots}


def cases(
    name: str, count: int, *, planted: bool, officers: int = 6, routes: int = 5, dates: int = 3
) -> Iterator[Case]:
    """Make ``count`` cases of at most so many officers, routes of one to three slots, and dates."""
    for number in range(count):
        yield _case(
            Stream(hexdigest(text("tests/roster", name, str(number)))), planted, officers, routes, dates
        )


def _case(chance: Stream, planted: bool, officers: int, routes: int, dates: int) -> Case:
    names = [f"o{i}" for i in range(2 + chance.below(officers - 1))]
    span = 1 + chance.below(dates)
    slots: list[tuple[str, str, str]] = []
    busy: dict[str, int] = {}
    for number in range(1 + chance.below(routes)):
        date = f"2026-12-0{1 + chance.below(span)}"
        for place in range(1 + chance.below(3)):
            if not planted or busy.get(date, 0) < len(names):
                busy[date] = busy.get(date, 0) + 1
                slots.append((f"R{number}-{place}", f"R{number}", date))
    density = 25 + chance.below(70)
    pairs = {(o, s) for o in names for s, _, _ in slots if chance.below(100) < density}
    if planted:
        pairs |= _planted(chance, names, slots)
    dated = {s: d for s, _, d in slots}
    least = {o: len({dated[s] for p, s in pairs if p == o}) for o in names}
    return Case(tuple(slots), tuple(sorted(pairs)), {o: least[o] + chance.below(4) for o in names})


def _planted(chance: Stream, names: list[str], slots: list[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """One officer for every slot, nobody twice on a date."""
    free: dict[str, list[str]] = {}
    found = set()
    for slot, _, date in slots:
        left = free.setdefault(date, list(names))
        found.add((left.pop(chance.below(len(left))), slot))
    return found
