"""The year's plan from draft to draw: no step skipped, nobody twice, and what is drawn is what was filed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from fixtures.consents import consent_all
from inspect_engine.drawing.opening import open_draw
from inspect_engine.drawing.tables import DrawStratum
from inspect_engine.errors import EngineError
from inspect_engine.events.log import check_log
from inspect_engine.planning.plans import service
from inspect_engine.planning.plans.drafting import find_plan, latest
from inspect_engine.planning.plans.solving import numbers_of, solved_problem
from inspect_engine.planning.plans.tables import PlanCell, PlanLine, PlanNumber, PlanState, PlanVersion
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.planning.tables import TaskItem, TaskKind
from inspect_engine.store import reading, writing
from solver.plan.lawful import violations
from tests.drawing.world import entropy
from tests.planning.plan_world import PLAN, STEPS, act, filed, form, solved, store

Step = Callable[[Session], Any]

ACTS: dict[str, tuple[str, Step]] = {
    "approve": ("solved", lambda s: service.approve(s, PLAN, act("审批岗", days=1, ground="同意"))),
    "file": ("approved", filed),
    "publish": ("filed", lambda s: service.publish(s, PLAN, act("公示岗", days=3))),
}


def _rows(session: Session) -> dict[str, int]:
    counts = {}
    for table in SQLModel.metadata.sorted_tables:
        counts[table.name] = session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return counts


@pytest.mark.parametrize("step", STEPS[1:])
@pytest.mark.parametrize("name", ACTS)
def test_no_step_is_skipped_or_done_twice(name: str, step: str, tmp_path: Path) -> None:
    """Each step is taken from its own state alone; from any other it is refused and nothing changes."""
    wanted, do = ACTS[name]
    with store(step, tmp_path) as engine:
        with reading(engine) as session:
            before = _rows(session)
        if step == wanted:
            with writing(engine) as session:
                do(session)
            with reading(engine) as session:
                assert _rows(session)["event"] == before["event"] + 1
                assert not list(check_log(session))
            return
        with pytest.raises(EngineError) as refused, writing(engine) as session:
            do(session)
        assert refused.value.code in {"plans.stage", "plans.not-solved"}
        with reading(engine) as session:
            assert _rows(session) == before


@pytest.mark.parametrize("step", STEPS[1:])
def test_only_a_filed_plan_draws(step: str, tmp_path: Path) -> None:
    """A month is drawn from a filed or published plan; before that the refusal names the state."""
    with store(step, tmp_path) as engine, reading(engine) as session:
        if step in ("filed", "published"):
            assert service.month_form(session, PLAN, 3, {}).tasks
            return
        with pytest.raises(EngineError) as refused:
            service.month_form(session, PLAN, 3, {})
        assert refused.value.code == "plans.not-filed"


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        ("计划岗", "plans.second-person"),
        ("抽取岗", "plans.not-an-approver"),
        ("无此人", "plans.unknown-actor"),
    ],
)
def test_another_person_approves(actor: str, code: str, tmp_path: Path) -> None:
    """Whoever made the plan does not decide on it, nor anybody who is no approver."""
    with store("solved", tmp_path) as engine, writing(engine) as session:
        with pytest.raises(EngineError) as refused:
            service.approve(session, PLAN, act(actor, days=1, ground="同意"))
        assert refused.value.code == code


def test_a_filing_is_dated_between_approval_and_today_and_its_number_is_its_own(tmp_path: Path) -> None:
    """A filing before the approval, in the future, without number, or with a number taken is refused."""
    with store("approved", tmp_path) as engine, writing(engine) as session:
        doing = act(days=2)
        for day in (date(2026, 1, 4), date(2026, 1, 20)):
            with pytest.raises(EngineError, match="filing-day"):
                service.file_plan(session, PLAN, "1号", "司法局", day, doing)
        with pytest.raises(EngineError, match="filing-empty"):
            service.file_plan(session, PLAN, " ", "司法局", doing.local_day, doing)
        other = latest(session, find_plan(session, PLAN))
        session.add(
            PlanVersion(
                plan_id=other.plan_id,
                number=99,
                state=PlanState.replaced,
                form={},
                ground="",
                made_by="x",
                made_at=doing.at,
                rules_edition="",
                filed_with="司法局",
                filing_number="1号",
            )
        )
        session.flush()
        session.get_one(PlanVersion, other.id).number = 100
        session.flush()
        with pytest.raises(EngineError, match="filing-taken"):
            service.file_plan(session, PLAN, "1号", "司法局", doing.local_day, doing)
        service.file_plan(session, PLAN, "2号", "司法局", doing.local_day, doing)


def test_a_refused_plan_needs_a_ground_and_a_new_version(tmp_path: Path) -> None:
    """A refusal says why, and what was refused comes back only as the next version."""
    with store("solved", tmp_path) as engine, writing(engine) as session:
        with pytest.raises(EngineError, match="ground-needed"):
            service.approve(session, PLAN, act("审批岗", days=1), refused=True)
        service.approve(session, PLAN, act("审批岗", days=1, ground="比例偏低"), refused=True)
        with pytest.raises(EngineError, match="plans\\.stage"):
            filed(session)
        again = service.change_plan(session, form(), act(days=2, ground="按意见修改"))
        assert (again.number, again.state) == (2, PlanState.draft)


def test_the_numbers_kept_are_lawful_and_the_models(tmp_path: Path) -> None:
    """What is stored of a solved plan breaks no bound of its problem; cells have the problem's bodies."""
    with store("solved", tmp_path) as engine, reading(engine) as session:
        version = latest(session, find_plan(session, PLAN))
        problem, numbers = solved_problem(version), numbers_of(session, version)
        assert numbers
        assert violations(problem, numbers) == []
        lines = {line.id: line.code for line in session.exec(select(PlanLine))}
        sizes: Counter[tuple[str, str, str]] = Counter()
        for group in problem.groups:
            for task in group.tasks:
                sizes[task, group.risk_class, group.region] += group.size
        stored = {
            (lines[c.line_id], c.risk_class, c.region): c.population for c in session.exec(select(PlanCell))
        }
        assert stored == sizes


def test_a_month_draws_the_filed_numbers(tmp_path: Path) -> None:
    """Each task of the month asks for just the plan's numbers of the month, and the frame takes them."""
    from inspect_engine.drawing.freezing import freeze

    with store("published", tmp_path) as engine:
        with writing(engine) as session:
            spec = service.month_form(session, PLAN, 3, {})
            draw = open_draw(session, spec, act(days=50), entropy())
            consent_all(session, draw.draw_id, act(days=50).at)
            freeze(session, draw.draw_id, act("抽取岗", days=51))
        with reading(engine) as session:
            strata = session.exec(select(DrawStratum)).all()
            planned: Counter[tuple[str, str, str]] = Counter()
            for line, n in session.exec(
                select(PlanLine, PlanNumber).where(PlanLine.id == PlanNumber.line_id, PlanNumber.month == 3)
            ):
                planned[line.code, n.risk_class, n.region] += n.take
            kinds = {task.code: task.kind for task in spec.tasks}
            seen = 0
            for one in strata:
                for cell in one.cells:
                    if kinds[one.task] is TaskKind.set:
                        wanted = planned[one.task, cell["class"], cell["region"]]
                        assert int(cell["quota"]) == wanted
                        seen += wanted > 0
            assert seen >= 3


def test_a_form_cannot_say_other_numbers_than_the_plan(tmp_path: Path) -> None:
    """A hand-written order form that names a plan line is refused wherever it differs from the plan."""
    with store("published", tmp_path) as engine, writing(engine) as session:
        spec = service.month_form(session, PLAN, 3, {})
        values = spec.model_dump(mode="json")
        task = next(t for t in values["tasks"] if t["ratios"]["cells"])
        changes: dict[str, Any] = {
            "ratios": {**task["ratios"], "cells": [{**task["ratios"]["cells"][0], "take": 999}]},
            "scope": {**task["scope"], "labels": ["别的"]},
            "name": "别的任务",
            "reserve": 7,
        }
        for field, value in changes.items():
            wrong = {**values, "tasks": [{**task, field: value}]}
            with pytest.raises(EngineError) as refused, session.begin_nested():
                open_draw(session, DrawSpec.model_validate(wrong), act(days=50), entropy())
            assert refused.value.code == "planning.not-the-plan", field
            assert refused.value.params["field"] == field


def test_a_line_that_is_no_line_of_the_plan_in_force_is_refused(tmp_path: Path) -> None:
    """No plan, no inspection: neither a made-up line, nor one of a draft, nor a month in which it does not draw."""
    with store("published", tmp_path) as engine, writing(engine) as session:
        spec = service.month_form(session, PLAN, 3, {})
        values = spec.model_dump(mode="json")
        made_up = {**values, "tasks": [{**values["tasks"][0], "plan_line": 4_711}]}
        with pytest.raises(EngineError, match="no-plan"):
            open_draw(session, DrawSpec.model_validate(made_up), act(days=50), entropy())
    with store("published", tmp_path) as engine, writing(engine) as session:
        service.change_plan(session, form(), act(days=40, ground="调整"))
        later = latest(session, find_plan(session, PLAN))
        line = session.exec(select(PlanLine).where(PlanLine.version_id == later.id)).first()
        assert line is not None
        of_draft = {**values, "tasks": [{**values["tasks"][0], "plan_line": line.id}]}
        with pytest.raises(EngineError, match="no-plan"):
            open_draw(session, DrawSpec.model_validate(of_draft), act(days=50), entropy())


def test_a_change_in_the_year_keeps_what_is_past(tmp_path: Path) -> None:
    """A change in May keeps the months before May as they were filed, and draws by the old version until it is filed."""
    with store("published", tmp_path) as engine:
        with reading(engine) as session:
            old = latest(session, find_plan(session, PLAN))
            before = {n for n in numbers_of(session, old) if n.month < 5}
        assert before
        with writing(engine) as session:
            service.change_plan(session, form(), act(days=125, ground="机构改革"))
        solved(engine, days=125)
        with writing(engine) as session:
            assert service.in_force(session, PLAN).number == 1
            service.approve(session, PLAN, act("审批岗", days=126, ground="同意"))
            assert service.in_force(session, PLAN).number == 1
            filed(session, "备〔2026〕2号", days=127)
            assert service.in_force(session, PLAN).number == 2
        with reading(engine) as session:
            new = latest(session, find_plan(session, PLAN))
            rows = session.exec(
                select(PlanLine, PlanNumber).where(
                    PlanLine.id == PlanNumber.line_id, PlanLine.version_id == new.id, PlanNumber.month < 5
                )
            )
            past = {(line.code, n.risk_class, n.region, n.month, n.take) for line, n in rows}
            assert past == {(n.task, n.risk_class, n.region, n.month, n.take) for n in before}
            assert [v["state"] for v in service.trail(session, PLAN)] == ["replaced", "filed"]


def test_numbers_for_a_form_that_was_changed_meanwhile_are_not_kept(tmp_path: Path) -> None:
    """Numbers that were solved for another form than the draft's are refused."""
    from solver.plan.result import Solved
    from solver.plan.solve import solve

    with store("draft", tmp_path) as engine:
        with reading(engine) as session:
            made = service.ready(session, PLAN, act())
        found = solve(made.built.problem)
        assert isinstance(found, Solved)
        with writing(engine) as session:
            service.change_plan(session, form().model_copy(update={"title": "别的"}), act(ground="改名"))
        with pytest.raises(EngineError, match="changed-meanwhile"), writing(engine) as session:
            service.keep(session, made, found, act())


def test_old_draws_keep_the_version_of_the_item_that_they_used(tmp_path: Path) -> None:
    """Repealing an item after a draw was opened leaves the draw with the version it used, and stops the next month's."""
    from inspect_engine.lists.versions import change_item_state
    from inspect_engine.registers.tables import ItemState

    with store("published", tmp_path) as engine, writing(engine) as session:
        spec = service.month_form(session, PLAN, 3, {})
        open_draw(session, spec, act(days=50), entropy())
        used = {row.item_version_id for row in session.exec(select(TaskItem))}
        item = spec.tasks[0].items[0].partition("@")[0]
        change_item_state(
            session,
            item,
            ItemState.repealed,
            date(2026, 4, 1),
            act("登记岗", days=60, ground="废止"),
            "审批岗",
        )
        assert {row.item_version_id for row in session.exec(select(TaskItem))} == used
        code = spec.tasks[0].code
        refused = 0
        for month in range(4, 12):
            try:
                later = service.month_form(session, PLAN, month, {})
            except EngineError as error:
                assert error.code == "plans.nothing-in-month"
                continue
            if code not in [task.code for task in later.tasks]:
                continue
            with pytest.raises(EngineError, match="item-not-in-force"):
                open_draw(session, later, act(days=80), entropy())
            refused += 1
            break
        assert refused


def test_the_public_plan_tells_no_class(tmp_path: Path) -> None:
    """The notice holds bases, numbers and months of each task, and no class, rate or region's cell."""
    with store("published", tmp_path) as engine, reading(engine) as session:
        version = service.in_force(session, PLAN)
        notice = service.public_plan(session, version)
        assert len(notice["tasks"]) == len(form().tasks)
        for task in notice["tasks"]:
            assert sum(task["by_month"].values()) == task["take"] <= task["population"]
        words = str(notice)
        for cell in session.exec(select(PlanCell)):
            assert f"'{cell.risk_class}'" not in words
        assert "rate" not in words
        assert "risk" not in words
