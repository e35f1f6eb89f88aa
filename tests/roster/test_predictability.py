"""Forecasts of slots, bodies and officers: against their definitions, and against every outcome of the lottery."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import combinations
from math import isclose, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1.lottery import lottery
from solver.roster.predictability import (
    UNIT,
    bodies,
    effective_number,
    forecast,
    guess_rate,
    officers,
    sent,
    sureness,
)
from tests.dr1.test_lottery import Slots, Weights, _all_outcomes, instances

CHANCES = st.lists(st.integers(1, 1000), min_size=1, max_size=12)


def _routes(slots: Slots) -> dict[str, str]:
    return {slot: slot[:2] for slot, _ in slots}


@given(CHANCES)
def test_the_effective_number_lies_between_one_and_all(chances: list[int]) -> None:
    """One where all is on one, all where all are alike, never outside; zeros and scale change nothing."""
    found = effective_number(chances)
    assert 1 - 1e-9 <= found <= len(chances) + 1e-9
    assert isclose(found, effective_number([0, *(7 * c for c in chances), 0]))
    assert isclose(effective_number([3] * len(chances)), len(chances))
    assert effective_number([0, 5, 0]) == 1
    assert effective_number([]) == 0


def test_sureness_is_nought_for_a_blind_guess_and_one_where_all_is_known() -> None:
    """Four alike of four are no surer than blind; one of four is sure; two alike of four are half-way."""
    assert sureness(4, 4) == 0
    assert sureness(1, 4) == 1
    assert isclose(sureness(2, 4), 1 - log2(2) / log2(4))
    assert sureness(1, 1) == 1


@given(instances(2, 3, 4))
def test_chances_of_bodies_and_officers_are_those_of_all_outcomes(instance: tuple[Slots, Weights]) -> None:
    """Over the whole tree: who comes to a body, what of the team a guesser names, and how an officer's month looks."""
    slots, weights = instance
    route_of, date_of = _routes(slots), {slot[:2]: day for slot, day in slots}
    come: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    out: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    outcomes = list(_all_outcomes(lambda below: lottery("00" * 32, slots, weights, below=below)))
    for chance, roster in outcomes:
        for slot, officer in roster:
            come[route_of[slot], officer] += chance
            out[officer, date_of[route_of[slot]]] += chance
    chances = sent(weights, route_of)
    assert {
        (r, o): Fraction(q).limit_denominator(UNIT) for r, row in chances.items() for o, q in row.items()
    } == come
    team = {route: sum(r == route for r in route_of.values()) for route in chances}
    for body in bodies(chances, team, {}):
        size = team[body.route]
        there = {o: q for (r, o), q in come.items() if r == body.route}
        best = max(sum(there[o] for o in group) for group in combinations(there, size))
        assert isclose(body.named, best / size)
        assert body.largest == max(there.values())
        assert body.allowed == body.candidates == len(there)
        assert 0 <= body.sureness <= 1
    months = officers(chances, date_of, {})
    assert [one.officer for one in months] == sorted({w[0] for w in weights})
    for one in months:
        mine = {r: q for (r, o), q in come.items() if o == one.officer}
        assert isclose(one.expected, sum(mine.values()))
        assert one.largest == max(mine.values()) == mine[one.route]
        days = {d: q for (o, d), q in out.items() if o == one.officer}
        assert isclose(one.busiest, max(days.values()))
        assert isclose(one.busiest, days[one.date])


@given(instances(2, 3, 4), st.integers(0, 5))
def test_no_guesser_beats_the_guess_rate(instance: tuple[Slots, Weights], number: int) -> None:
    """Whoever names any officer for each slot is right no oftener than the rate, which the likeliest names reach."""
    slots, weights = instance
    found = forecast(weights, {})
    by_slot: dict[str, dict[str, int]] = {}
    for officer, slot, weight in weights:
        by_slot.setdefault(slot, {})[officer] = weight
    rate = guess_rate(found)
    names = {slot: sorted(row)[number % len(row)] for slot, row in by_slot.items()}
    assert sum(by_slot[s][o] for s, o in names.items()) / UNIT / len(slots) <= rate + 1e-12
    best = sum(max(row.values()) for row in by_slot.values()) / UNIT / len(slots)
    assert isclose(rate, best)
    assert all(one.sureness == sureness(one.effective, one.allowed) for one in found)
    assert guess_rate([]) == 0


def test_bars_make_a_slot_surer_than_its_weights_alone() -> None:
    """The bound counts who may go at all: two alike of eight allowed are surer than two of two."""
    weights = [("x", "r1", UNIT // 2), ("y", "r1", UNIT // 2)]
    (alone,), (among,) = forecast(weights, {"r1": 2}), forecast(weights, {"r1": 8})
    assert alone.sureness == 0
    assert among.sureness == pytest.approx(2 / 3)
