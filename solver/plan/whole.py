"""The model's rows in whole numbers, for CP-SAT (整数求解).

One worker and limits of deterministic work, never of time: the same input gives the same plan with the same release of OR-Tools.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from solver.plan.rows import Model, Row, Terms


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search came to: a proof that there is nothing, a best or a good one, or neither."""

    status: Literal["none", "best", "some", "unknown"]
    values: tuple[int, ...] = ()
    value: int = 0
    bound: float = 0.0
    core: tuple[int, ...] = ()


class Whole:
    """Rows over whole columns, some with a slack in their own unit, some behind a switch.

    Parameters
    ----------
    model : Model
    rows : sequence of Row
        The rows to keep; those of the model, or fewer.
    domains : sequence of (int, int), optional
        Narrower limits of the columns.
    slack : mapping of int to int
        Place of a row → size of its slack's unit.
    switched : collection of int
        Places of rows that count only where assumed.
    """

    def __init__(
        self,
        model: Model,
        rows: Sequence[Row],
        *,
        domains: Sequence[tuple[int, int]] | None = None,
        slack: Mapping[int, int] | None = None,
        switched: Collection[int] = (),
    ) -> None:
        from ortools.sat.python import cp_model

        self.sat: Any = cp_model
        self.program: Any = cp_model.CpModel()
        limits = domains or [(0, top) for top in model.tops]
        self.columns = [self.program.new_int_var(low, high, "") for low, high in limits]
        self.slack: dict[int, Any] = {}
        self.switch: dict[int, Any] = {}
        self.unit = dict(slack or {})
        for place, row in enumerate(rows):
            self._add(place, row, place in set(switched))

    def _add(self, place: int, row: Row, switched: bool) -> None:
        body = self._sum(row.terms)
        if place in self.unit:
            spare = self.slack[place] = self.program.new_int_var(0, 2**31, "")
            body += spare * (self.unit[place] if row.low is not None else -self.unit[place])
        low = self.sat.INT_MIN if row.low is None else row.low
        high = self.sat.INT_MAX if row.high is None else row.high
        constraint = self.program.add_linear_constraint(body, low, high)
        if switched:
            literal = self.switch[place] = self.program.new_bool_var("")
            constraint.only_enforce_if(literal)

    def _sum(self, terms: Terms) -> Any:
        return self.sat.LinearExpr.weighted_sum([self.columns[j] for j, _ in terms], [c for _, c in terms])

    def aim(self, terms: Terms) -> None:
        """Make the sum as small as can be."""
        self.program.minimize(self._sum(terms))

    def aim_slack(self, weight: Mapping[int, int]) -> None:
        """Make the weighted slacks as small as can be; a slack without a weight stays at 0."""
        for place, spare in self.slack.items():
            if place not in weight:
                self.program.add(spare == 0)
        self.program.minimize(sum(self.slack[place] * w for place, w in weight.items()))

    def hold(self, terms: Terms, most: int) -> None:
        """Keep the sum at most at the value."""
        self.program.add(self._sum(terms) <= most)

    def hint(self, values: Sequence[int]) -> None:
        """Begin the search near the values of the first columns."""
        self.program.clear_hints()
        for column, value in zip(self.columns, values, strict=False):
            self.program.add_hint(column, value)

    def solve(self, work: float, *, any_plan: bool = False) -> Answer:
        """Search with so much deterministic work; where any plan will do, until the first one."""
        solver = self.sat.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = work
        solver.parameters.stop_after_first_solution = any_plan
        self.program.clear_assumptions()
        self.program.add_assumptions(list(self.switch.values()))
        status = solver.solve(self.program)
        if status == self.sat.INFEASIBLE:
            return Answer("none", core=self._core(solver))
        if status not in (self.sat.OPTIMAL, self.sat.FEASIBLE):
            return Answer("unknown")
        return Answer(
            "best" if status == self.sat.OPTIMAL else "some",
            values=tuple(int(solver.value(column)) for column in self.columns),
            value=round(solver.objective_value),
            bound=solver.best_objective_bound,
        )

    def _core(self, solver: Any) -> tuple[int, ...]:
        found = set(solver.sufficient_assumptions_for_infeasibility())
        return tuple(place for place, literal in self.switch.items() if literal.index in found)

    def slacks(self, weight: Mapping[int, int], work: float) -> tuple[Answer, dict[int, int]]:
        """Solve for the smallest weighted slacks; returns those that are not 0."""
        self.aim_slack(weight)
        places = list(self.slack)
        kept, self.columns = self.columns, [self.slack[p] for p in places]
        answer = self.solve(work)
        self.columns = kept
        return answer, {p: v for p, v in zip(places, answer.values, strict=False) if v}
