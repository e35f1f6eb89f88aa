"""The months of small cells that are drawn to a large share (小单元的合并抽取).

Of one class in one region, with Y_j what is asked of each cell, Y'_j what the relaxation would draw, λ visits to a problem:
    min Σ_s |s| F_T(s)st - λ Σ ρ_j n_jt + μ Σ_t o_t    s.t.  Y_j ≤ Σ_t n_jt ≤ Y'_j                                           (1)
    and of model.py the rows (8), and all that bound from above, with what the cells set down before them have left
    and what those after them must have                                                                           (2)
    and o_t what the cells' work of a month has above that in the relaxation, which keeps the months even           (4)
    and in each batch at least the relaxation's part of the cell, rounded down                                     (3)
with a few hundred columns, for CP-SAT.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil, floor

from solver.plan.problem import PPM
from solver.plan.rows import Model, Row
from solver.plan.sheet import Sheet
from solver.plan.whole import Whole

#: λ: a problem found is worth so many visits saved; finding stands first among the aims.
_WORTH = 50
#: What a minute above the relaxation's month costs, in visits [1/1,000,000]; no month has more of them than _MINUTES.
_PEAK, _MINUTES = 50_000, 10_000_000

#: Work of the last attempts beside that of the others, and how far from the relaxation they go; each ends with its first plan.
_LAST, _ROOMS = 40, (2, 4, 8, 16, 64)


def together(
    sheet: Sheet,
    cells: Sequence[int],
    least: Mapping[int, int],
    totals: Mapping[int, int],
    wanted: Sequence[float],
    work: float,
) -> bool:
    """Set down the cells at their totals, or where no way is found so at the least or more; False where none is found at all."""
    shares = _shares(sheet, cells, wanted)
    ways: tuple[tuple[Mapping[int, int], list[Row], float], ...]
    ways = ((totals, shares, work / 4), (totals, [], work / 4), (least, [], work), (least, [], 4 * work))
    if not cells or any(
        _one_way(sheet, cells, (low, totals), more, wanted, effort) for low, more, effort in ways
    ):
        return True
    return any(
        _one_way(sheet, cells, (least, totals), [], wanted, _LAST * work, room=room) for room in _ROOMS
    )


def _one_way(
    sheet: Sheet,
    cells: Sequence[int],
    between: tuple[Mapping[int, int], Mapping[int, int]],
    shares: Sequence[Row],
    wanted: Sequence[float],
    work: float,
    *,
    room: int = 0,
) -> bool:
    """Set down the cells between the two numbers of each, if CP-SAT finds a way."""
    low, totals = between
    draws = [x for j in cells for x in sheet.months[j]]
    columns = _lifted(sheet, draws)
    others = (j for j in totals if j not in set(cells))
    owed = {sheet.months[j][0]: max(0, low[j] - sheet.drawn(j)) for j in others if sheet.months[j]}
    touched = sorted({place for x in columns for place, _ in sheet.of[x]})
    rows = [_part(sheet, place, columns, owed) for place in touched]
    rows += [row for row in sheet.model.rows if row.kind == "visits" and row.terms[0][0] in columns]
    rows += [
        Row("total", (str(j),), tuple((x, 1) for x in sheet.months[j]), low[j], totals[j])  # (1)
        for j in cells
    ]
    small = _renumbered(
        sheet.model,
        [row for row in [*rows, *shares] if row is not None],
        columns,
        _peaks(sheet, columns, wanted),
    )
    near = _near(sheet, cells, columns, totals, wanted, firm=low is totals)
    program = Whole(small, small.rows, domains=_around(small, near, len(draws), room) if room else None)
    program.aim(small.aims[0].terms)
    program.hint(near)
    values = program.solve(work, any_plan=room > 0).values
    for x in draws if values else ():
        if (move := sheet.move(x, values[columns[x]])) is None:
            raise AssertionError("a way that CP-SAT found keeps the sheet's rows")
        sheet.apply(move)
    return bool(values)


def _shares(sheet: Sheet, cells: Sequence[int], wanted: Sequence[float]) -> list[Row]:
    """Each batch's part of a cell, at least the relaxation's rounded down (3): the batches' minima rest on all cells."""
    inside = {x for j in cells for x in sheet.months[j]}
    cell_of = {x: j for (j, _), x in sheet.model.draws.items()}
    found = []
    for row in sheet.model.rows:
        if row.kind != "batch":
            continue
        parts: dict[int, list[int]] = defaultdict(list)
        for x, _ in row.terms:
            if x in inside:
                parts[cell_of[x]].append(x)
        for j, xs in parts.items():
            part = floor(sum(wanted[x] for x in xs) + 1e-6)
            found.append(Row("share", (*row.where, str(j)), tuple((x, 1) for x in xs), part, None))
    return found


def _near(
    sheet: Sheet,
    cells: Sequence[int],
    columns: Mapping[int, int],
    totals: Mapping[int, int],
    wanted: Sequence[float],
    *,
    firm: bool,
) -> list[int]:
    """The relaxation's months in whole numbers, to begin the search with; rounded as they add up, so that tasks stay together."""
    value = dict.fromkeys(columns, 0)
    for j in cells:
        months = sheet.months[j]
        whole, so_far, before = sum(wanted[x] for x in months) or 1.0, 0.0, 0
        for x in months:
            so_far += wanted[x]
            upto = round(totals[j] * so_far / whole)
            value[x], before = upto - before if firm else floor(wanted[x] + 1e-6), upto
    for part in columns:  # in the order in which they were lifted: what lies below comes first
        for largest, a, b in sheet.above[part]:
            value[largest] = max(value[largest], -(-a * value[part] // b))
    return [value[x] for x in columns]


def _around(small: Model, near: Sequence[int], draws: int, room: int) -> list[tuple[int, int]]:
    """Numbers near the relaxation's rounded down, so that a search has little to go through."""
    domains = [(0, top) for top in small.tops]
    for x in range(draws):
        domains[x] = (max(0, near[x] - room), min(small.tops[x], near[x] + room))
    return domains


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


def _peaks(sheet: Sheet, columns: Mapping[int, int], wanted: Sequence[float]) -> list[Row]:
    """Each month's work of these columns, and the relaxation's of the same as its limit (4)."""
    found = []
    for row in sheet.peaks:
        terms = tuple((x, c) for x, c in row.terms[:-1] if x in columns)
        if terms:
            high = sum(c * wanted[x] * sheet.model.units[x] for x, c in terms)
            found.append(replace(row, terms=terms, high=ceil(high)))
    return found


def _renumbered(model: Model, rows: Sequence[Row], columns: Mapping[int, int], peaks: Sequence[Row]) -> Model:
    """The small program over its own columns; what a month has above its limit is a column too, in minutes."""
    above = range(len(columns), len(columns) + len(peaks))
    moved = tuple(replace(row, terms=tuple((columns[x], c) for x, c in row.terms)) for row in rows)
    visits = next(aim for aim in model.aims if aim.name == "visits")
    terms = [(x, c) for x, c in visits.terms if x in columns]
    terms += [(x, _WORTH * c) for x, c in model.aims[0].terms if x in columns]
    aim = replace(visits, terms=tuple((columns[x], c) for x, c in terms))
    tops = tuple(model.tops[x] for x in columns) + (_MINUTES,) * len(peaks)
    aim = replace(aim, terms=(*aim.terms, *((o, _PEAK) for o in above)))
    moved += tuple(
        replace(row, terms=(*((columns[x], c) for x, c in row.terms), (o, -PPM)))
        for row, o in zip(peaks, above, strict=True)
    )
    return replace(model, tops=tops, rows=moved, aims=(aim,))
