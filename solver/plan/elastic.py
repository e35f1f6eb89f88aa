"""Rows with slack as a linear program, and what its dual proves (弹性松弛与不可行性证明).

    min Σ s_b / limit_b   s.t.  each row b kept with a slack s_b ≥ 0 in its own unit, 0 ≤ x ≤ top          (1)

is 0 just where fractions keep all rows. Where it is not, its dual y gives every plan the sum of rows

    Σ_b y_b a_b x ≥ Σ_b y_b limit_b,   y_b ≥ 0 of a minimum, ≤ 0 of a maximum,                              (2)

and rows with y_b ≠ 0 clash if no x within 0 ≤ x ≤ top keeps (2). The floating y are taken as the fractions that they are and (2)
is reckoned in whole numbers, so that a clash is proved whatever the solver's tolerance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

from solver.plan.problem import PPM
from solver.plan.rows import Model, Row

#: What one unit of a row is, where it is not one body.
UNIT = {"hours": PPM, "yearly-cap": PPM}
#: Below this a dual value or a slack is the solver's tolerance.
_NOTHING = 1e-9
#: Steps of the simplex for slack of a few rows alone, so that the answer comes in bounded work.
_STEPS = 3_000


@dataclass(frozen=True, slots=True)
class Stretched:
    """The least of (1): its value, slacks in units of their rows, dual values by place, and columns in whole numbers."""

    value: float
    slacks: dict[int, float]
    duals: dict[int, float]
    columns: tuple[float, ...]


def limit_of(row: Row) -> int:
    """Return the limit of a row's bound, what past months had included, in its own unit."""
    limit = row.low if row.low is not None else row.high
    return ((limit or 0) + row.past) // UNIT.get(row.kind, 1)


class Elastic:
    """Program (1), solved again with other slacks from the last basis.

    Parameters
    ----------
    rows : mapping of int to Row
        By place.
    movable : collection of int
        Places of rows that have slack.
    """

    def __init__(self, model: Model, rows: Mapping[int, Row], movable: Collection[int]) -> None:
        from ortools.math_opt.python import mathopt

        self.model = model
        self.rows = rows
        self.mathopt: Any = mathopt
        self.program: Any = mathopt.Model()
        used = sorted({x for row in rows.values() for x, _ in row.terms})
        self.columns = {x: self.program.add_variable(lb=0, ub=model.tops[x] / model.units[x]) for x in used}
        self.slack: dict[int, Any] = {}
        self.bound: dict[int, Any] = {}
        self.scale: dict[int, float] = {}
        for place, row in rows.items():
            self._add(place, row, place in movable)
        self.solver: Any = mathopt.IncrementalSolver(self.program, mathopt.SolverType.GLOP)
        simplex = mathopt.LPAlgorithm.DUAL_SIMPLEX
        self.parameters: Any = mathopt.SolveParameters(lp_algorithm=simplex)
        self.bounded: Any = mathopt.SolveParameters(lp_algorithm=simplex, iteration_limit=_STEPS)

    def _add(self, place: int, row: Row, movable: bool) -> None:
        units = self.model.units
        scale = self.scale[place] = float(max((abs(c * units[x]) for x, c in row.terms), default=1))
        low = -inf if row.low is None else row.low / scale
        high = inf if row.high is None else row.high / scale
        constraint = self.bound[place] = self.program.add_linear_constraint(lb=low, ub=high)
        for x, c in row.terms:
            constraint.set_coefficient(self.columns[x], c * units[x] / scale)
        if movable:
            spare = self.slack[place] = self.program.add_variable(lb=0)
            constraint.set_coefficient(spare, 1.0 if row.low is not None else -1.0)

    def weight(self, place: int) -> float:
        """Return what one of a scaled row's slack costs: its share of the limit."""
        row = self.rows[place]
        return self.scale[place] / UNIT.get(row.kind, 1) / max(1, limit_of(row))

    def stretch(self, free: Collection[int] | None = None) -> Stretched | None:
        """Solve (1) with slack for the free rows alone, or for all that have any; None where that does not do or takes too long."""
        self.program.objective.clear()
        self.program.objective.is_maximize = False
        for place, spare in self.slack.items():
            is_free = free is None or place in free
            spare.upper_bound = inf if is_free else 0.0
            if is_free:
                self.program.objective.set_linear_coefficient(spare, self.weight(place))
        answer = self.solver.solve(params=self.parameters if free is None else self.bounded)
        if answer.termination.reason != self.mathopt.TerminationReason.OPTIMAL:
            return None
        values, duals = answer.variable_values(), answer.dual_values()
        columns = [0.0] * len(self.model.tops)
        for x, column in self.columns.items():
            columns[x] = values[column] * self.model.units[x]
        units = {p: self.scale[p] / UNIT.get(self.rows[p].kind, 1) for p in self.slack}
        return Stretched(
            answer.objective_value(),
            {p: values[s] * units[p] for p, s in self.slack.items() if values[s] > _NOTHING},
            {p: duals[b] for p, b in self.bound.items() if abs(duals[b]) > _NOTHING},
            tuple(columns),
        )


def clash(model: Model, rows: Mapping[int, Row], movable: Collection[int]) -> list[int] | None:
    """Return places of rows that no plan keeps together, proved by (2), or None where nothing is proved."""
    found = Elastic(model, rows, movable).stretch()
    return proved(model, rows, found) if found else None


def proved(model: Model, rows: Mapping[int, Row], found: Stretched) -> list[int] | None:
    """Return the rows of a solution's dual if (2) cannot be kept, reckoned in fractions."""
    total: dict[int, Fraction] = defaultdict(Fraction)
    asked = Fraction(0)
    used = []
    for place, y in found.duals.items():
        limit = rows[place].low if y > 0 else rows[place].high
        if limit is None:
            continue
        used.append(place)
        scale = max((abs(c * model.units[x]) for x, c in rows[place].terms), default=1)
        share = Fraction(y) / scale
        asked += share * limit
        for x, c in rows[place].terms:
            total[x] += share * c
    most = sum((c * model.tops[x] for x, c in total.items() if c > 0), Fraction(0))
    return used if most < asked else None
