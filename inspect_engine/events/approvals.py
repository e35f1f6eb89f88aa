"""A second person's word (审批): who acts never approves, and both are known."""

from __future__ import annotations

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.events.tables import Actor, Approval, Decision, Role


def approve(
    session: Session, act: Act, approver: str, subject: str, decision: Decision = Decision.approved
) -> Approval:
    """Store what ``approver`` says of what ``act`` does to ``subject``, inside the caller's transaction.

    Raises
    ------
    EngineError
        ``events.no-ground`` where the act states no ground, ``events.unknown-actor`` for a name that is no active
        actor, ``events.same-person`` where one person stands behind both names, ``events.not-an-approver`` for an
        actor of another role.
    """
    if not act.ground.strip():
        raise EngineError("events.no-ground", subject=subject)
    asks, decides = active_actor(session, act.actor), active_actor(session, approver)
    if asks.id == decides.id or (asks.person_id is not None and asks.person_id == decides.person_id):
        raise EngineError("events.same-person", actor=act.actor, approver=approver)
    if decides.role is not Role.approver:
        raise EngineError("events.not-an-approver", actor=approver, role=decides.role.value)
    approval = Approval(
        subject=subject,
        asked_by=asks.id or 0,
        decided_by=decides.id or 0,
        decision=decision,
        ground=act.ground,
        at=act.at,
    )
    session.add(approval)
    session.flush()
    return approval


def active_actor(session: Session, name: str) -> Actor:
    """Find an active actor by name; raises ``events.unknown-actor``."""
    found = session.exec(select(Actor).where(col(Actor.name) == name, col(Actor.active))).first()
    if found is None:
        raise EngineError("events.unknown-actor", actor=name)
    return found
