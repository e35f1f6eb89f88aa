"""Cases of the size of a prefecture: 220 officers in ten departments, 300 routes on twenty-one days, each short.

Unlike the small ones nothing is left to chance but who and where: the kind of shortage is planted on top of a month that
is nearly full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from benchmarks.shortage_cases import FIRST, SEED, SKILLS, WIDE
from solver.dr1.eligibility import Officer, Route, Slot
from solver.dr1.encoding import Row, hexdigest, text
from solver.dr1.stream import Stream
from solver.shortage.problem import Asked, Case, Expert, Rank, Trip

OFFICERS, ROUTES, DEPARTMENTS, DAYS = 220, 300, 10, 21
END = "2027-12-31"
PLANTED = ("leave", "leaders", "skill", "crowded", "window")


def prefectures() -> Iterator[tuple[str, Case]]:
    """Give one large case of each planted kind."""
    for kind in PLANTED:
        yield f"prefecture/{kind}", _case(kind)


def _case(kind: str) -> Case:
    chance = Stream(hexdigest(text("benchmarks/shortage-large", kind)))
    dates = [(FIRST + timedelta(days=i)).isoformat() for i in range(DAYS)]
    officers = [_officer(chance, i) for i in range(OFFICERS)]
    trips = [_trip(chance, i, dates) for i in range(ROUTES)]
    near = [_neighbour(chance, i, dates) for i in range(40)]
    officers, trips = _planted(kind, chance, dates, officers, trips)
    blinds = [(blind, trip) for trip in trips for blind in trip.route.blinds]
    return Case(
        officers=(*officers, *near),
        trips=tuple(trips),
        relations=tuple(_relations(chance, officers, [blind for blind, _ in blinds])),
        seed=SEED,
        callable=frozenset((one.code, day) for one in near for day in dates),
        wider=dict.fromkeys(SKILLS[:2], (WIDE,)),
        experts=tuple(Expert(name=f"x{i}", skills=frozenset((SKILLS[i % 3],))) for i in range(9)),
        ranks={
            blind: (Rank(task=f"t{i % 6}", stratum=f"s{i % 4}", rank=1 + i // 12),)
            for i, (blind, _) in enumerate(blinds)
        },
        populations={(f"t{a}", f"s{b}"): 1000 for a in range(6) for b in range(4)},
        asks={blind: _asked(trip.route) for blind, trip in blinds},
        quiet=True,
    )


def _asked(route: Route) -> Asked:
    return Asked(
        departments=frozenset(slot.department for slot in route.slots),
        skills=frozenset((slot.department, skill) for slot in route.slots for skill in slot.skills),
    )


def _officer(chance: Stream, i: int) -> Officer:
    first = (FIRST + timedelta(days=chance.below(DAYS))).isoformat()
    skills = frozenset(skill for skill in (*SKILLS, WIDE) if chance.below(100) < 45)
    away = ((first, first),) if chance.below(3) == 0 else ()
    return Officer(f"o{i:03}", f"d{i % DEPARTMENTS}", chance.below(5) < 3, skills, f"u{i % 40}", END, away)


def _neighbour(chance: Stream, i: int, dates: list[str]) -> Officer:
    skills = frozenset(skill for skill in (*SKILLS, WIDE) if chance.below(100) < 60)
    return Officer(
        f"n{i:03}",
        f"d{i % DEPARTMENTS}",
        chance.below(2) == 0,
        skills,
        "next",
        END,
        ((dates[0], dates[-1]),),
    )


def _trip(chance: Stream, i: int, dates: list[str]) -> Trip:
    department, other = f"d{i % DEPARTMENTS}", f"d{chance.below(DEPARTMENTS)}"
    name = f"R{i:03}"
    skills = [
        frozenset((SKILLS[chance.below(3)],)) if chance.below(3) == 0 else frozenset[str]() for _ in range(4)
    ]
    slots = [Slot(f"{name}-{k}", department, k == 0, skills[k]) for k in range(2 + chance.below(2))]
    if other != department and chance.below(4) == 0:
        slots += [Slot(f"{name}-{k}", other, False, skills[k - 4]) for k in (4, 5)]
    start = chance.below(DAYS - 5)
    days = tuple(dates[start + k] for k in range(5 + chance.below(DAYS - start - 4)))
    blinds = tuple(f"b{i:03}{k}" for k in range(3 + chance.below(2)))
    route = Route(name, days[chance.below(len(days))], True, blinds, tuple(slots))
    return Trip(route=route, days=days, streets=frozenset((f"street{chance.below(400)}",)))


def _relations(chance: Stream, officers: list[Officer], blinds: list[str]) -> Iterator[Row]:
    for one in officers:
        for blind in sorted({blinds[chance.below(len(blinds))] for _ in range(3)}):
            yield {"ground": "shares", "officer": one.code, "with": blind}


def _planted(
    kind: str, chance: Stream, dates: list[str], officers: list[Officer], trips: list[Trip]
) -> tuple[list[Officer], list[Trip]]:
    if kind == "leave":
        day = trips[0].route.date
        officers = [
            replace(one, away=(*one.away, (day, day))) if chance.below(5) else one for one in officers
        ]
    if kind == "leaders":
        officers = [replace(one, lead=one.lead and chance.below(3) == 0) for one in officers]
    if kind == "skill":
        officers = [
            one if chance.below(3) == 0 else replace(one, skills=one.skills - {"boiler"}) for one in officers
        ]
    if kind == "crowded":
        trips = [
            replace(trip, route=replace(trip.route, date=dates[10]))
            if dates[10] in trip.days and i % 4 == 0
            else trip
            for i, trip in enumerate(trips)
        ]
    if kind == "window":
        officers = [one for i, one in enumerate(officers) if i % DEPARTMENTS != 3 or i < 60]
    return officers, trips
