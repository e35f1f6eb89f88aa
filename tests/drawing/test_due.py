"""What is out of a draw stays out: of approvals, figures and field work; who was agreed with is not forgotten."""

from __future__ import annotations

from datetime import date, time

import pytest
from sqlmodel import select

from inspect_engine.drawing.approving import approve_draw, form_of, visits
from inspect_engine.drawing.joint.agreeing import agree_visit, joint
from inspect_engine.drawing.opening import open_draw
from inspect_engine.drawing.routes.mapping import map_of
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.sampling import due_rows
from inspect_engine.drawing.shortage import remedies
from inspect_engine.drawing.status import status
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.store import reading, writing
from inspect_engine.visits.approving import may_begin
from inspect_engine.visits.tables import Visit, VisitState
from tests.drawing.conftest import At
from tests.drawing.test_remedies import finish, leave_away, many, offers, take
from tests.drawing.world import DRAW, STEPS, act, dump, entropy, form


def test_a_body_put_back_needs_no_word_and_may_not_begin(at: At) -> None:
    """After fewer targets the head decides on those that remain, the form lists them alone, and the gate is shut for the rest."""
    engine = many(at)
    take(engine, offers(engine)["fewer"].mark)
    finish(engine)
    with writing(engine) as session:
        gone = [v.id for v in session.exec(select(Visit)) if v.state is VisitState.put_back]
        assert gone
        left = len(visits(session, DRAW)) - len(gone)
        assert len(form_of(session, DRAW, [], date(2026, 12, 2)).entries) == left
        decided = approve_draw(session, DRAW, [], "审批岗", act(20, "抽取岗", "方案"))
        assert not set(decided.visits) & set(gone)
        assert len(decided.visits) == left
        assert joint(session, DRAW).figures.visits == left
        for one in gone:
            with pytest.raises(EngineError, match=r"visits\.over"):
                may_begin(session, one or 0)


def test_an_impossible_visit_does_not_stop_the_others_approval(at: At) -> None:
    """All that is left can be approved though one of them is over."""
    engine = at("rostered")
    with writing(engine) as session:
        visit = session.exec(select(Visit).order_by(Visit.id)).first()  # type: ignore[arg-type]
        assert visit is not None
        visit.state = VisitState.impossible
    with writing(engine) as session:
        number = len(visits(session, DRAW))
        assert len(approve_draw(session, DRAW, [], "审批岗", act(20, "抽取岗", "方案")).visits) == number - 1


def test_rows_due_follow_the_events(at: At) -> None:
    """Without events they are the taken; the sample's rows are never changed."""
    with reading(at("rostered")) as session:
        draw = find_draw(session, DRAW)
        taken = [row for row in rows_of(session, draw, "3-sample.jsonl") if row["taken"]]
        assert sorted(map(str, due_rows(session, draw))) == sorted(map(str, taken))


def test_an_agreed_day_that_has_passed_is_never_dropped_in_silence(at: At) -> None:
    """Routes made on or after an agreed day are refused until another is agreed; then they are made, and it is kept."""
    engine = at("drawn")
    with writing(engine) as session:
        number = next(
            i
            for i, v in enumerate(session.exec(select(Visit).order_by(Visit.id)), 1)
            if v.road  # type: ignore[arg-type]
        )
        agree_visit(session, DRAW, str(number), date(2026, 12, 3), time(10), act(4.5))
    before = dump(engine)
    late = 2 * 24 * 60
    with pytest.raises(EngineError, match=r"joint\.agreed-passed"), writing(engine) as session:
        plan(session, DRAW, act(late))
    assert dump(engine) == before
    with writing(engine) as session:
        agree_visit(session, DRAW, str(number), date(2026, 12, 9), time(10), act(late + 1))
        plan(session, DRAW, act(late + 2))


@pytest.mark.parametrize("at_", [time(3), time(22, 30)])
def test_an_hour_outside_the_days_work_is_refused(at: At, at_: time) -> None:
    """No route could be there and back: a coded refusal, and nothing noted."""
    engine = at("drawn")
    before = dump(engine)
    with pytest.raises(EngineError, match="joint"), writing(engine) as session:
        number = next(
            i
            for i, v in enumerate(session.exec(select(Visit).order_by(Visit.id)), 1)
            if v.road  # type: ignore[arg-type]
        )
        agree_visit(session, DRAW, str(number), date(2026, 12, 9), at_, act(4.5))
    assert dump(engine) == before


def test_names_that_nobody_has_are_refused_in_the_form(at: At) -> None:
    """Joint days of a department without a task, and neighbours from an agency that is none, are no silent wishes."""
    with pytest.raises(ValueError, match="no task has"):
        DrawSpec.model_validate(form(joint_days=[{"department": "没有", "weekdays": [1]}]))
    engine = at("empty")
    wrong = DrawSpec.model_validate(form(neighbours=[{"department": "市监", "agencies": ["NOPE"]}]))
    with pytest.raises(EngineError, match="unknown-agency"), writing(engine) as session:
        open_draw(session, wrong, act(1, "计划岗"), entropy())


@pytest.mark.parametrize("actor", ["登记岗", "公示岗", "审批岗"])
def test_only_who_draws_or_supervises_sees_places_and_takes_remedies(at: At, actor: str) -> None:
    """Where bodies are is not for others before the release; a remedy is no registrar's to take."""
    engine = at("routed")
    with pytest.raises(EngineError, match=r"maps\.not-for-you"), writing(engine) as session:
        map_of(session, DRAW, act(6, actor))
    with pytest.raises(EngineError, match="not-a-drawer"), writing(engine) as session:
        remedies.take(session, DRAW, "0" * 12, "监察岗", act(6, actor, "理由"))


def test_what_was_remedied_stands_in_the_status(at: At) -> None:
    """The figures that may be shown tell how a shortage was met, in counts."""
    engine = at("routed")
    leave_away(engine, "市监", 1)
    take(engine, offers(engine)["move"].mark)
    STEPS["staffed"](engine)
    with reading(engine) as session:
        assert status(session, DRAW)["remedies"] == "move 1"
