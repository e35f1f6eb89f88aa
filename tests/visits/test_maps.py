"""A day's map: every stop shown once under its number, marks apart, outlines from towns alone, GeoJSON as the RFC has it."""

from __future__ import annotations

import json
import math
from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.visits.geojson import geojson
from inspect_engine.visits.maps import DayMap, MapRoute, MapStop, MapTown, draw_map, ridges, spread
from inspect_engine.visits.places import Exactness, Place

TOWNS = tuple(
    MapTown(f"镇{i}", f"县{i // 8}", 120 + 0.1 * (i % 4) + 0.01 * i, 30 + 0.1 * (i // 4)) for i in range(16)
)
_PLACES = st.builds(
    Place,
    st.floats(120, 120.4),
    st.floats(30, 30.4),
    st.sampled_from((Exactness.own, Exactness.town, Exactness.region)),
) | st.just(Place(None, None, Exactness.unknown))


@st.composite
def _maps(draw: st.DrawFn) -> DayMap:
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=12))
    numbers = iter(range(1, 100))
    routes = tuple(
        MapRoute(
            f"R{i:03d}",
            draw(st.sampled_from((None, (120.1, 30.1)))),
            tuple(MapStop(next(numbers), draw(_PLACES)) for _ in range(size)),
        )
        for i, size in enumerate(sizes, 1)
    )
    return DayMap("D", date(2026, 12, 7), routes, TOWNS)


@settings(derandomize=True, max_examples=40, deadline=None)
@given(_maps())
def test_every_stop_is_on_the_map_once(found: DayMap) -> None:
    """GeoJSON has a point for each visit under its number, in road order, and no position where none is known."""
    rows = json.loads(geojson(found))["features"]
    visits = [row for row in rows if row["properties"]["kind"] == "visit"]
    stops = [(route.code, n, stop) for route in found.routes for n, stop in enumerate(route.stops, 1)]
    assert len(visits) == len(stops) > 0
    for row, (code, n, stop) in zip(visits, stops, strict=True):
        said = row["properties"]
        assert (said["route"], said["position"], said["visit"]) == (code, n, stop.number)
        assert (row["geometry"] is None) == (stop.place.lon is None)
    for row in rows:
        if row["geometry"] and row["geometry"]["type"] == "LineString":
            assert len(row["geometry"]["coordinates"]) >= 2
            assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in row["geometry"]["coordinates"])


@settings(derandomize=True, max_examples=40, deadline=None)
@given(_maps())
def test_the_picture_is_xml_with_every_number(found: DayMap) -> None:
    """The picture reads as XML, names each route and every visit's number, and is the same for the same map."""
    words = draw_map(found)
    texts = [one.text or "" for one in ET.fromstring(words).iter() if one.tag.endswith("text")]
    for route in found.routes:
        assert route.code in texts
    shown = {word for text in texts for word in text.replace(":", " ").split()}
    assert {str(stop.number) for route in found.routes for stop in route.stops} <= shown
    assert draw_map(found) == words


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=20))
def test_marks_are_pushed_apart(points: list[tuple[int, int]]) -> None:
    """No two marks overlap, not even those of one place; marks that stood apart already stay where they are."""
    asked = [(float(x), float(y)) for x, y in points]
    moved = spread(asked)
    gaps = [math.dist(a, b) for i, a in enumerate(moved) for b in moved[:i]]
    assert min(gaps) > 15
    if min(math.dist(a, b) for i, a in enumerate(asked) for b in asked[:i]) >= 19:
        assert moved == asked


def test_routes_are_told_apart_without_colour() -> None:
    """Sixteen routes have sixteen different strokes, the second eight dashed."""
    routes = tuple(
        MapRoute(f"R{i:03d}", (120.1, 30.1), (MapStop(i, Place(120 + i / 50, 30.2, Exactness.own)),))
        for i in range(16)
    )
    tree = ET.fromstring(draw_map(DayMap("D", date(2026, 12, 7), routes, TOWNS)))
    strokes = {
        (one.get("stroke"), one.get("stroke-dasharray"))
        for one in tree.iter()
        if one.get("stroke-width") == "2.2"
    }
    assert len(strokes) == 16
    assert sum(dash is not None for _, dash in strokes) == 8


def test_a_line_between_counties_is_a_border() -> None:
    """A ridge is a border where counties meet or the outside begins; its points are as far from both towns."""
    lines = ridges(TOWNS)
    assert {border for *_, border in lines} == {False, True}
    stretch = math.cos(math.radians(sum(t.lat for t in TOWNS) / len(TOWNS)))
    inner = 0
    for one, other, border in lines:
        middle = (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
        far = sorted((math.hypot((t.lon - middle[0]) * stretch, t.lat - middle[1]), t.county) for t in TOWNS)
        if not border:
            assert math.isclose(far[0][0], far[1][0], rel_tol=1e-6)
            assert far[0][1] == far[1][1]
            inner += 1
    assert inner > 5
