"""From a cell to clean text: one Unicode form, no blanks at the ends, nothing that cannot be seen."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from inspect_engine.registers.importing.faults import Bad


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell that holds no value of its own: ``error-cell`` or ``formula-cell``."""

    code: str


Cell: TypeAlias = "str | int | float | bool | date | datetime | time | timedelta | Broken"

#: Longest text of a cell [characters]; the longest basis in a real item list has some 300.
LONGEST = 4_000

#: Signs that change the direction in which their neighbours are shown, so that a name reads as another.
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def clean(cell: Cell) -> str:
    """Make text of a cell.

    Whole numbers lose the ``.0`` that spreadsheets add. Blanks at both ends go, the ideographic space U+3000 and
    the tab with which some systems keep codes from becoming numbers included.

    Raises
    ------
    Bad
        ``error-cell``, ``formula-cell``, ``cell-too-long``, ``control-character``, ``lost-character``,
        ``cell-is-duration``.
    """
    if isinstance(cell, str):
        return clean_text(cell)
    if isinstance(cell, Broken):
        raise Bad(cell.code)
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return str(int(cell)) if float(cell).is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    raise Bad("cell-is-duration", value=cell)


def clean_text(value: str) -> str:
    """Make clean text of text; raises as :func:`clean`."""
    if len(value) > LONGEST:
        raise Bad("cell-too-long", length=len(value), limit=LONGEST)
    if value.isascii() and value.isprintable():
        return value.strip(" ")
    value = unicodedata.normalize("NFC", value.strip("\ufeff").strip())
    if "\ufffd" in value:
        raise Bad("lost-character")
    if not value.isprintable():
        _refuse_hidden(value)
    return value


def _refuse_hidden(value: str) -> None:
    """Private-use signs pass: rare characters of old registers stand there; so does the inner U+3000."""
    for sign in value:
        if sign in _DIRECTIONS or unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}:
            raise Bad("control-character", sign=f"U+{ord(sign):04X}")
