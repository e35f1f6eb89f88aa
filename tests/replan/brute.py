"""Replanning by trying everything: the oracle of the model."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from solver.replan.lawful import violations
from solver.replan.problem import Answer, Problem, cost


def best(problem: Problem) -> tuple[int, int, int, tuple[int, ...]] | None:
    """Cost of the best lawful answer, or None where there is none."""
    costs = [cost(problem, answer) for answer in answers(problem)]
    return min(costs, default=None)


def answers(problem: Problem) -> Iterator[Answer]:
    """All answers that break no rule."""
    names = [visit.name for visit in problem.visits]
    who = [["", *sorted(slot.candidates)] for slot in problem.slots]
    for days in product(*(visit.days for visit in problem.visits)):
        for chosen in product(*who):
            followers = {s.name: c for s, c in zip(problem.slots, chosen, strict=True) if c}
            answer = Answer(dict(zip(names, days, strict=True)), tuple(sorted(followers)), followers)
            if not violations(problem, answer):
                yield answer
