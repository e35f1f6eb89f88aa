"""Rotation (轮换): who was at a body last time, by the operator's own rosters."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.registers.tables import Target
from inspect_engine.visits.tables import Assignment, Route, RouteVisit, Slot, Visit, VisitMove, VisitState

_STANDING = (VisitState.planned, VisitState.begun, VisitState.done)


def last_visits(session: Session, operator: str, before: int | None = None) -> set[tuple[int, str]]:
    """Find the officers of each body's last visit.

    Only draws that have a roster and are not void count, and of those only visits that took place or still stand. The
    last of a body's visits is the one with the latest day, after all moves; of a team, those count who are in it now.

    Parameters
    ----------
    before : int, optional
        Serial of a draw: only those before it count.

    Returns
    -------
    set of (person, key)
        Person's id and the target's key.
    """
    last: dict[str, tuple[date, int]] = {}
    teams: dict[int, set[int]] = {}
    moved = _moved(session)
    for key, visit, planned, person in _assigned(session, operator, before):
        teams.setdefault(visit, set()).add(person)
        day = moved.get(visit, planned), visit
        last[key] = max(last.get(key, day), day)
    return {(person, key) for key, (_, visit) in last.items() for person in teams[visit]}


def _assigned(session: Session, operator: str, before: int | None) -> Iterator[tuple[str, int, date, int]]:
    rows = session.execute(
        sa.select(col(Target.key), col(Visit.id), col(Route.day), col(Assignment.person_id))
        .join(Visit, col(Visit.target_id) == col(Target.id))
        .join(RouteVisit, col(RouteVisit.visit_id) == col(Visit.id))
        .join(Route, col(Route.id) == col(RouteVisit.route_id))
        .join(Slot, col(Slot.route_id) == col(Route.id))
        .join(Assignment, col(Assignment.slot_id) == col(Slot.id))
        .join(Draw, col(Draw.id) == col(Visit.draw_id))
        .where(
            col(Draw.operator) == operator,
            sa.true() if before is None else col(Draw.serial) < before,
            col(Draw.state) == DrawState.rostered,
            col(Visit.state).in_(_STANDING),
            col(Assignment.ended_at).is_(None),
        )
    )
    yield from ((key, visit, day, person) for key, visit, day, person in rows)


def _moved(session: Session) -> dict[int, date]:
    """Visit → its day after the newest of its moves."""
    moves = session.exec(select(VisitMove).order_by(col(VisitMove.at), col(VisitMove.id)))
    return {move.visit_id: move.to_day for move in moves}
