"""Tours in stock, and rounds that add to them (列生成).

A round relaxes the choice among the tours in stock (solver/routes/choice.py) and prices new ones by the worth of each stop
(solver/routes/pricing.py), until no new tour is found or the rounds are used up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from solver.routes.choice import Relaxed, choose, relax
from solver.routes.grid import Grid
from solver.routes.pricing import field as field_of
from solver.routes.pricing import price
from solver.routes.savings import Path


@dataclass(slots=True)
class Stock:
    """The cheapest order known for each set of stops that a tour can have."""

    grid: Grid
    of: dict[frozenset[int], tuple[int, Path]] = field(default_factory=dict)

    def add(self, tours: Iterable[Path]) -> int:
        """Take in tours that hold; returns how many were new or cheaper."""
        count = 0
        for tour in tours:
            key, cost = frozenset(tour), self.grid.cost(tour)
            if key not in self.of or cost < self.of[key][0]:
                self.of[key] = cost, tour
                count += 1
        return count

    def cost(self, tours: Iterable[Path]) -> int:
        """Cost of an answer, each tour in its cheapest order known."""
        return sum(self.of[frozenset(tour)][0] for tour in tours)

    def best(self, tours: Iterable[Path]) -> list[Path]:
        """Return the tours in their cheapest order known."""
        return [self.of[frozenset(tour)][1] for tour in tours]

    def columns(self) -> tuple[list[Path], list[int]]:
        """All tours and their costs, in an order of their own."""
        rows = sorted((tour, cost) for cost, tour in self.of.values())
        return [tour for tour, _ in rows], [cost for _, cost in rows]


def stock_of(grid: Grid, tours: Iterable[Path]) -> Stock:
    """Start a stock with single stops and the tours given."""
    stock = Stock(grid)
    stock.add((node,) for node in range(1, grid.nodes))
    stock.add(tours)
    return stock


def generate(stock: Stock, rounds: int, labels: int) -> Relaxed:
    """Add tours in at most so many rounds; returns the last relaxation."""
    grid = stock.grid
    field = field_of(grid)
    while True:
        tours, costs = stock.columns()
        relaxed = relax(grid.nodes, tours, costs)
        if rounds <= 0 or not stock.add(price(grid, field, relaxed.worth, labels)):
            return relaxed
        rounds -= 1


def widen(stock: Stock, relaxed: Relaxed, known: Sequence[Path], labels: int) -> None:
    """Add tours that a better answer than the known one could have (3) although the relaxation wants none of them."""
    room = int(stock.cost(known) - relaxed.value) + len(stock.grid.stops)
    stock.add(price(stock.grid, field_of(stock.grid), relaxed.worth, labels, room))


def pick(
    stock: Stock, relaxed: Relaxed, known: Sequence[Path], deterministic: float, most: int
) -> list[Path]:
    """Choose from the stock, beginning with a known answer; never a worse one.

    ``most`` bounds the tours that are looked at, those with the least reduced costs; less than all can miss the best.
    """
    if stock.cost(known) < relaxed.value + 1:
        return list(known)  # costs are whole: nothing in the stock is better
    room = stock.cost(known) - relaxed.value + len(stock.grid.stops)  # (3) of choice; worths are rounded
    keys = {frozenset(tour) for tour in known}
    rows = []
    for tour, cost in zip(*stock.columns(), strict=True):
        reduced = cost - int(relaxed.worth[list(tour)].sum())
        if reduced <= room or frozenset(tour) in keys:
            rows.append((frozenset(tour) not in keys, reduced, tour, cost))
    rows = sorted(rows)[:most]
    tours, costs = [row[2] for row in rows], [row[3] for row in rows]
    return [tours[p] for p in choose(tours, costs, range(len(keys)), deterministic)]
