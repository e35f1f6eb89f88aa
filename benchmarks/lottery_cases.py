"""Staffing problems of three sizes for benchmarks, the same each time: departments, skills, leave and a few ties."""

from __future__ import annotations

from dataclasses import dataclass

from solver.dr1.encoding import hexdigest, text
from solver.dr1.stream import Stream
from solver.roster.instance import Instance, build


@dataclass(frozen=True, slots=True)
class Case:
    """A staffing problem before it is indexed: slots (slot, route, date), pairs (officer, slot), days present."""

    slots: list[tuple[str, str, str]]
    pairs: list[tuple[str, str]]
    days: dict[str, int]

    def instance(self) -> Instance:
        """Index it."""
        return build(self.slots, self.pairs, self.days)


@dataclass(frozen=True, slots=True)
class _Officer:
    code: str
    department: int
    lead: bool
    skills: frozenset[int]
    away: frozenset[int]


def case_a() -> Case:
    """120 officers × 150 routes of two slots, three departments, 20 dates."""
    return _case("a", officers=120, routes=150, dates=20, departments=3, skills=4)


def case_b() -> Case:
    """120 officers × 1,000 routes of two slots, every pair allowed: 240,000 pairs, 25 dates."""
    return _case("b", officers=120, routes=1000, dates=25, departments=1, skills=0)


def case_c() -> Case:
    """1,000 officers × 1,250 routes of two slots, seven departments, near 250,000 pairs, 20 dates."""
    return _case("c", officers=1000, routes=1250, dates=20, departments=7, skills=4)


def _case(name: str, *, officers: int, routes: int, dates: int, departments: int, skills: int) -> Case:
    chance = Stream(hexdigest(text("benchmarks/lottery", name)))
    pool = [_officer(chance, i, dates, departments, skills) for i in range(officers)]
    slots: list[tuple[str, str, str]] = []
    pairs: list[tuple[str, str]] = []
    for number in range(routes):
        date, department = number * dates // routes, chance.below(departments)
        wanted = chance.below(2 * skills) if skills else 0
        barred = {chance.below(officers) for _ in range(3)} if skills else set()
        for place in range(2):
            slot = f"R{number:04d}-{place + 1}"
            slots.append((slot, slot[:5], f"2026-12-{date + 1:02d}"))
            pairs += [
                (one.code, slot)
                for i, one in enumerate(pool)
                if one.department == department
                and date not in one.away
                and i not in barred
                and (place or one.lead or not skills)
                and (place == 0 or wanted >= skills or wanted in one.skills or not skills)
            ]
    return Case(slots, pairs, {one.code: dates - len(one.away) for one in pool})


def _officer(chance: Stream, number: int, dates: int, departments: int, skills: int) -> _Officer:
    away: set[int] = set()
    if skills and chance.below(100) < 35:
        first = chance.below(dates)
        away = set(range(first, min(dates, first + 1 + chance.below(5))))
    return _Officer(
        code=f"{number:016x}",
        department=number % departments,
        lead=chance.below(100) < 70,
        skills=frozenset(s for s in range(skills) if chance.below(100) < 60),
        away=frozenset(away),
    )
