"""What is still open on an item that leaves the list (清单调整后的在办事项): tasks, visits and lines of plans.

A repeal stops future tasks by itself, since each is checked against the lists when it is opened. What was opened
before is not touched: it is shown to whoever changes the list, and kept in an event, for people to decide on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.tables import Draw, DrawState, DrawTask
from inspect_engine.events.log import Act, append
from inspect_engine.planning.plans.tables import Plan, PlanLine, PlanState, PlanVersion
from inspect_engine.planning.tables import Task, TaskItem
from inspect_engine.registers.tables import ItemVersion, SubItem
from inspect_engine.visits.tables import Visit, VisitLine, VisitState
from solver.dr1.encoding import Json

_OPEN_VISITS = (VisitState.planned, VisitState.begun)
_OPEN_PLANS = (PlanState.draft, PlanState.approved, PlanState.filed, PlanState.published)


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """An open thing that inspects an item on or after a day (在办事项).

    Attributes
    ----------
    kind : str
        ``plan-line``, ``task`` or ``visit``.
    name : str
        ``plan code/version/line``, ``draw/task``, or the visit's number: no target is named.
    item : str
        Code of the sub-item.
    last : datetime.date
        Last day of its window.
    """

    kind: Literal["plan-line", "task", "visit"]
    name: str
    item: str
    last: date


def flag_open(
    session: Session, act: Act, subject: str, sub_items: Sequence[str], day: date
) -> tuple[Use, ...]:
    """Find what is open on some sub-items from a day on, and keep it in an event of the caller's transaction.

    Returns
    -------
    tuple of Use
        In the order of kind, name and item; no event where it is empty.
    """
    found = open_uses(session, sub_items, day)
    if found:
        uses: list[Json] = [
            {"item": one.item, "kind": one.kind, "last": one.last.isoformat(), "name": one.name}
            for one in found
        ]
        append(session, act, "list.flagged", subject, {"day": day.isoformat(), "uses": uses})
    return found


def open_uses(session: Session, sub_items: Sequence[str], day: date) -> tuple[Use, ...]:
    """Find tasks of draws that are not void, visits not done, and lines of living plans, with a window that reaches the day."""
    wanted = frozenset(sub_items)
    found = {*_tasks(session, wanted, day), *_visits(session, wanted, day), *_lines(session, wanted, day)}
    return tuple(sorted(found))


def _tasks(session: Session, wanted: frozenset[str], day: date) -> Iterator[Use]:
    query = (
        sa.select(col(Draw.draw_id), col(Task.code), col(SubItem.code), col(Task.window_last))
        .join(DrawTask, col(DrawTask.draw_id) == Draw.id)
        .join(Task, col(Task.id) == col(DrawTask.task_id))
        .join(TaskItem, col(TaskItem.task_id) == col(Task.id))
        .join(ItemVersion, col(ItemVersion.id) == col(TaskItem.item_version_id))
        .join(SubItem, col(SubItem.id) == col(ItemVersion.sub_item_id))
        .where(col(SubItem.code).in_(wanted), col(Draw.state) != DrawState.void, col(Task.window_last) >= day)
    )
    for draw, task, item, last in session.execute(query):
        yield Use("task", f"{draw}/{task}", item, last)


def _visits(session: Session, wanted: frozenset[str], day: date) -> Iterator[Use]:
    query = (
        sa.select(col(Visit.id), col(SubItem.code), col(Visit.window_last))
        .join(VisitLine, col(VisitLine.visit_id) == Visit.id)
        .join(ItemVersion, col(ItemVersion.id) == col(VisitLine.item_version_id))
        .join(SubItem, col(SubItem.id) == col(ItemVersion.sub_item_id))
        .outerjoin(Draw, col(Draw.id) == col(Visit.draw_id))
        .where(
            col(SubItem.code).in_(wanted),
            col(Visit.state).in_(_OPEN_VISITS),
            col(Visit.window_last) >= day,
            col(Draw.state).is_(None) | (col(Draw.state) != DrawState.void),
        )
    )
    for visit, item, last in session.execute(query):
        yield Use("visit", f"{visit:06d}", item, last)


def _lines(session: Session, wanted: frozenset[str], day: date) -> Iterator[Use]:
    """Items of a line stand in its body as the form wrote them, with the department behind ``@`` where one is named."""
    query = (
        select(Plan.code, PlanVersion.number, PlanLine)
        .join(PlanVersion, col(PlanVersion.plan_id) == Plan.id)
        .join(PlanLine, col(PlanLine.version_id) == PlanVersion.id)
        .where(col(PlanVersion.state).in_(_OPEN_PLANS))
    )
    for plan, number, line in session.exec(query):
        last = max(date.fromisoformat(batch["last"]) for batch in line.body["batches"])
        items = {named.partition("@")[0] for named in line.body["items"]}
        for item in items & wanted if last >= day else ():
            yield Use("plan-line", f"{plan}/{number}/{line.code}", item, last)
