"""What a lawful roster is (合法选派), as plain functions that list what is wrong (dr1 section 5).

Nothing here knows a model, a flow or a solver: each rule is said once in its own words, and every answer of the
models is held against them before it is committed. A pair of officer and slot may stand only if

    the officer's department is the slot's                                   department   (1)
    the officer may lead where the slot leads                                lead         (2)
    the officer has every skill of the slot                                  skill        (3)
    the route's date is not after ``until``, and the officer is not away     away         (4)
    no relation ties the officer to a blind of the route                     relation     (5)

and of a roster, or of weights in units of 2^-32,

    every slot has one officer, or weights of 2^32 in all                    slot         (6)
    an officer has one slot a date at most, or weights of 2^32               date         (7)
    of two kin not both are on a route                                       kin          (8)
    an officer's weights on a route are within its cap                       cap          (9)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from solver.dr1.eligibility import Officer, Route, Slot
from solver.dr1.encoding import Row

UNIT = 2**32


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: its name, and whom it concerns."""

    rule: str
    officer: str
    place: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules are held against: officers with their changes, routes, relations."""

    officers: Mapping[str, Officer]
    places: Mapping[str, tuple[Route, Slot]]
    tied: frozenset[tuple[str, str]]
    kin: tuple[tuple[str, str], ...]


def facts(officers: Iterable[Officer], routes: Sequence[Route], relations: Iterable[Row]) -> Facts:
    """Gather the facts of a draw."""
    rows = list(relations)
    return Facts(
        officers={one.code: one for one in officers},
        places={slot.slot: (route, slot) for route in routes for slot in route.slots},
        tied=frozenset((str(r["officer"]), str(r["with"])) for r in rows if r["ground"] != "kin"),
        kin=tuple((str(r["officer"]), str(r["with"])) for r in rows if r["ground"] == "kin"),
    )


def broken_pair(known: Facts, officer: str, slot: str) -> Iterator[Violation]:
    """Rules (1) to (5) for one pair."""
    who = known.officers[officer]
    route, place = known.places[slot]
    if who.department != place.department:
        yield Violation("department", officer, slot)  # (1)
    if place.lead and not who.lead:
        yield Violation("lead", officer, slot)  # (2)
    if not place.skills <= who.skills:
        yield Violation("skill", officer, slot)  # (3)
    if not who.present_on(route.date):
        yield Violation("away", officer, slot)  # (4)
    if any((officer, blind) in known.tied for blind in route.blinds):
        yield Violation("relation", officer, slot)  # (5)


def broken_roster(known: Facts, roster: Sequence[tuple[str, str]]) -> list[Violation]:
    """Everything in which a roster of (slot, officer) is not lawful; empty for a lawful one."""
    filled = Counter(slot for slot, _ in roster)
    busy = Counter((officer, known.places[slot][0].date) for slot, officer in roster)
    there = {(officer, known.places[slot][0].route) for slot, officer in roster}
    return [
        *(fault for slot, officer in roster for fault in broken_pair(known, officer, slot)),
        *(Violation("slot", "", slot) for slot in known.places if filled[slot] != 1),  # (6)
        *(Violation("date", officer, date) for (officer, date), n in busy.items() if n > 1),  # (7)
        *_kin(known, there),
    ]


def broken_weights(
    known: Facts, weights: Sequence[tuple[str, str, int]], pair_cap: int, caps: Mapping[str, int]
) -> list[Violation]:
    """Everything in which weights (officer, slot, units) are not lawful; empty for lawful ones.

    Parameters
    ----------
    pair_cap : int
        Cap of every route that has none of its own in ``caps`` [units of 2^-32].
    """
    slots: Counter[str] = Counter()
    dates: Counter[tuple[str, str]] = Counter()
    legs: Counter[tuple[str, str]] = Counter()
    found: list[Violation] = []
    for officer, slot, weight in weights:
        route = known.places[slot][0]
        found.extend(broken_pair(known, officer, slot))
        slots[slot] += weight
        dates[officer, route.date] += weight
        legs[officer, route.route] += weight
    return [
        *found,
        *(Violation("slot", "", slot) for slot in known.places if slots[slot] != UNIT),  # (6)
        *(Violation("date", officer, date) for (officer, date), n in dates.items() if n > UNIT),  # (7)
        *_kin(known, legs.keys()),
        *(
            Violation("cap", o, route) for (o, route), n in legs.items() if n > caps.get(route, pair_cap)
        ),  # (9)
    ]


def _kin(known: Facts, there: Iterable[tuple[str, str]]) -> Iterator[Violation]:
    """Rule (8) for officers on routes."""
    on: dict[str, set[str]] = {}
    for officer, route in there:
        on.setdefault(route, set()).add(officer)
    for route, codes in on.items():
        yield from (Violation("kin", a, route) for a, b in known.kin if a in codes and b in codes)  # (8)
