"""The one way to a lawful answer (改期求解): check the problem, solve the model, hold the answer against the plain rules."""

from __future__ import annotations

from solver.replan.errors import ReplanError
from solver.replan.lawful import violations
from solver.replan.problem import Answer, Problem, check


def solve(problem: Problem) -> Answer:
    """Find the answer that changes least, the same for the same problem.

    Raises
    ------
    ReplanError
        Those of :func:`solver.replan.problem.check`; ``nowhere`` where no answer is lawful, ``work`` where none was
        found within the limit of work; ``unlawful`` for a fault of ours.
    """
    from solver.replan.model import best

    check(problem)
    if not problem.visits:
        return Answer({}, (), {})
    answer = best(problem)
    found = violations(problem, answer)
    if found and answer.proved:
        raise ReplanError("unlawful", rule=found[0].rule, where=found[0].where)
    return answer
