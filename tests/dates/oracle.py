"""What is least of all datings, by trying them all; written apart from the solver."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import ceil, floor

from solver.dates.lawful import missing_on, violations
from solver.dates.problem import Outing, Problem
from tests.dates.cases import claim, datings

Cost = tuple[int, int, int, int, int]


def costs(problem: Problem) -> list[Cost]:
    """Costs of all lawful datings: missing, moves, peaks, spreads, sum of days; least first."""
    found = []
    for days in datings(problem):
        missing = _missing(problem, days) if problem.allow_short else 0
        if not violations(problem, claim(days, missing)):
            found.append((missing, *cost(problem, days)))
    return sorted(found)


def cost(problem: Problem, days: dict[str, int]) -> tuple[int, int, int, int]:
    """Moves, peaks, spreads and sum of days of one dating."""
    moves = sum(one.stays not in (None, days[one.name]) for one in problem.outings)
    departments = {slot.department for one in problem.outings for slot in one.slots}
    peaks = sum(_peak(problem, days, name) for name in departments)
    spreads = sum(_spread(problem, days, name) for name in departments)
    return moves, peaks, spreads, sum(days.values())


def _missing(problem: Problem, days: dict[str, int]) -> int:
    on_day: dict[int, list[Outing]] = defaultdict(list)
    for one in problem.outings:
        on_day[days[one.name]].append(one)
    return sum(missing_on(problem, day, there) for day, there in on_day.items())


def _out(problem: Problem, days: dict[str, int], department: str, day: int) -> int:
    return sum(
        slot.department == department
        for one in problem.outings
        if days[one.name] == day
        for slot in one.slots
    )


def _there(problem: Problem, department: str, day: int) -> int:
    when = problem.days[day].isoformat()
    return sum(one.department == department and one.present_on(when) for one in problem.officers)


def _peak(problem: Problem, days: dict[str, int], department: str) -> int:
    return max(
        ceil(Fraction(100 * _out(problem, days, department, day), max(1, _there(problem, department, day))))
        for day in range(len(problem.days))
    )


def _spread(problem: Problem, days: dict[str, int], department: str) -> int:
    loads = []
    for week in ((0, 1), (2, 3)):
        there = sum(_there(problem, department, day) for day in week)
        if there:
            loads.append(Fraction(100 * sum(_out(problem, days, department, day) for day in week), there))
    return ceil(max(loads)) - floor(min(loads)) if loads else 0
