"""The check-list of a visit (检查单): each point to inspect with its standard, basis and methods, in a fixed order.

Points are grouped by department, the leading one first, and stand in the order of item, sub-item number and method.
A point that two tasks bring is inspected once and stands once, for both.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.planning.tables import Method, Task
from inspect_engine.registers.tables import Item, ItemVersion, SubItem
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit, VisitLine


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a visit before it is ordered (检查要点): a line with what its version of the item says.

    Attributes
    ----------
    task : str
        Code of the task that brings it.
    method : Method
        How this visit inspects it; ``methods`` are those that the item allows.
    version_id : int
        The version that the draw used, whatever the list says by now.
    """

    item_code: str
    item_name: str
    sub_code: str
    number: int
    sub_name: str
    standard: str
    basis: str
    methods: tuple[str, ...]
    method: Method
    department: str
    task: str
    version_id: int


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the check-list (检查单条目), numbered from 1 within the visit."""

    position: int
    department: str
    item_code: str
    item_name: str
    sub_code: str
    sub_name: str
    standard: str
    basis: str
    method: Method
    methods: tuple[str, ...]
    tasks: tuple[str, ...]
    version_id: int


def checklist(points: Iterable[Point], lead: str) -> tuple[Row, ...]:
    """Order points and number them.

    Parameters
    ----------
    lead : str
        Department that leads the visit; its points come first, the others' after it by name.
    """
    grouped: dict[tuple[str, int, Method], list[Point]] = {}
    for point in sorted(points, key=lambda one: _order(one, lead)):
        grouped.setdefault((point.department, point.version_id, point.method), []).append(point)
    return tuple(_row(number, same) for number, same in enumerate(grouped.values(), 1))


def _order(point: Point, lead: str) -> tuple[bool, str, str, int, str, int, str, str]:
    return (
        point.department != lead,
        point.department,
        point.item_code,
        point.number,
        point.sub_code,
        point.version_id,
        point.method.value,
        point.task,
    )


def _row(number: int, same: list[Point]) -> Row:
    first = same[0]
    return Row(
        position=number,
        department=first.department,
        item_code=first.item_code,
        item_name=first.item_name,
        sub_code=first.sub_code,
        sub_name=first.sub_name,
        standard=first.standard,
        basis=first.basis,
        method=first.method,
        methods=first.methods,
        tasks=tuple(dict.fromkeys(one.task for one in same)),
        version_id=first.version_id,
    )


def checklist_of(session: Session, visit_id: int) -> tuple[Row, ...]:
    """Read the check-list of a stored visit.

    Raises
    ------
    EngineError
        ``visits.unknown-visit``.
    """
    if session.get(Visit, visit_id) is None:
        raise EngineError("visits.unknown-visit", visit=visit_id)
    query = (
        select(VisitLine, ItemVersion, SubItem, Item)
        .join(ItemVersion, col(ItemVersion.id) == col(VisitLine.item_version_id))
        .join(SubItem, col(SubItem.id) == col(ItemVersion.sub_item_id))
        .join(Item, col(Item.id) == col(SubItem.item_id))
        .where(col(VisitLine.visit_id) == visit_id)
    )
    tasks = {task.id: task.code for task in session.exec(select(Task))}
    points = [
        Point(
            item_code=item.code,
            item_name=item.name,
            sub_code=sub.code,
            number=sub.number,
            sub_name=sub.name,
            standard=version.standard,
            basis=version.basis,
            methods=tuple(version.methods),
            method=line.method,
            department=line.department,
            task=tasks.get(line.task_id, ""),
            version_id=version.id or 0,
        )
        for line, version, sub, item in session.exec(query)
    ]
    return checklist(points, _lead(session, visit_id))


def _lead(session: Session, visit_id: int) -> str:
    """Department of the leading slot of the visit's route; empty before it has one."""
    query = (
        select(Slot.department)
        .join(Route, col(Route.id) == col(Slot.route_id))
        .join(RouteVisit, col(RouteVisit.route_id) == col(Route.id))
        .where(col(RouteVisit.visit_id) == visit_id, col(Slot.lead))
        .order_by(col(Slot.code))
    )
    return session.exec(query).first() or ""
