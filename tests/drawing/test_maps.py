"""``draw map`` on a stored draw: the day's stops, no name, and an event for who looked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from inspect_engine.drawing.mapping import map_of
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Agency, Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.geojson import geojson
from inspect_engine.visits.maps import draw_map
from inspect_engine.visits.tables import Route, RouteVisit
from tests.drawing.world import DRAW, act, store_at


def test_all_days_show_all_visits_and_no_name(tmp_path: Path) -> None:
    """Over its days every visit on the road is shown once, in road order; no body's or agency's name is in any file."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        routes = [one for one in session.exec(select(Route)) if one.road]
        rows = session.exec(select(RouteVisit)).all()
        names = [*session.exec(select(Target.name)), *session.exec(select(Target.key))]
        names += session.exec(select(Agency.name))
        shown: list[int] = []
        for day in sorted({route.day for route in routes}):
            found = map_of(session, DRAW, act(20), day)
            assert [one.code for one in found.routes] == sorted(r.code for r in routes if r.day == day)
            shown += [stop.number for route in found.routes for stop in route.stops]
            files = draw_map(found) + geojson(found)
            assert not [name for name in names if name in files]
    ids = {route.id for route in routes}
    assert len(shown) == len(set(shown)) == sum(row.route_id in ids for row in rows) > 0


def test_that_somebody_looked_is_an_event(tmp_path: Path) -> None:
    """Each map adds one event with who and which day, and no place in it."""
    engine = store_at("routed", tmp_path)
    with writing(engine) as session:
        found = map_of(session, DRAW, act(20))
    with reading(engine) as session:
        last = session.exec(select(Event).order_by(Event.seq.desc())).first()  # type: ignore[attr-defined]
        assert last is not None
        assert last.kind == "draw.map-made"
        assert found.day.isoformat().encode() in last.body
        assert "抽取岗".encode() in last.body


@pytest.mark.parametrize(
    ("state", "day", "code"),
    [("drawn", None, "drawing.step-order"), ("routed", date(2026, 1, 1), "joint.no-routes")],
)
def test_what_cannot_be_mapped_is_refused(tmp_path: Path, state: str, day: date | None, code: str) -> None:
    """Before there are routes, and on a day without any, there is nothing to see, and no event."""
    engine = store_at(state, tmp_path)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        map_of(session, DRAW, act(20), day)
    assert caught.value.code == code
    with reading(engine) as session:
        assert not session.exec(select(Event).where(Event.kind == "draw.map-made")).all()
