"""A case of too few officers, as plain data (人员缺口).

A case holds all that a remedy may lawfully touch: the days that each route may have, who may be called in, which
skill stands in for which, the experts, and the ranks by which the bodies were drawn. What a bureau does not allow is
left empty, and no remedy of that kind is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from solver.dr1.eligibility import Officer, Route, Slot, Span
from solver.dr1.encoding import Row
from solver.shortage.errors import ShortageError

Order = Callable[[str, str], str]
"""(officer, day) → a hash that nobody chose; who has the smaller one is called in first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A route with the days that it may have (检查批次及可选日期).

    Attributes
    ----------
    days : tuple of str
        Dates on which the route may go, its present one among them.
    streets : frozenset of str
        Where it goes; no two routes of one day share a street, unless the case is not ``quiet``.
    """

    route: Route
    days: tuple[str, ...]
    streets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """Someone who goes along for their knowledge and never stands in a slot (专家).

    Attributes
    ----------
    away : tuple of (first, last)
        Spans of dates, both ends included.
    """

    name: str
    skills: frozenset[str]
    away: tuple[Span, ...] = ()

    def free_on(self, day: str) -> bool:
        """Whether the expert is there on a day."""
        return not any(first <= day <= last for first, last in self.away)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    """The place of a drawn body in one stratum (位次), from 1."""

    task: str
    stratum: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one visit asks of its team.

    Attributes
    ----------
    departments : frozenset of str
        Departments that have an item there.
    skills : frozenset of (department, skill)
    """

    departments: frozenset[str] = frozenset()
    skills: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """An expert at a route's side, for a skill that a slot no longer asks."""

    expert: str
    route: str
    slot: str
    skill: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Routes to staff, and what may be changed if they cannot be.

    Attributes
    ----------
    officers : tuple of Officer
        With the changes up to now applied.
    relations : tuple of Row
        As in ``1-relations.jsonl``.
    seed, hash : str
        Of the targets' stage; they decide between kin.
    callable : frozenset of (officer, day)
        Officers of neighbouring areas (异地), in the pool and away, with the days on which they may be called in.
    wider : mapping of str to tuple of str
        Skill → skills that the bureau's rule lets stand in for it, best first.
    ranks : mapping of str to tuple of Rank
        Blind → its places in the draw; a blind without any cannot be put back.
    populations : mapping of (task, stratum) to int
        Bodies of the stratum, for the chance to be drawn.
    asks : mapping of str to Asked
        Blind → what it asks; a skill that no visit of its route asks stays with the slot.
    quiet : bool
        No two routes of one day in one street.
    beside, direct, put_back
        What remedies have already done: experts placed, routes out of the lottery, bodies put back.
    """

    officers: tuple[Officer, ...]
    trips: tuple[Trip, ...]
    relations: tuple[Row, ...]
    seed: str
    hash: str = "sha256"
    callable: frozenset[tuple[str, str]] = frozenset()
    wider: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    experts: tuple[Expert, ...] = ()
    ranks: Mapping[str, tuple[Rank, ...]] = field(default_factory=dict)
    populations: Mapping[tuple[str, str], int] = field(default_factory=dict)
    asks: Mapping[str, Asked] = field(default_factory=dict)
    quiet: bool = False
    may_direct: bool = True
    beside: tuple[Beside, ...] = ()
    direct: tuple[Route, ...] = ()
    put_back: tuple[str, ...] = ()

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes of the lottery."""
        return tuple(trip.route for trip in self.trips)

    @property
    def slots(self) -> dict[str, tuple[Route, Slot]]:
        """Every slot of the lottery, with its route."""
        return {slot.slot: (route, slot) for route in self.routes for slot in route.slots}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much may be tried; never a time by the clock, so that the answer is the same everywhere.

    Attributes
    ----------
    order : Order
        By which chance, not liking, picks among callable officers who are equally able.
    rounds : int
        Times that a model may learn a new cut.
    deterministic : float
        OR-Tools' own measure of work for each solution.
    trials : int
        Sets of changes tried by hand where kin make the cuts inexact.
    """

    order: Order
    rounds: int = 200
    deterministic: float = 4.0
    trials: int = 400


def checked(case: Case) -> Case:
    """Return the case if it can be read.

    Raises
    ------
    ShortageError
        ``officer-twice``, ``trip-twice``, ``slot-twice``, ``blind-twice``, ``expert-twice``, ``date-not-allowed``,
        ``callable-unknown``, ``rank-twice``.
    """
    _once("officer-twice", [one.code for one in case.officers])
    _once("trip-twice", [route.route for route in case.routes])
    _once("slot-twice", [slot.slot for route in case.routes for slot in route.slots])
    _once("blind-twice", [blind for route in case.routes for blind in route.blinds])
    _once("expert-twice", [one.name for one in case.experts])
    _once(
        "rank-twice",
        [f"{r.task}/{r.stratum}/{r.rank}" for blind in sorted(case.ranks) for r in case.ranks[blind]],
    )
    for trip in case.trips:
        if trip.route.date not in trip.days:
            raise ShortageError("date-not-allowed", route=trip.route.route, date=trip.route.date)
    known = {one.code for one in case.officers}
    for code, day in sorted(case.callable):
        if code not in known:
            raise ShortageError("callable-unknown", officer=code, day=day)
    return case


def tidy(case: Case) -> Case:
    """Return the same case in the one order of names, so that no answer depends on the order of the input."""
    return replace(
        case,
        officers=tuple(sorted(case.officers, key=lambda one: one.code)),
        trips=tuple(sorted((_tidy(trip) for trip in case.trips), key=lambda trip: trip.route.route)),
        relations=tuple(
            sorted(case.relations, key=lambda r: (str(r["officer"]), str(r["with"]), str(r["ground"])))
        ),
        experts=tuple(sorted(case.experts, key=lambda one: one.name)),
    )


def _tidy(trip: Trip) -> Trip:
    slots = tuple(sorted(trip.route.slots, key=lambda slot: slot.slot))
    blinds = tuple(sorted(trip.route.blinds))
    return replace(trip, days=tuple(sorted(trip.days)), route=replace(trip.route, slots=slots, blinds=blinds))


def _once(code: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ShortageError(code, name=name)
        seen.add(name)
