"""A routes problem handed to VROOM (pyvroom): same matrix, same day, same hours, same fixed cost of a route.

VROOM knows neither common days nor what distinct skills of a whole route cost: instances for it have one day and no skills.
"""

from __future__ import annotations

import importlib
from datetime import timedelta
from typing import Any

from solver.routes.clock import tour, window
from solver.routes.problem import Problem, Tour

#: The highest VROOM takes seriously; more threads than one would not be equal time on one core.
EXPLORATION, THREADS = 5, 1


def vroom() -> Any:
    """Return the package, or None where it is not installed."""
    try:
        return importlib.import_module("vroom")
    except ModuleNotFoundError:
        return None


def solve(problem: Problem, seconds: float | None, vehicles: int) -> tuple[Tour, ...]:
    """Route all stops by VROOM in a time limit (none: as long as it likes), with at most so many routes.

    Raises
    ------
    ValueError
        VROOM left a stop unserved.
    """
    package = vroom()
    crew, begins = problem.crew, problem.crew.begins
    given = package.Input()
    given.set_durations_matrix(profile="car", matrix_input=problem.matrix)
    given.set_costs_matrix(profile="car", matrix_input=problem.matrix)
    hours = package.TimeWindow(begins, crew.ends)
    # VROOM counts 3600 of its units for each hour of travel: per_hour of 3600 makes one second one unit, as fixed is.
    costs = package.VehicleCosts(fixed=problem.route_cost)
    for v in range(vehicles):
        given.add_vehicle(
            package.Vehicle(v, start=crew.depot, end=crew.depot, time_window=hours, costs=costs)
        )
    for i, stop in enumerate(problem.stops):
        begin = package.TimeWindow(*window(stop))
        given.add_job(package.Job(i, location=stop.place, default_service=stop.service, time_windows=[begin]))
    limit = None if seconds is None else timedelta(seconds=seconds)
    solution = given.solve(exploration_level=EXPLORATION, nb_threads=THREADS, timeout=limit)
    if solution.summary.unassigned:
        raise ValueError(f"VROOM left {solution.summary.unassigned} stops")
    found: dict[int, list[int]] = {}
    for _, step in solution.routes.sort_values(["vehicle_id", "arrival"], kind="stable").iterrows():
        if step["type"] == "job":
            found.setdefault(step["vehicle_id"], []).append(int(step["id"]))
    return tuple(tour(problem, [problem.stops[i] for i in path]) for path in found.values())
