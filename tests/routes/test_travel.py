"""Travel times from coordinates."""

from __future__ import annotations

from math import atan2, cos, radians, sin, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.routes.errors import RouteError
from solver.routes.travel import RADIUS, matrix

PLACE = st.tuples(st.floats(119, 123), st.floats(28, 32))


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great circle by the arc tangent of vectors: another formula than the haversine."""
    (x, p), (y, q) = ((radians(lon), radians(lat)) for lon, lat in (a, b))
    across = cos(q) * sin(y - x)
    along = cos(p) * sin(q) - sin(p) * cos(q) * cos(y - x)
    return RADIUS * atan2(sqrt(across**2 + along**2), sin(p) * sin(q) + cos(p) * cos(q) * cos(y - x))


def test_seconds_are_those_of_the_great_circle() -> None:
    """Each time is the great circle's, by the road's factor and the speed, rounded up; zero to itself."""
    count = 0

    @given(st.lists(PLACE, min_size=1, max_size=6), st.integers(5, 120), st.integers(1_000_000, 2_000_000))
    def law(places: list[tuple[float, float]], speed: int, road: int) -> None:
        nonlocal count
        made = matrix(places, speed, road)
        assert made.dtype == np.int64
        assert (made == made.T).all()
        assert (np.diag(made) == 0).all()
        for i, a in enumerate(places):
            for j, b in enumerate(places[:i]):
                exact = _metres(a, b) * road / 1e6 * 3.6 / speed
                assert exact - 0.01 <= made[i, j] <= exact + 1.01
                count += made[i, j] > 0

    law()
    assert count > 0


@pytest.mark.parametrize(
    ("code", "places", "speed", "road"),
    [
        ("travel-speed", [(120.0, 30.0)], 0, 1_300_000),
        ("travel-road", [(120.0, 30.0)], 35, 999_999),
        ("travel-place", [(30.0, 120.0)], 35, 1_300_000),
    ],
)
def test_faults(code: str, places: list[tuple[float, float]], speed: int, road: int) -> None:
    """No speed, a road shorter than the straight line and swapped coordinates are refused."""
    with pytest.raises(RouteError) as fault:
        matrix(places, speed, road)
    assert fault.value.code == code


def test_no_places() -> None:
    """No places make an empty matrix."""
    assert matrix([], 35, 1_000_000).shape == (0, 0)
