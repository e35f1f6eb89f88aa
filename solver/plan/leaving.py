"""How far a year's visits may lie above the plan's count, bodies leaving a task once drawn (检查次数的上界).

Data, for a group s of |s| bodies in month t: its on-site tasks T, n_i drawn of a cell of N_i, Y_i drawn in the months before
A body leaves i when it has been drawn as often as the item may be inspected, a_i times a year; not more than Y_i / a_i have:

    E ⊆ T              tasks that a body is still open to;  P(i ∈ E) ≥ p_i = 1 - Y_i / (a_i N_i)                     (1)
    f'_i = f_i / p_i   largest fraction drawn of those left,  f_i = n_i / N_i
    P(b is visited)    = E max_{i ∈ E} τ_i,  τ_i as in visits.py of the bodies left,  E [1(i ∈ E) τ_i] = f_i          (2)

The plan counts |s| max f_i, and by Jensen no less is to be expected. More is, by two terms:
  leaving      tasks that drew different bodies before cannot fall on the same ones now. Whatever the months before did, E max of
               1(i ∈ E) f'_i is at most what it is where the tasks of larger f' have left whom the others have not:
                   G = Σ_j f'_j min(p_j, (1 - Σ_{k before j} p_k)⁺),  j in falling order of f'                        (3)
               This is no matter of size: half of all drawn by i in March and the other half in April, and half by j in April,
               make 3/4 of the bodies visited in April where the plan counts 1/2.
  finite size  E max_i |τ_i - f'_i| ≤ √(Σ σ'_i²), nothing with one task; before anyone has left, (4) of visits.py           (4)

    |s| max f_i ≤ E visits ≤ |s| min(G + (4), Σ f_i, 1)                                                               (5)

(5) supposes that the yearly cap takes nobody out: who has reached it leaves all tasks of the agency, and its cell's numbers
fall on the others, of other groups too. (3) is tight: sup over couplings, T. L. Lai and H. Robbins, Maximally dependent random
variables, 1976.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from solver.plan import visits
from solver.plan.problem import Group
from solver.plan.shares import MONTHS, Shares
from solver.plan.visits import Drawn


@dataclass(frozen=True, slots=True)
class Left:
    """What a task draws in a month, and how many bodies at most have left it (``gone`` ≤ population)."""

    drawn: Drawn
    gone: float

    @property
    def open(self) -> float:
        """p_i of (1)."""
        return max(0.0, 1 - self.gone / self.drawn.population)

    @property
    def share(self) -> float:
        """f'_i."""
        return min(1.0, float(self.drawn.share) / self.open) if self.open else 1.0

    @property
    def variance(self) -> float:
        """σ'_i² of (4)."""
        return self.share * (1 - self.share) / (self.drawn.population - self.gone + 1)


def above(size: int, lefts: Sequence[Left]) -> float:
    """Return how far the expected visits may lie above :func:`solver.plan.visits.expected`: (5) less the plan's count."""
    tasks = [one for one in lefts if one.drawn.take]
    if len(tasks) < 2:
        return 0.0
    if not any(one.gone for one in tasks):
        return visits.excess(size, [one.drawn for one in tasks])
    largest = max(float(one.drawn.share) for one in tasks)
    total = sum(float(one.drawn.share) for one in tasks)
    finite = sqrt(sum(one.variance for one in tasks))  # (4)
    return size * max(0.0, min(_coupled(tasks) + finite, total, 1.0) - largest)


def _coupled(tasks: Sequence[Left]) -> float:
    """Return G of (3)."""
    rest, worth = 1.0, 0.0
    for one in sorted(tasks, key=lambda one: -one.share):
        part = min(one.open, rest)
        worth += part * one.share
        rest -= part
    return worth


def year(book: Shares, group: Group, names: Iterable[str] | None = None) -> dict[int, float]:
    """Return :func:`above` of a group's visits month by month; of ``names`` alone among its tasks, if given."""
    asked = group.tasks if names is None else names
    gone = dict.fromkeys((name for name in sorted(asked) if book.tasks[name].onsite), 0.0)
    found = {}
    for t in MONTHS:
        found[t] = above(group.size, [Left(book.drawn(group, name, t), gone[name]) for name in gone])
        for name in gone:
            gone[name] += book.drawn(group, name, t).take / times(book, name)
    return found


def officers(book: Shares, group: Group, skill: str) -> dict[int, float]:
    """Return how far the officers of a skill that visits take may lie above :meth:`Shares.officers`, layer by layer."""
    found = dict.fromkeys(MONTHS, 0.0)
    for more, names in book.layers(group, skill):
        for t, visits_ in year(book, group, names).items():
            found[t] += more * visits_
    return found


def times(book: Shares, name: str) -> int:
    """Return how often a task may draw a body within one year: once at least, where it may come at all."""
    return ceil(book.tasks[name].per_year)
