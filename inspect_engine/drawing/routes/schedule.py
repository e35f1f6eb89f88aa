"""``draw calendar``: how the routes of a draw lie over its days (日程), in counts that may be shown before any release."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import expect, find_draw, row_id
from inspect_engine.drawing.tables import DrawState
from inspect_engine.visits.tables import Route, RouteVisit, Slot

_ROUTED = (DrawState.routed, DrawState.staffed, DrawState.reseeded, DrawState.rostered)


@dataclass(frozen=True, slots=True)
class Day:
    """One working day of a draw (工作日): counts of what is on it, and minutes on the road."""

    HEADS: ClassVar[tuple[str, ...]] = (
        "日期 day",
        "批次 routes",
        "案头 desk",
        "检查 visits",
        "岗位 slots",
        "路上 road",
        "部门 departments",
    )

    day: date
    routes: int
    desk: int
    visits: int
    slots: int
    road: int
    departments: tuple[tuple[str, int], ...]

    def row(self) -> tuple[str, ...]:
        """The day under :attr:`HEADS`."""
        counts = (self.routes, self.desk, self.visits, self.slots, self.road)
        shares = "、".join(f"{name} {number}" for name, number in self.departments)
        return self.day.isoformat(), *map(str, counts), shares


def schedule(session: Session, draw_id: str) -> list[Day]:
    """Count each day of a routed draw.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order`` before the routes are made.
    """
    draw = find_draw(session, draw_id)
    expect(draw, *_ROUTED)
    routes = session.exec(select(Route).where(col(Route.draw_id) == row_id(draw))).all()
    visits = _visits(session, row_id(draw))
    slots: dict[date, Counter[str]] = {}
    query = (
        sa.select(col(Route.day), col(Slot.department), sa.func.count())
        .join(Slot, col(Slot.route_id) == col(Route.id))
        .where(col(Route.draw_id) == row_id(draw))
        .group_by(col(Route.day), col(Slot.department))
    )
    for day, department, number in session.execute(query):
        slots.setdefault(day, Counter())[department] = number
    return [
        _day(day, [one for one in routes if one.day == day], visits, slots.get(day, Counter()))
        for day in sorted({one.day for one in routes})
    ]


def _visits(session: Session, draw: int) -> Counter[int]:
    query = (
        sa.select(col(RouteVisit.route_id), sa.func.count())
        .join(Route, col(Route.id) == col(RouteVisit.route_id))
        .where(col(Route.draw_id) == draw)
        .group_by(col(RouteVisit.route_id))
    )
    return Counter(dict(iter(session.execute(query))))


def _day(day: date, routes: list[Route], visits: Counter[int], slots: Counter[str]) -> Day:
    return Day(
        day=day,
        routes=len(routes),
        desk=sum(not one.road for one in routes),
        visits=sum(visits[one.id or 0] for one in routes),
        slots=slots.total(),
        road=sum(one.travel for one in routes),
        departments=tuple(sorted(slots.items())),
    )
