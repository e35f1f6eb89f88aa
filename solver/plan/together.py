"""The months of small cells that are drawn to a large share (小单元的合并抽取).

Of one class in one region: totals Y_j are given, hours are what others have left, and
    min Σ_s |s| F_T(s)st   s.t.  Σ_t n_jt = Y_j  (1),  (8), (9), (10) of model.py
with a few hundred columns, for CP-SAT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from solver.plan.model import Model, Row
from solver.plan.sheet import Sheet
from solver.plan.whole import Whole


def together(sheet: Sheet, cells: Sequence[int], totals: Mapping[int, int], work: float) -> bool:
    """Set down the cells' totals with the fewest visits; False where no way is found within the work."""
    if not cells:
        return True
    draws = [x for j in cells for x in sheet.months[j]]
    columns = _lifted(sheet, draws)
    rows = [_part(sheet, place, columns) for place in sorted({p for x in columns for p, _ in sheet.of[x]})]
    rows += [row for row in sheet.model.rows if row.kind == "visits" and row.terms[0][0] in columns]
    rows += [
        Row("total", (str(j),), tuple((x, 1) for x in sheet.months[j]), totals[j], totals[j])  # (1)
        for j in cells
    ]
    small = _renumbered(sheet.model, [row for row in rows if row is not None], columns)
    program = Whole(small, small.rows)
    program.aim(small.aims[0].terms)
    values = program.solve(work).values
    for x in draws:
        move = sheet.move(x, values[columns[x]]) if values else None
        if move is None:
            return False
        sheet.apply(move)
    return True


def _lifted(sheet: Sheet, draws: Sequence[int]) -> dict[int, int]:
    """Columns that the draws move, and their places in the small program."""
    found = dict.fromkeys(draws)
    waiting = list(draws)
    while waiting:
        for whole, _, _ in sheet.above[waiting.pop()]:
            if whole not in found:
                found[whole] = None
                waiting.append(whole)
    return {x: place for place, x in enumerate(found)}


def _part(sheet: Sheet, place: int, columns: Mapping[int, int]) -> Row | None:
    """A row of hours or caps over these columns, with what the others have left; minima are kept by the totals."""
    row = sheet.rows[place]
    if row.high is None or row.kind not in ("hours", "yearly-cap"):
        return None
    terms = tuple((x, c) for x, c in row.terms if x in columns)
    return replace(row, terms=terms, low=None, high=row.high - sheet.sum[place])


def _renumbered(model: Model, rows: Sequence[Row], columns: Mapping[int, int]) -> Model:
    """The small program over its own columns, with the visits as its one aim."""
    moved = tuple(replace(row, terms=tuple((columns[x], c) for x, c in row.terms)) for row in rows)
    visits = next(aim for aim in model.aims if aim.name == "visits")
    aim = replace(visits, terms=tuple((columns[x], c) for x, c in visits.terms if x in columns))
    tops = tuple(model.tops[x] for x in columns)
    return replace(model, tops=tops, rows=moved, aims=(aim,))
