"""Urgent inspections (紧急检查): reported with their ground before they begin, for a cause, never in place of a draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor
from inspect_engine.events.log import Act, append
from inspect_engine.lists.body import check_body
from inspect_engine.planning.in_force import version_in_force
from inspect_engine.planning.tables import Method
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.tables import Agency, ItemVersion, Origin, Target
from inspect_engine.rules import rule_on
from inspect_engine.visits.approvals import UrgentVisit
from inspect_engine.visits.approving import Decided, approve
from inspect_engine.visits.tables import Visit, VisitLine


@dataclass(frozen=True, slots=True)
class Urgent:
    """What is reported: who goes to which body for which sub-items, on which day, and how many of them.

    Attributes
    ----------
    target : str
        Key of the body.
    items : tuple of str
        Codes of sub-items, at least one.
    officers, helpers : int
        How many go (执法人员、辅助人员); helpers inspect nothing.
    """

    agency: str
    target: str
    items: tuple[str, ...]
    day: date
    method: Method = Method.onsite
    officers: int = 2
    helpers: int = 0


def report(session: Session, urgent: Urgent, act: Act) -> UrgentVisit:
    """Report an urgent inspection; it may begin at once, and its approval is due by the report's ``due``.

    Raises
    ------
    EngineError
        ``visits.urgent-ground``, ``visits.urgent-empty``, ``visits.urgent-past`` for a day before the report,
        ``visits.urgent-team`` for fewer officers than the law's, ``visits.unknown-target``, ``lists.unknown-agency``,
        ``planning.item-not-in-force`` and the others of :func:`check_body` (清单之外无检查),
        ``events.unknown-actor``, ``registers.calendar-unknown``.
    """
    by = active_actor(session, act.actor)
    agency = session.get(Agency, urgent.agency)
    if agency is None:
        raise EngineError("lists.unknown-agency", agency=urgent.agency)
    _check(urgent, agency, act)
    versions = _versions(session, urgent)
    visit = _visit(session, urgent, agency, versions)
    days = int(rule_on("urgent-approval-days", act.local_day, agency.region_code).value)
    row = UrgentVisit(
        visit_id=visit.id or 0,
        ground=act.ground,
        officers=urgent.officers,
        helpers=urgent.helpers,
        reported_by=by.id or 0,
        reported_at=act.at,
        due=due_day(act.local_day, days, lambda first, last: work_days(session, first, last)),
    )
    session.add(row)
    # Ground and items stay in the store: they tell of a body, which has not been visited yet.
    append(
        session,
        replace(act, ground=""),
        "visit.urgent-reported",
        f"visit/{visit.id}",
        {"agency": urgent.agency, "due": row.due.isoformat(), "items": len(versions)},
    )
    return row


def make_up(session: Session, visit: int, approver: str, act: Act, *, refused: bool = False) -> Decided:
    """Decide on an urgent visit (补办审批); after its due day the approval is recorded as late.

    Raises
    ------
    EngineError
        ``visits.not-urgent`` for a visit that nobody reported as urgent, and those of
        :func:`inspect_engine.visits.approving.approve`.
    """
    if session.get(UrgentVisit, visit) is None:
        raise EngineError("visits.not-urgent", visit=visit)
    return approve(session, [visit], approver, act, subject=f"visit/{visit}", refused=refused)


def due_day(reported: date, days: int, work_days: Callable[[date, date], Sequence[date]]) -> date:
    """Last day of a term of ``days`` ≥ 1 working days that begins the day after the report."""
    for length in count(days):
        found = work_days(reported + timedelta(1), reported + timedelta(length))
        if len(found) >= days:
            return found[days - 1]
    raise AssertionError("the calendar ends in an error, not in silence")


def _check(urgent: Urgent, agency: Agency, act: Act) -> None:
    if not act.ground.strip():
        raise EngineError("visits.urgent-ground")
    if not urgent.items:
        raise EngineError("visits.urgent-empty")
    if urgent.day < act.local_day:
        raise EngineError("visits.urgent-past", day=urgent.day, today=act.local_day)
    least = int(rule_on("team-size", urgent.day, agency.region_code).value)
    if urgent.officers < least or urgent.helpers < 0:
        raise EngineError("visits.urgent-team", officers=urgent.officers, helpers=urgent.helpers, least=least)


def _versions(session: Session, urgent: Urgent) -> list[ItemVersion]:
    found = []
    for code in sorted(set(urgent.items)):
        version = version_in_force(session, code, urgent.day, urgent.day)
        if version is None:
            raise EngineError("planning.item-not-in-force", task="紧急检查", item=code, day=urgent.day)
        check_body(session, "紧急检查", urgent.agency, version, (urgent.day, urgent.day))
        found.append(version)
    return found


def _visit(session: Session, urgent: Urgent, agency: Agency, versions: Sequence[ItemVersion]) -> Visit:
    target = session.exec(select(Target.id).where(col(Target.key) == urgent.target)).first()
    if target is None:
        raise EngineError("visits.unknown-target", key=urgent.target)
    visit = Visit(
        origin=Origin.reactive,
        target_id=target,
        window_first=urgent.day,
        window_last=urgent.day,
        minutes=int(rule_on("setup-minutes", urgent.day, agency.region_code).value)
        + sum(version.minutes for version in versions),
        road=urgent.method is Method.onsite,
    )
    session.add(visit)
    session.flush()
    for version in versions:
        session.add(
            VisitLine(
                visit_id=visit.id or 0,
                item_version_id=version.id or 0,
                department=agency.department,
                agency_code=agency.code,
                method=urgent.method,
            )
        )
    session.flush()
    return visit
