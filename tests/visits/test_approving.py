"""The head's word over a draw's visits: the gate, batches and single visits, and who decides."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.approving import approve_draw, form_of, visits
from inspect_engine.errors import EngineError
from inspect_engine.events.log import check_log
from inspect_engine.events.tables import Actor, Approval, Decision, Role
from inspect_engine.registers.tables import Agency, Person
from inspect_engine.store import reading, writing
from inspect_engine.visits.gate import may_begin as gate
from inspect_engine.visits.tables import Visit, VisitLine, VisitState
from tests.drawing.world import DRAW, START, STATES, store_at
from tests.visits.asking import ASK, HEAD, barred, refused

#: (state, decision, urgent) → the code of the refusal; what is not here may begin.
_WAITING = (VisitState.planned,)
_OVER = (VisitState.done, VisitState.impossible, VisitState.cancelled, VisitState.put_back)
_BARRED = {
    **{
        (VisitState.begun, said, urgent): "visits.begun-already"
        for said in (None, *Decision)
        for urgent in (0, 1)
    },
    **{(state, said, u): "visits.over" for state in _OVER for said in (None, *Decision) for u in (0, 1)},
    **{(state, Decision.refused, u): "visits.approval-refused" for state in _WAITING for u in (0, 1)},
    **{(state, None, 0): "visits.not-approved" for state in _WAITING},
}


def test_the_gate_in_every_case() -> None:
    """Of the 36 cases just six may begin: waiting and approved, or waiting, urgent and undecided."""
    opened = 0
    for state, said, urgent in product(VisitState, (None, *Decision), (0, 1)):
        code = _BARRED.get((state, said, urgent))
        if code is None:
            gate("7", state, said, urgent=bool(urgent))
            opened += 1
            continue
        with pytest.raises(EngineError) as caught:
            gate("7", state, said, urgent=bool(urgent))
        assert caught.value.code == code
        assert "7" in caught.value.message("zh")
    assert (opened, len(_BARRED)) == (3, 33)


def test_nothing_is_approved_before_the_roster(tmp_path: Path) -> None:
    """In every state before rostered the list, the form and the approval are refused."""
    for state in STATES[:-1]:
        engine = store_at(state, tmp_path, f"{state}.db")
        refused(engine, "drawing.step-order", lambda s: approve_draw(s, DRAW, [], HEAD, ASK))
        refused(engine, "drawing.step-order", lambda s: visits(s, DRAW))
        refused(engine, "drawing.step-order", lambda s: form_of(s, DRAW, [], START.date()))
        engine.dispose()


def test_a_batch_decides_on_all_that_is_left(store: Engine) -> None:
    """Single visits by number and blind, then the rest at once; each has one approval, and each may begin."""
    with writing(store) as session:
        named = visits(session, DRAW)
        assert [one.number for one in named] == list(range(1, len(named) + 1))
        assert len(named) > 5
        single = approve_draw(session, DRAW, ["3", named[0].blind[:8]], HEAD, ASK)
        assert single.visits == (named[0].id, named[2].id)
        waiting = [one.id for one in named if barred(session, one.id) == "visits.not-approved"]
        assert waiting == [one.id for one in named if one.number not in (1, 3)]
        batch = approve_draw(session, DRAW, [], HEAD, ASK)
        assert list(batch.visits) == waiting
        assert {one.decision for one in visits(session, DRAW)} == {"approved"}
        assert [barred(session, one.id) for one in named] == [""] * len(named)
        assert not list(check_log(session))


def test_a_visit_is_decided_on_once(store: Engine) -> None:
    """A second decision is refused, in a mixed choice for all of it, and when nothing is left; a refusal stands."""
    with writing(store) as session:
        approve_draw(session, DRAW, ["2"], HEAD, ASK, refused=True)
    for choice in (["2"], ["4", "2"], ["2", "2"]):
        for no in (False, True):
            refused(
                store,
                "visits.decided-already",
                lambda s, c=choice, n=no: approve_draw(s, DRAW, c, HEAD, ASK, refused=n),
            )
    with writing(store) as session:
        second = visits(session, DRAW)[1]
        assert second.decision == "refused"
        assert barred(session, second.id) == "visits.approval-refused"
        approve_draw(session, DRAW, [], HEAD, ASK)
        assert visits(session, DRAW)[1].decision == "refused"
        assert session.exec(select(Approval.decision).where(col(Approval.subject) == DRAW)).all() == [
            Decision.refused,
            Decision.approved,
        ]
    refused(store, "visits.none-to-decide", lambda s: approve_draw(s, DRAW, [], HEAD, ASK))


def test_what_is_named_must_be_one_visit(store: Engine) -> None:
    """A number that there is not, a short blind and a blind of nobody are refused."""
    with reading(store) as session:
        named = visits(session, DRAW)
    for word in ("0", str(len(named) + 1), "03", named[0].blind[:7], "f" * 64, ""):
        refused(store, "visits.unknown-visit", lambda s, w=word: approve_draw(s, DRAW, ["1", w], HEAD, ASK))


def _add(session: Session, name: str, **more: Any) -> None:
    session.add(Actor(name=name, role=more.pop("role", Role.approver), **more))


def test_only_the_head_decides_and_never_on_his_own_asking(store: Engine) -> None:
    """Each rule of who decides, alone: role, active, second person behind either name, agency, and a stated ground."""
    with writing(store) as session:
        person = session.exec(select(Person.id)).first()
        operator = session.exec(select(VisitLine.agency_code)).first()
        other = session.exec(
            select(Agency.code).where(col(Agency.code).not_in(select(VisitLine.agency_code)))
        ).first()
        _add(session, "离任", active=False)
        _add(session, "甲", person_id=person)
        _add(session, "甲计划", role=Role.planner, person_id=person)
        _add(session, "外局", agency_code=other)
        _add(session, "本局", agency_code=operator)
    cases = [
        ("visits.not-an-approver", "计划岗", ASK),
        ("events.unknown-actor", "离任", ASK),
        ("events.unknown-actor", "无此人", ASK),
        ("events.unknown-actor", HEAD, replace(ASK, actor="无此人")),
        ("events.same-person", HEAD, replace(ASK, actor=HEAD)),
        ("events.same-person", "甲", replace(ASK, actor="甲计划")),
        ("events.no-ground", HEAD, replace(ASK, ground="  ")),
        ("visits.other-agency", "外局", ASK),
    ]
    for code, head, asks in cases:
        refused(store, code, lambda s, h=head, a=asks: approve_draw(s, DRAW, ["1"], h, a))
    with writing(store) as session:
        assert approve_draw(session, DRAW, ["1"], "甲", ASK).visits


def test_a_head_decides_where_his_agency_takes_part(store: Engine) -> None:
    """A joiner's head decides on the visits it joins and on no other; the operator's head on all of the draw."""
    with writing(store) as session:
        lines = session.exec(select(VisitLine.visit_id, VisitLine.agency_code)).all()
        named = visits(session, DRAW)
        agency = "339902-HB"
        joined = {visit for visit, code in lines if code == agency}
        assert 0 < len(joined) < len(named)
        _add(session, "环保局长", agency_code=agency)
    inside = [str(one.number) for one in named if one.id in joined]
    outside = [str(one.number) for one in named if one.id not in joined]
    refused(
        store,
        "visits.other-agency",
        lambda s: approve_draw(s, DRAW, [inside[0], outside[0]], "环保局长", ASK),
    )
    with writing(store) as session:
        assert len(approve_draw(session, DRAW, inside, "环保局长", ASK).visits) == len(joined)
        from inspect_engine.drawing.steps import find_draw

        _add(session, "抽取机关负责人", agency_code=find_draw(session, DRAW).operator)
        assert approve_draw(session, DRAW, [], "抽取机关负责人", ASK).visits


@pytest.mark.parametrize("state", [s for s in VisitState if s not in _WAITING])
def test_a_drawn_visit_is_approved_beforehand(store: Engine, state: VisitState) -> None:
    """One that has begun, is over or was cancelled is approved no more."""
    with writing(store) as session:
        session.get_one(Visit, visits(session, DRAW)[0].id).state = state
    refused(store, "visits.too-late", lambda s: approve_draw(s, DRAW, ["1"], HEAD, ASK))


def test_a_void_draw_has_nothing_to_approve(store: Engine) -> None:
    """After a draw is void nobody approves its visits."""
    with writing(store) as session:
        from inspect_engine.drawing.steps import find_draw
        from inspect_engine.drawing.tables import DrawState

        find_draw(session, DRAW).state = DrawState.void
    refused(store, "drawing.step-order", lambda s: approve_draw(s, DRAW, [], HEAD, ASK))
