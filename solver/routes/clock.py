"""When a tour's visits begin, and whether a day holds them.

Data: a tour of stops 1 … k; windows [a_i, b_i] of the begin of service, a_i = b_i for an agreed hour; lengths s_i; travel t;
the day [B, E]. The earliest begins and the latest ones that return no later
  e_1 = max(a_1, B + t_01)      e_{i+1} = max(a_{i+1}, e_i + s_i + t_{i,i+1})    (1)
  R = e_k + s_k + t_k0                                                           (2)
  l_k = e_k                     l_i = min(b_i, l_{i+1} − t_{i,i+1} − s_i)        (3)
The day holds the tour if e_i ≤ b_i for all i and R ≤ E. A wait is spent at the station where it can be: visits begin at l.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.routes.problem import Crew, Ints, Problem, Stop, Tour


@dataclass(frozen=True, slots=True)
class Times:
    """Begins of service, leaving and return [second of the day]."""

    begins: tuple[int, ...]
    leaves: int
    returns: int


def window(stop: Stop) -> tuple[int, int]:
    """First and last second at which the visit may begin."""
    return (stop.opens, stop.closes - stop.service) if stop.at is None else (stop.at, stop.at)


def fits(crew: Crew, matrix: Ints, stops: Sequence[Stop]) -> Times | None:
    """Times of a tour, or None where the day does not hold it."""
    earliest: list[int] = []
    free, place = crew.begins, crew.depot
    for stop in stops:
        first, last = window(stop)
        begin = max(first, free + int(matrix[place, stop.place]))  # (1)
        if begin > last:
            return None
        earliest.append(begin)
        free, place = begin + stop.service, stop.place
    returns = free + int(matrix[place, crew.depot])  # (2)
    return _late(crew, matrix, stops, earliest, returns) if returns <= crew.ends else None


def _late(crew: Crew, matrix: Ints, stops: Sequence[Stop], earliest: list[int], returns: int) -> Times:
    late = [earliest[-1]]
    for before, after in zip(stops[-2::-1], stops[:0:-1], strict=True):
        arrive = late[-1] - int(matrix[before.place, after.place]) - before.service
        late.append(min(window(before)[1], arrive))  # (3)
    leaves = late[-1] - int(matrix[crew.depot, stops[0].place])
    return Times(tuple(reversed(late)), leaves, returns)


def alone(crew: Crew, matrix: Ints, stop: Stop) -> Times:
    """Times of a stop too long for the day: not before work begins, unless its hours want it so."""
    first, last = window(stop)
    out, back = int(matrix[crew.depot, stop.place]), int(matrix[stop.place, crew.depot])
    begin = min(max(first, crew.begins + out), last)
    return Times((begin,), begin - out, begin + stop.service + back)


def tour(problem: Problem, stops: Sequence[Stop]) -> Tour:
    """Make a tour of stops in the order of the road; more than one must fit the day and have a common day."""
    crew, matrix = problem.crew, problem.matrix
    held = fits(crew, matrix, stops)
    if held is None and len(stops) != 1:
        raise AssertionError("only a single stop may be too long for a day")
    times = held or alone(crew, matrix, stops[0])
    places = [crew.depot, *(stop.place for stop in stops), crew.depot]
    return Tour(
        stops=tuple(stop.name for stop in stops),
        begins=times.begins,
        leaves=times.leaves,
        returns=times.returns,
        travel=sum(int(matrix[a, b]) for a, b in pairwise(places)),
        days=tuple(sorted(frozenset.intersection(*(frozenset(stop.days) for stop in stops)))),
        skills=frozenset().union(*(stop.skills for stop in stops)),
        over=held is None,
    )
