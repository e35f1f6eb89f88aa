"""What is wrong with an answer, by plain looking (检查批次合规检查).

It knows nothing of any model. The rules
  (1) every stop is on exactly one tour, and no tour is empty or has a stranger;
  (2) one visit ends and the way is driven before the next begins, from the station and back to it;
  (3) a visit begins when its place is open and ends before it closes, and at the agreed hour if there is one;
  (4) a tour leaves when work begins or later and returns before it ends, unless it is over;
  (5) over is a tour of one stop that no day's length could hold, and no other;
  (6) a tour has all the days that suit all its stops, at least one;
  (7) a tour has the skills of its stops;
  (8) travel is what the road takes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from solver.routes.problem import Problem, Stop, Tour


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a tour breaks, by its first stop (empty for a stop on no tour), and what is wrong."""

    rule: int
    tour: str
    what: str


def cost(problem: Problem, tours: Iterable[Tour]) -> int:
    """Seconds on the road, and what tours and skills weigh; counted from the stops, not from what a tour says."""
    stops = {stop.name: stop for stop in problem.stops}
    total = 0
    for tour in tours:
        road = _road(problem, [stops[name] for name in tour.stops])
        skills = {skill for name in tour.stops for skill in stops[name].skills}
        total += sum(road) + problem.route_cost + problem.skill_cost * max(0, len(skills) - 1)
    return total


def violations(problem: Problem, tours: Sequence[Tour]) -> list[Violation]:
    """List what an answer breaks, in the order of the rules; empty for a lawful one."""
    stops = {stop.name: stop for stop in problem.stops}
    found = list(_once(stops, tours))
    if found:
        return found
    for tour in tours:
        found.extend(_one(problem, tour, [stops[name] for name in tour.stops]))
    return sorted(found, key=lambda v: (v.rule, v.tour, v.what))


def _once(stops: dict[str, Stop], tours: Sequence[Tour]) -> Iterator[Violation]:
    times = Counter(name for tour in tours for name in tour.stops)
    for name in sorted(stops.keys() | times.keys()):
        if name not in stops or times[name] != 1:
            yield Violation(1, name, f"on {times[name]} tours")
    for tour in tours:
        if not tour.stops or len(tour.begins) != len(tour.stops):
            yield Violation(1, "", "no stops, or not a begin for each")


def _road(problem: Problem, stops: list[Stop]) -> list[int]:
    depot = problem.crew.depot
    places = [depot, *(stop.place for stop in stops), depot]
    return [int(problem.matrix[a, b]) for a, b in pairwise(places)]


def _one(problem: Problem, tour: Tour, stops: list[Stop]) -> Iterator[Violation]:
    name, crew = tour.stops[0], problem.crew
    road = _road(problem, stops)
    ends = [tour.leaves, *(b + s.service for b, s in zip(tour.begins, stops, strict=True))]
    for end, way, begin in zip(ends, road, [*tour.begins, tour.returns], strict=True):
        if end + way > begin:
            yield Violation(2, name, f"{end} + {way} > {begin}")
    for stop, begin in zip(stops, tour.begins, strict=True):
        if begin < stop.opens or begin + stop.service > stop.closes or stop.at not in (None, begin):
            yield Violation(3, name, stop.name)
    if not tour.over and (tour.leaves < crew.begins or tour.returns > crew.begins + crew.length):
        yield Violation(4, name, f"{tour.leaves} to {tour.returns}")
    if tour.over and (len(stops) != 1 or _some_day_holds(problem, stops[0])):
        yield Violation(5, name, "over")
    if not tour.days or set(tour.days) != set.intersection(*(set(stop.days) for stop in stops)):
        yield Violation(6, name, str(tour.days))
    if tour.skills != {skill for stop in stops for skill in stop.skills}:
        yield Violation(7, name, ",".join(sorted(tour.skills)))
    if tour.travel != sum(road):
        yield Violation(8, name, f"{tour.travel}, not {sum(road)}")


def _some_day_holds(problem: Problem, stop: Stop) -> bool:
    """Whether a day's length holds the stop alone, at some begin that its hours allow."""
    crew = problem.crew
    out, back = _road(problem, [stop])
    first = max(stop.opens, crew.begins + out)
    last = min(stop.closes, crew.begins + crew.length - back) - stop.service
    return first <= last if stop.at is None else first <= stop.at <= last
