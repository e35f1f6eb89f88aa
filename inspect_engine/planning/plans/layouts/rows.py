"""The rows of a plan sheet as blocks, one a task (一项任务的各行): merged cells spread, totals and notes left aside.

A merge over rows says that its text holds for each of them. A merged *number* over the rows of different tasks does not
say whose it is, a merged task name not whether that is one task: both are faults, and so is every merge across columns.
Where a task takes a row for each department, rows with one number and one name after another are one task.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from inspect_engine.planning.plans.layouts.grid import Grid, Headings, Span
from inspect_engine.planning.plans.layouts.layout import Layout
from inspect_engine.registers.importing.faults import Bad

_TOTAL = re.compile(r"[合总小共累]\s*计\s*[:：]?.{0,6}")
_NOTE = re.compile("[（(]?(?:注|备注|说明|填表说明|填表|填报|制表|审核|联系)")
_TELLING = ("name", "number")


@dataclass(slots=True)
class Block:
    """One task: its rows, each a mapping of field to text; a field whose cell cannot be read is in ``faults``."""

    rows: list[int]
    texts: list[dict[str, str]]


@dataclass(slots=True)
class Body:
    """What stands under the headings."""

    blocks: list[Block] = field(default_factory=list)
    faults: list[tuple[int, str, Bad]] = field(default_factory=list)
    notices: list[tuple[int, str, Bad]] = field(default_factory=list)
    count: int = 0


def read_body(grid: Grid, headings: Headings, layout: Layout, numbers: frozenset[str]) -> Body:
    """Read the rows under the headings; ``numbers`` are the fields whose merged cells belong to one task alone."""
    body = Body()
    data = list(_data_rows(grid, headings, body))
    body.count = len(data)
    spans = _down(grid, headings, data, body)
    over: dict[int, dict[int, int]] = {}
    for span in spans:
        for row in data[bisect_left(data, span.top) : bisect_right(data, span.bottom)]:
            over.setdefault(row, {})[span.left] = span.top
    for row in data:
        texts = _texts(grid, headings, row, over.get(row, {}), body)
        last = body.blocks[-1] if body.blocks else None
        if last is not None and layout.rows == "department" and _same(last.texts[-1], texts):
            last.rows.append(row)
            last.texts.append(texts)
        else:
            body.blocks.append(Block([row], [texts]))
    _check_merges(headings, spans, body, layout, numbers)
    return body


def _data_rows(grid: Grid, headings: Headings, body: Body) -> Iterator[int]:
    for row in grid.rows:
        if row <= headings.last:
            continue
        said = [text for text in grid.loose(row) if text]
        if said and _TOTAL.fullmatch(said[0]):
            body.notices.append((row, "", Bad("plans.sheet-total-row", value=said[0])))
        elif len(said) == 1 and _NOTE.match(said[0]):
            body.notices.append((row, "", Bad("plans.sheet-note-row", value=said[0])))
        else:
            yield row


def _down(grid: Grid, headings: Headings, data: Sequence[int], body: Body) -> list[Span]:
    """Spans over rows of one column; those across columns are faults."""
    found = []
    for span in grid.spans:
        at = bisect_left(data, span.top)
        if span.top <= headings.last or at == len(data) or data[at] > span.bottom:
            continue
        if span.right > span.left:
            heading = headings.texts[span.left] if span.left < len(headings.texts) else ""
            body.faults.append((span.top, heading, Bad("plans.sheet-merged-across")))
        elif span.bottom > span.top:
            found.append(span)
    return found


def _texts(grid: Grid, headings: Headings, row: int, over: Mapping[int, int], body: Body) -> dict[str, str]:
    """Texts of a row; ``over`` leads from a column to the row that a merged cell of it begins in."""
    found: dict[str, str] = {}
    for name, column in headings.fields.items():
        try:
            found[name] = grid.text(over.get(column, row), column)
        except Bad as bad:
            if over.get(column, row) == row:
                body.faults.append((row, headings.heading_of(name), bad))
    cells = grid.rows[row]
    for column in range(len(cells)):
        bare = column >= len(headings.texts) or not headings.texts[column]
        if bare and cells[column] not in {"", None}:
            body.faults.append((row, "", Bad("cell-without-heading", number=column + 1)))
            break
    if not grid.name and len(cells) < len(headings.texts):
        body.faults.append((row, "", Bad("row-short", cells=len(cells), headings=len(headings.texts))))
    return found


def _same(above: dict[str, str], texts: dict[str, str]) -> bool:
    """Whether two rows are of one task: they bear one number, where there are numbers, and one name."""
    return bool(texts.get("name")) and all(above.get(name) == texts.get(name) for name in _TELLING)


def _check_merges(
    headings: Headings, spans: Sequence[Span], body: Body, layout: Layout, numbers: frozenset[str]
) -> None:
    by_column = {column: name for name, column in headings.fields.items()}
    owner = {row: number for number, block in enumerate(body.blocks) for row in block.rows}
    rows = sorted(owner)
    for span in spans:
        name = by_column.get(span.left, "")
        tasks = {owner[row] for row in rows[bisect_left(rows, span.top) : bisect_right(rows, span.bottom)]}
        telling = name in _TELLING and layout.rows == "task"
        if len(tasks) > 1 and (name in numbers or telling):
            code = "plans.sheet-merged-task" if name in _TELLING else "plans.sheet-merged-number"
            body.faults.append(
                (span.top, headings.heading_of(name), Bad(code, rows=span.bottom - span.top + 1))
            )
