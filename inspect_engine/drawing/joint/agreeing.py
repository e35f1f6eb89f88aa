"""``draw joint`` and ``draw agree``: what joint visits save (综合查一次成效), and dates agreed with bodies (双预约)."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlmodel import Session

from inspect_engine.drawing.approving import chosen_of, named
from inspect_engine.drawing.sampling import due_rows, visit_drafts
from inspect_engine.drawing.steps import expect, find_draw, region_of, spec_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Role
from inspect_engine.registers.calendar import work_days
from inspect_engine.rules import rule_on, rules_of
from inspect_engine.visits.agreeing import agree
from inspect_engine.visits.figures import JointFigures, figures_of
from inspect_engine.visits.tables import Visit

#: States in which a draw has visits.
_DRAWN = (DrawState.drawn, DrawState.routed, DrawState.staffed, DrawState.reseeded, DrawState.rostered)


@dataclass(frozen=True, slots=True)
class Joint:
    """Figures of a draw as it stands, and the joint rate that the place asks for [ppm], if it asks for any."""

    figures: JointFigures
    target: int | None
    source: str


def joint(session: Session, draw_id: str) -> Joint:
    """Count what joint visits save; counts alone, so that they may be shown before the release.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order`` before targets are drawn.
    """
    draw = find_draw(session, draw_id)
    expect(draw, *_DRAWN)
    day, region = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    drafts = visit_drafts(session, draw, due_rows(session, draw))
    found = figures_of(drafts, int(rule_on("setup-minutes", day, region).value))
    if not any(rule.holds(day, region) for rule in rules_of("joint-rate")):
        return Joint(found, None, "")
    rule = rule_on("joint-rate", day, region)
    return Joint(found, int(rule.value), rule.source)


def agree_visit(
    session: Session, draw_id: str, chosen: str, day: date, at: time | None, act: Act
) -> tuple[int, date]:
    """Agree a day, and an hour if one is given, for a visit named by its number or the first digits of its blind.

    The event bears the number, never a name. Once routes are made another date is a matter of replanning.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order`` but between targets and routes, ``joint.not-a-drawer``,
        ``visits.unknown-visit``, ``visits.ambiguous``, ``events.unknown-actor``, ``registers.calendar-unknown``, and
        those of :func:`inspect_engine.visits.agreeing.agree`.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.drawn)
    asks = active_actor(session, act.actor)
    if asks.role is not Role.drawer:
        raise EngineError("joint.not-a-drawer", actor=act.actor, role=asks.role.value)
    (one,) = chosen_of(named(session, draw), [chosen], draw_id)
    visit = session.get_one(Visit, one.id)
    first = max(visit.window_first, act.local_day + timedelta(days=1))
    days = work_days(session, first, visit.window_last) if first <= visit.window_last else ()
    agree(visit, str(one.number), day, at, days)
    _check_hour(session, draw, visit, str(one.number))
    session.add(visit)
    said = f"{at:%H:%M}" if at else ""
    append(
        session,
        act,
        "visits.date-agreed",
        draw_id,
        {"at": said, "day": day.isoformat(), "visit": one.number},
    )
    return one.number, day


def _check_hour(session: Session, draw: Draw, visit: Visit, named: str) -> None:
    """Refuse an hour at which no route can be there and back in a day's work."""
    if visit.agreed_at is None:
        return
    day, region = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    begins = int(rule_on("travel", day, region).value["begins"])
    ends = begins + spec_of(draw).day_minutes
    at = visit.agreed_at.hour * 60 + visit.agreed_at.minute
    if at < begins or at + visit.minutes > max(ends, begins + visit.minutes):
        raise EngineError(
            "joint.hour-outside-day",
            visit=named,
            at=f"{visit.agreed_at:%H:%M}",
            minutes=visit.minutes,
            first=f"{begins // 60:02d}:{begins % 60:02d}",
            last=f"{ends // 60:02d}:{ends % 60:02d}",
        )
