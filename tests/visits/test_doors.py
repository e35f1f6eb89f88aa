"""Doors: where coordinates are missing the town stands in, and no way is shorter than the rules say."""

from __future__ import annotations

from datetime import date, time, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.visits.doors import Door, Roads, Spot, by_coordinates

MONDAY = date(2026, 12, 7)
DAYS = tuple(MONDAY + timedelta(days=n) for n in range(12) if n % 7 < 5)
ROADS = Roads(
    speed=36, road=1_000_000, hop=300, town=900, far=1800, begins=32400, length=25200, route=28800, skill=1800
)
_spots = st.builds(
    Spot,
    st.sampled_from((None, 120.5, 120.9)),
    st.sampled_from((30.5, 30.6)),
    st.sampled_from(("", "330402001", "330411002")),
    st.booleans(),
)


def door(**changes: object) -> Door:
    """A door that opens at nine and is never shut."""
    plain: dict[str, object] = {"spot": Spot(120.5, 30.5), "street": "", "opens": 32400, "closes": 64800}
    return Door(**(plain | changes))  # type: ignore[arg-type]


@settings(derandomize=True)
@given(st.lists(_spots, min_size=2, max_size=6))
def test_no_way_is_shorter_than_the_rules_say(spots: list[Spot]) -> None:
    """Between two doors there is a hop at least, the town's time between two known by their town alone, and no way to itself."""
    found = by_coordinates(ROADS)(spots)
    assert found.dtype == np.int64
    assert not np.diag(found).any()
    for i, one in enumerate(spots):
        for j, other in enumerate(spots):
            if i == j:
                continue
            same = one.town == other.town != ""
            unknown = one.lon is None or other.lon is None
            least = ROADS.town if same and not (one.exact and other.exact) else ROADS.hop
            assert found[i, j] >= least
            if unknown:
                assert found[i, j] == (ROADS.town if same else ROADS.far)


def test_a_kilometre_takes_what_the_speed_says() -> None:
    """One degree of a great circle is 111.2 km: at 36 km/h 11,120 s, and a road factor of 1.3 makes it 1.3 times as long."""
    spots = [Spot(120.0, 30.0), Spot(120.0, 31.0)]
    plain = by_coordinates(ROADS)(spots)[0, 1]
    longer = Roads(36, 1_300_000, 300, 900, 1800, 32400, 25200, 28800, 1800)
    assert abs(int(plain) - 11_120) <= 5
    assert abs(int(by_coordinates(longer)(spots)[0, 1]) - plain * 1.3) <= 2


def test_an_agreed_day_is_the_only_one() -> None:
    """双预约: the agreed day, though the body is usually shut then; without one, the days of the window that it is open on."""
    window = (DAYS[0], DAYS[6])
    agreed = door(agreed_day=DAYS[3], closed_on=frozenset({DAYS[3].isoweekday()}))
    assert agreed.open_days(window, DAYS) == (3,)
    assert door(closed_on=frozenset({1, 2})).open_days(window, DAYS) == (2, 3, 4)
    assert door().open_days(window, DAYS) == tuple(range(7))


def test_a_body_that_is_always_shut_is_a_duty_all_the_same() -> None:
    """Where every day of the window is one of rest the window stands: the drawn are not let off by their own hours."""
    one = door(closed_on=frozenset({1, 2}))
    assert one.open_days((DAYS[0], DAYS[1]), DAYS) == (0, 1)


def test_an_agreed_day_outside_the_window_binds_nobody() -> None:
    """A date that was agreed for another window is not taken for this one."""
    assert door(agreed_day=DAYS[9]).open_days((DAYS[0], DAYS[1]), DAYS) == (0, 1)
    assert time(9).hour * 3600 == door().opens
