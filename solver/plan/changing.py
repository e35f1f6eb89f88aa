"""A problem with edits applied (计划假设的代入): bounds are set once, means change one after the other.

Means, by Hall's condition, of officers who can do some skill of a set Q, M_Q (strength.py). Where officers come whose skills are
just S, with m minutes, M_Q grows by m for every Q that meets S. They connect the skills of S: sets that were implied by their
parts may bind now, and are listed as well, each with the sum of its parts' minutes before.
Where the time of officers with skill q is scaled, M_Q changes for Q with q by the change of M_q: what they do in their other skills
is left as it was, which is exact where all skills are scaled, and takes away no less than it must where one is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from solver.plan.edits import (
    BusySet,
    Edit,
    FrequencySet,
    MeansAdd,
    MeansScale,
    RangeSet,
    RatioSet,
    SettingSet,
    WindowSet,
)
from solver.plan.errors import PlanError
from solver.plan.problem import PPM, Means, Problem, Range, Task, check
from solver.plan.strength import connected

_Key = tuple[str, frozenset[str], int]


def changed(problem: Problem, edits: Iterable[Edit]) -> Problem:
    """Return the problem with the edits made, in their order; the given one is as it was.

    Raises
    ------
    PlanError
        ``edit-twice`` where two edits set one bound; ``task-unknown``, ``class-unknown``, ``region-unknown``,
        ``skill-unknown``, ``batch-unknown``; ``means-unknown`` where no means are touched, ``means-negative`` where more is
        taken away than there is; ``month-outside`` for an end of the plan in no month; or as
        :func:`solver.plan.problem.check` of what comes out.
    """
    wanted = tuple(edits)
    _once(wanted)
    for edit in wanted:
        problem = _apply(problem, edit)
    check(problem)
    return problem


def _once(edits: Sequence[Edit]) -> None:
    """No bound is set twice."""
    seen: set[tuple[str, ...]] = set()
    for edit in edits:
        match edit:
            case MeansAdd() | MeansScale():
                continue
            case RangeSet(risk_class=c, task=task):
                place: tuple[str, ...] = ("range", task, c)
            case SettingSet(name=name):
                place = ("setting", name)
            case WindowSet(task=task, batch=batch):
                place = ("window", task, str(batch))
            case RatioSet(task=task) | FrequencySet(task=task) | BusySet(task=task):
                place = (type(edit).__name__, task)
            case _:
                assert_never(edit)
        if place in seen:
            raise PlanError("edit-twice", where=" ".join(part for part in place if part))
        seen.add(place)


def _apply(problem: Problem, edit: Edit) -> Problem:
    match edit:
        case MeansAdd():
            return _added(problem, edit)
        case MeansScale():
            return _scaled(problem, edit)
        case RangeSet():
            return _ranged(problem, edit)
        case SettingSet():
            return _set(problem, edit)
    return _task(problem, edit.task, lambda task: _of_task(task, edit))


def _set(problem: Problem, edit: SettingSet) -> Problem:
    if edit.name == "last_month" and not 1 <= edit.value <= 12:
        raise PlanError("month-outside", field=edit.name, value=edit.value)
    return replace(problem, **{edit.name: edit.value})  # type: ignore[arg-type]


def _of_task(task: Task, edit: RatioSet | FrequencySet | BusySet | WindowSet) -> Task:
    match edit:
        case RatioSet():
            return replace(task, form=edit.form, ratio=edit.ratio, count=edit.count)
        case FrequencySet():
            return replace(task, per_year=edit.per_year)
        case BusySet():
            return replace(task, busy=frozenset(edit.months))
        case WindowSet():
            return _windowed(task, edit)
    assert_never(edit)


def _task(problem: Problem, name: str, change: Callable[[Task], Task]) -> Problem:
    if name not in {task.name for task in problem.tasks}:
        raise PlanError("task-unknown", group="-", task=name)
    tasks = tuple(change(task) if task.name == name else task for task in problem.tasks)
    return replace(problem, tasks=tasks)


def _windowed(task: Task, edit: WindowSet) -> Task:
    if not 1 <= edit.batch <= len(task.batches):
        raise PlanError("batch-unknown", task=task.name, batch=edit.batch)
    batches = list(task.batches)
    batches[edit.batch - 1] = replace(batches[edit.batch - 1], months=edit.months)
    return replace(task, batches=tuple(batches))


def _ranged(problem: Problem, edit: RangeSet) -> Problem:
    if edit.risk_class not in problem.classes:
        raise PlanError("class-unknown", task=edit.task, risk_class=edit.risk_class)
    one = Range(risk_class=edit.risk_class, lowest=edit.lowest, highest=edit.highest)
    if edit.task:
        return _task(problem, edit.task, lambda task: replace(task, ranges=_put(task.ranges, one)))
    return replace(problem, ranges=_put(problem.ranges, one))


def _put(ranges: tuple[Range, ...], one: Range) -> tuple[Range, ...]:
    """The range in its class's place, or after the others."""
    if one.risk_class in {r.risk_class for r in ranges}:
        return tuple(one if r.risk_class == one.risk_class else r for r in ranges)
    return (*ranges, one)


def _scaled(problem: Problem, edit: MeansScale) -> Problem:
    _known(problem, edit.region, {edit.skill} - {""})
    have = _book(problem)
    single = {(r, t): n for (r, q, t), n in have.items() if q == {edit.skill}}
    means = []
    touched = False
    for m in problem.means:
        here = edit.region in ("", m.region) and m.month in edit.months
        here = here and (not edit.skill or edit.skill in m.skills)
        base = single.get((m.region, m.month), 0) if edit.skill else m.minutes
        means.append(replace(m, minutes=m.minutes - base + base * edit.by // PPM) if here else m)
        touched = touched or here
    if not touched:
        raise PlanError("means-unknown", region=edit.region or "-", skill=edit.skill or "-")
    return replace(problem, means=tuple(means))


def _added(problem: Problem, edit: MeansAdd) -> Problem:
    _known(problem, edit.region, edit.skills)
    have = _book(problem)
    order = list(have)
    for month in edit.months:
        listed = [q for r, q, t in have if (r, t) == (edit.region, month)]
        before = {q: have[edit.region, q, month] for q in listed}
        for skills in connected([*listed, edit.skills]):
            key = (edit.region, skills, month)
            after = _minutes(skills, before) + edit.minutes * bool(skills & edit.skills)
            if after < 0:
                raise PlanError(
                    "means-negative", region=edit.region, skill="+".join(sorted(skills)), month=month
                )
            if key not in have:
                order.append(key)
            have[key] = after
    means = tuple(Means(region=r, skills=q, month=t, minutes=have[r, q, t]) for r, q, t in order)
    return replace(problem, means=means)


def _minutes(skills: frozenset[str], before: dict[frozenset[str], int]) -> int:
    """M_Q as it was: its own, or where it was not listed the sum of its largest parts that were."""
    rest, total = skills, 0
    for part in sorted((q for q in before if q <= skills), key=lambda q: (-len(q), sorted(q))):
        if part <= rest:
            total += before[part]
            rest -= part
    return total


def _book(problem: Problem) -> dict[_Key, int]:
    return {(m.region, m.skills, m.month): m.minutes for m in problem.means}


def _known(problem: Problem, region: str, skills: Iterable[str]) -> None:
    if region and region not in {g.region for g in problem.groups} | {m.region for m in problem.means}:
        raise PlanError("region-unknown", region=region)
    used = {skill for task in problem.tasks for skill in task.skills}
    for skill in sorted(skills):
        if skill not in used:
            raise PlanError("skill-unknown", skill=skill)
