"""Months made even once the year's totals stand (月度均衡调整).

Problems found and information depend on the year's totals alone; what may still move is in which month a cell draws. Of one
class in one region, let

    x_jt → x_jt - round(δ x_jt),   x_jt' → x_jt' + round(δ x_jt)      for all its cells j that may draw in both months   (1)

for the region's fullest month t, an emptier one t', and δ = 1/2 … 1/32: tasks that fall together stay together, so that
hardly a visit is added. The same for one cell alone (2). A move is made if every row of the model is kept and

    the region's largest month falls, or stays and visits become fewer.                                               (3)

The number of trials is bounded, and their order is fixed: the same plan comes out every time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from solver.plan.rows import Model
from solver.plan.sheet import Sheet

#: Trials for one region.
_TRIALS = 6_000
#: Parts of a month that are moved at once: one over these.
_PARTS = (2, 4, 8, 16, 32)
#: Cells that are tried alone.
_SINGLE = 40
#: Emptier months that are tried for each class.
_MONTHS = 11


def even(sheet: Sheet) -> None:
    """Move draws between months of the plan on the sheet until no move of (1) or (2) helps, or trials are used up."""
    desk = _Desk(sheet)
    for region in sorted({cell.region for cell in sheet.model.cells}):
        left = _TRIALS
        moved = True
        while moved and left > 0:
            moved = False
            for trial in desk.trials(region):
                left -= 1
                if left <= 0 or desk.better(region, trial):
                    moved = left > 0
                    break


class _Desk:
    """The sheet with what a move needs: parts of each fraction, the months' work, and what visits weigh."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        model: Model = sheet.model
        self.parts: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for part, uses in sheet.above.items():
            for whole, a, b in uses:
                self.parts[whole].append((part, a, b))
        self.weight = dict(next(aim for aim in model.aims if aim.name == "visits").terms)
        self.month = {(row.where[0], int(row.where[1])): place for place, row in enumerate(sheet.peaks)}
        self.cells: dict[tuple[str, str], list[int]] = defaultdict(list)
        for j, cell in enumerate(model.cells):
            self.cells[cell.region, cell.risk_class].append(j)
        self.column = model.draws

    def _load(self, region: str) -> dict[int, int]:
        return {t: self.sheet.peak_sum[place] for (r, t), place in self.month.items() if r == region}

    def trials(self, region: str) -> Iterator[dict[int, int]]:
        """New values of draws by (1), then by (2), the riskiest class first."""
        load = self._load(region)
        full = max(load, key=lambda t: (load[t], -t))
        empty = sorted((t for t in load if t != full), key=lambda t: (load[t], t))
        groups = [self.cells[region, c] for c in reversed(self.sheet.model.classes)]
        single = sorted((j for cells in groups for j in cells), key=lambda j: (-self._work(j, full), j))[
            :_SINGLE
        ]
        for cells in [*groups, *([j] for j in single)]:
            for month in empty[:_MONTHS]:
                for part in _PARTS:
                    if change := self._change(cells, full, month, part):
                        yield change

    def _work(self, cell: int, month: int) -> int:
        x = self.column.get((cell, month))
        return 0 if x is None else self.sheet.value[x] * self.sheet.model.cells[cell].task.minutes

    def _change(self, cells: Sequence[int], full: int, month: int, part: int) -> dict[int, int]:
        value, change = self.sheet.value, {}
        for j in cells:
            here, there = self.column.get((j, full)), self.column.get((j, month))
            step = round(value[here] / part) if here is not None and there is not None else 0
            if here is not None and there is not None and step:
                change[here], change[there] = value[here] - step, value[there] + step
        return change

    def better(self, region: str, change: dict[int, int]) -> bool:
        """Make the move if it keeps every row and helps (3)."""
        new = self._follow(change)
        sheet = self.sheet
        rows: dict[int, int] = defaultdict(int)
        months: dict[int, int] = defaultdict(int)
        visits = 0
        for x, v in new.items():
            more = v - sheet.value[x]
            visits += self.weight.get(x, 0) * more
            for place, c in sheet.of[x]:
                rows[place] += c * more
            for place, c in sheet.in_peak[x]:
                months[place] += c * more
        if not all(self._keeps(place, more) for place, more in rows.items()):
            return False
        load = self._load(region)
        after = {t: n + months.get(self.month[region, t], 0) for t, n in load.items()}
        if (max(after.values()), visits) >= (max(load.values()), 0):
            return False
        for x, v in new.items():
            sheet.value[x] = v
        for place, more in rows.items():
            sheet.sum[place] += more
        for place, more in months.items():
            sheet.peak_sum[place] += more
        return True

    def _keeps(self, place: int, more: int) -> bool:
        row, total = self.sheet.rows[place], self.sheet.sum[place] + more
        return (row.low is None or total >= row.low) and (row.high is None or total <= row.high)

    def _follow(self, change: dict[int, int]) -> dict[int, int]:
        """The draws' new values with those of all fractions above them; parts are numbered before what they are parts of."""
        new = dict(change)
        waiting, touched = list(change), set()
        while waiting:
            for whole, _, _ in self.sheet.above.get(waiting.pop(), ()):
                if whole not in touched:
                    touched.add(whole)
                    waiting.append(whole)
        for whole in sorted(touched):
            new[whole] = max(
                -(-a * new.get(part, self.sheet.value[part]) // b) for part, a, b in self.parts[whole]
            )
        return new
