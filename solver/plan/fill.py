"""A good plan of a large problem, unit by unit (逐步填充).

CP-SAT finds no first plan of a prefecture's months in a minute, and it need not: a gap is proved by the relaxation's bound
whoever found the plan. So it is asked for what is small, and the rest is set down unit by unit.

1. The year's totals that the minima ask for: a thousand columns without months, evenly over regions if that will do.
2. The months of cells that are drawn to a large share, one class of one region at a time: their bodies come near the yearly
   cap, so that their tasks must fall together. Riskier classes go first: they bound the ratios of the others.
3. The other cells, first at the relaxation's numbers rounded down, then
    where the rows allow it, and it adds least work: minutes of the item, and a set-up only for what the largest
    fraction grows by; months that are already full count dearer                                      (1)

What the means have left goes to the cells that find most per minute added (2): first up to what the relaxation draws, then
as far as the bounds reach. Steps are of an eighth of what is still to come, so that a large cell takes its turn with others.
The rows are those of the model, so a plan that comes out keeps them all or is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from math import ceil, floor

from solver.plan.model import Model, Row
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
    sheet = Sheet(model)
    months = sheet.months
    wish = {j: sum(wanted[x] for x in xs) for j, xs in months.items()}
    many = {j for j, cell in enumerate(model.cells) if wish[j] >= _MANY * cell.population}
    floors = {x: floor(wanted[x] + 1e-6) for (j, _), x in model.draws.items() if j not in many}
    least = {j: sum(floors.get(x, 0) for x in xs) for j, xs in months.items()}
    most = {j: max(least[j], ceil(wish[j] - 1e-6)) for j in months}
    even = {j: max(least[j], min(most[j], n)) for j, n in _even(model).items()}
    totals = _least_totals(model, least, even, work) or _least_totals(model, least, most, work)
    if totals is None:
        return None
    # Largest share first: what is nearly everybody has the fewest ways to fall together.
    order = sorted(totals, key=lambda j: (-totals[j] / model.cells[j].population, j))
    places = sorted({(-model.classes.index(cell.risk_class), cell.region) for cell in model.cells})
    for rank, region in places:
        like = (model.classes[-rank], region)
        inside = [
            j for j in order if j in many and (model.cells[j].risk_class, model.cells[j].region) == like
        ]
        if not together(sheet, inside, totals, most, work):
            return None
    for x, number in floors.items():
        if (move := sheet.move(x, number)) is not None:
            sheet.apply(move)
    _batches(sheet, totals)
    if not all(_place(sheet, months[j], totals[j] - sheet.drawn(j)) for j in order):
        return None
    sheet.ordered = True
    _improve(sheet, months, {j: round(number) for j, number in wish.items()})
    everybody = {j: cell.population for j, cell in enumerate(model.cells)}
    while _improve(sheet, months, everybody):
        continue  # what a riskier class held back (2 of model.py) may have room now
    return sheet.columns() if sheet.kept() else None


def _least_totals(
    model: Model, have: Mapping[int, int], most: Mapping[int, int], work: float
) -> dict[int, int] | None:
    """Totals of the year's cells, from what is there to what is wanted, that keep the yearly rows with the least work."""
    cell_of = {x: j for (j, _), x in model.draws.items()}
    rows = [_by_cell(row, cell_of) for row in model.rows if row.kind in YEARLY]
    small = replace(model, tops=tuple(cell.population for cell in model.cells), rows=tuple(rows))
    program = Whole(small, rows, domains=[(have[j], most[j]) for j in range(len(model.cells))])
    # Small cells weigh a little more: a body of theirs moves the largest fraction, and so the visits, furthest.
    program.aim(
        tuple(
            (j, 100 * (1 + cell.task.minutes) + 100_000 // cell.population)
            for j, cell in enumerate(model.cells)
        )
    )
    answer = program.solve(work)
    return dict(enumerate(answer.values)) if answer.values else None


def _even(model: Model) -> dict[int, int]:
    """Each cell's part of its class's minimum, in proportion to its bodies and rounded up."""
    cell_of = {x: j for (j, _), x in model.draws.items()}
    part: dict[int, int] = {}
    for row in model.rows:
        if row.kind == "class-minimum":
            places = sorted({cell_of[x] for x, _ in row.terms})
            whole = sum(model.cells[j].population for j in places)
            part |= {j: -(-(row.low or 0) * model.cells[j].population // whole) for j in places}
    return part


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


def _improve(sheet: Sheet, months: Mapping[int, Sequence[int]], targets: Mapping[int, int]) -> int:
    """Add where most is found per minute (2), until nothing more may be added; returns how many were."""
    start = sum(map(sheet.drawn, months))
    have = {j: sheet.drawn(j) for j in months}
    heap = [(0.0, j) for j in months if have[j] < targets[j]]
    heapify(heap)
    while heap:
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
        have[j] += best.step
        if have[j] < targets[j]:
            heappush(heap, (worth, j))
    return sum(map(sheet.drawn, months)) - start
