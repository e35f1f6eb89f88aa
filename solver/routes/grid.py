"""A problem as index arrays: node 0 is the station, node i ≥ 1 the i-th stop by name.

Days and skills are sets of bits, in words of 64: stop i has the row ``days[i]``; what tours have in common is ``&``, what
they need together is ``|``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from solver.routes.clock import window
from solver.routes.problem import Ints, Problem, Stop

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Stops that fit a day, indexed.

    Parameters
    ----------
    stops : tuple of Stop
        Sorted by name; node i is ``stops[i - 1]``.
    travel : int64[n+1, n+1]
    service, first, last : int64[n+1]
        Length of the visit and the window of its begin; the station's are 0 and the day's.
    days, skills : uint64[n+1, words]
        The station has all days and no skill.
    begins, ends : int
        The day's work [seconds of the day].
    """

    problem: Problem
    stops: tuple[Stop, ...]
    travel: Ints
    service: Ints
    first: Ints
    last: Ints
    days: Words
    skills: Words
    begins: int
    ends: int

    @property
    def nodes(self) -> int:
        """Number of nodes, the station among them."""
        return len(self.stops) + 1

    def chosen(self, tour: Sequence[int]) -> tuple[Stop, ...]:
        """Stops of a tour of nodes."""
        return tuple(self.stops[node - 1] for node in tour)

    def cost(self, tour: Sequence[int]) -> int:
        """Cost of one tour of nodes: its road, its skills and itself."""
        road = sum(self.travel[a, b] for a, b in zip((0, *tour), (*tour, 0), strict=True))
        kinds = np.bitwise_count(np.bitwise_or.reduce(self.skills[list(tour)])).sum()
        return int(road + self.problem.route_cost + self.problem.skill_cost * max(0, int(kinds) - 1))

    def held(self, tour: Sequence[int]) -> bool:
        """Whether a day holds the tour and suits all its stops."""
        free, place = self.begins, 0
        for node in tour:
            begin = max(int(self.first[node]), free + int(self.travel[place, node]))
            if begin > self.last[node]:
                return False
            free, place = begin + int(self.service[node]), node
        if free + int(self.travel[place, 0]) > self.ends:
            return False
        return bool(np.bitwise_and.reduce(self.days[list(tour)]).any())


def index(problem: Problem, stops: Sequence[Stop]) -> Grid:
    """Index the stops given, which must each fit a day alone."""
    ordered = tuple(sorted(stops, key=lambda stop: stop.name))
    crew = problem.crew
    places = np.array([crew.depot, *(stop.place for stop in ordered)], dtype=np.int64)
    windows = [(crew.begins, crew.ends), *(window(stop) for stop in ordered)]
    days = sorted({day for stop in ordered for day in stop.days})
    skills = sorted({skill for stop in ordered for skill in stop.skills})
    return Grid(
        problem=problem,
        stops=ordered,
        travel=problem.matrix[np.ix_(places, places)],
        service=np.array([0, *(stop.service for stop in ordered)], dtype=np.int64),
        first=np.array([first for first, _ in windows], dtype=np.int64),
        last=np.array([last for _, last in windows], dtype=np.int64),
        days=_bits([days, *(stop.days for stop in ordered)], {day: i for i, day in enumerate(days)}),
        skills=_bits([(), *(stop.skills for stop in ordered)], {s: i for i, s in enumerate(skills)}),
        begins=crew.begins,
        ends=crew.ends,
    )


def _bits(sets: Sequence[Sequence[object] | frozenset[object]], place: dict[object, int]) -> Words:
    words = np.zeros((len(sets), max(1, -(-len(place) // 64))), dtype=np.uint64)
    for row, members in enumerate(sets):
        for member in members:
            word, bit = divmod(place[member], 64)
            words[row, word] |= np.uint64(1) << np.uint64(bit)
    return words


def part(grid: Grid, nodes: Sequence[int]) -> Grid:
    """Cut out some nodes, ascending; node i of the part is ``nodes[i - 1]``."""
    keep = np.array([0, *nodes], dtype=np.int64)
    return replace(
        grid,
        stops=tuple(grid.stops[node - 1] for node in nodes),
        travel=grid.travel[np.ix_(keep, keep)],
        service=grid.service[keep],
        first=grid.first[keep],
        last=grid.last[keep],
        days=grid.days[keep],
        skills=grid.skills[keep],
    )
