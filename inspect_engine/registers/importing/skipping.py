"""Faulty rows in a file of their own, each with its faults, so that they can be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import xlsxwriter

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing.cells import Broken, Cell
from inspect_engine.registers.importing.faults import Fault
from inspect_engine.registers.importing.source import Sheet, Source, sheets

#: Heading of the column that is added; a later import does not know it and leaves it alone.
FAULTS = "导入错误 faults"


def check_skip_file(path: Path) -> None:
    """Refuse a file that cannot be written before any work is done.

    Raises
    ------
    EngineError
        ``registers.skip-file-kind``, ``skip-file-exists``.
    """
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        raise EngineError("registers.skip-file-kind", file=path.name)
    if path.exists():
        raise EngineError("registers.skip-file-exists", file=path.name)


def write_skipped(source: Source, faults: Sequence[Fault], path: Path) -> int:
    """Write the rows that have faults, and their headings; returns how many.

    It is written under another name first: a file of the right name is whole.
    """
    by_row: dict[tuple[str, int], list[Fault]] = {}
    for fault in faults:
        by_row.setdefault((fault.place.sheet, fault.place.row), []).append(fault)
    draft = path.with_name(f".{path.name}.part")
    try:
        tables = [(sheet.name, _table(sheet, by_row)) for sheet in sheets(source)]
        if path.suffix.lower() == ".csv":
            _write_csv(draft, tables, path)
        else:
            _write_xlsx(draft, tables)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return len(by_row)


def _table(sheet: Sheet, by_row: dict[tuple[str, int], list[Fault]]) -> list[list[str]]:
    return [row for row in _rows(sheet, by_row)]  # noqa: C416 - rows are read while the sheet is open


def _rows(sheet: Sheet, by_row: dict[tuple[str, int], list[Fault]]) -> Iterator[list[str]]:
    width = 0
    for number, cells in sheet.rows:
        if width and (sheet.name, number) not in by_row:
            continue
        texts = [_text(cell) for cell in cells]
        if width == 0:
            if any(text.strip() for text in texts):
                width = len(texts)
                yield [*texts, FAULTS]
        else:
            # Rows longer than the heading keep their cells, after the faults.
            texts += [""] * (width - len(texts))
            yield [*texts[:width], _said(by_row[sheet.name, number]), *texts[width:]]


def _said(faults: Sequence[Fault]) -> str:
    return "；".join(f"[{f.code}] {f.column} {f.message('zh')} {f.message('en')}" for f in faults)


def _text(cell: Cell) -> str:
    if isinstance(cell, Broken):
        return f"#{cell.code}"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _write_csv(draft: Path, tables: Sequence[tuple[str, list[list[str]]]], path: Path) -> None:
    filled = [rows for _, rows in tables if len(rows) > 1]
    if len(filled) > 1:
        raise EngineError("registers.skip-file-sheets", file=path.name, sheets=len(filled))
    with draft.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows(filled[0] if filled else [])


def _write_xlsx(draft: Path, tables: Sequence[tuple[str, list[list[str]]]]) -> None:
    book = xlsxwriter.Workbook(str(draft), {"strings_to_formulas": False, "strings_to_urls": False})
    try:
        for name, rows in tables:
            page = book.add_worksheet(name or None)
            for number, row in enumerate(rows):
                for column, text in enumerate(row):
                    page.write_string(number, column, text[:32_000])
    finally:
        book.close()
