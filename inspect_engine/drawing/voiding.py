"""``draw void``: a draw ends without a roster, openly, and never because its outcome did not please (作废).

Before any contribution of a stage is known nobody can know the outcome, and two persons with a ground suffice.
Once one is known, only a defect that a checker shows makes the stage void (``dr1`` section 3).
"""

from collections.abc import Mapping

from sqlmodel import Session, col, select

from inspect_engine.drawing.opening import actor_id
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.steps import expect, find_draw, row_id
from inspect_engine.drawing.tables import Draw, DrawContribution, DrawState, StageName
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Approval, Decision
from inspect_engine.visits.tables import Visit, VisitState
from solver.dr1.checker import check
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
        contribution of the running stage is known and no check fails.
    """
    draw = find_draw(session, draw_id)
    expect(draw, *_LIVE)
    if not act.ground.strip():
        raise EngineError("drawing.void-ground")
    if approver == act.actor:
        raise EngineError("drawing.void-second-person", actor=approver)
    defects = _defects(files_of(session, draw, "full")) if draw.state is not DrawState.new else []
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
    """Whether any contribution of the stage that runs now is known; a finished stage counts as known."""
    stage = {
        DrawState.new: None,
        DrawState.frozen: StageName.targets,
        DrawState.staffed: StageName.officers,
    }
    if draw.state not in stage:
        return True
    query = select(DrawContribution.draw_id).where(
        col(DrawContribution.draw_id) == draw.id, col(DrawContribution.stage) == stage[draw.state]
    )
    return stage[draw.state] is not None and session.exec(query).first() is not None


def _defects(pack: Mapping[str, bytes]) -> list[str]:
    return [verdict.check for verdict in check(pack).of(Outcome.FAILS)]
