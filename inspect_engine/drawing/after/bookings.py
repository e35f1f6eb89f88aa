"""Who is sent where on which day (人员安排), whatever draw or act sent them: days as they stand, not as they were planned."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from inspect_engine.drawing.tables import Draw
from inspect_engine.visits.tables import Assignment, Route, RouteVisit, Slot, Visit, VisitMove, VisitState

#: States in which a visit is still to be made.
LIVE = (VisitState.planned, VisitState.begun)


@dataclass(frozen=True, slots=True)
class Booking:
    """A day on which somebody goes to visits that are still to be made (安排).

    Attributes
    ----------
    draw : str
        Empty for a route of no draw.
    """

    person: int
    day: date
    draw: str
    route: str
    slot: str


def booked(session: Session, *where: sa.ColumnElement[bool]) -> list[Booking]:
    """List bookings by draw, slot, person and day; conditions are on assignments, slots, routes, visits and draws."""
    newest = (
        sa.select(col(VisitMove.to_day))
        .where(col(VisitMove.visit_id) == col(Visit.id))
        .order_by(col(VisitMove.id).desc())
        .limit(1)
        .correlate(Visit)
        .scalar_subquery()
    )
    query = (
        sa.select(
            col(Assignment.person_id),
            sa.func.coalesce(newest, col(Route.day)),
            col(Draw.draw_id),
            col(Route.code),
            col(Slot.code),
        )
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(Route, col(Route.id) == col(Slot.route_id))
        .join(RouteVisit, col(RouteVisit.route_id) == col(Route.id))
        .join(Visit, col(Visit.id) == col(RouteVisit.visit_id))
        .outerjoin(Draw, col(Draw.id) == col(Route.draw_id))
        .where(col(Assignment.ended_at).is_(None), col(Visit.state).in_(LIVE), *where)
    )
    found = {
        Booking(who, day, draw or "", route, slot) for who, day, draw, route, slot in session.execute(query)
    }
    return sorted(found, key=lambda one: (one.draw, one.slot, one.person, one.day))
