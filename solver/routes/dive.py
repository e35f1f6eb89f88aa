"""A first whole answer from relaxations (潜水启发式): take the tours that they most want, and relax what is left.

Each step takes the tour with the largest share in the relaxation, and with it all with a share near one that are disjoint from
those taken; their stops leave the problem, the stock keeps what lies in the rest, and new tours are priced for it.
"""

from __future__ import annotations

from solver.routes.columns import generate, stock_of
from solver.routes.grid import Grid, part
from solver.routes.savings import Path

#: Rounds of pricing for what is left after a step.
_ROUNDS = 10


def dive(grid: Grid, tours: list[Path], labels: int, enough: float) -> list[Path]:
    """Find tours with each stop on one, beginning from a stock of tours.

    ``enough`` is the share from which on a tour is taken along with the first.
    """
    answer: list[Path] = []
    left, rest = list(range(1, grid.nodes)), tours
    while left:
        place = {node: i for i, node in enumerate(left, 1)}
        stock = stock_of(part(grid, left), [tuple(place[n] for n in t) for t in rest])
        relaxed = generate(stock, _ROUNDS if answer else 0, labels)
        columns, _ = stock.columns()
        taken = [tuple(left[n - 1] for n in t) for t in _wanted(columns, relaxed.share, enough)]
        gone = {node for tour in taken for node in tour}
        rest = [tuple(left[n - 1] for n in t) for t in columns]
        rest = [t for t in rest if gone.isdisjoint(t)]
        left = [node for node in left if node not in gone]
        answer += taken
    return answer


def _wanted(tours: list[Path], share: tuple[float, ...], enough: float) -> list[Path]:
    order = sorted(range(len(tours)), key=lambda p: (-round(share[p], 6), tours[p]))
    taken: list[Path] = []
    gone: set[int] = set()
    for p in order:
        if taken and share[p] < enough:
            break
        if gone.isdisjoint(tours[p]):
            taken.append(tours[p])
            gone.update(tours[p])
    return taken
