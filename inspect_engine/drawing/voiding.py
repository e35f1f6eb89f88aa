"""``draw void``: a draw ends without a roster, openly, and never because its outcome did not please (作废).

Before any contribution is known nobody can know the outcome, and two persons with a ground suffice. Once one is
known, only a defect that a checker shows makes a stage void (``dr1`` section 3). As the whole draw is voided, what
is known of its first stage counts in the second too: else a sample that did not please could be voided while the
second stage has no contribution yet.
"""

from sqlmodel import Session, col, select

from inspect_engine.drawing.opening import actor_id
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.steps import expect, find_draw, row_id
from inspect_engine.drawing.tables import Draw, DrawContribution, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Approval, Decision
from inspect_engine.visits.tables import Visit, VisitState
from solver.dr1.checker import check
from solver.dr1.pack import manifest
from solver.dr1.verdicts import Outcome

_LIVE = tuple(state for state in DrawState if state is not DrawState.void)


def void(session: Session, draw_id: str, approver: str, act: Act) -> list[str]:
    """Void a draw.

    Returns
    -------
    list of str
        Ids of the checks that fail: the defects that are published with the ground.

    Raises
    ------
    EngineError
        ``drawing.void-ground``, ``drawing.void-second-person``, and ``drawing.no-second-try`` where a
        contribution of either stage is known and no check fails.
    """
    draw = find_draw(session, draw_id)
    expect(draw, *_LIVE)
    if not act.ground.strip():
        raise EngineError("drawing.void-ground")
    if approver == act.actor:
        raise EngineError("drawing.void-second-person", actor=approver)
    defects = _defects(session, draw) if draw.state is not DrawState.new else []
    if _outcome_known(session, draw) and not defects:
        raise EngineError("drawing.no-second-try", draw=draw_id)
    session.add(
        Approval(
            subject=f"{draw_id}/void",
            asked_by=actor_id(session, act.actor),
            decided_by=actor_id(session, approver),
            decision=Decision.approved,
            ground=act.ground,
            at=act.at,
        )
    )
    for visit in session.exec(select(Visit).where(col(Visit.draw_id) == row_id(draw))):
        visit.state = VisitState.cancelled
    state_before = draw.state
    draw.state, draw.voided_at, draw.void_ground = DrawState.void, act.at, act.ground
    append(
        session,
        act,
        "draw.voided",
        draw_id,
        {"approver": approver, "defects": list(defects), "state": state_before.value},
    )
    return defects


def _outcome_known(session: Session, draw: Draw) -> bool:
    """Whether any contribution of either stage is known."""
    query = select(DrawContribution.draw_id).where(col(DrawContribution.draw_id) == draw.id)
    return session.exec(query).first() is not None


def _defects(session: Session, draw: Draw) -> list[str]:
    """Checks that fail on the draw's full pack, its manifest included: a file that nobody kept is no defect."""
    files = files_of(session, draw, "full")
    pack = {"manifest.json": manifest(files, "full", draw.draw_id, draw.hash), **files}
    return [verdict.check for verdict in check(pack).of(Outcome.FAILS)]
