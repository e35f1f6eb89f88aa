"""XLSX by calamine, with what calamine does not tell: error cells (it gives an empty text), formulas, merged cells.

Those three are looked up in the sheets' XML, and only where a quick search of its bytes says that there are any.
The parser is expat of 2.4.1 or later, which every Python from 3.11 on brings: it ends documents that grow by entities,
and loads nothing from outside. Hence S314 is waived below.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree as ET

import python_calamine as calamine

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing.cells import Broken, Cell

#: Largest unpacked size that is opened [bytes]; a million rows of registers unpack to about half of it.
_LARGEST = 1 << 30
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MARKS = re.compile(rb't="e"|<f[ >/]')
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")
_Rows = Iterator[tuple[int, list[Cell]]]


class XlsxSource:
    """A workbook; sheets are read in their order, hidden and empty ones are not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._broken = _broken_cells(path)
            self._book = calamine.CalamineWorkbook.from_path(str(path))
        except (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, ET.ParseError, EOFError) as error:
            raise EngineError("registers.file-broken", file=path.name, row="-", reason=str(error)) from error
        except calamine.PasswordError as error:
            raise EngineError("registers.file-locked", file=path.name) from error
        except calamine.CalamineError as error:
            raise EngineError("registers.file-broken", file=path.name, row="-", reason=str(error)) from error
        seen = [
            (m.name, m.visible == calamine.SheetVisibleEnum.Visible)
            for m in self._book.sheets_metadata
            if m.typ == calamine.SheetTypeEnum.WorkSheet
        ]
        self._names = [name for name, visible in seen if visible]
        self.hidden = tuple(name for name, visible in seen if not visible)
        self.size = sum(self._sheet(name).height for name in self._names)
        if self.size == 0:
            raise EngineError("registers.file-empty", file=path.name)

    def _sheet(self, name: str) -> calamine.CalamineSheet:
        try:
            return self._book.get_sheet_by_name(name)
        except calamine.CalamineError as error:
            raise EngineError(
                "registers.file-broken", file=self._path.name, row="-", reason=str(error)
            ) from error

    def sheets(self) -> Iterator[tuple[str, frozenset[int], _Rows]]:
        """Read the visible sheets that hold anything."""
        for name in self._names:
            sheet = self._sheet(name)
            if sheet.height:
                yield name, _merged_rows(sheet), self._rows(name, sheet)

    def _rows(self, name: str, sheet: calamine.CalamineSheet) -> _Rows:
        # The reader gives blank rows above the first used cell, and no blank columns before it; people count from A1.
        left = sheet.start[1] if sheet.start else 0
        broken = self._broken.get(name, {})
        for number, row in enumerate(sheet.iter_rows(), start=1):
            cells: list[Cell] = [""] * left
            cells.extend(row)
            for column, code in broken.get(number, {}).items():
                cells.extend([""] * (column + 1 - len(cells)))
                cells[column] = Broken(code)
            yield number, cells


def _merged_rows(sheet: calamine.CalamineSheet) -> frozenset[int]:
    ranges = sheet.merged_cell_ranges or []
    return frozenset(row + 1 for (top, _), (bottom, _) in ranges for row in range(top, bottom + 1))


def _broken_cells(path: Path) -> dict[str, dict[int, dict[int, str]]]:
    """Error and formula cells: sheet → row from 1 → column from 0 → code."""
    with zipfile.ZipFile(path) as book:
        if sum(part.file_size for part in book.infolist()) > _LARGEST:
            raise EngineError("registers.file-too-large", file=path.name, limit=_LARGEST >> 20)
        return {name: _scan(book, part) for name, part in _sheet_parts(book).items()}


def _sheet_parts(book: zipfile.ZipFile) -> dict[str, str]:
    links = {
        link.get("Id"): link.get("Target", "")
        for link in ET.fromstring(book.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    }
    parts = {}
    for sheet in ET.fromstring(book.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):  # noqa: S314
        target = links[sheet.get(_OFFICE)]
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if "worksheets" in part:
            parts[sheet.get("name", "")] = part
    return parts


def _scan(book: zipfile.ZipFile, part: str) -> dict[int, dict[int, str]]:
    if not _marked(book, part):
        return {}
    found: dict[int, dict[int, str]] = {}
    with book.open(part) as stream:
        for _, cell in ET.iterparse(stream):  # noqa: S314
            if cell.tag != f"{_MAIN}c":
                continue
            code = _what_breaks(cell)
            match = _REFERENCE.fullmatch(cell.get("r", ""))
            if code and match:
                found.setdefault(int(match[2]), {})[_column(match[1])] = code
            cell.clear()
    return found


def _what_breaks(cell: ET.Element) -> str | None:
    if cell.find(f"{_MAIN}f") is not None:
        return "formula-cell"
    return "error-cell" if cell.get("t") == "e" else None


def _marked(book: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with book.open(part) as stream:
        while block := stream.read(1 << 20):
            if _MARKS.search(tail + block):
                return True
            tail = block[-8:]
    return False


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
