"""The year without months bounds every plan of the year with them."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from solver.plan.coarse import coarse
from solver.plan.model import build
from solver.plan.problem import PPM, Problem
from solver.plan.relax import bounds_after
from solver.plan.result import Solved
from solver.plan.solve import solve
from tests.plan import cases


def test_no_plan_is_below_the_coarse_bounds() -> None:
    """Found, information and evenness of the best plan, and the visits of any, are no better than without months."""
    seen = {"plans": 0, "near": 0}

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases.problems())
    def law(problem: Problem) -> None:
        best = solve(problem)
        if not isinstance(best, Solved):
            return
        model = build(problem)
        free = bounds_after(coarse(problem, model), (), 0)
        found, information, evenness, visits = best.aims
        assert -free[0] / PPM >= found.value - 1e-6
        assert free[1] / PPM <= information.value + 1e-6
        assert free[2] <= evenness.value + 1e-6
        assert free[3] / PPM <= visits.value + 1e-3
        seen["plans"] += 1
        seen["near"] += free[3] > 0 and free[2] >= 0.4 * evenness.value

    law()
    assert seen["plans"] >= 5, seen
    assert seen["near"] >= 3, seen
