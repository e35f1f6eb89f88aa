"""``draw consent``: one operator draws for several agencies, each of which has agreed to it (联合抽查委托).

A consent covers the tasks as they were opened, and is given before anything is frozen: afterwards it is neither added
nor taken back. An approved plan does not stand in for it, since a plan says what is inspected and not who draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import find_draw, row_id
from inspect_engine.drawing.tables import Draw, DrawConsent, DrawState, DrawTask
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor, approve
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Actor, Event, Role
from inspect_engine.planning.tables import TaskDepartment
from inspect_engine.registers.tables import Agency
from solver.dr1.encoding import Json, parse


@dataclass(frozen=True, slots=True)
class Party:
    """An agency of a joint draw other than its operator, and who has agreed for it; empty as long as nobody has."""

    agency: str
    department: str
    approver: str


def parties(session: Session, draw: Draw) -> list[Party]:
    """Agencies whose word a draw needs, by code."""
    query = (
        select(TaskDepartment.agency_code, TaskDepartment.department)
        .join(DrawTask, col(DrawTask.task_id) == col(TaskDepartment.task_id))
        .where(col(DrawTask.draw_id) == row_id(draw), col(TaskDepartment.agency_code) != draw.operator)
        .distinct()
    )
    given = {
        one.agency_code: one.approver
        for one in session.exec(select(DrawConsent).where(col(DrawConsent.draw_id) == row_id(draw)))
    }
    return [
        Party(agency, department, given.get(agency, ""))
        for agency, department in sorted(session.exec(query).all())
    ]


def consent(session: Session, draw_id: str, agency: str, approver: str, act: Act) -> list[Party]:
    """Record that an agency lets the operator draw for it.

    Parameters
    ----------
    approver : str
        An active actor of that agency who approves, and who neither opened the draw nor asks.
    act : Act
        Of who asks, with the ground.

    Returns
    -------
    list of Party
        All whose word is needed, as they now stand.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``joint.consent-state`` once anything is frozen, ``joint.no-party``,
        ``joint.consent-given``, ``joint.other-agency``, ``joint.opened-it``, ``events.no-ground``,
        ``events.unknown-actor``, ``events.same-person``, ``events.not-an-approver``.
    """
    draw = find_draw(session, draw_id)
    if draw.state is not DrawState.new:
        raise EngineError("joint.consent-state", draw=draw_id, state=draw.state.value)
    _check_party(draw, parties(session, draw), agency)
    head = active_actor(session, approver)
    if head.role is Role.approver and head.agency_code != agency:
        raise EngineError("joint.other-agency", actor=approver, agency=agency)
    if _same(head, _opener(session, draw_id)):
        raise EngineError("joint.opened-it", actor=approver, draw=draw_id)
    approval = approve(session, act, approver, f"{draw_id}/consent/{agency}")
    session.add(
        DrawConsent(draw_id=row_id(draw), agency_code=agency, approver=approver, ground=act.ground, at=act.at)
    )
    data: dict[str, Json] = {"agency": agency, "approval": approval.id, "approver": approver}
    append(session, replace(act, ground=""), "draw.consented", draw_id, data)
    session.flush()
    return parties(session, draw)


def _check_party(draw: Draw, all_: Sequence[Party], agency: str) -> None:
    own = next((one for one in all_ if one.agency == agency), None)
    if own is None:
        waiting = ", ".join(one.agency for one in all_ if not one.approver) or "-"
        raise EngineError("joint.no-party", draw=draw.draw_id, agency=agency, waiting=waiting)
    if own.approver:
        raise EngineError("joint.consent-given", draw=draw.draw_id, agency=agency)


def _opener(session: Session, draw_id: str) -> Actor | None:
    query = select(Event.body).where(col(Event.kind) == "draw.opened", col(Event.subject) == draw_id)
    body = parse(session.exec(query).one())
    name = str(body["actor"]) if isinstance(body, dict) else ""
    return session.exec(select(Actor).where(col(Actor.name) == name)).first()


def _same(one: Actor, other: Actor | None) -> bool:
    """Whether one person stands behind both; a person may hold several roles as several actors."""
    if other is None:
        return False
    return one.id == other.id or (one.person_id is not None and one.person_id == other.person_id)


def require_consents(session: Session, draw: Draw) -> None:
    """Refuse to freeze while an agency's word is missing.

    Raises
    ------
    EngineError
        ``joint.consent-missing`` with the agencies.
    """
    missing = [one.agency for one in parties(session, draw) if not one.approver]
    if missing:
        raise EngineError(
            "joint.consent-missing", draw=draw.draw_id, operator=draw.operator, agencies=", ".join(missing)
        )


def add_head(session: Session, agency: str, name: str, act: Act) -> None:
    """Register who approves for an agency (机关审批人); the same again changes nothing.

    Raises
    ------
    EngineError
        ``drawing.unknown-agency``; ``joint.not-a-registrar`` where another asks; ``joint.name-taken`` for a name that
        stands for somebody else.
    """
    if session.get(Agency, agency) is None:
        raise EngineError("drawing.unknown-agency", agency=agency)
    asks = active_actor(session, act.actor)
    if asks.role is not Role.registrar:
        raise EngineError("joint.not-a-registrar", actor=act.actor, role=asks.role.value)
    there = session.exec(select(Actor).where(col(Actor.name) == name)).first()
    if there is None:
        session.add(Actor(name=name, role=Role.approver, agency_code=agency))
        append(session, act, "actors.added", agency, {"names": [name]})
        session.flush()
    elif (there.role, there.agency_code, there.active) != (Role.approver, agency, True):
        raise EngineError("joint.name-taken", name=name)
