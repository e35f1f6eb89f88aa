"""Cases of too few officers in kinds, the same at every run: numbers come from the protocol's stream alone.

A kind says where the shortage is planted; whether a case is short at all, and why, is left to be found out. Names of kinds:
``leaders`` too few who may lead; ``skill`` a skill on few; ``leave`` people away on one day; ``relation`` most to be recused;
``crowded`` several routes on one day; ``kin`` relatives who keep each other off; ``certificate`` ended before the date; ``two``
two departments short at once; ``overlap`` skills that few hold in common; ``window`` too few on every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from solver.dr1.eligibility import Officer, Route, Slot
from solver.dr1.encoding import Row, hexdigest, text
from solver.dr1.stream import Stream
from solver.shortage.graph import answer
from solver.shortage.problem import Asked, Case, Expert, Rank, Trip

KINDS = (
    "leaders",
    "skill",
    "leave",
    "relation",
    "crowded",
    "kin",
    "certificate",
    "two",
    "overlap",
    "window",
)
SKILLS = ("boiler", "food", "lift")
WIDE = "plant"
SEED = "5e" * 32
FIRST = date(2026, 12, 1)
END = "2027-12-31"


@dataclass(slots=True)
class _Draft:
    """A case in the making."""

    chance: Stream
    dates: list[str]
    officers: list[Officer] = field(default_factory=list)
    trips: list[Trip] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    callable: set[tuple[str, str]] = field(default_factory=set)
    experts: list[Expert] = field(default_factory=list)

    def one_in(self, n: int) -> bool:
        return self.chance.below(n) == 0

    def some(self, share: int) -> frozenset[str]:
        """Skills, each with so many chances in a hundred."""
        return frozenset(skill for skill in (*SKILLS, WIDE) if self.chance.below(100) < share)


def short_cases(kind: str, count: int, *, name: str = "corpus") -> Iterator[Case]:
    """Give ``count`` cases of a kind that cannot be staffed, in the order in which they are made."""
    number = 0
    while count:
        made = case(kind, number, name=name)
        number += 1
        if hasattr(answer(made), "cuts"):
            count -= 1
            yield made


def case(kind: str, number: int, *, name: str = "corpus") -> Case:
    """Make one small case of a kind, short or not."""
    chance = Stream(hexdigest(text("benchmarks/shortage", name, kind, str(number))))
    span = 2 + chance.below(3)
    draft = _Draft(chance, [(FIRST + timedelta(days=i)).isoformat() for i in range(span)])
    departments = ("env", "fire") if kind == "two" or chance.below(4) == 0 else ("fire",)
    for department in departments:
        _officers(draft, department, 3 + chance.below(4))
        _neighbours(draft, department, chance.below(4))
    for number_ in range(2 + chance.below(3)):
        _trip(draft, number_, departments)
    for number_ in range(chance.below(3)):
        away = ((draft.dates[0], draft.dates[0]),) if draft.one_in(3) else ()
        draft.experts.append(Expert(name=f"x{number_}", skills=draft.some(60), away=away))
    _relate(draft, 6)
    PLANT[kind](draft)
    return _case(draft)


def _officers(draft: _Draft, department: str, count: int) -> None:
    for i in range(count):
        draft.officers.append(
            Officer(
                code=f"{department}{i}",
                department=department,
                lead=not draft.one_in(3),
                skills=draft.some(55),
                unit=f"u{i % 2}",
                until=END,
                away=((draft.dates[-1], draft.dates[-1]),) if draft.one_in(8) else (),
            )
        )


def _neighbours(draft: _Draft, department: str, count: int) -> None:
    window = ((draft.dates[0], draft.dates[-1]),)
    for i in range(count):
        code = f"{department}-n{i}"
        draft.officers.append(
            Officer(code, department, not draft.one_in(2), draft.some(60), "next", END, window)
        )
        draft.callable |= {(code, day) for day in draft.dates if not draft.one_in(4)}


def _trip(draft: _Draft, number: int, departments: tuple[str, ...]) -> None:
    chance = draft.chance
    name = f"R{number}"
    slots = []
    for at, department in enumerate(departments if draft.one_in(2) else departments[:1]):
        for i in range(2 if at or not draft.one_in(3) else 3):
            skills = frozenset((SKILLS[chance.below(3)],)) if draft.one_in(2) else frozenset[str]()
            slots.append(Slot(f"{name}-{at}{i}", department, at == 0 and i == 0, skills))
    days = sorted({draft.dates[chance.below(len(draft.dates))] for _ in range(3)})
    blinds = tuple(f"b{number}{i}" for i in range(1 + chance.below(3)))
    route = Route(name, days[chance.below(len(days))], True, blinds, tuple(slots))
    streets = frozenset((f"street{chance.below(4)}",))
    draft.trips.append(Trip(route=route, days=tuple(days), streets=streets))


def _relate(draft: _Draft, rarely: int) -> None:
    for one in draft.officers:
        for trip in draft.trips:
            if draft.one_in(rarely):
                blind = trip.route.blinds[draft.chance.below(len(trip.route.blinds))]
                draft.relations.append({"ground": "shares", "officer": one.code, "with": blind})


def _leaders(draft: _Draft) -> None:
    draft.officers = [replace(one, lead=one.lead and draft.one_in(3)) for one in draft.officers]


def _skill(draft: _Draft) -> None:
    rare = SKILLS[draft.chance.below(3)]
    draft.officers = [
        one if draft.one_in(4) else replace(one, skills=one.skills - {rare}) for one in draft.officers
    ]
    draft.trips = [_ask(draft, trip, rare) for trip in draft.trips]


def _ask(draft: _Draft, trip: Trip, skill: str) -> Trip:
    at = draft.chance.below(len(trip.route.slots))
    slots = tuple(
        replace(slot, skills=frozenset((skill,))) if i == at else slot
        for i, slot in enumerate(trip.route.slots)
    )
    return replace(trip, route=replace(trip.route, slots=slots))


def _leave(draft: _Draft) -> None:
    day = draft.trips[0].route.date
    draft.officers = [
        one if draft.one_in(3) else replace(one, away=(*one.away, (day, day))) for one in draft.officers
    ]


def _relation(draft: _Draft) -> None:
    _relate(draft, 2)


def _crowded(draft: _Draft) -> None:
    day = draft.trips[0].route.date
    draft.trips = [
        replace(
            trip,
            days=tuple(sorted({day, *trip.days})),
            route=replace(trip.route, date=day),
            streets=frozenset(),
        )
        for trip in draft.trips
    ]


def _kin(draft: _Draft) -> None:
    codes = sorted(one.code for one in draft.officers)
    for a in codes:
        for b in codes:
            if a < b and draft.one_in(3):
                draft.relations.append({"ground": "kin", "officer": a, "with": b})


def _certificate(draft: _Draft) -> None:
    ends = (FIRST - timedelta(days=1)).isoformat(), draft.dates[0]
    draft.officers = [
        one if draft.one_in(2) else replace(one, until=ends[draft.chance.below(2)]) for one in draft.officers
    ]


def _two(draft: _Draft) -> None:
    draft.officers = [one for one in draft.officers if one.code[-1] not in "23"]
    draft.callable = {(code, day) for code, day in draft.callable if code[-1] not in "23"}


def _overlap(draft: _Draft) -> None:
    draft.officers = [
        replace(one, skills=frozenset((SKILLS[i % 3], SKILLS[(i + 1) % 3])), lead=True)
        for i, one in enumerate(draft.officers)
    ]
    for skill in SKILLS[:2]:
        draft.trips = [_ask(draft, trip, skill) for trip in draft.trips]


def _window(draft: _Draft) -> None:
    _crowded(draft)
    kept = {one.code for one in draft.officers if one.code[-1] in "01"}
    draft.officers = [one for one in draft.officers if one.code in kept]
    draft.callable = {(code, day) for code, day in draft.callable if code in kept}


PLANT: dict[str, Callable[[_Draft], None]] = {
    "leaders": _leaders,
    "skill": _skill,
    "leave": _leave,
    "relation": _relation,
    "crowded": _crowded,
    "kin": _kin,
    "certificate": _certificate,
    "two": _two,
    "overlap": _overlap,
    "window": _window,
}


def _case(draft: _Draft) -> Case:
    ranks, populations = _ranks(draft)
    fixed = draft.one_in(2)  # nobody may be put back: other remedies must do, alone or together
    asks = {
        blind: _asked(draft, trip, i) for trip in draft.trips for i, blind in enumerate(trip.route.blinds)
    }
    return Case(
        officers=tuple(draft.officers),
        trips=tuple(draft.trips),
        relations=tuple({(r["ground"], r["officer"], r["with"]): r for r in draft.relations}.values()),
        seed=SEED,
        callable=frozenset(draft.callable),
        wider=dict.fromkeys(SKILLS[:2], (WIDE,)),
        experts=tuple(draft.experts),
        ranks={} if fixed else ranks | _elsewhere(draft, sorted(populations)),
        populations=populations,
        asks=asks,
        quiet=True,
    )


def _ranks(draft: _Draft) -> tuple[dict[str, tuple[Rank, ...]], dict[tuple[str, str], int]]:
    """Two strata of one task, and now and then a body drawn by a second task too; in an order of chance."""
    blinds = [blind for trip in draft.trips for blind in trip.route.blinds]
    order = [blinds.pop(draft.chance.below(len(blinds))) for _ in range(len(blinds))]
    taken: dict[tuple[str, str], int] = {}
    ranks: dict[str, tuple[Rank, ...]] = {}
    for blind in order:
        places = [("t1", f"s{draft.chance.below(2)}")]
        if draft.one_in(5):
            places.append(("t2", "s0"))
        for key in places:
            taken[key] = taken.get(key, 0) + 1
        ranks[blind] = tuple(Rank(task=t, stratum=s, rank=taken[t, s]) for t, s in places)
    return ranks, {key: 10 * count for key, count in taken.items()}


def _elsewhere(draft: _Draft, strata: list[tuple[str, str]]) -> dict[str, tuple[Rank, ...]]:
    """First bodies of most strata, on no route of the lottery any more: where they are, all that are on one may go back."""
    return {
        f"{task}-{stratum}": (Rank(task=task, stratum=stratum, rank=0),)
        for task, stratum in strata
        if not draft.one_in(4)
    }


def _asked(draft: _Draft, trip: Trip, at: int) -> Asked:
    """Every visit wants the first department, and the first visit all; skills are asked by one visit each, or by none."""
    slots = trip.route.slots
    departments = {slot.department for slot in slots} if at == 0 else {slots[0].department}
    skills = {
        (slot.department, skill)
        for slot in slots
        for skill in slot.skills
        if slot.department in departments and draft.one_in(2)
    }
    return Asked(departments=frozenset(departments), skills=frozenset(skills))
