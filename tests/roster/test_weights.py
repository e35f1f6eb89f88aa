"""Laws of the weights: what dr1 section 5 says, on every instance, in whole numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize

from solver.dr1.lottery import lottery
from solver.roster import weights as door
from solver.roster.caps import in_units
from solver.roster.staffing import Short
from solver.roster.weights import Weighed, weigh
from tests.roster.cases import Case, cases
from tests.roster.lawful import UNIT, faults

QUARTER = 2**30


def test_weights_obey_the_protocol_to_the_unit() -> None:
    """Sums, caps, loads and the optimum's conditions hold in whole units on every instance that can be staffed."""
    seen = raised = whole = 0
    for case in cases("weights", 400, planted=True, officers=9, routes=8, dates=5):
        for cap in (QUARTER, in_units(Fraction(1, 3)), in_units(Fraction(3, 10)), UNIT):
            weighed = weigh(case.instance(), cap)
            assert isinstance(weighed, Weighed)
            assert faults(case, weighed, cap) == []
            seen, raised = seen + 1, raised + bool(weighed.caps)
            whole += any(load.denominator == 1 and load for load in weighed.loads.values())
    assert seen == 1600
    assert raised > 200
    assert whole > 200


def test_without_settled_potentials_the_law_would_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """Potentials as the projections leave them do not fit the published caps: the law above can fail."""
    monkeypatch.setattr(door, "settle", lambda _instance, found, _caps: found)
    broken = 0
    for case in cases("weights", 400, planted=True, officers=9, routes=8, dates=5):
        try:
            weighed = weigh(case.instance(), QUARTER)
        except door.RosterError:
            broken += 1
        else:
            assert isinstance(weighed, Weighed)
            broken += bool(faults(case, weighed, QUARTER))
    assert broken > 0


def test_weights_are_those_of_greatest_entropy() -> None:
    """A general convex solver finds the same weights."""
    seen = 0
    for case in cases("entropy", 60, planted=True, officers=5, routes=4, dates=2):
        weighed = weigh(case.instance(), UNIT // 2)
        assert isinstance(weighed, Weighed)
        if len(weighed.weights) > 18 or len(weighed.weights) == len(case.slots):
            continue
        ours = np.array([w for _, _, w in weighed.weights]) / UNIT
        theirs = _general(case, weighed)
        if theirs is not None:
            assert _entropy(theirs) <= _entropy(ours) + 1e-5
            if _entropy(theirs) > _entropy(ours) - 1e-6:
                assert np.abs(ours - theirs).max() < 5e-3
                seen += 1
    assert seen > 15


def _entropy(x: np.ndarray) -> float:
    return float(-(x * np.log(np.maximum(x, 1e-300))).sum())


def _general(case: Case, weighed: Weighed) -> np.ndarray | None:
    """Solve the model of entropy.py with SLSQP from several starts, from the rows of sums written out one by one."""
    pairs = [(o, s) for o, s, _ in weighed.weights]
    routes, dates = case.route_of, case.date_of
    equal = [([s == slot for _, s in pairs], 1.0) for slot in sorted({s for _, s in pairs})]
    equal += [
        ([o == who for o, _ in pairs], float(weighed.loads[who])) for who in sorted({o for o, _ in pairs})
    ]
    caps = {r: weighed.caps.get(r, UNIT // 2) / UNIT for r in routes.values()}
    below = [
        ([o == a and dates[s] == d for o, s in pairs], 1.0) for a in case.days for d in set(dates.values())
    ]
    below += [([o == a and routes[s] == r for o, s in pairs], c) for a in case.days for r, c in caps.items()]
    a_eq, b_eq = np.array([r for r, _ in equal], float), np.array([b for _, b in equal])
    a_ub, b_ub = np.array([r for r, _ in below], float), np.array([b for _, b in below])
    start = np.array([w for _, _, w in weighed.weights]) / UNIT
    flat = np.linalg.lstsq(a_eq, b_eq, rcond=None)[0].clip(0.01, 0.99)
    found = []
    for share in (0.1, 0.5, 0.9):
        answer = minimize(
            lambda x: float((x * np.log(x)).sum()),
            share * start + (1 - share) * flat,
            jac=lambda x: np.log(x) + 1,
            bounds=[(1e-9, 1)] * len(pairs),
            constraints=[
                {"type": "eq", "fun": lambda x: a_eq @ x - b_eq, "jac": lambda _: a_eq},
                {"type": "ineq", "fun": lambda x: b_ub - a_ub @ x, "jac": lambda _: -a_ub},
            ],
            method="SLSQP",
            options={"maxiter": 1000, "ftol": 1e-13},
        )
        wrong = max(np.abs(a_eq @ answer.x - b_eq).max(), (a_ub @ answer.x - b_ub).max())
        if wrong < 1e-7:
            found.append(answer.x)
    return max(found, key=_entropy, default=None)


def test_names_decide_nothing() -> None:
    """Officers and slots under other names have the same weights, within the units of rounding."""
    seen = 0
    for case in cases("names", 60, planted=True):
        turned = {o: f"z{9 - int(o[1:])}" for o in case.days}
        other = Case(
            case.slots,
            tuple(sorted((turned[o], s) for o, s in case.pairs)),
            {turned[o]: n for o, n in case.days.items()},
        )
        first, second = weigh(case.instance(), QUARTER), weigh(other.instance(), QUARTER)
        assert isinstance(first, Weighed)
        assert isinstance(second, Weighed)
        there = {(o, s): w for o, s, w in second.weights}
        assert {(turned[o], s) for o, s, _ in first.weights} == set(there)
        assert all(abs(w - there[turned[o], s]) <= max(8, w // 5000) for o, s, w in first.weights)
        assert {turned[o]: load for o, load in first.loads.items()} == second.loads
        seen += 1
    assert seen == 60


def test_the_lottery_on_the_weights_gives_a_lawful_roster() -> None:
    """Each slot has one allowed officer, nobody has two slots a date, and loads are rounded down or up."""
    drawn = 0
    for number, case in enumerate(cases("lottery", 80, planted=True, officers=8, routes=8, dates=4)):
        weighed = weigh(case.instance(), QUARTER)
        assert isinstance(weighed, Weighed)
        roster = lottery(f"{number:064x}", [(s, d) for s, _, d in case.slots], weighed.weights)
        assert sorted(s for s, _ in roster) == sorted(s for s, _, _ in case.slots)
        assert all((o, s) in case.pairs for s, o in roster)
        dates = case.date_of
        assert len({(o, dates[s]) for s, o in roster}) == len(roster)
        for officer, load in weighed.loads.items():
            assert abs(sum(o == officer for _, o in roster) - load) < 1
        drawn += len(roster)
    assert drawn > 300


@pytest.mark.parametrize(
    ("slots", "pairs", "days"),
    [
        ([("s", "R", "d")], [("a", "s")], {"a": 1}),
        ([("s", "R", "d"), ("t", "R", "d")], [("a", "s"), ("b", "t")], {"a": 1, "b": 3}),
        ([("s", "R", "d"), ("t", "R", "d")], [(o, s) for o in "ab" for s in "st"], {"a": 1, "b": 1}),
        ([("s", "R", "d")], [(o, "s") for o in "abc"], {"a": 1, "b": 1, "c": 1}),
        (
            [(f"s{i}", f"R{i}", f"d{i}") for i in range(3)],
            [(o, f"s{i}") for o in "abc" for i in range(3)],
            {"a": 3, "b": 3, "c": 3},
        ),
        ([("s", "R", "d")], [("a", "s"), ("b", "s")], {"a": 5, "b": 1, "idle": 4, "gone": 0}),
        (
            [("s", "R", "d"), ("t", "Q", "e")],
            [("a", "s"), ("b", "s"), ("x", "t"), ("y", "t")],
            {"a": 1, "b": 1, "x": 1, "y": 1},
        ),
    ],
    ids=["one candidate", "forced", "as many as slots", "cap of a third", "whole loads", "idle", "apart"],
)
def test_edges(slots: list[tuple[str, str, str]], pairs: list[tuple[str, str]], days: dict[str, int]) -> None:
    """Instances at the edge of the model are weighed by the same law."""
    case = Case(tuple(slots), tuple(pairs), days)
    weighed = weigh(case.instance(), QUARTER)
    assert isinstance(weighed, Weighed)
    assert faults(case, weighed, QUARTER) == []


def test_short_of_officers_is_an_answer() -> None:
    """Where slots cannot be filled no weights come back, but the place where officers are short."""
    short = [c for c in cases("short", 120, planted=False) if isinstance(weigh(c.instance(), QUARTER), Short)]
    assert len(short) > 20
