"""What every benchmark prints: a table, then one line of JSON, and an exit code that says whether it holds."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, TypeVar

T = TypeVar("T")


def timed(do: Callable[[], T]) -> tuple[float, T]:
    """Seconds of one call, and what it gave."""
    start = time.perf_counter()
    made = do()
    return time.perf_counter() - start, made


def median_of(times: int, do: Callable[[], T]) -> tuple[float, T]:
    """Median seconds of some calls, and what the last gave."""
    runs = [timed(do) for _ in range(times)]
    return median(seconds for seconds, _ in runs), runs[-1][1]


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows in columns."""
    cells = [list(map(str, heads)), *[list(map(str, row)) for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def conclude(figures: Mapping[str, Any], goal: Mapping[str, Any], *, holds: bool) -> None:
    """Print the last line and leave."""
    print(json.dumps({"figures": figures, "goal": goal, "holds": holds}, ensure_ascii=False))
    sys.exit(0 if holds else 1)
