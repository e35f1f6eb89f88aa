"""Laws of whole loads, each against a walk over all whole vectors that a linear program can carry."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest

from solver.dr1.encoding import hexdigest, text
from solver.dr1.lottery import lottery
from solver.roster.caps import UNIT, smallest_caps
from solver.roster.cuts import least_under_caps
from solver.roster.errors import RosterError
from solver.roster.weights import Weighed, weigh
from solver.roster.whole import NoWholeLoads, drawn_order, whole_loads
from tests.roster.cases import Case, cases
from tests.roster.lawful import faults, sums
from tests.roster.test_loads import _Program

QUARTER, THIRD = UNIT // 4, -(-UNIT // 3)
SEED = hexdigest(text("tests", "whole"))


def _found(case: Case, cap: int, seed: str = SEED) -> dict[str, int] | None:
    instance = case.instance()
    found = whole_loads(instance, smallest_caps(instance, cap), drawn_order(instance.officers, seed))
    return None if isinstance(found, NoWholeLoads) else dict(zip(instance.officers, found, strict=True))


def _by_brute_force(case: Case, caps: dict[str, float], order: tuple[str, ...]) -> dict[str, int] | None:
    """First of all whole vectors by cost, then by the order, that a linear program carries."""
    program, zero = _Program(case, caps), np.zeros(len(case.pairs))
    dates = case.date_of
    most = [len({dates[s] for o, s in case.pairs if o == one}) for one in order]
    vectors = [v for v in product(*(range(n + 1) for n in most)) if sum(v) == len(case.slots)]

    def place(v: tuple[int, ...]) -> tuple[Fraction, tuple[int, ...]]:
        cost = sum((Fraction(n * n, case.days[o]) for o, n in zip(order, v, strict=True) if n), Fraction(0))
        return cost, tuple(-n for n in v)

    for vector in sorted(vectors, key=place):
        loads = {o: float(n) for o, n in zip(order, vector, strict=True)}
        if program.solve(zero, loads) is not None:
            return dict(zip(order, vector, strict=True))
    return None


def test_whole_loads_are_the_first_of_all() -> None:
    """Least Σ n²/a, and of equals the first in the drawn order, or rightly none, at caps that bind and that do not."""
    seen = none = bound = 0
    for case in cases("whole", 200, planted=True, officers=5, routes=4, dates=3):
        instance = case.instance()
        order = drawn_order(instance.officers, SEED)
        for cap in (QUARTER, THIRD, UNIT // 2, UNIT):
            exact = dict(zip(instance.routes, smallest_caps(instance, cap), strict=True))
            expected = _by_brute_force(case, {r: float(c) for r, c in exact.items()}, order)
            assert _found(case, cap) == expected
            seen, none = seen + 1, none + (expected is None)
            bound += expected is not None and expected != _found(case, UNIT)
    assert seen == 800
    assert none > 30
    assert bound > 5


def test_both_methods_agree_where_no_cap_binds() -> None:
    """The model with cuts, which knows no greedy, finds the same loads without caps."""
    seen = 0
    for case in cases("whole-two", 60, planted=True, officers=9, routes=8, dates=4):
        instance = case.instance()
        order = drawn_order(instance.officers, SEED)
        rank = [order.index(o) for o in instance.officers]
        caps = [Fraction(1)] * len(instance.routes)
        assert whole_loads(instance, caps, order) == least_under_caps(instance, caps, rank)
        seen += 1
    assert seen == 60


def test_weights_over_whole_loads_are_lawful_and_kept_by_every_roster() -> None:
    """Weights obey the protocol, sum to the whole load, and every seed's roster has just that many slots each."""
    seen = rosters = 0
    for case in cases("whole-weights", 80, planted=True, officers=9, routes=8, dates=5):
        instance = case.instance()
        for cap in (QUARTER, UNIT // 2, UNIT):
            found = weigh(instance, cap, drawn_order(instance.officers, SEED))
            if isinstance(found, NoWholeLoads):
                assert _found(case, cap) is None
                continue
            assert isinstance(found, Weighed)
            assert {o: int(load) for o, load in found.loads.items()} == _found(case, cap)
            assert faults(case, found, cap) == []
            total = sums(case, found)[3]
            assert all(total[o] == load * UNIT for o, load in found.loads.items())
            for number in range(3):
                roster = lottery(hexdigest(text("whole", str(number))), case.date_of.items(), found.weights)
                took = [officer for _, officer in roster]
                assert all(took.count(o) == load for o, load in found.loads.items())
                rosters += 1
            seen += 1
    assert seen > 150
    assert rosters > 450


def test_alike_officers_have_the_same_chance_of_the_slot_more() -> None:
    """Of two alike officers and one slot too many each gets it in half of 400 months, within six deviations."""
    slots = tuple((f"R{i}-1", f"R{i}", f"2026-12-0{i}") for i in (1, 2, 3))
    case = Case(slots, tuple((o, s) for o in ("anna", "berta") for s, _, _ in slots), {"anna": 3, "berta": 3})
    more = {"anna": 0, "berta": 0}
    for number in range(400):
        found = _found(case, UNIT, hexdigest(text("month", str(number))))
        assert found is not None
        assert sorted(found.values()) == [1, 2]
        more[max(found, key=lambda o: found[o])] += 1
    assert sum(more.values()) == 400
    assert all(abs(n - 200) < 60 for n in more.values())


def test_names_decide_nothing_but_through_the_order() -> None:
    """Under other names in the same order, and with slots told in another order, loads are the same."""
    seen = 0
    for case in cases("whole-names", 40, planted=True):
        turned = {o: f"z{9 - int(o[1:])}" for o in case.days}
        other = Case(
            case.slots[::-1],
            tuple((turned[o], s) for o, s in case.pairs),
            {turned[o]: n for o, n in case.days.items()},
        )
        order = drawn_order(sorted(case.days), SEED)
        for cap in (QUARTER, UNIT):
            first, second = case.instance(), other.instance()
            one = whole_loads(first, smallest_caps(first, cap), order)
            two = whole_loads(second, smallest_caps(second, cap), [turned[o] for o in order])
            if isinstance(one, NoWholeLoads) or isinstance(two, NoWholeLoads):
                assert one == two
                continue
            named = dict(zip(second.officers, two, strict=True))
            assert [named[turned[o]] for o in first.officers] == list(one)
            seen += 1
    assert seen > 50


def test_no_whole_loads_is_said() -> None:
    """Three officers at a third each for one slot: somebody's load is a fraction, and that is said, not rounded."""
    case = Case(
        (("R-1", "R", "2026-12-01"),), (("a", "R-1"), ("b", "R-1"), ("c", "R-1")), dict.fromkeys("abc", 1)
    )
    assert _found(case, THIRD) is None
    assert weigh(case.instance(), THIRD, ("a", "b", "c")) == NoWholeLoads()
    assert _found(case, UNIT) in (
        {"a": 1, "b": 0, "c": 0},
        {"a": 0, "b": 1, "c": 0},
        {"a": 0, "b": 0, "c": 1},
    )
    given = {max(order, key=lambda o: dict(zip("abc", found, strict=True))[o])
             for order in permutations("abc")
             if isinstance(found := whole_loads(case.instance(), [Fraction(1)], order), tuple)}  # fmt: skip
    assert given == set("abc")


_AGAIN = """
from tests.roster.test_whole import SEED, QUARTER, _found, cases
print([_found(case, QUARTER) for case in cases("whole-again", 25, planted=True, officers=9, routes=8, dates=4)])
"""


def test_another_process_finds_the_same() -> None:
    """Neither the process nor the order of its sets has a say."""
    here = str(
        [_found(c, QUARTER) for c in cases("whole-again", 25, planted=True, officers=9, routes=8, dates=4)]
    )
    for salt in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", _AGAIN],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == here
    assert "None" in here
    assert "o1" in here


def test_what_does_not_fit_a_whole_flow_is_said() -> None:
    """Caps whose denominators have no common multiple in 64 bits are refused, not rounded."""
    caps = [Fraction(n - 1, n) for n in (997, 991, 983, 977, 971, 967, 953)]
    slots = tuple((f"R{i}-1", f"R{i}", f"2026-12-0{i + 1}") for i in range(len(caps)))
    case = Case(slots, tuple((o, s) for o in "ab" for s, _, _ in slots), dict.fromkeys("ab", len(caps)))
    with pytest.raises(RosterError) as caught:
        whole_loads(case.instance(), caps, ("a", "b"))
    assert caught.value.code == "flow-overflow"
