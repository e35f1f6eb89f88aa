"""A model as rows and aims over whole columns (约束行与目标), whatever it is that solves them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from solver.plan.problem import Cell

#: Rows that say how columns follow from the numbers drawn, and bind nobody.
DEFINING = frozenset({"visits", "interval", "peak"})

Terms = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """``low ≤ Σ coefficient · column ≤ high``; ``kind`` and ``where`` name the bound it stands for.

    ``past`` was taken off both limits: the bound itself is as much higher.
    """

    kind: str
    where: tuple[str, ...]
    terms: Terms
    low: int | None
    high: int | None
    past: int = 0


@dataclass(frozen=True, slots=True)
class Aim:
    """A sum to be made as small as can be; ``sign`` -1 where what is reported is its negative."""

    name: str
    terms: Terms
    sign: int


@dataclass(frozen=True, kw_only=True)
class Model:
    """The rows and aims over columns 0..n-1, each a whole number from 0 to its ``tops`` entry.

    ``units`` says how many of a column's whole numbers make one of what it counts; a linear program is scaled by it.
    """

    classes: tuple[str, ...]
    cells: tuple[Cell, ...]
    draws: dict[tuple[int, int], int]
    units: tuple[int, ...]
    tops: tuple[int, ...]
    rows: tuple[Row, ...]
    aims: tuple[Aim, ...]

    @cached_property
    def draw_columns(self) -> frozenset[int]:
        """Columns that are numbers drawn; the others follow from them."""
        return frozenset(self.draws.values())
