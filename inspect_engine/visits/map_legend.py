"""The legend beside a map: each route in lines, the signs, and what is not drawn with its ground (图例); pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspect_engine.pictures import text
from inspect_engine.visits.map_marks import Area
from inspect_engine.visits.map_panel import County, off_map
from inspect_engine.visits.map_strokes import HIGH, Stroke, bold, mark_area, station_sign
from inspect_engine.visits.maps import MapRoute

#: Width of a column, and where its words begin [pixels].
COLUMN, _WORDS = 344, 76
_LINE = 17
OFF = {"unknown": "没有坐标 no coordinates", "far": "坐标远在县外 far outside"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Parts of one entry, drawn from (0, 0) downward; ``head`` keeps it with what follows."""

    parts: str
    height: float
    head: bool = False


def legend(counties: Sequence[County]) -> list[Entry]:
    """Entries of all counties, with a line for each county where there are several."""
    found = [_title("批次（字母）与经过的检查（编号） · Routes and their visits")]
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
    rows = [*_fold(_figures(route)), *_fold(_team(route)), *_fold(numbers)]
    parts = [
        stroke.line([(0.0, 11.0), (52.0, 11.0)]),
        stroke.mark(mark, stroke.letter, own=True),
        bold(_WORDS - 14, 15, route.code),
        *(text(_WORDS - 14, 15 + _LINE * i, row, "n") for i, row in enumerate(rows, 1)),
    ]
    return Entry("".join(parts), 24 + _LINE * len(rows) + 4)


def _figures(route: MapRoute) -> str:
    count = f"检查 visits {len(route.stops)}"
    if route.minutes is None or route.travel is None:
        return f"{count} · 抽取后有调整 changed since"
    return f"{count} · 路上 road {route.travel} · 全程 day {route.minutes} 分 min"


def _team(route: MapRoute) -> str:
    slots = "、".join(f"{department} {number}" for department, number in route.slots)
    direct = " · 直接委派 direct" if route.direct else ""
    return f"岗位 slots {slots or '-'}{direct}"


def _fold(words: str, room: float = COLUMN - _WORDS + 6) -> list[str]:
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
    grey = Stroke("A", 5, direct=False)
    rows = [
        (station_sign(16, 12, own=True), "驻地 station（空心 hollow：县治代 the seat for it）"),
        (grey.mark(_sign(), "A1", own=True), "批次 A 的第 1 站 first stop of route A"),
        (grey.mark(_sign(), "A1", own=False), "按乡镇或县的位置 at its town's or county's place"),
        (grey.line([(0.0, 12.0), (32.0, 12.0)], leg=True), "往返驻地 from and to the station"),
    ]
    if any(route.direct for route in routes):
        rows.append(
            (Stroke("A", 5, direct=True).line([(0.0, 12.0), (32.0, 12.0)]), "直接委派 named by the head")
        )
    return [_title("图例 · Signs"), *(Entry(sign + text(46, 16, words, "c"), 24) for sign, words in rows)]


def _sign() -> Area:
    return Area(16, 12, mark_area("A1", (0, 0)).half, HIGH)


def columns(entries: Sequence[Entry], height: float) -> tuple[list[tuple[float, float, Entry]], int, float]:
    """Flow entries into columns of a height: left and top of each, the number of columns, and the tallest.

    A heading is never the last of its column.
    """
    placed: list[tuple[float, float, Entry]] = []
    column, y, tallest = 0, 0.0, 0.0
    for i, one in enumerate(entries):
        need = one.height
        for after in entries[i:]:
            if not after.head:
                need = math.fsum(e.height for e in entries[i : entries.index(after, i) + 1])
                break
        if y > 0 and y + need > height:
            column, y = column + 1, 0.0
        placed.append((column * (COLUMN + 16.0), y, one))
        y += one.height
        tallest = max(tallest, y)
    return placed, column + 1, tallest
