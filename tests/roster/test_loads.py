"""Laws of caps, loads and support, each against a linear program or brute force that knows nothing of flows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from solver.roster.caps import smallest_caps
from solver.roster.loads import even_loads
from solver.roster.support import support
from tests.roster.cases import Case, cases

QUARTER = 2**30


class _Program:
    """Staffing as a linear program, its rows written out one by one."""

    def __init__(self, case: Case, caps: dict[str, float]) -> None:
        routes, dates = case.route_of, case.date_of
        self.pairs = list(case.pairs)
        self.slots = np.array([[p[1] == s for p in self.pairs] for s, _, _ in case.slots], float)
        rows = [([p[0] == o and dates[p[1]] == d for p in self.pairs], 1.0)
                for o in case.days for d in sorted(set(dates.values()))]  # fmt: skip
        rows += [([p[0] == o and routes[p[1]] == r for p in self.pairs], c)
                 for o in case.days for r, c in caps.items()]  # fmt: skip
        self.upper = np.array([r for r, _ in rows], float)
        self.limit = np.array([c for _, c in rows])
        self.officers = {o: np.array([p[0] == o for p in self.pairs], float) for o in case.days}

    def solve(
        self, cost: np.ndarray, loads: dict[str, float] | None = None, slack: float = 1e-9
    ) -> float | None:
        """Least cost, with the loads kept if given; None where nothing is feasible."""
        a_eq, b_eq = self.slots, np.ones(len(self.slots))
        upper, limit = self.upper, self.limit + slack
        for officer, load in (loads or {}).items():
            upper = np.vstack([upper, self.officers[officer], -self.officers[officer]])
            limit = np.append(limit, [load + slack, slack - load])
        answer = linprog(cost, A_ub=upper, b_ub=limit, A_eq=a_eq, b_eq=b_eq, bounds=(0, 1), method="highs")
        return float(answer.fun) if answer.status == 0 else None


def _caps(case: Case) -> dict[str, Fraction]:
    instance = case.instance()
    return dict(zip(instance.routes, smallest_caps(instance, QUARTER), strict=True))


def test_caps_can_be_kept_and_no_raised_one_is_larger_than_needed() -> None:
    """All caps together can be kept; one that was raised, made a little smaller, can no longer be."""
    raised = 0
    for case in cases("caps", 120, planted=True):
        caps = {r: float(c) for r, c in _caps(case).items()}
        zero = np.zeros(len(case.pairs))
        assert _Program(case, caps).solve(zero) is not None
        for route, cap in caps.items():
            if cap > 0.25 + 1e-9:
                smaller = {**caps, route: cap - 1e-4}
                assert _Program(case, smaller).solve(zero) is None
                raised += 1
    assert raised > 100


def test_loads_are_leximin() -> None:
    """The least load a day is as large as can be, then the next: linear programs fix one level after another."""
    seen = levels = 0
    for case in cases("loads", 80, planted=True):
        instance = case.instance()
        caps = smallest_caps(instance, QUARTER)
        loads = dict(zip(instance.officers, even_loads(instance, caps).loads, strict=True))
        assert sum(loads.values()) == len(case.slots)
        program = _Program(case, {r: float(c) for r, c in zip(instance.routes, caps, strict=True)})
        fixed: dict[str, float] = {}
        free = [o for o, days in case.days.items() if days]
        while free:
            level, stuck = _level(case, program, fixed, free)
            for officer in stuck:
                assert abs(float(loads[officer]) - level * case.days[officer]) < 1e-6
                fixed[officer] = float(loads[officer])
            free = [o for o in free if o not in stuck]
            levels += 1
        seen += 1
    assert seen == 80
    assert levels > 100


def _level(
    case: Case, program: _Program, fixed: dict[str, float], free: list[str]
) -> tuple[float, list[str]]:
    """Largest t at which all free officers have t a day, and those of them who cannot have more."""
    n = len(program.pairs)

    def widest(more: str | None, floor: float) -> float:
        cost = np.append(np.zeros(n), -1.0) if more is None else np.append(-program.officers[more], 0.0)
        rows = [np.append(-program.officers[o], case.days[o] if more is None else 0.0) for o in free]
        limit = [1e-10 if more is None else 1e-10 - floor * case.days[o] for o in free]
        upper = np.vstack([np.hstack([program.upper, np.zeros((len(program.upper), 1))]), *rows])
        exact = np.vstack(
            [np.hstack([program.slots, np.zeros((len(program.slots), 1))]),
             *[np.append(program.officers[o], 0.0) for o in fixed]]
        )  # fmt: skip
        answer = linprog(
            cost, A_ub=upper, b_ub=np.append(program.limit + 1e-10, limit), A_eq=exact,
            b_eq=np.append(np.ones(len(program.slots)), list(fixed.values())),
            bounds=[(0, 1)] * n + [(None, None)], method="highs",
        )  # fmt: skip
        assert answer.status == 0
        return float(-answer.fun)

    level = widest(None, 0.0)
    stuck = [o for o in free if widest(o, level - 1e-9) < level * case.days[o] + 1e-6]
    return level, stuck


def test_dropped_pairs_are_those_that_are_zero_in_every_staffing() -> None:
    """A pair is kept exactly if some staffing with the even loads gives it anything."""
    dropped = kept = 0
    for case in cases("support", 60, planted=True, officers=5, routes=4, dates=2):
        instance = case.instance()
        caps = smallest_caps(instance, QUARTER)
        even = even_loads(instance, caps)
        possible = set(instance.pair_names(support(instance, even).pair))
        program = _Program(case, {r: float(c) for r, c in zip(instance.routes, caps, strict=True)})
        loads = {o: float(load) for o, load in zip(instance.officers, even.loads, strict=True)}
        for i, pair in enumerate(program.pairs):
            cost = np.zeros(len(program.pairs))
            cost[i] = -1
            best = program.solve(cost, loads)
            assert best is not None
            assert (-best > 1e-5) == (pair in possible)
            dropped, kept = dropped + (pair not in possible), kept + (pair in possible)
    assert dropped > 20
    assert kept > 100


def test_one_more_officer_never_lowers_the_least_load() -> None:
    """Adding somebody who may go anywhere keeps the greatest load a day from growing."""
    seen = 0
    for case in cases("more", 60, planted=True):
        extra = Case(
            case.slots,
            tuple(sorted([*case.pairs, *(("zz", s) for s, _, _ in case.slots)])),
            {**case.days, "zz": 9},
        )
        assert _greatest(extra) <= _greatest(case)
        seen += 1
    assert seen == 60


def _greatest(case: Case) -> Fraction:
    instance = case.instance()
    loads = even_loads(instance, (Fraction(1),) * len(instance.routes)).loads
    days = instance.days_present.tolist()
    return max(load / n for load, n in zip(loads, days, strict=True) if n)
