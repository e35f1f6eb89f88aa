"""A problem kept with its plan is the very problem."""

from __future__ import annotations

import json

from hypothesis import given, settings

from solver.plan.plain import plain, problem_of
from solver.plan.problem import Done, Problem
from tests.plan import cases


@settings(deadline=None)
@given(cases.problems())
def test_a_problem_survives_json(problem: Problem) -> None:
    """Written as JSON and read back, a problem is equal to itself."""
    assert problem_of(json.loads(json.dumps(plain(problem)))) == problem


def test_what_was_drawn_survives_json() -> None:
    """The numbers of past months are kept too."""
    done = (Done(task="i", risk_class="A", region="南湖", month=1, take=2),)
    problem = cases.tiny(done=done, first_month=2)
    assert problem_of(json.loads(json.dumps(plain(problem)))) == problem
