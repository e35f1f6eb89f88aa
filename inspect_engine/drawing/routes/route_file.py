"""``4-routes.jsonl`` from the store (批次文件): until the second commitment routes may still change, and the file with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import row_id, rows_of
from inspect_engine.drawing.tables import Draw, DrawFile
from inspect_engine.registers.tables import Target
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit
from solver.dr1.encoding import Json, Row, jsonl

NAME = "4-routes.jsonl"


def route_rows(session: Session, draw: Draw) -> list[Row]:
    """Rows of the routes that the lottery staffs, by route; those of which the head names the team stand outside."""
    blinds, slots = _blinds(session, draw), _slots(session, draw)
    query = (
        select(Route)
        .where(col(Route.draw_id) == row_id(draw), col(Route.direct).is_(False))
        .order_by(col(Route.code))
    )
    return [
        {
            "blinds": cast("list[Json]", sorted(blinds[route.id or 0])),
            "date": route.day.isoformat(),
            "road": route.road,
            "route": route.code,
            "slots": cast("list[Json]", slots[route.id or 0]),
        }
        for route in session.exec(query)
        if blinds.get(route.id or 0)
    ]


def write(session: Session, draw: Draw) -> None:
    """Keep the file as the routes are now; nothing is committed to before the step ``staff``."""
    session.flush()
    content = jsonl(route_rows(session, draw))
    file = session.get(DrawFile, (row_id(draw), NAME))
    if file is None:
        session.add(DrawFile(draw_id=row_id(draw), name=NAME, content=content))
    else:
        file.content = content
    session.flush()


def _blinds(session: Session, draw: Draw) -> Mapping[int, list[str]]:
    """Blinds of each route's visits."""
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    query = (
        sa.select(col(RouteVisit.route_id), col(Target.key))
        .join(Visit, col(Visit.id) == col(RouteVisit.visit_id))
        .join(Target, col(Target.id) == col(Visit.target_id))
        .where(col(Visit.draw_id) == row_id(draw))
    )
    found: dict[int, list[str]] = {}
    for route, key in session.execute(query):
        found.setdefault(route, []).append(blinds[key])
    return found


def _slots(session: Session, draw: Draw) -> Mapping[int, list[Row]]:
    """Rows of each route's slots, by slot."""
    query = (
        select(Slot)
        .join(Route, col(Route.id) == col(Slot.route_id))
        .where(col(Route.draw_id) == row_id(draw))
    )
    found: dict[int, list[Row]] = {}
    for slot in sorted(session.exec(query), key=lambda one: one.code.encode()):
        found.setdefault(slot.route_id, []).append(
            {
                "department": slot.department,
                "lead": slot.lead,
                "skills": cast("list[Json]", sorted(slot.skills, key=str.encode)),
                "slot": slot.code,
            }
        )
    return found
