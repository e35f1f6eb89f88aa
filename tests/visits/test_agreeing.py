"""Agreed dates: only a working day of the window that is left, only before routes, and the route keeps to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from inspect_engine.drawing.approving import named
from inspect_engine.drawing.joint.agreeing import agree_visit, joint
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.steps import find_draw
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.registers.calendar import work_days
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Route, RouteVisit, Visit
from tests.drawing.world import DRAW, act, dump, store_at


def _one(session: Session, *, road: bool = True) -> tuple[str, Visit]:
    for one in named(session, find_draw(session, DRAW)):
        visit = session.get_one(Visit, one.id)
        if visit.road is road:
            return str(one.number), visit
    raise AssertionError("the small county has visits of both kinds")


def test_a_route_keeps_to_what_was_agreed(tmp_path: Path) -> None:
    """The visit stands on a route of the agreed day and begins at the agreed hour; the event has its number and no name."""
    engine = store_at("drawn", tmp_path)
    with writing(engine) as session:
        number, visit = _one(session)
        day = work_days(session, visit.window_first, visit.window_last)[-2]
        assert agree_visit(session, DRAW, number, day, time(10, 30), act(20)) == (int(number), day)
        id_ = visit.id
    with writing(engine) as session:
        plan(session, DRAW, act(30))
    with reading(engine) as session:
        stop = session.exec(select(RouteVisit).where(RouteVisit.visit_id == id_)).one()
        assert (session.get_one(Route, stop.route_id).day, stop.begins) == (day, time(10, 30))
        event = session.exec(select(Event).where(Event.kind == "visits.date-agreed")).one()
        assert f'"visit":{number}'.encode() in event.body
        assert b"target" not in event.body


@pytest.mark.parametrize(
    ("state", "road", "choose", "at", "code"),
    [
        ("drawn", True, lambda v, _: v.window_last + timedelta(days=1), None, "joint.outside-window"),
        ("drawn", True, lambda v, _: v.window_first - timedelta(days=1), None, "joint.outside-window"),
        ("drawn", True, lambda _, days: _rest(days), None, "joint.not-a-work-day"),
        ("drawn", True, lambda _, days: days[-2], time(23, 59), "joint.over-midnight"),
        ("drawn", False, lambda _, days: days[-2], None, "joint.desk"),
        ("routed", True, lambda _, days: days[-2], None, "drawing.step-order"),
    ],
)
def test_what_cannot_be_agreed_changes_nothing(
    tmp_path: Path,
    state: str,
    road: bool,
    choose: Callable[[Visit, tuple[date, ...]], date],
    at: time | None,
    code: str,
) -> None:
    """Days outside the window, days of rest, an hour too late, desk work, and a draw with routes are refused whole."""
    engine = store_at(state, tmp_path)
    with reading(engine) as session:
        number, visit = _one(session, road=road)
        day = choose(visit, work_days(session, visit.window_first, visit.window_last))
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        agree_visit(session, DRAW, number, day, at, act(20))
    assert caught.value.code == code
    assert caught.value.message("zh") and caught.value.remedy("en")
    assert dump(engine) == before


def _rest(days: tuple[date, ...]) -> date:
    return next(d + timedelta(days=1) for d in days if d + timedelta(days=1) not in days and d != days[-1])


def test_a_past_day_and_another_post_are_refused(tmp_path: Path) -> None:
    """Today is too late, and only a drawer notes what was agreed."""
    engine = store_at("drawn", tmp_path)
    with reading(engine) as session:
        number, visit = _one(session)
        days = work_days(session, visit.window_first, visit.window_last)
        late = act(0).local_day + timedelta(days=(days[2] - act(0).local_day).days)
    for minutes, actor, code in (
        ((late - act(0).local_day).days * 1440, "抽取岗", "joint.outside-window"),
        (20, "计划岗", "joint.not-a-drawer"),
    ):
        with pytest.raises(EngineError) as caught, writing(engine) as session:
            agree_visit(session, DRAW, number, late, None, act(minutes, actor))
        assert caught.value.code == code


def test_figures_of_a_draw_are_counts_beside_the_places_target(tmp_path: Path) -> None:
    """A drawn draw tells its joint rate beside Zhejiang's 60 %; before it is drawn there is nothing to tell."""
    with reading(store_at("drawn", tmp_path)) as session:
        found = joint(session, DRAW)
        assert found.figures.visits == len(session.exec(select(Visit)).all()) > 0
        assert found.figures.minutes == sum(session.exec(select(Visit.minutes)))
        assert found.target == 600_000
    with reading(store_at("seeded", tmp_path, "seeded.db")) as session, pytest.raises(EngineError) as caught:
        joint(session, DRAW)
    assert caught.value.code == "drawing.step-order"
