"""Approval, filing and publication of a plan's version, in this order and no other (审批、备案、公布)."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Actor, Approval, Decision, Role
from inspect_engine.planning.plans.drafting import find_plan, latest
from inspect_engine.planning.plans.tables import Plan, PlanState, PlanVersion


def approve(session: Session, code: str, act: Act, *, refused: bool = False) -> PlanVersion:
    """Decide on a solved draft; whoever made it does not decide on it.

    Raises
    ------
    EngineError
        ``plans.stage`` where no solved draft waits, ``plans.second-person``, ``plans.not-an-approver``,
        ``plans.ground-needed`` for a refusal without one.
    """
    plan = find_plan(session, code)
    version = _at(session, plan, PlanState.draft)
    if version.answer is None:
        raise EngineError("plans.not-solved", plan=plan.code, version=version.number)
    if act.actor in (version.made_by, version.answer["by"]):
        raise EngineError("plans.second-person", plan=plan.code, actor=act.actor)
    if refused and not act.ground.strip():
        raise EngineError("plans.ground-needed", plan=plan.code)
    approval = Approval(
        subject=f"{plan.code}/{version.number}",
        asked_by=_actor(session, version.made_by).id or 0,
        decided_by=_approver(session, act.actor).id or 0,
        decision=Decision.refused if refused else Decision.approved,
        ground=act.ground,
        at=act.at,
    )
    session.add(approval)
    session.flush()
    version.approval_id = approval.id
    version.state = PlanState.refused if refused else PlanState.approved
    _tell(session, plan, version, act, {"decision": approval.decision.value})
    return version


def file_plan(session: Session, code: str, number: str, authority: str, day: date, act: Act) -> PlanVersion:
    """Record the filing of an approved version; from now on it draws, and the one before no more.

    Parameters
    ----------
    number, authority : str
        Filing number (备案号), and who gave it.
    day : datetime.date
        Day of the filing; neither before the approval nor in the future.

    Raises
    ------
    EngineError
        ``plans.stage``, ``plans.filing-empty``, ``plans.filing-day``, ``plans.filing-taken``.
    """
    plan = find_plan(session, code)
    version = _at(session, plan, PlanState.approved)
    if not number.strip() or not authority.strip():
        raise EngineError("plans.filing-empty", plan=plan.code)
    approval = session.get_one(Approval, version.approval_id)
    approved_on = Act("", approval.at).local_day
    if not approved_on <= day <= act.local_day:
        raise EngineError("plans.filing-day", day=day, first=approved_on, last=act.local_day)
    taken = select(PlanVersion).where(
        col(PlanVersion.filed_with) == authority, col(PlanVersion.filing_number) == number
    )
    if session.exec(taken).first() is not None:
        raise EngineError("plans.filing-taken", number=number, authority=authority)
    for other in versions_in_force(session, plan):
        other.state = PlanState.replaced
    version.filing_number, version.filed_with, version.filed_on = number, authority, day
    version.state = PlanState.filed
    _tell(session, plan, version, act, {"authority": authority, "day": day.isoformat(), "number": number})
    return version


def publish(session: Session, code: str, act: Act) -> PlanVersion:
    """Record that a filed version is public.

    Raises
    ------
    EngineError
        ``plans.stage``.
    """
    plan = find_plan(session, code)
    version = _at(session, plan, PlanState.filed)
    version.state, version.published_at = PlanState.published, act.at
    _tell(session, plan, version, act, {})
    return version


def in_force(session: Session, code: str) -> PlanVersion:
    """The version that draws: filed, and not replaced (无计划不检查).

    Raises
    ------
    EngineError
        ``plans.unknown-plan``; ``plans.not-filed`` where no version was filed.
    """
    plan = find_plan(session, code)
    found = versions_in_force(session, plan)
    if not found:
        raise EngineError("plans.not-filed", plan=plan.code, state=called(latest(session, plan).state))
    return found[0]


def versions_in_force(session: Session, plan: Plan) -> list[PlanVersion]:
    """Versions that draw: one, or none before the first filing."""
    query = select(PlanVersion).where(
        col(PlanVersion.plan_id) == plan.id,
        col(PlanVersion.state).in_((PlanState.filed, PlanState.published)),
    )
    return list(session.exec(query.order_by(col(PlanVersion.number).desc())))


#: What brings a version from each state on: the command that the user is told to run.
NEXT = {
    PlanState.draft: "plan approve",
    PlanState.approved: "plan file",
    PlanState.filed: "plan publish",
    PlanState.published: "plan change",
    PlanState.refused: "plan change",
    PlanState.replaced: "plan change",
}


_WORDS = {
    PlanState.draft: "草案",
    PlanState.approved: "已批准",
    PlanState.filed: "已备案",
    PlanState.published: "已公布",
    PlanState.refused: "未批准",
    PlanState.replaced: "已被替代",
}


def called(state: PlanState) -> str:
    """A state in both languages."""
    return f"{_WORDS[state]} {state.value}"


def _at(session: Session, plan: Plan, state: PlanState) -> PlanVersion:
    version = latest(session, plan)
    if version.state is not state:
        raise EngineError(
            "plans.stage",
            plan=plan.code,
            version=version.number,
            state=called(version.state),
            wanted=called(state),
            next=NEXT[version.state],
        )
    return version


def _actor(session: Session, name: str) -> Actor:
    found = session.exec(select(Actor).where(col(Actor.name) == name, col(Actor.active))).first()
    if found is None:
        raise EngineError("plans.unknown-actor", actor=name)
    return found


def _approver(session: Session, name: str) -> Actor:
    found = _actor(session, name)
    if found.role is not Role.approver:
        raise EngineError("plans.not-an-approver", actor=name, role=found.role.value)
    return found


def _tell(session: Session, plan: Plan, version: PlanVersion, act: Act, data: dict[str, str]) -> None:
    session.add(version)
    append(session, act, f"plan.{version.state.value}", plan.code, {"version": version.number, **data})
    session.flush()
