"""The head's word over inspections: the gate, batches and single visits, urgent ones, and the form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.approving import approve_draw, form_of, visits
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, check_log
from inspect_engine.events.tables import Actor, Approval, Decision, Event, Role
from inspect_engine.planning.tables import Method
from inspect_engine.registers.tables import Agency, Capacity, Origin, PastVisit, Person, Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.approval_form import LineFacts, VisitFacts, approval_form
from inspect_engine.visits.approvals import UrgentVisit
from inspect_engine.visits.approving import approve, may_begin, overdue
from inspect_engine.visits.gate import may_begin as gate
from inspect_engine.visits.tables import Assignment, RouteVisit, Slot, Visit, VisitLine, VisitState
from inspect_engine.visits.urgent import Urgent, due_day, report
from tests.drawing.world import DRAW, START, STATES, act, dump, store_at

HEAD = "审批岗"
ASK = act(20, ground="按年度计划实施")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """The small county's draw with its officers drawn."""
    engine = store_at("rostered", tmp_path)
    yield engine
    engine.dispose()


def refused(engine: Engine, code: str, call: Any) -> None:
    """Assert that a call is refused with a code and changes nothing."""
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        call(session)
    assert caught.value.code == code
    for language in ("zh", "en"):
        assert "{" not in caught.value.message(language) + caught.value.remedy(language)  # type: ignore[arg-type]
    assert dump(engine) == before


#: (state, decision, urgent) → the code of the refusal; what is not here may begin.
_WAITING = (VisitState.planned, VisitState.put_back)
_OVER = (VisitState.done, VisitState.impossible, VisitState.cancelled)
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
    assert (opened, len(_BARRED)) == (6, 30)


@given(
    st.lists(st.booleans(), min_size=60, max_size=60).filter(lambda days: sum(days) >= 8),
    st.integers(1, 8),
)
def test_the_term_ends_on_its_last_working_day(works: list[bool], days: int) -> None:
    """The due day is a working day after the report, with just so many of them up to it; later days are not asked."""
    first = date(2026, 1, 31)
    asked: list[date] = []

    def calendar(start: date, end: date) -> list[date]:
        asked.append(end)
        span = [start + timedelta(i) for i in range((end - start).days + 1)]
        return [day for day in span if works[(day - first).days - 1]]

    due = due_day(first, days, calendar)
    after = [first + timedelta(i + 1) for i in range(60) if works[i]]
    assert due == after[days - 1]
    assert max(asked) <= due


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
        barred = [one.id for one in named if _barred(session, one.id) == "visits.not-approved"]
        assert barred == [one.id for one in named if one.number not in (1, 3)]
        batch = approve_draw(session, DRAW, [], HEAD, ASK)
        assert list(batch.visits) == barred
        assert {one.decision for one in visits(session, DRAW)} == {"approved"}
        assert [_barred(session, one.id) for one in named] == [""] * len(named)
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
        assert _barred(session, second.id) == "visits.approval-refused"
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


def _barred(session: Session, visit: int) -> str:
    """Code with which the gate refuses a stored visit, or nothing."""
    try:
        may_begin(session, visit)
    except EngineError as error:
        return error.code
    return ""


# Urgent inspections


def an_urgent(session: Session, **changes: Any) -> Urgent:
    """An urgent inspection that the small county's market bureau may make."""
    target = session.exec(select(Target.key).where(col(Target.supervising_region) == "339902")).first()
    made = Urgent(
        agency="339902-SJ",
        target=str(target),
        items=("SJ03-1", "SJ03-2"),
        day=START.date(),
        officers=3,
        helpers=1,
    )
    return replace(made, **changes)


CAUSE = act(30, ground="举报食物中毒，须即刻检查")


def test_an_urgent_visit_begins_first_and_is_approved_after(store: Engine) -> None:
    """It may begin at once, is for cause and outside any draw, and stays open to approval after it was done."""
    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        visit = session.get_one(Visit, made.visit_id)
        assert (visit.origin, visit.draw_id, visit.state) == (Origin.reactive, None, VisitState.planned)
        assert made.due == date(2026, 12, 2)
        assert _barred(session, made.visit_id) == ""
        lines = session.exec(select(VisitLine).where(col(VisitLine.visit_id) == made.visit_id)).all()
        assert len(lines) == 2
        visit.state = VisitState.done
        late = approve(session, [made.visit_id], HEAD, ASK, subject=f"visit/{made.visit_id}").late
        assert (late, made.late) == (0, False)
        assert not list(check_log(session))
    refused(
        store, "visits.decided-already", lambda s: approve(s, [made.visit_id], HEAD, ASK, subject="visit/x")
    )


@pytest.mark.parametrize(("days", "is_late"), [(1, False), (2, True), (9, True)])
def test_a_late_approval_is_recorded_as_late(store: Engine, days: int, is_late: bool) -> None:
    """On the due day it is in time, from the next on late: in the row, in the answer and in the event."""
    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        asks = Act("抽取岗", START + timedelta(days=days), "补办")
        assert made.due == START.date() + timedelta(days=1)
        told = approve(session, [made.visit_id], HEAD, asks, subject="visit/1")
        assert (told.late, made.late) == (int(is_late), is_late)
        event = session.exec(select(Event).order_by(col(Event.seq).desc())).first()
        assert event is not None
        assert json.loads(event.body)["data"]["late"] == int(is_late)


def test_who_is_refused_goes_no_more(store: Engine) -> None:
    """An urgent visit whose approval is refused may not begin, and is not overdue."""
    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        approve(session, [made.visit_id], HEAD, ASK, subject="visit/1", refused=True)
        assert _barred(session, made.visit_id) == "visits.approval-refused"
        assert overdue(session, date(2027, 1, 1)) == []


def test_overdue_lists_the_undecided_alone(store: Engine) -> None:
    """From the day after the due day an undecided one is listed, the oldest first; decided and cancelled are not."""
    with writing(store) as session:
        made = []
        for day in (3, 1, 2, 0, 0):
            at = replace(CAUSE, at=START + timedelta(days=day))
            made.append(report(session, an_urgent(session, day=at.local_day), at))
        approve(session, [made[3].visit_id], HEAD, ASK, subject="visit/1")
        session.get_one(Visit, made[4].visit_id).state = VisitState.cancelled
        session.get_one(Visit, made[1].visit_id).state = VisitState.done
        dues = [row.due for row in made[:3]]
        assert dues == [date(2026, 12, 7), date(2026, 12, 3), date(2026, 12, 4)]  # 4 December is a Friday
        ids = [row.visit_id for row in made]
        for day, expected in (
            (3, []),
            (4, [ids[1]]),
            (5, [ids[1], ids[2]]),
            (7, [ids[1], ids[2]]),
            (8, [ids[1], ids[2], ids[0]]),
        ):
            assert [row.visit_id for row in overdue(session, date(2026, 12, day))] == expected, day


def test_an_urgent_report_is_whole_or_refused(store: Engine) -> None:
    """Each fault of a report alone: ground, items, day, team, body, agency, item off the list, actor."""
    with reading(store) as session:
        good = an_urgent(session)
    cases = [
        ("visits.urgent-ground", good, replace(CAUSE, ground=" ")),
        ("visits.urgent-empty", replace(good, items=()), CAUSE),
        ("visits.urgent-past", replace(good, day=date(2026, 11, 30)), CAUSE),
        ("visits.urgent-team", replace(good, officers=1), CAUSE),
        ("visits.urgent-team", replace(good, helpers=-1), CAUSE),
        ("visits.unknown-target", replace(good, target="REG:0"), CAUSE),
        ("lists.unknown-agency", replace(good, agency="X"), CAUSE),
        ("planning.item-not-in-force", replace(good, items=("SJ03-1", "XX")), CAUSE),
        ("events.unknown-actor", good, replace(CAUSE, actor="无此人")),
    ]
    for code, urgent, said in cases:
        refused(store, code, lambda s, u=urgent, a=said: report(s, u, a))
    with writing(store) as session:
        assert report(session, good, CAUSE).visit_id


def test_a_drawn_visit_is_never_urgent(store: Engine) -> None:
    """A report of the same body makes a visit of its own, and opens no gate for the drawn one."""
    with writing(store) as session:
        drawn = visits(session, DRAW)[0].id
        key = session.get_one(Target, session.get_one(Visit, drawn).target_id).key
        made = report(session, an_urgent(session, target=key), CAUSE)
        assert made.visit_id != drawn
        assert _barred(session, drawn) == "visits.not-approved"


# The form


def test_no_name_is_in_form_event_or_list(store: Engine) -> None:
    """Neither bodies nor officers are named, by name, key, number or address, in any form, list or event of these acts."""
    with writing(store) as session:
        before = len(session.exec(select(Event.seq)).all())
        named = [asdict(one) for one in visits(session, DRAW)]
        form = asdict(form_of(session, DRAW, [], START.date()))
        key = an_urgent(session)
        name = session.exec(select(Target.name).where(col(Target.key) == key.target)).one()
        made = report(session, key, replace(CAUSE, ground=f"举报{name}"))
        approve(session, [made.visit_id], HEAD, replace(ASK, ground=f"同意检查{name}"), subject="visit/1")
        approve_draw(session, DRAW, ["1"], HEAD, replace(ASK, ground=f"{name}"), refused=True)
        told = [event.body.decode() for event in session.exec(select(Event).order_by(col(Event.seq)))]
        said = json.dumps([named, form], default=str, ensure_ascii=False) + "".join(told[before:])
        assert len(told) == before + 3
        bodies = [text for row in session.exec(select(Target)) for text in (row.name, row.key, row.address)]
        people = [text for row in session.exec(select(Person)) for text in (row.name, row.staff_no)]
        secret = {text for text in (*bodies, *people) if len(text) > 1}
        assert len(secret) > 500
        assert [text for text in secret if text in said] == []


def test_the_form_counts_who_goes_and_how_often_they_came(store: Engine) -> None:
    """Officers are those in the route's slots now, helpers beside them; visits count by agency, days and year."""
    day = date(2026, 12, 10)
    with writing(store) as session:
        first = visits(session, DRAW)[0]
        visit = session.get_one(Visit, first.id)
        route = session.exec(select(RouteVisit.route_id).where(col(RouteVisit.visit_id) == first.id)).one()
        slots = session.exec(select(Slot).where(col(Slot.route_id) == route)).all()
        plain = form_of(session, DRAW, ["1"], day).entries[0]
        assert (plain.officers, plain.helpers) == (len(slots), 0)
        one = session.exec(select(Assignment).where(col(Assignment.slot_id) == slots[0].id)).one()
        session.get_one(Person, one.person_id).capacity = Capacity.helper
        gone = session.exec(select(Assignment).where(col(Assignment.slot_id) == slots[1].id)).one()
        gone.ended_at = START
        agencies = [agency for agency, _ in plain.times]
        base = {"target_id": visit.target_id, "on_site": True, "origin": Origin.reactive}
        for number, (agency, when, on_site) in enumerate(
            [
                (agencies[0], date(2026, 1, 1), True),
                (agencies[0], date(2026, 12, 9), True),
                (agencies[0], date(2026, 12, 9), True),
                (agencies[0], date(2026, 12, 10), True),
                (agencies[0], date(2025, 12, 31), True),
                (agencies[0], date(2026, 6, 1), False),
                (agencies[1], date(2026, 6, 1), True),
            ]
        ):
            values = base | {"on_site": on_site, "agency_code": agency, "day": when}
            session.add(PastVisit(**values, reference=f"t{number}"))
        session.flush()
        entry = form_of(session, DRAW, ["1"], day).entries[0]
        assert (entry.officers, entry.helpers) == (len(slots) - 2, 1)
        grown = {agency: times - dict(plain.times)[agency] for agency, times in entry.times}
        assert grown == {agencies[0]: 2, agencies[1]: 1}


def test_the_form_of_an_urgent_visit_has_the_reported_team(store: Engine) -> None:
    """Numbers of officers and helpers are those of the report, and its source is urgent."""
    from inspect_engine.visits.facts import facts_of

    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        form = approval_form(facts_of(session, {made.visit_id: 1}, START.date()))
        assert [(e.number, e.officers, e.helpers) for e in form.entries] == [(1, 3, 1)]
        assert form.sources == (("urgent", "", ""),)
        assert [code for code, _ in form.items] == ["SJ03-1", "SJ03-2"]
        assert session.get_one(UrgentVisit, made.visit_id).ground == CAUSE.ground


_LINES = st.builds(
    LineFacts,
    item=st.sampled_from(["I-1", "I-2", "I-3"]),
    item_name=st.just("n"),
    basis=st.sampled_from(["", "法一", "法二"]),
    agency=st.sampled_from(["A", "B"]),
    method=st.sampled_from(Method),
    source=st.sampled_from(["plan", "exception"]),
    task=st.sampled_from(["T1", "T2"]),
)
_DAYS = st.integers(0, 40).map(lambda n: date(2026, 12, 1) + timedelta(n))
_VISITS = st.lists(
    st.builds(
        VisitFacts,
        number=st.integers(1, 99),
        period=st.tuples(_DAYS, _DAYS).map(lambda pair: (min(pair), max(pair))),
        officers=st.integers(0, 5),
        helpers=st.integers(0, 3),
        lines=st.lists(_LINES, min_size=1, max_size=4).map(tuple),
        times=st.dictionaries(st.sampled_from(["A", "B", "C"]), st.integers(1, 4)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda visit: visit.number,
)


@given(_VISITS, st.randoms(use_true_random=False))
def test_the_form_says_each_thing_once_and_loses_none(facts: list[VisitFacts], chance: Any) -> None:
    """Any order of visits gives one form; it covers every line and period, and has each visit's numbers as they were."""
    form = approval_form(facts)
    shuffled = list(facts)
    chance.shuffle(shuffled)
    assert approval_form(shuffled) == form
    lines = [line for visit in facts for line in visit.lines]
    assert set(form.bases) == {line.basis for line in lines} - {""}
    assert {code for code, _ in form.items} == {line.item for line in lines}
    assert set(form.sources) == {(line.source, line.task, line.task_name) for line in lines}
    assert set(form.methods) == {line.method.value for line in lines}
    assert all(len(set(part)) == len(part) for part in (form.bases, form.items, form.sources, form.methods))
    assert [entry.number for entry in form.entries] == sorted(visit.number for visit in facts)
    for visit in facts:
        assert form.first <= visit.period[0] <= visit.period[1] <= form.last
        (entry,) = [entry for entry in form.entries if entry.number == visit.number]
        assert (entry.officers, entry.helpers) == (visit.officers, visit.helpers)
        assert dict(entry.times) == {line.agency: visit.times.get(line.agency, 0) for line in visit.lines}
    assert form.first in {visit.period[0] for visit in facts}
    assert form.last in {visit.period[1] for visit in facts}
