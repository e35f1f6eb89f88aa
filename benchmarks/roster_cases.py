"""Months to be staffed, for ``benchmarks.roster``: the same each time, with every rule of ``solver.rules`` at work.

Leave, certificates that end, leaders, skills, ties to bodies and kin are all there, and so days present are uneven. A
team is two of the host department, one of whom leads, and on a joint route (联合检查) two of a second department.
"""

from __future__ import annotations

from dataclasses import dataclass

from solver.dr1.eligibility import Officer, Route, Slot, Span, allowed_pairs
from solver.dr1.encoding import Row, hexdigest, text
from solver.dr1.stream import Stream
from solver.roster.instance import Instance, build
from solver.rules import Facts, broken_pair, facts

#: Shares in per cent: of officers who may lead, who have a skill, who have leave, whose certificate ends in the month;
#: of slots that ask for a skill; of officers with a kinsman in the pool.
LEADS, SKILLED, LEAVE, ENDING, ASKS, KIN = 60, 60, 40, 5, 30, 8
SKILLS = 4
LONGEST_LEAVE = 10  # days


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's officers are drawn from: pool, routes, and relations as rows of ``1-relations.jsonl``."""

    name: str
    officers: tuple[Officer, ...]
    routes: tuple[Route, ...]
    relations: tuple[Row, ...]

    @property
    def slots(self) -> list[tuple[str, str, str]]:
        """(slot, route, date) of every slot."""
        return [(slot.slot, route.route, route.date) for route in self.routes for slot in route.slots]

    @property
    def days(self) -> dict[str, int]:
        """Days of the month on which each officer is present."""
        dates = {route.date for route in self.routes}
        return {one.code: sum(one.present_on(day) for day in dates) for one in self.officers}

    @property
    def facts(self) -> Facts:
        """What the plain rules are held against."""
        return facts(self.officers, self.routes, self.relations)

    @property
    def usable(self) -> dict[str, int]:
        """Days present of the officers whom no bar keeps from all slots."""
        able = {officer for officer, _ in self.single_pairs()}
        return {code: days for code, days in self.days.items() if code in able}

    def single_pairs(self) -> list[tuple[str, str]]:
        """(officer, slot) of every pair that is lawful by itself: rules (1) to (5), not yet kin."""
        known = self.facts
        return [
            (one.code, slot)
            for one in self.officers
            for slot in known.places
            if not any(broken_pair(known, one.code, slot))
        ]

    def pairs(self) -> list[tuple[str, str]]:
        """(officer, slot) as the engine allows them: of kin only one is let on a route, by the targets' seed."""
        seed = seed_of_targets(self.name)
        return [
            (officer, slot)
            for _, slot, officer in allowed_pairs(self.officers, self.routes, self.relations, seed)
        ]

    def instance(self) -> Instance:
        """Index it as the engine does."""
        return build(self.slots, self.pairs(), self.days)


def county() -> Month:
    """60 officers of three departments, 80 routes of which 20 joint, 200 slots, 20 dates."""
    return month("county", officers=60, routes=80, joint=20, dates=20, departments=3)


def prefecture() -> Month:
    """220 officers of eight departments, 276 routes of which 137 joint, 826 slots, 22 dates."""
    return month("prefecture", officers=220, routes=276, joint=137, dates=22, departments=8)


def month(name: str, *, officers: int, routes: int, joint: int, dates: int, departments: int) -> Month:
    """Make one; its name is its seed.

    Parameters
    ----------
    joint : int
        Routes with a second department, spread evenly over the month.
    """
    chance = Stream(_seed(name, "month"))
    pool = tuple(_officer(chance, i, dates, departments) for i in range(officers))
    ways = tuple(
        _route(
            chance,
            i,
            i * dates // routes,
            departments,
            joint=i * joint // routes != (i + 1) * joint // routes,
        )
        for i in range(routes)
    )
    return Month(name, pool, ways, (*_ties(chance, pool, ways), *_kin(chance, pool, departments)))


def seed_of_targets(name: str) -> str:
    """Seed of the first stage in a month of this name."""
    return _seed(name, "targets")


def _seed(name: str, use: str) -> str:
    return hexdigest(text("benchmarks.roster", name, use))


def _day(number: int) -> str:
    return f"2026-12-{number + 1:02d}"


def _officer(chance: Stream, number: int, dates: int, departments: int) -> Officer:
    away: tuple[Span, ...] = ()
    if chance.below(100) < LEAVE:
        first = chance.below(dates)
        away = ((_day(first), _day(first + chance.below(LONGEST_LEAVE))),)
    ends = chance.below(100) < ENDING
    return Officer(
        code=f"{number:016x}",
        department=f"D{number % departments}",
        lead=chance.below(100) < LEADS,
        skills=frozenset(f"S{k}" for k in range(SKILLS) if chance.below(100) < SKILLED),
        unit=f"U{number % departments}",
        until=_day(dates // 2 + chance.below(dates // 2)) if ends else "2027-12-31",
        away=away,
    )


def _route(chance: Stream, number: int, date: int, departments: int, *, joint: bool) -> Route:
    host = chance.below(departments)
    teams = [host, (host + 1 + chance.below(departments - 1)) % departments] if joint else [host]
    name = f"R{number:04d}"
    slots: list[Slot] = []
    for department in teams:
        for lead in (True, False):
            asks = chance.below(100) < ASKS and not lead
            skills = frozenset({f"S{chance.below(SKILLS)}"}) if asks else frozenset[str]()
            slots.append(Slot(f"{name}-{len(slots) + 1}", f"D{department}", lead, skills))
    return Route(
        route=name, date=_day(date), road=True, blinds=(hexdigest(text("blind", name)),), slots=tuple(slots)
    )


def _ties(chance: Stream, pool: tuple[Officer, ...], routes: tuple[Route, ...]) -> list[Row]:
    """One officer for each route with a tie to its body, at a department of the route or another."""
    return [
        {"ground": "interest", "officer": pool[chance.below(len(pool))].code, "with": route.blinds[0]}
        for route in routes
    ]


def _kin(chance: Stream, pool: tuple[Officer, ...], departments: int) -> list[Row]:
    """Kin are colleagues: officers of one department stand ``departments`` apart in the pool."""
    return [
        {"ground": "kin", "officer": one.code, "with": pool[i + departments].code}
        for i, one in enumerate(pool[:-departments])
        if chance.below(100) < KIN
    ]
