"""What a map of routes shows (批次地图): plain facts, in which a visit bears its number and nobody has a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from inspect_engine.visits.places import Degrees, Exactness, Place


@dataclass(frozen=True, slots=True)
class MapStop:
    """A visit on its route (行程中的检查): its number in the draw, where it stands, and when it begins if that is planned."""

    number: int
    place: Place
    begins: time | None = None


@dataclass(frozen=True, slots=True)
class MapRoute:
    """One route of one day (批次): its stops in the order of the road.

    Attributes
    ----------
    region : str
        Code of the county.
    station : Place
        Where it begins and ends (驻地); ``own`` is the agency's house, ``region`` the county's seat in its stead.
    slots : tuple of (department, number)
        Who goes, in numbers (岗位).
    minutes, travel : int, optional
        The day from station to station and the road in it [minutes] as they were planned; None where visits were
        moved or added since, and no figure holds.
    direct : bool
        Whether the head names its team (直接委派).
    """

    code: str
    day: date
    region: str
    station: Place
    stops: tuple[MapStop, ...]
    slots: tuple[tuple[str, int], ...] = ()
    minutes: int | None = None
    travel: int | None = None
    direct: bool = False

    @property
    def way(self) -> list[Degrees]:
        """Known places from station to station."""
        ends = [self.station]
        known = [known_of(place) for place in [*ends, *(stop.place for stop in self.stops), *ends]]
        return [one for one in known if one is not None]


@dataclass(frozen=True, slots=True)
class MapTown:
    """A town of the register (乡镇、街道) that has a place; a county's outline comes from its towns."""

    name: str
    region: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class RouteMap:
    """A draw's routes on the road, of one day or (``day`` None) of all its days; with what never leaves the desk (案头), counted.

    ``regions`` are the counties of its routes, code and name, by code.
    """

    draw: str
    day: date | None
    regions: tuple[tuple[str, str], ...]
    towns: tuple[MapTown, ...]
    routes: tuple[MapRoute, ...]
    desk_routes: int = 0
    desk_visits: int = 0

    @property
    def visits(self) -> int:
        """Number of visits on the road."""
        return sum(len(route.stops) for route in self.routes)


def known_of(place: Place) -> Degrees | None:
    """Degrees of a place, if any are known."""
    if place.lon is None or place.lat is None or place.exactness is Exactness.unknown:
        return None
    return place.lon, place.lat


def letters(count: int) -> Sequence[str]:
    """Name that many routes of a day for short: A … Z, AA, AB …; so they are told apart in any print."""
    names, alphabet = [], [chr(ord("A") + i) for i in range(26)]
    for i in range(count):
        word, left = alphabet[i % 26], i // 26
        while left:
            word, left = alphabet[(left - 1) % 26] + word, (left - 1) // 26
        names.append(word)
    return names
