"""A county's outline and its towns' cells, made of nothing but the towns' places (示意底图); pure.

On a plane of kilometres, x to the east and y to the north, that touches the county's middle:

(1) plane      x = (λ - λ₀) · cos φ₀ · k,  y = (φ - φ₀) · k,  k = 111.32 km a degree;  λ₀, φ₀ means over the towns
(2) outline    convex hull of the discs of radius r about the towns (each disc by 24 points of its edge)
(3) r          the mean distance to the nearest other town, between 2 and 8 km; 3 km for a town alone
(4) cell of i  the outline, cut by every half-plane |p - tᵢ| ≤ |p - tⱼ|, j ≠ i

So the cells fill the outline without overlap, and a point lies in the cell of its nearest town. It is no survey.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspect_engine.visits.places import Degrees

#: A point of the plane [km], or of a picture [pixels].
Point = tuple[float, float]
#: A closed ring, right-handed: counter-clockwise, its last point its first.
Ring = list[Point]

_KM = 111.32
_EDGE = [(math.cos(math.tau * i / 24), math.sin(math.tau * i / 24)) for i in range(24)]
_LEAST, _MOST, _ALONE = 2.0, 8.0, 3.0


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane (1) about a middle in degrees."""

    lon: float
    lat: float

    def at(self, degrees: Degrees) -> Point:
        """Where degrees lie [km]."""
        lon, lat = degrees
        return (lon - self.lon) * math.cos(math.radians(self.lat)) * _KM, (lat - self.lat) * _KM


def plane_of(places: Sequence[Degrees]) -> Plane:
    """Lay the plane at the mean of places, at nought degrees where there is none."""
    if not places:
        return Plane(0.0, 0.0)
    return Plane(math.fsum(p[0] for p in places) / len(places), math.fsum(p[1] for p in places) / len(places))


def hull(points: Iterable[Point]) -> Ring:
    """Convex hull, closed and right-handed; empty for fewer than three points that are not on one line."""
    rows = sorted(set(points))
    if len(rows) < 3:
        return []
    half = _chain(rows)[:-1] + _chain(rows[::-1])[:-1]
    return [*half, half[0]] if len(half) > 2 else []


def _chain(rows: Sequence[Point]) -> list[Point]:
    """The right-hand chain of sorted points."""
    chain: list[Point] = []
    for point in rows:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def outline(towns: Sequence[Point]) -> Ring:
    """The county's outline (2); empty without a town."""
    reach = _reach(sorted(set(towns)))
    return hull((x + reach * u, y + reach * v) for x, y in towns for u, v in _EDGE)


def _reach(towns: Sequence[Point]) -> float:
    """The radius (3)."""
    near = [min(math.dist(one, other) for other in towns if other != one) for one in towns if len(towns) > 1]
    return min(max(math.fsum(near) / len(near), _LEAST), _MOST) if near else _ALONE


def cells(towns: Sequence[Point], within: Ring) -> list[Ring]:
    """Each town's cell (4), in the order of towns; of two towns in one place the second has none (an empty ring)."""
    seen: set[Point] = set()
    found = []
    for town in towns:
        ring = [] if town in seen else within
        seen.add(town)
        for other in sorted(set(towns) - {town}):
            ring = _nearer(ring, town, other)
        found.append(ring)
    return found


def _nearer(ring: Ring, town: Point, other: Point) -> Ring:
    """Cut off what lies nearer to the other town."""
    u, v = town[0] - other[0], town[1] - other[1]
    x, y = (town[0] + other[0]) / 2, (town[1] + other[1]) / 2
    kept: list[Point] = []
    for a, b in pairwise(ring):
        one, two = (a[0] - x) * u + (a[1] - y) * v, (b[0] - x) * u + (b[1] - y) * v
        if one >= 0:
            kept.append(a)
        if (one >= 0) != (two >= 0):
            share = one / (one - two)
            kept.append((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
    return [*kept, kept[0]] if len(kept) > 2 else []
