"""Drawn fractions of a plan, and what follows from them group by group (抽取份额).

Numbers are those of the whole year, see :func:`of_year`. The formulas (4) and (5) are those of figures.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise

from solver.plan import visits
from solver.plan.problem import Group, Problem, Task, cells
from solver.plan.result import Number

#: Months of a year.
MONTHS = range(1, 13)


def of_year(problem: Problem, numbers: Iterable[Number]) -> tuple[Number, ...]:
    """Return the numbers and, of the months before the problem's first, those drawn of cells that still have bodies."""
    known = {cell.key for cell in cells(problem)}
    past = (Number(d.task, d.risk_class, d.region, d.month, d.take) for d in problem.done)
    return (*(n for n in past if (n.task, n.risk_class, n.region) in known), *numbers)


class Shares:
    """A plan's drawn fractions, cell by cell and month by month.

    Attributes
    ----------
    tasks, size, take
        Tasks by name, bodies by cell, numbers by cell and month.
    """

    def __init__(self, problem: Problem, numbers: Iterable[Number]) -> None:
        self.tasks: dict[str, Task] = {t.name: t for t in problem.tasks}
        self.size = {cell.key: cell.population for cell in cells(problem)}
        self.take: dict[tuple[str, str, str, int], int] = defaultdict(int)
        for n in numbers:
            self.take[n.task, n.risk_class, n.region, n.month] += n.take

    def drawn(self, group: Group, name: str, month: int) -> visits.Drawn:
        """Return what the task draws of the group's cell in the month."""
        key = (name, group.risk_class, group.region)
        return visits.Drawn(self.take.get((*key, month), 0), self.size[key], "/".join(key))

    def layers(self, group: Group, skill: str) -> list[tuple[int, list[str]]]:
        """List the layers l of (4): o_l - o_{l-1}, and the on-site tasks that ask for o_l officers or more."""
        asked = {
            name: work.officers
            for name in sorted(group.tasks)
            if self.tasks[name].onsite and (work := self.tasks[name].asks(skill))
        }
        levels = sorted(set(asked.values()))
        return [
            (level - below, [name for name, officers in asked.items() if officers >= level])
            for below, level in pairwise([0, *levels])
        ]

    def officers(self, group: Group, skill: str, month: int) -> Fraction:
        """Officers of the skill that the group's visits of the month take, the sum over l in (4)."""
        return sum(
            (
                more * visits.expected(group.size, [self.drawn(group, name, month) for name in names])
                for more, names in self.layers(group, skill)
            ),
            Fraction(0),
        )


def minutes(problem: Problem, numbers: Iterable[Number]) -> dict[tuple[str, str, int], Fraction]:
    """Return the officer-minutes (4) by region, skill and month; a skill that no open task uses has none."""
    book = Shares(problem, numbers)
    found: dict[tuple[str, str, int], Fraction] = defaultdict(Fraction)
    for (name, _, region, month), take in book.take.items():
        for one in book.tasks[name].work:
            found[region, one.skill, month] += take * one.minutes
    for group in problem.groups:
        for skill in sorted({w.skill for name in group.tasks for w in book.tasks[name].work}):
            for t in MONTHS:
                found[group.region, skill, t] += problem.set_up * book.officers(group, skill, t)
    return found


def unvisited(book: Shares, group: Group) -> Fraction:
    """Return the product in (5): the chance that no visit of the year falls on a body of the group."""
    chance = Fraction(1)
    gone = dict.fromkeys(sorted(group.tasks), 0)
    for t in MONTHS:
        largest = Fraction(0)
        for name in gone:
            drawn, task = book.drawn(group, name, t), book.tasks[name]
            left = drawn.population - gone[name]
            if task.onsite and drawn.take:
                largest = max(largest, Fraction(min(drawn.take, left), left) if left > 0 else Fraction(0))
            gone[name] += drawn.take if task.per_year <= 1 else 0
        chance *= 1 - largest
    return chance
