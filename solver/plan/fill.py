"""A good plan of a large problem, unit by unit (逐步填充).

CP-SAT finds no first plan of a prefecture's months in a minute, and it need not: a gap is proved by the relaxation's bound
whoever found the plan. So the year's totals that the minima ask for are settled in whole numbers by CP-SAT, where they are a
thousand columns without months, between the relaxation's numbers rounded down and up. Rounded down month by month, these
keep every maximum, since all that counts against one grows with the numbers; the rest is set down

    where the rows allow it, and it adds least work: minutes of the item, and a set-up only for what the largest
    fraction grows by; months that are already full count dearer                                      (1)

What the means have left goes to the cells that find most per minute added (2): first up to what the relaxation draws, then
as far as the bounds reach. Steps are of an eighth of what is still to come, so that a large cell takes its turn with others.
The rows are those of the model, so a plan that comes out keeps them all or is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from math import ceil, floor

from solver.plan.model import Model, Row
from solver.plan.problem import PPM
from solver.plan.whole import Whole

#: Rows that say how columns follow from numbers drawn; they are kept by the way the columns are counted.
DEFINING = frozenset({"visits", "interval", "peak"})
#: Rows over the year's totals alone.
YEARLY = frozenset(
    {
        *("class-minimum", "class-maximum", "class-order", "item-minimum", "item-maximum"),
        *("general-cap", "slice", "region-maximum", "repeat"),
    }
)

#: Share of a cell from which its number is set down whole: what is drawn in many months reaches the yearly cap.
_MANY = 0.2
#: Minutes that a whole yearly cap of a group is priced at, so that visits fall together where the cap is near.
_CAP_PRICE = 100_000


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
    totals = _least_totals(model, least, {j: max(least[j], ceil(wish[j] - 1e-6)) for j in months}, work)
    if totals is None:
        return None
    # Largest share first: what is nearly everybody has the fewest ways to fall together.
    order = sorted(totals, key=lambda j: (-totals[j] / model.cells[j].population, j))
    if not all(_place(sheet, months[j], totals[j], whole=True) for j in order if j in many):
        return None
    for x, number in floors.items():
        if (move := sheet.move(x, number)) is not None:
            sheet.apply(move)
    _batches(sheet, totals)
    if not all(_place(sheet, months[j], totals[j] - sheet.drawn(j)) for j in order):
        return None
    sheet.ordered = True
    targets = {j: round(number) for j, number in wish.items()}
    _improve(sheet, months, targets)
    _improve(sheet, months, {j: model.cells[j].population for j in months})
    return sheet.columns() if sheet.kept() else None


def _least_totals(
    model: Model, have: Mapping[int, int], most: Mapping[int, int], work: float
) -> dict[int, int] | None:
    """Totals of the year's cells, from what is there to what is wanted, that keep the yearly rows with the least work."""
    cell_of = {x: j for (j, _), x in model.draws.items()}
    rows = [_by_cell(row, cell_of) for row in model.rows if row.kind in YEARLY]
    small = replace(model, tops=tuple(cell.population for cell in model.cells), rows=tuple(rows))
    program = Whole(small, rows, domains=[(have[j], most[j]) for j in range(len(model.cells))])
    program.aim(tuple((j, 1 + cell.task.minutes) for j, cell in enumerate(model.cells)))
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


def _place(sheet: Sheet, columns: Sequence[int], count: int, *, whole: bool = False) -> bool:
    """Set down a number over the months where it is cheapest (1), all at once if whole and there is room."""
    while count > 0:
        steps = dict.fromkeys((count, (count + 1) // 2, (count + 3) // 4, 1) if whole else (count // 8, 1))
        best = next((move for step in steps if step and (move := sheet.cheapest(columns, step))), None)
        if best is None:
            return False
        sheet.apply(best)
        count -= best.step
    return True


def _improve(sheet: Sheet, months: Mapping[int, Sequence[int]], targets: Mapping[int, int]) -> None:
    """Add where most is found per minute (2), until nothing more may be added."""
    have = {j: sheet.drawn(j) for j in months}
    heap = [(0.0, j) for j in months if have[j] < targets[j]]
    heapify(heap)
    while heap:
        said, j = heappop(heap)
        step = max(1, (targets[j] - have[j]) // 8)
        best = sheet.cheapest(months[j], step) or (sheet.cheapest(months[j], 1) if step > 1 else None)
        if best is None:
            continue  # rows only fill up: what has no room now has none later
        worth = -best.found / (best.cost + 1)
        if heap and worth > heap[0][0] and worth != said:
            heappush(heap, (worth, j))
            continue
        sheet.apply(best)
        have[j] += best.step
        if have[j] < targets[j]:
            heappush(heap, (worth, j))


@dataclass(frozen=True, slots=True)
class Move:
    """A step on one column with all that follows from it."""

    step: int
    changes: tuple[tuple[int, int], ...]
    rows: tuple[tuple[int, int], ...]
    cost: float
    found: int


class Sheet:
    """Columns and the rows' sums, kept in step."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.value = [0] * len(model.tops)
        kept = [row for row in model.rows if row.kind not in DEFINING]
        self.rows = kept
        self.sum = [0] * len(kept)
        self.high = [row.high for row in kept]
        #: Whether classes must be in order (2) at every step; while totals are set down it is enough that they end so.
        self.ordered = False
        self.order = [row.kind == "class-order" for row in kept]
        self.caps = [row.kind == "yearly-cap" for row in kept]
        self.hours = [row.kind == "hours" for row in kept]
        self.of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, row in enumerate(kept):
            for x, c in row.terms:
                self.of[x].append((place, c))
        self.above: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for row in model.rows:
            if row.kind == "visits":
                (part, a), (whole, b) = row.terms
                self.above[part].append((whole, a, -b))
        self.months: dict[int, list[int]] = defaultdict(list)
        for (j, _), x in model.draws.items():
            self.months[j].append(x)
        self.found = {x: -c for x, c in model.aims[0].terms}

    def drawn(self, cell: int) -> int:
        """Return the cell's number over the year."""
        return sum(self.value[x] for x in self.months[cell])

    def _changes(self, column: int, step: int) -> dict[int, int]:
        """New values of the column and of the fractions that it lifts."""
        new = {column: self.value[column] + step}
        lifted = [column]
        while lifted:
            part = lifted.pop()
            for whole, a, b in self.above[part]:
                least = -(-a * new[part] // b)
                if least > new.get(whole, self.value[whole]):
                    new[whole] = least
                    lifted.append(whole)
        return new

    def move(self, column: int, step: int) -> Move | None:
        """Return the step with its price, or None where a row or the population forbids it."""
        if self.value[column] + step > self.model.tops[column]:
            return None
        new = self._changes(column, step)
        rows: dict[int, int] = defaultdict(int)
        for x, v in new.items():
            for place, c in self.of[x]:
                rows[place] += c * (v - self.value[x])
        cost = 0.0
        for place, more in rows.items():
            high = self.high[place]
            if high is None or more <= 0 or (self.order[place] and not self.ordered):
                continue
            if self.sum[place] + more > high:
                return None
            if self.caps[place]:
                cost += _CAP_PRICE * more / high * (self.sum[place] + more) / high
            if self.hours[place]:
                cost += more / PPM * (1 + self.sum[place] / high)
        return Move(step, tuple(new.items()), tuple(rows.items()), cost, self.found.get(column, 0) * step)

    def cheapest(self, columns: Sequence[int], step: int) -> Move | None:
        """Return the step in the month where it costs least (1)."""
        moves = [move for x in columns if (move := self.move(x, step))]
        return min(moves, key=lambda m: (m.cost, m.changes), default=None)

    def apply(self, move: Move) -> None:
        """Do it."""
        for x, v in move.changes:
            self.value[x] = v
        for place, more in move.rows:
            self.sum[place] += more

    def kept(self) -> bool:
        """Whether every row is kept, the minima too."""
        return all(
            (row.low is None or total >= row.low) and (row.high is None or total <= row.high)
            for row, total in zip(self.rows, self.sum, strict=True)
        )

    def columns(self) -> tuple[int, ...]:
        """Return the columns, with what is short (11) and the largest months (12) counted."""
        for row in self.model.rows:
            if row.kind == "interval":
                (short, _), *terms = row.terms
                self.value[short] = max(0, (row.low or 0) - sum(self.value[x] for x, _ in terms))
            if row.kind == "peak":
                *terms, (peak, c) = row.terms
                minutes = -(-sum(self.value[x] * a for x, a in terms) // -c)
                self.value[peak] = max(self.value[peak], minutes)
        return tuple(self.value)
