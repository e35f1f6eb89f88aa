"""``draw to-tell`` and ``draw told``: a body with which a day was agreed (双预约) is told of the new one, and never of a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.slots import opened
from inspect_engine.drawing.after.standing import LIVE
from inspect_engine.drawing.approving import chosen_of, visits
from inspect_engine.drawing.steps import find_draw, row_id
from inspect_engine.drawing.tables import Draw
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.visits.tables import Visit, VisitMove


@dataclass(frozen=True, slots=True)
class ToTell:
    """A body that is still to be told (待告知): its visit's number and blind, the day agreed with it, the new day."""

    visit: int
    blind: str
    agreed: date
    day: date


def to_tell(session: Session, draw_id: str) -> list[ToTell]:
    """List the bodies that have not been told of their new day, by number.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``.
    """
    newest = _newest(session, find_draw(session, draw_id))
    return [
        ToTell(one.number, one.blind, visit.agreed_day, move.to_day)
        for one in visits(session, draw_id)
        if (found := newest.get(one.id)) is not None
        for visit, move in [found]
        if visit.agreed_day is not None
    ]


def told(session: Session, draw_id: str, words: Sequence[str], act: Act) -> int:
    """Record that bodies were told today; from then on the new day is the agreed one.

    Returns
    -------
    int
        How many were told.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``, ``drawing.too-early``, ``replans.not-a-drawer``,
        ``visits.unknown-visit``, ``visits.ambiguous``; ``replans.nothing-to-tell`` for a body that knows its day.
    """
    draw = opened(session, draw_id, act)
    newest = _newest(session, draw)
    for one in chosen_of(visits(session, draw_id), words, draw_id):
        if one.id not in newest or newest[one.id][0].agreed_day is None:
            raise EngineError("replans.nothing-to-tell", visit=one.number)
        visit, move = newest[one.id]
        move.told_on, visit.agreed_day = act.local_day, move.to_day
    append(session, act, "draw.bodies-told", draw_id, {"visits": len(words)})
    return len(words)


def _newest(session: Session, draw: Draw) -> dict[int, tuple[Visit, VisitMove]]:
    """Visits whose newest move nobody was told of."""
    query = (
        select(Visit, VisitMove)
        .join(VisitMove, col(VisitMove.visit_id) == col(Visit.id))
        .where(col(Visit.draw_id) == row_id(draw), col(Visit.state).in_(LIVE))
        .order_by(col(VisitMove.id))
    )
    found = {visit.id or 0: (visit, move) for visit, move in session.exec(query)}
    return {id_: pair for id_, pair in found.items() if pair[1].told_on is None}
