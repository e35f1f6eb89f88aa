"""``draw map``: a draw's routes with their places, from the store (批次地图); who looked at it is an event."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.approving import named
from inspect_engine.drawing.steps import expect, find_draw, row_id
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Role
from inspect_engine.registers.tables import Agency, AgencyKind, Level, Region, Target
from inspect_engine.visits.maps import MapRoute, MapStop, MapTown, RouteMap
from inspect_engine.visits.places import Degrees, Place, place_of
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit, VisitMove, VisitState

_ROUTED = (DrawState.routed, DrawState.staffed, DrawState.reseeded, DrawState.rostered)
#: Who may look: who draws, and who supervises. Others see places when they are released.
_MAY_LOOK = (Role.drawer, Role.supervisor)
#: Visits that are or were on the road; who was put back, cancelled or found impossible is on no map.
_ON_ROAD = (VisitState.planned, VisitState.begun, VisitState.done)


def map_of(session: Session, draw_id: str, act: Act, day: date | None = None, region: str = "") -> RouteMap:
    """Gather a map of routes, without a name of a body or an officer, and log that it was looked at.

    Parameters
    ----------
    day : datetime.date, optional
        All days, if none is given.
    region : str
        Code of the one county that is wanted; all counties if it is empty.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order`` before there are routes, ``events.unknown-actor``, ``maps.not-for-you``,
        ``maps.no-routes`` for a day on which nobody is on the road, ``maps.unknown-region`` for a county to which no
        route of it goes.
    """
    draw = find_draw(session, draw_id)
    expect(draw, *_ROUTED)
    role = active_actor(session, act.actor).role
    if role not in _MAY_LOOK:
        raise EngineError("maps.not-for-you", actor=act.actor, role=role.value)
    parts = _of_region(_parts(session, draw), region)
    today = [part for part in parts if day in (None, part.day)]
    wanted = [part for part in today if part.road]
    if not wanted:
        raise EngineError("maps.no-routes", draw=draw_id, day=day or "-", days=_days(parts))
    desk = [part for part in today if not part.road]
    codes = sorted({part.region for part in wanted})
    found = RouteMap(
        draw=draw_id,
        day=day,
        regions=_names(session, codes),
        towns=_towns(session, codes),
        routes=_routes(session, draw, wanted),
        desk_routes=len(desk),
        desk_visits=sum(len(part.stops) for part in desk),
    )
    append(session, act, "draw.map-made", draw_id, {"day": day.isoformat() if day else "", "region": region})
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """What one route does on one day: a visit that was moved is made by its own route's team on another day."""

    route: Route
    day: date
    whole: bool
    stops: tuple[tuple[RouteVisit, Target], ...]

    @property
    def road(self) -> bool:
        return self.route.road

    @property
    def region(self) -> str:
        return self.stops[0][1].supervising_region


def _parts(session: Session, draw: Draw) -> list[_Part]:
    """Routes by day and code, as things stand; ``whole`` says that a route is as it was planned."""
    moved = _moved(session, draw)
    query = (
        select(Route, RouteVisit, Visit, Target)
        .join(RouteVisit, col(RouteVisit.route_id) == col(Route.id))
        .join(Visit, col(Visit.id) == col(RouteVisit.visit_id))
        .join(Target, col(Target.id) == col(Visit.target_id))
        .where(col(Route.draw_id) == row_id(draw))
        .order_by(col(Route.code), col(RouteVisit.position))
    )
    rows = session.exec(query).all()
    sizes = Counter(route.id for route, *_ in rows)
    found: dict[tuple[date, str], list[tuple[Route, RouteVisit, Target]]] = {}
    for route, place, visit, target in rows:
        if visit.state in _ON_ROAD:
            day = moved.get(place.visit_id, route.day)
            found.setdefault((day, route.code), []).append((route, place, target))
    return [_part(day, stops, sizes) for (day, _), stops in sorted(found.items(), key=lambda one: one[0])]


def _part(
    day: date, stops: Sequence[tuple[Route, RouteVisit, Target]], sizes: Mapping[int | None, int]
) -> _Part:
    route = stops[0][0]
    planned = not route.road or all(place.begins is not None for _, place, _ in stops)
    whole = planned and day == route.day and len(stops) == sizes[route.id]
    return _Part(route, day, whole, tuple((place, target) for _, place, target in stops))


def _moved(session: Session, draw: Draw) -> dict[int, date]:
    """Newest day of each visit that was moved after the lottery."""
    query = (
        select(VisitMove)
        .join(Visit, col(Visit.id) == col(VisitMove.visit_id))
        .where(col(Visit.draw_id) == row_id(draw))
        .order_by(col(VisitMove.id))
    )
    return {move.visit_id: move.to_day for move in session.exec(query)}


def _of_region(parts: Sequence[_Part], region: str) -> list[_Part]:
    known = sorted({part.region for part in parts})
    if region and region not in known:
        raise EngineError("maps.unknown-region", region=region, known=", ".join(known))
    return [part for part in parts if region in ("", part.region)]


def _days(parts: Iterable[_Part]) -> str:
    return ", ".join(sorted({part.day.isoformat() for part in parts if part.road})) or "-"


def _routes(session: Session, draw: Draw, parts: Sequence[_Part]) -> tuple[MapRoute, ...]:
    numbers = {one.id: one.number for one in named(session, draw)}
    slots, houses, places = _slots(session, draw), _houses(session), _places(session)
    return tuple(_route(part, slots.get(part.route.id or 0, []), numbers, houses, places) for part in parts)


def _route(
    part: _Part,
    slots: Sequence[Slot],
    numbers: Mapping[int, int],
    houses: Mapping[tuple[str, str], Degrees],
    places: Mapping[str, Degrees],
) -> MapRoute:
    lead = next((slot.department for slot in slots if slot.lead), "")
    lon, lat = houses.get((part.region, lead)) or (None, None)
    return MapRoute(
        code=part.route.code,
        day=part.day,
        region=part.region,
        station=place_of(lon, lat, None, places.get(part.region)),
        stops=tuple(
            MapStop(numbers[place.visit_id], _place(target, places), place.begins if part.whole else None)
            for place, target in part.stops
        ),
        slots=tuple(sorted(Counter(slot.department for slot in slots).items())),
        minutes=part.route.minutes if part.whole else None,
        travel=part.route.travel if part.whole else None,
        direct=part.route.direct,
    )


def _place(target: Target, places: Mapping[str, Degrees]) -> Place:
    town, region = places.get(target.town_code or ""), places.get(target.supervising_region)
    return place_of(target.lon, target.lat, town, region)


def _slots(session: Session, draw: Draw) -> dict[int, list[Slot]]:
    """Slots by route, as they stand in the team."""
    query = (
        select(Slot)
        .join(Route, col(Route.id) == col(Slot.route_id))
        .where(col(Route.draw_id) == row_id(draw))
        .order_by(col(Slot.id))
    )
    found: dict[int, list[Slot]] = {}
    for slot in session.exec(query):
        found.setdefault(slot.route_id, []).append(slot)
    return found


def _houses(session: Session) -> dict[tuple[str, str], Degrees]:
    """Where the agency of each region and department has its house: the first by code, as for the routes themselves."""
    query = select(Agency).where(col(Agency.kind) == AgencyKind.agency).order_by(col(Agency.code).desc())
    return {
        (one.region_code, one.department): (one.lon, one.lat)
        for one in session.exec(query)
        if one.lon is not None and one.lat is not None
    }


def _places(session: Session) -> dict[str, Degrees]:
    rows = session.execute(sa.select(col(Region.code), col(Region.lon), col(Region.lat)))
    return {code: (lon, lat) for code, lon, lat in rows if lon is not None and lat is not None}


def _names(session: Session, codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Code and name of regions, by code."""
    found = session.exec(select(Region).where(col(Region.code).in_(codes)).order_by(col(Region.code)))
    return tuple((one.code, one.name) for one in found)


def _towns(session: Session, codes: Sequence[str]) -> tuple[MapTown, ...]:
    """Towns of the counties that have a place."""
    query = select(Region).where(col(Region.level) == Level.town, col(Region.parent_code).in_(codes))
    return tuple(
        MapTown(one.name, one.parent_code or "", one.lon, one.lat)
        for one in session.exec(query.order_by(col(Region.code)))
        if one.lon is not None and one.lat is not None
    )
