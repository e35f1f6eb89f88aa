"""From a problem to day routes (检查批次求解)."""

from __future__ import annotations

from collections.abc import Callable

from solver.routes.clock import fits, tour
from solver.routes.columns import generate, pick, stock_of, widen
from solver.routes.dive import dive
from solver.routes.errors import RouteError
from solver.routes.grid import Grid, index
from solver.routes.lawful import violations
from solver.routes.polish import polish
from solver.routes.problem import Problem, Tour, Work, check
from solver.routes.savings import Path, savings
from solver.routes.search import search

#: Shares from which on a dive takes tours along, one for each dive.
_ENOUGH = (0.7, 0.5, 0.9, 0.8)
#: Stops up to which all tours that matter are made and chosen from at once, and the most tours of such a choice.
_SMALL, _MOST = 30, 5000


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
    start = savings(grid)
    if len(start) < 2:
        return start
    searched = search(grid, start, work.solutions)
    stock = stock_of(grid, (tour for group in searched for answer in group for tour in answer))
    relaxed = generate(stock, work.rounds, work.labels)
    answers = [start, [tour for group in searched for tour in min(group, key=stock.cost)]]
    for enough in _ENOUGH[: work.dives]:
        answers.append(dive(grid, stock.columns()[0], work.labels, enough))
        stock.add(answers[-1])
    best = stock.best(min(answers, key=stock.cost))
    if len(grid.stops) <= _SMALL:
        widen(stock, relaxed, best, work.labels)
        best = pick(stock, relaxed, best, work.deterministic, _MOST)
    best = polish(stock, best, relaxed, work)
    return [tour for group in search(grid, best, work.solutions) for tour in min(group, key=_cost(grid))]


def _cost(grid: Grid) -> Callable[[list[Path]], int]:
    return lambda tours: sum(map(grid.cost, tours))
