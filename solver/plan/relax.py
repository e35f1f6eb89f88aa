"""The linear relaxation, aim after aim (线性松弛): what no plan can do better than.

GLOP's dual simplex keeps its basis from one aim to the next. Rows are divided by their largest coefficient and fractions
counted in ones, not in ppm: unscaled, the same program took ten times as long. GLOP is deterministic and is given no time
limit. PDLP was passed over: it stops near the optimum, and what is near is no bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from solver.plan.rows import Aim, Model, Row


@dataclass(frozen=True, slots=True)
class Relaxed:
    """Bounds of the aims in their order, in the model's units, and the last solution, column by column."""

    bounds: tuple[float, ...]
    values: tuple[float, ...]


def relax(model: Model, give: float) -> Relaxed | None:
    """Solve aim after aim, each held to its best less what it may give; None where even fractions cannot keep the rows.

    Parameters
    ----------
    give : float
        Share of its best that an aim may lose to those after it.
    """
    program = _Program(model)
    bounds: list[float] = []
    values: tuple[float, ...] = ()
    for aim in model.aims:
        found = program.least(aim)
        if found is None:
            return None
        best, values = found
        bounds.append(best)
        program.hold(aim, best + give * abs(best))
    return Relaxed(tuple(bounds), values)


def bounds_after(model: Model, given: Sequence[float], give: float) -> tuple[float, ...]:
    """Bounds of the aims after the first, each alone, with those that are given held to their best less what they may give.

    Raises
    ------
    ArithmeticError
        Where the rows cannot be kept together with the given bests.
    """
    program = _Program(model)
    for aim, best in zip(model.aims, given, strict=False):
        program.hold(aim, best + give * abs(best))
    later = [program.least(aim) for aim in model.aims[len(given) :]]
    if not all(later):
        raise ArithmeticError("the given bests cannot be kept")
    return tuple(found[0] for found in later if found)


class _Program:
    """One MathOpt model, solved again and again from the last basis."""

    def __init__(self, model: Model) -> None:
        from ortools.math_opt.python import mathopt

        self.units = model.units
        self.mathopt: Any = mathopt
        self.program: Any = mathopt.Model()
        self.columns = [
            self.program.add_variable(lb=0, ub=top / unit)
            for top, unit in zip(model.tops, model.units, strict=True)
        ]
        for row in model.rows:
            self._add(row)
        self.solver: Any = mathopt.IncrementalSolver(self.program, mathopt.SolverType.GLOP)
        self.parameters: Any = mathopt.SolveParameters(lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX)

    def _add(self, row: Row) -> None:
        scale = self._scale(row.terms)
        self._constrain(
            row.terms,
            scale,
            -inf if row.low is None else row.low / scale,
            inf if row.high is None else row.high / scale,
        )

    def _scale(self, terms: tuple[tuple[int, int], ...]) -> float:
        return float(max((abs(c * self.units[j]) for j, c in terms), default=1))

    def _constrain(self, terms: tuple[tuple[int, int], ...], scale: float, low: float, high: float) -> None:
        constraint = self.program.add_linear_constraint(lb=low, ub=high)
        for j, c in terms:
            constraint.set_coefficient(self.columns[j], c * self.units[j] / scale)

    def least(self, aim: Aim) -> tuple[float, tuple[float, ...]] | None:
        """Least value of the aim and a solution that has it."""
        scale = self._scale(aim.terms)
        self.program.objective.clear()
        self.program.objective.is_maximize = False
        for j, c in aim.terms:
            self.program.objective.set_linear_coefficient(self.columns[j], c * self.units[j] / scale)
        answer = self.solver.solve(params=self.parameters)
        reasons = self.mathopt.TerminationReason
        if answer.termination.reason in (reasons.INFEASIBLE, reasons.INFEASIBLE_OR_UNBOUNDED):
            return None
        if answer.termination.reason != reasons.OPTIMAL:
            raise ArithmeticError(f"GLOP ended with {answer.termination.reason}")
        return answer.objective_value() * scale, tuple(answer.variable_values(self.columns))

    def hold(self, aim: Aim, most: float) -> None:
        """Keep the aim's sum at most at the value, a millionth of its scale aside for the solver's tolerance."""
        scale = self._scale(aim.terms)
        self._constrain(aim.terms, scale, -inf, most / scale + 1e-6)
