"""What ratio and frequency texts have in common: bounds, numerals, and clauses for one level of government."""

from __future__ import annotations

import re

from inspect_engine.registers.tables import Bound

_AT_LEAST = "不少于|不低于|不得少于|不得低于|至少|≥|>="
_AT_MOST = "一般不超过|不超过|不得超过|不高于|不多于|至多|最多|≤|<="
_BOUND = re.compile(f"(?P<minimum>{_AT_LEAST})|(?P<maximum>{_AT_MOST})")
_DELIMITER = re.compile("[，,；;。（(：:]")
#: Titles (《…》), numbers of documents (〔2015〕25号) and of articles (第28条).
_QUOTED = re.compile(r"《[^》]*》|[〔\[(（]\d{4}[〕\])）]\s*第?\d+号|第[\d一二三四五六七八九十百]+[条款项号]")

#: A clause that opens with a level: 市级局…, 由省级监管部门…, 市、县质监部门….
_LEVELLED = re.compile(
    "由?((?:[省市县区]级?[、和及]?)+)(?:局|级|[质工监食药市商督品]*(?:监管|监督管理)?部门|抽查|不)"
)
_LEVELS = {"省": "province", "市": "city", "县": "county", "区": "county"}

_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def plain(text: str) -> str:
    """The text without titles and numbers of documents and articles, which mean something else."""
    return _QUOTED.sub("", text)


def numeral(text: str) -> int:
    """A whole number in digits or as one Chinese sign."""
    return _DIGITS[text] if text in _DIGITS else int(text)


def bound_before(text: str, position: int) -> Bound:
    """Which side a number limits: by the last bounding word before it within its own clause."""
    start = max((match.end() for match in _DELIMITER.finditer(text, 0, position)), default=0)
    found = list(_BOUND.finditer(text, start, position))
    if not found:
        return Bound.exact
    return Bound.minimum if found[-1]["minimum"] else Bound.maximum


def for_level(text: str, level: str) -> str:
    """The part of a text that speaks to one level of government.

    Where two clauses open with different levels and one of them is ours, ours counts until the next such clause.
    Everything else speaks to all.
    """
    clauses = re.split("[；;，,。]", text)
    named = [_levels(clause) for clause in clauses]
    if sum(bool(levels) for levels in named) < 2 or not any(level in levels for levels in named):
        return text
    kept, ours = [], False
    for clause, levels in zip(clauses, named, strict=True):
        ours = level in levels if levels else ours
        if ours:
            kept.append(clause)
    return "，".join(kept)


def _levels(clause: str) -> frozenset[str]:
    match = _LEVELLED.match(clause)
    return frozenset(_LEVELS[sign] for sign in match[1] if sign in _LEVELS) if match else frozenset()
