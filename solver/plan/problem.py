"""The year's bounds and means as plain data (年度计划的约束与资源).

Ratios and rates are whole parts per million (ppm), work is whole minutes of one officer, months are 1 to 12. The numbers of
the law come in as arguments; none is written here but the shape they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from solver.plan.errors import PlanError

#: One, in parts per million.
PPM = 1_000_000

#: How an item's ratio over the year binds (抽查比例的形式); ``free`` leaves it to the classes.
RatioForm = Literal["minimum", "maximum", "exact", "count", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Lowest and highest ratio of a risk class over the year [ppm], 0 ≤ lowest ≤ highest ≤ 1,000,000."""

    risk_class: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch of a task (批次): its window of months, and the least drawn in it, all classes and regions together."""

    months: tuple[int, ...]
    least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one visit of a task asks of the officers of one skill (专业工时).

    Parameters
    ----------
    skill : str
        Key of those who can do it, such as ``"市监"`` or ``"市监/食品"``.
    minutes : int
        Officer-minutes of one body beyond the visit's set-up, all officers of this skill together.
    officers : int
        How many of them go, ≥ 1; each takes a set-up.
    """

    skill: str
    minutes: int
    officers: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task of the plan (抽查任务).

    Parameters
    ----------
    name : str
    agencies : tuple of str
        Agencies (抽查主体), each of whose visits count towards its yearly cap.
    work : tuple of Work
        At least one, each skill once.
    batches : tuple of Batch
        Windows; the task draws in no other month.
    busy : frozenset of int
        Months of the field's busy season, in which it does not draw.
    form, ratio, count
        The item's ratio over the year: ``ratio`` [ppm] for minimum, maximum and exact, ``count`` for count.
    ranges : tuple of Range
        Ranges of its own in place of the problem's, class by class.
    general : bool
        Whether it is an ordinary item (一般检查事项), under the cap of those.
    per_year : Fraction
        How often the item may be inspected at one body in a year: 1, 2, or 1/2 for once in two years.
    uniform : bool
        Whether it is a slice at one ratio for all classes; rounding then decides which class has the larger ratio, and
        the order of classes does not bind it.
    onsite : bool
        False for paper and network inspections: they take minutes, and no set-up, visit or yearly cap.
    """

    name: str
    agencies: tuple[str, ...]
    work: tuple[Work, ...]
    batches: tuple[Batch, ...]
    busy: frozenset[int] = frozenset()
    form: RatioForm = "free"
    ratio: int = 0
    count: int = 0
    ranges: tuple[Range, ...] = ()
    general: bool = False
    per_year: Fraction = Fraction(1)
    uniform: bool = False
    onsite: bool = True

    @property
    def minutes(self) -> int:
        """Officer-minutes of one body, all skills together."""
        return sum(work.minutes for work in self.work)

    @property
    def skills(self) -> frozenset[str]:
        """Skills that the task takes."""
        return frozenset(work.skill for work in self.work)

    def asks(self, skill: str) -> Work | None:
        """What it asks of a skill, if anything."""
        return next((work for work in self.work if work.skill == skill), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Bodies of one class in one region that are open to the same tasks (同类对象组).

    Parameters
    ----------
    size : int
        How many, ≥ 1.
    tasks : frozenset of str
        At least one.
    visits_made : tuple of (str, int)
        Agency → its on-site visits of this year that the registers hold already, all bodies of the group together.
    """

    name: str
    region: str
    risk_class: str
    size: int
    tasks: frozenset[str]
    visits_made: tuple[tuple[str, int], ...] = ()

    def made(self, agency: str) -> int:
        """Visits of the agency that were made already."""
        return dict(self.visits_made).get(agency, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Officer-minutes in a region and month of officers who can do at least one of the skills (执法力量).

    They bound the work of all these skills together: Hall's condition, see strength.py. Leave and work days are taken into
    account.
    """

    region: str
    skills: frozenset[str]
    month: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Expected share of inspected bodies with a problem [ppm] in a cell (问题发现率), already shrunk."""

    task: str
    risk_class: str
    region: str
    rate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was drawn before the first month of the problem (已抽取数); it counts towards every bound over the year."""

    task: str
    risk_class: str
    region: str
    month: int
    take: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """All that the year's numbers depend on.

    Parameters
    ----------
    classes : tuple of str
        Risk classes from lowest to highest risk.
    yearly_cap : int
        On-site visits a year by one agency to one body, ≥ 1.
    general_cap : int
        Highest ratio of an ordinary item [ppm].
    last_month : int
        The last month in which a task may draw so that all is done by the plan's end date.
    first_month : int
        The first month that is still open; 1 for a whole year.
    done : tuple of Done
        What was drawn in the months before it.
    set_up : int
        Minutes of a visit before any item, for each officer who goes; shared by the skill's tasks.
    held_back : int
        Share of the means kept for complaint-driven work [ppm].
    width : int
        Width that a class's yearly 90 % interval should not exceed [ppm].
    slice : int
        Share of every cell drawn whatever its rate [ppm]; the uniform slice.
    give : int
        How much of an aim's best value may be given for the aims after it [ppm].
    """

    classes: tuple[str, ...]
    tasks: tuple[Task, ...]
    groups: tuple[Group, ...]
    ranges: tuple[Range, ...]
    means: tuple[Means, ...]
    rates: tuple[Rate, ...]
    yearly_cap: int = 2
    general_cap: int = 200_000
    last_month: int = 10
    first_month: int = 1
    done: tuple[Done, ...] = ()
    set_up: int = 40
    held_back: int = 200_000
    width: int = 100_000
    slice: int = 5_000
    give: int = 2_500


def check(problem: Problem) -> None:
    """Refuse what is no problem at all, before it is asked whether it can be solved.

    Raises
    ------
    PlanError
        ``name-twice``, ``class-unknown``, ``task-unknown``, ``ratio-over-one``, ``range-contradictory``,
        ``number-negative``, ``window-empty``, ``batch-overlap``, ``group-empty``, ``range-missing``,
        ``region-without-officers``.
    """
    _names(problem)
    _numbers(problem)
    for task in problem.tasks:
        _task(problem, task)
    for group in problem.groups:
        _group(problem, group)


def _names(problem: Problem) -> None:
    kinds = {
        "task": [t.name for t in problem.tasks],
        "group": [g.name for g in problem.groups],
        "class": list(problem.classes),
        "means": [f"{m.region} {'+'.join(sorted(m.skills))} {m.month}" for m in problem.means],
        "rate": [f"{r.task} {r.risk_class} {r.region}" for r in problem.rates],
    }
    for kind, names in kinds.items():
        if len(names) != len(set(names)):
            raise PlanError("name-twice", kind=kind, name=next(n for n in names if names.count(n) > 1))


def _numbers(problem: Problem) -> None:
    shares = {name: getattr(problem, name) for name in ("general_cap", "held_back", "width", "slice", "give")}
    shares |= {f"rate {r.task} {r.risk_class} {r.region}": r.rate for r in problem.rates}
    for name, value in shares.items():
        if not 0 <= value <= PPM:
            raise PlanError("ratio-over-one" if value > PPM else "number-negative", field=name, value=value)
    counts = {"yearly_cap": problem.yearly_cap - 1, "set_up": problem.set_up, "width": problem.width - 1}
    counts |= {f"means {m.region} {'+'.join(sorted(m.skills))} {m.month}": m.minutes for m in problem.means}
    counts |= {f"done {d.task} {d.risk_class} {d.region} {d.month}": d.take for d in problem.done}
    for name, value in counts.items():
        if value < 0:
            raise PlanError("number-negative", field=name, value=value)
    for one in problem.ranges:
        _range(problem, one, "")


def _range(problem: Problem, one: Range, task: str) -> None:
    where = {"task": task, "risk_class": one.risk_class}
    if one.risk_class not in problem.classes:
        raise PlanError("class-unknown", **where)
    if one.highest > PPM:
        raise PlanError("ratio-over-one", **where, value=one.highest)
    if not 0 <= one.lowest <= one.highest:
        raise PlanError("range-contradictory", **where, lowest=one.lowest, highest=one.highest)


def _task(problem: Problem, task: Task) -> None:
    for one in task.ranges:
        _range(problem, one, task.name)
    missing = [c for c in problem.classes if c not in {r.risk_class for r in (*problem.ranges, *task.ranges)}]
    if missing:
        raise PlanError("range-missing", task=task.name, risk_class=missing[0])
    if task.ratio > PPM:
        raise PlanError("ratio-over-one", task=task.name, value=task.ratio)
    numbers = (task.ratio, task.count, *(w.minutes for w in task.work), *(b.least for b in task.batches))
    if min(numbers) < 0 or task.per_year < 0 or min((w.officers for w in task.work), default=0) < 1:
        raise PlanError("number-negative", field=task.name, value=min(numbers))
    if len(task.skills) < len(task.work):
        raise PlanError("name-twice", kind="skill", name=task.name)
    months = [m for batch in task.batches for m in batch.months]
    if not months or not all(1 <= m <= 12 for m in months):
        raise PlanError("window-empty", task=task.name, months=sorted(set(months)))
    if len(months) != len(set(months)):
        raise PlanError("batch-overlap", task=task.name)


def _group(problem: Problem, group: Group) -> None:
    tasks = {t.name: t for t in problem.tasks}
    if group.risk_class not in problem.classes:
        raise PlanError("class-unknown", group=group.name, risk_class=group.risk_class)
    if group.size < 1 or not group.tasks:
        raise PlanError("group-empty", group=group.name)
    staffed = {(m.region, skill) for m in problem.means for skill in m.skills}
    for name in sorted(group.tasks):
        if name not in tasks:
            raise PlanError("task-unknown", group=group.name, task=name)
        for skill in sorted(tasks[name].skills):
            if (group.region, skill) not in staffed:
                raise PlanError("region-without-officers", region=group.region, skill=skill, task=name)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A task's bodies of one class in one region (单元): one stratum of each month's draw."""

    task: Task
    risk_class: str
    region: str
    population: int

    @cached_property
    def key(self) -> tuple[str, str, str]:
        """(task, class, region)."""
        return self.task.name, self.risk_class, self.region


def cells(problem: Problem) -> tuple[Cell, ...]:
    """Return the cells that have bodies, by task, class and region in the problem's order."""
    size: dict[tuple[str, str, str], int] = {}
    for group in problem.groups:
        for name in group.tasks:
            key = (name, group.risk_class, group.region)
            size[key] = size.get(key, 0) + group.size
    regions = sorted({g.region for g in problem.groups})
    return tuple(
        Cell(task=task, risk_class=c, region=r, population=size[task.name, c, r])
        for task in problem.tasks
        for c in problem.classes
        for r in regions
        if (task.name, c, r) in size
    )


def range_of(problem: Problem, task: Task, risk_class: str) -> Range:
    """Return the class's range for the task: its own, or the problem's."""
    return next(r for r in (*task.ranges, *problem.ranges) if r.risk_class == risk_class)


def months_of(problem: Problem, task: Task) -> tuple[int, ...]:
    """Return the months in which the task may draw: in a window, still open, before the end, out of season."""
    span = range(problem.first_month, problem.last_month + 1)
    return tuple(sorted({m for b in task.batches for m in b.months if m in span} - task.busy))
