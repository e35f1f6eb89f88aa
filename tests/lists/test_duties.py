"""What must be done: minima that a plan leaves undone are all found, and nothing else is."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.lists.duties import LeastTimes, Minimum, PlannedLine, Undone, undone
from inspect_engine.lists.reading import least_times_on, minima_on, minimum_of
from inspect_engine.lists.versions import change_item_state, change_power_state
from inspect_engine.planning.plans import service
from inspect_engine.planning.plans.tables import (
    Plan,
    PlanCell,
    PlanLine,
    PlanNumber,
    PlanState,
    PlanVersion,
)
from inspect_engine.planning.undone import undone_of
from inspect_engine.registers.tables import Bound, FrequencyForm, ItemState, RatioForm
from inspect_engine.store import reading, writing
from tests.drawing import world
from tests.lists.support import APPROVER, LATER, TODAY, act, versions

ITEMS = st.sampled_from("ijk")
PPM = st.integers(0, 3).map(lambda n: n * 100_000)
OFTEN = st.one_of(PPM, PPM, PPM, st.none())
HALVES = st.fixed_dictionaries(
    {"": st.sampled_from([0, 50_000, 100_000]), "A": st.sampled_from([0, 100_000])}
)
CLASSES = st.dictionaries(st.sampled_from("AD"), PPM, max_size=2)
MINIMA = st.lists(
    st.builds(
        Minimum,
        ITEMS,
        PPM,
        CLASSES,
        st.integers(0, 3),
        st.integers(1, 3),
        st.frozensets(st.sampled_from(["", "A"])),
    ),
    max_size=3,
    unique_by=lambda one: one.item,
)
LINES = st.lists(
    st.builds(
        PlannedLine,
        ITEMS,
        st.sampled_from([True, True, False]),
        st.integers(1, 2),
        OFTEN,
        st.none() | CLASSES,
        HALVES,
    ),
    max_size=5,
)
DUTIES = st.lists(
    st.builds(
        LeastTimes,
        st.sampled_from(["d", "e"]),
        st.just("p"),
        st.integers(1, 4),
        st.lists(ITEMS, max_size=3, unique=True).map(tuple),
    ),
    max_size=2,
    unique_by=lambda one: one.duty,
)
BEFORE = st.dictionaries(ITEMS, st.integers(0, 2), max_size=3)


def _half(one: Minimum, own: list[PlannedLine], name: str) -> int:
    return max([line.half.get(name, 0) for line in own], default=0) if name in one.exact else 0


def _slow(
    minima: list[Minimum], duties: list[LeastTimes], lines: list[PlannedLine], before: dict[str, int]
) -> set[tuple[str, str, str]]:
    """The definition once more, rule by rule over all items and lines."""
    found = {
        (duty.duty, "duty", "")
        for duty in duties
        if sum(line.rounds for line in lines if line.planned and line.item in duty.items) < duty.times
    }
    for one in minima:
        own = [line for line in lines if line.item == one.item and line.planned]
        wanted = max(0, one.times - before.get(one.item, 0))
        broken = {
            ("absent", ""): not own and (one.ratio > 0 or max([0, *one.by_class.values()]) > 0 or wanted > 0),
            ("ratio", ""): None not in [line.ratio for line in own]
            and sum(Fraction(line.ratio, 10**6) for line in own)
            < Fraction(one.ratio - _half(one, own, ""), 10**6),
            ("times", ""): sum(line.rounds for line in own) < wanted,
        }
        for name, least in one.by_class.items():
            known = None not in [line.by_class for line in own]
            broken["class", name] = known and (
                sum(line.by_class.get(name, 0) for line in own) < least - _half(one, own, name)
            )
        found |= {
            (one.item, *rule)
            for rule, holds in broken.items()
            if holds and bool(own) == (rule[0] != "absent")
        }
    return found


def test_the_undone_are_those_of_the_definition() -> None:
    """Each minimum below which the plan stays is found once, under its rule, and no other; every rule was met."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400)
    @given(MINIMA, DUTIES, LINES, BEFORE)
    def check(
        minima: list[Minimum], duties: list[LeastTimes], lines: list[PlannedLine], before: dict[str, int]
    ) -> None:
        found = undone(minima, duties, lines, before)
        named = [(one.subject, one.rule, one.risk_class) for one in found]
        assert len(named) == len(set(named))
        assert set(named) == _slow(minima, duties, lines, before)
        assert list(found) == sorted(found)
        assert all(one.planned < one.asked for one in found)
        seen.update(one.rule for one in found)

    check()
    assert set(seen) == {"absent", "ratio", "class", "times", "duty"}


@given(MINIMA, DUTIES, LINES, LINES)
def test_more_in_a_plan_leaves_no_more_undone(
    minima: list[Minimum], duties: list[LeastTimes], lines: list[PlannedLine], more: list[PlannedLine]
) -> None:
    """Adding lines with known shares never leaves a minimum undone that was done before."""
    known = [
        PlannedLine(one.item, one.planned, one.rounds, one.ratio or 0, one.by_class or {}, one.half)
        for one in (*lines, *more)
    ]
    some = {one.subject for one in undone(minima, duties, known[: len(lines)])}
    assert {one.subject for one in undone(minima, duties, known)} <= some


def test_minima_come_from_the_versions_in_force(tmp_path: Path) -> None:
    """Least and exact ratios, ranges' lower ends and least times ask; upper limits and suspended items do not."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        asked = {one.item: one for one in minima_on(session, TODAY)}
        assert asked["SJ01-1"].ratio == 30_000
        assert asked["SJ01-1"].exact == frozenset()
        assert asked["SJ06-1"].exact == {""}
        assert asked["SJ04-1"].exact == {"B", "D"}
        assert asked["SJ04-1"].by_class == {"A": 50_000, "B": 100_000, "C": 200_000, "D": 1_000_000}
        assert (asked["YJ01-1"].ratio, asked["YJ01-1"].times) == (1_000_000, 1)
        assert "SJ07-1" not in asked
        assert "YJ02-1" not in asked
        change_item_state(session, "YJ01", ItemState.suspended, LATER, act(), APPROVER)
        assert "YJ01-1" in {one.item for one in minima_on(session, TODAY)}
        assert "YJ01-1" not in {one.item for one in minima_on(session, LATER)}
        version = versions(session, "SJ01-1")[0]
        counted = 0
        for form in RatioForm:
            for bound in Bound:
                version.ratio_form, version.ratio, version.frequency_bound = form, 7, bound
                version.frequency_form, version.frequency_times = FrequencyForm.per_years, 2
                least = minimum_of("x", version)
                assert least.ratio == (7 if form in {RatioForm.minimum, RatioForm.exact} else 0)
                assert least.times == (2 if bound is Bound.minimum else 0)
                counted += 1
        assert counted == 15
        session.rollback()


def test_duties_ask_while_their_power_is_active(tmp_path: Path) -> None:
    """A duty with a least number of inspections lists the items of its power, and asks nothing once the power is gone."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        duties = {one.duty: one for one in least_times_on(session, TODAY)}
        assert duties["ZR-YJ-01-1"].items == ("YJ01-1", "YJ01-2", "YJ02-1", "YJ02-2", "YJ02-3")
        assert len(duties) == 5
        change_power_state(session, "QL-YJ-01", ItemState.repealed, LATER, act(), APPROVER)
        assert {one.duty for one in least_times_on(session, LATER)} == set(duties) - {"ZR-YJ-01-1"}


def _plan(session: object, take: int, year: int = 2026, state: PlanState = PlanState.filed) -> PlanVersion:
    """A plan of one department with one line over two items, 200 bodies of class B in its base."""
    plan = Plan(code=str(year), year=year, operator="339902-HB", region_code="339902")
    session.add(plan)
    session.flush()
    version = PlanVersion(
        plan_id=plan.id, number=1, state=state, form={}, ground="g", made_by="计划岗",
        made_at=world.START, rules_edition="x",
    )  # fmt: skip
    session.add(version)
    session.flush()
    body = {
        "items": ["HB01-1", "HB02-1@环保"],
        "batches": [{"first": "2026-03-01", "last": "2026-03-31"}],
        "departments": [{"department": "环保", "agency": "339902-HB", "host": True}],
        "scope": {"regions": []},
    }
    line = PlanLine(version_id=version.id, number=1, code="H1", name="n", body=body)
    session.add(line)
    session.flush()
    session.add(PlanCell(line_id=line.id, risk_class="B", region="339902", population=200, rate=0))
    session.add(PlanNumber(line_id=line.id, risk_class="B", region="339902", month=3, take=take))
    session.flush()
    return version


def test_a_plan_is_held_against_its_own_bodies_duties(tmp_path: Path) -> None:
    """A plan of the environment bureau leaves undone what that bureau must do and the plan lacks; no other's items count."""
    engine = world.store_at("empty", tmp_path)
    found: dict[int, set[tuple[str, str]]] = {}
    for take in (9, 10, 50):
        with reading(engine) as session:
            version = _plan(session, take)
            done = undone_of(session, version, TODAY)
            assert [row["subject"] for row in service.undone(session, version)] == [
                one.subject for one in done
            ]
            found[take] = {(one.subject, one.rule) for one in done}
            session.rollback()
    for rules in found.values():
        assert {subject[:2] for subject, _ in rules} <= {"HB", "ZR"}
        assert ("HB01-2", "absent") in rules
    assert {("HB01-1", "ratio"), ("HB02-1", "ratio")} <= found[9]
    assert ("HB01-1", "ratio") not in found[10]  # 10 of 200 is 5 %
    assert ("HB02-1", "ratio") in found[10]
    assert ("HB02-1", "ratio") not in found[50]
    assert not any(subject == "ZR-HB-01-1" for rules in found.values() for subject, _ in rules)


def test_an_undone_duty_says_what_it_asks() -> None:
    """The answer holds what is asked and what is planned, in the units of its rule."""
    found = undone(
        [Minimum("i", 50_000, {"D": 1_000_000}, 2)],
        [LeastTimes("d", "p", 3, ("i",))],
        [PlannedLine("i", True, 1, 40_000, {"D": 900_000})],
    )
    assert found == (
        Undone("d", "duty", 3, 1),
        Undone("i", "class", 1_000_000, 900_000, "D"),
        Undone("i", "ratio", 50_000, 40_000),
        Undone("i", "times", 2, 1),
    )


@pytest.mark.parametrize("state", list(PlanState))
@pytest.mark.parametrize(("years", "times", "left"), [(1, 2, 1), (2, 2, 0), (2, 3, 1), (3, 4, 1), (3, 3, 0)])
def test_what_earlier_plans_did_counts_within_the_span(
    tmp_path: Path, state: PlanState, years: int, times: int, left: int
) -> None:
    """Of an item asked for so many times in so many years, rounds of filed plans of the years before are taken off."""
    engine = world.store_at("empty", tmp_path)
    with reading(engine) as session:
        asked = versions(session, "HB01-1")[0]
        asked.frequency_form, asked.frequency_bound = FrequencyForm.per_years, Bound.minimum
        asked.frequency_times, asked.frequency_years = times, years
        session.add(asked)
        for year in (2023, 2024, 2025):
            _plan(session, 50, year, state)
        found = undone_of(session, _plan(session, 50), TODAY)
        short = {one.subject: one.asked - one.planned for one in found if one.rule == "times"}
        done = state in {PlanState.filed, PlanState.published}
        assert short.get("HB01-1", 0) == (left if done else times - 1)
        session.rollback()


@pytest.mark.parametrize("base", [1, 3, 10, 49, 50, 106, 109, 110, 111, 997])
def test_an_exact_ratio_is_kept_by_the_nearest_whole_number(base: int) -> None:
    """Of an exact 5 %, numbers within half a body are enough and smaller ones are not; a least 5 % is rounded up."""
    exact, least = Minimum("i", 50_000, exact=frozenset({""})), Minimum("i", 50_000)
    half = {"": -(-1_000_000 // (2 * base))}
    for number in range(base + 1):
        line = PlannedLine("i", ratio=number * 1_000_000 // base, half=half)
        near = Fraction(number) >= Fraction(base, 20) - Fraction(1, 2)
        assert bool(undone([exact], [], [line])) is not near
        assert bool(undone([least], [], [line])) is (20 * number < base)
