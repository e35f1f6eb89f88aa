"""The months of small cells that are drawn to a large share (小单元的合并抽取).

Of one class in one region, with Y_j what each cell must draw, Y'_j what the relaxation would, λ visits to a problem found:
    min Σ_s |s| F_T(s)st - λ Σ ρ_j n_jt   s.t.  Y_j ≤ Σ_t n_jt ≤ Y'_j  (1)
    and of model.py the rows (8), and all that bound from above, with what the cells set down before them have left
    and what those after them must have                                 (2)
with a few hundred columns, for CP-SAT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from solver.plan.model import Model, Row
from solver.plan.sheet import Sheet
from solver.plan.whole import Whole

#: λ: a problem found is worth so many visits saved; finding stands first among the aims.
_WORTH = 50


def together(
    sheet: Sheet, cells: Sequence[int], totals: Mapping[int, int], most: Mapping[int, int], work: float
) -> bool:
    """Set down the cells, at least their totals and at most the most; False where no way is found within the work."""
    if not cells:
        return True
    draws = [x for j in cells for x in sheet.months[j]]
    columns = _lifted(sheet, draws)
    others = (j for j in totals if j not in set(cells))
    owed = {sheet.months[j][0]: max(0, totals[j] - sheet.drawn(j)) for j in others if sheet.months[j]}
    touched = sorted({place for x in columns for place, _ in sheet.of[x]})
    rows = [_part(sheet, place, columns, owed) for place in touched]
    rows += [row for row in sheet.model.rows if row.kind == "visits" and row.terms[0][0] in columns]
    rows += [
        Row(
            "total", (str(j),), tuple((x, 1) for x in sheet.months[j]), totals[j], max(totals[j], most[j])
        )  # (1)
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


def _part(sheet: Sheet, place: int, columns: Mapping[int, int], owed: Mapping[int, int]) -> Row | None:
    """A maximum over these columns (2); minima are kept by the totals."""
    row = sheet.rows[place]
    terms = tuple((x, c) for x, c in row.terms if x in columns)
    if row.high is None or all(c < 0 for _, c in terms):
        return None
    # A cell's first month stands for the cell: rows of the year hold all its months alike, others are about hours.
    later = 0 if row.kind in ("hours", "yearly-cap") else sum(c * owed.get(x, 0) for x, c in row.terms)
    return replace(row, terms=terms, low=None, high=row.high - sheet.sum[place] - later)


def _renumbered(model: Model, rows: Sequence[Row], columns: Mapping[int, int]) -> Model:
    """The small program over its own columns, with its visits less what it finds as its one aim."""
    moved = tuple(replace(row, terms=tuple((columns[x], c) for x, c in row.terms)) for row in rows)
    visits = next(aim for aim in model.aims if aim.name == "visits")
    terms = [(x, c) for x, c in visits.terms if x in columns]
    terms += [(x, _WORTH * c) for x, c in model.aims[0].terms if x in columns]
    aim = replace(visits, terms=tuple((columns[x], c) for x, c in terms))
    tops = tuple(model.tops[x] for x in columns)
    return replace(model, tops=tops, rows=moved, aims=(aim,))
