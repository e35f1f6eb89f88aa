"""Routes that need a day, and what is there on each day (排期问题).

Days are indices of working days in their order. Nobody is known yet who goes: a day is good for a route if officers
enough are there for all routes of the day together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from solver.dates.errors import DatesError
from solver.dr1.eligibility import Officer, Slot


@dataclass(frozen=True, slots=True)
class Outing:
    """A route that needs a day (待排期批次).

    Attributes
    ----------
    name : str
        One of its kind.
    slots : tuple of Slot
        Its team's places; no two outings share the name of a slot.
    blinds : tuple of str
        Bodies that it visits, which bar the officers tied to them.
    days : tuple of int
        Days on which all of it may be done, ascending: window, agreed day, opening hours and deadline applied.
    streets : frozenset of str
        Where it is seen.
    stays : int, optional
        The day that it has now; another one counts as a move.
    """

    name: str
    slots: tuple[Slot, ...]
    blinds: tuple[str, ...]
    days: tuple[int, ...]
    streets: frozenset[str] = frozenset()
    stays: int | None = None

    @property
    def departments(self) -> frozenset[str]:
        """Departments that take part; with two or more it is a joint visit (联合检查)."""
        return frozenset(slot.department for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be dated; the answer does not depend on the order of anything but ``days``.

    Attributes
    ----------
    days : tuple of datetime.date
        Working days, ascending.
    officers : tuple of Officer
        The pool, with leave.
    barred : frozenset of (str, str)
        Code and blind that may not meet (回避). Kin are no part of this: that two relatives may not go in one team
        is settled with the roster, and can take a candidate or two from what is counted here.
    quiet : mapping of int to Fraction
        Busy seasons (业务繁忙期): day → largest share of each department's officers there that may be out, 0 to 1; a day
        that is missing has 1.
    joint : mapping of str to frozenset of int
        Department → days on which it is free for joint visits; a department that is missing is free on all.
    apart : bool
        No two outings a day with a street in common (保密).
    fixed : frozenset of str
        Names that keep the day they have.
    allow_short : bool
        Look for the least shortage where officers do not suffice, in place of refusing.
    """

    days: tuple[date, ...]
    outings: tuple[Outing, ...]
    officers: tuple[Officer, ...]
    barred: frozenset[tuple[str, str]] = frozenset()
    quiet: Mapping[int, Fraction] = field(default_factory=dict)
    joint: Mapping[str, frozenset[int]] = field(default_factory=dict)
    apart: bool = True
    fixed: frozenset[str] = frozenset()
    allow_short: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """How much may be spent; never a time of the clock, so that the same input gives the same days.

    Attributes
    ----------
    deterministic : float
        CP-SAT's own units for everything together, about a second each.
    rounds : int
        Largest number of searches in all, each of which may add cuts of the staffing.
    """

    deterministic: float = 4.0
    rounds: int = 400


@dataclass(frozen=True, slots=True)
class Lack:
    """Slots of one department on one day that cannot all be filled (缺口).

    Attributes
    ----------
    slots, officers : tuple of str
        The slots, and all who are there and may fill one of them; sorted.
    there : int
        How many of the slots can be filled at most, less than there are slots.
    quiet : bool
        Whether it is the share of a busy season that is too small, not the number of officers.
    """

    day: int
    department: str
    slots: tuple[str, ...]
    officers: tuple[str, ...]
    there: int
    quiet: bool = False

    @property
    def missing(self) -> int:
        """Officer-days missing."""
        return len(self.slots) - self.there


@dataclass(frozen=True, slots=True)
class Dated:
    """A day for every outing that keeps all rules (排期结果).

    Attributes
    ----------
    days : mapping of str to int
        Name → day.
    moves : int
        Outings that leave the day they had.
    missing : int
        Officer-days missing; 0 unless a shortage was allowed.
    lacks : tuple of Lack
        Where they are missing; all slots of a day outside of them can be filled. The officer-days of all lacks sum to
        ``missing``.
    peak : mapping of str to int
        Department → its fullest day: officers out of those there [percent, rounded up].
    spread : mapping of str to int
        Department → its fullest less its emptiest week: officer-days out of those there [percentage points].
    optimal : bool
        Whether nothing better exists, by the order of the aims; false where the work was spent first.
    rounds : int
        Searches made.
    """

    days: Mapping[str, int]
    moves: int
    missing: int
    lacks: tuple[Lack, ...]
    peak: Mapping[str, int]
    spread: Mapping[str, int]
    optimal: bool
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class NoDate:
    """Why no days are lawful, proved (无可行日期).

    Attributes
    ----------
    reason : str
        ``window``: an outing without any day. ``joint``: its departments are never free together. ``officers``: the
        slots need more officer-days than there are on all days that their outings may take. ``quiet``: likewise, of
        the share that a busy season leaves. ``streets``: more outings with the street than days. ``together``: the
        outings, as few as could be found, cannot be dated by the rules of ``department`` and ``streets`` together.
    names : tuple of str
        The outings concerned: they alone have no lawful days. Sorted, as are the others.
    slots : tuple of str
        Their slots that cannot all be filled, whatever days are chosen.
    officers : tuple of str
        All who may fill one of these slots on one of the days.
    days : tuple of int
        All days that these outings may take.
    departments, streets : tuple of str
        Departments whose officers are too few; streets in which no two may be seen.
    needed, there : int
        Officer-days needed and there with ``officers`` and ``quiet``, on those of the days that have room for an outing
        at all, or, for a lone outing that no day has room for, on its best day; outings and days with ``streets``; else 0.
    """

    reason: str
    names: tuple[str, ...]
    slots: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    days: tuple[int, ...] = ()
    departments: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    needed: int = 0
    there: int = 0


@dataclass(frozen=True, slots=True)
class Undecided:
    """The work was spent before lawful days were found or refuted (未定); more work may tell."""

    reason: str
    rounds: int


def check(problem: Problem) -> None:
    """Refuse a problem that cannot be read.

    Raises
    ------
    DatesError
        ``outing-twice``, ``slot-twice``, ``officer-twice``, ``days-order``, ``outing-days`` (not ascending, or not days
        of the problem), ``outing-stays``, ``quiet-share``, ``fixed-unknown``, ``fixed-day`` (a day it may not take).
    """
    _once("outing", (one.name for one in problem.outings))
    _once("slot", (slot.slot for one in problem.outings for slot in one.slots))
    _once("officer", (one.code for one in problem.officers))
    every = range(len(problem.days))
    if list(problem.days) != sorted(set(problem.days)):
        raise DatesError("days-order")
    for day, share in problem.quiet.items():
        if not 0 <= share <= 1:
            raise DatesError("quiet-share", day=day, share=str(share))
    named = {one.name: one for one in problem.outings}
    for one in problem.outings:
        if list(one.days) != sorted(set(one.days)) or any(day not in every for day in one.days):
            raise DatesError("outing-days", outing=one.name, days=list(one.days))
        if one.stays is not None and one.stays not in every:
            raise DatesError("outing-stays", outing=one.name, day=one.stays)
    for name in sorted(problem.fixed):
        if name not in named:
            raise DatesError("fixed-unknown", outing=name)
        if named[name].stays not in named[name].days:
            raise DatesError("fixed-day", outing=name, day=named[name].stays)


def _once(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DatesError(f"{kind}-twice", name=name)
        seen.add(name)
