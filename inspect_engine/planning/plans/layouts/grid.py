"""A plan sheet as numbered rows with merged ranges (合并单元格), and where its headings stand.

Headings need not stand in the first row: titles and notes may be above them. They take one row, or two where a heading
spans several columns that have headings of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from inspect_engine.planning.plans.layouts.layout import Layout
from inspect_engine.planning.plans.layouts.names import key
from inspect_engine.registers.importing.cells import Cell, clean, clean_text
from inspect_engine.registers.importing.faults import Bad, Place
from inspect_engine.registers.importing.source import Source, sheets

#: Rows in which headings are looked for.
_TOP = 40


@dataclass(frozen=True, slots=True)
class Span:
    """Merged cells: rows from 1, columns from 0, all included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet that is read."""

    order: int
    name: str
    rows: Mapping[int, Sequence[Cell]]
    spans: Sequence[Span]

    def place(self, row: int) -> Place:
        """Where a row stands."""
        return Place(self.order, self.name, row)

    def text(self, row: int, column: int) -> str:
        """Clean text of a cell, its lines divided by newlines; empty beyond the row's end. Raises as :func:`clean`."""
        cells = self.rows.get(row, ())
        return clean_cell(cells[column]) if column < len(cells) else ""

    def loose(self, row: int) -> list[str]:
        """Texts of a row, with nothing where a cell cannot be read."""
        found = []
        for column in range(len(self.rows.get(row, ()))):
            try:
                found.append(self.text(row, column))
            except Bad:
                found.append("")
        return found


def clean_cell(cell: Cell) -> str:
    """Clean text; unlike in registers, a text may have lines. Raises as :func:`clean`."""
    if not isinstance(cell, str):
        return clean(cell)
    lines = (clean_text(line) for line in cell.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)


def grids(source: Source, path: Path) -> Iterator[Grid]:
    """Sheets of a source in their order, blank rows left out."""
    book = calamine.CalamineWorkbook.from_path(str(path)) if path.name.lower().endswith(".xlsx") else None
    for order, sheet in enumerate(sheets(source)):
        rows = {number: cells for number, cells in sheet.rows if not _blank(cells)}
        yield Grid(order, sheet.name, rows, _spans(book, sheet.name) if book else ())


def _blank(cells: Sequence[Cell]) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)


def _spans(book: calamine.CalamineWorkbook, sheet: str) -> tuple[Span, ...]:
    return tuple(
        Span(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in book.get_sheet_by_name(sheet).merged_cell_ranges or ()
    )


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings are: their rows, field → column, and every heading as the sheet writes it."""

    first: int
    last: int
    fields: Mapping[str, int]
    texts: Sequence[str]

    def heading_of(self, field: str) -> str:
        """Heading of a field as the sheet writes it; its own name where there is none."""
        return self.texts[self.fields[field]] if field in self.fields else field

    @property
    def unused(self) -> tuple[str, ...]:
        """Headings that lead to no field."""
        used = set(self.fields.values())
        return tuple(text for column, text in enumerate(self.texts) if text and column not in used)


def find_headings(grid: Grid, layout: Layout) -> tuple[Headings | None, list[tuple[int, str, Bad]]]:
    """Find the headings of a sheet.

    Returns
    -------
    Headings or None
        The first place where all needed ones stand; else None.
    list of (int, str, Bad)
        Row, heading and fault: ``plans.sheet-no-headings``, or ``column-missing`` for each that is missing at the place
        that has most; ``heading-twice``; ``plans.sheet-merged-heading``.
    """
    tried = list(_places(grid, layout))
    whole = [found for found in tried if not _missing(found, layout)]
    if whole:
        # A heading that reaches into the next row makes that a row of headings, even if the first would do.
        first = whole[0].first
        deep = _reaches_down(grid, first)
        taken = next((h for h in whole if h.first == first and (h.last > first) == deep), whole[0])
        return taken, _faults(grid, layout, taken)
    best = max(tried, key=lambda found: (len(found.fields), found.first - found.last)) if tried else None
    if best is None or len(best.fields) < 2:
        row = next(iter(grid.rows), 1)
        wanted = "、".join(layout.columns[field][0] for field in layout.needed)
        return None, [(row, "", Bad("plans.sheet-no-headings", wanted=wanted))]
    return None, [
        (best.first, "", Bad("column-missing", wanted=" / ".join(layout.columns[field])))
        for field in _missing(best, layout)
    ]


def _places(grid: Grid, layout: Layout) -> Iterator[Headings]:
    """Where headings may stand: in each row, and in two of which the lower would not do without the upper."""
    for row in list(grid.rows)[:_TOP]:
        yield _at(grid, layout, row, 1)
        if _reaches_down(grid, row) or _missing(_at(grid, layout, row + 1, 1), layout):
            yield _at(grid, layout, row, 2)


def _reaches_down(grid: Grid, row: int) -> bool:
    return any(span.top == row < span.bottom for span in grid.spans)


def _at(grid: Grid, layout: Layout, row: int, rows: int) -> Headings:
    """Headings as they would be if they began at a row."""
    top = _spread(grid, row) if rows == 2 else grid.loose(row)
    below = grid.loose(row + 1) if rows == 2 else []
    wide = max(len(top), len(below))
    pairs = [(_get(top, column), _get(below, column)) for column in range(wide)]
    fields: dict[str, int] = {}
    for field, headings in layout.known.items():
        wanted = {key(heading) for heading in headings}
        for column, (upper, lower) in enumerate(pairs):
            if wanted & {key(lower or upper), key(upper + lower)}:
                fields.setdefault(field, column)
    return Headings(row, row + rows - 1, fields, tuple(lower or upper for upper, lower in pairs))


def _get(texts: Sequence[str], column: int) -> str:
    return texts[column] if column < len(texts) else ""


def _spread(grid: Grid, row: int) -> list[str]:
    """Headings of the upper of two rows; what spans columns stands over each of them."""
    texts = grid.loose(row)
    for span in grid.spans:
        if span.top == row and span.right > span.left:
            texts += [""] * (span.right + 1 - len(texts))
            texts[span.left : span.right + 1] = [texts[span.left]] * (span.right + 1 - span.left)
    return texts


def _missing(found: Headings, layout: Layout) -> list[str]:
    return [field for field in layout.needed if field not in found.fields]


def _faults(grid: Grid, layout: Layout, found: Headings) -> list[tuple[int, str, Bad]]:
    faults = []
    for field, column in found.fields.items():
        wanted = {key(heading) for heading in layout.known[field]}
        again = [c for c, text in enumerate(found.texts) if key(text) in wanted and c != column]
        if again:
            text = found.texts[column]
            faults.append((found.last, text, Bad("heading-twice", first=column + 1, second=again[0] + 1)))
    for span in grid.spans:
        if found.first <= span.top <= found.last:
            across = span.right > span.left and span.top == found.last
            if across or span.bottom > found.last:
                heading = _get(found.texts, span.left)
                faults.append((span.top, heading, Bad("plans.sheet-merged-heading", value=heading)))
    return faults
