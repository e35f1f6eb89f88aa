"""Local search over tours by OR-Tools routing (局部搜索).

Data as in solver/routes/grid.py. Vehicles v ∈ V, as many as the tours given; x_ijv = 1 where v drives from i to j.
  min  Σ c_ij x_ijv + f · (vehicles used)
  each stop is entered and left once, by the same vehicle                                  (1)
  T_j ≥ T_i + s_i + t_ij where x_ijv = 1,  a_i ≤ T_i ≤ b_i,  B ≤ T_start,  T_end ≤ E        (2)
  D_j = D_i where x_ijv = 1,  D_i ∈ days of i: a tour has one day at least                 (3)
(3) is a dimension that nothing adds to. Distinct skills of a whole tour are no sum over its arcs: c_ij counts the skills
that j asks and i does not, which is never less than what the tour asks; the choice among tours afterwards counts rightly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from solver.routes.grid import Grid
from solver.routes.problem import Ints
from solver.routes.savings import Path

#: Stops of one search.
_TOGETHER = 60


def improve(grid: Grid, tours: Sequence[Path], solutions: int) -> list[list[Path]]:
    """Search from some tours, down to a local optimum: a search that goes on from there might never see a limit of counts.

    Parameters
    ----------
    tours : sequence of paths
        A lawful answer for the nodes in them, which need not be all.
    solutions : int
        Solutions to look at before it stops.

    Returns
    -------
    list of lists of paths
        Answers seen, each better than those before it in the search's own cost; the best is the last.
    """
    from ortools.constraint_solver import pywrapcp

    nodes = np.array([0, *sorted(node for tour in tours for node in tour)], dtype=np.int64)
    place = {int(node): i for i, node in enumerate(nodes)}
    manager = pywrapcp.RoutingIndexManager(len(nodes), len(tours), 0)
    routing = pywrapcp.RoutingModel(manager)
    _costs(grid, nodes, routing)
    _times(grid, nodes, manager, routing)
    _days(grid, nodes, manager, routing)
    seen: list[list[Path]] = []
    routing.AddAtSolutionCallback(lambda: _keep(seen, nodes, manager, routing))
    routing.CloseModelWithParameters(_parameters(solutions))
    start = routing.ReadAssignmentFromRoutes([[place[n] for n in tour] for tour in tours], True)
    if start is None:
        raise AssertionError("the routing model refuses a lawful start")
    routing.SolveFromAssignmentWithParameters(start, _parameters(solutions))
    return seen


def search(grid: Grid, tours: Sequence[Path], solutions: int) -> list[list[list[Path]]]:
    """Search among neighbouring tours, some at a time: the work of a search grows faster than its stops.

    Returns
    -------
    list of lists of lists of paths
        For each group of tours the answers seen, of which the first holds and the last is best.
    """
    groups: list[list[Path]] = []
    left = list(tours)
    while left:
        seed = max(left, key=lambda tour: (int(grid.travel[0, list(tour)].max()), tour))
        some = around(grid, seed, left, _TOGETHER)
        left = [tour for tour in left if tour not in set(some)]
        groups.append(some)
    return [[some, *improve(grid, some, solutions)] for some in groups]


def around(grid: Grid, seed: Path, tours: Iterable[Path], stops: int) -> list[Path]:
    """The seed and the tours nearest to one of its stops, in mean over theirs, up to a number of stops."""
    t = grid.travel
    far = (t + t.T)[list(seed)].min(axis=0)
    near = sorted(tours, key=lambda tour: (tour != seed, int(far[list(tour)].sum()) // len(tour), tour))
    some: list[Path] = []
    for tour in near:
        if some and sum(map(len, some)) + len(tour) > stops:
            break
        some.append(tour)
    return some


def _costs(grid: Grid, nodes: Ints, routing: Any) -> None:
    skills = grid.skills[nodes]
    new = np.bitwise_count(skills[None, :, :] & ~skills[:, None, :]).sum(axis=2, dtype=np.int64)
    new[0] = np.maximum(new[0] - 1, 0)
    cost = grid.travel[np.ix_(nodes, nodes)] + grid.problem.skill_cost * new
    np.fill_diagonal(cost, 0)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(cost.tolist()))
    routing.SetFixedCostOfAllVehicles(grid.problem.route_cost)


def _times(grid: Grid, nodes: Ints, manager: Any, routing: Any) -> None:
    lasting = grid.travel[np.ix_(nodes, nodes)] + grid.service[nodes][:, None]
    np.fill_diagonal(lasting, 0)
    evaluator = routing.RegisterTransitMatrix(lasting.tolist())
    routing.AddDimension(evaluator, grid.ends, grid.ends, False, "time")
    time = routing.GetDimensionOrDie("time")
    for i, node in enumerate(nodes.tolist()):
        if node:
            last = min(int(grid.last[node]), grid.ends)
            time.CumulVar(manager.NodeToIndex(i)).SetRange(int(grid.first[node]), last)  # (2)
    for v in range(routing.vehicles()):
        time.CumulVar(routing.Start(v)).SetMin(grid.begins)
        time.CumulVar(routing.End(v)).SetMax(grid.ends)


def _days(grid: Grid, nodes: Ints, manager: Any, routing: Any) -> None:
    """(3), left out where one day suits all."""
    if bool(np.bitwise_and.reduce(grid.days[nodes]).any()):
        return
    days = sorted({day for stop in grid.chosen(nodes[1:].tolist()) for day in stop.days})
    routing.AddConstantDimension(0, days[-1], False, "day")
    dimension = routing.GetDimensionOrDie("day")
    for i, node in enumerate(nodes.tolist()):
        if node:
            dimension.CumulVar(manager.NodeToIndex(i)).SetValues(list(grid.stops[node - 1].days))


def _parameters(solutions: int) -> Any:
    from ortools.constraint_solver import pywrapcp
    from ortools.constraint_solver import routing_enums_pb2 as enums

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.solution_limit = solutions
    parameters.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GREEDY_DESCENT
    return parameters


def _keep(seen: list[list[Path]], nodes: Ints, manager: Any, routing: Any) -> None:
    tours = []
    for v in range(routing.vehicles()):
        path, index = [], routing.NextVar(routing.Start(v)).Value()
        while not routing.IsEnd(index):
            path.append(int(nodes[manager.IndexToNode(index)]))
            index = routing.NextVar(index).Value()
        if path:
            tours.append(tuple(path))
    seen.append(tours)
