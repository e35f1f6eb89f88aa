"""Routes with their teams and dates (检查批次与日期): where the road's and the calendar's answers meet.

Officers are chosen for a route's slots by lottery, later: routes and dates serve geography and the calendar, chance serves
people. So nothing here asks who goes, only how many of each department, with which skill, are there on which day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from inspect_engine.visits.bundles import Bundle
from inspect_engine.visits.doors import Door
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.teams import Composition, SlotDraft, slots_of
from solver.dates.problem import Outing
from solver.dr1.eligibility import Slot


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """The visits of one team (检查批次), in the order of the road, with its slots and, once dated, its day.

    Attributes
    ----------
    begins : tuple of int
        Second of the day at which each visit begins.
    minutes, travel : int
        From station to station, and the road in it [minutes].
    days : tuple of int
        Indices of the working days that suit all of it.
    """

    code: str
    road: bool
    visits: tuple[VisitDraft, ...]
    begins: tuple[int, ...]
    slots: tuple[SlotDraft, ...]
    minutes: int
    travel: int
    days: tuple[int, ...]
    over: bool


def team_up(bundles: Sequence[Bundle], compositions: Mapping[str, Composition]) -> list[RouteDraft]:
    """Give each bundle its code and its team's slots.

    Coded ``R001``… in the order of the bundles, which is that of their first blinds: the codes of routes with few
    candidates are public before the visits (``caps``), and must tell neither day nor county.
    """
    width = max(3, len(str(len(bundles))))
    return [
        RouteDraft(
            code=f"R{i:0{width}d}",
            road=one.road,
            visits=one.visits,
            begins=one.begins,
            slots=slots_of(f"R{i:0{width}d}", one.visits, compositions),
            minutes=one.minutes,
            travel=one.travel,
            days=one.days,
            over=one.over,
        )
        for i, one in enumerate(bundles, 1)
    ]


def outing(route: RouteDraft, doors: Mapping[str, Door], *, stays: int | None = None) -> Outing:
    """A route as the calendar sees it; desk work is in nobody's street."""
    streets = {doors[visit.blind].street for visit in route.visits} if route.road else set()
    return Outing(
        name=route.code,
        slots=tuple(
            Slot(slot.code, slot.department, slot.lead, frozenset(slot.skills)) for slot in route.slots
        ),
        blinds=tuple(visit.blind for visit in route.visits),
        days=route.days,
        streets=frozenset(streets - {""}),
        stays=stays,
    )


class Season(TypedDict):
    """A busy season (业务繁忙期): month and day of its ends, both included, and the share [ppm] that may be out."""

    first: list[int]
    last: list[int]
    share: int


def quiet_days(seasons: Sequence[Season], days: Sequence[date]) -> Mapping[int, int]:
    """Share [ppm] of a department's officers that may be out, by index of day, in the rule's busy seasons.

    A season may go over the new year; where two meet the smaller share holds.
    """
    found: dict[int, int] = {}
    for season in seasons:
        first, last = season["first"], season["last"]
        for i, day in enumerate(days):
            at = [day.month, day.day]
            inside = first <= at <= last if first <= last else at >= first or at <= last
            if inside:
                found[i] = min(found.get(i, 1_000_000), season["share"])
    return found
