"""Routes as GeoJSON (RFC 7946): WGS 84, longitude first, six decimals (a hand's breadth); pure.

Only what a register holds is written: the outlines of the picture are generated, and stand in no file of facts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from inspect_engine.visits.maps import MapRoute, RouteMap, known_of
from inspect_engine.visits.places import Degrees, Exactness, Place

_Feature = dict[str, Any]


def geojson(found: RouteMap) -> str:
    """Write a FeatureCollection: each route a line, each visit a point, each station a point once.

    A visit bears its number, its place on the road, and whose coordinates stand for its own; never a name or a key. What
    has no place keeps its properties and has no geometry (``null``, section 3.2). Desk routes have no features.
    """
    features = [_line(route) for route in found.routes]
    features += [one for route in found.routes for one in _visits(route)]
    features += _stations(found.routes)
    whole = {"type": "FeatureCollection", **_bounds(features), "features": features}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _line(route: MapRoute) -> _Feature:
    """A route from station to station through the places that are known; a lone place makes no line."""
    way = [_at(at) for at in route.way]
    said = {
        "kind": "route",
        "route": route.code,
        "day": route.day.isoformat(),
        "region": route.region,
        "visits": len(route.stops),
        "minutes": route.minutes,
        "travel_minutes": route.travel,
        "departments": dict(route.slots),
        "direct": route.direct,
    }
    return _feature(said, {"type": "LineString", "coordinates": way} if len(way) > 1 else None)


def _visits(route: MapRoute) -> list[_Feature]:
    return [
        _feature(
            {
                "kind": "visit",
                "visit": stop.number,
                "route": route.code,
                "day": route.day.isoformat(),
                "order": order,
                "begins": stop.begins.isoformat("minutes") if stop.begins else None,
                "departments": [department for department, _ in route.slots],
                "place": stop.place.exactness.value,
            },
            _point(stop.place),
        )
        for order, stop in enumerate(route.stops, 1)
    ]


def _stations(routes: Sequence[MapRoute]) -> list[_Feature]:
    """Each station once, with the routes that begin there."""
    found: dict[tuple[Degrees, Exactness], list[str]] = {}
    for route in routes:
        at = known_of(route.station)
        if at is not None:
            found.setdefault((at, route.station.exactness), []).append(route.code)
    return [
        _feature(
            {"kind": "station", "routes": sorted(set(codes)), "place": exactness.value},
            {"type": "Point", "coordinates": _at(at)},
        )
        for (at, exactness), codes in found.items()
    ]


def _point(place: Place) -> dict[str, Any] | None:
    at = known_of(place)
    return None if at is None else {"type": "Point", "coordinates": _at(at)}


def _at(degrees: Degrees) -> list[float]:
    return [round(degrees[0], 6), round(degrees[1], 6)]


def _feature(properties: dict[str, Any], geometry: dict[str, Any] | None) -> _Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _bounds(features: Sequence[_Feature]) -> dict[str, list[float]]:
    """``bbox``: west, south, east, north of all there is; none where nothing has a place (section 5)."""
    points: list[list[float]] = []
    for one in features:
        shape = one["geometry"]
        if shape is not None:
            points += shape["coordinates"] if shape["type"] == "LineString" else [shape["coordinates"]]
    if not points:
        return {}
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return {"bbox": [min(lons), min(lats), max(lons), max(lats)]}
