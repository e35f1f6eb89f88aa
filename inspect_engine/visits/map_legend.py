"""The legend beside a map: each route in lines, the signs, and what is not drawn with its ground (图例); pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from inspect_engine.pictures import text
from inspect_engine.visits.map_marks import Area
from inspect_engine.visits.map_panel import County, off_map
from inspect_engine.visits.map_strokes import HIGH, Stroke, bold, mark_area, station_sign
from inspect_engine.visits.maps import MapRoute
from inspect_engine.visits.places import Exactness

#: Width of a column, and where its words begin [pixels].
COLUMN, _WORDS = 340, 62
_LINE = 17
_FIGURES = "检查次数、路上与全程分钟 visits, minutes of road and of day"
OFF = {"unknown": "没有坐标 no coordinates", "far": "坐标远在县外 far outside"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Parts of one entry, drawn from (0, 0) downward; ``head`` keeps it with what follows."""

    parts: str
    height: float
    head: bool = False


def legend(counties: Sequence[County]) -> list[Entry]:
    """Entries of all counties, with a line for each county where there are several."""
    found = [_title("批次与检查编号 · Routes, visits by number"), Entry(text(0, 12, _FIGURES, "n"), 24)]
    for county in counties:
        if len(counties) > 1:
            found.append(_title(county.name))
        found += [_route(route, stroke) for route, stroke in county.routes]
    return [*found, *_off(counties), *_signs(counties)]


def _title(words: str) -> Entry:
    return Entry(bold(0, 16, words), 26, head=True)


def _route(route: MapRoute, stroke: Stroke) -> Entry:
    """Line and letter, code and counts; who goes in numbers; the visits by number, in the order of the road."""
    mark = mark_area(stroke.letter, (26.0, 11.0))
    numbers = " → ".join(str(stop.number) for stop in route.stops)
    figures, beside = _figures(route), _WORDS + 12 + _width(route.code) * 13 / 12
    first = [] if beside + _width(figures) <= COLUMN else [figures]
    rows = [row for words in (*first, _team(route), numbers) for row in _fold(words)]
    parts = [
        stroke.line([(0.0, 11.0), (52.0, 11.0)]),
        stroke.mark(mark, stroke.letter, own=True),
        bold(_WORDS, 15, route.code),
        "" if first else text(beside, 15, figures, "n"),
        *(text(_WORDS, 15 + _LINE * i, row, "n") for i, row in enumerate(rows, 1)),
    ]
    return Entry("".join(parts), 28 + _LINE * len(rows))


def _figures(route: MapRoute) -> str:
    count = f"检查 {len(route.stops)}"
    if route.minutes is None or route.travel is None:
        return f"{count} · 抽取后有调整 changed"
    return f"{count} · 路上 {route.travel} · 全程 {route.minutes}"


def _team(route: MapRoute) -> str:
    slots = "、".join(f"{department} {number}" for department, number in route.slots)
    direct = " · 直接委派 direct" if route.direct else ""
    return f"岗位 slots {slots or '-'}{direct}"


def _fold(words: str, room: float = COLUMN - _WORDS) -> list[str]:
    """Break a line at blanks and commas, and within a word only where it is longer than the line."""
    rows = [""]
    for word in _words(words):
        for piece in _pieces(word, room):
            if rows[-1] and _width(rows[-1] + piece.rstrip()) > room:
                rows.append("")
            rows[-1] += piece
    return [row.rstrip() for row in rows if row.strip()]


def _words(words: str) -> Iterator[str]:
    word = ""
    for sign in words:
        word += sign
        if sign in " 、":
            yield word
            word = ""
    yield word


def _pieces(word: str, room: float) -> Iterator[str]:
    piece = ""
    for sign in word:
        if piece and _width(piece + sign) > room:
            yield piece
            piece = ""
        piece += sign
    yield piece


def _width(words: str) -> float:
    """Width at 12 pixels: a Chinese sign is as wide as high, others about half."""
    return math.fsum(12.0 if unicodedata.east_asian_width(sign) in "WF" else 6.3 for sign in words)


def _off(counties: Sequence[County]) -> list[Entry]:
    """Visits that are not drawn, by letter and place on the road, number and ground."""
    lost = [
        f"{stroke.letter}{order} · {route.code} · 检查 visit {stop.number}：{OFF[why]}"
        for county in counties
        for route, stroke in county.routes
        for order, stop in enumerate(route.stops, 1)
        if (why := off_map(county, stop.place))
    ]
    if not lost:
        return []
    rows = [row for one in lost for row in _fold(one, COLUMN - 10)]
    parts = "".join(text(0, 14 + _LINE * i, row, "n") for i, row in enumerate(rows))
    return [_title("不在图上 · Not on the map"), Entry(parts, _LINE * len(rows) + 10)]


def _signs(counties: Sequence[County]) -> list[Entry]:
    """The signs; a sign that is not on the map is not explained."""
    routes = [route for county in counties for route, _ in county.routes]
    stations = {route.station.exactness for route in routes}
    stops = {stop.place.exactness for route in routes for stop in route.stops}
    grey, line = Stroke("A", 5, direct=False), [(0.0, 12.0), (32.0, 12.0)]
    named = Stroke("A", 5, direct=True).line(line)
    rows = [
        (True, grey.mark(_sign(), "A1", own=True), "批次 A 的第 1 站 first stop of route A"),
        (
            not stops <= {Exactness.own, Exactness.unknown},
            grey.mark(_sign(), "A1", own=False),
            "按乡镇或县的位置 at its town's or county's place",
        ),
        (Exactness.own in stations, station_sign(16, 12, own=True), "驻地 station"),
        (
            Exactness.region in stations,
            station_sign(16, 12, own=False),
            "县的位置代驻地 the county's place for it",
        ),
        (True, grey.line(line, leg=True), "往返驻地 from and to the station"),
        (any(route.direct for route in routes), named, "直接委派 team named by the head"),
    ]
    shown = [Entry(sign + text(46, 16, words, "c"), 24) for there, sign, words in rows if there]
    return [_title("图例 · Signs"), *shown]


def _sign() -> Area:
    return Area(16, 12, mark_area("A1", (0, 0)).half, HIGH)


#: Left and top of each entry, the number of columns, and the height of the tallest.
Columns = tuple[list[tuple[float, float, Entry]], int, float]


def columns(entries: Sequence[Entry], height: float) -> Columns:
    """Flow entries into as few columns of a height as will do, all as long as each other as far as that goes.

    A heading is never the last of its column, and stands again over what goes on in the next.
    """
    best = _flow(entries, height)
    lower = height
    while best[1] > 1 and lower > _LINE:
        lower -= _LINE
        found = _flow(entries, lower)
        if found[1] > best[1]:
            break
        best = min(best, found, key=lambda one: one[2])
    return best


def _flow(entries: Sequence[Entry], height: float) -> Columns:
    placed: list[tuple[float, float, Entry]] = []
    column, y, tallest, title = 0, 0.0, 0.0, None
    for i, one in enumerate(entries):
        alone = i > 0 and entries[i - 1].head
        if y > 0 and not alone and y + _with_next(entries[i:]) > height:
            column, y = column + 1, 0.0
            if title is not None and not one.head:
                placed.append((column * (COLUMN + 16.0), y, title))
                y += title.height
        placed.append((column * (COLUMN + 16.0), y, one))
        y += one.height
        tallest, title = max(tallest, y), one if one.head else title
    return placed, column + 1, tallest


def _with_next(entries: Sequence[Entry]) -> float:
    """Height of the first entry and, after headings, of what they head."""
    heads = [one.height for one in takewhile(lambda one: one.head, entries)]
    return math.fsum([*heads, *(one.height for one in entries[len(heads) :][:1])])
