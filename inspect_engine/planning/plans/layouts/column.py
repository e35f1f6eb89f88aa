"""What a column of a plan sheet is (计划表的栏): a reader into parts of a line, and a writer from a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from inspect_engine.planning.plans.form import LineSpec
from inspect_engine.planning.plans.layouts.names import Names
from inspect_engine.registers.importing.faults import Bad

Parts: TypeAlias = "dict[str, Any]"


@dataclass(frozen=True, slots=True)
class LineTotals:
    """What a plan says of one line in all (基数、抽查数): safe to publish, since it tells of no class.

    Attributes
    ----------
    population : int
        Bodies that the line may draw.
    take : int
        Bodies that it draws over the year.
    by_month : mapping of int to int
        Month → bodies drawn in it.
    """

    population: int
    take: int
    by_month: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What reading a cell rests on; ``aside`` gathers what was said and not taken."""

    year: int
    names: Names
    exact: bool
    aside: list[Bad] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Showing:
    """What writing a cell rests on."""

    number: int
    names: Names
    totals: LineTotals | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its reader and writer, the fields of a line that it carries, and whether a merge must stay in one task."""

    read: Callable[[str, Reading], Parts]
    show: Callable[[LineSpec, Showing], str]
    carries: tuple[str, ...] = ()
    number: bool = False
    filled: bool = False
