"""One county of a day on a map: outline, cells, names, ways, stops, scale and north (分县图); pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import count, pairwise

from inspect_engine.pictures import text
from inspect_engine.visits.map_marks import Area, place_marks, place_names
from inspect_engine.visits.map_strokes import GREY, INK, Stroke, mark_area, station_sign
from inspect_engine.visits.maps import MapRoute, MapStop, MapTown, RouteMap, known_of, letters
from inspect_engine.visits.outlines import Plane, Point, Ring, cells, outline, plane_of
from inspect_engine.visits.places import Degrees, Exactness, Place

#: Room about what is drawn, for marks at its edge; heights of the head and of the strip with scale and north [pixels].
EDGE, HEAD, STRIP = 26.0, 30.0, 30.0
#: A picture is never closer than so many kilometres across, and lower or higher than so many pixels.
_CLOSEST, _LOW, _HIGH = 4.0, 260.0, 800.0


@dataclass(frozen=True, slots=True)
class County:
    """One county of the day: its routes with their looks, and its towns."""

    code: str
    name: str
    routes: tuple[tuple[MapRoute, Stroke], ...]
    towns: tuple[MapTown, ...]

    @property
    def plane(self) -> Plane:
        """Kilometres about the middle of its towns, or of its routes where it has none."""
        return plane_of([(t.lon, t.lat) for t in self.towns] or [at for r, _ in self.routes for at in r.way])


def counties_of(found: RouteMap) -> list[County]:
    """Part the day by county; letters and looks go on from one county to the next, so that within one they differ most."""
    names, index = letters(len(found.routes)), count()
    counties = []
    for code, name in found.regions:
        routes = [route for route in found.routes if route.region == code]
        looks = [Stroke(names[i], i, direct=route.direct) for route, i in zip(routes, index, strict=False)]
        towns = tuple(town for town in found.towns if town.region == code)
        counties.append(County(code, name, tuple(zip(routes, looks, strict=True)), towns))
    return counties


def off_map(county: County, place: Place) -> str:
    """Why a place is not drawn: ``unknown``, or ``far`` from the county by more than its own size; empty if it is."""
    known = known_of(place)
    if known is None:
        return "unknown"
    return "far" if _far(county, known) else ""


def _far(county: County, degrees: Degrees) -> bool:
    """A slip in one body's coordinates must not shrink everybody else to a dot."""
    if not county.towns:
        return False
    plane = county.plane
    towns = [plane.at((t.lon, t.lat)) for t in county.towns]
    for axis, value in enumerate(plane.at(degrees)):
        low, high = min(t[axis] for t in towns), max(t[axis] for t in towns)
        reach = max(high - low, 15.0)
        if not low - reach <= value <= high + reach:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Frame:
    """Degrees to pixels of a panel whose map has its upper left corner at (0, 0)."""

    plane: Plane
    west: float
    north: float
    scale: float
    width: float
    height: float

    def at(self, degrees: Degrees) -> Point:
        """Where degrees are drawn."""
        return self.pixel(self.plane.at(degrees))

    def pixel(self, point: Point) -> Point:
        """Where a point of the plane is drawn."""
        return (point[0] - self.west) * self.scale, (self.north - point[1]) * self.scale

    @property
    def room(self) -> Area:
        """The whole map."""
        return Area(self.width / 2, self.height / 2, self.width / 2 - 3, self.height / 2 - 3)


def frame_of(county: County, width: float, highest: float = _HIGH) -> Frame:
    """Fit the county's outline and all that is drawn into a width."""
    plane = county.plane
    points = [*outline([plane.at((t.lon, t.lat)) for t in county.towns]), *map(plane.at, _drawn(county))]
    xs, ys = [p[0] for p in points] or [0.0], [p[1] for p in points] or [0.0]
    east, north = max(max(xs) - min(xs), _CLOSEST), max(max(ys) - min(ys), _CLOSEST / 2)
    scale = min((width - 2 * EDGE) / east, (highest - 2 * EDGE) / north)
    height = max(_LOW, north * scale + 2 * EDGE)
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    west, top = middle[0] - width / 2 / scale, middle[1] + height / 2 / scale
    return Frame(plane, west, top, scale, width, height)


def _drawn(county: County) -> list[Degrees]:
    places = [place for r, _ in county.routes for place in (r.station, *(s.place for s in r.stops))]
    return [at for at in map(known_of, places) if at is not None and not _far(county, at)]


def draw_county(county: County, frame: Frame) -> str:
    """Draw the map of a county."""
    stations = _stations(county, frame)
    stops = _stops(county, frame)
    taken = [Area(x, y, 9, 9) for x, y in stations]
    marks = place_marks([mark_area(words, at) for _, _, words, at in stops], taken, frame.room)
    ways = [(stroke, _way(county, route, frame)) for route, stroke in county.routes]
    lines = [pair for _, way in ways for pair in pairwise(way)]
    return "".join(
        [
            *_ground(county, frame),
            *(_line(stroke, way, stations) for stroke, way in ways),
            *_names(county, frame, [*taken, *marks], lines),
            *(station_sign(x, y, own=own) for (x, y), own in stations.items()),
            *(
                stroke.leader(at, mark)
                for (stroke, _, _, at), mark in zip(stops, marks, strict=True)
                if mark.moved(*at) != mark
            ),
            *(
                stroke.mark(mark, words, own=stop.place.exactness is Exactness.own)
                for (stroke, stop, words, _), mark in zip(stops, marks, strict=True)
            ),
        ]
    )


def _stops(county: County, frame: Frame) -> list[tuple[Stroke, MapStop, str, Point]]:
    return [
        (stroke, stop, f"{stroke.letter}{order}", frame.at(at))
        for route, stroke in county.routes
        for order, stop in enumerate(route.stops, 1)
        if (at := known_of(stop.place)) is not None and not _far(county, at)
    ]


def _stations(county: County, frame: Frame) -> dict[Point, bool]:
    """Where stations are drawn, and whether it is their own place."""
    found: dict[Point, bool] = {}
    for route, _ in county.routes:
        at = known_of(route.station)
        if at is not None and not _far(county, at):
            point = frame.at(at)
            found[point] = found.get(point, False) or route.station.exactness is Exactness.own
    return found


def _way(county: County, route: MapRoute, frame: Frame) -> list[Point]:
    return [frame.at(at) for at in route.way if not _far(county, at)]


def _line(stroke: Stroke, way: list[Point], stations: dict[Point, bool]) -> str:
    """A way; its legs from and to the station are thin, so that stations are no knots."""
    if len(way) > 2 and way[0] in stations:
        legs = stroke.line(way[:2], leg=True) + stroke.line(way[-2:], leg=True)
        return legs + stroke.line(way[1:-1])
    return stroke.line(way)


def _ground(county: County, frame: Frame) -> list[str]:
    """Outline, cells, and a dot for each town."""
    towns = [frame.plane.at((t.lon, t.lat)) for t in county.towns]
    border = outline(towns)
    if not border:
        return []
    inner = "".join(_path(ring, frame) for ring in cells(towns, border) if ring)
    dots = [frame.pixel(town) for town in towns]
    return [
        f'<path d="{_path(border, frame)}" fill="#f1f4f7" stroke="none"/>',
        f'<path d="{inner}" fill="none" stroke="#d3dae2" stroke-width="1"/>',
        f'<path d="{_path(border, frame)}" fill="none" stroke="#97a3b0" stroke-width="1.8"/>',
        *(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="1.8" fill="#97a3b0"/>' for x, y in dots),
    ]


def _path(ring: Ring, frame: Frame) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(frame.pixel, ring[:-1])) + "Z"


def _names(
    county: County, frame: Frame, taken: Sequence[Area], lines: Sequence[tuple[Point, Point]]
) -> list[str]:
    towns = sorted(county.towns, key=lambda t: (t.name, t.lon, t.lat))
    wanted = [Area(*frame.at((t.lon, t.lat)), 6.3 * len(t.name) + 2, 7) for t in towns]
    placed = place_names(wanted, taken, lines, frame.room)
    return [
        f'<text x="{area.x:.1f}" y="{area.y + 4.5:.1f}" text-anchor="middle" style="font-size:12px;fill:#64707d;'
        f'paint-order:stroke;stroke:#f1f4f7;stroke-width:3px;stroke-linejoin:round">{escape(town.name)}</text>'
        for town, area in zip(towns, placed, strict=True)
        if area is not None
    ]


def strip(frame: Frame, y: float) -> str:
    """Scale and north under a map: a round number of kilometres, a third of the width at most."""
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
    length = max((k for k in steps if k * frame.scale <= frame.width / 3), default=steps[0])
    wide, north = length * frame.scale, frame.width - 48
    return (
        f'<path d="M14 {y - 6:g}V{y:g}H{14 + wide:.1f}V{y - 6:g}M{14 + wide / 2:.1f} {y - 3:g}V{y:g}" '
        f'fill="none" stroke="{INK}" stroke-width="1.4"/>'
        f"{text(22 + wide, y + 1, f'{length:g} 千米 km', 'n')}"
        f'<path d="M{north:g} {y - 16:g}l5.5 17l-5.5 -4.5l-5.5 4.5z" fill="{GREY}"/>'
        f"{text(north + 10, y, '北 N', 'n')}"
    )
