"""Laws of the officers' closed form and of Newton's method, where departments are near their limits."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from solver.dr1.encoding import hexdigest, text
from solver.dr1.stream import Stream
from solver.roster.rows import Heads, best_rows
from solver.roster.weights import Weighed, weigh
from tests.roster.cases import Case
from tests.roster.lawful import faults

QUARTER = 2**30


def test_the_closed_form_is_the_best_of_its_rows() -> None:
    """For given slot potentials no lawful weights of one officer are better, by a general convex solver."""
    full = [0, 0, 0]
    for number in range(60):
        heads, u = _one_head(Stream(hexdigest(text("rows", str(number)))))
        rows = best_rows(heads, u)
        theirs = _general(heads, u)
        assert np.abs(rows.weight - theirs).max() < 2e-5
        assert (rows.block_log <= rows.head_log[0] + 1e-12).all()
        assert (rows.leg_log <= rows.block_log[heads.leg_block] + 1e-12).all()
        met = (rows.group == 0, (rows.group >= 1) & (rows.group < 4), rows.group >= 4)
        full = [n + bool(level.any()) for n, level in zip(full, met, strict=True)]
    assert min(full) > 10  # cases with pairs under no full limit, under a full date, under a full route


def _one_head(chance: Stream) -> tuple[Heads, np.ndarray]:
    """An officer with three dates, two routes a date, one or two slots a route, and a load below what the limits allow."""
    leg_block = np.repeat(np.arange(3), 2)
    pair_leg = np.repeat(np.arange(6), [1 + chance.below(2) for _ in range(6)])
    cap = np.array([(2 + chance.below(6)) / 10 for _ in range(6)])
    limit = np.array([(4 + chance.below(7)) / 10 for _ in range(3)])
    most = np.minimum(limit, np.bincount(leg_block, cap)).sum()
    heads = Heads(
        pair_leg=pair_leg,
        pair_slot=np.arange(len(pair_leg)),
        leg_block=leg_block,
        leg_cap=cap,
        block_head=np.zeros(3, dtype=np.int64),
        block_limit=limit,
        head_mass=np.array([most * (20 + chance.below(75)) / 100]),
        slots=len(pair_leg),
    )
    return heads, np.array([chance.below(400) / 100 - 2 for _ in pair_leg])


def _general(heads: Heads, u: np.ndarray) -> np.ndarray:
    size = len(u)
    leg = (heads.pair_leg == np.arange(6)[:, None]).astype(float)
    block = (heads.leg_block[heads.pair_leg] == np.arange(3)[:, None]).astype(float)
    upper, bound = np.vstack([leg, block]), np.concatenate([heads.leg_cap, heads.block_limit])
    mass = heads.head_mass[0]
    answer = minimize(
        lambda x: float((x * np.log(x) - x * u).sum()),
        np.full(size, mass / size),
        jac=lambda x: np.log(x) + 1 - u,
        bounds=[(1e-12, 1)] * size,
        constraints=[
            {"type": "eq", "fun": lambda x: x.sum() - mass, "jac": lambda _: np.ones(size)},
            {"type": "ineq", "fun": lambda x: bound - upper @ x, "jac": lambda _: -upper},
        ],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-14},
    )
    return np.asarray(answer.x)


def test_departments_near_their_limit_take_few_steps() -> None:
    """Weights obey the protocol, in a bounded number of steps, where most officers are needed on most dates."""
    seen = tight = dropped = 0
    for number in range(24):
        case = _department(Stream(hexdigest(text("tight", str(number)))))
        weighed = weigh(case.instance(), QUARTER)
        if isinstance(weighed, Weighed):
            assert faults(case, weighed, QUARTER) == []
            assert weighed.rounds <= 30
            seen += 1
            tight += any(date for _, _, date, _, _ in weighed.potentials)
            dropped += weighed.dropped > 0
    assert seen > 10
    assert tight > 5
    assert dropped > 2


def _department(chance: Stream) -> Case:
    """Eighteen officers with skills and leave, eight dates, and as many routes of two as three quarters of them can go on."""
    pool = [
        (f"o{i:02d}", chance.below(100) < 60, [chance.below(100) < 50 for _ in range(3)], chance.below(16))
        for i in range(18)
    ]
    slots: list[tuple[str, str, str]] = []
    pairs: list[tuple[str, str]] = []
    for date in range(8):
        there = [one for one in pool if one[3] != date]
        for number in range(len(there) * 3 // 8):
            skill = chance.below(5)
            for place in range(2):
                slot = f"R{date}{number}-{place}"
                slots.append((slot, slot[:-2], f"2026-12-0{date + 1}"))
                pairs += [
                    (code, slot)
                    for code, lead, skills, _ in there
                    if (lead if place else skill >= 3 or skills[skill])
                ]
    days = {code: 8 - (away < 8) for code, _, _, away in pool}
    return Case(tuple(slots), tuple(sorted(set(pairs))), days)
