"""``draw routes``: visits go on routes and dates before anybody is known who goes (安排批次与日期)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.changing import change_rows
from inspect_engine.drawing.sampling import visit_drafts
from inspect_engine.drawing.steps import expect, find_draw, put_rows, row_id, rows_of, spec_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.registers.calendar import work_days
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.routes import Need, RouteDraft, plan_routes
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit
from solver.dr1.eligibility import Officer, apply_changes, officers_of
from solver.dr1.encoding import Json, Row


def plan(session: Session, draw_id: str, act: Act) -> dict[str, int]:
    """Make the routes of a draw.

    Returns
    -------
    dict of str to int
        Counts: ``routes``, ``desk`` routes among them, ``slots``, ``days``.

    Raises
    ------
    EngineError
        ``drawing.step-order``, ``drawing.window-passed``, ``registers.calendar-unknown``.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.drawn)
    spec = spec_of(draw)
    drafts = visit_drafts(session, draw, rows_of(session, draw, "3-sample.jsonl"))
    windows = [task.window for task in spec.tasks]
    days = work_days(session, min(first for first, _ in windows), max(last for _, last in windows))
    left = _left(days, drafts, act.local_day)
    pool = officers_of(rows_of(session, draw, "1-pool.jsonl"))
    officers = apply_changes(pool, change_rows(session, draw))
    routes = plan_routes(drafts, left, presence(officers, left), spec.day_minutes)
    _store(session, draw, routes)
    put_rows(session, draw, "4-routes.jsonl", [_row(route) for route in routes])
    counts = {
        "days": len({route.day for route in routes}),
        "desk": sum(not route.road for route in routes),
        "routes": len(routes),
        "slots": sum(len(route.slots) for route in routes),
    }
    draw.state = DrawState.routed
    append(session, act, "draw.routed", draw_id, dict(counts))
    return counts


def _left(days: Sequence[date], drafts: Sequence[VisitDraft], today: date) -> list[date]:
    """Working days that are still to come; every visit needs one in its window.

    Raises
    ------
    EngineError
        ``drawing.window-passed``.
    """
    left = [day for day in days if day > today]
    for draft in drafts:
        if not any(draft.window[0] <= day <= draft.window[1] for day in left):
            raise EngineError("drawing.window-passed", first=draft.window[0], last=draft.window[1])
    return left


def presence(officers: Sequence[Officer], days: Sequence[date]) -> Mapping[date, Mapping[Need, int]]:
    """Count who is there each day: by department, and within it who leads and who has a skill."""
    there: dict[date, Counter[Need]] = {}
    for day in days:
        counter = there.setdefault(day, Counter())
        for one in officers:
            if one.present_on(day.isoformat()):
                counter[one.department, ""] += 1
                counter[one.department, "lead"] += one.lead
                counter.update((one.department, f"skill:{skill}") for skill in one.skills)
    return there


def _row(route: RouteDraft) -> Row:
    blinds: list[Json] = [*sorted(visit.blind for visit in route.visits)]
    return {
        "blinds": blinds,
        "date": route.day.isoformat(),
        "road": route.road,
        "route": route.code,
        "slots": [
            {
                "department": slot.department,
                "lead": slot.lead,
                "skills": [*sorted(slot.skills, key=str.encode)],
                "slot": slot.code,
            }
            for slot in sorted(route.slots, key=lambda s: s.code.encode())
        ],
    }


def _store(session: Session, draw: Draw, routes: Sequence[RouteDraft]) -> None:
    visits = {
        visit.target_id: visit.id
        for visit in session.exec(select(Visit).where(col(Visit.draw_id) == draw.id))
    }
    for draft in routes:
        route = Route(
            draw_id=row_id(draw), code=draft.code, day=draft.day, road=draft.road, minutes=draft.minutes
        )
        session.add(route)
        session.flush()
        if route.id is None:
            raise AssertionError("a flushed row has an id")
        for position, one in enumerate(draft.visits, 1):
            session.add(RouteVisit(route_id=route.id, visit_id=visits[one.target_id] or 0, position=position))
        for slot in draft.slots:
            session.add(
                Slot(
                    route_id=route.id,
                    code=slot.code,
                    department=slot.department,
                    lead=slot.lead,
                    skills=list(slot.skills),
                )
            )
