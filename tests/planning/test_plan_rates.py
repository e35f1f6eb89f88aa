"""Rates of a plan's cells: shares of one, the prior before any findings, and never lower for more findings."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from inspect_engine.planning.plans.rates import Cell, line_rates
from solver.plan.problem import PPM
from solver.plan.rates import Past, Prior

ITEMS = {"T01": ("I-1", "I-2"), "T02": ("I-2",), "T03": ("I-3", "I-1", "I-2")}
PLACES = [(risk, region) for risk in ("A", "D") for region in ("330402", "330411")]
CELLS = {"T01": PLACES, "T02": PLACES[:2], "T03": PLACES}
ALL: list[Cell] = [
    (item, risk, region)
    for item in ("I-1", "I-2", "I-3", "I-9")
    for risk, region in [*PLACES, ("B", "330402")]
]
PASTS = st.dictionaries(
    st.sampled_from(ALL),
    st.tuples(st.integers(0, 60), st.integers(1, 60)).map(lambda p: Past(min(p), max(p))),
)
PRIORS = st.builds(Prior, st.floats(0, 1), st.floats(1, 100))


def rates(past: Mapping[Cell, Past], prior: Prior) -> dict[tuple[str, str, str], int]:
    """Rates of the lines by task, class and region."""
    return {(r.task, r.risk_class, r.region): r.rate for r in line_rates(ITEMS, CELLS, past, prior)}


@given(PASTS, PRIORS)
@settings(max_examples=150, deadline=None)
def test_every_cell_has_one_rate_between_none_and_all(past: dict[Cell, Past], prior: Prior) -> None:
    """Each cell of each line has one rate, a whole number of parts from 0 to a million, whatever was found."""
    found = line_rates(ITEMS, CELLS, past, prior)
    assert [(r.task, r.risk_class, r.region) for r in found] == [
        (task, *place) for task in CELLS for place in sorted(CELLS[task])
    ]
    assert all(isinstance(r.rate, int) and 0 <= r.rate <= PPM for r in found)


@given(PRIORS)
@settings(max_examples=100, deadline=None)
def test_no_history_gives_the_prior_of_each_item(prior: Prior) -> None:
    """Before any findings a line of k items has 1 - (1 - p)^k."""
    found = rates({}, prior)
    assert len(found) == sum(map(len, CELLS.values()))
    for (task, _, _), rate in found.items():
        wanted = 1 - prod(1 - prior.rate for _ in ITEMS[task])
        assert rate == pytest.approx(wanted * PPM, abs=1)


@given(PASTS, PRIORS)
@settings(max_examples=100, deadline=None)
def test_items_come_together_as_if_independent(past: dict[Cell, Past], prior: Prior) -> None:
    """A line finds a problem when any of its items does: 1 - Π (1 - p) of the items, each as a line of its own."""
    items = sorted({item for mine in ITEMS.values() for item in mine})
    alone = {
        (r.task, r.risk_class, r.region): r.rate / PPM
        for r in line_rates({i: (i,) for i in items}, dict.fromkeys(items, PLACES), past, prior)
    }
    for (task, risk, region), rate in rates(past, prior).items():
        wanted = 1 - prod(1 - alone[item, risk, region] for item in ITEMS[task])
        assert rate == pytest.approx(wanted * PPM, abs=4)


@given(
    PASTS,
    PRIORS,
    st.sampled_from([(i, *place) for i in ("I-1", "I-2") for place in PLACES]),
    st.integers(1, 20),
)
@settings(max_examples=400, deadline=None)
def test_more_findings_never_lower_the_cells_rate(
    past: dict[Cell, Past], prior: Prior, cell: Cell, more: int
) -> None:
    """Where the same inspections of a cell find more, no line's rate in that cell falls."""
    had = past.get(cell, Past(0, 20))
    more = min(more, had.inspected - had.found)
    event("found more" if more else "all was found already")
    before = rates(past | {cell: had}, prior)
    after = rates(past | {cell: Past(had.found + more, had.inspected)}, prior)
    held = [key for key in before if key[1:] == cell[1:] and cell[0] in ITEMS[key[0]]]
    assert held
    for key in held:
        assert after[key] >= before[key] - 1


def test_a_cell_leans_toward_its_own_class_and_item() -> None:
    """A cell nobody inspected follows its class within its item; another item's or class's findings move it less."""
    many = {
        ("I-1", "D", "330402"): Past(90, 100),
        ("I-1", "A", "330402"): Past(2, 100),
        ("I-2", "A", "330402"): Past(3, 100),
    }
    alone = {
        (r.task, r.risk_class, r.region): r.rate
        for r in line_rates(
            {"I-1": ("I-1",), "I-2": ("I-2",)}, {"I-1": PLACES, "I-2": PLACES}, many, Prior(0.05, 20)
        )
    }
    assert alone["I-1", "D", "330411"] > 500_000 > alone["I-1", "A", "330411"]
    assert alone["I-1", "D", "330411"] > alone["I-2", "D", "330411"]


def test_findings_of_no_line_count_for_the_prior_alone() -> None:
    """An item of no line moves the mean of all items, and no more than that."""
    other = {("I-9", "A", "330402"): Past(60, 60)}
    before, after = rates({}, Prior(0.05, 20)), rates(other, Prior(0.05, 20))
    assert all(PPM > after[key] > before[key] for key in before)
    assert len({after[key] for key in after if key[0] == "T02"}) == 1
