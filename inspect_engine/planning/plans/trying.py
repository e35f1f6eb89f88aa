"""What-if and simulation of a solved plan (假设分析与模拟): figures beside the plan, before anything is filed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.planning.charts import Chart, burden, coverage, found, load, simulated, visits
from inspect_engine.planning.plans.drafting import find_plan, latest
from inspect_engine.planning.plans.solving import numbers_of, solved_problem
from inspect_engine.registers.tables import Region
from solver.plan.errors import PlanError
from solver.plan.figures import Figures, figures
from solver.plan.problem import Problem, check
from solver.plan.result import Number, Solved
from solver.plan.simulate import simulate
from solver.plan.simulated import Simulated
from solver.plan.whatif import changed, compare, moved, parse


@dataclass(frozen=True, slots=True)
class Base:
    """A solved version to try things on: its problem and numbers, and what its figures need."""

    plan: str
    version: int
    problem: Problem
    numbers: tuple[Number, ...]
    unseen: Mapping[str, int]
    regions: Mapping[str, str]

    @property
    def figures(self) -> Figures:
        """What the plan is expected to come to."""
        return figures(self.problem, self.numbers, self.unseen)


def base(session: Session, code: str) -> Base:
    """Read the plan's latest version; raises ``plans.not-solved``."""
    plan = find_plan(session, code)
    version = latest(session, plan)
    problem = solved_problem(version)
    return Base(
        plan=plan.code,
        version=version.number,
        problem=problem,
        numbers=numbers_of(session, version),
        unseen=(version.answer or {})["unseen"],
        regions=dict(iter(session.exec(select(col(Region.code), col(Region.name))))),
    )


def edited(one: Base, tables: object) -> Problem:
    """The plan's problem with the changes of a what-if form: an array of tables named ``change``.

    Raises
    ------
    EngineError
        ``plans.whatif-form``; the codes of the changes (``plans.edit-…``) and of what is no problem at all.
    """
    changes = tables.get("change") if isinstance(tables, Mapping) else None
    if not isinstance(changes, list) or not changes or not all(isinstance(c, Mapping) for c in changes):
        raise EngineError("plans.whatif-form")
    try:
        problem = changed(one.problem, parse(changes))
        check(problem)
    except PlanError as error:
        raise EngineError(f"plans.{error.code}", **error.params) from error
    return problem


def beside(one: Base, problem: Problem, solved: Solved) -> tuple[dict[str, Any], list[Chart]]:
    """The difference that the changes make, as plain values and as charts."""
    before, after = one.figures, figures(problem, solved.numbers, one.unseen)
    rows = compare(before, after)
    told = {
        "plan": one.plan,
        "version": one.version,
        "changes": [
            {"kind": m.kind, "where": list(m.where), "before": m.before, "after": m.after}
            for m in moved(one.problem, problem)
        ],
        "rows": [row.plain() for row in rows],
    }
    charts = [
        load(after, one.regions),
        coverage(after, one.regions),
        found(before, after),
        visits(before, after),
    ]
    return told, charts


def simulation(one: Base, seed: str, replicates: int) -> tuple[Simulated, list[Chart]]:
    """Years of draws from the plan, beside what it expects."""
    try:
        told = simulate(one.problem, one.numbers, seed, replicates, one.unseen)
    except PlanError as error:
        raise EngineError(f"plans.{error.code}", **error.params) from error
    return told, [simulated(told), burden(told)]


def charts(one: Base) -> list[Chart]:
    """Pictures of the plan itself."""
    told = one.figures
    return [load(told, one.regions), coverage(told, one.regions), found(told), visits(told)]
