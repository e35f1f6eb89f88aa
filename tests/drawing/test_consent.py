"""A joint draw is frozen only with every agency's word, given by its own approver before (联合抽查委托)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.joint.consenting import add_head, consent, parties
from inspect_engine.drawing.opening import open_draw
from inspect_engine.drawing.steps import find_draw
from inspect_engine.drawing.tables import DrawConsent
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.events.tables import Actor, Approval, Event, Role
from inspect_engine.planning.tables import TaskDepartment
from inspect_engine.store import reading, writing
from tests.drawing.world import DRAW, act, dump, entropy, spec, store_at


@pytest.fixture
def opened(tmp_path: Path) -> Engine:
    """A store whose draw is open, without anybody's word."""
    engine = store_at("empty", tmp_path)
    with writing(engine) as session:
        open_draw(session, spec(), act(1, "计划岗"), entropy())
    return engine


def _waiting(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return [one.agency for one in parties(session, find_draw(session, DRAW)) if not one.approver]


def _head(session: Session, agency: str) -> str:
    add_head(session, agency, f"{agency}的局长", act(2, "登记岗"))
    return f"{agency}的局长"


def _agree(session: Session, agency: str, approver: str = "") -> None:
    consent(session, DRAW, agency, approver or _head(session, agency), _asks())


def _asks(actor: str = "抽取岗") -> Act:
    return act(3, actor, "联合抽查方案")


def _refused(engine: Engine, code: str, do: Callable[[Session], object]) -> EngineError:
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        do(session)
    assert caught.value.code == code
    assert caught.value.message("zh") and caught.value.remedy("en")
    assert dump(engine) == before
    return caught.value


def test_every_other_agency_is_asked(opened: Engine) -> None:
    """Those whose word is needed are the agencies of the tasks without the operator's own, which has nothing to agree to."""
    with reading(opened) as session:
        operator = find_draw(session, DRAW).operator
        agencies = set(session.exec(select(TaskDepartment.agency_code)))
    assert operator in agencies
    assert set(_waiting(opened)) == agencies - {operator}
    assert _waiting(opened)


def test_nothing_is_frozen_while_a_word_is_missing(opened: Engine) -> None:
    """Freezing names each agency that is missing, until the last has agreed; then it goes through."""
    waiting = _waiting(opened)
    while waiting:
        error = _refused(opened, "joint.consent-missing", lambda s: freeze(s, DRAW, act(9)))
        assert error.params["agencies"] == ", ".join(waiting)
        with writing(opened) as session:
            _agree(session, waiting[0])
        assert _waiting(opened) == waiting[1:]
        waiting = waiting[1:]
    with writing(opened) as session:
        assert len(freeze(session, DRAW, act(9))) == 64


def test_a_word_is_a_second_persons_and_logged(opened: Engine) -> None:
    """Each consent has an approval of its approver and one event; the ground stays out of the chain."""
    (agency, *_) = _waiting(opened)
    with writing(opened) as session:
        _agree(session, agency)
    with reading(opened) as session:
        row = session.exec(select(DrawConsent)).one()
        assert (row.agency_code, row.approver, row.ground) == (agency, f"{agency}的局长", "联合抽查方案")
        approval = session.exec(select(Approval).where(Approval.subject == f"{DRAW}/consent/{agency}")).one()
        assert session.get_one(Actor, approval.decided_by).name == row.approver
        event = session.exec(select(Event).where(Event.kind == "draw.consented")).one()
        assert agency.encode() in event.body
        assert "方案".encode() not in event.body


def test_only_the_agencys_own_approver_agrees(opened: Engine) -> None:
    """An approver of the bureau or of another agency, another role of the agency, and who opened the draw are refused."""
    (agency, *_) = _waiting(opened)
    with writing(opened) as session:
        operator = find_draw(session, DRAW).operator
        add_head(session, operator, "本局局长", act(2, "登记岗"))
        own = Actor(name="该局登记", role=Role.registrar, agency_code=agency)
        gone = Actor(name="前任", role=Role.approver, agency_code=agency, active=False)
        session.add_all([own, gone])
    for name, code in (
        ("审批岗", "joint.other-agency"),
        ("本局局长", "joint.other-agency"),
        ("该局登记", "events.not-an-approver"),
        ("前任", "events.unknown-actor"),
    ):
        _refused(opened, code, lambda s, name=name: _agree(s, agency, name))  # type: ignore[misc]


def test_who_opened_the_draw_does_not_agree_to_it(tmp_path: Path) -> None:
    """Not even where the opener is an approver of the agency, and another asks."""
    engine = store_at("empty", tmp_path)
    (agency, *_) = {d.agency for t in spec().tasks for d in t.departments} - {spec().operator}
    with writing(engine) as session:
        head = _head(session, agency)
        open_draw(session, spec(), act(1, head), entropy())
    _refused(engine, "joint.opened-it", lambda s: _agree(s, agency, head))


def test_a_word_is_given_once_by_who_takes_part_and_before_the_freeze(opened: Engine) -> None:
    """Neither a second word, nor one of an agency that takes no part, nor one after the freeze."""
    first, *others = _waiting(opened)
    with writing(opened) as session:
        _agree(session, first)
        operator = find_draw(session, DRAW).operator
    _refused(opened, "joint.consent-given", lambda s: _agree(s, first))
    _refused(opened, "joint.no-party", lambda s: _agree(s, operator))
    with writing(opened) as session:
        for agency in others:
            _agree(session, agency)
        freeze(session, DRAW, act(9))
    _refused(opened, "joint.consent-state", lambda s: _agree(s, first))


def test_a_draw_of_one_agency_needs_no_word(tmp_path: Path) -> None:
    """Where the operator inspects alone nobody is asked."""
    engine = store_at("empty", tmp_path)
    alone = spec()
    tasks = [t for t in alone.tasks if {d.agency for d in t.departments} == {alone.operator}]
    assert tasks
    with writing(engine) as session:
        open_draw(session, alone.model_copy(update={"tasks": tuple(tasks)}), act(1, "计划岗"), entropy())
    assert _waiting(engine) == []
    with writing(engine) as session:
        assert len(freeze(session, DRAW, act(9))) == 64


def test_heads_are_registered_by_a_registrar(opened: Engine) -> None:
    """An approver is registered once, for an agency that exists, by a registrar, under a name of its own."""
    (agency, *_) = _waiting(opened)
    _refused(opened, "joint.not-a-registrar", lambda s: add_head(s, agency, "甲", act(2)))
    _refused(opened, "drawing.unknown-agency", lambda s: add_head(s, "无", "甲", act(2, "登记岗")))
    _refused(opened, "joint.name-taken", lambda s: add_head(s, agency, "审批岗", act(2, "登记岗")))
    with writing(opened) as session:
        add_head(session, agency, "甲", act(2, "登记岗"))
    before = dump(opened)
    with writing(opened) as session:
        add_head(session, agency, "甲", act(3, "登记岗"))
    assert dump(opened) == before
