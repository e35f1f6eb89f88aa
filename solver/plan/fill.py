"""A good plan of a large problem, unit by unit (逐步填充).

CP-SAT finds no first plan of a prefecture's months in a minute, and it need not: a gap is proved by the relaxation's bound
whoever found the plan. So it is asked for what is small, and the rest is set down unit by unit.

1. The year's totals beside the relaxation's: a thousand columns without months, rounded down or up, a few further away
   where that will not do.
2. The months of cells that are drawn to a large share, one class of one region at a time: their bodies come near the yearly
   cap, so that their tasks must fall together. Riskier classes go first: they bound the ratios of the others.
3. The other cells, first at the relaxation's numbers rounded down, then
    where the rows allow it, and it adds least work: minutes of the item, and a set-up only for what the largest
    fraction grows by; months that are full count dearer, and what rises above the relaxation's largest month
    by far the most                                                                                       (1)

What is lost to rounding goes to the cells that find most per minute added (2), until as much is found as by the relaxation:
what that gave up was given for evenness and few visits. Steps are of an eighth of what is still to come, so that a large
cell takes its turn with others. The rows are those of the model, so a plan that comes out keeps them all or is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from math import ceil, floor, inf

from solver.plan.evening import even
from solver.plan.rows import Model, Row
from solver.plan.sheet import Sheet
from solver.plan.together import together
from solver.plan.whole import Whole

#: Rows over the year's totals alone.
YEARLY = frozenset(
    {
        *("class-minimum", "class-maximum", "class-order", "item-minimum", "item-maximum"),
        *("general-cap", "slice", "region-maximum", "repeat"),
    }
)

#: How far the totals may lie from the relaxation's, tried in turn.
_ROOM = (0, 1, 4, 16)
#: Share of a cell from which its months are CP-SAT's to choose (2).
_MANY = 0.2


def fill(model: Model, wanted: Sequence[float], work: float) -> tuple[int, ...] | None:
    """Return the columns of a plan that keeps every row, or None where the way of (1) finds none.

    Parameters
    ----------
    wanted : sequence of float
        The relaxation's columns.
    work : float
        Deterministic work allowed for the totals.
    """
    wish = {j: sum(wanted[x] for x in xs) for j, xs in Sheet(model, wanted).months.items()}
    most = {j: ceil(number - 1e-6) for j, number in wish.items()}
    for room in _ROOM:
        totals = _totals(model, wish, room, work)
        least = _least(model, totals, work) if totals else None
        if totals is None or least is None:
            continue
        sheet = Sheet(model, wanted)
        if _set_down(sheet, wanted, least, totals, work):
            sheet.ordered = True
            enough = -sum(c * wanted[x] for x, c in model.aims[0].terms)
            _improve(sheet, most, enough)
            _improve(sheet, {j: cell.population for j, cell in enumerate(model.cells)}, enough)
            if sheet.kept():
                even(sheet)
                return sheet.columns()
    return None


def _set_down(
    sheet: Sheet, wanted: Sequence[float], least: Mapping[int, int], totals: Mapping[int, int], work: float
) -> bool:
    """Set down what the minima ask for, and towards the totals: cells of many first (2), then the others (3)."""
    model, months = sheet.model, sheet.months
    many = {j for j, cell in enumerate(model.cells) if totals[j] >= _MANY * cell.population}
    # Largest share first: what is nearly everybody has the fewest ways to fall together.
    order = sorted(totals, key=lambda j: (-totals[j] / model.cells[j].population, j))
    places = sorted({(-model.classes.index(cell.risk_class), cell.region) for cell in model.cells})
    for rank, region in places:
        like = (model.classes[-rank], region)
        inside = [
            j for j in order if j in many and (model.cells[j].risk_class, model.cells[j].region) == like
        ]
        if not together(sheet, inside, least, totals, wanted, work):
            return False
    for j in order:
        for x in () if j in many else months[j]:
            if (move := sheet.move(x, floor(wanted[x] + 1e-6))) is not None:
                sheet.apply(move)
    _batches(sheet, totals)
    return all(_place(sheet, months[j], least[j] - sheet.drawn(j)) for j in order)


def _totals(model: Model, wish: Mapping[int, float], room: int, work: float) -> dict[int, int] | None:
    """Whole totals of the year's cells beside the relaxation's, that keep the yearly rows and find most."""
    near = [
        (max(0, floor(wish[j] + 1e-6) - room), min(cell.population, ceil(wish[j] - 1e-6) + room))
        for j, cell in enumerate(model.cells)
    ]
    cell_of = {x: j for (j, _), x in model.draws.items()}
    most_found = {cell_of[x]: c for x, c in model.aims[0].terms}
    return _yearly(model, near, most_found, work)


def _least(model: Model, totals: Mapping[int, int], work: float) -> dict[int, int] | None:
    """Totals up to the given ones that keep the yearly rows with the least work."""
    # Small cells weigh a little more: a body of theirs moves the largest fraction, and so the visits, furthest.
    weight = {
        j: 100 * (1 + cell.task.minutes) + 100_000 // cell.population for j, cell in enumerate(model.cells)
    }
    return _yearly(model, [(0, totals[j]) for j in range(len(model.cells))], weight, work)


def _yearly(
    model: Model, domains: Sequence[tuple[int, int]], aim: Mapping[int, int], work: float
) -> dict[int, int] | None:
    """Totals within the domains that keep the yearly rows, and make the aim small."""
    cell_of = {x: j for (j, _), x in model.draws.items()}
    rows = [_by_cell(row, cell_of) for row in model.rows if row.kind in YEARLY]
    tops = tuple(cell.population for cell in model.cells)
    program = Whole(replace(model, tops=tops, rows=tuple(rows)), rows, domains=domains)
    program.aim(tuple(aim.items()))
    answer = program.solve(work)
    return dict(enumerate(answer.values)) if answer.values else None


def _by_cell(row: Row, cell_of: Mapping[int, int]) -> Row:
    terms = {cell_of[x]: c for x, c in row.terms}
    return replace(row, terms=tuple(terms.items()))


def _batches(sheet: Sheet, totals: Mapping[int, int]) -> None:
    """Set down the least of every batch, from cells that draw in any case."""
    cell_of = {x: j for (j, _), x in sheet.model.draws.items()}
    for row in sheet.model.rows:
        if row.kind != "batch":
            continue
        short = (row.low or 0) - sum(sheet.value[x] for x, _ in row.terms)
        columns: dict[int, list[int]] = defaultdict(list)
        for x, _ in row.terms:
            columns[cell_of[x]].append(x)
        for j in sorted(columns, key=lambda j: (-totals[j], j)):
            step = min(short, totals[j] - sheet.drawn(j))
            if step > 0 and _place(sheet, columns[j], step):
                short -= step


def _place(sheet: Sheet, columns: Sequence[int], count: int) -> bool:
    """Set down a number over the months where it is cheapest (1)."""
    while count > 0:
        steps = dict.fromkeys((count // 8, 1))
        best = next((move for step in steps if step and (move := sheet.cheapest(columns, step))), None)
        if best is None:
            return False
        sheet.apply(best)
        count -= best.step
    return True


def _improve(sheet: Sheet, targets: Mapping[int, int], enough: float = inf) -> None:
    """Add where most is found per minute (2), until so much is found or nothing more may be added."""
    months = sheet.months
    have = {j: sheet.drawn(j) for j in months}
    found = sum(sheet.found.get(x, 0) * n for x, n in enumerate(sheet.value))
    heap = [(0.0, j) for j in months if have[j] < targets[j]]
    heapify(heap)
    while heap and found < enough:
        said, j = heappop(heap)
        step = max(1, (targets[j] - have[j]) // 8)
        best = sheet.cheapest(months[j], step) or (sheet.cheapest(months[j], 1) if step > 1 else None)
        if best is None:
            continue
        worth = -best.found / (best.cost + 1)
        if heap and worth > heap[0][0] and worth != said:
            heappush(heap, (worth, j))
            continue
        sheet.apply(best)
        found += best.found
        have[j] += best.step
        if have[j] < targets[j]:
            heappush(heap, (worth, j))
