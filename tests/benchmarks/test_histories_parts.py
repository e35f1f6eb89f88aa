"""Parts of the histories' replay, on small cases counted by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise, permutations
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.histories_cases import Visit, case, routine
from benchmarks.histories_policies import SMOOTHED, Policy, apportion, capacity, rising, smoothed, stated
from benchmarks.histories_replay import (
    by_body,
    by_inspectors,
    chances,
    drawn,
    expected_order,
    firsts,
    nearest,
    ordered,
    replay,
    seed,
    unseen_after,
)
from benchmarks.histories_tables import spread

ON = {3: date(2020, 3, 15), 6: date(2020, 6, 15)}


def on(month: int, day: int, body: str, found: int = 0, who: str = "") -> Visit:
    """A visit of 2020."""
    return Visit(date(2020, month, day), body, bool(found), inspectors=who)


REAL = by_body(
    [
        on(3, 25, "a", 1, "red"),
        on(9, 1, "a", 0, "red"),
        on(6, 5, "b", 1, "blue"),
        on(6, 15, "c", 0, "blue"),
        on(1, 1, "d", 1, "red"),
    ]
)


def test_what_is_seen_is_the_nearest_inspection() -> None:
    """The nearest day counts, before or after; of two as near the earlier."""
    two = [on(3, 5, "a", 0), on(3, 25, "a", 1)]
    assert nearest(two, date(2020, 3, 16)).found
    assert not nearest(two, date(2020, 3, 14)).found
    assert not nearest(two[::-1], date(2020, 3, 15)).found


def test_figures_counted_by_hand() -> None:
    """Drawn in March: a, found 10 days sooner, and c; in June b, found 10 days later than really. d is never seen."""
    figures = replay({("a", 3): 1.0, ("c", 3): 1.0, ("b", 6): 1.0}, REAL, ON)
    assert figures.per_100 == pytest.approx(200 / 3)
    assert figures.sooner == pytest.approx((10 - 10) / 2)
    assert figures.unseen == pytest.approx(1 / 4)
    assert figures.unseen_found == pytest.approx(1 / 3)
    assert replay({("a", 3): 1.0}, REAL, ON).sooner == pytest.approx(10)
    assert replay({("b", 6): 1.0}, REAL, ON).sooner == pytest.approx(-10)


def test_inspectors_alone_find_their_own_mean() -> None:
    """Red found 2 of 3, blue 1 of 2; a visit by each is expected to find the mean of both, whoever was visited."""
    assert by_inspectors({("a", 3): 1.0, ("c", 3): 1.0}, REAL, ON) == pytest.approx(100 * (2 / 3 + 1 / 2) / 2)
    assert by_inspectors({}, REAL, ON) == 0


def test_chances_are_those_of_the_draws() -> None:
    """Over many seeds each body falls in each month as often as its chance says, and the figures' mean is the exact one."""
    policy = Policy("p", dict.fromkeys("abcd", "s"), {("s", 3): 1, ("s", 6): 2})
    chance = chances(policy)
    assert chance == {(b, m): p for b in "abcd" for m, p in ((3, 0.25), (6, 0.5))}
    runs = [drawn(policy, (3, 6), "test", i) for i in range(800)]
    assert all(len({b for b, _ in run}) == 3 for run in runs)
    for key, p in chance.items():
        assert sum(key in run for run in runs) / len(runs) == pytest.approx(p, abs=0.08)
    mean = fmean(replay(dict.fromkeys(run, 1.0), REAL, ON).per_100 for run in runs)
    assert mean == pytest.approx(replay(chance, REAL, ON).per_100, abs=3)


def test_never_seen_in_years_of_the_same_plan() -> None:
    """Half of one stratum each year, none of the other: after two years a quarter and all are unseen."""
    policy = Policy("p", {"a": "s", "b": "s", "c": "t", "d": "t"}, {("s", 3): 1, ("t", 3): 0})
    assert unseen_after(policy, 2) == pytest.approx((0.25 + 1) / 2)
    assert unseen_after(policy, 1) == pytest.approx(replay(chances(policy), REAL, ON).unseen)


def test_orders_are_expected_as_they_come_out() -> None:
    """The expected order is the mean over all orders of equal ranks, by every permutation."""
    visits = firsts([on(1, 1, "a", 1), on(2, 1, "b"), on(3, 5, "c", 1), on(4, 9, "d"), on(5, 9, "e", 1)])
    rank = {"a": 0.0, "b": 1.0, "c": 1.0, "d": 1.0, "e": 0.0}
    places = [v.day for v in visits]
    gains, early = [], []
    for order in permutations(visits):
        if [-rank[v.body] for v in order] == sorted(-rank[v.body] for v in order):
            hits = [(v.day - place).days for v, place in zip(order, places, strict=True) if v.found]
            gains.append(fmean(hits))
            early.append(sum(v.found for v in order[:2]) / 3)
    exact = expected_order(visits, rank)
    assert len(gains) == 12
    assert (exact.sooner, exact.first_half) == pytest.approx((fmean(gains), fmean(early)))
    run = ordered(visits, rank, seed("test", 1))
    assert any(run.sooner == pytest.approx(gain) for gain in gains)


def test_best_first_is_sooner_and_worst_first_later() -> None:
    """Of two visits with the problem at the second, the order that puts it first gains the days between."""
    visits = [on(1, 1, "a"), on(1, 31, "b", 1)]
    assert ordered(visits, {"a": 0, "b": 1}, seed("test", 0)).sooner == 30
    assert ordered(visits, {"a": 1, "b": 0}, seed("test", 0)).sooner == 0
    assert expected_order(visits, {"a": 0, "b": 0}).sooner == 15


def test_smoothed_classes_follow_the_history() -> None:
    """Never bad is low, now and then is middle, always is high; who has no history is at the mean, whoever stands beside."""
    visits = [on(m, 1, b, bad) for m in range(1, 9) for b, bad in (("good", 0), ("bad", 1), ("half", m % 2))]
    assert smoothed(visits, ["half", "good", "bad"]) == {"good": "low", "half": "middle", "bad": "high"}
    assert smoothed(visits, ["bad", "good", "new"]) == {"good": "low", "new": "middle", "bad": "high"}
    assert set(smoothed([], ["a", "b"]).values()) == {SMOOTHED[0]}


def test_one_finding_does_not_make_the_riskiest() -> None:
    """One problem in one visit weighs less than eight in eight: the rate is shrunk by how often it was looked."""
    often = [on(m, 1, b, bad) for m in range(1, 9) for b, bad in (("good", 0), ("bad", 1))]
    assert smoothed([*often, on(2, 1, "once", 1)], ["good", "bad", "once"]) == {
        "good": "low",
        "once": "middle",
        "bad": "high",
    }


def test_a_stated_class_is_the_last_before_the_day() -> None:
    """A class that changes in the replay is not known before; who is new has its first."""
    visits = [
        Visit(date(2019, 1, 1), "a", found=False, risk_class="1"),
        Visit(date(2020, 2, 1), "a", found=False, risk_class="3"),
        Visit(date(2020, 3, 1), "b", found=False, risk_class="2"),
        Visit(date(2020, 9, 1), "b", found=False, risk_class="1"),
    ]
    one = case("chicago", visits, {}, start=date(2020, 1, 1), end=date(2020, 12, 31))
    assert stated(one, one.start) == {"a": "1", "b": "2"}


def test_follow_ups_and_second_visits_of_a_day_are_no_visits() -> None:
    """Of one day the finding counts; ten days later is a follow-up, also of a follow-up; eleven days is not."""
    visits = [on(1, 1, "a"), on(1, 1, "a", 1), on(1, 11, "a"), on(1, 20, "a"), on(1, 31, "a"), on(1, 5, "b")]
    assert [(v.day.day, v.body, v.found) for v in routine(visits)] == [
        (1, "a", True),
        (5, "b", False),
        (31, "a", False),
    ]


def test_capacity_is_a_share_of_the_bodies_in_the_months_of_real_visits() -> None:
    """Four bodies and six visits, half of the bodies: two visits, where the real ones were."""
    visits = [on(2, d, f"b{d}") for d in range(1, 5)] + [on(8, 1, "b1"), on(8, 2, "b2")]
    one = case("sf", visits, {}, start=date(2020, 2, 1), end=date(2020, 8, 31))
    room = capacity(one, 50)
    assert {key: n for key, n in room.items() if n} == {("other", 2): 1, ("other", 8): 1}
    assert sum(capacity(one, 100).values()) == 4


@given(st.integers(0, 500), st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_parts_add_up_and_lie_by_their_quota(total: int, weights: list[int]) -> None:
    """Parts add up to the total, none is a whole away from its share, and no weight means no part."""
    parts = apportion(total, weights)
    if not any(weights):
        assert parts == [0] * len(weights)
        return
    assert sum(parts) == total
    assert all(abs(p - Fraction(total * w, sum(weights))) < 1 for p, w in zip(parts, weights, strict=True))


@given(st.lists(st.integers(0, 60), min_size=3, max_size=3), st.integers(0, 100))
def test_class_ratios_rise_and_use_the_capacity(sizes: list[int], percent: int) -> None:
    """All is used, no ratio is above one, and none falls by more than rounding from the lowest class to the highest."""
    total = sum(sizes) * percent // 100
    parts = rising(sizes, total)
    assert sum(parts) == total
    assert all(0 <= part <= n for part, n in zip(parts, sizes, strict=True))
    real = [(p, n) for p, n in zip(parts, sizes, strict=True) if n]
    assert all(Fraction(p - 1, n) <= Fraction(q + 1, k) for (p, n), (q, k) in pairwise(real))


def test_ratios_are_as_one_to_two_to_three() -> None:
    """Where none is full the ratios are exactly so."""
    assert rising([10, 10, 10], 12) == [2, 4, 6]
    assert rising([10, 10, 10], 27) == [7, 10, 10]


def test_spread_leaves_out_a_run_at_each_end_of_twenty() -> None:
    """Of twenty runs the second lowest and second highest; of one, itself."""
    assert spread([float(i) for i in range(20)]) == "9.5 (1.0 to 18.0)"
    assert spread([2.0]) == "2.0 (2.0 to 2.0)"
