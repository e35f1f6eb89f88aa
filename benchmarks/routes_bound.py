"""A lower bound of day routes that no answer can pass: the relaxed choice among all tours (集合划分的线性松弛界).

With a worth π_i ≥ 0 of each stop and r(p) = cost(p) − Σ_{i ∈ p} π_i, every answer of m tours costs
  Σ π_i + Σ_p r(p) ≥ Σ π_i + M · min(0, min_p r(p))  with  m ≤ M = ⌊cost of an answer known / cost of a route⌋      (1)
for any π at all, so that nothing need be solved exactly but min_p r(p). That is found by growing tours one stop at a time and
dropping those that cannot become worth it:
  r(beginning) + B(last, time) ≥ 0                                                                                   (2)
where B(i, t) is the cheapest way home from i at t that may visit a stop again, with times rounded down to ``UNIT``; it is never
more than a true way home. Days and skills' costs are left out, which only lowers the bound.
Tours are whole: with a route at F = 10^9 the bound (1) tells that an answer no dearer than the known one, U, has
  m ≥ m_0 = ⌈(bound_F − U) / F⌉                                                                                      (3)
and, since cost = (road + (f − μ) m) + μ m for any μ ≥ 0,
  cost ≥ bound_{f − μ} + μ m_0                                                                                       (4)
The largest of a few μ is the bound told.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solver.routes.choice import relax
from solver.routes.columns import generate, stock_of
from solver.routes.grid import Grid, index
from solver.routes.lawful import cost
from solver.routes.problem import LARGEST, Problem, Tour

#: Rounding of times in B [s].
UNIT = 60
#: Beginnings of tours grown at once; more than this and there is no bound.
_ROOM = 3_000_000
_ROUNDS = 30


def bound(problem: Problem, tours: tuple[Tour, ...]) -> int:
    """Lower bound of the cost of any answer; ``tours`` is one, whose cost bounds the number of tours."""
    known, f = cost(problem, tours), problem.route_cost
    least = -(-(_relaxed(problem, tours, LARGEST, known // f) - known) // LARGEST)  # (3)
    return max(
        _relaxed(problem, tours, f - mu, known // f) + mu * least  # (4)
        for mu in (0, f // 4, f // 2, 3 * f // 4)
    )


def _relaxed(problem: Problem, tours: tuple[Tour, ...], route: int, most: int) -> int:
    """Bound (1) with another cost of a route, for answers of at most so many tours."""
    grid = index(replace(problem, route_cost=route), problem.stops)
    node = {stop.name: i for i, stop in enumerate(grid.stops, 1)}
    stock = stock_of(grid, [tuple(node[n] for n in t.stops) for t in tours])
    generate(stock, 40, 4000)
    best = 0
    for _ in range(_ROUNDS):
        worth = relax(grid.nodes, *stock.columns()).worth
        least, found = _cheapest(grid, worth)
        best = max(best, int(worth.sum()) + most * min(0, least))  # (1)
        if not stock.add(found):
            break
    return best


def _cheapest(grid: Grid, worth: np.ndarray) -> tuple[int, list[tuple[int, ...]]]:
    """Least reduced cost of a tour with every one that is below zero grown, and some of the cheapest."""
    home = _home(grid, worth)
    t, service = grid.travel, grid.service
    path = np.arange(1, grid.nodes, dtype=np.int16)[:, None]
    time = np.maximum(grid.first[1:], grid.begins + t[0, 1:])
    reduced = t[0, 1:] + grid.problem.route_cost - worth[1:]
    found: list[tuple[int, tuple[int, ...]]] = []
    while len(path):
        last = path[:, -1].astype(np.int64)
        back = time + service[last] + t[last, 0] <= grid.ends
        whole = np.where(back & (time <= grid.last[last]), reduced + t[last, 0], 2**60)
        cheap = np.argsort(whole, kind="stable")[:200]
        found += [(int(whole[k]), tuple(path[k].tolist())) for k in cheap if whole[k] < 2**60]
        begin = np.maximum(grid.first[None, 1:], (time + service[last])[:, None] + t[last, 1:])
        fine = begin <= grid.last[None, 1:]
        fine &= ~(path[:, :, None] == np.arange(1, grid.nodes)[None, None, :]).any(axis=1)
        grown = reduced[:, None] + t[last, 1:] - worth[None, 1:]
        slot = np.clip((begin - grid.begins) // UNIT, 0, home.shape[1] - 1)
        fine &= grown + home[np.arange(1, grid.nodes)[None, :], slot] < 0  # (2)
        old, new = np.nonzero(fine)
        if len(old) > _ROOM:
            raise OverflowError("too many tours for an exact bound")
        path = np.concatenate([path[old], (new + 1)[:, None].astype(np.int16)], axis=1)
        time, reduced = begin[old, new], grown[old, new]
    found.sort()
    return (found[0][0] if found else 0), [p for value, p in found[:400] if value < 0]


def _home(grid: Grid, worth: np.ndarray) -> np.ndarray:
    """B(i, t) by slots of time, from the last to the first (2)."""
    slots = (grid.ends - grid.begins) // UNIT + 1
    home = np.full((grid.nodes, slots + 1), 2**50, dtype=np.int64)
    everyone = np.arange(grid.nodes)
    lasts = (np.minimum(grid.last, grid.ends) - grid.begins) // UNIT
    firsts = np.maximum(0, (grid.first - grid.begins) // UNIT)
    spent = grid.service[:, None] + grid.travel
    for slot in range(slots - 1, -1, -1):
        back = slot * UNIT + spent[:, 0] <= grid.ends - grid.begins
        ways = np.where(back, grid.travel[:, 0], 2**50)
        # A step takes at least one slot: services here are longer than the unit.
        arrive = np.maximum((slot * UNIT + spent) // UNIT, firsts[None, :])
        arrive = np.maximum(arrive, slot + 1)
        open_ = arrive <= lasts[None, :]
        onward = home[everyone[None, :], np.minimum(arrive, slots)] + grid.travel - worth[None, :]
        onward = np.where(open_, onward, 2**50)
        onward[:, 0] = 2**50
        np.fill_diagonal(onward, 2**50)
        home[:, slot] = np.minimum(ways, onward.min(axis=1))
    return home
