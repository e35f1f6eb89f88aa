"""The draw of a provincial platform (2016-17), written anew from what is told of it, as the peer to measure against.

Targets.  Sorted rows 0 … N-1, n wanted: step = ⌊N/n⌋ (1); one random start r, 0 ≤ r < step; the rows
r, r + step, …, r + (n-1)·step (2). Only ``step`` samples exist, and the last N - n·step rows are in none.

Paging.  Rows are read in pages of 5,000, and at each turn of a page the place of the next row within the new page
comes out one too small, but not below its first row (3). That two starts then fall together, one pair more a page, is our
reading of "the paging shift"; it gives the figures that were told, 4,625 rows never drawn and 4,160 at double chance.

Officers.  A set of officers is handed round in fixed cyclic order, 1-2, 3-4, 5-6, … (4): who goes where is settled
by the order of two lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


def step_of(population: int, count: int) -> int:
    """Return the step (1), which is also the number of samples that exist."""
    return population // count


def systematic(population: int, count: int, start: int) -> list[int]:
    """Return the rows drawn from one start (2)."""
    step = step_of(population, count)
    return [start + k * step for k in range(count)]


def paged(population: int, count: int, start: int, page: int = 5000) -> list[int]:
    """Return the rows drawn from one start where rows are read in pages (3)."""
    step, first, place = step_of(population, count), 0, start
    rows: list[int] = []
    while len(rows) < count and first < population:
        size = min(page, population - first)
        while place < size and len(rows) < count:
            rows.append(first + place)
            place += step
        first, place = first + size, max(0, place - size - 1)
    return rows


def starts_by_row(samples: Iterator[list[int]], population: int) -> Counter[int]:
    """Count the rows by the number of starts that draw them; 0 is a row that no start draws."""
    drawn = Counter(row for sample in samples for row in set(sample))
    return Counter(drawn[row] for row in range(population))


def round_robin(officers: int, targets: int, team: int = 2) -> list[tuple[int, ...]]:
    """Return each target's team (4)."""
    return [tuple((i * team + j) % officers for j in range(team)) for i in range(targets)]
