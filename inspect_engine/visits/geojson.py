"""Routes of a day as GeoJSON (RFC 7946): positions in WGS 84, longitude first, to six decimals; pure.

Only what a register holds is written: the outlines of the picture are generated, and stand in no file of facts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from inspect_engine.visits.maps import DayMap, MapRoute


def geojson(found: DayMap) -> str:
    """Write each route as a line from station to station, and its station and stops as points.

    A visit bears its number and its place on the road, and whose coordinates stand for its own; never a name. One whose
    place is not known has no geometry (``null``), as the RFC has it.
    """
    rows = [row for route in found.routes for row in _route(route)]
    whole = {"type": "FeatureCollection", "features": rows}
    return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _route(route: MapRoute) -> Iterator[dict[str, Any]]:
    way = [(stop.place.lon, stop.place.lat) for stop in route.stops]
    if route.station is not None:
        way = [route.station, *way, route.station]
        yield _feature({"kind": "station", "route": route.code}, "Point", _at(*route.station))
    line = [_at(lon, lat) for lon, lat in way if lon is not None and lat is not None]
    if len(line) > 1:
        yield _feature({"kind": "route", "route": route.code}, "LineString", line)
    for position, stop in enumerate(route.stops, 1):
        named = {
            "exactness": stop.place.exactness.value,
            "kind": "visit",
            "position": position,
            "route": route.code,
            "visit": stop.number,
        }
        lon, lat = stop.place.lon, stop.place.lat
        yield _feature(named, "Point", None if lon is None or lat is None else _at(lon, lat))


def _at(lon: float, lat: float) -> list[float]:
    return [round(lon, 6), round(lat, 6)]


def _feature(named: dict[str, Any], kind: str, at: list[Any] | None) -> dict[str, Any]:
    geometry = None if at is None else {"coordinates": at, "type": kind}
    return {"geometry": geometry, "properties": named, "type": "Feature"}
