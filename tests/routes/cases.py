"""Problems of the road: arbitrary ones for Hypothesis, and one to be bent rule by rule."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from solver.routes.problem import Crew, Problem, Stop, Work

HOUR = 3600
#: Little work: laws hold at any limit.
LITTLE = Work(solutions=50, rounds=8, labels=300, dives=1, parts=4, deterministic=0.05)


@st.composite
def stops(draw: st.DrawFn, number: int, places: int) -> Stop:
    """A stop that its hours can hold, agreed hour and clash of days among the sorts."""
    service = draw(st.integers(0, 4)) * HOUR // 2
    opens = 8 * HOUR + draw(st.integers(0, 8)) * HOUR // 2
    closes = opens + service + draw(st.integers(0, 10)) * HOUR // 2
    at = draw(st.one_of(st.none(), st.none(), st.integers(opens, closes - service)))
    days = draw(st.sets(st.integers(0, 3), min_size=1).map(lambda some: tuple(sorted(some))))
    skills = draw(st.frozensets(st.sampled_from("abc"), max_size=2))
    return Stop(f"s{number}", draw(st.integers(0, places - 1)), service, days, opens, closes, skills, "", at)


@st.composite
def problems(draw: st.DrawFn, least: int = 0, most: int = 12) -> Problem:
    """Any problem that can be read; the matrix is neither symmetric nor metric."""
    places = draw(st.integers(1, 6))
    cells = draw(st.lists(st.integers(0, 5000), min_size=places**2, max_size=places**2))
    matrix = np.array(cells, dtype=np.int64).reshape(places, places)
    np.fill_diagonal(matrix, 0)
    number = draw(st.integers(least, most))
    chosen = tuple(draw(stops(i, places)) for i in range(number))
    crew = Crew("unit", draw(st.integers(0, places - 1)), 9 * HOUR, draw(st.integers(4, 9)) * HOUR)
    costs = draw(st.sampled_from([0, 600, 1800])), draw(st.sampled_from([0, 3000, 28800]))
    return Problem(chosen, crew, matrix, *costs)


def stop(name: str, place: int, **other: object) -> Stop:
    """An hour's visit on any of five days, open all day, unless said otherwise."""
    given: dict[str, object] = {
        "service": HOUR, "days": (0, 1, 2, 3, 4), "opens": 8 * HOUR, "closes": 20 * HOUR, **other,
    }  # fmt: skip
    return Stop(name, place, **given)  # type: ignore[arg-type]


def town(*chosen: Stop, length: int = 7 * HOUR, skill: int = 0) -> Problem:
    """Stops in a town of six places ten minutes apart; the station is place 0."""
    matrix = np.full((6, 6), 600, dtype=np.int64)
    np.fill_diagonal(matrix, 0)
    return Problem(chosen, Crew("unit", 0, 9 * HOUR, length), matrix, skill, 8 * HOUR)
