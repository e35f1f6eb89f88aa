"""Travel times from coordinates (路程): the way of the crow, a factor for the road, one speed.

  d_ij = 2 R asin √( sin²((φ_j−φ_i)/2) + cos φ_i cos φ_j sin²((λ_j−λ_i)/2) )     (1)  haversine, R = 6,371,008.8 m
  t_ij = ⌈ d_ij · road / speed ⌉  for i ≠ j,  t_ii = 0                           (2)

Any other matrix of whole seconds, of a map's router for example, can stand in its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.routes.errors import RouteError
from solver.routes.problem import LARGEST, Ints

#: Mean radius of the earth [m], IUGG.
RADIUS = 6_371_008.8


def matrix(places: Sequence[tuple[float, float]], speed: int, road: int) -> Ints:
    """Make a matrix of seconds.

    Parameters
    ----------
    places : sequence of (longitude, latitude)
        Degrees, both of one datum.
    speed : int
        Speed on the road [km/h], at least 1.
    road : int
        Length of the road beside the straight line [ppm], at least 1,000,000.

    Returns
    -------
    int64[n, n]
        Symmetric; equal places are 0 apart.

    Raises
    ------
    RouteError
        ``travel-speed``, ``travel-road``, ``travel-place``.
    """
    if speed < 1:
        raise RouteError("travel-speed", speed=speed)
    if not 1_000_000 <= road <= LARGEST:
        raise RouteError("travel-road", road=road)
    for i, (longitude, latitude) in enumerate(places):
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise RouteError("travel-place", row=i, longitude=longitude, latitude=latitude)
    degrees = np.array(places, dtype=np.float64).reshape(len(places), 2)
    metres = _haversine(np.radians(degrees[:, 0]), np.radians(degrees[:, 1]))
    # A thousandth of a second less before rounding up: the last bit of a sine must not move a whole second.
    seconds = np.ceil(metres * (road / 1e6) / (speed / 3.6) - 1e-3)
    return np.maximum(seconds, 0).astype(np.int64)


def _haversine(longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Metres from each to each (1)."""
    across = np.sin((longitude[:, None] - longitude[None, :]) / 2) ** 2
    along = np.sin((latitude[:, None] - latitude[None, :]) / 2) ** 2
    half = along + np.cos(latitude)[:, None] * np.cos(latitude)[None, :] * across
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
