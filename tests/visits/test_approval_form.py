"""The approval form: it names nobody, counts right, and loses nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from inspect_engine.drawing.approving import approve_draw, form_of, visits
from inspect_engine.events.tables import Event
from inspect_engine.planning.tables import Method
from inspect_engine.registers.tables import Capacity, Origin, PastVisit, Person, SubItem, Target
from inspect_engine.store import writing
from inspect_engine.visits.approval_form import LineFacts, VisitFacts, approval_form
from inspect_engine.visits.approvals import UrgentVisit
from inspect_engine.visits.approving import approve
from inspect_engine.visits.facts import facts_of
from inspect_engine.visits.tables import Assignment, RouteVisit, Slot, Visit
from inspect_engine.visits.urgent import report
from tests.drawing.world import DRAW, START
from tests.visits.asking import ASK, CAUSE, HEAD, an_urgent


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
    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        form = approval_form(facts_of(session, {made.visit_id: 1}, START.date()))
        assert [(e.number, e.officers, e.helpers) for e in form.entries] == [(1, 3, 1)]
        assert form.sources == (("urgent", "", ""),)
        names = dict(session.exec(select(SubItem.code, SubItem.name)).all())
        assert [code for code, _ in form.items] == ["SJ03-1", "SJ03-2"]
        assert all(said.endswith(names[code]) for code, said in form.items)
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
