"""Tables as bytes (表格文件): CSV, XLSX and JSON, the same bytes for the same rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

#: A workbook tells when it was made; a fixed day keeps its bytes the same.
_MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_WIDEST = 60

Table = Sequence[Sequence[str]]


def csv_bytes(rows: Table) -> bytes:
    """Rows, the headings first, as UTF-8 with a mark that spreadsheets look for."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _plain(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula gets a sign before it."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell


def json_bytes(value: object) -> bytes:
    """One JSON value with sorted keys, Chinese as it is, and a last newline."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def xlsx_bytes(sheets: Mapping[str, Table]) -> bytes:
    """One workbook; every cell is text, the headings stay in sight."""
    import xlsxwriter

    held = io.BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": _MADE})
    head, body = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        page.freeze_panes(1, 0)
        for column, width in enumerate(_widths(rows)):
            page.set_column(column, column, width)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(number, column, cell, head if number == 0 else body)
    book.close()
    return held.getvalue()


def _widths(rows: Table) -> list[int]:
    """Width of each column [characters]: a Chinese sign takes two."""
    columns = max((len(row) for row in rows), default=0)
    return [
        min(
            _WIDEST,
            2 + max(sum(2 if ord(sign) > 0xFF else 1 for sign in row[i]) for row in rows if i < len(row)),
        )
        for i in range(columns)
    ]
