"""``draw map`` on a stored draw: who is on the road as things stand, no name in any output, an event for each look."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree as ET

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from inspect_engine.drawing.approving import named
from inspect_engine.drawing.routes.mapping import map_of
from inspect_engine.drawing.routes.roads import stations_of
from inspect_engine.drawing.steps import find_draw
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Agency, AgencyKind, Person, Region, Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.geojson import geojson
from inspect_engine.visits.map_picture import draw_map
from inspect_engine.visits.maps import RouteMap
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.places import Exactness
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit, VisitMove, VisitState
from tests.drawing.world import DRAW, act, store_at


def _all(session: Session) -> RouteMap:
    return map_of(session, DRAW, act(20))


def _events(session: Session) -> list[Event]:
    return list(session.exec(select(Event).where(Event.kind == "draw.map-made").order_by(Event.seq)))  # type: ignore[arg-type]


def _as_if_others_came_first(session: Session) -> None:
    """Give visits other ids, so that a number is no id."""
    session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
    for table, column in (("visit", "id"), ("routevisit", "visit_id"), ("visitline", "visit_id")):
        session.execute(sa.text(f"UPDATE {table} SET {column} = {column} + 1000"))


def test_each_visit_on_the_road_is_shown_once(tmp_path: Path) -> None:
    """All days together and day by day: each visit of a road route once, under its number, in road order; none of a desk route."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        _as_if_others_came_first(session)
        numbers = {one.id: one.number for one in named(session, find_draw(session, DRAW))}
        routes = session.exec(select(Route).order_by(Route.code)).all()
        wanted = {
            route.code: [
                numbers[place.visit_id]
                for place in session.exec(
                    select(RouteVisit).where(RouteVisit.route_id == route.id).order_by(RouteVisit.position)  # type: ignore[arg-type]
                )
            ]
            for route in routes
            if route.road
        }
        whole = _all(session)
        days = sorted({route.day for route in whole.routes})
        by_day = [map_of(session, DRAW, act(20), day) for day in days]
    desk = [route for route in routes if not route.road]
    assert desk
    assert whole.desk_routes == len(desk)
    assert {route.code: [s.number for s in route.stops] for route in whole.routes} == wanted
    assert [route for found in by_day for route in found.routes] == list(whole.routes)
    assert len(days) > 1
    assert sum(found.visits for found in by_day) == sum(map(len, wanted.values())) > 10


def test_no_name_and_no_key_is_in_any_output(tmp_path: Path) -> None:
    """Neither names, keys, addresses nor blinds of bodies, nor names of officers and agencies, are in picture or GeoJSON."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        for target in session.exec(select(Target)):
            target.name, target.address = f"金丝雀企业{target.id}号", f"金丝雀路{target.id}号"
            session.add(target)
        session.flush()
        canaries = ["金丝雀", *session.exec(select(Target.key)), *session.exec(select(Person.name))]
        canaries += [one.blind for one in named(session, find_draw(session, DRAW))]
        canaries += session.exec(select(Agency.name))
        whole = _all(session)
        files = [geojson(whole)]
        files += [
            draw_map(map_of(session, DRAW, act(20), day)) for day in sorted({r.day for r in whole.routes})
        ]
    assert len(canaries) > 400
    for canary in canaries:
        assert not [1 for words in files if canary in words], canary


def test_figures_are_those_of_the_routes(tmp_path: Path) -> None:
    """Minutes, slots by department, station and exactness are as the store has them."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        found = {route.code: route for route in _all(session).routes}
        for route in session.exec(select(Route).where(Route.road)).all():
            slots = session.exec(select(Slot).where(Slot.route_id == route.id)).all()
            shown = found[route.code]
            assert (shown.minutes, shown.travel, shown.day) == (route.minutes, route.travel, route.day)
            assert sum(number for _, number in shown.slots) == len(slots) > 0
            lead = next(slot.department for slot in slots if slot.lead)
            house = session.exec(
                select(Agency).where(
                    Agency.department == lead,
                    Agency.region_code == shown.region,
                    Agency.kind == AgencyKind.agency,
                )
            ).one()
            assert (shown.station.lon, shown.station.lat) == (house.lon, house.lat)
            assert shown.station.exactness is Exactness.own
    kinds = {stop.place.exactness for route in found.values() for stop in route.stops}
    assert kinds == {Exactness.own, Exactness.town}


def test_a_station_is_where_the_routes_begin(tmp_path: Path) -> None:
    """Of two agencies of a department the first by code counts, as for the roads; without one the county's place does."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        route = session.exec(select(Route).where(Route.road).order_by(Route.code)).first()
        assert route is not None
        lead = session.exec(select(Slot).where(Slot.route_id == route.id, Slot.lead)).one().department
        first = session.exec(
            select(Agency).where(Agency.department == lead, Agency.kind == AgencyKind.agency)
        ).one()
        second = Agency(
            code=first.code + "Z", name="乙", department=lead, region_code=first.region_code, lon=1.0, lat=2.0
        )
        session.add(second)
        session.flush()
        bundle = cast("VisitDraft", SimpleNamespace(region=first.region_code, lead=lead))
        for wanted in (first, second, None):
            shown = _all(session).routes[0].station
            spot = stations_of(session, [bundle])[first.region_code, lead]
            assert (shown.lon, shown.lat) == (spot.lon, spot.lat)
            assert (shown.exactness is Exactness.own) == spot.exact == (wanted is not None)
            if wanted is not None:
                assert (shown.lon, shown.lat) == (wanted.lon, wanted.lat)
                wanted.lon = None
                session.add(wanted)
                session.flush()


def test_a_map_shows_the_day_as_it_stands(tmp_path: Path) -> None:
    """A visit moved after the lottery is on its new day, one put back on none; a changed route claims no minutes."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        before = _all(session)
        numbers = {one.number: one.id for one in named(session, find_draw(session, DRAW))}
        long = max(before.routes, key=lambda route: len(route.stops))
        moved, back = (numbers[stop.number] for stop in long.stops[:2])
        day = date(2026, 12, 30)
        session.add(
            VisitMove(
                visit_id=moved,
                from_day=long.day,
                to_day=day,
                ground="-",
                approver="-",
                at=act(19).at,
            )
        )
        visit = session.get_one(Visit, back)
        visit.state = VisitState.put_back
        session.add(visit)
        session.flush()
        after = _all(session)
    assert long.minutes is not None
    parts = {(r.code, r.day): r for r in after.routes}
    assert [s.number for s in parts[long.code, day].stops] == [long.stops[0].number]
    assert parts[long.code, long.day].stops == tuple(
        type(stop)(stop.number, stop.place) for stop in long.stops[2:]
    )
    assert {parts[long.code, one].minutes for one in (day, long.day)} == {None}
    others = [route for route in before.routes if route.code != long.code]
    assert [route for route in after.routes if route.code != long.code] == others
    assert after.visits == before.visits - 1


def test_looking_is_an_event(tmp_path: Path) -> None:
    """Each look adds one event with who, which day and which county, and no place; a refused one adds none."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        found = _all(session)
        map_of(session, DRAW, act(21), found.routes[0].day, found.regions[0][0])
    with reading(engine) as session:
        said = [json.loads(event.body) for event in _events(session)]
    assert [one["data"] for one in said] == [
        {"day": "", "region": ""},
        {"day": found.routes[0].day.isoformat(), "region": found.regions[0][0]},
    ]
    assert all(one["actor"] == "抽取岗" for one in said)


@pytest.mark.parametrize(
    ("state", "day", "region", "code"),
    [
        ("drawn", None, "", "drawing.step-order"),
        ("routed", date(2026, 1, 1), "", "maps.no-routes"),
        ("routed", None, "999999", "maps.unknown-region"),
    ],
)
def test_what_cannot_be_mapped_is_refused(
    tmp_path: Path, state: str, day: date | None, region: str, code: str
) -> None:
    """Before there are routes, on a day or in a county without any, there is nothing to see and no event; the days are named."""
    engine = store_at(state, tmp_path)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        map_of(session, DRAW, act(20), day, region)
    assert caught.value.code == code
    assert "{" not in caught.value.message("zh") + caught.value.remedy("en") + caught.value.remedy("zh")
    if code == "maps.no-routes":
        assert "2026-12-" in caught.value.remedy("zh")
    with reading(engine) as session:
        assert not _events(session)


def test_an_unknown_actor_sees_nothing(tmp_path: Path) -> None:
    """Who is no active actor is refused."""
    engine = store_at("routed", tmp_path)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        map_of(session, DRAW, act(20, "路人"))
    assert caught.value.code == "events.unknown-actor"


def test_hostile_names_are_only_words(tmp_path: Path) -> None:
    """A town, county or department with markup in its name leaves the picture well-formed and is shown letter by letter."""
    engine = store_at("routed", tmp_path)
    odd = "</svg><script>alert('&')</script>\""
    with writing(engine) as session:
        for place in session.exec(select(Region)):
            place.name = odd
            session.add(place)
        for slot in session.exec(select(Slot)):
            slot.department = odd
            session.add(slot)
        session.flush()
        whole = _all(session)
        picture = draw_map(map_of(session, DRAW, act(20), whole.routes[0].day))
        assert json.loads(geojson(whole))["features"][0]["properties"]["departments"].keys() == {odd}
    tree = ET.fromstring(picture)
    assert not [one for one in tree.iter() if one.tag.endswith("script")]
    assert odd in [one.text for one in tree.iter()]
