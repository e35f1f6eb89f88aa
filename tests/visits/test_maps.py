"""A map of routes: all is shown once, marks never overlap, outlines are rings about the towns, GeoJSON is as the RFC has it."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter
from datetime import date, time
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.visits.geojson import geojson
from inspect_engine.visits.map_legend import OFF, Entry, columns
from inspect_engine.visits.map_marks import Area, place_marks, place_names
from inspect_engine.visits.map_picture import draw_map
from inspect_engine.visits.map_strokes import DASHES, HUES
from inspect_engine.visits.maps import MapRoute, MapStop, MapTown, RouteMap, letters
from inspect_engine.visits.outlines import Point, Ring, cells, hull, outline
from inspect_engine.visits.places import Exactness, Place

DAY = date(2026, 12, 7)
COUNTIES = (("339901", "甲县"), ("339902", "乙县"))
TOWNS = tuple(
    MapTown(f"镇{i}", COUNTIES[i // 8][0], 120 + 0.1 * (i % 4) + 0.01 * i, 30 + 0.1 * (i // 4))
    for i in range(16)
)
NOWHERE = Place(None, None, Exactness.unknown)
_KNOWN = st.builds(
    Place,
    st.floats(120, 120.4),
    st.floats(30, 30.4),
    st.sampled_from((Exactness.own, Exactness.town, Exactness.region)),
)
_PLACES = _KNOWN | st.just(NOWHERE) | st.just(Place(0.0, 0.0, Exactness.own))


@st.composite
def maps(draw: st.DrawFn) -> RouteMap:
    """Draw a day of up to thirty routes in up to two counties, some stops without a place, some far off."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=30))
    numbers = iter(draw(st.permutations(range(1, sum(sizes) + 1))))
    routes = tuple(
        MapRoute(
            code=f"R{i:03d}",
            day=DAY,
            region=draw(st.sampled_from(COUNTIES))[0],
            station=draw(_KNOWN | st.just(NOWHERE)),
            stops=tuple(
                MapStop(next(numbers), draw(_PLACES), draw(st.sampled_from((None, time(9, 30)))))
                for _ in range(size)
            ),
            slots=(("市监", 2),),
            minutes=draw(st.none() | st.just(400)),
            travel=60,
            direct=draw(st.booleans()),
        )
        for i, size in enumerate(sizes, 1)
    )
    there = {route.region for route in routes}
    return RouteMap(
        "D-1",
        DAY,
        tuple(one for one in COUNTIES if one[0] in there),
        draw(st.sampled_from((TOWNS, TOWNS[:1], ()))),
        routes,
        desk_routes=2,
        desk_visits=7,
    )


def _by_kind(words: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"route": [], "visit": [], "station": []}
    for row in json.loads(words)["features"]:
        found[row["properties"]["kind"]].append(row)
    return found


def _texts(picture: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(picture).iter() if one.tag.endswith("text")]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(maps())
def test_geojson_has_all_once_and_where_it_is(found: RouteMap) -> None:
    """Each visit is one point under its number at its own degrees, each route one line through its places in order."""
    rows = _by_kind(geojson(found))
    stops = [(route, n, stop) for route in found.routes for n, stop in enumerate(route.stops, 1)]
    assert len(rows["visit"]) == len(stops) > 0
    assert len({row["properties"]["visit"] for row in rows["visit"]}) == len(stops)
    for row, (route, n, stop) in zip(rows["visit"], stops, strict=True):
        said = row["properties"]
        assert (said["route"], said["order"], said["visit"]) == (route.code, n, stop.number)
        _same_place(row["geometry"], stop.place)
    assert [row["properties"]["route"] for row in rows["route"]] == [route.code for route in found.routes]
    for row, route in zip(rows["route"], found.routes, strict=True):
        way = [[p.lon, p.lat] for p in (route.station, *(s.place for s in route.stops), route.station)]
        known = [(lon, lat) for lon, lat in way if lon is not None and lat is not None]
        line = row["geometry"]["coordinates"] if row["geometry"] else []
        assert len(line) == (len(known) if len(known) > 1 else 0)
        for (lon, lat), (x, y) in zip(line, known, strict=False):
            assert max(abs(lon - x), abs(lat - y)) <= 5.1e-7
    told = Counter(code for row in rows["station"] for code in row["properties"]["routes"])
    assert told == Counter(r.code for r in found.routes if r.station.exactness is not Exactness.unknown)


def _same_place(geometry: dict[str, Any] | None, place: Place) -> None:
    if place.lon is None or place.lat is None:
        assert geometry is None
    else:
        assert geometry is not None
        lon, lat = geometry["coordinates"]
        assert geometry["type"] == "Point"
        assert max(abs(lon - place.lon), abs(lat - place.lat)) <= 5.1e-7


@settings(derandomize=True, max_examples=60, deadline=None)
@given(maps())
def test_the_box_holds_all(found: RouteMap) -> None:
    """``bbox`` is west, south, east, north: it holds every position and touches the outermost; absent where there is none."""
    whole = json.loads(geojson(found))
    points = [
        point
        for row in whole["features"]
        if row["geometry"]
        for point in (
            row["geometry"]["coordinates"]
            if row["geometry"]["type"] == "LineString"
            else [row["geometry"]["coordinates"]]
        )
    ]
    if not points:
        assert "bbox" not in whole
        return
    west, south, east, north = whole["bbox"]
    assert (west, east) == (min(p[0] for p in points), max(p[0] for p in points))
    assert (south, north) == (min(p[1] for p in points), max(p[1] for p in points))


@settings(derandomize=True, max_examples=60, deadline=None)
@given(maps())
def test_the_picture_shows_every_visit_once(found: RouteMap) -> None:
    """Each stop has one mark on the map or one line in the list beside it, and each route one entry; desk routes a count only."""
    texts = _texts(draw_map(found))
    marks = Counter(texts)
    lost = [text for text in texts if any(why in text for why in OFF.values())]
    stops = [stop.place.exactness for route in found.routes for stop in route.stops]
    explained = 1 + any(one in (Exactness.town, Exactness.region) for one in stops)
    ordered = [route for code, _ in found.regions for route in found.routes if route.region == code]
    for letter, route in zip(letters(len(ordered)), ordered, strict=True):
        assert marks[route.code] == 1
        for n, stop in enumerate(route.stops, 1):
            beside = f"{letter}{n} · {route.code} · 检查 visit {stop.number}："
            shown = marks[f"{letter}{n}"] - (explained if (letter, n) == ("A", 1) else 0)
            assert shown + sum(text.startswith(beside) for text in lost) == 1
            if stop.place.exactness is Exactness.unknown:
                assert shown == 0
    assert sum(marks[f"{letter}{n}"] for letter in letters(len(ordered)) for n in range(1, 7)) == (
        found.visits - len(lost) + explained
    )
    assert any("desk routes, not drawn 2" in text for text in texts)


@settings(derandomize=True, max_examples=30, deadline=None)
@given(maps())
def test_all_that_is_drawn_is_inside(found: RouteMap) -> None:
    """Every mark lies within the picture, and no two marks of a county overlap."""
    tree = ET.fromstring(draw_map(found))
    panels = [one for one in tree if one.tag.endswith("g") and one.find("{*}rect[@rx='3']") is not None]
    assert len(panels) == len(found.regions)
    seen = 0
    for panel in panels:
        frame = panel.find("{*}rect[@rx='3']")
        assert frame is not None
        marks = [_area(one) for one in panel.findall("{*}g/{*}rect[@rx='8.5']")]
        seen += len(marks)
        for i, one in enumerate(marks):
            assert one.x - one.half >= 0
            assert one.x + one.half <= float(frame.get("width", 0))
            assert not any(one.meets(other) for other in marks[:i])
    drawn = [s for r in found.routes for s in r.stops if s.place.exactness is not Exactness.unknown]
    assert seen <= len(drawn)


def _area(one: ET.Element) -> Area:
    x, y, width, height = (float(one.get(name, 0)) for name in ("x", "y", "width", "height"))
    return Area(x + width / 2, y + height / 2, width / 2, height / 2)


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(30, 370), st.integers(30, 370)), min_size=1, max_size=40))
def test_marks_give_way_to_each_other(points: list[tuple[int, int]]) -> None:
    """No mark overlaps another, a fixed one or the edge, not even of those in one place; one that stands free stays."""
    wanted = [Area(float(x), float(y), 13, 8.5) for x, y in points]
    fixed, room = [Area(200, 200, 9, 9)], Area(200, 200, 200, 200)
    placed = place_marks(wanted, fixed, room)
    for i, one in enumerate(placed):
        assert one.inside(room)
        assert not any(one.meets(other) for other in [*fixed, *placed[:i]])
        others = [*fixed, *wanted[:i], *wanted[i + 1 :]]
        if not any(wanted[i].meets(other, 3) for other in others):
            assert one == wanted[i]


def test_names_leave_marks_free_and_keep_off_lines() -> None:
    """A name takes the place where neither a mark nor a line is; where all is taken there is no name."""
    room, name = Area(100, 100, 100, 100), Area(100, 100, 20, 7)
    below = place_names([name], [], [], room)[0]
    assert below is not None
    line = ((below.x - 50, below.y), (below.x + 50, below.y))
    above = place_names([name], [], [line], room)[0]
    assert above is not None
    assert above != below
    assert not above.crossed(*line)
    assert below.crossed(*line)
    assert place_names([name], [Area(100, 100, 100, 100)], [], room) == [None]
    twice = place_names([name, name], [], [], room)
    assert None not in twice
    assert twice[0] != twice[1]


_POINTS = st.lists(st.tuples(st.floats(-60, 60), st.floats(-60, 60)), min_size=1, max_size=25)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(_POINTS, st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_cells_fill_the_outline(towns: list[Point], share: Point) -> None:
    """Outline and cells are closed right-handed rings; cells part the outline, and a point lies in its nearest town's."""
    border = outline(towns)
    rings = cells(towns, border)
    assert len(rings) == len(towns)
    filled = [ring for ring in rings if ring]
    for ring in (border, *filled):
        assert ring[0] == ring[-1]
        assert _surface(ring) >= 0
    assert _surface(border) > 0
    assert math.isclose(math.fsum(map(_surface, filled)), _surface(border), rel_tol=1e-6)
    assert all(_holds(border, town, slack=0.0) for town in towns)
    xs, ys = [p[0] for p in border], [p[1] for p in border]
    point = min(xs) + share[0] * (max(xs) - min(xs)), min(ys) + share[1] * (max(ys) - min(ys))
    if _holds(border, point, slack=0.0):
        near = min(towns, key=lambda town: math.dist(town, point))
        assert any(
            _holds(ring, point, slack=1e-6) and math.dist(town, point) <= math.dist(near, point) + 1e-6
            for town, ring in zip(towns, rings, strict=True)
            if ring
        )


def _surface(ring: Ring) -> float:
    """Twice a ring's signed surface: positive if it is right-handed."""
    x, y = ring[0]
    return math.fsum((a[0] - x) * (b[1] - y) - (b[0] - x) * (a[1] - y) for a, b in pairwise(ring))


def _holds(ring: Ring, point: Point, slack: float) -> bool:
    return all(
        (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
        >= -slack * (1 + math.dist(a, b))
        for a, b in pairwise(ring)
    )


def test_a_line_has_no_hull() -> None:
    """Points on one line span nothing; a square's hull leaves out what is inside."""
    assert hull([(0, 0), (1, 1), (2, 2)]) == []
    assert hull([(0, 0), (2, 0), (2, 2), (0, 2), (1, 1)]) == [(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]


def _many(count: int, **more: Any) -> RouteMap:
    routes = tuple(
        MapRoute(
            f"R{i:03d}",
            DAY,
            COUNTIES[0][0],
            Place(120.1, 30.1, Exactness.own),
            tuple(
                MapStop(
                    5 * i + j, Place(120 + 0.3 * math.cos(i + j), 30.1 + 0.1 * math.sin(i * j), Exactness.own)
                )
                for j in range(4)
            ),
            **more,
        )
        for i in range(count)
    )
    return RouteMap("D-1", DAY, COUNTIES[:1], TOWNS, routes)


def test_routes_are_told_apart_in_any_print() -> None:
    """Forty routes have forty pairs of hue and dash, and each its own letter."""
    tree = ET.fromstring(draw_map(_many(40)))
    pairs = {
        (one.get("stroke"), one.get("stroke-dasharray", ""))
        for one in tree.iter()
        if one.get("stroke-width") == "2.4"
    }
    assert len(pairs) == 40 == len(HUES) * len(DASHES)
    names = letters(800)
    assert len(set(names)) == 800
    assert names[:2] == ["A", "B"]
    assert names[25:28] == ["Z", "AA", "AB"]
    assert names[702] == "AAA"


def test_white_reads_on_every_hue() -> None:
    """Each hue has a contrast of at least 4.5 to white (WCAG 2, AA), as mark and as ink."""
    for hue in HUES:
        shares = [int(hue[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5, hue


def test_direct_routes_are_marked() -> None:
    """A route whose team the head names is said to be so, and drawn double; without one the legend has no such sign."""
    plain, direct = draw_map(_many(2)), draw_map(_many(2, direct=True))
    assert "直接委派" not in plain
    assert sum("直接委派" in text for text in _texts(direct)) == 3
    assert direct.count('stroke-width="4.4"') > 0
    rows = _by_kind(geojson(_many(2, direct=True)))["route"]
    assert [row["properties"]["direct"] for row in rows] == [True, True]


def test_a_slip_in_coordinates_shrinks_nobody() -> None:
    """A place at nought degrees is listed as far off, and the others are drawn as large as without it."""
    found = _many(3)
    slip = MapRoute("R900", DAY, COUNTIES[0][0], NOWHERE, (MapStop(999, Place(0.0, 0.0, Exactness.own)),))
    more = RouteMap(found.draw, DAY, found.regions, found.towns, (*found.routes, slip))
    texts = _texts(draw_map(more))
    assert any(text.startswith("D1 · R900 · 检查 visit 999") and OFF["far"] in text for text in texts)
    assert "D1" not in texts
    scale = [text for text in texts if text.endswith(" km")]
    assert scale == [text for text in _texts(draw_map(found)) if text.endswith(" km")]
    assert len(scale) == 1


_ENTRIES = st.lists(st.tuples(st.integers(10, 90), st.booleans()), min_size=1, max_size=40)


@settings(derandomize=True, max_examples=150, deadline=None)
@given(_ENTRIES, st.integers(200, 600))
def test_columns_hold_every_entry(rows: list[tuple[int, bool]], height: int) -> None:
    """Entries stand once and in order, none over another; no column is too long or ends with a heading while more follows."""
    entries = [Entry(f"<{i}/>", float(size), head) for i, (size, head) in enumerate(rows)]
    placed, count, tallest = columns(entries, float(height))
    seen = [entry for i, (*_, entry) in enumerate(placed) if entry not in [e for *_, e in placed[:i]]]
    assert seen == entries
    by_column: dict[float, list[tuple[float, Entry]]] = {}
    for x, y, entry in placed:
        by_column.setdefault(x, []).append((y, entry))
    assert len(by_column) == count
    assert tallest == max(y + entry.height for column in by_column.values() for y, entry in column)
    for column in by_column.values():
        assert column[0][0] == 0
        assert all(y + entry.height <= after for (y, entry), (after, _) in pairwise(column))
        run = next((i for i, (_, entry) in enumerate(column) if not entry.head), len(column))
        assert column[-1][0] + column[-1][1].height <= height or run >= len(column) - 1
    for column in [*by_column.values()][:-1]:
        assert not column[-1][1].head


def test_columns_are_as_long_as_each_other() -> None:
    """What needs two columns is parted in the middle, and its heading stands over both."""
    title, rows = Entry("<t/>", 20.0, head=True), [Entry(f"<{i}/>", 50.0) for i in range(8)]
    placed, count, tallest = columns([title, *rows], 350.0)
    assert (count, tallest) == (2, 220.0)
    assert [y for _, y, entry in placed if entry == title] == [0.0, 0.0]
    assert columns([title, *rows], 420.0)[1:] == (1, 420.0)


def test_a_picture_is_of_one_day() -> None:
    """A map of several days has no picture."""
    found = _many(1)
    with pytest.raises(ValueError, match="one day"):
        draw_map(RouteMap(found.draw, None, found.regions, found.towns, found.routes))


_AGAIN = """
import hashlib
from tests.visits.test_maps import _many
from inspect_engine.visits.geojson import geojson
from inspect_engine.visits.map_picture import draw_map
print(hashlib.sha256((draw_map(_many(14)) + geojson(_many(14))).encode()).hexdigest())
"""


def test_the_same_map_has_the_same_bytes() -> None:
    """In other processes, under other orders of sets, picture and GeoJSON come out the same."""
    told = {
        subprocess.run(
            [sys.executable, "-c", _AGAIN],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(told) == 1
    assert len(told.pop().strip()) == 64
