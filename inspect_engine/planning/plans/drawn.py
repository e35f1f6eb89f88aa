"""Who a plan line has drawn already (本年度已抽取对象): the plan counts a body as often as its items allow, and no more."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.planning.in_force import times_a_year
from inspect_engine.planning.plans.tables import PlanLine, PlanVersion
from inspect_engine.planning.tables import Task, TaskItem
from inspect_engine.registers.tables import ItemVersion


def drawn_already(session: Session, task: Task) -> set[int]:
    """Ids of targets that the task's line, in any version of its plan, has drawn as often as its items allow in the year.

    A draw for a line that was made void, or a visit that was put back or proved impossible, does not count.
    """
    line = session.get(PlanLine, task.plan_line_id) if task.plan_line_id else None
    if line is None:
        return set()
    versions = session.exec(
        select(ItemVersion)
        .join(TaskItem, col(TaskItem.item_version_id) == col(ItemVersion.id))
        .where(col(TaskItem.task_id) == task.id)
    ).all()
    most = min((times_a_year(version) for version in versions), default=1)
    counts: Counter[int] = Counter()
    for target, times in session.execute(_visits(session, line, task)):
        counts[target] += times
    return {target for target, times in counts.items() if times >= most}


def _visits(session: Session, line: PlanLine, task: Task) -> sa.Select[int, int]:
    # Named by the database's tables: planning may not import visits, which come later in the month.
    visit = sa.table("visit", *map(sa.column, ("id", "target_id", "state")))
    row = sa.table("visitline", *map(sa.column, ("visit_id", "task_id")))
    version = session.get_one(PlanVersion, line.version_id)
    tasks = (
        sa.select(col(Task.id))
        .join(PlanLine, col(PlanLine.id) == col(Task.plan_line_id))
        .join(PlanVersion, col(PlanVersion.id) == col(PlanLine.version_id))
        .where(
            col(PlanVersion.plan_id) == version.plan_id,
            col(PlanLine.code) == line.code,
            col(Task.id) != task.id,
        )
    )
    return (
        sa.select(visit.c.target_id, sa.func.count(sa.distinct(visit.c.id)))
        .join_from(visit, row, row.c.visit_id == visit.c.id)
        .where(row.c.task_id.in_(tasks), visit.c.state.in_(("planned", "begun", "done")))
        .group_by(visit.c.target_id)
    )
