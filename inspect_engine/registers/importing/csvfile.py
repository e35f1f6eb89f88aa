"""CSV, plain or gzip, in UTF-8 or GB 18030: decided strictly over the whole file, never by a guess from its start."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing.cells import Cell

_BLOCK = 1 << 20
#: Largest cell that the reader takes in, so that it can be named as too long instead of ending the import.
_LARGEST_CELL = 1 << 24
_ENCODINGS = ("utf-8", "gb18030")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class CsvSource:
    """A CSV file.

    Rows are numbered as records, the heading being 1: as a spreadsheet shows them, also where a quoted cell
    holds line breaks.
    """

    hidden: tuple[str, ...] = ()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._encoding, self.size = _examine(path)

    def sheets(self) -> Iterator[tuple[str, frozenset[int], Iterator[tuple[int, list[Cell]]]]]:
        """Read the one nameless sheet."""
        yield "", frozenset(), self._rows()

    def _rows(self) -> Iterator[tuple[int, list[Cell]]]:
        with _large_cells(), _open(self._path) as stream:
            text = io.TextIOWrapper(stream, encoding=self._encoding, newline="")
            reader = csv.reader(text, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    yield number, cast("list[Cell]", cells)
            except csv.Error as error:
                raise EngineError(
                    "registers.file-broken", file=self._path.name, row=number + 1, reason=str(error)
                ) from error


@contextmanager
def _large_cells() -> Iterator[None]:
    before = csv.field_size_limit(_LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _open(path: Path) -> IO[bytes]:
    if path.name.lower().endswith(".gz"):
        return cast("IO[bytes]", gzip.open(path, "rb"))
    return path.open("rb")


def _examine(path: Path) -> tuple[str, int]:
    """Read the file through once: its encoding, and its number of lines."""
    decoders = {name: codecs.getincrementaldecoder(name)("strict") for name in _ENCODINGS}
    position, lines, first = 0, 0, b""
    for block in _blocks(path):
        first = first or block
        if (block.startswith(_UTF16) and position == 0) or b"\0" in block:
            raise EngineError("registers.file-encoding", file=path.name, position=position)
        decoders = {name: d for name, d in decoders.items() if _takes(d, block)}
        if not decoders:
            raise EngineError("registers.file-encoding", file=path.name, position=position)
        position += len(block)
        lines += block.count(b"\n")
    whole = [name for name, d in decoders.items() if _takes(d, b"", final=True)]
    if not whole:
        raise EngineError("registers.file-encoding", file=path.name, position=position)
    if position == 0:
        raise EngineError("registers.file-empty", file=path.name)
    # Text that is right in UTF-8 is right in GB 18030 only by accident, so UTF-8 comes first.
    name = whole[0]
    return ("utf-8-sig" if name == "utf-8" and first.startswith(codecs.BOM_UTF8) else name), lines


def _takes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with _open(path) as stream:
            while block := stream.read(_BLOCK):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise EngineError("registers.file-truncated", file=path.name, reason=str(error)) from error
