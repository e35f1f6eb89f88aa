"""The routes of a day as a picture (批次地图), without a tile server: outlines are generated from the towns' places.

A generated outline says which town is nearest, and between which counties a line runs; it is no survey, and the picture
says so. Visits bear numbers only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from inspect_engine.pictures import box, svg, text
from inspect_engine.visits.places import Degrees, Exactness, Place

#: Distinct in print and with colour blindness (Okabe and Ito, darkened), then by dash.
_HUES = ("#0072b2", "#d55e00", "#00795a", "#a8457e", "#7a5c00", "#333b44", "#3f3da8", "#8e1b1b")
_DASHES = ("", "9 4", "2 4", "12 4 2 4", "16 5")
_LEFT, _TOP, _SIDE, _LEAST = 20, 76, 330, 420
_WIDE = 860
#: Radius of a stop, and least distance of two [pixels].
_STOP, _APART = 8.5, 19.0
_KM = 111.32
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapStop:
    """A visit on a route, under its number in the draw, where it stands."""

    number: int
    place: Place


@dataclass(frozen=True, slots=True)
class MapRoute:
    """One route of the day: its stops in the order of the road, and the unit's station, if its place is known."""

    code: str
    station: Degrees | None
    stops: tuple[MapStop, ...]

    @property
    def way(self) -> list[Degrees]:
        """Known places from station to station."""
        known = [
            (s.place.lon, s.place.lat)
            for s in self.stops
            if s.place.lon is not None and s.place.lat is not None
        ]
        ends = [self.station] if self.station else []
        return [*ends, *known, *ends]


@dataclass(frozen=True, slots=True)
class MapTown:
    """A town of the register with a place: the outlines come from these."""

    name: str
    county: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class DayMap:
    """What a day's map shows; ``desk`` counts its routes that never leave the desk."""

    draw: str
    day: date
    routes: tuple[MapRoute, ...]
    towns: tuple[MapTown, ...]
    desk: int = 0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to pixels: as on a plane that touches the middle of the picture; ``scale`` is pixels a kilometre."""

    lon: float
    lat: float
    scale: float
    height: float

    def at(self, lon: float, lat: float) -> Point:
        east = (lon - self.lon) * math.cos(math.radians(self.lat)) * _KM
        north = (lat - self.lat) * _KM
        return _LEFT + _WIDE / 2 + east * self.scale, _TOP + self.height / 2 - north * self.scale

    def holds(self, point: Point, edge: float = 0) -> bool:
        x, y = point
        return _LEFT + edge <= x <= _LEFT + _WIDE - edge and _TOP + edge <= y <= _TOP + self.height - edge


def draw_map(found: DayMap) -> str:
    """Draw the map as an SVG file of its own, with a legend, a scale and north."""
    frame = _frame(found)
    legend, foot = _legend(found)
    height = round(max(_TOP + frame.height, foot) + 46)
    parts = [
        text(_LEFT, 34, f"{found.day.isoformat()} 检查批次 · Routes of the day", "t"),
        text(_LEFT, 56, _subtitle(found), "n"),
        f'<clipPath id="m"><rect x="{_LEFT}" y="{_TOP}" width="{_WIDE}" height="{frame.height:g}"/></clipPath>',
        box(_LEFT, _TOP, _WIDE, frame.height, "#f4f6f8"),
        f'<g clip-path="url(#m)">{"".join(_outlines(found.towns, frame))}</g>',
        *_roads(found, frame),
        *_scale_bar(frame),
        *_north(),
        *legend,
        text(_LEFT, height - 14, _NOTE, "n"),
    ]
    return svg(_LEFT * 3 + _WIDE + _SIDE, height, parts, alone=True) + "\n"


_NOTE = (
    "底图由登记的乡镇坐标生成，仅示意，不作界线依据。检查只标编号，名单封存。"
    " Outlines are generated from the towns' places and are no survey; visits bear numbers only."
)


def _subtitle(found: DayMap) -> str:
    stops = sum(len(route.stops) for route in found.routes)
    desk = f" · 案头批次 desk routes {found.desk}" if found.desk else ""
    return f"抽取 draw {found.draw} · 批次 routes {len(found.routes)} · 检查 visits {stops}{desk}"


def _frame(found: DayMap) -> _Frame:
    """Fit all ways into the picture's width, never closer than some 6 km across."""
    points = [at for route in found.routes for at in route.way] or [(t.lon, t.lat) for t in found.towns]
    lons, lats = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
    lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
    east = max((max(lons) - min(lons)) * math.cos(math.radians(lat)) * _KM, 6.0)
    north = max((max(lats) - min(lats)) * _KM, 3.0)
    scale = min((_WIDE - 110) / east, 760 / north)
    return _Frame(lon, lat, scale, min(860.0, max(float(_LEAST), north * scale + 110)))


def _outlines(towns: Sequence[MapTown], frame: _Frame) -> list[str]:
    """Cells of the towns: thin lines between two of a county, firm ones between counties and to the outside."""
    lines = ridges(towns)
    paths: dict[bool, list[str]] = {False: [], True: []}
    for one, other, border in lines:
        (x, y), (u, v) = frame.at(*one), frame.at(*other)
        paths[border].append(f"M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}")
    return [
        f'<path d="{"".join(paths[False])}" stroke="#d9dee4" stroke-width="1" fill="none"/>',
        f'<path d="{"".join(paths[True])}" stroke="#aab4bf" stroke-width="2" stroke-linecap="round" fill="none"/>',
    ]


def ridges(towns: Sequence[MapTown]) -> list[tuple[Degrees, Degrees, bool]]:
    """Lines between the towns' cells (Voronoi): both ends, and whether counties meet there, or a county and the outside.

    The outside is made of points of a grid that are far from every town.
    """
    import numpy as np
    from scipy.spatial import Voronoi, cKDTree

    places = {(t.lon, t.lat): t.county for t in towns}
    if len(places) < 4:
        return []
    points = np.array(sorted(places))
    stretch = np.array([math.cos(math.radians(float(points[:, 1].mean()))), 1.0])
    plane = points * stretch
    tree = cKDTree(plane)
    reach = 2.0 * float(np.quantile(np.asarray(tree.query(plane, k=2)[0])[:, 1], 0.9))
    low, high = plane.min(axis=0) - 2 * reach, plane.max(axis=0) + 2 * reach
    steps = [np.arange(low[i], high[i], max(reach / 3, float((high - low).max()) / 120)) for i in (0, 1)]
    grid = np.stack(np.meshgrid(*steps), axis=-1).reshape(-1, 2)
    outside = grid[np.asarray(tree.query(grid)[0]) > reach]
    counties = [places[lon, lat] for lon, lat in sorted(places)] + [""] * len(outside)
    cells = Voronoi(np.vstack([plane, outside]))
    found = []
    for (a, b), (i, j) in zip(cells.ridge_points, cells.ridge_vertices, strict=True):
        if min(i, j) >= 0 and min(a, b) < len(plane):
            one, other = cells.vertices[i] / stretch, cells.vertices[j] / stretch
            ends = (float(one[0]), float(one[1])), (float(other[0]), float(other[1]))
            found.append((*ends, counties[a] != counties[b]))
    return found


def _roads(found: DayMap, frame: _Frame) -> list[str]:
    """Ways, stations, stops, and the towns' names where these leave room."""
    stops = [
        (i, n, stop.place.exactness, frame.at(stop.place.lon, stop.place.lat))
        for i, route in enumerate(found.routes)
        for n, stop in enumerate(route.stops, 1)
        if stop.place.lon is not None and stop.place.lat is not None
    ]
    stations = sorted({frame.at(*route.station) for route in found.routes if route.station})
    marks = spread([at for *_, at in stops], stations)
    drawn: list[str] = []
    for i, route in enumerate(found.routes):
        own = [mark for mark, (of, *_) in zip(marks, stops, strict=True) if of == i]
        ends = [frame.at(*route.station)] if route.station else []
        drawn.append(_way([*ends, *own, *ends], i))
    names = _names(found.towns, frame, [*marks, *stations])
    pins = [_pin(x, y) for x, y in stations]
    dots = [
        _stop(mark, at, n, i, own=exact is Exactness.own)
        for mark, (i, n, exact, at) in zip(marks, stops, strict=True)
    ]
    return [*names, *drawn, *pins, *dots]


def spread(points: Sequence[Point], fixed: Sequence[Point] = ()) -> list[Point]:
    """Push marks apart until no two overlap, as little as that takes; the same for the same points, in any process."""
    moved = [*points]
    for _ in range(200):
        free = True
        for i in range(len(moved)):
            for j, other in [*enumerate(moved[:i]), *enumerate(fixed, -len(fixed))]:
                one = moved[i]
                x, y = one[0] - other[0], one[1] - other[1]
                gap = math.hypot(x, y)
                if gap >= _APART - 0.01:
                    continue
                free = False
                if gap < 0.01:  # the golden angle keeps those of one place apart
                    x, y, gap = math.cos(i * 2.399963), math.sin(i * 2.399963), 1.0
                    push = _APART
                else:
                    push = _APART - gap
                share = 1.0 if j < 0 else 0.5
                moved[i] = (one[0] + x / gap * push * share, one[1] + y / gap * push * share)
                if j >= 0:
                    moved[j] = (other[0] - x / gap * push / 2, other[1] - y / gap * push / 2)
        if free:
            break
    return moved


def _way(points: Sequence[Point], i: int) -> str:
    if len(points) < 2:
        return ""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return (
        f'<path d="{path}" fill="none" stroke="#fff" stroke-width="4.4" stroke-opacity=".8"/>'
        f'<path d="{path}" fill="none" {_stroke(i)}/>'
    )


def _stroke(i: int) -> str:
    dash = _DASHES[i // len(_HUES) % len(_DASHES)] if i >= len(_HUES) else ""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'stroke="{_HUES[i % len(_HUES)]}" stroke-width="2.2" stroke-linejoin="round"{dashed}'


def _stop(mark: Point, at: Point, n: int, i: int, *, own: bool) -> str:
    """A stop with its place on the road: full where the coordinates are the body's own, hollow where they are a town's."""
    (x, y), hue = mark, _HUES[i % len(_HUES)]
    leader = ""
    if math.dist(mark, at) > 4:
        leader = (
            f'<path d="M{x:.1f} {y:.1f}L{at[0]:.1f} {at[1]:.1f}" stroke="#55606c" stroke-width=".8"/>'
            f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="1.6" fill="#55606c"/>'
        )
    fill, ink = (hue, "#fff") if own else ("#fff", hue)
    return (
        f'{leader}<circle cx="{x:.1f}" cy="{y:.1f}" r="{_STOP}" fill="{fill}" '
        f'stroke="{hue if not own else "#fff"}" stroke-width="1.6"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" '
        f'style="font-size:11px;font-weight:600;fill:{ink}">{n}</text>'
    )


def _pin(x: float, y: float) -> str:
    return (
        f'<rect x="{x - 7:.1f}" y="{y - 7:.1f}" width="14" height="14" fill="#1d2733" stroke="#fff" stroke-width="1.5"/>'
        f'<path d="M{x - 3.5:.1f} {y + 3:.1f}V{y - 3.5:.1f}H{x + 3.5:.1f}V{y + 3:.1f}" '
        'stroke="#fff" stroke-width="1.4" fill="none"/>'
    )


def _names(towns: Sequence[MapTown], frame: _Frame, marks: Sequence[Point]) -> list[str]:
    """Names of towns, each only where neither a mark nor another name stands."""
    taken: list[tuple[float, float, float, float]] = [(x - 11, y - 11, x + 11, y + 11) for x, y in marks]
    taken.append((_LEFT, _TOP + frame.height - 44, _LEFT + 240, _TOP + frame.height))
    taken.append((_LEFT + _WIDE - 60, _TOP, _LEFT + _WIDE, _TOP + 70))
    found = []
    for town in sorted(towns, key=lambda t: (t.name, t.lon)):
        x, y = frame.at(town.lon, town.lat)
        half = 6.5 * len(town.name)
        area = (x - half, y - 10, x + half, y + 6)
        inside = frame.holds((x - half, y), 8) and frame.holds((x + half, y), 8)
        if inside and not any(_meet(area, other) for other in taken):
            taken.append(area)
            found.append(
                f'<text x="{x:.1f}" y="{y + 3:.1f}" text-anchor="middle" class="c" '
                f'style="fill:#7b8794">{escape(town.name)}</text>'
            )
    return found


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _scale_bar(frame: _Frame) -> list[str]:
    """A round number of kilometres, at most 180 pixels long."""
    length = max(
        (k for k in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500) if k * frame.scale <= 180), default=0.5
    )
    x, y, wide = _LEFT + 16, _TOP + frame.height - 18, length * frame.scale
    return [
        f'<path d="M{x} {y - 6:g}V{y:g}H{x + wide:.1f}V{y - 6:g}" fill="none" stroke="#1d2733" stroke-width="1.6"/>',
        text(x + wide + 8, y, f"{length:g} km", "c"),
    ]


def _north() -> list[str]:
    x, y = _LEFT + _WIDE - 28, _TOP + 18
    return [
        f'<path d="M{x} {y}l8 24l-8 -6l-8 6z" fill="#1d2733"/>',
        text(x, y + 40, "北 N", "c", "middle"),
    ]


def _legend(found: DayMap) -> tuple[list[str], float]:
    """Each route's line, code and visits in the order of the road; then the signs, and what has no place."""
    x, y = _LEFT * 2 + _WIDE, _TOP + 12
    parts = [text(x, y, "批次与检查编号（按行程）· Routes, visit numbers", "c")]
    for i, route in enumerate(found.routes):
        y += 22
        parts.append(f'<path d="M{x} {y - 4}h40" {_stroke(i)}/>')
        parts.append(text(x + 50, y, route.code))
        for row in _rows([str(stop.number) for stop in route.stops]):
            parts.append(text(x + 112, y, row, "n"))
            y += 16
        y -= 16
    y += 34
    parts += [_pin(x + 9, y - 4), text(x + 28, y, "驻地 station", "c")]
    for own, words in (
        (True, "数字为行程次序 place on the road"),
        (False, "按乡镇或区县坐标 at its town's place"),
    ):
        y += 24
        parts += [_stop((x + 9, y - 4), (x + 9, y - 4), 1, 0, own=own), text(x + 28, y, words, "c")]
    lost = [
        f"{route.code}: {stop.number}"
        for route in found.routes
        for stop in route.stops
        if stop.place.exactness is Exactness.unknown
    ]
    if lost:
        y += 32
        parts.append(text(x, y, "无坐标 without a place", "c"))
        for one in lost:
            y += 17
            parts.append(text(x, y, one, "n"))
    return parts, float(y)


def _rows(numbers: Sequence[str], room: int = 30) -> list[str]:
    """Break numbers into lines."""
    rows = [""]
    for number in numbers:
        more = f"{rows[-1]} → {number}" if rows[-1] else number
        if len(more) > room and rows[-1]:
            rows.append(f"→ {number}")
        else:
            rows[-1] = more
    return rows
