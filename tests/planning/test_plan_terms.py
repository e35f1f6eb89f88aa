"""A line's terms from its items: each numbered rule of ``terms.py`` against its own words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.form import PPM, BatchSpec, LineSpec
from inspect_engine.planning.plans.terms import Terms, terms
from inspect_engine.registers.tables import Bound, FrequencyForm, ItemKind, ItemVersion, RatioForm

PLAN = {"A": (10_000, 30_000), "B": (30_000, 60_000), "C": (60_000, 200_000), "D": (200_000, 1_000_000)}
HOST = {"department": "市监", "agency": "SJ", "host": True, "slots": 2}
JOINER = {"department": "环保", "agency": "HB", "slots": 2}


def line(**changes: Any) -> LineSpec:
    """A line of one department and one batch, unless changed."""
    made: dict[str, Any] = {
        "code": "T01",
        "name": "一项",
        "items": ("X-1",),
        "batches": (BatchSpec(first=date(2026, 3, 1), last=date(2026, 6, 30)),),
        "departments": (HOST,),
    }
    return LineSpec.model_validate(made | changes)


def item(form: str = "free", ratio: int | None = None, **changes: Any) -> ItemVersion:
    """An item's version without a frequency, unless changed."""
    made: dict[str, Any] = {
        "sub_item_id": 1,
        "number": 1,
        "starts": date(2020, 1, 1),
        "basis": "",
        "subject": "",
        "kind": ItemKind.key,
        "target_kind": "",
        "methods": [],
        "ratio_form": RatioForm(form),
        "ratio": ratio,
        "frequency_form": FrequencyForm.free,
        "minutes": 60,
    }
    return ItemVersion(**made | changes)


def often(bound: str, times: int, years: int = 1) -> ItemVersion:
    """An item with a frequency."""
    return item(
        frequency_form=FrequencyForm.per_years,
        frequency_bound=Bound(bound),
        frequency_times=times,
        frequency_years=years,
    )


def of(spec: LineSpec, *items: ItemVersion, plan: Mapping[str, tuple[int, int]] = PLAN) -> Terms:
    """Terms of a line whose items are all the host's."""
    return terms(spec, [(one, "市监") for one in items], plan)


def batches(count: int) -> tuple[BatchSpec, ...]:
    """So many batches of a month each."""
    return tuple(BatchSpec(first=date(2026, m, 1), last=date(2026, m, 28)) for m in range(1, count + 1))


RATIOS = st.lists(st.integers(0, PPM), min_size=1, max_size=4)


@given(RATIOS)
@settings(max_examples=60, deadline=None)
def test_alike_bounds_combine_to_the_strictest(ratios: list[int]) -> None:
    """(1) Minima combine to the largest, maxima to the smallest, and only equal exact ones agree."""
    free = item()
    least = of(line(), *(item("minimum", r) for r in ratios), free)
    most = of(line(), free, *(item("maximum", r) for r in ratios))
    assert (least.form, least.ratio) == ("minimum", max(ratios))
    assert (most.form, most.ratio) == ("maximum", min(ratios))
    exact = [item("exact", r) for r in ratios]
    if len(set(ratios)) == 1:
        found = of(line(), *exact)
        assert (found.form, found.ratio) == ("exact", ratios[0])
    else:
        with pytest.raises(EngineError) as refused:
            of(line(), *exact)
        assert refused.value.code == "plans.ratio-needed"


def test_bounds_of_different_kinds_need_the_lines_word() -> None:
    """(1) Two kinds of bounds are refused until the line states a ratio, in whatever order they come."""
    mixed = [("minimum", 20_000), ("maximum", 80_000), ("exact", 50_000)]
    ran = 0
    for pair in permutations(mixed, 2):
        with pytest.raises(EngineError) as refused:
            of(line(), *(item(form, ratio) for form, ratio in pair))
        assert refused.value.code == "plans.ratio-needed"
        ran += 1
    assert ran == 6
    found = of(line(ratio={"form": "exact", "value": "5%"}), *(item(form, ratio) for form, ratio in mixed))
    assert (found.form, found.ratio) == ("exact", 50_000)


def test_no_bound_leaves_it_to_the_classes() -> None:
    """(1) Items without a bound leave the ratio free; a count of the line is kept as it is."""
    assert (of(line(), item()).form, of(line(), item()).ratio) == ("free", 0)
    counted = of(line(ratio={"form": "count", "value": "37"}), item("minimum", 20_000))
    assert (counted.form, counted.ratio, counted.count) == ("count", 0, 37)


def lawful(form: str, ratio: int) -> set[int]:
    """Whole percentages that a bound allows, by its plain meaning."""
    kept = {"minimum": range(ratio, 101), "maximum": range(ratio + 1), "exact": range(ratio, ratio + 1)}
    return set(kept.get(form, range(101)))


@given(
    st.sampled_from(["minimum", "maximum", "exact", "free"]),
    st.integers(0, 100),
    st.sampled_from(["minimum", "maximum", "exact"]),
    st.integers(0, 100),
)
@settings(max_examples=300, deadline=None)
def test_the_lines_own_ratio_keeps_every_items(own: str, value: int, form: str, ratio: int) -> None:
    """(1) A line's ratio stands iff whatever it allows the item allows too; otherwise it is refused with its code."""
    spec = line(ratio={"form": own, "value": f"{value}%"})
    one = item(form, ratio * 10_000)
    narrower = lawful(own, value) <= lawful(form, ratio)
    # A bound of one side that happens to leave nothing beside the item's is held to be no statement of the other kind.
    stated = own == "exact" or own == form
    if narrower and stated:
        found = of(spec, one)
        assert (found.form, found.ratio) == (own, value * 10_000)
        return
    with pytest.raises(EngineError) as refused:
        of(spec, one)
    assert refused.value.code == "plans.ratio-contradicts"


def test_a_class_has_the_lines_range_before_the_lists_before_the_rule() -> None:
    """(2) Each class takes the line's range, else the items', else the plan's."""
    listed = item("by_class", ratio_by_class={"C": [50_000, 150_000], "D": 300_000})
    found = of(line(ranges={"D": ("25%", "50%")}), listed).ranges
    assert found["A"] == PLAN["A"]
    assert found["B"] == PLAN["B"]
    assert found["C"] == (50_000, 150_000)
    assert found["D"] == (250_000, 500_000)
    assert of(line(), listed).ranges["D"] == (300_000, 300_000)


def test_lists_that_differ_by_class_need_the_lines_word() -> None:
    """(2) Two items with different class ratios are refused unless the line states all four classes."""
    one = item("by_class", ratio_by_class={"C": 50_000})
    other = item("by_class", ratio_by_class={"C": 60_000})
    with pytest.raises(EngineError) as refused:
        of(line(), one, other)
    assert refused.value.code == "plans.ratio-needed"
    own = {"A": ("1%", "2%"), "B": ("2%", "3%"), "C": ("3%", "4%"), "D": ("4%", "5%")}
    assert of(line(ranges=own), one, other).ranges["C"] == (30_000, 40_000)
    assert of(line(), one, item("by_class", ratio_by_class={"C": 50_000})).ranges["C"] == (50_000, 50_000)


@given(st.sampled_from(["minimum", "maximum", "exact"]), st.integers(0, PPM))
@settings(max_examples=200, deadline=None)
def test_the_list_goes_before_the_rule(form: str, ratio: int) -> None:
    """(2) A stated ratio can be drawn in every class: the rule's range gives way just so far, and stays a range."""
    found = of(line(), item(form, ratio)).ranges
    for name, (low, high) in PLAN.items():
        new_low, new_high = found[name]
        assert new_low <= new_high
        assert new_high == (max(high, ratio) if form != "maximum" else high)
        assert new_low == (min(low, ratio) if form != "minimum" else low)


def test_the_lines_own_range_does_not_give_way() -> None:
    """(2) What a line states of a class stays as stated, whatever its items' minimum."""
    found = of(line(ranges={"A": ("1%", "2%")}), item("minimum", 500_000)).ranges
    assert found["A"] == (10_000, 20_000)
    assert found["B"] == (30_000, 500_000)


def test_an_order_draws_all_and_a_slice_alike() -> None:
    """(1)(2) An order draws every class whole; a uniform slice draws each at its one ratio."""
    whole = of(line(kind="order"), item("maximum", 10_000))
    assert (whole.form, whole.ratio, set(whole.ranges.values())) == ("exact", PPM, {(PPM, PPM)})
    even = of(line(kind="uniform", ratio={"form": "exact", "value": "8%"}), item())
    assert (even.form, even.ratio, set(even.ranges.values())) == ("exact", 80_000, {(80_000, 80_000)})
    assert set(whole.ranges) == set(even.ranges) == set(PLAN)


@pytest.mark.parametrize(
    ("items", "times"),
    [
        ([often("maximum", 2)], 2),
        ([often("exact", 4, 2)], 2),
        ([often("maximum", 2), often("maximum", 3)], 2),
        ([often("maximum", 3), item()], 1),
        ([often("minimum", 3)], 1),
        ([often("maximum", 1, 3)], 1),
    ],
)
def test_a_body_is_met_as_often_as_the_strictest_item_allows(items: list[ItemVersion], times: int) -> None:
    """(3) The strictest limit of times a year holds; items without a limit are met once."""
    assert of(line(batches=batches(4)), *items).per_year == Fraction(times)


@pytest.mark.parametrize(
    ("items", "rounds"),
    [
        ([often("minimum", 2)], 2),
        ([often("exact", 2), often("minimum", 3)], 3),
        ([often("minimum", 4, 2)], 2),
        ([often("maximum", 4)], 1),
        ([often("minimum", 1, 2)], 1),
        ([item()], 1),
    ],
)
def test_batches_are_as_many_as_the_list_demands(items: list[ItemVersion], rounds: int) -> None:
    """(4) A line has a batch for each time that its most demanding item asks for; one fewer is refused."""
    assert of(line(batches=batches(rounds)), *items).rounds == rounds
    if rounds == 1:
        return
    with pytest.raises(EngineError) as refused:
        of(line(batches=batches(rounds - 1)), *items)
    assert refused.value.code == "plans.batches-few"


SKILLED = st.lists(
    st.tuples(
        st.sampled_from([None, "食品", "特种设备"]), st.integers(0, 240), st.sampled_from(["市监", "环保"])
    ),
    min_size=1,
    max_size=5,
)


@given(SKILLED, st.integers(2, 4), st.sampled_from([0, 2, 3]))
@settings(max_examples=200, deadline=None)
def test_all_officers_stay_for_all_items(
    rows: list[tuple[str | None, int, str]], host: int, joiner: int
) -> None:
    """(5) Officers are the slots, each for the sum of the items' minutes; each skill asked of a department is one officer's."""
    spec = line(departments=(HOST | {"slots": host}, JOINER | {"slots": joiner}))
    found = terms(spec, [(item(skill=skill, minutes=m), whose) for skill, m, whose in rows], PLAN).work
    minutes = sum(m for _, m, _ in rows)
    assert sum(w.officers for w in found) == host + joiner
    assert all(w.minutes == minutes * w.officers for w in found)
    assert len({w.skill for w in found}) == len(found)
    # Who brings nobody leaves its items to the host.
    wanted = {
        f"{whose if joiner or whose == '市监' else '市监'}/{skill}" for skill, _, whose in rows if skill
    }
    assert {w.skill for w in found if "/" in w.skill} == wanted
    assert all(w.officers == 1 for w in found if "/" in w.skill)


def test_an_ordinary_item_makes_the_line_ordinary() -> None:
    """One ordinary item among key ones puts the line under the cap of ordinary items."""
    assert not of(line(), item(), item()).general
    assert of(line(), item(), item(kind=ItemKind.general)).general
