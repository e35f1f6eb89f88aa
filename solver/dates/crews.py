"""What a problem looks like to its models: options of each outing, and each department's officers and slots as arrays.

Officers and slots of two departments never meet, so each department is looked at by itself. A crowd is a set N of its
officers; a slot is inside N on a day if all who are there and may fill it are of N. Slots inside a crowd take officer-days
of the crowd alone: whatever the days, no more of them a day can be filled than |N| officers are there. By Hall's theorem a
day can be staffed exactly if this holds of every crowd.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor

import numpy as np

from solver.dates.problem import Outing, Problem
from solver.dr1.eligibility import Officer, Slot
from solver.roster.instance import Flags, Ints

#: Department and codes of officers.
Crowd = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Crew:
    """One department.

    Parameters
    ----------
    officers, slots : tuple of str
        Codes in their order; names in the order of outings.
    outing : int64[slots]
        Index of each slot's outing.
    fits : bool[slots, officers]
        Who may fill it by all rules but that of the day.
    there : bool[days, officers]
    room : int64[days]
        Officers who may be out at once: those there, less what a busy season holds back.
    """

    department: str
    officers: tuple[str, ...]
    slots: tuple[str, ...]
    outing: Ints
    fits: Flags
    there: Flags
    room: Ints

    @cached_property
    def outings(self) -> Ints:
        """Indices of the outings with a slot of the department, ascending."""
        return np.unique(self.outing)

    @cached_property
    def present(self) -> Ints:
        """Officers there on each day."""
        return np.asarray(self.there.sum(axis=1), dtype=np.int64)

    @cached_property
    def taken(self) -> Ints:
        """Slots of each of :attr:`outings`."""
        return np.bincount(np.searchsorted(self.outings, self.outing), minlength=len(self.outings))

    def flags(self, codes: frozenset[str]) -> Flags:
        """The officers of a crowd."""
        return np.array([code in codes for code in self.officers], dtype=np.bool_)

    def inside(self, crowd: Flags) -> Flags:
        """bool[slots, days]: whether all who may fill the slot on the day are of the crowd."""
        outside = (self.fits & ~crowd).astype(np.int64) @ self.there.T.astype(np.int64)
        return np.asarray(outside == 0)

    def inner(self, crowd: Flags) -> Ints:
        """int64[outings, days]: how many slots of each of :attr:`outings` are inside the crowd."""
        found = np.zeros((len(self.outings), len(self.there)), dtype=np.int64)
        np.add.at(found, np.searchsorted(self.outings, self.outing), self.inside(crowd).astype(np.int64))
        return found

    def size(self, crowd: Flags) -> Ints:
        """int64[days]: how many of the crowd are there."""
        return np.asarray(self.there.astype(np.int64) @ crowd.astype(np.int64))


@dataclass(frozen=True)
class Setting:
    """A problem in order, so that nothing depends on the order of the input.

    Parameters
    ----------
    outings : tuple of Outing
        By name.
    options : tuple of tuple of int
        Days of each by rules (1), (4) and (6).
    crews : tuple of Crew
        By department; those that an outing needs.
    streets : mapping of str to tuple of int
        Outings in each street that has two or more; empty where outings need not be apart.
    weeks : tuple of tuple of int
        Days of each calendar week.
    """

    problem: Problem
    outings: tuple[Outing, ...]
    options: tuple[tuple[int, ...], ...]
    crews: tuple[Crew, ...]
    streets: Mapping[str, tuple[int, ...]]
    weeks: tuple[tuple[int, ...], ...]


def setting_of(problem: Problem) -> Setting:
    """Put a problem in order."""
    outings = tuple(sorted(problem.outings, key=lambda one: one.name))
    return Setting(
        problem=problem,
        outings=outings,
        options=tuple(options_of(problem, one) for one in outings),
        crews=_crews(problem, outings),
        streets=_streets(outings) if problem.apart else {},
        weeks=weeks_of(problem),
    )


def options_of(problem: Problem, one: Outing) -> tuple[int, ...]:
    """Days that an outing may take by itself."""
    days = one.days  # (1)
    if one.name in problem.fixed:
        days = tuple(day for day in days if day == one.stays)  # (6)
    if len(one.departments) < 2:
        return days
    bound = [problem.joint[name] for name in sorted(one.departments) if name in problem.joint]
    return tuple(day for day in days if all(day in free for free in bound))  # (4)


def weeks_of(problem: Problem) -> tuple[tuple[int, ...], ...]:
    """Days of each calendar week, in order."""
    weeks: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, day in enumerate(problem.days):
        weeks[day.isocalendar()[:2]].append(i)
    return tuple(tuple(days) for _, days in sorted(weeks.items()))


def first_crowds(setting: Setting) -> list[Crowd]:
    """Crowds by need: nobody, the department, its leaders, its officers of each skill and of each sort of slot."""
    found: dict[Crowd, None] = {}
    asked: dict[str, set[tuple[bool, frozenset[str]]]] = defaultdict(set)
    for one in setting.outings:
        for slot in one.slots:
            asked[slot.department] |= {(slot.lead, slot.skills), (slot.lead, frozenset())}
            asked[slot.department] |= {(False, frozenset((skill,))) for skill in slot.skills}
    for crew in setting.crews:
        own = [one for one in setting.problem.officers if one.department == crew.department]
        found[crew.department, frozenset()] = None
        found[crew.department, frozenset(crew.officers)] = None
        for lead, skills in sorted(asked[crew.department], key=lambda sort: (sort[0], sorted(sort[1]))):
            able = frozenset(one.code for one in own if (one.lead or not lead) and skills <= one.skills)
            found[crew.department, able] = None
    return list(found)


def _streets(outings: tuple[Outing, ...]) -> dict[str, tuple[int, ...]]:
    seen: dict[str, list[int]] = defaultdict(list)
    for i, one in enumerate(outings):
        for street in one.streets:
            seen[street].append(i)
    return {street: tuple(who) for street, who in sorted(seen.items()) if len(who) > 1}


def _crews(problem: Problem, outings: tuple[Outing, ...]) -> tuple[Crew, ...]:
    places: dict[str, list[tuple[int, Slot]]] = defaultdict(list)
    for i, one in enumerate(outings):
        for slot in sorted(one.slots, key=lambda s: s.slot):
            places[slot.department].append((i, slot))
    staff: dict[str, list[Officer]] = defaultdict(list)
    for officer in sorted(problem.officers, key=lambda o: o.code):
        staff[officer.department].append(officer)
    return tuple(_crew(problem, outings, name, staff[name], places[name]) for name in sorted(places))


def _crew(
    problem: Problem,
    outings: tuple[Outing, ...],
    department: str,
    staff: list[Officer],
    places: list[tuple[int, Slot]],
) -> Crew:
    tied: dict[str, set[str]] = defaultdict(set)
    for code, blind in problem.barred:
        tied[blind].add(code)
    barred = {i: {code for blind in outings[i].blinds for code in tied.get(blind, ())} for i, _ in places}
    fits = [
        [(o.lead or not s.lead) and s.skills <= o.skills and o.code not in barred[i] for o in staff]
        for i, s in places
    ]
    there = [[o.present_on(day.isoformat()) for o in staff] for day in problem.days]
    shape = (len(problem.days), len(staff))
    present = np.array(there, dtype=np.bool_).reshape(shape)
    room = [floor(problem.quiet.get(day, 1) * int(n)) for day, n in enumerate(present.sum(axis=1))]
    return Crew(
        department=department,
        officers=tuple(o.code for o in staff),
        slots=tuple(s.slot for _, s in places),
        outing=np.array([i for i, _ in places], dtype=np.int64),
        fits=np.array(fits, dtype=np.bool_).reshape(len(places), len(staff)),
        there=present,
        room=np.array(room, dtype=np.int64),
    )
