"""The limits of the year's numbers (数量界限): the data of model.py that are worked out, each by the number it has there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil

from solver.plan.problem import PPM, Problem, Task, range_of

#: The 95 % point of the normal distribution, squared: both tails of a 90 % interval.
_Z2 = 1.6448536269514722**2


def needed(population: int, rate: int, width: int) -> int:
    """Return g of the data: how many make the 90 % interval of a rate [ppm] no wider than the width [ppm]."""
    half = width / PPM / 2
    share = max(rate / PPM, half)
    plain = _Z2 * share * max(0.0, 1 - share) / half**2
    return min(population, max(1, ceil(plain / (1 + (plain - 1) / population))))


def class_limits(problem: Problem, task: Task, risk_class: str, population: int) -> tuple[int, int]:
    """Return L_ic and U_ic of (1)."""
    one = range_of(problem, task, risk_class)
    least = max(1, up(one.lowest, population), up(problem.slice, population))
    return least, max(one.highest * population // PPM, least)


def fewest(sizes: Iterable[int]) -> int:
    """Return how many an item draws at least: one of the lowest class, of each after it in proportion, rounded up."""
    total, number, of = 0, 1, 1
    for size in sizes:
        number = max(1, -(-number * size // of)) if total else 1
        total, of = total + number, size
    return total


def item_limits(task: Task, sizes: Sequence[int]) -> tuple[int | None, int | None]:
    """Return the limits of (3) of an item with so many bodies of the classes that have any, from low to high."""
    population, least = sum(sizes), fewest(sizes)
    match task.form:
        case "minimum":
            return up(task.ratio, population), None
        case "maximum":
            return None, max(least, task.ratio * population // PPM)
        case "exact":
            number = max(least, (2 * task.ratio * population + PPM) // (2 * PPM))
            return number, number
        case "count":
            return task.count, task.count
        case "free":
            return None, None


def left(cap: int, size: int, made: int) -> int:
    """Return left of (10): visits that a group can still bear."""
    return cap * size - made + cap - 1 if made < cap * size else 0


def usable(problem: Problem, minutes: int) -> int:
    """Return H of (9): what is left of the means for the plan."""
    return minutes * (PPM - problem.held_back) // PPM


def up(ratio: int, population: int) -> int:
    """Return how many of a population a ratio [ppm] is, rounded up."""
    return -(-ratio * population // PPM)
