"""From a problem to day routes (检查批次求解)."""

from __future__ import annotations

from solver.routes.clock import fits, tour
from solver.routes.errors import RouteError
from solver.routes.grid import Grid, index
from solver.routes.lawful import violations
from solver.routes.problem import Problem, Tour, Work, check
from solver.routes.savings import Path, savings
from solver.routes.search import improve


def plan(problem: Problem, work: Work | None = None) -> tuple[Tour, ...]:
    """Put every stop on exactly one day route.

    Parameters
    ----------
    problem : Problem
        Its stops in any order.
    work : Work, optional
        Limit of the work; the same limit gives the same routes, on any machine and in any process.

    Returns
    -------
    tuple of Tour
        By their first stop's name.

    Raises
    ------
    RouteError
        Of :func:`solver.routes.problem.check`, before any work; ``unlawful`` if an answer failed the plain check, which is a
        fault of ours.
    """
    check(problem)
    work = work or Work()
    fitting = [s for s in problem.stops if fits(problem.crew, problem.matrix, [s]) is not None]
    grid = index(problem, fitting)
    tours = [tour(problem, grid.chosen(path)) for path in _paths(grid, work)]
    tours += [tour(problem, [s]) for s in problem.stops if s not in fitting]
    answer = tuple(sorted(tours, key=lambda t: t.stops[0]))
    if wrong := violations(problem, answer):
        raise RouteError("unlawful", rule=wrong[0].rule, tour=wrong[0].tour, what=wrong[0].what)
    return answer


def _paths(grid: Grid, work: Work) -> list[Path]:
    best = savings(grid)
    if len(best) < 2:
        return best
    answers = improve(grid, best, work.solutions, guided=False)
    return min([best, *answers], key=lambda tours: sum(map(grid.cost, tours)))
