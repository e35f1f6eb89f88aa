"""What a plan is expected to come to, in figures that can be laid side by side (计划预期指标).

Of the numbers n_icrt, with Y_icr their sum over the months, N_icr bodies, rates ρ_icr and groups s as in model.py:
    coverage     Y / N of a task, class or region: drawn over open, both summed over its cells                   (1)
    found        Σ ρ_icr n_icrt                                                                                  (2)
    visits       V_st = |s| max_i f_i over the on-site tasks of s, f_i = n_icrt / N_icr                          (3)
    minutes      of skill q in r, t: Σ_i m_iq n_icrt + m_0 Σ_s |s| Σ_l (o_l - o_{l-1}) F_l                       (4)
                 o_1 < o_2 < … being the numbers of officers of q that the on-site tasks of s ask for, and F_l the largest f_i
                 of those that ask for o_l or more: a visit is set up for as many officers as its largest task needs
    unseen       Σ_s u_s Π_t (1 - max_i n_icrt / (N_icr - Y_icr,<t)) over Σ_s |s|                                (5)
                 u_s being the bodies of s without a visit in the two years before, Y_<t what the task has drawn in earlier months
    joint        Σ V_st over Σ n_icrt of the on-site tasks                                                       (6)

(3) and (4) are the plan's own count and leave out what visits.py and leaving.py bound: they lie below the truth.
(5): a body without a visit so far this year is still open to all its tasks, and each draws from those it has not drawn yet; its
ticket of a month does not depend on the months before. By Jensen the chance of a visit is at least the one in (5), and bodies
that the yearly cap takes out raise it further: (5) lies above the truth. Where a task may draw a body twice a year, nobody is
taken to have left it. It takes bodies with and without a visit in earlier years to be drawn alike, as the draw does.
Without a joint draw every number would be a visit, so that 1 - (6) of the visits is saved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from math import floor
from typing import Any

from solver.plan.errors import PlanError
from solver.plan.lawful import group_visits
from solver.plan.problem import PPM, Problem, cells
from solver.plan.result import Number
from solver.plan.shares import MONTHS, Shares, minutes, of_year, unvisited


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A task, a class or a region (``name``) over the year: bodies ``drawn`` of those open, and problems ``found`` (2)."""

    name: str
    drawn: int
    open: int
    found: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPart:
    """One cell over the year, as :class:`Part`."""

    task: str
    risk_class: str
    region: str
    drawn: int
    open: int
    found: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPart:
    """A month, all regions together: bodies drawn, problems found (2) and visits (3)."""

    month: int
    drawn: int
    found: float
    visits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Expected visits of a region in a month (3)."""

    region: str
    month: int
    visits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Officer-minutes that the work of ``skills`` takes (4), beside those at hand less the share held back (工作量与力量)."""

    region: str
    skills: tuple[str, ...]
    month: int
    minutes: float
    usable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Bodies of a region, those without a visit in the two years before, and of these in this year too (5) (三年未查)."""

    region: str
    bodies: int
    before: int
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Visits of the plan, and were each task drawn on its own (6) (综合查一次)."""

    visits: float
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All figures of a plan; each tuple is in the problem's order, regions and skills in their own.

    ``minutes``: officer-minutes of the year (4), all regions and skills together.
    """

    tasks: tuple[Part, ...]
    classes: tuple[Part, ...]
    regions: tuple[Part, ...]
    cells: tuple[CellPart, ...]
    months: tuple[MonthPart, ...]
    visits: tuple[Visits, ...]
    loads: tuple[Load, ...]
    unseen: tuple[Unseen, ...]
    joint: Joint
    minutes: float

    def plain(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        tree = asdict(self)
        tree["loads"] = [{**asdict(load), "skills": list(load.skills)} for load in self.loads]
        return {name: list(part) if isinstance(part, tuple) else part for name, part in tree.items()}


def share(part: Part | CellPart) -> float:
    """Coverage (1), 0 where nobody is open."""
    return part.drawn / part.open if part.open else 0.0


def unseen_share(parts: Iterable[Unseen]) -> float:
    """Share of the bodies that nobody has seen in three years by the year's end (5)."""
    rows = tuple(parts)
    bodies = sum(one.bodies for one in rows)
    return sum(one.after for one in rows) / bodies if bodies else 0.0


def saved(joint: Joint) -> float:
    """Share of the visits that drawing the tasks together saves, 0 where there are none (6)."""
    return 1 - joint.visits / joint.alone if joint.alone else 0.0


def figures(problem: Problem, numbers: Iterable[Number], unseen: Mapping[str, int]) -> Figures:
    """Return the expected figures of a plan.

    Parameters
    ----------
    problem : Problem
    numbers : iterable of Number
        Of the months from the problem's first on; what was drawn before, ``problem.done``, is added. Each is of a cell of the
        problem, and over the year a cell draws no more than it has bodies, save where the task may come twice.
    unseen : mapping of str to int
        Group → its bodies without an on-site visit in the two years before; 0 for a group that is not named.

    Raises
    ------
    PlanError
        ``number-unknown`` for a number of no cell, ``group-unknown``, ``unseen-outside``.
    """
    taken = of_year(problem, numbers)
    _check(problem, taken, unseen)
    of_groups = group_visits(problem, taken)
    of_regions = _of_regions(problem, of_groups)
    spent = minutes(problem, taken)
    parts = _cell_parts(problem, taken)
    regions = sorted({g.region for g in problem.groups})
    onsite = {t.name for t in problem.tasks if t.onsite}
    return Figures(
        tasks=tuple(_part(t.name, [p for p in parts if p.task == t.name]) for t in problem.tasks),
        classes=tuple(_part(c, [p for p in parts if p.risk_class == c]) for c in problem.classes),
        regions=tuple(_part(r, [p for p in parts if p.region == r]) for r in regions),
        cells=parts,
        months=_months(problem, taken, of_groups),
        visits=tuple(Visits(region=r, month=t, visits=float(v)) for (r, t), v in of_regions.items()),
        loads=_loads(problem, spent),
        unseen=_unseen(problem, taken, unseen),
        joint=Joint(
            visits=float(sum(of_groups.values())), alone=sum(n.take for n in taken if n.task in onsite)
        ),
        minutes=float(sum(spent.values())),
    )


def _check(problem: Problem, numbers: Iterable[Number], unseen: Mapping[str, int]) -> None:
    known = {cell.key for cell in cells(problem)}
    for n in numbers:
        if (n.task, n.risk_class, n.region) not in known or n.month not in MONTHS or n.take < 0:
            raise PlanError(
                "number-unknown", task=n.task, risk_class=n.risk_class, region=n.region, month=n.month
            )
    size = {g.name: g.size for g in problem.groups}
    for name, count in unseen.items():
        if name not in size:
            raise PlanError("group-unknown", group=name)
        if not 0 <= count <= size[name]:
            raise PlanError("unseen-outside", group=name, value=count, size=size[name])


def _rates(problem: Problem) -> dict[tuple[str, str, str], int]:
    return {(r.task, r.risk_class, r.region): r.rate for r in problem.rates}


def _cell_parts(problem: Problem, numbers: Iterable[Number]) -> tuple[CellPart, ...]:
    drawn: dict[tuple[str, str, str], int] = defaultdict(int)
    for n in numbers:
        drawn[n.task, n.risk_class, n.region] += n.take
    rates = _rates(problem)
    return tuple(
        CellPart(
            task=cell.task.name,
            risk_class=cell.risk_class,
            region=cell.region,
            drawn=drawn[cell.key],
            open=cell.population,
            found=drawn[cell.key] * rates.get(cell.key, 0) / PPM,
        )
        for cell in cells(problem)
    )


def _part(name: str, parts: Iterable[CellPart]) -> Part:
    rows = tuple(parts)
    return Part(
        name=name,
        drawn=sum(p.drawn for p in rows),
        open=sum(p.open for p in rows),
        found=sum(p.found for p in rows),
    )


def _months(
    problem: Problem, numbers: Iterable[Number], of_groups: Mapping[tuple[str, int], Fraction]
) -> tuple[MonthPart, ...]:
    drawn, found = [0] * 13, [0] * 13
    visited = [Fraction(0)] * 13
    rates = _rates(problem)
    for n in numbers:
        drawn[n.month] += n.take
        found[n.month] += n.take * rates.get((n.task, n.risk_class, n.region), 0)
    for (_, month), count in of_groups.items():
        visited[month] += count
    return tuple(
        MonthPart(month=t, drawn=drawn[t], found=found[t] / PPM, visits=float(visited[t])) for t in MONTHS
    )


def _of_regions(
    problem: Problem, of_groups: Mapping[tuple[str, int], Fraction]
) -> dict[tuple[str, int], Fraction]:
    where = {g.name: g.region for g in problem.groups}
    found = {(r, t): Fraction(0) for r in sorted(set(where.values())) for t in MONTHS}
    for (name, month), count in of_groups.items():
        found[where[name], month] += count
    return found


def _loads(problem: Problem, minutes: Mapping[tuple[str, str, int], Fraction]) -> tuple[Load, ...]:
    """One of each of the problem's means, and of each skill that has work.

    A skill without a sum of its own is left out of strength.py (3) since a larger one has the same officers; it shows the smallest
    that it stands in, and nothing at all where it stands in none.
    """
    usable = {
        (m.region, tuple(sorted(m.skills)), m.month): floor(
            m.minutes * Fraction(PPM - problem.held_back, PPM)
        )
        for m in problem.means
    }
    alone = [(r, q, t) for (r, q, t), spent in minutes.items() if spent and (r, (q,), t) not in usable]
    usable |= {
        (r, (q,), t): min(
            (
                limit
                for (region, skills, month), limit in usable.items()
                if (region, month) == (r, t) and q in skills
            ),
            default=0,
        )
        for r, q, t in alone
    }
    return tuple(
        Load(
            region=r,
            skills=skills,
            month=t,
            minutes=float(sum((minutes.get((r, q, t), Fraction(0)) for q in skills), Fraction(0))),
            usable=limit,
        )
        for (r, skills, t), limit in sorted(usable.items())
    )


def _unseen(problem: Problem, numbers: Iterable[Number], unseen: Mapping[str, int]) -> tuple[Unseen, ...]:
    book = Shares(problem, numbers)
    bodies: dict[str, int] = defaultdict(int)
    before: dict[str, int] = defaultdict(int)
    after: dict[str, Fraction] = defaultdict(Fraction)
    for group in problem.groups:
        count = unseen.get(group.name, 0)
        bodies[group.region] += group.size
        before[group.region] += count
        after[group.region] += count * unvisited(book, group)
    return tuple(
        Unseen(region=r, bodies=bodies[r], before=before[r], after=float(after[r])) for r in sorted(bodies)
    )
