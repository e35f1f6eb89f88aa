"""Strata and their numbers (分层与抽取数): who shares one chance, and how many of them are drawn.

A task's frame falls into cells (risk class × region). Each cell of n targets asked at share r has the quota
q = r·n (1); asked as a count c for a class of N it has q = c·n/N (2). The number drawn is

    ⌈q⌉ for a minimum, ⌊q⌋ for a maximum, q rounded (halves up) for an exact share,               (3)
    largest remainders for a count, so that the class's numbers sum to c.                          (4)

No cell with q > 0 may go undrawn: every class keeps a chance above zero (山东's 不豁免). A cell whose number
would be 0 is therefore joined with its neighbour — of the same class in the order of regions first, then the
next class — until one is drawn (5), and the merge is stated. Within a stratum all have the same chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Literal

Form = Literal["minimum", "maximum", "exact", "count"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One class in one region (单元), as asked for.

    Attributes
    ----------
    risk_class, region : str
        Empty where the task does not split by it.
    population : int
        Eligible targets, ≥ 1.
    quota : fractions.Fraction
        How many were asked for, exactly, by (1) or (2).
    """

    risk_class: str
    region: str
    population: int
    quota: Fraction


@dataclass(frozen=True, slots=True)
class Stratum:
    """Cells that share one chance, ``take`` out of ``population``."""

    cells: tuple[Cell, ...]
    take: int

    @property
    def population(self) -> int:
        """Number of eligible targets in all cells."""
        return sum(cell.population for cell in self.cells)

    @property
    def quota(self) -> Fraction:
        """What was asked for in all cells, exactly."""
        return sum((cell.quota for cell in self.cells), Fraction(0))

    @property
    def merged(self) -> bool:
        """Whether neighbours had to be joined so that no cell goes undrawn."""
        return len(self.cells) > 1


def stratify(cells: Iterable[Cell], form: Form) -> list[Stratum]:
    """Turn cells into strata, merging where one would go undrawn.

    Parameters
    ----------
    cells : iterable of Cell
        Each (class, region) once.
    form : {"minimum", "maximum", "exact", "count"}
        Which way quotas are rounded, by (3) or (4).

    Returns
    -------
    list of Stratum
        In the order of (class, region) of their first cells. If even all cells together draw no one, one
        stratum with ``take`` 0 comes back; the caller refuses it.
    """
    ordered = sorted(cells, key=lambda cell: (cell.risk_class, cell.region))
    asked = [cell for cell in ordered if cell.quota > 0]
    idle = [Stratum((cell,), 0) for cell in ordered if cell.quota == 0]
    within = [
        stratum
        for risk_class in sorted({cell.risk_class for cell in asked})
        for stratum in _merge(_numbered([c for c in asked if c.risk_class == risk_class], form), form)
    ]
    strata = _merge(within, form) + idle
    return sorted(strata, key=lambda s: (s.cells[0].risk_class, s.cells[0].region))


def _numbered(cells: Sequence[Cell], form: Form) -> list[Stratum]:
    if form == "count":
        return _largest_remainders(cells)
    return [_joined([Stratum((cell,), 0)], form) for cell in cells]


def _joined(strata: Sequence[Stratum], form: Form) -> Stratum:
    cells = tuple(cell for stratum in strata for cell in stratum.cells)
    joined = Stratum(cells, 0)
    if form == "count":
        return replace(joined, take=sum(stratum.take for stratum in strata))
    return replace(joined, take=min(_round(joined.quota, form), joined.population))


def _round(quota: Fraction, form: Form) -> int:
    if form == "minimum":
        return ceil(quota)
    return floor(quota) if form == "maximum" else floor(quota + Fraction(1, 2))


def _largest_remainders(cells: Sequence[Cell]) -> list[Stratum]:
    """Apportion a whole count among cells (Hamilton's method); ties go to the earlier region."""
    asked = sum((cell.quota for cell in cells), Fraction(0))
    total = min(int(asked), sum(cell.population for cell in cells))
    takes = [min(floor(cell.quota), cell.population) for cell in cells]
    order = sorted(range(len(cells)), key=lambda i: (takes[i] - cells[i].quota, i))
    for i in order * len(cells):
        if sum(takes) >= total:
            break
        takes[i] += takes[i] < cells[i].population
    return [Stratum((cell,), take) for cell, take in zip(cells, takes, strict=True)]


def _merge(strata: Sequence[Stratum], form: Form) -> list[Stratum]:
    """Join each stratum that draws no one with the next; the last with the one before it (5)."""
    done: list[Stratum] = []
    waiting: list[Stratum] = []
    for stratum in strata:
        waiting.append(stratum)
        joined = _joined(waiting, form) if len(waiting) > 1 else stratum
        if joined.take > 0:
            done.append(joined)
            waiting = []
    if waiting:
        done = [*done[:-1], _joined([*done[-1:], *waiting], form)]
    return done
