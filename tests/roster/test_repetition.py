"""Meetings of pairs: the forecast against every outcome of the lottery, its bounds, and tails that are true chances."""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction
from itertools import combinations
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1.encoding import hexdigest, text
from solver.dr1.lottery import lottery
from solver.roster.predictability import UNIT, sent
from solver.roster.repetition import (
    Pair,
    again_at_body,
    again_together,
    meetings,
    pair_forecasts,
    repetition,
    rosters,
    trials_for,
)
from tests.dr1.test_lottery import Slots, Weights, _all_outcomes, instances

COMMITMENT = "c0" * 32

#: A route, and two who meet on it.
Met = tuple[str, Pair]


def _even(slots: Slots, officers: tuple[str, ...]) -> Weights:
    """Every officer the same chance of every slot, what rounding leaves with each in turn."""
    share, rest = divmod(UNIT, len(officers))
    return [
        (one, slot, share + (rest if i == place % len(officers) else 0))
        for place, (slot, _) in enumerate(slots)
        for i, one in enumerate(officers)
    ]


def _order(seed: str, slots: Slots, weights: Weights) -> tuple[tuple[str, ...], ...]:
    """The order that a seed gives officers and slots (dr1 section 6)."""

    def place(tag: str, name: str) -> str:
        return hexdigest(text(tag, seed, name))

    codes = sorted({w[0] for w in weights}, key=lambda code: place("dr1/officer-order", code))
    return tuple(codes), tuple(
        s for s, _ in sorted(slots, key=lambda s: (s[1], place("dr1/slot-order", s[0])))
    )


def _exact(slots: Slots, weights: Weights, route_of: dict[str, str], orders: int) -> dict[Met, Fraction]:
    """Chance that a pair meets on a route: over all orders that a seed may give, and all outcomes under each."""
    found: dict[Met, Fraction] = defaultdict(Fraction)
    seen: set[object] = set()
    number = 0
    while len(seen) < orders:
        number += 1
        seed = hexdigest(text("an order", str(number)))
        order = _order(seed, slots, weights)
        if order in seen:
            continue
        seen.add(order)
        total = Fraction(0)
        for chance, roster in _all_outcomes(lambda below, s=seed: lottery(s, slots, weights, below=below)):  # type: ignore[misc]
            total += chance
            for met in meetings(dict(roster), route_of):
                found[met] += chance / orders
        assert total == 1
    return found


A, B = "2026-12-01", "2026-12-02"
#: Slots, officers, and how many orders a seed may give them; the last weights are uneven.
TINY: list[tuple[Slots, Weights, int]] = [
    ([("r1", A), ("r2", A)], _even([("r1", A), ("r2", A)], ("x", "y", "z")), 12),
    (
        [("r1", A), ("r2", A), ("q1", A)],
        _even([("r1", A), ("r2", A), ("q1", A)], ("x", "y", "z")),
        36,
    ),
    (
        [("r1", A), ("r2", A), ("q1", B), ("q2", B)],
        _even([("r1", A), ("r2", A), ("q1", B), ("q2", B)], ("x", "y", "z")),
        24,
    ),
    (
        [("r1", A), ("r2", A)],
        [
            *(("x", "r1", UNIT // 2), ("y", "r1", UNIT // 4), ("z", "r1", UNIT // 4)),
            *(("y", "r2", UNIT // 2), ("z", "r2", UNIT // 4), ("w", "r2", UNIT // 4)),
        ],
        48,
    ),
]


@pytest.mark.parametrize("case", TINY, ids=range(len(TINY)))
def test_the_forecast_is_what_walking_every_outcome_gives(case: tuple[Slots, Weights, int]) -> None:
    """Each pair's forecast chance lies within five standard errors of the exact one, and inside its exact bounds."""
    slots, weights, orders = case
    route_of = {slot: slot[0] for slot, _ in slots}
    exact = _exact(slots, weights, route_of, orders)
    trials = 3000
    drawn = list(rosters(COMMITMENT, slots, weights, trials))
    counts = Counter(met for roster in drawn for met in meetings(roster, route_of))
    assert set(counts) == {met for met, chance in exact.items() if chance > 0}
    chances = sent(weights, route_of)
    for (route, (first, second)), chance in exact.items():
        p, q = chances[route][first], chances[route][second]
        assert max(0, p + q - 1) - 1e-8 <= chance <= min(p, q) + 1e-8
        error = sqrt(float(chance * (1 - chance)) / trials) + 1 / trials
        assert abs(counts[route, (first, second)] / trials - chance) < 5 * error
    for one in pair_forecasts(drawn, route_of, chances):
        assert one.chance == min(counts[one.route, (one.first, one.second)] / trials, one.most)
        assert one.least <= one.most
    pairs = {pair for _, pair in counts}
    assert len(pairs) >= 3
    assert {(one.first, one.second) for one in pair_forecasts(drawn, route_of, chances)} == pairs


@given(instances(2, 3, 4), st.data())
def test_repeated_pairs_are_counted_as_they_stand(
    instance: tuple[Slots, Weights], data: st.DataObject
) -> None:
    """A second count over all pairs of slots, each asked by itself, finds the same numbers."""
    slots, weights = instance
    route_of = {slot: slot[:2] for slot, _ in slots}
    officers = sorted({w[0] for w in weights})
    pairs = list(combinations(officers, 2))
    before = {pair: data.draw(st.integers(0, 2)) for pair in pairs}
    at_body = {(o, r): data.draw(st.integers(0, 2)) for o in officers for r in sorted(set(route_of.values()))}
    for roster in rosters(COMMITMENT, slots, weights, 3):
        together = {
            (min(roster[a], roster[b]), max(roster[a], roster[b]))
            for a, b in combinations(roster, 2)
            if route_of[a] == route_of[b]
        }
        assert again_together(roster, route_of, before) == sum(before[pair] for pair in together)
        assert again_at_body(roster, route_of, at_body) == sum(
            at_body[officer, route_of[slot]] for slot, officer in roster.items()
        )


def test_the_mean_of_repeated_bodies_is_the_sum_of_chances() -> None:
    """The mean over many lotteries nears Σ q over last month's pairs, which needs no lottery."""
    slots, weights, _ = TINY[2]
    route_of = {slot: slot[0] for slot, _ in slots}
    before = {("x", "r"): 3, ("y", "q"): 1}
    counts = [again_at_body(r, route_of, before) for r in rosters(COMMITMENT, slots, weights, 2000)]
    exact = sum(n * sent(weights, route_of)[route][o] for (o, route), n in before.items())
    found = repetition(counts, None, 4, exact)
    assert found.expected == exact == pytest.approx(8 / 3)
    assert abs(sum(counts) / 2000 - exact) < 5 * found.deviation / sqrt(2000)
    assert found.deviation > 1


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(0, 6))
def test_tails_are_ranks(counts: list[int], observed: int) -> None:
    """The tails are ranks among the forecast's numbers and the observed one: never zero, at most one, together over one."""
    found = repetition(counts, observed, 9)
    both = sorted([*counts, observed])
    upper = sum(x >= observed for x in both) / len(both)
    lower = sum(x <= observed for x in both) / len(both)
    assert (found.upper, found.lower) == (upper, lower)
    assert found.odd(min(upper, lower))
    assert not found.odd(min(upper, lower) - 1e-9) or abs(found.z or 0) >= 4
    assert not repetition(counts, None, 9).odd(1)


def test_a_thin_tail_is_as_rare_as_it_says() -> None:
    """Of true rosters drawn by the same lottery, at most so many as u says have a tail of u, for every u."""
    slots = [(f"{r}{i}", A if r < "d" else B) for r in "abcdef" for i in (1, 2)]
    weights = _even(slots, tuple("stuvwxyz"))
    route_of = {slot: slot[0] for slot, _ in slots}
    before = dict.fromkeys(list(combinations("stuvwxyz", 2))[::3], 1)
    counts = [again_together(r, route_of, before) for r in rosters(COMMITMENT, slots, weights, 99)]
    true = [again_together(r, route_of, before) for r in rosters("ff" * 32, slots, weights, 1000)]
    uppers = [repetition(counts, x, len(before)).upper or 0 for x in true]
    assert len(set(uppers)) > 3
    for u in sorted(set(uppers)):
        assert sum(one <= u for one in uppers) / 1000 <= u + 0.1


def test_a_planted_repetition_is_odd() -> None:
    """A roster that brings all of last month's pairs together has the thinnest tail that the trials can show."""
    slots = [(f"{r}{i}", A if r < "c" else B) for r in "abcd" for i in (1, 2)]
    route_of = {slot: slot[0] for slot, _ in slots}
    weights = _even(slots, tuple("stuvwxyz"))
    before = {("s", "t"): 1, ("u", "v"): 1, ("w", "x"): 1, ("y", "z"): 1}
    counts = [again_together(r, route_of, before) for r in rosters(COMMITMENT, slots, weights, 200)]
    planted = dict(zip([s for s, _ in slots], "stuvwxyz", strict=True))
    found = repetition(counts, again_together(planted, route_of, before), 4)
    assert found.observed == 4
    assert found.expected < 1
    assert found.upper == 1 / 201
    assert found.odd(0.005)
    assert (found.z or 0) > 2


def test_few_lotteries_warn_of_what_is_far_outside_them() -> None:
    """With 20 lotteries no tail is thin; what is outside all of them and far is odd, what is near is not."""
    counts = [3, 4, 5, 4] * 5
    assert repetition(counts, 30, 40).odd(0.001)
    assert repetition(counts, 0, 40).odd(0.001)
    assert not repetition(counts, 6, 40).odd(0.001)
    assert not repetition(counts, 5, 40).odd(0.001)
    assert repetition([0] * 20, 1, 40).odd(0.001)
    assert not repetition([0] * 20, 0, 40).odd(0.001)


def test_the_same_draw_has_the_same_forecast() -> None:
    """A forecast depends on the commitment alone; another commitment gives other rosters."""
    slots, weights, _ = TINY[2]
    first = list(rosters(COMMITMENT, slots, weights, 20))
    assert first == list(rosters(COMMITMENT, slots[::-1], weights[::-1], 20))
    assert first != list(rosters("c1" * 32, slots, weights, 20))
    assert len({tuple(sorted(r.items())) for r in first}) > 10


@pytest.mark.parametrize(("weights", "trials"), [(0, 200), (10_000, 200), (20_000, 100), (10_000_000, 20)])
def test_large_draws_are_played_less_often(weights: int, trials: int) -> None:
    """200 lotteries, fewer where the weights are many, never under 20."""
    assert trials_for(weights) == trials
