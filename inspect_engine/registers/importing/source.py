"""A file as sheets of numbered rows, whatever its form; what cannot be read at all is refused here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing.cells import Cell
from inspect_engine.registers.importing.csvfile import CsvSource
from inspect_engine.registers.importing.xlsxfile import XlsxSource


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name (empty for CSV), the rows that merged cells cover, and its rows in order."""

    name: str
    merged: frozenset[int]
    rows: Iterator[tuple[int, list[Cell]]]


class Source(Protocol):
    """A file that can be read more than once with the same result."""

    @property
    def size(self) -> int:
        """About how many rows there are, for progress."""
        ...

    @property
    def hidden(self) -> tuple[str, ...]:
        """Sheets that are not read because nobody sees them."""
        ...

    def sheets(self) -> Iterator[tuple[str, frozenset[int], Iterator[tuple[int, list[Cell]]]]]:
        """Read the sheets anew: name, rows with merged cells, numbered rows."""
        ...


def open_source(path: Path) -> Source:
    """Open a CSV, compressed CSV or XLSX file by its suffix.

    Raises
    ------
    EngineError
        ``registers.file-unreadable``, ``file-kind``, ``file-empty``, ``file-encoding``, ``file-truncated``,
        ``file-broken``, ``file-too-large``.
    """
    name = path.name.lower()
    try:
        if path.stat().st_size == 0:
            raise EngineError("registers.file-empty", file=path.name)
        if name.endswith(".xlsx"):
            return XlsxSource(path)
        if name.endswith((".csv", ".csv.gz", ".txt")):
            return CsvSource(path)
    except OSError as error:
        raise EngineError("registers.file-unreadable", file=path.name, reason=error.strerror) from error
    raise EngineError("registers.file-kind", file=path.name)


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes as they lie on the disk."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sheets(source: Source) -> Iterator[Sheet]:
    """Read the sheets of a source by name."""
    for name, merged, rows in source.sheets():
        yield Sheet(name, merged, rows)
