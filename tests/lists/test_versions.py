"""Changes of items and powers: versions with ground and approver; old draws keep theirs, open ones are flagged."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from inspect_engine.drawing.flags import flag_open, open_uses
from inspect_engine.drawing.opening import open_draw
from inspect_engine.drawing.voiding import void
from inspect_engine.events.tables import Actor, Approval, Role
from inspect_engine.lists.versions import change_item_state, change_power_state, sub_items_of
from inspect_engine.planning.in_force import version_in_force
from inspect_engine.planning.plans.tables import Plan, PlanLine, PlanState, PlanVersion
from inspect_engine.planning.tables import TaskItem
from inspect_engine.planning.together import inspected_with
from inspect_engine.registers.tables import ItemState, ItemVersion
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Visit, VisitLine
from tests.drawing import world
from tests.lists.support import (
    APPROVER,
    LATER,
    TODAY,
    act,
    last_event,
    power_versions,
    refused,
    sub_items,
    versions,
)

SUSPENDED, REPEALED, ACTIVE = ItemState.suspended, ItemState.repealed, ItemState.active


def test_a_change_is_a_version_with_ground_and_approver(tmp_path: Path) -> None:
    """The version before ends on the day, the new one says the same under the new state, and one event tells of it."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change = change_item_state(session, "SJ03-1", SUSPENDED, LATER, act("上位法修订"), APPROVER)
    assert change.changed == ("SJ03-1",)
    with reading(engine) as session:
        first, second = versions(session, "SJ03-1")
        assert (first.state, first.ends, second.starts, second.ends) == (ACTIVE, LATER, LATER, None)
        assert (second.state, second.number, second.ground) == (SUSPENDED, 2, "上位法修订")
        own = {"id", "number", "starts", "ends", "state", "ground", "approval_id"}
        kept = set(ItemVersion.model_fields) - own
        assert len(kept) > 15
        assert all(getattr(first, name) == getattr(second, name) for name in kept)
        approval = session.get_one(Approval, second.approval_id)
        names = {actor.id: actor.name for actor in session.exec(select(Actor))}
        assert (names[approval.asked_by], names[approval.decided_by]) == ("登记岗", "审批岗")
        assert (approval.subject, approval.ground) == ("SJ03-1", "上位法修订")
        for day, there in ((LATER - timedelta(1), True), (LATER, False), (date(2030, 1, 1), False)):
            assert (version_in_force(session, "SJ03-1", day, day) is not None) is there
    event = last_event(engine)
    assert (event["kind"], event["subject"], event["ground"]) == (
        "item.state-changed",
        "SJ03-1",
        "上位法修订",
    )
    assert event["data"] == {
        "approver": "审批岗",
        "changed": ["SJ03-1"],
        "day": "2026-12-15",
        "state": "suspended",
    }


def test_an_items_code_changes_all_its_points(tmp_path: Path) -> None:
    """An item's change reaches every sub-item that has not the state already, under one approval."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        points = sub_items(session, "SJ03")
        change_item_state(session, points[0], SUSPENDED, LATER, act(), APPROVER)
        change = change_item_state(session, "SJ03", SUSPENDED, LATER, act(), APPROVER)
        assert len(points) > 2
        assert list(change.changed) == points[1:]
        approvals = {versions(session, point)[-1].approval_id for point in points[1:]}
        assert len(approvals) == 1
        assert {versions(session, point)[-1].state for point in points} == {SUSPENDED}


def _nobody(session: Session) -> None:
    """Two posts of one person, and an actor who has left."""
    person = session.exec(select(Actor.person_id)).first()
    assert person is None
    session.add(Actor(name="张某甲", role=Role.registrar, person_id=1))
    session.add(Actor(name="张某乙", role=Role.approver, person_id=1))
    session.add(Actor(name="离岗", role=Role.approver, active=False))


@pytest.mark.parametrize(
    ("code", "state", "day", "ground", "actor", "approver", "fault"),
    [
        ("SJ03-1", "suspended", LATER, " ", "登记岗", "审批岗", "events.no-ground"),
        ("SJ03-1", "suspended", LATER, "g", "登记岗", "登记岗", "events.same-person"),
        ("SJ03-1", "suspended", LATER, "g", "张某甲", "张某乙", "events.same-person"),
        ("SJ03-1", "suspended", LATER, "g", "登记岗", "离岗", "events.unknown-actor"),
        ("SJ03-1", "suspended", LATER, "g", "登记岗", "监察岗", "events.not-an-approver"),
        ("SJ03-1", "suspended", LATER, "g", "登记岗", "", "events.unknown-actor"),
        ("SJ03-1", "suspended", LATER, "g", "谁", "审批岗", "events.unknown-actor"),
        ("SJ03-1", "suspended", date(2026, 11, 30), "g", "登记岗", "审批岗", "lists.day-past"),
        ("SJ03-1", "active", LATER, "g", "登记岗", "审批岗", "lists.state"),
        ("SJ03-1", "draft", LATER, "g", "登记岗", "审批岗", "lists.state"),
        ("SJ99-9", "suspended", LATER, "g", "登记岗", "审批岗", "lists.unknown-item"),
        ("HB03-2", "active", date(2026, 12, 31), "g", "登记岗", "审批岗", "lists.version-later"),
    ],
)
def test_what_is_no_lawful_change_changes_nothing(
    tmp_path: Path, code: str, state: str, day: date, ground: str, actor: str, approver: str, fault: str
) -> None:
    """No ground, no second person, a past day, a wrong state, an unknown item: refused, and the store is as it was."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        _nobody(session)
    before = world.dump(engine)
    with refused(fault), writing(engine) as session:
        change_item_state(session, code, ItemState(state), day, act(ground, actor), approver)
    assert world.dump(engine) == before


def test_a_draft_takes_its_own_first_day(tmp_path: Path) -> None:
    """A draft was never in force, so that it may become active on its first day; without a basis it may not."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_item_state(session, "HB03-2", ACTIVE, date(2027, 1, 1), act(), APPROVER)
        assert version_in_force(session, "HB03-2", date(2027, 1, 1), date(2027, 1, 1)) is not None
    engine = world.store_at("empty", tmp_path, "bare.db")
    with writing(engine) as session:
        draft = versions(session, "HB03-2")[-1]
        draft.basis = " "
        session.add(draft)
    with refused("lists.draft-incomplete"), writing(engine) as session:
        change_item_state(session, "HB03-2", ACTIVE, date(2027, 1, 1), act(), APPROVER)


def test_repealed_is_the_end(tmp_path: Path) -> None:
    """Neither an item nor a power comes back from a repeal, and no second change goes before the first."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_item_state(session, "SJ03-1", REPEALED, LATER, act(), APPROVER)
        change_power_state(session, "QL-SJ-03", REPEALED, LATER, act(), APPROVER)
    tried = 0
    for state in ItemState:
        for name, change in (("SJ03-1", change_item_state), ("QL-SJ-03", change_power_state)):
            with refused("lists.state"), writing(engine) as session:
                change(session, name, state, date(2027, 6, 1), act(), APPROVER)
            tried += 1
    assert tried == 8
    with refused("lists.unknown-power"), writing(engine) as session:
        change_power_state(session, "QL-0", REPEALED, LATER, act(), APPROVER)


def test_a_version_that_has_ended_or_is_to_come_is_not_overtaken(tmp_path: Path) -> None:
    """A change before the last stored version, or after its end, is refused."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_item_state(session, "SJ03-1", SUSPENDED, LATER, act(), APPROVER)
    with refused("lists.version-later"), writing(engine) as session:
        change_item_state(session, "SJ03-1", REPEALED, LATER, act(), APPROVER)
    with refused("lists.version-later"), writing(engine) as session:
        change_item_state(session, "SJ03-1", ACTIVE, TODAY, act(), APPROVER)
    with writing(engine) as session:
        version = power_versions(session)[0]
        version.ends = LATER
        session.add(version)
    with refused("lists.version-ended"), writing(engine) as session:
        change_power_state(session, "QL-SJ-01", REPEALED, LATER, act(), APPROVER)


def test_a_repealed_item_is_drawn_no_more_but_old_draws_keep_their_version(tmp_path: Path) -> None:
    """A draw that was opened keeps the version that it used; a new one of the item is refused."""
    engine = world.store_at("rostered", tmp_path)
    with reading(engine) as session:
        used = {(row.task_id, row.item_version_id) for row in session.exec(select(TaskItem))}
        lines = {(row.visit_id, row.item_version_id) for row in session.exec(select(VisitLine))}
        assert len(used) > 5
        assert lines
    with writing(engine) as session:
        for item in ("SJ03", "SJ05", "SJ02", "SJ01"):
            change_item_state(session, item, REPEALED, TODAY, act(), APPROVER)
    with reading(engine) as session:
        assert {(row.task_id, row.item_version_id) for row in session.exec(select(TaskItem))} == used
        assert {(row.visit_id, row.item_version_id) for row in session.exec(select(VisitLine))} == lines
        kept = [session.get_one(ItemVersion, version) for _, version in used]
        assert {version.state for version in kept} == {ACTIVE}


@pytest.mark.parametrize(("day", "opens"), [(TODAY, False), (LATER, False), (date(2026, 12, 29), True)])
@pytest.mark.parametrize("state", [SUSPENDED, REPEALED])
def test_a_new_draw_of_a_repealed_item_is_refused(
    tmp_path: Path, state: ItemState, day: date, opens: bool
) -> None:
    """A draw is opened just where its items stay in force to the end of its windows (the 28th)."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_item_state(session, "SJ03-2", state, day, act(), APPROVER)
    before = world.dump(engine)
    if opens:
        with writing(engine) as session:
            open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())
        return
    with refused("planning.item-not-in-force"), writing(engine) as session:
        open_draw(session, world.spec(), world.act(1, "计划岗"), world.entropy())
    assert world.dump(engine) == before


def test_what_is_open_is_flagged_and_left_as_it_was(tmp_path: Path) -> None:
    """Tasks and visits that inspect a repealed item on or after the day are listed, each once, and none is touched."""
    engine = world.store_at("rostered", tmp_path)
    with reading(engine) as session:
        lines = session.exec(
            select(VisitLine).join(ItemVersion, col(VisitLine.item_version_id) == ItemVersion.id)
        ).all()
        of_item = {versions(session, point)[0].id for point in sub_items(session, "SJ03")}
        visits = {line.visit_id for line in lines if line.item_version_id in of_item}
        visit_rows = {v.id: v.window_last for v in session.exec(select(Visit))}
        assert visits
    before = world.dump(engine)
    with writing(engine) as session:
        change = change_power_state(session, "QL-SJ-03", REPEALED, LATER, act(), APPROVER)
        uses = flag_open(session, act(), change.code, change.sub_items, change.day)
    assert {one.name for one in uses if one.kind == "task"} == {f"{world.DRAW}/T01"}
    named = {int(one.name) for one in uses if one.kind == "visit"}
    assert named == {visit for visit in visits if visit_rows[visit] >= LATER}
    assert len(uses) == len(set(uses))
    after = world.dump(engine)
    with reading(engine) as session:
        assert open_uses(session, change.sub_items, date(2026, 12, 29)) == ()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"powerversion", "approval", "event"}
    event = last_event(engine)
    assert event["kind"] == "list.flagged"
    assert len(event["data"]["uses"]) == len(uses)


def test_flags_end_with_windows_and_void_draws(tmp_path: Path) -> None:
    """Nothing is open after the last window, nor of a draw that is void; a change that concerns nothing adds no event."""
    engine = world.store_at("frozen", tmp_path)
    with writing(engine) as session:
        points = sub_items_of(session, "QL-SJ-03")
        assert open_uses(session, points, date(2026, 12, 28))
        assert open_uses(session, points, date(2026, 12, 29)) == ()
        assert open_uses(session, ["SJ10-1"], TODAY) == ()
        assert flag_open(session, act(), "SJ10", ["SJ10-1"], TODAY) == ()
        void(session, world.DRAW, "审批岗", world.act(60, "抽取岗", "种子作废"))
        assert open_uses(session, points, TODAY) == ()


def _line(session: Session, state: PlanState, year: int, last: str) -> None:
    """A plan with one line over two items, in two batches that end on ``last``."""
    plan = Plan(code=f"P{year}", year=year, operator="339902-SJ", region_code="339902")
    session.add(plan)
    session.flush()
    version = PlanVersion(
        plan_id=plan.id, number=1, state=state, form={}, ground="g", made_by="计划岗", made_at=world.START,
        rules_edition="x",
    )  # fmt: skip
    session.add(version)
    session.flush()
    batches = [{"first": last, "last": last}, {"first": "2026-03-01", "last": "2026-03-31"}]
    body = {"items": ["SJ03-1", "HB01-3@环保"], "batches": batches}
    session.add(PlanLine(version_id=version.id, number=1, code="L1", name="n", body=body))
    session.flush()


@pytest.mark.parametrize("state", list(PlanState))
def test_lines_of_living_plans_are_flagged(tmp_path: Path, state: PlanState) -> None:
    """A line is open while its plan is drafted or in force and its last batch reaches the day, for each of its items."""
    engine = world.store_at("empty", tmp_path)
    with reading(engine) as session:
        _line(session, state, 2026, "2026-12-20")
        lives = state not in {PlanState.refused, PlanState.replaced}
        wanted = ["plan-line P2026/1/L1 HB01-3", "plan-line P2026/1/L1 SJ03-1"] if lives else []
        for day, found in ((LATER, wanted), (date(2026, 12, 20), wanted), (date(2026, 12, 21), [])):
            uses = open_uses(session, ["SJ03-1", "HB01-3", "SJ03-2"], day)
            assert [f"{one.kind} {one.name} {one.item}" for one in uses] == found
        session.rollback()


def test_items_of_one_task_were_inspected_together(tmp_path: Path) -> None:
    """What stood in a task with an item is found, the item itself and other tasks' items are not."""
    engine = world.store_at("new", tmp_path)
    with reading(engine) as session:
        assert inspected_with(session, ["SJ03-1"]) == {"SJ03-2", "SJ03-3", "HB01-3"}
        assert inspected_with(session, ["SJ03-1", "SJ03-2", "SJ03-3"]) == {"HB01-3"}
        assert inspected_with(session, ["SJ10-1"]) == frozenset()
