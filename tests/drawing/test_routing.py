"""Routes and dates of a draw: what was agreed is kept, house rules bind until they are set aside by name, counts are true."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from inspect_engine.drawing.opening import open_draw
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.routes.schedule import schedule
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.registers.tables import Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, STEPS, act, dump, entropy, files, form


def rows(engine: Engine) -> list[dict[str, Any]]:
    """Rows of the routes' file."""
    return [json.loads(line) for line in files(engine)["4-routes.jsonl"].splitlines()]


def placed(engine: Engine) -> list[tuple[Visit, Route, RouteVisit]]:
    """Every visit with its route and its place on it."""
    query = select(Visit, Route, RouteVisit).where(
        RouteVisit.visit_id == Visit.id, RouteVisit.route_id == Route.id
    )
    with reading(engine) as session:
        found = list(session.exec(query))
        session.expunge_all()
    return found


def spec_at(engine: Engine, **changes: Any) -> None:
    """A draw with other terms, in the state ``drawn``."""
    from fixtures.consents import consent_all

    with writing(engine) as session:
        open_draw(session, DrawSpec.model_validate(form(**changes)), act(1, "计划岗"), entropy())
        consent_all(session, DRAW, act(1.5).at)
    for step in ("frozen", "seeded", "drawn"):
        STEPS[step](engine)


def test_an_agreed_day_and_hour_are_kept(at: At) -> None:
    """双预约: the visit is on the agreed day, on a route that reaches it at the agreed hour; all others have a day too."""
    engine = at("drawn")
    with writing(engine) as session:
        visit = session.exec(select(Visit).where(Visit.road).order_by(Visit.id)).first()
        assert visit is not None
        visit.agreed_day, visit.agreed_at = date(2026, 12, 17), time(14, 30)
        agreed = visit.id
    STEPS["routed"](engine)
    found = {visit.id: (route.day, place.begins) for visit, route, place in placed(engine)}
    assert found[agreed] == (date(2026, 12, 17), time(14, 30))
    with reading(engine) as session:
        assert len(found) == session.exec(select(sa.func.count()).select_from(Visit)).one()


def test_hours_of_the_road_are_in_the_store(at: At) -> None:
    """Visits on the road begin one after another inside the body's hours; desk work has no hour."""
    engine = at("routed")
    on_road = 0
    for _, route, place in placed(engine):
        assert (place.begins is not None) is route.road
        on_road += route.road
        if place.begins is not None:
            assert time(9) <= place.begins < time(18)
    assert on_road > 3
    by_route: dict[str, list[tuple[int, time]]] = {}
    for _, route, place in placed(engine):
        if place.begins is not None:
            by_route.setdefault(route.code, []).append((place.position, place.begins))
    assert all(sorted(stops) == sorted(stops, key=lambda s: s[1]) for stops in by_route.values())


def test_a_body_shut_all_week_is_visited_all_the_same_and_counted(at: At) -> None:
    """Its own rest days do not let a drawn body off; those whose every day is one are counted for an agreement."""
    engine = at("drawn")
    with writing(engine) as session:
        visit = session.exec(select(Visit).where(Visit.road).order_by(Visit.id)).first()
        assert visit is not None
        session.get_one(Target, visit.target_id).closed_on = [1, 2, 3, 4, 5]
    with writing(engine) as session:
        counts = plan(session, DRAW, act(5))
    assert counts["shut"] == 1
    assert counts["visits"] == len(placed(engine))


def _one_street(engine: Engine) -> None:
    with writing(engine) as session:
        for target in session.exec(select(Target)):
            target.address, target.town_code = "中山路1号", None


def test_no_two_routes_of_a_day_are_in_one_street_unless_asked(at: At) -> None:
    """With everybody in one street each road route has a day of its own; set aside by name they may meet, and the event says so."""
    engine = at("drawn")
    _one_street(engine)
    STEPS["routed"](engine)
    days = [row["date"] for row in rows(engine) if row["road"]]
    assert len(days) >= 3
    assert len(set(days)) == len(days)
    other = at("drawn")
    _one_street(other)
    with writing(other) as session:
        plan(session, DRAW, act(5), aside=["streets"])
    with reading(other) as session:
        last = session.exec(select(Event).order_by(Event.seq.desc())).first()  # type: ignore[attr-defined]
        assert last is not None
        assert json.loads(last.body)["data"]["aside"] == ["streets"]


def test_joint_routes_keep_the_joint_days(at: At) -> None:
    """联合检查日: routes of several departments are on the named days of the week, others where they like."""
    engine = at("empty")
    spec_at(
        engine,
        joint_days=[{"department": "应急", "weekdays": [4]}, {"department": "环保", "weekdays": [2, 3]}],
    )
    STEPS["routed"](engine)
    joint = 0
    for row in rows(engine):
        departments = {slot["department"] for slot in row["slots"]}
        weekday = date.fromisoformat(row["date"]).isoweekday()
        joint += len(departments) > 1
        if len(departments) > 1 and "应急" in departments:
            assert weekday == 4
        if len(departments) > 1 and "环保" in departments:
            assert weekday in (2, 3)
    assert joint >= 2


def test_days_that_cannot_be_are_refused_with_the_way_out(at: At) -> None:
    """Departments that are never free together: a coded refusal, nothing changed; set aside, the routes are made."""
    engine = at("empty")
    spec_at(
        engine, joint_days=[{"department": "市监", "weekdays": [1]}, {"department": "应急", "weekdays": [2]}]
    )
    before = dump(engine)
    with pytest.raises(EngineError) as caught:
        STEPS["routed"](engine)
    assert caught.value.code == "drawing.undated-joint"
    assert "joint-days" in caught.value.remedy("en")
    assert dump(engine) == before
    with writing(engine) as session:
        counts = plan(session, DRAW, act(5), aside=["joint-days"])
    assert counts["routes"] == len(rows(engine)) > 0


def test_the_calendar_counts_what_is_there(at: At) -> None:
    """Routes, visits and slots of the days sum to those of the store, by department too; before the routes it is refused."""
    engine = at("routed")
    with reading(engine) as session:
        days = schedule(session, DRAW)
        slots = session.exec(select(sa.func.count()).select_from(Slot)).one()
    assert sum(one.routes for one in days) == len(rows(engine))
    assert sum(one.visits for one in days) == len(placed(engine))
    assert sum(one.slots for one in days) == slots == sum(n for one in days for _, n in one.departments)
    assert [one.day.isoformat() for one in days] == sorted({row["date"] for row in rows(engine)})
    with pytest.raises(EngineError, match="step-order"), reading(at("drawn")) as session:
        schedule(session, DRAW)


def test_the_same_draw_gets_the_same_routes(at: At) -> None:
    """Two stores in the same state give the same bytes: nothing depends on the clock or on the machine's speed."""
    first, second = at("drawn"), at("drawn")
    STEPS["routed"](first)
    STEPS["routed"](second)
    assert files(first)["4-routes.jsonl"] == files(second)["4-routes.jsonl"]
