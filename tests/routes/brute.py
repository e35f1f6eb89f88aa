"""The cheapest answer by trying every partition and every order: slow, and without a thought of the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from solver.routes.problem import Problem, Stop


def cheapest(problem: Problem) -> int:
    """Cost of the best answer."""
    known: dict[frozenset[str], int | None] = {}

    def cost(group: Sequence[Stop]) -> int | None:
        key = frozenset(stop.name for stop in group)
        if key not in known:
            known[key] = _tour(problem, group)
        return known[key]

    best: int | None = None
    for groups in _partitions(list(problem.stops)):
        costs = [cost(group) for group in groups]
        if all(c is not None for c in costs):
            total = sum(c for c in costs if c is not None)
            best = total if best is None else min(best, total)
    assert best is not None  # each stop alone is an answer
    return best


def _partitions(stops: list[Stop]) -> Iterator[list[list[Stop]]]:
    if not stops:
        yield []
        return
    first, rest = stops[0], stops[1:]
    for groups in _partitions(rest):
        yield [[first], *groups]
        for i, group in enumerate(groups):
            yield [*groups[:i], [first, *group], *groups[i + 1 :]]


def _tour(problem: Problem, group: Sequence[Stop]) -> int | None:
    skills = {skill for stop in group for skill in stop.skills}
    fixed = problem.route_cost + problem.skill_cost * max(0, len(skills) - 1)
    if len(group) > 1 and not set.intersection(*(set(stop.days) for stop in group)):
        return None
    roads = [_road(problem, order) for order in permutations(group)]
    found = [road for road in roads if road is not None]
    if not found and len(group) == 1:  # too long for a day: a tour of its own
        depot, place = problem.crew.depot, group[0].place
        return fixed + int(problem.matrix[depot, place] + problem.matrix[place, depot])
    return fixed + min(found) if found else None


def _road(problem: Problem, order: Sequence[Stop]) -> int | None:
    """Seconds on the road, or None where the clock runs out."""
    crew, now, here, road = problem.crew, problem.crew.begins, problem.crew.depot, 0
    for stop in order:
        way = int(problem.matrix[here, stop.place])
        now, road, here = now + way, road + way, stop.place
        if now > (stop.closes - stop.service if stop.at is None else stop.at):
            return None
        now = max(now, stop.opens if stop.at is None else stop.at) + stop.service
    back = int(problem.matrix[here, crew.depot])
    return road + back if now + back <= crew.begins + crew.length else None
