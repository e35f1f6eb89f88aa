"""From clean text to values: what a column of a register may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias

from inspect_engine.registers import codes
from inspect_engine.registers.importing.faults import Bad
from solver.dr1.encoding import Json

#: Values of one row by field name; records hold JSON values only, since they are hashed in canonical form.
Record: TypeAlias = "dict[str, Json]"
Parser: TypeAlias = "Callable[[str], Json]"

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_PLAIN_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：时]([0-5]\d)分?")
_WEEKDAY = re.compile(r"(?:周|星期)?([1-7一二三四五六日天])")
_PARTS = re.compile(r"[、;；,，|]")
_TRUE = frozenset({"1", "是", "true", "yes", "y", "可", "有", "√", "工作日", "上班"})
_FALSE = frozenset({"0", "否", "false", "no", "n", "不可", "无", "×", "休息日", "放假"})


#: Canonical bytes (dr1 section 2) of a record. Cells are clean and records hold no floats by the time they get here,
#: so the checks of :func:`solver.dr1.encoding.canonical`, a third of a large import, would repeat themselves.
_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def record_bytes(record: Record) -> bytes:
    """Write a record in its canonical form, as ``canonical`` would."""
    return _dump(record).encode()


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a register.

    Attributes
    ----------
    name : str
        Name in records and maps.
    parse : Parser
        From clean, non-empty text to a value; raises Bad.
    required : bool
        An empty cell is a fault, and so is a file without the column.
    code : bool
        Refuse cells that a spreadsheet holds as numbers: leading zeros and digits past the 15th are lost.
    aside : bool
        Helps to understand the row and is no part of its record.
    """

    name: str
    parse: Parser
    required: bool = False
    code: bool = False
    aside: bool = False


def text(value: str) -> Json:
    """Any text."""
    return value


def code(value: str) -> Json:
    """A code of the bureau's own: folded, without inner blanks.

    Raises
    ------
    Bad
        ``code-as-number``, ``code-blank``.
    """
    if codes.lost_digits(value):
        raise Bad("code-as-number", value=value)
    if len(value.split(None, 1)) > 1:
        raise Bad("code-blank", value=value)
    return codes.fold(value)


@lru_cache(maxsize=4096)
def region(value: str) -> str:
    """A region of GB/T 2260 or 10114; trailing zeros of a 12-digit town are dropped."""
    folded = codes.fold(value)
    if not codes.is_region(folded):
        raise Bad("region-shape", value=value)
    return folded[:9] if len(folded) == 12 and folded.endswith("000") else folded


def industry(value: str) -> Json:
    """A class of GB/T 4754."""
    folded = codes.fold(value)
    if not codes.is_industry(folded):
        raise Bad("industry-shape", value=value)
    return folded


def target_key(value: str) -> Json:
    """The key of a target that is in the register already: a unified code, or ``REG:`` and an identifier."""
    folded = codes.fold(value)
    if folded.startswith(codes.REG):
        return folded
    refuse_code(folded)
    return folded


def refuse_code(folded: str) -> None:
    """Refuse a code that is no valid unified code: ``code-as-number``, or as :func:`codes.unified_fault`."""
    fault = codes.unified_fault(folded)
    if fault is not None:
        raise Bad("code-as-number" if codes.lost_digits(folded) else fault, value=folded)


@lru_cache(maxsize=16384)
def day(value: str) -> str:
    """A day as ``2026-04-01``; accepts ``2026/4/1``, ``2026.4.1``, ``20260401`` and ``2026年4月1日``.

    Raises
    ------
    Bad
        ``date-shape``, ``date-range`` (years 1900 to 2199).
    """
    match = _DATE.fullmatch(value) or _PLAIN_DATE.fullmatch(value)
    if match is None:
        raise Bad("date-shape", value=value)
    try:
        found = date(*(int(part) for part in match.groups()))
    except ValueError:
        raise Bad("date-shape", value=value) from None
    if not 1900 <= found.year < 2200:
        raise Bad("date-range", value=value)
    return found.isoformat()


def clock(value: str) -> Json:
    """An hour as ``09:00``; accepts ``9:00`` and ``9时00分``."""
    match = _CLOCK.fullmatch(value)
    if match is None:
        raise Bad("hour-shape", value=value)
    return f"{int(match[1]):02d}:{match[2]}"


def weekdays(value: str) -> Json:
    """Days of the week as numbers, 1 Monday to 7 Sunday; accepts 周一、星期日 and numbers, divided as :func:`parts`."""
    found: set[int] = set()
    for part in (part.strip() for part in _PARTS.split(value)):
        match = _WEEKDAY.fullmatch(part)
        if match is None:
            raise Bad("weekday-shape", value=value)
        found.add(int(match[1]) if match[1].isdigit() else min(7, "一二三四五六日天".index(match[1]) + 1))
    return list[Json](sorted(found))


def truth(value: str) -> Json:
    """Yes or no, in either language."""
    word = value.lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Bad("not-a-truth", value=value)


def parts(value: str) -> Json:
    """A set of words, divided by 、 ; , or |: sorted, each once, so that their order is no change."""
    return list(sorted({part.strip() for part in _PARTS.split(value)} - {""}))  # noqa: C413 - a list of Json


def degrees(limit: int) -> Parser:
    """Coordinate in degrees within ±limit, as text with six decimals (0.1 m): records hold no floats."""

    def parse(value: str) -> Json:
        try:
            number = float(value)
        except ValueError:
            raise Bad("not-a-number", value=value) from None
        if not -limit <= number <= limit:  # NaN fails too
            raise Bad("coordinate-range", value=value, limit=limit)
        return f"{number:.6f}"

    return parse


def whole(least: int, most: int) -> Parser:
    """A whole number within a range."""

    def parse(value: str) -> Json:
        if not (value.isascii() and value.isdigit()):
            raise Bad("not-a-number", value=value)
        number = int(value)
        if not least <= number <= most:
            raise Bad("number-range", value=value, least=least, most=most)
        return number

    return parse


def one_of(vocabulary: Mapping[str, str]) -> Parser:
    """A word of an enumeration, Chinese or English; the vocabulary leads from each word to its value."""

    def parse(value: str) -> Json:
        found = vocabulary.get(value) or vocabulary.get(value.lower())
        if found is None:
            raise Bad("word-unknown", value=value, words="、".join(list(vocabulary)[:12]))
        return found

    return parse
