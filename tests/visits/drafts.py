"""Tasks, drawn rows and visits, made by hand or by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

from inspect_engine.planning.tables import Method
from inspect_engine.visits.merge import Line, Taken, TaskTerms

FIRST = date(2026, 12, 1)
DEPARTMENTS = ("市监", "应急", "环保")
_SKILLS = ("", "食品", "危化", "大气", "特种设备")
TOWNS = ("330402001", "330402002", "330411001")


def task(
    label: str,
    *,
    lines: tuple[tuple[str, str], ...] = (("市监", ""),),
    slots: Mapping[str, int] | None = None,
    host: str = "市监",
    window: tuple[date, date] = (FIRST, FIRST + timedelta(days=30)),
    method: Method = Method.onsite,
    minutes: int = 30,
) -> TaskTerms:
    """A task with a line for each (department, skill)."""
    made = tuple(
        Line(label, i, department, f"{department}局", method, skill, minutes)
        for i, (department, skill) in enumerate(lines)
    )
    return TaskTerms(label, window, made, slots or {host: 2}, host)


@st.composite
def _tasks(draw: st.DrawFn) -> dict[str, TaskTerms]:
    """One to four tasks that share 10 to 14 December, as an order form demands."""
    found = {}
    for number in range(draw(st.integers(1, 4))):
        joining = draw(st.lists(st.sampled_from(DEPARTMENTS), min_size=1, max_size=3, unique=True))
        slots = {department: draw(st.sampled_from((0, 2, 3))) for department in joining}
        slots[joining[0]] = draw(st.integers(2, 3))
        asked = st.lists(
            st.tuples(st.sampled_from(joining), st.sampled_from(_SKILLS)), min_size=1, max_size=4
        )
        lines = draw(asked)
        window = FIRST + timedelta(days=draw(st.integers(0, 9))), FIRST + timedelta(draw(st.integers(13, 30)))
        method = draw(st.sampled_from(Method))
        label = f"T{number}"
        found[label] = task(
            label,
            lines=tuple(lines),
            slots=slots,
            host=joining[0],
            window=window,
            method=method,
            minutes=draw(st.integers(10, 90)),
        )
    return found


@st.composite
def terms_and_rows(draw: st.DrawFn, most: int = 25) -> tuple[dict[str, TaskTerms], list[Taken]]:
    """Tasks, and bodies drawn for one or more of them."""
    terms = draw(_tasks())
    rows = []
    for number in range(draw(st.integers(1, most))):
        town = draw(st.sampled_from(TOWNS))
        names = draw(st.lists(st.sampled_from(sorted(terms)), min_size=1, unique=True))
        blind = f"{number * 7 % 32:064x}"
        rows += [Taken(blind, number + 1, town[:6], town, name, terms[name].window) for name in names]
    return terms, draw(st.permutations(rows))
