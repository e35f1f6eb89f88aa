"""Read the rule files, and find the rule that is in force on a day at a place."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from inspect_engine.errors import EngineError

MARKS = frozenset({"read", "secondary", "practice", "derived", "memory", "house"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of one rule (规则).

    Attributes
    ----------
    key : str
        Name of the rule (``yearly-cap``).
    value : object
        Number, text, list or table, as the key's description says.
    place : str
        Leading digits of the regions it holds for; empty for the whole country.
    starts, ends : datetime.date
        In force on ``starts``, no longer on ``ends``; None for an open side.
    source, mark, note : str
        Where it is from, how certain it is (see :data:`MARKS`), and what to know of it.
    """

    key: str
    value: Any
    place: str
    starts: date | None
    ends: date | None
    source: str
    mark: str
    note: str = ""

    def holds(self, day: date, region: str) -> bool:
        """Tell whether the rule is in force on a day for a region."""
        begun = self.starts is None or self.starts <= day
        return begun and (self.ends is None or day < self.ends) and region.startswith(self.place)


@cache
def _texts() -> tuple[tuple[str, bytes], ...]:
    folder = files("inspect_engine") / "rules" / "data"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return tuple((entry.name, entry.read_bytes()) for entry in sorted(found, key=lambda entry: entry.name))


@cache
def _all() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            key=entry["key"],
            value=entry["value"],
            place=entry.get("place", ""),
            starts=entry.get("starts"),
            ends=entry.get("ends"),
            source=entry["source"],
            mark=entry["mark"],
            note=entry.get("note", ""),
        )
        for _, text in _texts()
        for entry in tomllib.loads(text.decode()).get("rule", [])
    )


def rules_of(key: str) -> tuple[Rule, ...]:
    """Every version of a rule.

    Raises
    ------
    EngineError
        ``rules.unknown``.
    """
    found = tuple(rule for rule in _all() if rule.key == key)
    if not found:
        raise EngineError("rules.unknown", key=key)
    return found


def rule_on(key: str, day: date, region: str = "") -> Rule:
    """Find the rule in force on a day: the one for the narrowest place, and of those the latest.

    Raises
    ------
    EngineError
        ``rules.unknown``; ``rules.not-in-force`` where no version holds on that day at that place.
    """
    holding = [rule for rule in rules_of(key) if rule.holds(day, region)]
    if not holding:
        raise EngineError("rules.not-in-force", key=key, day=day.isoformat(), region=region or "-")
    return max(holding, key=lambda rule: (len(rule.place), rule.starts or date.min))


@cache
def codes_of(name: str) -> Mapping[str, Mapping[str, str]]:
    """Read a list of codes: code → ``zh``, ``en`` and what else it says.

    Raises
    ------
    EngineError
        ``rules.unknown``.
    """
    for _, text in _texts():
        table = tomllib.loads(text.decode()).get("codes", {})
        if name in table:
            found: Mapping[str, Mapping[str, str]] = table[name]
            return found
    raise EngineError("rules.unknown", key=name)


@cache
def edition() -> str:
    """SHA-256 over the names and bytes of all rule files: which edition of the rules this is."""
    total = hashlib.sha256()
    for name, text in _texts():
        total.update(f"{name}\n{len(text)}\n".encode() + text)
    return total.hexdigest()
