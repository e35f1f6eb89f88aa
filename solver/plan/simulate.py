"""A plan's years as chance may have them (计划模拟).

Each replicate is one year of draws from a seed of its own, H(text("plan/simulate", seed, replicate)); year.py draws it, tally.py
counts it, simulated.py says what the counts mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from solver.plan.errors import PlanError
from solver.plan.figures import figures
from solver.plan.problem import Problem
from solver.plan.result import Number
from solver.plan.simulated import Simulated
from solver.plan.tally import Tally
from solver.plan.year import Frame, seed_of


def simulate(
    problem: Problem,
    numbers: Iterable[Number],
    seed: str,
    replicates: int = 20,
    unseen: Mapping[str, int] | None = None,
) -> Simulated:
    """Draw the plan's year again and again.

    Parameters
    ----------
    seed : str
        Any text of the protocol; the same seed gives the same years.
    replicates : int
        Years, ≥ 2: one has no deviation.
    unseen : mapping of str to int
        As in :func:`solver.plan.figures.figures`.

    Raises
    ------
    PlanError
        ``replicates-too-few``, or as :func:`solver.plan.figures.figures`.
    """
    if replicates < 2:
        raise PlanError("replicates-too-few", value=replicates)
    taken = tuple(numbers)
    told = figures(problem, taken, unseen or {})
    frame = Frame(problem, taken)
    tally = Tally(frame, unseen or {})
    for replicate in range(replicates):
        tally.add(frame.draw(seed_of(seed, replicate)))
    return Simulated(
        seed=seed,
        replicates=replicates,
        cells=tally.cells(told),
        short=sum(tally.shorts.values()) / replicates,
        visits=tally.visits(told),
        groups=tally.groups(),
        minutes=tally.minutes(),
        burden=tally.burden(),
        caps=tally.caps(),
        unseen=tally.unseen(told),
    )
