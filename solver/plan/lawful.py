"""What is wrong with a plan, by plain counting (计划合规检查).

It knows nothing of the model, its columns or its rows: it reads the bounds once more from the problem, in fractions, and
counts. Expected visits and their hours may pass a limit by one ppm of each fraction.
A solved plan without violations is checked by two hands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from solver.plan import visits
from solver.plan.problem import PPM, Done, Group, Problem, Task
from solver.plan.result import Number


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks: where, what it has and what it may have."""

    rule: str
    where: tuple[str, ...]
    has: Fraction
    limit: Fraction


def violations(problem: Problem, numbers: Iterable[Number]) -> list[Violation]:
    """List what a plan breaks, in the order of the rules; empty for a lawful one."""
    book = _Book(problem, tuple(numbers))
    return [
        Violation(rule, tuple(map(str, where)), Fraction(has), Fraction(limit))
        for rules in (_places, _ratios, _order, _items, _cells, _batches, _hours, _caps)
        for rule, where, has, sense, limit in rules(book)
        if (has < limit if sense == ">=" else has > limit)
    ]


def group_visits(problem: Problem, numbers: Iterable[Number]) -> dict[tuple[str, int], Fraction]:
    """Return the expected visits of each group in each month, all tasks together."""
    book = _Book(problem, tuple(numbers))
    return {(g.name, t): book.visits(g, g.tasks, t) for g in problem.groups for t in range(1, 13)}


Said = tuple[str, tuple[object, ...], Fraction | int, str, Fraction | int]


class _Book:
    """The numbers, summed as the rules ask."""

    def __init__(self, problem: Problem, numbers: tuple[Number, ...]) -> None:
        self.problem = problem
        self.numbers = numbers
        self.tasks: dict[str, Task] = {t.name: t for t in problem.tasks}
        self.open = {
            t.name: {
                m
                for batch in t.batches
                for m in batch.months
                if problem.first_month <= m <= problem.last_month and m not in t.busy
            }
            for t in problem.tasks
        }
        self.size: dict[tuple[str, str, str], int] = defaultdict(int)
        for group in problem.groups:
            for name in group.tasks:
                self.size[name, group.risk_class, group.region] += group.size
        # Of a cell that has lost all its bodies what was drawn counts no more: there is nothing left to hold it against.
        there = (d for d in problem.done if (d.task, d.risk_class, d.region) in self.size)
        self.year: list[Number | Done] = [*numbers, *there]
        self.take: dict[tuple[str, str, str, int], int] = defaultdict(int)
        for n in numbers:
            self.take[n.task, n.risk_class, n.region, n.month] += n.take

    def drawn(self, task: str, risk_class: str = "", region: str = "", months: Iterable[int] = ()) -> int:
        """Sum of the numbers, those of past months too; an empty argument is every one."""
        when = set(months)
        return sum(
            n.take
            for n in self.year
            if n.task == task
            and risk_class in ("", n.risk_class)
            and region in ("", n.region)
            and (not when or n.month in when)
        )

    def bodies(self, task: str, risk_class: str = "") -> int:
        """Bodies open to the task, of one class or all."""
        return sum(n for (i, c, _), n in self.size.items() if i == task and risk_class in ("", c))

    def visits(self, group: Group, tasks: Iterable[str], month: int) -> Fraction:
        """Expected visits that the on-site ones among the tasks make to the group."""
        cells = ((name, group.risk_class, group.region) for name in tasks if self.tasks[name].onsite)
        drawn = [visits.Drawn(self.take[*cell, month], self.size[cell], "/".join(cell)) for cell in cells]
        return visits.expected(group.size, drawn)

    def range_of(self, task: Task, risk_class: str) -> tuple[Fraction, Fraction]:
        """Lowest and highest ratio of a class in a task."""
        own = [r for r in task.ranges if r.risk_class == risk_class]
        one = (own or [r for r in self.problem.ranges if r.risk_class == risk_class])[0]
        return Fraction(one.lowest, PPM), Fraction(one.highest, PPM)


def _places(book: _Book) -> Iterator[Said]:
    """Every number is of a cell that exists, in an open month, and no more than there are."""
    for n in book.numbers:
        task = book.tasks.get(n.task)
        windows = {m for batch in task.batches for m in batch.months} - task.busy if task else set()
        here = n.month in windows and book.problem.first_month <= n.month <= book.problem.last_month
        size = book.size.get((n.task, n.risk_class, n.region), 0)
        yield "place", (n.task, n.risk_class, n.region, n.month), n.take, "<=", size if here else 0
        yield "place", (n.task, n.risk_class, n.region, n.month), n.take, ">=", 0


def _ratios(book: _Book) -> Iterator[Said]:
    """Each class within its range over the year, and never left out."""
    for task in book.problem.tasks:
        for c in book.problem.classes:
            if size := book.bodies(task.name, c):
                lowest, highest = book.range_of(task, c)
                least = max(1, ceil(lowest * size), ceil(Fraction(book.problem.slice, PPM) * size))
                drawn = book.drawn(task.name, c)
                yield "class-minimum", (task.name, c), drawn, ">=", least
                yield "class-maximum", (task.name, c), drawn, "<=", max(least, floor(highest * size))


def _order(book: _Book) -> Iterator[Said]:
    """The ratio does not fall from a class to a riskier one."""
    for task in (t for t in book.problem.tasks if not t.uniform):
        before = Fraction(0)
        for c in book.problem.classes:
            if size := book.bodies(task.name, c):
                ratio = Fraction(book.drawn(task.name, c), size)
                yield "class-order", (task.name, c), ratio, ">=", before
                before = ratio


def _items(book: _Book) -> Iterator[Said]:
    """The item's ratio in its form, and the cap of ordinary items."""
    for task in book.problem.tasks:
        size, drawn = book.bodies(task.name), book.drawn(task.name)
        if not size:
            continue
        asked = Fraction(task.ratio, PPM) * size
        least = _one_of_each(book, task.name)
        exact = max(least, floor(asked + Fraction(1, 2))) if task.form == "exact" else task.count
        most = max(least, floor(asked)) if task.form == "maximum" else exact
        if task.form in ("minimum", "exact", "count"):
            yield "item", (task.name,), drawn, ">=", ceil(asked) if task.form == "minimum" else exact
        if task.form in ("maximum", "exact", "count"):
            yield "item", (task.name,), drawn, "<=", most
        if task.general:
            cap = max(Fraction(least), Fraction(book.problem.general_cap, PPM) * size)
            yield "general-cap", (task.name,), drawn, "<=", cap


def _one_of_each(book: _Book, task: str) -> int:
    """Fewest that an item can draw: one of the lowest class, and no smaller ratio of any class above."""
    numbers: list[int] = []
    ratio = Fraction(0)
    for size in filter(None, (book.bodies(task, c) for c in book.problem.classes)):
        numbers.append(max(1, ceil(ratio * size)))
        ratio = Fraction(numbers[-1], size)
    return sum(numbers)


def _cells(book: _Book) -> Iterator[Said]:
    """The uniform slice in each cell, no region above the range, no item too often at one body."""
    for (name, c, region), size in book.size.items():
        drawn, task = book.drawn(name, c, region), book.tasks[name]
        yield "slice", (name, c, region), drawn, ">=", floor(Fraction(book.problem.slice, PPM) * size)
        yield "region-maximum", (name, c, region), drawn, "<=", ceil(book.range_of(task, c)[1] * size)
        yield "repeat", (name, c, region), drawn, "<=", ceil(task.per_year * size)


def _batches(book: _Book) -> Iterator[Said]:
    """Each batch draws what it must."""
    for task in book.problem.tasks:
        for number, batch in enumerate(task.batches, 1):
            if book.bodies(task.name):
                yield (
                    "batch",
                    (task.name, number),
                    book.drawn(task.name, months=batch.months),
                    ">=",
                    batch.least,
                )


def _hours(book: _Book) -> Iterator[Said]:
    """No more work of any skills than the means less what is held back."""
    spent = _spent(book)
    have: dict[tuple[str, frozenset[str], int], int] = defaultdict(int)
    for m in book.problem.means:
        have[m.region, m.skills, m.month] += m.minutes
    bounded = {(region, skill, month) for region, skills, month in have for skill in skills}
    for region, skill, month in spent.keys() - bounded:
        have[region, frozenset({skill}), month] = 0
    for (region, skills, month), minutes in sorted(
        have.items(), key=lambda one: (one[0][0], one[0][2], sorted(one[0][1]))
    ):
        asked = sum((spent.get((region, skill, month), Fraction(0)) for skill in skills), Fraction(0))
        usable = floor(minutes * Fraction(PPM - book.problem.held_back, PPM))
        spare = Fraction(book.problem.set_up * _visitors(book, region, skills), PPM)
        yield "hours", (region, "+".join(sorted(skills)), month), asked, "<=", usable + spare


def _spent(book: _Book) -> dict[tuple[str, str, int], Fraction]:
    """Officer-minutes of each region, skill and month."""
    spent: dict[tuple[str, str, int], Fraction] = defaultdict(Fraction)
    for n in book.numbers:
        for work in book.tasks[n.task].work if n.task in book.tasks else ():
            spent[n.region, work.skill, n.month] += n.take * work.minutes
    for group in book.problem.groups:
        for skill in sorted({skill for name in group.tasks for skill in book.tasks[name].skills}):
            for t in range(book.problem.first_month, 13):
                open_ = [n for n in group.tasks if skill in book.tasks[n].skills and t in book.open[n]]
                together = [n for n in open_ if book.tasks[n].onsite]
                officers = max(
                    (w.officers for n in together for w in book.tasks[n].work if w.skill == skill), default=0
                )
                visits_ = book.visits(group, together, t)
                spent[group.region, skill, t] += officers * book.problem.set_up * visits_
    return spent


def _visitors(book: _Book, region: str, skills: Iterable[str]) -> int:
    """Most officers of the skills that one visit to each body of the region could take, for what rounding may add."""
    most = {
        skill: max((w.officers for t in book.problem.tasks for w in t.work if w.skill == skill), default=0)
        for skill in skills
    }
    return sum(most.values()) * sum(g.size for g in book.problem.groups if g.region == region)


def _caps(book: _Book) -> Iterator[Said]:
    """Enough bodies below the yearly cap are left for every month's visits."""
    k = book.problem.yearly_cap
    for group in book.problem.groups:
        for agency in sorted({a for name in group.tasks for a in book.tasks[name].agencies}):
            together = [name for name in group.tasks if agency in book.tasks[name].agencies]
            made = group.made(agency)
            # k n ≤ k |s| - k ⌊v / k⌋ for v visits made and to come, and k ⌊v / k⌋ is never below v - (k - 1).
            left = 0 if made >= k * group.size else k * group.size - made + k - 1
            before = Fraction(0)
            for t in range(book.problem.first_month, 13):
                now = book.visits(group, together, t)
                yield (
                    "yearly-cap",
                    (group.name, agency, t),
                    before + k * now,
                    "<=",
                    left + Fraction((11 + k) * group.size, PPM),
                )
                before += now
