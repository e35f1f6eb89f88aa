"""A clash told by linear programs is one, and what it proposes makes a plan possible."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from solver.plan.conflict import explain
from solver.plan.elastic import UNIT
from solver.plan.model import build
from solver.plan.problem import PPM, Problem, Range
from solver.plan.result import Impossible, Remedy, Undecided
from solver.plan.rows import DEFINING, Model, Row
from solver.plan.solve import WORK
from solver.plan.whole import Whole
from tests.plan import cases

LAW = settings(max_examples=70, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _can(model: Model, rows: list[Row]) -> bool:
    status = Whole(model, rows).solve(WORK).status
    assert status != "unknown"
    return status != "none"


def _moved(row: Row, remedy: Remedy) -> Row:
    """The row with its limit moved as the remedy says."""
    by = sum(
        c.amount for c in remedy.changes if (c.bound.kind, c.bound.where) == (row.kind, row.where)
    ) * UNIT.get(row.kind, 1)
    if row.low is not None:
        return replace(row, low=row.low - by)
    return replace(row, high=(row.high or 0) + by)


def test_clash_is_one_and_remedies_do() -> None:
    """No plan keeps the bounds of a clash together; with a remedy's changes some plan keeps all bounds."""
    seen = {"clash": 0, "remedy": 0}

    @LAW
    @given(cases.problems())
    def law(problem: Problem) -> None:
        answer = explain(problem, WORK, many=0)
        if isinstance(answer, Undecided):
            return
        assert next(cases.plans(problem), None) is None
        model = build(problem, closed=True)
        named = {(b.kind, b.where) for b in answer.clash}
        some = [r for r in model.rows if r.kind == "visits" or (r.kind, r.where) in named]
        assert named
        assert not _can(model, some)
        seen["clash"] += 1
        bound = [r for r in model.rows if r.kind not in DEFINING - {"visits"}]
        for remedy in answer.remedies:
            assert not remedy.proved
            assert _can(model, [_moved(row, remedy) for row in bound])
            seen["remedy"] += 1

    law()
    assert min(seen.values()) >= 5, seen


def test_nothing_is_said_of_what_can_be_planned() -> None:
    """Where there is a plan, no clash is proved."""
    assert explain(cases.tiny(), WORK, many=0) == Undecided(stage="clash")


def test_a_minimum_that_hours_cannot_bear_is_named() -> None:
    """Every D in April with hours for one: the hours and the minimum are both in the clash."""
    base = cases.tiny(ranges=(cases.WIDE[0], Range(risk_class="D", lowest=PPM, highest=PPM)))
    month = tuple(replace(t, batches=(replace(t.batches[0], months=(4,)),)) for t in base.tasks)
    means = tuple(replace(m, minutes=200) for m in base.means if m.month == 4)
    answer = explain(replace(base, tasks=month, means=means), WORK, many=0)
    assert isinstance(answer, Impossible)
    assert {"hours", "class-minimum"} <= {b.kind for b in answer.clash}
