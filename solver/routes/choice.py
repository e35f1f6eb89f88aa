"""A choice among tours (集合划分): each stop on exactly one.

Data: tours p ∈ P with cost c_p; P_i, those with stop i. Relaxed by GLOP, whole by CP-SAT
  min  Σ_p c_p x_p
  s.t. Σ_{p ∈ P_i} x_p ≥ 1     ∀ i,  x ≥ 0             (1)  relaxed; its duals π ≥ 0 price new tours
  s.t. Σ_{p ∈ P_i} x_p = 1     ∀ i,  x ∈ {0, 1}        (2)
A tour whose reduced cost in (1) exceeds what the best answer known costs above the optimum of (1) is in no better answer of
these tours, and is left out of (2)                     (3)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.routes.problem import Ints
from solver.routes.savings import Path


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """Optimum of (1), the worth of each stop in whole seconds (the station's is 0), and how much of each tour is taken."""

    value: float
    worth: Ints
    share: tuple[float, ...]


def relax(nodes: int, tours: Sequence[Path], costs: Sequence[int]) -> Relaxed:
    """Solve (1); the tours must cover all stops 1 … nodes−1."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    infinity = solver.infinity()
    rows = [solver.Constraint(1.0, infinity) for _ in range(nodes - 1)]
    aim = solver.Objective()
    xs = [solver.NumVar(0.0, infinity, "") for _ in tours]
    for x, tour, cost in zip(xs, tours, costs, strict=True):
        aim.SetCoefficient(x, float(cost))
        for node in tour:
            rows[node - 1].SetCoefficient(x, 1.0)  # (1)
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        raise AssertionError("a cover of single stops is always there")
    duals = [0, *(round(row.dual_value()) for row in rows)]
    return Relaxed(float(aim.Value()), np.array(duals, dtype=np.int64), tuple(x.solution_value() for x in xs))


def choose(
    tours: Sequence[Path], costs: Sequence[int], known: Sequence[int], deterministic: float
) -> list[int]:
    """Solve (2) from a known answer; returns the indices of the best answer found, never a worse one."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    x = [model.new_bool_var("") for _ in tours]
    of: dict[int, list[int]] = {}
    for p, tour in enumerate(tours):
        for node in tour:
            of.setdefault(node, []).append(p)
    for node in sorted(of):
        model.add_exactly_one([x[p] for p in of[node]])  # (2)
    model.minimize(cp_model.LinearExpr.weighted_sum(x, list(costs)))
    chosen = set(known)
    for p, variable in enumerate(x):
        model.add_hint(variable, p in chosen)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = deterministic
    solver.parameters.random_seed = 0
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(known)
    found = [p for p, variable in enumerate(x) if solver.boolean_value(variable)]
    return min([list(known), found], key=lambda some: sum(costs[p] for p in some))
