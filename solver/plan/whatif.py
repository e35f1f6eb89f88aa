"""Two plans side by side: what was changed, and what comes of it (计划假设的比较)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from solver.plan.changing import changed
from solver.plan.edits import COUNTS, SHARES, Edit, parse
from solver.plan.figures import Figures, Part, saved, share, unseen_share
from solver.plan.problem import Problem

Where = tuple[str, ...]
_Values = dict[tuple[str, Where], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A bound or means by name, as it was and as it is; None where it was not there, or is no more."""

    kind: str
    where: Where
    before: str | int | None
    after: str | int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure before and after.

    Attributes
    ----------
    figure : str
        ``coverage``, ``found``, ``visits``, ``minutes``, ``usable``, ``unseen`` (share), ``saved`` (share).
    where : tuple of str
        (``total``,), (``task`` or ``class`` or ``region``, name), (``month``, number), (``region-month``, region, number), or of
        minutes (``load``, region, skills, number).
    before, after : float or None
        None where the plan has no such task, class, region or skills.
    """

    figure: str
    where: Where
    before: float | None
    after: float | None

    @property
    def difference(self) -> float | None:
        """After less before, where both are."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def relative(self) -> float | None:
        """The difference as a share of what was; None where that is nothing."""
        return self.difference / self.before if self.before and self.difference is not None else None

    def plain(self) -> dict[str, Any]:
        """Return the row as JSON has it, its differences too."""
        tree = {**asdict(self), "where": list(self.where)}
        return {**tree, "difference": self.difference, "relative": self.relative}


def compare(before: Figures, after: Figures) -> tuple[Row, ...]:
    """Lay two plans' figures side by side; they need not be of the same tasks, classes or regions.

    Rows come in the order of the first plan, what only the second has after them.
    """
    old, new = _values(before), _values(after)
    return tuple(
        Row(figure=figure, where=where, before=old.get((figure, where)), after=new.get((figure, where)))
        for figure, where in dict.fromkeys([*old, *new])
    )


def _values(told: Figures) -> _Values:
    total = Part(
        name="",
        drawn=sum(p.drawn for p in told.cells),
        open=sum(p.open for p in told.cells),
        found=sum(p.found for p in told.cells),
    )
    found: _Values = {
        ("coverage", ("total",)): share(total),
        ("found", ("total",)): total.found,
        ("visits", ("total",)): told.joint.visits,
        ("minutes", ("total",)): told.minutes,
        ("unseen", ("total",)): unseen_share(told.unseen),
        ("saved", ("total",)): saved(told.joint),
    }
    for kind, parts in (("task", told.tasks), ("class", told.classes), ("region", told.regions)):
        found |= {("coverage", (kind, p.name)): share(p) for p in parts if p.open}
        found |= {("found", (kind, p.name)): p.found for p in parts if p.open}
    found |= {("found", ("month", str(m.month))): m.found for m in told.months}
    found |= {("visits", ("month", str(m.month))): m.visits for m in told.months}
    found |= {("visits", ("region-month", v.region, str(v.month))): v.visits for v in told.visits}
    for load in told.loads:
        where = ("load", load.region, "+".join(load.skills), str(load.month))
        found |= {("minutes", where): load.minutes, ("usable", where): float(load.usable)}
    return found | {("unseen", ("region", u.region)): unseen_share([u]) for u in told.unseen}


def moved(before: Problem, after: Problem) -> tuple[Moved, ...]:
    """List the bounds and means in which two problems differ, kind by kind."""
    old, new = _bounds(before), _bounds(after)
    return tuple(
        Moved(kind=kind, where=where, before=old.get((kind, where)), after=new.get((kind, where)))
        for kind, where in dict.fromkeys([*old, *new])
        if old.get((kind, where)) != new.get((kind, where))
    )


def _bounds(problem: Problem) -> Mapping[tuple[str, Where], str | int]:
    found: dict[tuple[str, Where], str | int] = {
        ("setting", (name,)): getattr(problem, name) for name in sorted(SHARES | COUNTS)
    }
    for r in problem.ranges:
        found |= _range("", r.risk_class, r.lowest, r.highest)
    for task in problem.tasks:
        found["ratio", (task.name,)] = f"{task.form} {task.count if task.form == 'count' else task.ratio}"
        found["frequency", (task.name,)] = str(task.per_year)
        found["busy", (task.name,)] = " ".join(str(m) for m in sorted(task.busy))
        for number, batch in enumerate(task.batches, 1):
            found["window", (task.name, str(number))] = " ".join(str(m) for m in batch.months)
            found["batch-least", (task.name, str(number))] = batch.least
        for r in task.ranges:
            found |= _range(task.name, r.risk_class, r.lowest, r.highest)
    for m in problem.means:
        found["means", (m.region, "+".join(sorted(m.skills)), str(m.month))] = m.minutes
    return found


def _range(task: str, risk_class: str, lowest: int, highest: int) -> dict[tuple[str, Where], str | int]:
    return {("lowest", (task, risk_class)): lowest, ("highest", (task, risk_class)): highest}


__all__ = ["Edit", "Moved", "Row", "changed", "compare", "moved", "parse"]
