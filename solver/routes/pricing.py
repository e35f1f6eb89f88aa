"""New tours that a linear program would take (列生成定价).

Data as in solver/routes/grid.py, and a worth π_i ≥ 0 of each stop [s]. A tour p is worth taking in if
  r(p) = cost(p) − Σ_{i ∈ p} π_i < 0                                                                   (1)
A label is a beginning of a tour: its stops, the last of them, the time there, its road so far, its days and skills. It grows by
a stop near its last one that is not yet in it, is reached before it closes, leaves time for the quickest way home, and has a day
in common with it                                                                                      (2)
Of labels with the same stops and the same last one the cheapest is kept, and of all with so many stops those with the least
  road + way home + skills − Σ π_i + (f / H) · time used                                               (3)
where f is the cost of a route and H the day's length: what a tour of full days earns for its time. It is a beam search: what it
finds is true, what it does not find may be there.
Numbers are whole throughout, so that no sum depends on its order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.routes.grid import Grid, Words
from solver.routes.problem import Ints
from solver.routes.savings import Path

#: Stops that may follow another in a new tour, nearest first.
NEAR = 24
#: New tours of one round, of them with one stop in common.
MOST, EACH = 600, 12
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """What every round of pricing asks of a grid: who may follow whom, the quickest way home, a number for each node."""

    near: Ints
    home: Ints
    marks: Words


@dataclass(frozen=True, slots=True, eq=False)
class _Labels:
    """Beginnings of tours with equally many stops."""

    path: NDArray[np.int16]
    time: Ints
    road: Ints
    worth: Ints
    mark: Words
    days: Words
    skills: Words

    def __getitem__(self, which: Ints) -> _Labels:
        return _Labels(
            self.path[which],
            self.time[which],
            self.road[which],
            self.worth[which],
            self.mark[which],
            self.days[which],
            self.skills[which],
        )

    @property
    def last(self) -> Ints:
        return self.path[:, -1].astype(np.int64)


def field(grid: Grid, near: int = NEAR) -> Field:
    """Prepare a grid for pricing."""
    t, service = grid.travel, grid.service
    reached = np.maximum(grid.first[:, None] + service[:, None] + t, grid.first[None, :])
    never = reached > grid.last[None, :]
    never |= ~(grid.days[:, None, :] & grid.days[None, :, :]).any(axis=2)
    wait = np.maximum(0, grid.first[None, :] - (grid.last[:, None] + service[:, None] + t))
    far = np.where(never, np.int64(2) ** 60, t + wait)
    np.fill_diagonal(far, 2**60)
    far[:, 0] = 2**60
    order = np.argsort(far, axis=1, kind="stable")[:, : min(near, grid.nodes)]
    closed = np.take_along_axis(far, order, axis=1) >= 2**60
    return Field(np.where(closed, -1, order).astype(np.int64), _home(t), _marks(grid.nodes))


def _home(travel: Ints) -> Ints:
    """Quickest way to the station, over other places where that is quicker."""
    home = travel[:, 0].copy()
    home[0] = 0
    while True:
        better = np.minimum(home, (travel + home[None, :]).min(axis=1))
        if np.array_equal(better, home):
            return home
        home = better


def _marks(nodes: int) -> Words:
    """A 64-bit number for each node (splitmix64); the sum over a set stands for the set."""
    z = (np.arange(1, nodes + 1, dtype=np.uint64)) * _MIX
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def price(grid: Grid, field: Field, worth: Ints, labels: int, room: int = 0) -> list[Path]:
    """Find tours with a reduced cost below zero (1), or below some room above it, the best first.

    Parameters
    ----------
    worth : int64[n+1]
        π, whole seconds; the station's is 0.
    labels : int
        Labels kept for each number of stops.
    """
    level = _first(grid, field, worth)
    found: list[tuple[Ints, _Labels]] = []
    while len(level.time):
        reduced = _reduced(grid, level)
        back = level.time + grid.service[level.last] + grid.travel[level.last, 0]
        good = np.flatnonzero((reduced < room) & (back <= grid.ends))
        good = good[np.argsort(reduced[good], kind="stable")][: 4 * MOST]
        found.append((reduced[good], level[good]))
        level = _kept(grid, _grown(grid, field, worth, level), labels)
    return _chosen(grid, found, EACH if room <= 0 else MOST)


def _reduced(grid: Grid, level: _Labels) -> Ints:
    """(1) as if the labels went home now."""
    kinds = np.bitwise_count(level.skills).sum(axis=1, dtype=np.int64)
    skills = grid.problem.skill_cost * np.maximum(0, kinds - 1)
    road = level.road + grid.travel[level.last, 0]
    reduced: Ints = road + skills + grid.problem.route_cost - level.worth
    return reduced


def _first(grid: Grid, field: Field, worth: Ints) -> _Labels:
    nodes = np.arange(1, grid.nodes)
    out = grid.travel[0, 1:]
    time = np.maximum(grid.first[1:], grid.begins + out)
    open_ = np.flatnonzero(time <= grid.last[1:])
    path = nodes[:, None].astype(np.int16)
    level = _Labels(path, time, out, worth[1:], field.marks[1:], grid.days[1:], grid.skills[1:])
    return level[open_]


def _grown(grid: Grid, field: Field, worth: Ints, level: _Labels) -> _Labels:
    """All labels longer by one stop (2)."""
    last = level.last
    after = field.near[last]
    leave = level.time + grid.service[last]
    begin = np.maximum(grid.first[after], leave[:, None] + grid.travel[last[:, None], after])
    fine = (after > 0) & (begin <= grid.last[after])
    fine &= begin + grid.service[after] + field.home[after] <= grid.ends
    for k in range(level.path.shape[1]):
        fine &= after != level.path[:, k, None]
    old, column = np.nonzero(fine)
    new = after[old, column]
    days = level.days[old] & grid.days[new]
    common = days.any(axis=1)
    old, column, new, days = old[common], column[common], new[common], days[common]
    return _Labels(
        path=np.concatenate([level.path[old], new[:, None].astype(np.int16)], axis=1),
        time=begin[old, column],
        road=level.road[old] + grid.travel[last[old], new],
        worth=level.worth[old] + worth[new],
        mark=level.mark[old] + field.marks[new],
        days=days,
        skills=level.skills[old] | grid.skills[new],
    )


def _kept(grid: Grid, level: _Labels, labels: int) -> _Labels:
    """Drop labels that others of the same stops and end beat, then all but the best (3)."""
    used = level.time + grid.service[level.last] + grid.travel[level.last, 0] - grid.begins
    length = grid.ends - grid.begins
    rank = _reduced(grid, level) + grid.problem.route_cost * used // length
    key = level.mark ^ (level.path[:, -1].astype(np.uint64) * _MIX)
    order = np.lexsort((rank, key))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = key[order][1:] != key[order][:-1]
    best = order[first]
    return level[best[np.argsort(rank[best], kind="stable")][:labels]]


def _chosen(grid: Grid, found: list[tuple[Ints, _Labels]], each: int) -> list[Path]:
    """The best of all lengths, few with the same stop, one of each set."""
    all_ = sorted(
        (r, tuple(p)) for rs, ls in found for r, p in zip(rs.tolist(), ls.path.tolist(), strict=True)
    )
    taken: list[Path] = []
    sets: set[frozenset[int]] = set()
    times = [0] * grid.nodes
    for _, path in all_:
        if min(times[node] for node in path) < each and frozenset(path) not in sets:
            taken.append(path)
            sets.add(frozenset(path))
            for node in path:
                times[node] += 1
        if len(taken) == MOST:
            break
    return taken
