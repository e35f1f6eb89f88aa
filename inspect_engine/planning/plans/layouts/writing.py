"""A plan form → a bureau's plan sheet (计划表导出), as CSV or XLSX. Same input, same bytes.

A text that begins with ``=``, ``+``, ``-`` or ``@`` is written as text: a string cell in XLSX, behind a tab in CSV, where a
spreadsheet would otherwise reckon with it. Imports take that tab away again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.form import LineSpec, PlanForm
from inspect_engine.planning.plans.layouts.column import LineTotals, Showing
from inspect_engine.planning.plans.layouts.columns import COLUMNS
from inspect_engine.planning.plans.layouts.departments import show_departments
from inspect_engine.planning.plans.layouts.grid import clean_cell
from inspect_engine.planning.plans.layouts.layout import Layout
from inspect_engine.planning.plans.layouts.names import Names
from inspect_engine.planning.plans.layouts.params import show_params
from inspect_engine.registers.importing.faults import Bad

_DIVIDES = re.compile("[、，,；;。:：\n]")
_NOBODY = Names()


@dataclass(frozen=True, slots=True)
class _Table:
    """What is written: rows above the headings, headings, and tasks of one row or several."""

    above: list[list[str]]
    headings: list[str]
    tasks: list[list[list[str]]]
    shared: tuple[bool, ...]


def write_sheet(
    path: Path,
    layout: Layout,
    form: PlanForm,
    totals: Mapping[str, LineTotals],
    names: Names = _NOBODY,
    made: date | None = None,
) -> None:
    """Write a plan in a layout; a file of that name is replaced, and only by a whole one.

    Parameters
    ----------
    totals : mapping of str to LineTotals
        Line's code → its numbers; cells of lines without stay empty.
    names : Names
        Codes of items, agencies and regions are written by name where the name leads back to them.
    made : datetime.date, optional
        The day that the workbook says it was made on; the first of the plan's year by default.

    Raises
    ------
    EngineError
        ``plans.sheet-file-kind``; ``plans.sheet-unwritable`` for a text that the sheet would not give back;
        ``plans.sheet-unsaved`` where the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise EngineError("plans.sheet-file-kind", file=path.name)
    table = _table(layout, form, totals, names)
    draft = path.with_name(f".{path.name}.part")
    try:
        if suffix == ".csv":
            _write_csv(draft, table)
        else:
            _write_xlsx(draft, table, made or date(form.year, 1, 1))
        draft.replace(path)
    except OSError as error:
        raise EngineError("plans.sheet-unsaved", file=path.name, reason=error.strerror) from error
    finally:
        draft.unlink(missing_ok=True)


def _table(layout: Layout, form: PlanForm, totals: Mapping[str, LineTotals], names: Names) -> _Table:
    above = [[layout.title.format(year=form.year)]]
    if not layout.public:
        above += [[label, value] for label, value in show_params(form)]
    for row in above:
        _check_cells(row, row, "-")
    headings = [texts[0] for texts in layout.columns.values()]
    tasks = []
    for number, line in enumerate(form.tasks, start=1):
        about = Showing(number, names, totals.get(line.code), exact=not layout.public)
        rows = _rows(layout, line, about)
        for row in rows:
            _check_cells(row, headings, line.code)
        tasks.append(rows)
    shared = tuple(name not in ("department", "row_items") for name in layout.columns)
    return _Table(above, headings, tasks, shared)


def _rows(layout: Layout, line: LineSpec, about: Showing) -> list[list[str]]:
    if layout.public:
        _check_lists(line)
    own = show_departments(line, about) if layout.rows == "department" else [{}]
    shared = {name: COLUMNS[name].show(line, about) for name in layout.columns if name in COLUMNS}
    return [[(shared | row)[name] for name in layout.columns] for row in own]


def _check_cells(row: Sequence[str], headings: Sequence[str], code: str) -> None:
    """A sheet must give its texts back as they are."""
    for text, heading in zip(row, headings, strict=True):
        try:
            kept = clean_cell(text) == text
        except Bad:
            kept = False
        if not kept:
            raise EngineError("plans.sheet-unwritable", task=code, heading=heading, value=text[:60])


def _check_lists(line: LineSpec) -> None:
    """Bureaus' layouts have no way to write a word that divides lists."""
    for word in (*line.scope.industries, *line.scope.labels):
        if _DIVIDES.search(word) or word != word.strip():
            raise EngineError("plans.sheet-unwritable", task=line.code, heading="-", value=word[:60])


def _write_csv(draft: Path, table: _Table) -> None:
    rows = [*table.above, table.headings, *(row for task in table.tasks for row in task)]
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([_unarmed(text) for text in row] for row in rows)


def _unarmed(text: str) -> str:
    return f"\t{text}" if text[:1] in ("=", "+", "-", "@") else text


_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def _write_xlsx(draft: Path, table: _Table, made: date) -> None:
    with xlsxwriter.Workbook(str(draft), _OPTIONS) as book:
        book.set_properties({"created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001 - a day has no zone
        page = book.add_worksheet("计划")
        cell = book.add_format({"text_wrap": True, "valign": "vcenter", "border": 1})
        head = book.add_format(
            {"text_wrap": True, "valign": "vcenter", "border": 1, "bold": True, "align": "center"}
        )
        title = book.add_format({"bold": True, "align": "center", "font_size": 16})
        page.merge_range(0, 0, 0, len(table.headings) - 1, table.above[0][0], title)
        at = 1
        for row in table.above[1:]:
            _write_row(page, at, row, cell)
            at += 1
        _write_row(page, at, table.headings, head)
        page.freeze_panes(at + 1, 0)
        for column, heading in enumerate(table.headings):
            page.set_column(column, column, max(8, min(2 * len(heading) + 4, 30)))
        for task in table.tasks:
            at = _write_task(page, at + 1, task, table.shared, cell)


def _write_row(page: Any, at: int, row: Sequence[str], style: Any) -> None:
    for column, text in enumerate(row):
        page.write_string(at, column, text, style)


def _write_task(page: Any, at: int, rows: Sequence[Sequence[str]], shared: Sequence[bool], style: Any) -> int:
    """Write a task's rows, what they share merged over them; returns the last row."""
    last = at + len(rows) - 1
    for number, row in enumerate(rows):
        _write_row(page, at + number, row, style)
    if last > at:
        for column, one in enumerate(shared):
            if one:
                page.merge_range(at, column, last, column, "", style)
                page.write_string(at, column, rows[0][column], style)
    return last
