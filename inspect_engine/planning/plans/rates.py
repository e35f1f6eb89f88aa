"""Rates of problems of the plan's cells from past findings (计划单元的问题发现率).

1. an item's rate among all items, a class's within its item, a region's within its class: each level shrunk toward
the one above it by ``solver.plan.rates``; before any findings all have the plain prior                      (1)
2. a line of several items finds a problem when any of them does. Their findings are taken as independent:
p = 1 - Π_k (1 - p_k), which overstates where problems come together                                         (2)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from solver.plan.problem import PPM, Rate
from solver.plan.rates import Past, Prior, shrink

#: (sub-item, class, region).
Cell = tuple[str, str, str]


def line_rates(
    items: Mapping[str, Iterable[str]],
    cells: Mapping[str, Iterable[tuple[str, str]]],
    past: Mapping[Cell, Past],
    prior: Prior,
) -> tuple[Rate, ...]:
    """Rates of each line's cells.

    Parameters
    ----------
    items : mapping
        Line → its sub-items.
    cells : mapping
        Line → its (class, region) pairs.
    past : mapping
        What was found before, by sub-item, class and region; nothing where nothing was inspected.
    prior : Prior
        What is thought before any findings.
    """
    of_item = shrink(_sums(past, lambda c: c[0], {i for line in items.values() for i in line}), prior)  # (1)
    found: dict[Cell, float] = {}
    for item, parent in of_item.items():
        wanted = {cell for line, mine in items.items() if item in mine for cell in cells[line]}
        inside = {cell: seen for cell, seen in past.items() if cell[0] == item}
        classes = shrink(_sums(inside, lambda c: c[1], {risk for risk, _ in wanted}), parent)
        for risk, above in classes.items():
            regions = {region for r, region in wanted if r == risk}
            here = {cell: seen for cell, seen in inside.items() if cell[1] == risk}
            for region, one in shrink(_sums(here, lambda c: c[2], regions), above).items():
                found[item, risk, region] = one.rate
    return tuple(
        Rate(task=line, risk_class=risk, region=region, rate=_together(found[i, risk, region] for i in mine))
        for line, mine in ((line, tuple(mine)) for line, mine in items.items())
        for risk, region in sorted(cells[line])
    )


def _together(rates: Iterable[float]) -> int:
    """(2) [ppm]."""
    clean = 1.0
    for rate in rates:
        clean *= 1 - rate
    return min(PPM, round((1 - clean) * PPM))


def _sums(past: Mapping[Cell, Past], of: Callable[[Cell], str], wanted: Iterable[str]) -> dict[str, Past]:
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name in wanted:
        total[name] = [0, 0]
    for cell, seen in past.items():
        total[of(cell)][0] += seen.found
        total[of(cell)][1] += seen.inspected
    return {name: Past(found, inspected) for name, (found, inspected) in sorted(total.items())}
