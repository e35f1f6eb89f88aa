"""The year's numbers: every bound kept, the best of all plans, never worse for more hours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.plan.errors import PlanError
from solver.plan.lawful import violations
from solver.plan.problem import PPM, Done, Problem, Range
from solver.plan.result import Impossible, Number, Solved
from solver.plan.solve import solve
from tests.plan import cases

SLOW = settings(max_examples=25, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def test_best_of_all_plans() -> None:
    """No lawful plan finds more, and none that finds as much and measures as well, as evenly, makes fewer visits."""
    seen = {"Solved": 0, "Impossible": 0}

    @SLOW
    @given(cases.problems())
    def law(problem: Problem) -> None:
        result = solve(problem)
        every = list(cases.plans(problem))
        seen[type(result).__name__] += 1
        if not every:
            assert isinstance(result, Impossible)
            return
        assert isinstance(result, Solved)
        assert violations(problem, result.numbers) == []
        best = max(cases.found(problem, plan) for plan in every)
        assert cases.found(problem, result.numbers) == best
        assert result.aims[0].value == pytest.approx(float(best))
        assert all(aim.gap <= 1e-6 for aim in result.aims)
        assert result.aims[3].value == pytest.approx(float(cases.visits(problem, result.numbers)), abs=1e-3)

    law()
    assert min(seen.values()) >= 3, seen


def _worth(plan: Solved) -> tuple[int, ...]:
    """The aims in their order, larger being better, in millionths."""
    return tuple(round((aim.value if aim.name == "found" else -aim.value) * PPM) for aim in plan.aims)


def test_more_hours_are_never_worse() -> None:
    """With more hours anywhere, what could be planned still can, and the aims in their order are no worse."""
    seen = {"solved": 0, "better": 0}

    @SLOW
    @given(cases.problems(), st.integers(0, 3), st.sampled_from((50, 150, 1000)))
    def law(problem: Problem, which: int, more: int) -> None:
        before = solve(problem)
        if not isinstance(before, Solved):
            return
        means = tuple(
            replace(m, minutes=m.minutes + more * (i == which)) for i, m in enumerate(problem.means)
        )
        after = solve(replace(problem, means=means))
        assert isinstance(after, Solved)
        # The problems give nothing of an aim to those after it, so that the aims compare one after the other.
        assert problem.give == 0
        assert _worth(after) >= _worth(before)
        seen["solved"] += 1
        seen["better"] += after.aims[0].value > before.aims[0].value

    law()
    assert seen["solved"] >= 5, seen


def test_same_input_same_plan() -> None:
    """The same problem gives the same plan, both ways."""
    for small in (0, 200):
        assert solve(cases.tiny(), small=small) == solve(cases.tiny(), small=small)


def test_large_way_is_bounded_by_the_exact_one() -> None:
    """The filled plan is lawful and no better than the best; its bound is no worse than the best."""
    seen = 0

    @SLOW
    @given(cases.problems())
    def law(problem: Problem) -> None:
        nonlocal seen
        filled, best = solve(problem, small=0), solve(problem)
        if isinstance(filled, Solved):
            assert isinstance(best, Solved)
            assert violations(problem, filled.numbers) == []
            assert filled.aims[0].value <= best.aims[0].value + 1e-9 <= filled.aims[0].bound + 1e-6
            seen += 1

    law()
    assert seen >= 3, seen


def test_tasks_fall_together_to_save_visits() -> None:
    """Two tasks that may draw in the same months do so together: two bodies of each, two visits and not four."""
    base = cases.tiny(ranges=(Range(risk_class="A", lowest=0, highest=340_000), cases.WIDE[1]))
    first, second = base.tasks
    groups = (base.groups[0], replace(base.groups[1], size=1))
    result = solve(replace(base, tasks=(first, replace(second, batches=first.batches)), groups=groups))
    assert isinstance(result, Solved)
    drawn = {(n.task, n.risk_class, n.month): n.take for n in result.numbers}
    assert sum(drawn.values()) == 4
    assert result.aims[3].value == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ranges": (Range(risk_class="E", lowest=0, highest=1), *cases.WIDE)}, "class-unknown"),
        ({"ranges": (Range(risk_class="A", lowest=0, highest=PPM + 1), *cases.WIDE)}, "ratio-over-one"),
        ({"ranges": (Range(risk_class="A", lowest=2, highest=1), *cases.WIDE)}, "range-contradictory"),
        ({"means": ()}, "region-without-officers"),
        ({"ranges": cases.WIDE[:1]}, "range-missing"),
        ({"yearly_cap": 0}, "number-negative"),
    ],
)
def test_faulty_problems_are_refused(change: dict[str, object], code: str) -> None:
    """What is no problem is refused by its code, before anything is solved."""
    with pytest.raises(PlanError) as error:
        solve(cases.tiny(**change))
    assert error.value.code == code


def test_months_that_are_past_count() -> None:
    """A year solved in two parts keeps the year's bounds: what was drawn before counts, and its months stay shut."""
    seen = 0

    @SLOW
    @given(cases.problems())
    def law(problem: Problem) -> None:
        nonlocal seen
        whole = solve(problem)
        if not isinstance(whole, Solved):
            return
        past = tuple(
            Done(task=n.task, risk_class=n.risk_class, region=n.region, month=n.month, take=n.take)
            for n in whole.numbers
            if n.month < 4
        )
        later = replace(problem, first_month=4, done=past)
        for small in (0, 200):
            rest = solve(later, small=small)
            if small:
                assert isinstance(rest, Solved)
            if isinstance(rest, Solved):
                assert all(n.month >= 4 for n in rest.numbers)
                year = [
                    *rest.numbers,
                    *(Number(d.task, d.risk_class, d.region, d.month, d.take) for d in past),
                ]
                kept = violations(problem, year)
                # Hours and caps of past months were checked with the whole year; only this year's sums are new.
                assert [v for v in kept if v.rule not in ("hours", "yearly-cap")] == []
                seen += 1

    law()
    assert seen >= 6, seen


def test_what_was_drawn_of_a_cell_that_is_gone_counts_no_more() -> None:
    """A class that has lost all its bodies since it was drawn neither breaks the plan nor holds it."""
    base = cases.tiny()
    gone = Done(task="i", risk_class="D", region="南湖", month=3, take=1)
    problem = replace(base, groups=(base.groups[0],), first_month=4, done=(gone,))
    assert isinstance(solve(problem), Solved)
