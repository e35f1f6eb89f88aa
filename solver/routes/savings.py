"""The start: tours joined end to start while a join saves most (节约法).

Joining tour A before tour B saves  cost(A) + cost(B) − cost(AB), where the day holds AB and suits it. The list of pairs of
stops is sorted once by what joining the two alone would save, the first by name among equals; each pair is looked at once,
when its stops stand at the end of one tour and at the start of another.
Source: Clarke and Wright, "Scheduling of vehicles from a central depot to a number of delivery points", 1964.
"""

from __future__ import annotations

import numpy as np

from solver.routes.grid import Grid

Path = tuple[int, ...]


def savings(grid: Grid) -> list[Path]:
    """Tours of nodes, each stop on one; all hold."""
    tour_of: dict[int, Path] = {node: (node,) for node in range(1, grid.nodes)}
    for i, j in _pairs(grid):
        a, b = tour_of[i], tour_of[j]
        if a[-1] == i and b[0] == j and a != b:
            joined = a + b
            if grid.cost(joined) < grid.cost(a) + grid.cost(b) and grid.held(joined):
                tour_of.update(dict.fromkeys(joined, joined))
    return sorted(set(tour_of.values()))


def _pairs(grid: Grid) -> list[tuple[int, int]]:
    """Pairs of stops that can follow each other, by falling saving."""
    t = grid.travel
    saved = t[1:, :1] + t[:1, 1:] - t[1:, 1:]
    reach = grid.first[1:, None] + grid.service[1:, None] + t[1:, 1:] <= grid.last[None, 1:]
    reach &= (grid.days[1:, None, :] & grid.days[None, 1:, :]).any(axis=2)
    np.fill_diagonal(reach, val=False)
    rows, columns = np.nonzero(reach)
    order = np.argsort(-saved[rows, columns], kind="stable")
    return list(zip((rows[order] + 1).tolist(), (columns[order] + 1).tolist(), strict=True))
