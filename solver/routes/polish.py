"""Better answers by solving parts of them again (局部重优化).

A part is one tour and the tours nearest to it, so many that they have about ``SIZE`` stops. The tours that cost most beside the
worth of their stops in the last relaxation come first: their excess adds up to all that an answer can still lose. A part is
solved by rounds of pricing and one choice; where that is better, it takes the place of the old tours, and tours that have
changed are looked at again. Nothing is accepted that is not better, so it ends.
Source: Taillard and Voss, "POPMUSIC — Partial optimization metaheuristic under special intensification conditions", 2002.
"""

from __future__ import annotations

from solver.routes.choice import Relaxed
from solver.routes.columns import Stock, generate, pick, stock_of
from solver.routes.grid import part
from solver.routes.problem import Work
from solver.routes.savings import Path
from solver.routes.search import around

#: Stops of a part, and tours that it has at least where tours are long.
SIZE, _TOURS = 28, 5
_ROUNDS, _MOST = 12, 1500


def polish(stock: Stock, answer: list[Path], relaxed: Relaxed, work: Work) -> list[Path]:
    """Solve parts again, at most ``work.parts`` of them; the stock takes in what they find."""
    grid = stock.grid
    fresh = set(answer)
    size = max(SIZE, _TOURS * (grid.nodes - 1) // len(answer))
    for _ in range(work.parts):
        if not fresh or sum(map(grid.cost, answer)) < relaxed.value + 1:
            break
        seed = max(sorted(fresh), key=lambda tour: grid.cost(tour) - int(relaxed.worth[list(tour)].sum()))
        fresh.remove(seed)
        some = around(grid, seed, answer, size)
        better = _solved(stock, some, work)
        if sum(map(grid.cost, better)) < sum(map(grid.cost, some)):
            new = set(better) - set(some)
            answer = [tour for tour in answer if tour not in set(some)] + better
            fresh = (fresh & set(answer)) | new
    return answer


def _solved(stock: Stock, some: list[Path], work: Work) -> list[Path]:
    """Tours of the same stops, as good or better."""
    nodes = sorted(node for tour in some for node in tour)
    place = {node: i for i, node in enumerate(nodes, 1)}
    within = [tour for _, tour in stock.of.values() if all(node in place for node in tour)]
    small = stock_of(part(stock.grid, nodes), sorted(tuple(place[n] for n in tour) for tour in within))
    known = [tuple(place[n] for n in tour) for tour in some]
    small.add(known)
    relaxed = generate(small, _ROUNDS, work.labels)
    best = pick(small, relaxed, small.best(known), work.deterministic, _MOST)
    stock.add(tuple(nodes[n - 1] for n in tour) for _, tour in small.of.values())
    return [tuple(nodes[n - 1] for n in tour) for tour in best]
