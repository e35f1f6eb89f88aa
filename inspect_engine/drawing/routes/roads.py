"""What the routes of a draw need of the registers (路程、检查地点与驻地): doors, stations, and the rules of the road."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import region_of
from inspect_engine.drawing.tables import Draw
from inspect_engine.registers.tables import Agency, AgencyKind, Region, Target
from inspect_engine.rules import rule_on
from inspect_engine.visits.bundles import Station
from inspect_engine.visits.doors import Door, Roads, Spot
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.places import Exactness, place_of, street_of
from inspect_engine.visits.tables import Visit

#: Ids in one query; databases limit parameters.
_CHUNK = 500


def roads_of(session: Session, draw: Draw, day_minutes: int) -> Roads:
    """The rules of the road that are in force for a draw."""
    day, region = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    travel = rule_on("travel", day, region).value
    costs = rule_on("route-costs", day, region).value
    return Roads(
        speed=travel["speed"],
        road=travel["road"],
        hop=travel["hop"] * 60,
        town=travel["town"] * 60,
        far=travel["far"] * 60,
        begins=travel["begins"] * 60,
        length=day_minutes * 60,
        route=costs["route"] * 60,
        skill=costs["skill"] * 60,
    )


def doors_of(session: Session, draw: Draw, visits: Sequence[VisitDraft]) -> dict[str, Door]:
    """The door of each visit, by blind."""
    day, region = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    usual = rule_on("opening-hours", day, region).value
    places = _places(session)
    agreed = _agreed(session, draw)
    targets = {one.id: one for one in _targets(session, [visit.target_id for visit in visits])}
    return {
        visit.blind: _door(targets[visit.target_id], places, usual, *agreed[visit.target_id])
        for visit in visits
    }


def _targets(session: Session, ids: Sequence[int]) -> Iterator[Target]:
    for start in range(0, len(ids), _CHUNK):
        yield from session.exec(select(Target).where(col(Target.id).in_(ids[start : start + _CHUNK])))


def _agreed(session: Session, draw: Draw) -> Mapping[int, tuple[date | None, time | None]]:
    query = sa.select(col(Visit.target_id), col(Visit.agreed_day), col(Visit.agreed_at))
    rows = session.execute(query.where(col(Visit.draw_id) == draw.id))
    return {target: (day, at) for target, day, at in rows}


def _places(session: Session) -> Mapping[str, tuple[float, float]]:
    """Degrees of the regions and towns that have them."""
    rows = session.execute(sa.select(col(Region.code), col(Region.lon), col(Region.lat)))
    return {code: (lon, lat) for code, lon, lat in rows if lon is not None and lat is not None}


def _door(
    target: Target,
    places: Mapping[str, tuple[float, float]],
    usual: Sequence[int],
    day: date | None,
    at: time | None,
) -> Door:
    return Door(
        spot=_spot(target, places),
        street=street_at(target),
        opens=_seconds(target.opens) if target.opens else usual[0] * 60,
        closes=_seconds(target.closes) if target.closes else usual[1] * 60,
        closed_on=frozenset(target.closed_on),
        agreed_day=day,
        agreed_at=_seconds(at) if at else None,
    )


def street_at(target: Target) -> str:
    """The street in which a body's door is; empty where its address names none."""
    return street_of(target.town_code or target.supervising_region, target.address)


def _spot(target: Target, places: Mapping[str, tuple[float, float]]) -> Spot:
    """Own coordinates, else the town's, else the region's."""
    town, region = places.get(target.town_code or ""), places.get(target.supervising_region)
    place = place_of(target.lon, target.lat, town, region)
    return Spot(place.lon, place.lat, target.town_code or "", exact=place.exactness is Exactness.own)


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60


def stations_of(session: Session, visits: Iterable[VisitDraft]) -> dict[Station, Spot]:
    """Where the leading department's unit has its house in each region: its agency's place, else the region's."""
    places = _places(session)
    agencies: dict[Station, Spot] = {}
    query = select(Agency).where(col(Agency.kind) == AgencyKind.agency).order_by(col(Agency.code).desc())
    for one in session.exec(query):
        if one.lon is not None and one.lat is not None:
            agencies[one.region_code, one.department] = Spot(one.lon, one.lat)
    wanted = sorted({(visit.region, visit.lead) for visit in visits})
    return {one: agencies.get(one) or _seat(places.get(one[0])) for one in wanted}


def _seat(degrees: tuple[float, float] | None) -> Spot:
    lon, lat = degrees or (None, None)
    return Spot(lon, lat, exact=False)
