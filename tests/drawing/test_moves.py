"""New days by what each rule alone decides: room, hours, other routes, open requests, order of time."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from inspect_engine.drawing.after.assigning import direct
from inspect_engine.drawing.after.replanning import Plan, propose, take
from inspect_engine.drawing.after.standing import Stop, stops_of
from inspect_engine.drawing.after.wishes import visits_to
from inspect_engine.drawing.routes.calendar import Aside
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import DrawFile
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Visit
from solver.dr1.encoding import Row, jsonl
from solver.replan.following import candidates
from tests.drawing.after import APPROVER, DICE_RULE, ask, follow, now, said
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, START

#: Two days on which no route is.
LATER, LAST = date(2026, 12, 22), date(2026, 12, 23)


def plan_to(store: Engine, blinds: list[str], to: date | None, *aside: Aside) -> Plan:
    """The plan by which some visits take a day."""
    with reading(store) as session:
        wish = replace(visits_to(session, DRAW, blinds, to), aside=frozenset(aside))
        return propose(session, find_draw(session, DRAW), wish, START.date())


def move_to(store: Engine, blinds: list[str], to: date, minutes: float, *aside: Aside) -> None:
    """Take that plan."""
    mark = plan_to(store, blinds, to, *aside).mark
    with writing(store) as session:
        take(
            session,
            DRAW,
            replace(visits_to(session, DRAW, blinds, to), aside=frozenset(aside)),
            mark,
            "asked",
            APPROVER,
            DICE_RULE,
            said(minutes),
        )


def refusal(store: Engine, blinds: list[str], to: date | None) -> str:
    """Code under which such a plan is refused."""
    with pytest.raises(EngineError) as caught:
        plan_to(store, blinds, to)
    return caught.value.code


def on_route(store: Engine, least: int) -> list[str]:
    """Bodies of a route that has so many visits."""
    routes: dict[str, list[str]] = {}
    with reading(store) as session:
        for stop in stops_of(session, find_draw(session, DRAW)):
            routes.setdefault(stop.route, []).append(stop.blind)
    return next(blinds for _, blinds in sorted(routes.items()) if len(blinds) >= least)


def test_a_day_holds_what_its_length_holds(at: At) -> None:
    """Visits that stay on a day take its room: what no longer fits is refused that day."""
    store = at("rostered")
    first, second, *_ = on_route(store, 2)
    with writing(store) as session:
        for stop in stops_of(session, find_draw(session, DRAW)):
            if stop.blind in (first, second):
                session.get_one(Visit, stop.visit.id).minutes = 250
    move_to(store, [first], LATER, 20)
    assert refusal(store, [second], LATER) == "replans.nowhere"
    assert plan_to(store, [second], LAST).counts["moved"] == 1


def test_a_body_is_not_visited_on_the_day_on_which_it_is_shut(at: At) -> None:
    """A weekday on which the body is shut is no day for it; one that is shut always is visited all the same."""
    store = at("rostered")
    blind = on_route(store, 1)[0]
    with writing(store) as session:
        stop = next(s for s in stops_of(session, find_draw(session, DRAW)) if s.blind == blind)
        session.get_one(Target, stop.target.id).closed_on = [LATER.isoweekday()]
    assert refusal(store, [blind], LATER) == "replans.day-not-allowed"
    assert plan_to(store, [blind], LAST).counts["moved"] == 1
    with writing(store) as session:
        session.get_one(Target, stop.target.id).closed_on = [1, 2, 3, 4, 5, 6, 7]
    assert plan_to(store, [blind], LATER).counts["moved"] == 1
    with writing(store) as session:
        session.get_one(Target, stop.target.id).closed_on = [LATER.isoweekday()]
        session.get_one(Visit, stop.visit.id).agreed_day = LATER
    assert plan_to(store, [blind], LATER).counts["moved"] == 1, "the agreed day wins"


def teams_of(store: Engine) -> dict[str, set[str]]:
    """Codes that go on each route."""
    stands, teams = now(store), dict[str, set[str]]()
    for slot, place in stands.places.items():
        teams.setdefault(place.route, set()).add(stands.held[slot])
    return teams


def strangers(store: Engine) -> tuple[Stop, Stop]:
    """Visits on the road of two routes that share neither a day nor an officer; both are put in one street."""
    teams = teams_of(store)
    with writing(store) as session:
        road = [stop for stop in stops_of(session, find_draw(session, DRAW)) if stop.visit.road]
        one, other = next(
            (one, other)
            for one in road
            for other in road
            if one.day != other.day and not teams[one.route] & teams[other.route]
        )
        for stop in (one, other):
            target = session.get_one(Target, stop.target.id)
            target.town_code, target.address = None, "解放路8号"
            target.supervising_region = one.target.supervising_region
        session.flush()
        session.expunge_all()
    return one, other


def settings_of(store: Engine, **changes: Any) -> None:
    """Change the form of the draw."""
    with writing(store) as session:
        draw = find_draw(session, DRAW)
        draw.settings = {**draw.settings, **changes}


def test_no_two_routes_come_into_one_street_on_one_day(at: At) -> None:
    """A day on which another route is in the street is refused by its rule, both where that one stays and where it comes too."""
    store = at("rostered")
    one, other = strangers(store)
    assert refusal(store, [one.blind, other.blind], LATER) == "replans.house-rule"
    assert plan_to(store, [one.blind, other.blind], LATER, "streets").counts["moved"] == 2
    move_to(store, [other.blind], LATER, 20)
    assert refusal(store, [one.blind], LATER) == "replans.house-rule"
    assert plan_to(store, [one.blind], LATER, "streets").counts["moved"] == 1
    assert plan_to(store, [one.blind], LAST).counts["moved"] == 1
    settings_of(store, same_street=True)
    assert plan_to(store, [one.blind], LATER).counts["moved"] == 1


def test_a_street_in_which_two_routes_are_already_binds_no_more(at: At) -> None:
    """Where the rule of streets was set aside, as the present plan shows, a new day in that street may break it too."""
    store = at("rostered")
    one, other = strangers(store)
    with reading(store) as session:
        there = stops_of(session, find_draw(session, DRAW))
        third = next(s for s in there if s.visit.road and s.route not in (one.route, other.route)).blind
    busy = {stop.day for stop in there}
    days = [date(2026, 12, n) for n in range(10, 29) if date(2026, 12, n) not in busy]
    free = next(day for day in days if all(can_go(store, b, day) for b in (one.blind, other.blind, third)))
    move_to(store, [other.blind], free, 20)
    with writing(store) as session:
        stop = next(s for s in stops_of(session, find_draw(session, DRAW)) if s.blind == third)
        stop.target.town_code, stop.target.address = None, "解放路9号"
        stop.target.supervising_region = one.target.supervising_region
    assert refusal(store, [third], free) == "replans.house-rule"
    move_to(store, [one.blind], free, 21, "streets")
    assert plan_to(store, [third], free).counts["moved"] == 1
    with reading(store) as session:
        logged = [row.body for row in session.exec(select(Event).where(col(Event.kind) == "draw.replanned"))]
    assert [json.loads(body)["data"]["aside"] for body in logged] == [[], ["streets"]]


def can_go(store: Engine, blind: str, day: date) -> bool:
    """Whether a visit may take a day."""
    try:
        return plan_to(store, [blind], day).counts["substitutions"] == 0
    except EngineError:
        return False


def test_desk_work_is_in_nobodys_street(at: At) -> None:
    """A visit on paper alone takes a day on which another route is in its body's street."""
    store = at("rostered")
    one, other = strangers(store)
    move_to(store, [other.blind], LATER, 20)
    with writing(store) as session:
        session.get_one(Visit, one.visit.id).road = False
    assert plan_to(store, [one.blind], LATER).counts["moved"] == 1


def test_joint_visits_go_on_joint_days(at: At) -> None:
    """A route of several departments takes days of the week that all of them have free; others take any."""
    store = at("rostered")
    with reading(store) as session:
        routes = rows_of(session, find_draw(session, DRAW), "4-routes.jsonl")
    joint, ran = 0, 0
    for route in routes:
        slots, blinds = cast("list[dict[str, Any]]", route["slots"]), cast("list[str]", route["blinds"])
        departments = sorted({str(slot["department"]) for slot in slots})
        drawn = date.fromisoformat(str(route["date"])).isoweekday()
        if drawn == LATER.isoweekday():
            continue
        free = sorted({drawn, LAST.isoweekday()})
        settings_of(store, joint_days=[{"department": departments[-1], "weekdays": free}])
        ran += 1
        if len(departments) < 2:
            assert plan_to(store, [*blinds[:1]], LATER).counts["moved"] == 1
            continue
        joint += 1
        assert refusal(store, [*blinds[:1]], LATER) == "replans.house-rule"
        assert plan_to(store, [*blinds[:1]], LATER, "joint-days").counts["moved"] == 1
        assert plan_to(store, [*blinds[:1]], LAST).counts["moved"] == 1
        settings_of(store, joint_days=[{"department": departments[-1], "weekdays": [LAST.isoweekday()]}])
        bound = drawn == LAST.isoweekday()
        if not bound:
            assert plan_to(store, [*blinds[:1]], LATER).counts["moved"] == 1
    assert joint > 0
    assert ran > joint


def test_an_open_request_holds_its_route(at: At) -> None:
    """While it is not known who follows in a slot, the visits of its route do not move."""
    store = at("rostered")
    stands = now(store)
    slot = next(s for s in sorted(stands.places) if candidates(stands, s))
    place = stands.places[slot]
    with writing(store) as session:
        ask(session, slot, 20)
    assert refusal(store, sorted(place.blinds), None) == "replans.open"


def test_who_is_on_another_route_that_day_does_not_come(at: At) -> None:
    """A team whose member has a slot elsewhere on the new day leaves that slot, or the plan is refused."""
    store = at("rostered")
    stands, ran = now(store), 0
    for slot, place in sorted(stands.places.items()):
        for other, there in sorted(stands.places.items()):
            if there.frozen == place.frozen or stands.held[other] not in candidates(stands, slot):
                continue
            copy = at("rostered")
            with writing(copy) as session:
                to = stands.held[other]
                direct(session, DRAW, slot, to, "illness", APPROVER, said(20), emergency=True)
            blinds = sorted(place.blinds)[:1]
            try:
                plan = plan_to(copy, blinds, date.fromisoformat(there.frozen))
            except EngineError as error:
                assert error.code in ("replans.nowhere", "replans.day-not-allowed")
                continue
            assert slot in plan.leaving or other in plan.leaving
            ran += 1
    assert ran > 0


def test_who_may_come_into_an_open_slot_does_not_come(at: At) -> None:
    """A candidate of an open request may have its slot that day: with another route they do not go there."""
    store = at("rostered")
    stands, ran = now(store), 0
    for slot, place in sorted(stands.places.items()):
        for other, there in sorted(stands.places.items()):
            if there.frozen == place.frozen or stands.held[slot] not in candidates(stands, other):
                continue
            copy = at("rostered")
            with writing(copy) as session:
                ask(session, other, 20)
            try:
                plan = plan_to(copy, sorted(place.blinds)[:1], date.fromisoformat(there.frozen))
            except EngineError as error:
                assert error.code in ("replans.nowhere", "replans.day-not-allowed")
                continue
            assert slot in plan.leaving
            ran += 1
    assert ran > 0


def test_time_goes_on(at: At) -> None:
    """An act that is dated before one that was done is refused, whatever day it is about."""
    store = at("rostered")
    stands = now(store)
    slot = next(s for s in sorted(stands.places) if candidates(stands, s))
    follow(store, slot, 20)
    blind = on_route(store, 1)[0]
    mark = plan_to(store, [blind], LATER).mark
    for minutes in (15, 20.5):
        with pytest.raises(EngineError) as caught, writing(store) as session:
            wish = visits_to(session, DRAW, [blind], LATER)
            take(session, DRAW, wish, mark, "asked", APPROVER, DICE_RULE, said(minutes))
        assert caught.value.code == "drawing.too-early"


def test_leave_that_a_recorded_change_lifted_stays_lifted(at: At) -> None:
    """Leave that stood in the frozen pool is the pool's matter; leave of later counts as it stands."""
    store = at("rostered")
    with writing(store) as session:
        draw = find_draw(session, DRAW)
        row = next(row for row in rows_of(session, draw, "1-pool.jsonl") if row["away"])
        ((first, last), *_), code = cast("list[list[str]]", row["away"]), str(row["officer"])
        change: Row = {
            "approver": APPROVER,
            "at": "2026-12-01T01:04:30Z",
            "away": [],
            "ground": "销假",
            "officer": code,
            "present": [[first, last]],
        }
        assert not now(store).officers[code].present_on(first)
        session.get_one(DrawFile, (draw.id, "4-changes.jsonl")).content = jsonl([change])
    assert now(store).officers[code].present_on(first)


def test_a_team_goes_twice_if_its_visits_do(at: At) -> None:
    """After a part of a route has moved, its team is busy on both days and is followed for both."""
    store = at("rostered")
    first, *_ = on_route(store, 2)
    move_to(store, [first], LATER, 20)
    places = [place for place in now(store).places.values() if first in place.blinds]
    assert places
    assert all(place.days == {place.frozen, LATER.isoformat()} for place in places)
    assert plan_to(store, [first], LATER + timedelta(days=1)).moves[0].from_day == LATER
