"""Stored values in the words of a list (清单用词): the first Chinese word of the import's vocabulary, so that it reads back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from inspect_engine.registers.importing import vocabulary

_METHODS = {"现场检查": "onsite", "书面检查": "paper", "网络监测": "network"}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": vocabulary.ITEM_KINDS | vocabulary.POWER_KINDS,
    "level": vocabulary.LEVELS,
    "listing": vocabulary.LISTINGS,
    "methods": _METHODS,
    "state": vocabulary.ITEM_STATES,
}


@cache
def _first(column: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for word, value in _WORDS[column].items():
        found.setdefault(value, word)
    return found


def shown(column: str, value: str) -> str:
    """A cell of a list in words; parts joined by 、 each by itself; what has no word stays."""
    if column not in _WORDS:
        return value
    words = _first(column)
    return "、".join(words.get(part, part) for part in value.split("、"))
