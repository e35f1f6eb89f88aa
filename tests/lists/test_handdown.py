"""Handing a power down: to a body that can bear it, whole, and with what depends on it proposed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from fixtures.generate import prefecture
from inspect_engine.cli.app import app
from inspect_engine.lists.body import Stated, body_of, held, may_act, power_in_force
from inspect_engine.lists.handdown import (
    Moving,
    dependent,
    hand_down,
    lacking,
    officers_there,
    prepare,
    target_words,
)
from inspect_engine.lists.reading import cases_on, duties_on, items_on
from inspect_engine.lists.versions import change_power_state
from inspect_engine.planning.in_force import version_in_force
from inspect_engine.registers.tables import (
    AccountabilityCase,
    Agency,
    AgencyKind,
    Certificate,
    Duty,
    Item,
    ItemState,
    ItemVersion,
    Leave,
    Level,
    Person,
    PersonSkill,
    Power,
    PowerVersion,
    SubItem,
)
from inspect_engine.store import open_store, reading, sqlite_url, writing
from tests.drawing import world
from tests.lists.support import APPROVER, LATER, TODAY, act, last_event, refused

POWER, CITY, COUNTY = "QL-SJ-03", "339900-SJ", "339902-SJ"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefecture whose power over food, with its items, is the city's."""
    path = tmp_path_factory.mktemp("handdown") / "city.db"
    engine = open_store(sqlite_url(path))
    world.fill(engine, prefecture("handdown", 3, 600, 90))
    with writing(engine) as session:
        for version in session.exec(select(PowerVersion)):
            version.level = Level.city
        for version in session.exec(select(ItemVersion)):
            version.level = Level.city
        own = session.exec(
            select(PowerVersion)
            .join(Power, col(PowerVersion.power_id) == Power.id)
            .where(Power.code == POWER)
        ).one()
        own.agency_code = CITY
    engine.dispose()
    return path


@pytest.fixture
def engine(made: Path, tmp_path: Path) -> Engine:
    """A copy of that prefecture's store."""
    copy = tmp_path / "city.db"
    copy.write_bytes(made.read_bytes())
    return open_store(sqlite_url(copy))


def _own(session: Session) -> list[str]:
    query = select(SubItem.code).join(Item, col(SubItem.item_id) == Item.id)
    return sorted(session.exec(query.where(Item.power_code == POWER)))


def test_power_duties_cases_and_items_move_together(engine: Engine) -> None:
    """From the day on the county has the power, its duties, cases and items; until then the city has."""
    with writing(engine) as session:
        plan = prepare(session, POWER, COUNTY, LATER)
        hand_down(session, plan, act("权力下放"), APPROVER)
        assert sorted(plan.items) == _own(session)
        assert (len(plan.items), len(plan.duties), len(plan.cases)) == (7, 2, 2)
    eve = LATER - timedelta(1)
    with reading(engine) as session:
        city, county = body_of(session, CITY), body_of(session, COUNTY)
        for day, holder, other in ((eve, city, county), (LATER, county, city)):
            power = power_in_force(session, POWER, day, day)
            assert power is not None
            for code in plan.items:
                version = version_in_force(session, code, day, day)
                assert version is not None
                stated = Stated(version.level, version.subject)
                assert may_act(holder, stated, held(power))
                assert not may_act(other, stated, held(power))
            burdens = [*duties_on(session, day), *cases_on(session, day)]
            bearers = [row.agency_code for held_by, row in burdens if held_by.code == POWER]
            assert bearers == [None if day == eve else COUNTY] * 4
            assert all(row.agency_code is None for held_by, row in burdens if held_by.code != POWER)
        rows = [
            row
            for model in (PowerVersion, ItemVersion, Duty, AccountabilityCase)
            for row in session.exec(select(model).where(model.starts == LATER))
        ]
        assert len(rows) == 1 + 7 + 2 + 2
        assert {row.ground for row in rows} == {"权力下放"}
        assert len({row.approval_id for row in rows}) == 1
        assert None not in {row.approval_id for row in rows}
    event = last_event(engine)
    assert (event["kind"], event["subject"]) == ("power.handed-down", POWER)
    assert (event["data"]["before"], event["data"]["to"], event["data"]["approver"]) == (
        CITY,
        COUNTY,
        "审批岗",
    )
    assert sorted(event["data"]["items"]) == sorted(plan.items)


def _keep(session: Session, skill: str, number: int) -> None:
    """Leave so many of the county's officers with a skill."""
    query = select(Person.id).where(Person.agency_code == COUNTY).order_by(Person.staff_no)
    having = [i for i in session.exec(query) if session.get(PersonSkill, (i, skill)) is not None]
    assert len(having) >= number
    for person in having[number:]:
        session.delete(session.get_one(PersonSkill, (person, skill)))


@pytest.mark.parametrize("way", ["skill", "certificate", "leave", "capacity"])
def test_a_body_with_one_officer_of_a_skill_is_refused(engine: Engine, way: str) -> None:
    """One certified officer with the skill is too few; two bear it; certificates, leave and capacity on the day count."""
    with writing(engine) as session:
        _keep(session, "食品", 2)
        session.flush()
        assert officers_there(session, body_of(session, COUNTY), LATER)["食品"] == 2
        prepare(session, POWER, COUNTY, LATER)
        one = session.exec(
            select(Person)
            .join(PersonSkill, col(PersonSkill.person_id) == Person.id)
            .where(Person.agency_code == COUNTY, PersonSkill.skill == "食品", Person.capacity == "officer")
        ).all()[0]
        if way == "skill":
            session.delete(session.get_one(PersonSkill, (one.id, "食品")))
        elif way == "certificate":
            for card in session.exec(select(Certificate).where(Certificate.person_id == one.id)):
                card.expires = LATER - timedelta(1)
        elif way == "leave":
            session.add(Leave(person_id=one.id, first=LATER, last=LATER, ground="病假"))
        else:
            one.capacity = "helper"
        session.flush()
    before = world.dump(engine)
    with refused("lists.handdown-lacking"), writing(engine) as session:
        prepare(session, POWER, COUNTY, LATER)
    assert world.dump(engine) == before
    if way in {"certificate", "leave"}:
        other = LATER - timedelta(1) if way == "certificate" else LATER + timedelta(1)
        with reading(engine) as session:
            assert prepare(session, POWER, COUNTY, other).officers["食品"] == 2


def test_only_its_own_officers_count(engine: Engine) -> None:
    """Officers of the body's stations and sections count, those of the bureaus above and beside it do not."""
    with reading(engine) as session:
        body = body_of(session, COUNTY)
        there = officers_there(session, body, LATER)
        parts = {
            a.code
            for a in session.exec(select(Agency))
            if a.code == COUNTY or (a.kind is not AgencyKind.agency and a.code.startswith(COUNTY))
        }
        own = [p for p in session.exec(select(Person)) if p.agency_code in parts and p.capacity == "officer"]
        assert there == officers_there(session, body, LATER)
        all_food = session.exec(select(PersonSkill).where(PersonSkill.skill == "食品")).all()
        assert 2 < there[""] <= len(own)
        assert there["食品"] < len(all_food)
    with writing(engine) as session:
        for agency in session.exec(select(Agency).where(col(Agency.code).startswith("339921-SJ"))):
            agency.department = body.department  # another county's bureau under the same short name
            session.add(agency)
        session.flush()
        assert officers_there(session, body, LATER) == there


@pytest.mark.parametrize(
    ("power", "to", "fault"),
    [
        ("QL-0", COUNTY, "lists.unknown-power"),
        (POWER, "nobody", "lists.unknown-agency"),
        (POWER, CITY, "lists.handdown-same"),
        ("QL-SJ-04", CITY, "lists.handdown-up"),
        (POWER, "339902-HB", "lists.handdown-department"),
    ],
)
def test_what_is_no_handing_down_is_refused(engine: Engine, power: str, to: str, fault: str) -> None:
    """An unknown power or agency, the holder itself, a body that is not below, another department: refused."""
    with refused(fault), reading(engine) as session:
        prepare(session, power, to, LATER)


def test_a_power_that_is_not_active_is_not_handed_down(engine: Engine) -> None:
    """A suspended power cannot move; nor does a power move on a past day or without a second person."""
    with refused("lists.day-past"), writing(engine) as session:
        hand_down(session, prepare(session, POWER, COUNTY, date(2026, 11, 30)), act(), APPROVER)
    with refused("events.same-person"), writing(engine) as session:
        hand_down(session, prepare(session, POWER, COUNTY, LATER), act(), "登记岗")
    with writing(engine) as session:
        change_power_state(session, POWER, ItemState.suspended, TODAY + timedelta(1), act(), APPROVER)
    with refused("lists.handdown-inactive"), writing(engine) as session:
        prepare(session, POWER, COUNTY, LATER)


def test_a_kill_between_the_parts_leaves_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Power, duties, cases, items, approval and event stand together or not at all."""
    before = world.dump(engine)
    stopped = 0
    for name in ("next_version", "append"):
        with monkeypatch.context() as patch:
            real = getattr(__import__("inspect_engine.lists.handdown", fromlist=["x"]), name)
            calls = iter(range(100))

            def broken(*args: object, _real: object = real, _calls: object = calls, **more: object) -> object:
                if next(_calls) == (5 if name == "next_version" else 0):  # noqa: B023
                    raise RuntimeError("killed")
                return _real(*args, **more)

            patch.setattr(f"inspect_engine.lists.handdown.{name}", broken)
            with pytest.raises(RuntimeError), writing(engine) as session:
                hand_down(session, prepare(session, POWER, COUNTY, LATER), act(), APPROVER)
            stopped += 1
        assert world.dump(engine) == before
    assert stopped == 2


def test_dependent_items_of_other_departments_are_proposed(engine: Engine) -> None:
    """What shared a task with a moving item is proposed under its department; nothing of it is changed."""
    with writing(engine) as session:
        before = {v.id: (v.level, v.ends) for v in session.exec(select(ItemVersion))}
        plan = prepare(session, POWER, COUNTY, LATER, frozenset({"HB01-3", "SJ01-1"}))
        hand_down(session, plan, act(), APPROVER)
        assert [(one.code, one.department, one.reasons) for one in plan.proposals] == [
            ("HB01-3", "环保", ("task",))
        ]
        others = [one for one in items_on(session, LATER) if one.item.power_code != POWER]
        assert len(others) > 15
        assert all(before[one.version.id] == (one.version.level, one.version.ends) for one in others)
    proposals = last_event(engine)["data"]["proposals"]
    assert proposals == [{"department": "环保", "item": "HB01-3", "reasons": ["task"]}]


MOVING = st.builds(
    Moving,
    st.sampled_from("abcdef"),
    st.just("n"),
    st.sampled_from(["食品", "环境"]),
    st.frozensets(st.sampled_from("xyz"), max_size=2),
    st.sampled_from(["", "市监", "云渡市监", "环保"]),
    st.frozensets(st.sampled_from([Level.city, Level.county]), max_size=2),
)
SOME = st.lists(MOVING, max_size=3, unique_by=lambda one: one.code)


def test_the_criterion_of_dependence() -> None:
    """Proposed are exactly the items of no moving department at the old level with an overlap, each with its reasons."""
    seen: Counter[str] = Counter()

    @settings(max_examples=300)
    @given(SOME, SOME, st.frozensets(st.sampled_from("abcdef")))
    def check(moved: list[Moving], others: list[Moving], together: frozenset[str]) -> None:
        found = {one.code: one.reasons for one in dependent(moved, others, Level.city, together)}
        for one in others:
            reasons = []
            if any(one.targets & m.targets for m in moved):
                reasons.append("targets")
            if any(one.field == m.field for m in moved):
                reasons.append("field")
            if one.code in together:
                reasons.append("task")
            foreign = not one.department or all(
                not m.department or one.department[-2:] != m.department[-2:] for m in moved
            )
            level = not one.levels or Level.city in one.levels
            own = one.code in {m.code for m in moved}
            wanted = bool(reasons) and foreign and level and not own
            assert (one.code in found) is wanted
            if wanted:
                assert list(found[one.code]) == reasons
                seen.update(reasons)

    check()
    assert set(seen) == {"targets", "field", "task"}


@given(
    st.dictionaries(st.sampled_from(["", "a", "b"]), st.integers(0, 4)),
    st.sets(st.sampled_from(["a", "b", "c"])),
)
def test_lacking_names_each_skill_that_is_short(there: dict[str, int], needed: set[str]) -> None:
    """Each needed skill, and officers at all, with fewer than two are named with their number, and no others."""
    assert dict(lacking(there, needed, 2)) == {
        skill: there.get(skill, 0) for skill in {"", *needed} if there.get(skill, 0) < 2
    }


def test_words_of_targets() -> None:
    """The words of a list of targets are told apart; an empty text has none."""
    assert target_words("食品生产者、食品销售者以及 学校和医院") == {
        "食品生产者",
        "食品销售者",
        "学校",
        "医院",
    }
    assert target_words("") == frozenset()


def test_the_command_hands_down_and_tries_before(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trial shows what would move and stores nothing; the command itself moves just that."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/city.db")
    monkeypatch.setattr("inspect_engine.cli.context.now", lambda: world.START)
    words = [
        "list",
        "handdown",
        POWER,
        "--to",
        COUNTY,
        "--from-day",
        str(LATER),
        "--ground",
        "下放",
        "--approver",
        "审批岗",
    ]
    before = world.dump(engine)
    trial = CliRunner().invoke(app, [*words, "--dry", "--json"])
    assert trial.exit_code == 0, trial.output
    assert world.dump(engine) == before
    done = CliRunner().invoke(app, [*words, "--json"])
    assert done.exit_code == 0, done.output
    tried, stored = json.loads(trial.output), json.loads(done.output)
    assert (tried.pop("stored"), stored.pop("stored")) == (False, True)
    assert tried == stored
    assert len(stored["items"]) == 7
    assert last_event(engine)["kind"] == "power.handed-down"
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 1
    assert "lists.handdown-same" in shown.output
