"""From a problem to a result (年度计划求解).

A small problem is solved in whole numbers, aim after aim, to the proved best. A large one is solved as a linear program, aim
after aim, which bounds every plan; a plan is then filled in unit by unit, and the distance is told as it is. An aim's bound
holds among plans that keep the aims before it to their best less what they may give. A filled plan serves the aims in their
order but holds none of them: where it falls short on one, it may pass the bound of another after it.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from solver.plan.coarse import coarse
from solver.plan.conflict import explain
from solver.plan.errors import PlanError
from solver.plan.evening import even
from solver.plan.fill import fill
from solver.plan.lawful import violations
from solver.plan.model import build
from solver.plan.problem import PPM, Problem, check
from solver.plan.relax import Relaxed, bounds_after, relax
from solver.plan.result import Impossible, Number, Reached, Result, Solved, Undecided
from solver.plan.rows import Aim, Model
from solver.plan.sheet import Sheet
from solver.plan.whole import Whole

#: Numbers to decide up to which every aim is solved in whole numbers.
SMALL = 200
#: Deterministic work for each search; one unit is some seconds.
WORK = 20.0
#: Numbers to decide above which only the first aims are relaxed month by month, and how many aims these are.
_HUGE, _FIRST = 10_000, 2
#: Share of it for each small search of a large problem, of which there are some dozens.
_FILL = 0.015


def solve(problem: Problem, *, work: float = WORK, small: int = SMALL) -> Result:
    """Find the year's numbers.

    Parameters
    ----------
    problem : Problem
    work : float
        Deterministic work allowed for each search.
    small : int
        Numbers to decide (cells times months) up to which the plan is proved best in whole numbers.

    Returns
    -------
    Solved, Impossible or Undecided
        ``Undecided`` where the work did not suffice, or where a large problem passes the linear program and yet no plan
        was found: that is no proof that there is none.

    Raises
    ------
    PlanError
        Of :func:`solver.plan.problem.check`; ``unlawful`` if a plan failed the plain check, which is a fault of ours.
    """
    check(problem)
    model = build(problem)
    result = _exact(problem, model, work) if len(model.draws) <= small else _large(problem, model, work)
    if isinstance(result, Solved) and (wrong := violations(problem, result.numbers)):
        raise PlanError("unlawful", rule=wrong[0].rule, where=wrong[0].where)
    return result


def _exact(problem: Problem, model: Model, work: float) -> Result:
    program = Whole(model, model.rows)
    values: tuple[int, ...] = ()
    bounds = []
    for aim in model.aims:
        program.aim(aim.terms)
        answer = program.solve(work)
        if answer.status == "none":
            return explain(problem, work)
        if answer.status == "unknown":
            return Undecided(stage=aim.name)
        values = answer.values
        bounds.append(answer.bound)
        program.hold(aim.terms, answer.value + abs(answer.value) * problem.give // PPM)
        program.hint(values)
    return _solved(model, values, bounds)


def _large(problem: Problem, model: Model, work: float) -> Result:
    relaxed = _relaxed(problem, model)
    if relaxed is None:
        return explain(problem, work)
    values = fill(model, relaxed.values, work * _FILL) or _from_nothing(model, relaxed, work)
    if not values:
        return Undecided(stage="months")
    return _solved(model, values, relaxed.bounds)


def _relaxed(problem: Problem, model: Model) -> Relaxed | None:
    """The relaxation, aim after aim; of a very large problem the later aims' by the year without months."""
    give = problem.give / PPM
    if len(model.draws) <= _HUGE:
        return relax(model, give)
    first = relax(replace(model, aims=model.aims[:_FIRST]), give)
    if first is None:
        return None
    later = bounds_after(coarse(problem, model), first.bounds, give)
    return Relaxed((*first.bounds, *later), first.values)


def _from_nothing(model: Model, relaxed: Relaxed, work: float) -> tuple[int, ...]:
    """A second attempt: the whole program to CP-SAT, for what finds most; nothing where it finds no plan either."""
    program = Whole(model, model.rows)
    program.aim(model.aims[0].terms)
    values = program.solve(work).values
    sheet = Sheet(model, relaxed.values)
    # The draws alone are taken over: CP-SAT leaves fractions larger than they must be where no aim holds them down.
    for x in sorted(model.draw_columns) if values else ():
        move = sheet.move(x, values[x])
        if move is None:
            raise AssertionError("a plan that CP-SAT found keeps the sheet's rows")
        sheet.apply(move)
    if values:
        even(sheet)
    return sheet.columns() if values else ()


def _solved(model: Model, values: tuple[int, ...], bounds: list[float] | tuple[float, ...]) -> Solved:
    numbers = sorted(
        Number(*model.cells[j].key, month, values[x]) for (j, month), x in model.draws.items() if values[x]
    )
    aims = (_reached(aim, values, bound) for aim, bound in zip(model.aims, bounds, strict=True))
    return Solved(numbers=tuple(numbers), aims=tuple(aims))


def _reached(aim: Aim, values: tuple[int, ...], bound: float) -> Reached:
    """Recompute the aim from the plan's own columns; in bodies, shares, minutes or visits."""
    unit = 1 if aim.name == "evenness" else PPM
    value = Fraction(aim.sign * sum(c * values[x] for x, c in aim.terms), unit)
    return Reached(name=aim.name, value=float(value), bound=aim.sign * bound / unit)


__all__ = ["Impossible", "Solved", "Undecided", "solve"]
