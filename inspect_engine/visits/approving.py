"""The agency head's word over inspections (检查审批): beforehand, and for urgent ones afterwards within the rule's days.

One visit has one decision, for good: what was approved is not taken back, and what was refused is not tried again with
another approver. Refusing approval is no way to choose who is inspected: each refusal bears a ground and is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor
from inspect_engine.events.approvals import approve as decide
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Actor, Approval, Decision, Role
from inspect_engine.visits.approvals import UrgentVisit
from inspect_engine.visits.gate import WAITING
from inspect_engine.visits.gate import may_begin as _may_begin
from inspect_engine.visits.tables import Visit, VisitLine, VisitState

#: Ids in one query; databases limit parameters.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What an approval did: its number, the visits that it decided on, and how many of them it came too late for."""

    approval: int
    visits: tuple[int, ...]
    late: int


def approve(
    session: Session,
    visits: Sequence[int],
    approver: str,
    act: Act,
    *,
    subject: str,
    operator: str = "",
    refused: bool = False,
) -> Decided:
    """Decide on visits, all or none.

    Parameters
    ----------
    visits : sequence of int
        Ids of at least one visit.
    approver : str
        Who decides: the agency's head, an active actor of that role, and not the person who asks.
    act : Act
        Of who asks, with the ground of the decision.
    subject : str
        Under which the approval and its event stand: a draw's id, or ``visit/ID``.
    operator : str
        Agency whose draw it is, if any: its head decides on all visits of the draw.

    Raises
    ------
    EngineError
        ``visits.none-to-decide``, ``visits.unknown-visit``, ``visits.decided-already``, ``visits.too-late`` for one
        that has begun, or is over, and was not reported as urgent; ``visits.not-an-approver``,
        ``visits.other-agency``, ``events.no-ground``, ``events.unknown-actor``, ``events.same-person``.
    """
    found = _read(session, visits)
    urgent = _urgent(session, found)
    for visit in found:
        _check_open(visit, urgent=visit.id in urgent)
    _check_head(session, active_actor(session, approver), found, operator)
    decision = Decision.refused if refused else Decision.approved
    approval = decide(session, act, approver, subject, decision)
    for visit in found:
        visit.approval_id = approval.id
    for report in urgent.values():
        report.late = act.local_day > report.due
    late = sum(report.late is True for report in urgent.values())
    ids = tuple(sorted(visit.id or 0 for visit in found))
    # The ground stays in the approval: it may tell of a body or a person, and the chain can forget nothing.
    append(
        session,
        replace(act, ground=""),
        f"visits.{decision.value}",
        subject,
        {"approval": approval.id, "approver": approver, "late": late, "visits": [*ids]},
    )
    return Decided(approval.id or 0, ids, late)


def may_begin(session: Session, visit_id: int) -> None:
    """Refuse a stored visit that may not begin, as :func:`inspect_engine.visits.gate.may_begin` does.

    Raises
    ------
    EngineError
        ``visits.unknown-visit`` and those of the gate.
    """
    (visit,) = _read(session, [visit_id])
    decision = session.get_one(Approval, visit.approval_id).decision if visit.approval_id else None
    urgent = bool(_urgent(session, [visit]))
    _may_begin(str(visit_id), visit.state, decision, urgent=urgent)


def overdue(session: Session, day: date) -> list[UrgentVisit]:
    """Urgent visits whose approval was due before ``day`` and is not there, the longest overdue first.

    One that was cancelled before it began needs none.
    """
    query = (
        select(UrgentVisit)
        .join(Visit, col(Visit.id) == col(UrgentVisit.visit_id))
        .where(
            col(Visit.approval_id).is_(None),
            col(Visit.state) != VisitState.cancelled,
            col(UrgentVisit.due) < day,
        )
        .order_by(col(UrgentVisit.due), col(UrgentVisit.visit_id))
    )
    return list(session.exec(query))


def _read(session: Session, ids: Sequence[int]) -> list[Visit]:
    """Visits by id, each once, held against other writers until the transaction ends."""
    wanted = sorted(set(ids))
    if not wanted:
        raise EngineError("visits.none-to-decide")
    found: list[Visit] = []
    for start in range(0, len(wanted), _CHUNK):
        query = select(Visit).where(col(Visit.id).in_(wanted[start : start + _CHUNK]))
        found += session.exec(query.order_by(col(Visit.id)).with_for_update())
    missing = set(wanted) - {visit.id for visit in found}
    if missing:
        raise EngineError("visits.unknown-visit", visit=min(missing))
    return found


def _urgent(session: Session, visits: Iterable[Visit]) -> dict[int, UrgentVisit]:
    # Drawn visits are never urgent, and a draw may have thousands.
    reports = (session.get(UrgentVisit, visit.id) for visit in visits if visit.draw_id is None)
    return {report.visit_id: report for report in reports if report is not None}


def _check_open(visit: Visit, *, urgent: bool) -> None:
    if visit.approval_id is not None:
        raise EngineError("visits.decided-already", visit=visit.id)
    begun = urgent and visit.state in {VisitState.begun, VisitState.done, VisitState.impossible}
    if visit.state not in WAITING and not begun:
        raise EngineError("visits.too-late", visit=visit.id, state=visit.state.value)


def _check_head(session: Session, head: Actor, visits: Sequence[Visit], operator: str) -> None:
    """The head of an agency decides on visits that it takes part in; an actor without an agency is of the bureau."""
    if head.role is not Role.approver:
        raise EngineError("visits.not-an-approver", actor=head.name, role=head.role.value)
    if head.agency_code in (None, operator):
        return
    ids = [visit.id or 0 for visit in visits]
    own: set[int] = set()
    for start in range(0, len(ids), _CHUNK):
        query = select(VisitLine.visit_id).where(
            col(VisitLine.visit_id).in_(ids[start : start + _CHUNK]),
            col(VisitLine.agency_code) == head.agency_code,
        )
        own |= set(session.exec(query))
    others = sorted(set(ids) - own)
    if others:
        raise EngineError("visits.other-agency", actor=head.name, agency=head.agency_code, visit=others[0])
