"""Column maps (列映射): how the headings of a foreign file lead to the columns of a register.

A map is a TOML file::

    kind = "targets"
    name = "嘉兴企业登记数据"
    registration_numbers = "REG"        # take old registration numbers as REG: keys; "refuse" by default
    make_regions = true                 # make the regions that the file names
    [columns]                           # field = heading, or headings of which the first one found counts
    key = "uscc"
    [joins.item_code]                   # a field made of several columns
    columns = ["系统", "编号"]
    separator = "-"
    [values.supervising_region]         # words of the file → words of the register
    "嘉兴" = "330400"
    [defaults]                          # where the file has no column, or an empty cell
    kind = "企业"
    [regions]                           # names of regions that the file gives as codes alone
    "330402" = "南湖区"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from inspect_engine.errors import EngineError


@dataclass(frozen=True, slots=True)
class Join:
    """A field that is made of several columns, in order."""

    columns: tuple[str, ...]
    separator: str


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How a file's headings lead to a register's fields; see the head of this module."""

    kind: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    joins: Mapping[str, Join] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    registration_numbers: str = "refuse"
    make_regions: bool = False
    fill_years: bool = False
    level: str = "county"

    def fields(self) -> frozenset[str]:
        """Every field that the map speaks of."""
        return frozenset(self.columns) | frozenset(self.joins) | frozenset(self.defaults)


_PLAIN = {
    "kind": str,
    "name": str,
    "registration_numbers": str,
    "make_regions": bool,
    "fill_years": bool,
    "level": str,
}
_TABLES = ("columns", "joins", "values", "defaults", "regions")


def parse_map(text: str, origin: str) -> ColumnMap:
    """Read a map.

    Raises
    ------
    EngineError
        ``registers.map-broken`` with the reason.
    """
    try:
        return _parse(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, _MapError) as error:
        raise EngineError("registers.map-broken", file=origin, reason=str(error)) from error


class _MapError(ValueError):
    pass


def _parse(table: dict[str, Any]) -> ColumnMap:
    for name, value in table.items():
        if name not in _TABLES and name not in _PLAIN:
            raise _MapError(f"unknown key {name}")
        if not isinstance(value, _PLAIN.get(name, dict)):
            raise _MapError(f"{name} has the wrong type")
    if "kind" not in table or table.get("registration_numbers", "refuse") not in {"refuse", "REG"}:
        raise _MapError('kind is needed; registration_numbers is "refuse" or "REG"')
    return ColumnMap(
        columns={name: _texts(name, value) for name, value in table.get("columns", {}).items()},
        joins={name: _join(name, value) for name, value in table.get("joins", {}).items()},
        values={name: _words(name, value) for name, value in table.get("values", {}).items()},
        defaults=_words("defaults", table.get("defaults", {})),
        regions=_words("regions", table.get("regions", {})),
        **({"name": ""} | {name: value for name, value in table.items() if name in _PLAIN}),
    )


def _texts(name: str, value: object) -> tuple[str, ...]:
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not found or not all(isinstance(part, str) for part in found):
        raise _MapError(f"{name} must be a heading or a list of headings")
    return tuple(found)


def _join(name: str, value: object) -> Join:
    if not isinstance(value, dict) or not isinstance(value.get("separator"), str):
        raise _MapError(f"joins.{name} needs columns and separator")
    return Join(_texts(name, value.get("columns")), value["separator"])


def _words(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
        raise _MapError(f"{name} must lead from text to text")
    return value


def load_map(path: Path) -> ColumnMap:
    """Read a map file.

    Raises
    ------
    EngineError
        ``registers.file-unreadable``, ``registers.map-broken``.
    """
    try:
        return parse_map(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise EngineError("registers.file-unreadable", file=path.name, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise EngineError("registers.map-broken", file=path.name, reason=str(error)) from error


def shipped_maps() -> tuple[str, ...]:
    """Names of the maps that come with the product."""
    folder = files("inspect_engine") / "registers" / "maps"
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


@cache
def shipped_map(name: str) -> ColumnMap:
    """Read one of the shipped maps, ``default-targets`` for instance.

    Raises
    ------
    EngineError
        ``registers.map-unknown``.
    """
    path = files("inspect_engine") / "registers" / "maps" / f"{name}.toml"
    if not path.is_file():
        raise EngineError("registers.map-unknown", name=name, known=", ".join(shipped_maps()))
    return parse_map(path.read_text(encoding="utf-8"), f"{name}.toml")
