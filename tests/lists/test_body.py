"""Who may act: off the list, no power, neither for the item nor for the body."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from inspect_engine.drawing.opening import open_draw
from inspect_engine.lists.body import (
    Body,
    Held,
    Stated,
    body_of,
    levels_in,
    may_act,
    power_in_force,
    why_not,
)
from inspect_engine.lists.versions import change_power_state
from inspect_engine.registers.tables import Agency, AgencyKind, Item, ItemState, Level
from inspect_engine.rules import Rule
from inspect_engine.store import reading, writing
from tests.drawing import world
from tests.lists.support import APPROVER, LATER, TODAY, act, power_versions, refused

LEVELS = st.sampled_from([Level.province, Level.city, Level.county, Level.town])
BODIES = st.builds(
    Body,
    st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True).map(tuple),
    st.sampled_from(["市监", "云渡市监", "应急"]),
    LEVELS,
    st.just("330402"),
)
POWERS = st.none() | st.builds(
    Held, LEVELS, st.sampled_from(["", "市监", "应急"]), st.none() | st.sampled_from("abc")
)


@given(BODIES, st.none() | LEVELS, POWERS)
def test_a_body_acts_just_by_the_lists(body: Body, level: Level | None, power: Held | None) -> None:
    """A body may act exactly where the power is its own or its level's and department's, and the item is its level's."""
    item = level is None or level is body.level
    if power is None:
        expected = item
    elif power.agency is not None:
        expected = item and power.agency in body.codes
    else:
        expected = item and power.level is body.level and power.department in {"", body.department[-2:]}
    stated = Stated(level, "部门")
    assert may_act(body, stated, power) is expected
    assert (why_not(body, stated, power) == "") is expected


@pytest.mark.parametrize(
    ("subject", "levels"),
    [
        ("县级以上工商、市场监管部门", "county city province nation"),
        ("县食品药品监管部门(含基层监管所)", "county"),
        ("市、县级市场监督管理部门", "city county"),
        ("市县食品药品监管部门", "city county"),
        ("市食品药品监督管理部门", "city"),
        ("省、市、县、所公安管理部门", "province city county town"),
        ("省级工商、市场监管部门", "province"),
        ("设区的市级以上生态环境主管部门", "city province nation"),
        ("由市级以上税务机关", "city province nation"),
        ("市场监督管理部门", ""),
        ("公安机关", ""),
        ("", ""),
    ],
)
def test_levels_are_read_from_the_wording(subject: str, levels: str) -> None:
    """The levels that a real wording opens with are found; 市 of 市场 is none of them."""
    assert {level.value for level in levels_in(subject)} == set(levels.split())


def test_a_level_in_its_column_goes_before_the_wording() -> None:
    """Where a list states the level, the wording is not read; where it does not, the wording decides."""
    county = Body(("x",), "环保", Level.county, "330402")
    assert may_act(county, Stated(Level.county, "设区的市级以上生态环境主管部门"), None)
    assert not may_act(county, Stated(None, "设区的市级以上生态环境主管部门"), None)


def test_a_station_acts_with_its_bureaus_powers(tmp_path: Path) -> None:
    """A part of a bureau has the bureau's level and powers; a county bureau is no part of the city's above it."""
    engine = world.store_at("empty", tmp_path)
    with reading(engine) as session:
        parts = session.exec(select(Agency).where(Agency.kind != AgencyKind.agency)).all()
        bureaus = session.exec(select(Agency).where(Agency.kind == AgencyKind.agency)).all()
        bodies = [body_of(session, part.code) for part in parts]
        assert len(bodies) > 5
        for body in bodies:
            assert body.codes[-1] in {bureau.code for bureau in bureaus}
            assert may_act(body, Stated(None, ""), Held(Level.county, "", body.codes[-1]))
        assert all(body_of(session, one.code).codes == (one.code,) for one in bureaus)
        with refused("lists.unknown-agency"):
            body_of(session, "nobody")


@pytest.mark.parametrize("state", [ItemState.suspended, ItemState.repealed])
def test_a_task_of_a_power_that_is_not_in_force_is_refused(tmp_path: Path, state: ItemState) -> None:
    """Where the power ends within the window, before it, or on its last day, no draw is opened; just after it, one is."""
    refusals = 0
    for name, day in (("a", TODAY), ("b", LATER), ("c", date(2026, 12, 28)), ("d", date(2026, 12, 29))):
        engine = world.store_at("empty", tmp_path, f"{name}.db")
        with writing(engine) as session:
            change_power_state(session, "QL-SJ-03", state, day, act(), APPROVER)
        before = world.dump(engine)
        if day > date(2026, 12, 28):
            with writing(engine) as session:
                open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())
            continue
        with refused("lists.power-not-in-force"), writing(engine) as session:
            open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())
        assert world.dump(engine) == before
        refusals += 1
    assert refusals == 3


def test_a_suspended_power_that_comes_back_is_in_force_again(tmp_path: Path) -> None:
    """A power is in force on just the days of its active versions."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_power_state(session, "QL-SJ-03", ItemState.suspended, date(2026, 12, 5), act(), APPROVER)
        change_power_state(session, "QL-SJ-03", ItemState.active, date(2026, 12, 9), act(), APPROVER)
        held = [
            power_in_force(session, "QL-SJ-03", date(2026, 12, d), date(2026, 12, d)) is not None
            for d in range(1, 13)
        ]
        assert held == [True] * 4 + [False] * 4 + [True] * 4
        assert power_in_force(session, "QL-SJ-03", date(2026, 12, 4), date(2026, 12, 9)) is None


def test_an_item_on_an_unknown_power_is_refused(tmp_path: Path) -> None:
    """An item that names a power which no list has cannot be inspected."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        for item in session.exec(select(Item).where(Item.code == "SJ03")):
            item.power_code = "QL-0"
            session.add(item)
    with refused("lists.power-not-in-force"), writing(engine) as session:
        open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())


@pytest.mark.parametrize("needed", [False, True])
def test_an_item_without_a_power_is_refused_by_rule_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needed: bool
) -> None:
    """Items that hang on no power are drawn unless the rule in force asks for one."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        for item in session.exec(select(Item)):
            item.power_code = None
            session.add(item)
    rule = Rule("item-needs-power", needed, "", None, None, "test", "house")
    monkeypatch.setattr("inspect_engine.lists.body.rule_on", lambda *_: rule)
    if not needed:
        with writing(engine) as session:
            open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())
        return
    with refused("lists.item-without-power"), writing(engine) as session:
        open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())


@pytest.mark.parametrize("change", ["agency", "level", "department"])
def test_a_task_of_the_wrong_body_is_refused(tmp_path: Path, change: str) -> None:
    """A power of another agency, level or department refuses the whole draw, which leaves nothing behind."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        agencies = session.exec(select(Agency).where(Agency.department == "应急")).all()
        for version in power_versions(session):
            if change == "agency":
                version.agency_code = agencies[0].code
            elif change == "level":
                version.level = Level.city
            else:
                version.department = "税务"
            session.add(version)
    before = world.dump(engine)
    with refused("lists.not-the-body"), writing(engine) as session:
        open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())
    assert world.dump(engine) == before
