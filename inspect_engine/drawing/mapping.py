"""``draw map``: the routes of one day with their places, from the store (批次地图); who looked is an event."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.approving import named
from inspect_engine.drawing.steps import expect, find_draw, row_id
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor
from inspect_engine.events.log import Act, append
from inspect_engine.registers.tables import Agency, AgencyKind, Level, Region, Target
from inspect_engine.visits.maps import DayMap, MapRoute, MapStop, MapTown
from inspect_engine.visits.places import Degrees, Place, place_of
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit


def map_of(session: Session, draw_id: str, act: Act, day: date | None = None) -> DayMap:
    """Gather the map of a day, without a name of a body or an officer, and log that it was looked at.

    Parameters
    ----------
    day : datetime.date, optional
        The first day on the road, if none is given.

    Raises
    ------
    EngineError
        ``drawing.step-order`` before there are routes, ``joint.no-routes`` for a day on which nobody is on the road,
        ``events.unknown-actor``.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.routed, DrawState.staffed, DrawState.reseeded, DrawState.rostered)
    active_actor(session, act.actor)
    routes = session.exec(
        select(Route).where(col(Route.draw_id) == row_id(draw)).order_by(col(Route.code))
    ).all()
    days = sorted({route.day for route in routes if route.road})
    if not days or (day is not None and day not in days):
        raise EngineError("joint.no-routes", draw=draw_id, day=day or "-", days=_said(days))
    chosen = day or days[0]
    today = [route for route in routes if route.day == chosen]
    found = DayMap(
        draw=draw_id,
        day=chosen,
        routes=_routes(session, draw, [route for route in today if route.road]),
        towns=_towns(session),
        desk=sum(not route.road for route in today),
    )
    append(session, act, "draw.map-made", draw_id, {"day": chosen.isoformat(), "routes": len(found.routes)})
    return found


def _said(days: list[date]) -> str:
    return ", ".join(one.isoformat() for one in days) or "-"


def _routes(session: Session, draw: Draw, routes: list[Route]) -> tuple[MapRoute, ...]:
    numbers = {one.id: one.number for one in named(session, draw)}
    places = _places(session)
    made = []
    for route in routes:
        query = (
            select(Target, RouteVisit.visit_id)
            .join(Visit, col(Visit.target_id) == col(Target.id))
            .join(RouteVisit, col(RouteVisit.visit_id) == col(Visit.id))
            .where(col(RouteVisit.route_id) == route.id)
            .order_by(col(RouteVisit.position))
        )
        rows = session.exec(query).all()
        if rows:
            stops = tuple(MapStop(numbers[id_], _place(target, places)) for target, id_ in rows)
            made.append(MapRoute(route.code, _station(session, route, rows[0][0], places), stops))
    return tuple(made)


def _places(session: Session) -> Mapping[str, Degrees]:
    rows = session.execute(sa.select(col(Region.code), col(Region.lon), col(Region.lat)))
    return {code: (lon, lat) for code, lon, lat in rows if lon is not None and lat is not None}


def _place(target: Target, places: Mapping[str, Degrees]) -> Place:
    return place_of(
        target.lon, target.lat, places.get(target.town_code or ""), places.get(target.supervising_region)
    )


def _station(session: Session, route: Route, first: Target, places: Mapping[str, Degrees]) -> Degrees | None:
    """Where the leading department's agency of the region has its house, else the region's place."""
    query = (
        select(Agency)
        .join(Slot, col(Slot.department) == col(Agency.department))
        .where(
            col(Slot.route_id) == route.id,
            col(Slot.lead),
            col(Agency.kind) == AgencyKind.agency,
            col(Agency.region_code) == first.supervising_region,
        )
        .order_by(col(Agency.code))
    )
    for agency in session.exec(query):
        if agency.lon is not None and agency.lat is not None:
            return agency.lon, agency.lat
    return places.get(first.supervising_region)


def _towns(session: Session) -> tuple[MapTown, ...]:
    query = select(Region).where(col(Region.level) == Level.town).order_by(col(Region.code))
    return tuple(
        MapTown(one.name, one.parent_code or "", one.lon, one.lat)
        for one in session.exec(query)
        if one.lon is not None and one.lat is not None
    )
