"""``draw routes``: visits go on routes and dates before anybody is known who goes (安排批次与日期)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, time

from sqlmodel import Session, col, select

from inspect_engine.drawing.people.compositions import compositions_of
from inspect_engine.drawing.routes import route_file
from inspect_engine.drawing.routes.calendar import Aside, days_left, problem_of, refuse_closed
from inspect_engine.drawing.routes.roads import doors_of, roads_of, stations_of
from inspect_engine.drawing.routes.undated import undated
from inspect_engine.drawing.sampling import visit_drafts
from inspect_engine.drawing.steps import expect, find_draw, row_id, rows_of, spec_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.visits.bundles import bundle
from inspect_engine.visits.doors import Door, by_coordinates
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.routes import RouteDraft, outing, team_up
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit
from solver.dates.problem import Dated, NoDate, Outing, Work
from solver.routes.problem import Work as RoadWork

#: A third of what the model may spend: within a fifth of a percent of its cost on a county's 300 visits.
ROAD_WORK = RoadWork(rounds=6, parts=0)


def plan(
    session: Session, draw_id: str, act: Act, *, aside: Collection[Aside] = (), work: Work | None = None
) -> dict[str, int]:
    """Make the routes of a draw, each with its team's slots and its day.

    Parameters
    ----------
    aside : collection of Aside
        House rules that this draw sets aside, an explicit choice that the event names.

    Returns
    -------
    dict of str to int
        Counts: ``visits``, ``routes``, ``desk`` routes among them, ``slots``, ``days`` used, minutes of ``road``; routes
        ``over`` a day's length; visits ``shut`` on every day of their window, whose date must be agreed; and
        officer-days that the counts alone say are ``short``.

    Raises
    ------
    EngineError
        ``drawing.step-order``, ``drawing.window-passed``, ``registers.calendar-unknown``, ``joint.agreed-passed``, and those of
        :func:`inspect_engine.drawing.routes.undated.undated`.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.drawn)
    drafts = visit_drafts(session, draw, rows_of(session, draw, "3-sample.jsonl"))
    days = days_left(session, draw, act.local_day)
    refuse_closed(days, drafts)
    doors = doors_of(session, draw, drafts)
    _refuse_passed(drafts, doors, days)
    roads = roads_of(session, draw, spec_of(draw).day_minutes)
    stations = stations_of(session, drafts)
    bundles = bundle(drafts, doors, stations, days, roads, by_coordinates(roads), ROAD_WORK)
    routes = team_up(bundles, compositions_of(spec_of(draw)))
    outings = [outing(route, doors) for route in routes]
    dated = _date(session, draw, days, outings, aside, work or Work())
    _store(session, draw, routes, {name: days[i] for name, i in dated.days.items()})
    route_file.write(session, draw)
    counts = _counts(routes, dated, doors, days)
    draw.state = DrawState.routed
    append(session, act, "draw.routed", draw_id, {**counts, "aside": [*sorted(aside)]})
    return counts


def _refuse_passed(drafts: Sequence[VisitDraft], doors: Mapping[str, Door], days: Sequence[date]) -> None:
    """Refuse where a day that was agreed with a body can be kept no more; visits are numbered as they were stored, by blind."""
    left = set(days)
    passed = [
        (number, day)
        for number, draft in enumerate(drafts, 1)
        if (day := doors[draft.blind].agreed_day) is not None and day not in left
    ]
    if passed:
        raise EngineError("joint.agreed-passed", count=len(passed), visit=passed[0][0], day=passed[0][1])


def _date(
    session: Session,
    draw: Draw,
    days: Sequence[date],
    outings: Sequence[Outing],
    aside: Collection[Aside],
    work: Work,
) -> Dated:
    """Give each route its day; where officers do not suffice on any days, the days that lack the fewest."""
    from solver.dates.solve import date_outings

    asked = problem_of(session, draw, days, outings, aside=aside)
    found = date_outings(asked, work)
    if isinstance(found, NoDate) and found.reason in ("officers", "quiet", "together"):
        found = date_outings(replace(asked, allow_short=True), work)
    if not isinstance(found, Dated):
        raise undated(found)
    return found


def _counts(
    routes: Sequence[RouteDraft], dated: Dated, doors: Mapping[str, Door], days: Sequence[date]
) -> dict[str, int]:
    return {
        "days": len(set(dated.days.values())),
        "desk": sum(not route.road for route in routes),
        "over": sum(route.over for route in routes),
        "road": sum(route.travel for route in routes),
        "routes": len(routes),
        "short": dated.missing,
        "shut": sum(
            doors[v.blind].shut(v.window, days) for route in routes if route.road for v in route.visits
        ),
        "slots": sum(len(route.slots) for route in routes),
        "visits": sum(len(route.visits) for route in routes),
    }


def _store(session: Session, draw: Draw, routes: Sequence[RouteDraft], days: Mapping[str, date]) -> None:
    query = select(col(Visit.target_id), col(Visit.id)).where(col(Visit.draw_id) == draw.id)
    visits = dict(session.exec(query).all())
    for draft in routes:
        route = Route(
            draw_id=row_id(draw),
            code=draft.code,
            day=days[draft.code],
            road=draft.road,
            minutes=draft.minutes,
            travel=draft.travel,
        )
        session.add(route)
        session.flush()
        if route.id is None:
            raise AssertionError("a flushed row has an id")
        for position, (one, second) in enumerate(zip(draft.visits, draft.begins, strict=True), 1):
            session.add(
                RouteVisit(
                    route_id=route.id,
                    visit_id=visits[one.target_id] or 0,
                    position=position,
                    begins=time(second // 3600, second % 3600 // 60) if draft.road else None,
                )
            )
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
