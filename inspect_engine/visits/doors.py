"""Where and when each visit can be made (检查地点与时间), and how long the way from one to another is.

A body stands where its register says; without coordinates it stands at its town's place, and without those at its
region's. Between two bodies that are known by their town alone the way is a rule's number, since a map would say nought.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from solver.routes.problem import Ints
from solver.routes.travel import matrix

#: Seconds from each place to each; another router's matrix may stand in for :func:`by_coordinates`.
Travel = Callable[[Sequence["Spot"]], Ints]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the road: degrees where they are known, and the town; ``exact`` where the place is the body's own."""

    lon: float | None
    lat: float | None
    town: str = ""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Door:
    """A body's door (检查地点): where it is, in which street, when it opens, and what was agreed with it (双预约).

    Attributes
    ----------
    street : str
        Empty where the address names none.
    opens, closes : int
        Second of the day.
    closed_on : frozenset of int
        Days of the week, 1 Monday to 7 Sunday.
    agreed_day, agreed_at : date, int or None
        The agreed day, and on it the second at which the visit begins.
    """

    spot: Spot
    street: str
    opens: int
    closes: int
    closed_on: frozenset[int] = frozenset()
    agreed_day: date | None = None
    agreed_at: int | None = None

    def open_days(self, window: tuple[date, date], days: Sequence[date]) -> tuple[int, ...]:
        """Indices of the days on which the visit may be made: the agreed one, or those of the window that it is open on.

        A window in which the body is shut on every day is a duty all the same: its days are given, and who plans the
        routes counts the visit as one to be agreed.
        """
        inside = [i for i, day in enumerate(days) if window[0] <= day <= window[1]]
        if self.agreed_day is not None and any(days[i] == self.agreed_day for i in inside):
            return tuple(i for i in inside if days[i] == self.agreed_day)
        return tuple(i for i in inside if days[i].isoweekday() not in self.closed_on) or tuple(inside)

    def shut(self, window: tuple[date, date], days: Sequence[date]) -> bool:
        """Whether it rests on every working day of the window, and no day was agreed."""
        inside = [day for day in days if window[0] <= day <= window[1]]
        return self.agreed_day not in inside and all(day.isoweekday() in self.closed_on for day in inside)


@dataclass(frozen=True, slots=True)
class Roads:
    """How people travel and what a day is (路程与工作日); times in seconds.

    Attributes
    ----------
    speed, road : int
        Speed on the road [km/h]; its length beside the straight line [ppm].
    hop, town, far : int
        Least way between two doors; between two of one town, or of two, where a map knows no more than the towns.
    begins, length : int
        When a day's work begins, and how long it is.
    route, skill : int
        What a route more, and a skill more on a route, weigh beside a second on the road.
    """

    speed: int
    road: int
    hop: int
    town: int
    far: int
    begins: int
    length: int
    route: int
    skill: int


def by_coordinates(roads: Roads) -> Travel:
    """Travel by coordinates: the way of the crow with a factor and a speed, never below what a rule says."""

    def travel(spots: Sequence[Spot]) -> Ints:
        known = [spot.lon is not None and spot.lat is not None for spot in spots]
        degrees = [(spot.lon or 0.0, spot.lat or 0.0) for spot in spots]
        crow = matrix(degrees, roads.speed, roads.road)
        towns = np.array([spot.town for spot in spots])
        same = (towns[:, None] == towns[None, :]) & (towns != "")[:, None]
        rough = ~np.array([spot.exact for spot in spots], dtype=bool)
        least = np.where(same & (rough[:, None] | rough[None, :]), roads.town, roads.hop)
        there = np.array(known, dtype=bool)
        blind = np.where(same, roads.town, roads.far)
        found = np.where(there[:, None] & there[None, :], np.maximum(crow, least), blind)
        np.fill_diagonal(found, 0)
        return found.astype(np.int64)

    return travel
