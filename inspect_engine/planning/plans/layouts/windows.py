"""Windows of batches (抽查时间段): what sheets write of them ↔ batches, never guessed.

====================================================  =======================================
3-10月、3月至10月、2026年3月—10月                          one batch of whole months
2026年3月1日-5月31日、2026-03-01至2026-05-31              one batch from day to day
全年、上半年、第三季度、9月                                one batch
3-5月；9-10月、第一批3-5月，第二批9-10月                   a batch each
每季度、每半年、每月                                      4, 2 or 12 batches
3-5月（不少于20户）                                      with the least that the batch draws
====================================================  =======================================

A remark in brackets is handed back beside the batches. A single day is refused: spreadsheets make one of ``3-10``.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from inspect_engine.planning.plans.form import BatchSpec
from inspect_engine.registers.importing.faults import Bad

_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?![\d月])")
_MONTH = re.compile(r"(?<!\d)(\d{4})[/.](\d{1,2})(?![\d/.月])")
_DASH = re.compile("[-—–−~至到]+")
_LEAST = re.compile(r"\((?:不少于|至少)(\d{1,7})[户家个]?\)")
_REMARK = re.compile(r"\(([^()]*)\)")
_ORDINAL = re.compile("^第[一二三四五六七八九十0-9]+(?:批次?|阶段)[:为]?")
_IN_PARTS = re.compile("分?[一二两三四五六七八九十0-9]+个?(?:批次?|阶段)(?:进行|开展)?")
_YEAR = r"(?:(?P<year>\d{4})年)?"
_MONTHS = re.compile(rf"{_YEAR}(?P<m>\d{{1,2}})(?:月份?)?-(?:(?P<year2>\d{{4}})年)?(?P<n>\d{{1,2}})月份?")
_ONE_MONTH = re.compile(rf"{_YEAR}(?P<m>\d{{1,2}})月份?")
_DAYS = re.compile(
    rf"{_YEAR}(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日-(?:(?P<year2>\d{{4}})年)?(?:(?P<n>\d{{1,2}})月)?(?P<e>\d{{1,2}})日"
)
_ONE_DAY = re.compile(rf"{_YEAR}(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})日")
_WORDS = re.compile(rf"{_YEAR}度?(?P<word>全年度?|上半年|下半年|第?[一二三四1-4]季度|每季度|每半年|每月)?")
_QUARTERS = {sign: 3 * n for n, pair in enumerate(("一1", "二2", "三3", "四4")) for sign in pair}
_PARTS = {"每季度": 3, "每半年": 6, "每月": 1}


def narrow(text: str) -> str:
    """One width for signs, and no blanks: the form in which texts of numbers are read."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def parse_windows(text: str, year: int) -> tuple[tuple[BatchSpec, ...], tuple[str, ...]]:
    """Read a window text.

    Returns
    -------
    tuple of BatchSpec
        In the order of the text.
    tuple of str
        Remarks in brackets, which say nothing of the window.

    Raises
    ------
    Bad
        ``plans.sheet-window``, ``plans.sheet-window-day`` (a single day), ``plans.sheet-window-year`` (of another
        year), ``plans.sheet-window-order`` (ends before it begins).
    """
    said = _MONTH.sub(r"\1年\2月", _DATE.sub(r"\1年\2月\3日", narrow(text)))
    said = _LEAST.sub(r"[\1]", said)
    remarks = tuple(_REMARK.findall(said))
    pieces = re.split("[;、,。和]", _DASH.sub("-", _REMARK.sub("", said)))
    found: list[BatchSpec] = []
    for piece in pieces:
        if piece and not _IN_PARTS.fullmatch(piece):
            found.extend(_batches(_ORDINAL.sub("", piece), year, text))
    if not found:
        raise Bad("plans.sheet-window", value=text)
    return tuple(found), remarks


def _batches(piece: str, year: int, text: str) -> list[BatchSpec]:
    match = re.fullmatch(r"(.*?)(?:\[(\d+)\])?", piece)
    assert match is not None
    spans = _spans(match[1], year, text)
    if match[2] is None:
        return [BatchSpec(first=first, last=last) for first, last in spans]
    least = int(match[2])
    if least > 1_000_000:
        raise Bad("plans.sheet-window", value=text)
    return [BatchSpec(first=first, last=last, least=least) for first, last in spans]


def _spans(piece: str, year: int, text: str) -> list[tuple[date, date]]:
    if match := _MONTHS.fullmatch(piece):
        return [_span(match, year, text, _day(year, match["m"], "1", text), _end(year, match["n"], text))]
    if match := _DAYS.fullmatch(piece):
        first = _day(year, match["m"], match["d"], text)
        return [_span(match, year, text, first, _day(year, match["n"] or match["m"], match["e"], text))]
    if match := _ONE_MONTH.fullmatch(piece):
        return [_span(match, year, text, _day(year, match["m"], "1", text), _end(year, match["m"], text))]
    if _ONE_DAY.fullmatch(piece):
        raise Bad("plans.sheet-window-day", value=text)
    if (match := _WORDS.fullmatch(piece)) and piece:
        months = _months(match["word"] or "全年")
        return [
            _span(match, year, text, date(year, low, 1), _end(year, str(high), text)) for low, high in months
        ]
    raise Bad("plans.sheet-window", value=text)


def _months(word: str) -> list[tuple[int, int]]:
    if word in _PARTS:
        return [(m, m + _PARTS[word] - 1) for m in range(1, 13, _PARTS[word])]
    if word.startswith("全年"):
        return [(1, 12)]
    if word.endswith("半年"):
        return [(1, 6)] if word[0] == "上" else [(7, 12)]
    before = _QUARTERS[word.removeprefix("第")[0]]
    return [(before + 1, before + 3)]


def _span(match: re.Match[str], year: int, text: str, first: date, last: date) -> tuple[date, date]:
    said = {name: value for name, value in match.groupdict().items() if name.startswith("year") and value}
    if any(int(value) != year for value in said.values()):
        raise Bad("plans.sheet-window-year", value=text, year=year)
    if first > last:
        raise Bad("plans.sheet-window-order", value=text)
    return first, last


def _day(year: int, month: str, day: str, text: str) -> date:
    try:
        return date(year, int(month), int(day))
    except ValueError as error:
        raise Bad("plans.sheet-window", value=text) from error


def _end(year: int, month: str, text: str) -> date:
    first = _day(year, month, "1", text)
    return first.replace(day=monthrange(year, first.month)[1])


def show_windows(batches: Sequence[BatchSpec]) -> str:
    """Write batches; :func:`parse_windows` reads them back within the same year."""
    return "；".join(
        _shown(batch) + (f"（不少于{batch.least}户）" if batch.least != 1 else "") for batch in batches
    )


def _shown(batch: BatchSpec) -> str:
    first, last = batch.first, batch.last
    if first.day == 1 and last.day == monthrange(last.year, last.month)[1]:
        return f"{first.month}月" if first.month == last.month else f"{first.month}-{last.month}月"
    return f"{first.month}月{first.day}日-{last.month}月{last.day}日"
