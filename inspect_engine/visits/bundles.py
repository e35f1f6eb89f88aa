"""Visits that one team makes on one day (检查批次), before the day is known: OR-Tools puts them on the road.

Visits go together only if they want the same departments, with the same number of slots, and answer to one region; what
they ask of skills may differ, at a cost, since each skill more makes the team easier to guess. Nobody is known yet who goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np

from inspect_engine.visits.doors import Door, Roads, Spot, Travel
from inspect_engine.visits.merge import VisitDraft
from solver.routes.problem import Crew, Problem, Stop, Tour, Work

#: Region and leading department: who drives the route, and so where it begins and ends.
Station = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """The visits of one route in the order of the road, and the days that suit them all.

    Attributes
    ----------
    begins : tuple of int
        Second of the day at which each visit begins.
    minutes, travel : int
        From station to station, and the road in it [minutes].
    days : tuple of int
        Indices of working days, never empty.
    over : bool
        A single visit that is longer than the day.
    """

    visits: tuple[VisitDraft, ...]
    begins: tuple[int, ...]
    minutes: int
    travel: int
    days: tuple[int, ...]
    road: bool
    over: bool


def bundle(
    visits: Iterable[VisitDraft],
    doors: Mapping[str, Door],
    stations: Mapping[Station, Spot],
    days: Sequence[date],
    roads: Roads,
    travel: Travel,
    work: Work | None = None,
) -> list[Bundle]:
    """Put every visit on exactly one route.

    Parameters
    ----------
    visits : iterable of VisitDraft
        In any order; the result does not depend on it.
    doors : mapping of str to Door
        By blind.
    stations : mapping of (region, department) to Spot
        Where a unit's routes begin and end.
    days : sequence of datetime.date
        Working days that are left, ascending; each visit's window holds one at least.
    travel : callable
        Seconds from each place to each.

    Returns
    -------
    list of Bundle
        In the order of their first blinds, which only the pepper knows.
    """
    found = [
        one
        for _, group in groupby(sorted(visits, key=_order), key=_kind)
        for one in _solve(list(group), doors, stations, days, roads, travel, work or Work())
    ]
    return sorted(found, key=lambda one: min(visit.blind for visit in one.visits))


def _kind(visit: VisitDraft) -> tuple[object, ...]:
    return visit.road, visit.region, visit.lead, [(p.department, p.slots) for p in visit.parties]


def _order(visit: VisitDraft) -> tuple[object, ...]:
    return *_kind(visit), visit.blind


def _solve(
    visits: Sequence[VisitDraft],
    doors: Mapping[str, Door],
    stations: Mapping[Station, Spot],
    days: Sequence[date],
    roads: Roads,
    travel: Travel,
    work: Work,
) -> Iterator[Bundle]:
    from solver.routes.solve import plan

    by_road = visits[0].road
    stops = tuple(
        _stop(visit, i, doors[visit.blind], days, roads, by_road) for i, visit in enumerate(visits, 1)
    )
    station = stations[visits[0].region, visits[0].lead]
    spots = [station, *(doors[visit.blind].spot for visit in visits)]
    size = len(spots)
    matrix = travel(spots) if by_road else np.zeros((size, size), dtype=np.int64)
    crew = Crew(visits[0].lead, 0, roads.begins, roads.length)
    named = {visit.blind: visit for visit in visits}
    for tour in plan(Problem(stops, crew, matrix, roads.skill, roads.route), work):
        yield _bundle(tour, named, road=by_road)


def _stop(
    visit: VisitDraft, place: int, door: Door, days: Sequence[date], roads: Roads, by_road: bool
) -> Stop:
    """A visit for the solver; desk work knows no opening hours, and a visit longer than those takes the time it takes."""
    service = visit.minutes * 60
    opens, closes = (door.opens, door.closes) if by_road else (roads.begins, roads.begins + roads.length)
    at = door.agreed_at if by_road else None
    if at is not None:
        opens, closes = min(opens, at), max(closes, at + service)
    return Stop(
        name=visit.blind,
        place=place,
        service=service,
        days=door.open_days(visit.window, days),
        opens=opens,
        closes=max(closes, opens + service),
        skills=frozenset(f"{party.department}:{skill}" for party in visit.parties for skill in party.skills),
        street=door.street,
        at=at,
    )


def _bundle(tour: Tour, named: Mapping[str, VisitDraft], *, road: bool) -> Bundle:
    return Bundle(
        visits=tuple(named[name] for name in tour.stops),
        begins=tour.begins,
        minutes=-(-(tour.returns - tour.leaves) // 60),
        travel=-(-tour.travel // 60),
        days=tour.days,
        road=road,
        over=tour.over,
    )
