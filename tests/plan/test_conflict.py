"""What is impossible is proved so, and the changes proposed are the smallest that do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from solver.plan.problem import PPM, Problem, Range
from solver.plan.result import Change, Impossible, Solved
from solver.plan.solve import solve
from tests.plan import cases


def moved(problem: Problem, change: Change, amount: int) -> Problem | None:
    """Return the problem with hours moved by an amount; None where the change is of another kind."""
    if change.bound.kind != "hours":
        return None
    region, skill, month = change.bound.where
    means = tuple(
        replace(m, minutes=m.minutes + amount)
        if (m.region, "+".join(sorted(m.skills)), str(m.month)) == (region, skill, month)
        else m
        for m in problem.means
    )
    return replace(problem, means=means)


def test_proofs_are_true() -> None:
    """No plan exists where none is said to, and no bound of the clash is idle."""
    seen = 0

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases.problems())
    def law(problem: Problem) -> None:
        nonlocal seen
        result = solve(problem)
        if isinstance(result, Impossible):
            assert next(cases.plans(problem), None) is None
            assert result.clash
            assert result.irreducible
            assert all(remedy.proved for remedy in result.remedies)
            seen += 1

    law()
    assert seen >= 5, seen


def test_hours_proposed_are_the_least() -> None:
    """Where one more number of hours is a remedy, a plan exists with it, and none with two minutes less."""
    seen = 0

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases.problems().map(cases.short))
    def law(problem: Problem) -> None:
        nonlocal seen
        result = solve(problem)
        for remedy in result.remedies if isinstance(result, Impossible) else ():
            amount = remedy.changes[0].amount
            more = moved(problem, remedy.changes[0], amount) if len(remedy.changes) == 1 else None
            if more is not None:
                less = moved(problem, remedy.changes[0], amount - 2)
                assert less is not None
                assert next(cases.plans(more), None) is not None
                assert next(cases.plans(less), None) is None
                seen += 1

    law()
    assert seen >= 3, seen


def test_names_hours_and_minimum_that_clash() -> None:
    """Every D to be visited in April with hours for one: more hours, or a lower minimum, each by the least that does."""
    base = cases.tiny(ranges=(cases.WIDE[0], Range(risk_class="D", lowest=PPM, highest=PPM)))
    # One body of A in i and in j (60 + 30 and a set-up of 60), two of D (120 + 60 and two set-ups): 450 minutes.
    month = tuple(replace(t, batches=(replace(t.batches[0], months=(4,)),)) for t in base.tasks)
    means = tuple(replace(m, minutes=400) for m in base.means if m.month == 4)
    groups = (replace(base.groups[0], size=4), base.groups[1])
    result = solve(replace(base, tasks=month, means=means, groups=groups))
    assert isinstance(result, Impossible)
    single = [r.changes[0] for r in result.remedies if len(r.changes) == 1]
    first = {(c.bound.kind, c.bound.where): c.amount for c in single}
    assert first["hours", ("南湖", "食品", "4")] == 50
    assert first["class-minimum", ("i", "D")] == 1
    assert all(r.proved for r in result.remedies)
    ranks = [
        (len(r.changes), sum(c.amount / max(1, c.bound.limit) for c in r.changes)) for r in result.remedies
    ]
    assert ranks == sorted(ranks)


def test_a_shut_month_is_a_bound() -> None:
    """A task whose only month is its busy season is told so, and opening the month for what it must draw does."""
    base = cases.tiny()
    busy = replace(base.tasks[1], busy=frozenset({4}))
    result = solve(replace(base, tasks=(base.tasks[0], busy)))
    assert isinstance(result, Impossible)
    assert any(b.kind == "closed" and b.where == ("j", "4") for b in result.clash)
    assert isinstance(solve(base), Solved)
