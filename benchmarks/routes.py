"""Day routes beside VROOM, beside known bounds, and beside the simple routes by town.

    python -m benchmarks.routes

In one run, with the same matrices, day, hours and costs for all:
  peer      counties of 100 to 300 visits; our time is measured, then VROOM has the same time at its highest exploration
            level on one thread, and is shown with as much time as it likes on the smaller ones. Our cost over its, median
  bounds    families in the manner of Solomon against the bound of an exact relaxation (benchmarks/routes_bound.py), and instances
            whose optimum is planted (benchmarks/routes_cases.py). Cost over bound, median and worst
  simple    visits in the order of their towns up to a day's minutes, a quarter of an hour within a town and half an hour between
            two, as the first routes were made; driven on the true matrix, and cut where a day does not hold them
Both are given the clock's seconds, on one machine in turn; those of the processor tell how much of them was ours where the
machine is shared. Costs are seconds on the road and a day's work for each route; officer-days count two officers a route.
"""

from __future__ import annotations

import time
from functools import partial
from statistics import median
from typing import Any

from benchmarks.report import conclude, table, timed
from benchmarks.routes_bound import bound
from benchmarks.routes_cases import county, planted, solomon
from benchmarks.routes_vroom import solve as peer
from benchmarks.routes_vroom import vroom
from solver.routes.clock import fits, tour
from solver.routes.lawful import cost, violations
from solver.routes.problem import Problem, Stop, Tour
from solver.routes.solve import plan

GOAL = {"cost to VROOM": 1.02, "gap to planted": 0.02, "gap to bound": 0.05, "processor seconds of 200": 10}
SIZES = (100, 150, 200, 250, 300)
#: Sizes up to which VROOM is also shown with as much time as it likes.
_LONG = 150


def _checked(problem: Problem, tours: tuple[Tour, ...]) -> int:
    """Cost of an answer, which must be lawful whoever made it."""
    wrong = violations(problem, tours)
    assert not wrong, wrong[:3]
    return cost(problem, tours)


def _beside_vroom() -> dict[str, Any]:
    rows, ratios, free, seconds_of = [], [], [], {}
    for number in SIZES:
        problem, _ = county(number, "peer")
        began = time.process_time()
        seconds, ours = timed(partial(plan, problem))
        processor = time.process_time() - began
        theirs_in, theirs = timed(partial(peer, problem, seconds, number))
        values = _checked(problem, ours), _checked(problem, theirs)
        ratios.append(values[0] / values[1])
        seconds_of[number] = round(processor, 1)
        row = [number, len(ours), len(theirs), *(f"{v / 3600:,.1f}" for v in values)]
        row += [f"{processor:.1f}", f"{seconds:.1f}", f"{theirs_in:.1f}", f"{ratios[-1]:.4f}"]
        if number <= _LONG:
            long_in, long = timed(partial(peer, problem, None, number))
            free.append(values[0] / _checked(problem, long))
            row += [len(long), f"{long_in:.1f}", f"{free[-1]:.4f}"]
        rows.append([*row, *[""] * (12 - len(row))])
    heads = (
        *("visits", "routes", "VROOM", "cost h", "VROOM", "processor s", "s", "VROOM", "ratio"),
        *("free: routes", "s", "ratio"),
    )
    table(heads, rows)
    return {
        "cost to VROOM": round(median(ratios), 4),
        "worst": round(max(ratios), 4),
        "cost to VROOM without limit": round(median(free), 4),
        "processor seconds": seconds_of,
    }


def _beside_bounds() -> dict[str, float]:
    rows, gaps, hidden = [], [], []
    for kind in ("R", "C", "RC"):
        for number in (60, 100):
            problem = solomon(kind, number)
            seconds, tours = timed(partial(plan, problem))
            value, least = _checked(problem, tours), bound(problem, tours)
            gaps.append(value / least - 1)
            rows.append(
                (
                    f"{kind}{number}",
                    len(tours),
                    f"{value:,}",
                    f"{least:,}",
                    f"{gaps[-1]:.2%}",
                    f"{seconds:.1f}",
                )
            )
    for routes in (12, 24):
        problem, optimum = planted(routes, "hidden")
        seconds, tours = timed(partial(plan, problem))
        value = _checked(problem, tours)
        hidden.append(value / optimum - 1)
        name = f"planted {len(problem.stops)}"
        rows.append((name, len(tours), f"{value:,}", f"{optimum:,}", f"{hidden[-1]:.2%}", f"{seconds:.1f}"))
    table(("instance", "routes", "cost", "bound", "gap", "s"), rows)
    return {
        "gap to bound": round(median(gaps), 4),
        "worst gap to bound": round(max(gaps), 4),
        "gap to planted": round(median(hidden), 4),
        "worst gap to planted": round(max(hidden), 4),
    }


def simple(problem: Problem, town_of: dict[str, str]) -> list[tuple[Tour, ...]]:
    """The first way: one tuple for each bundle by town, cut into tours that a day holds."""
    bundles: list[list[Stop]] = [[]]
    minutes = 0
    for stop in sorted(problem.stops, key=lambda s: (s.days[0], s.days[-1], town_of[s.name], s.name)):
        last = bundles[-1]
        way = 0 if not last else 900 if town_of[last[-1].name] == town_of[stop.name] else 1800
        common = set(stop.days).intersection(*(s.days for s in last))
        if last and (minutes + way + stop.service > problem.crew.length or not common):
            bundles.append([])
            minutes, way = 0, 0
        bundles[-1].append(stop)
        minutes += way + stop.service
    return [_cut(problem, bundle) for bundle in bundles if bundle]


def _cut(problem: Problem, bundle: list[Stop]) -> tuple[Tour, ...]:
    tours: list[Tour] = []
    held: list[Stop] = []
    for stop in bundle:
        if held and fits(problem.crew, problem.matrix, [*held, stop]) is None:
            tours.append(tour(problem, held))
            held = []
        held.append(stop)
    return (*tours, tour(problem, held))


def _beside_simple() -> dict[str, float]:
    rows, road, days = [], [], []
    for number in (100, 200, 300):
        problem, town_of = county(number, "simple", days=True)
        bundles = simple(problem, town_of)
        first = tuple(t for tours in bundles for t in tours)
        ours = plan(problem)
        _checked(problem, first), _checked(problem, ours)
        hours = [sum(t.travel for t in some) / 3600 for some in (first, ours)]
        broken = sum(len(tours) > 1 for tours in bundles)
        road.append(1 - hours[1] / hours[0])
        days.append(1 - len(ours) / len(first))
        rows.append(
            (number, len(bundles), broken, len(first), len(ours), f"{hours[0]:.1f}", f"{hours[1]:.1f}",
             f"{hours[0] - hours[1]:.1f}", 2 * (len(first) - len(ours)))
        )  # fmt: skip
    heads = ("visits", "simple", "not held", "cut", "ours", "road h", "ours", "saved h", "officer-days saved")
    table(heads, rows)
    return {"road saved": round(median(road), 4), "officer-days saved": round(median(days), 4)}


def main() -> None:
    """Run the three comparisons; without VROOM there is nothing to hold."""
    if vroom() is None:
        print("VROOM is missing: install the package pyvroom (extra bench) and run again.")
        conclude({"vroom": "missing"}, GOAL, holds=False)
    plan(county(20, "warm")[0])  # imports are no part of anybody's time
    print("beside VROOM at equal time, and without limit")
    figures = _beside_vroom()
    print("\nbeside bounds")
    figures |= _beside_bounds()
    print("\nbeside the simple routes by town")
    figures |= _beside_simple()
    holds = (
        figures["cost to VROOM"] <= GOAL["cost to VROOM"]
        and figures["gap to planted"] <= GOAL["gap to planted"]
        and figures["gap to bound"] <= GOAL["gap to bound"]
        and figures["processor seconds"][200] <= GOAL["processor seconds of 200"]
        and min(figures["road saved"], figures["officer-days saved"]) > 0
    )
    conclude(figures, GOAL, holds=holds)


if __name__ == "__main__":
    main()
