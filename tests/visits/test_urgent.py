"""Urgent inspections: reported first, approved within the rule's days, or listed as overdue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from inspect_engine.drawing.approving import visits
from inspect_engine.events.log import Act, check_log
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Origin, Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.approvals import UrgentVisit
from inspect_engine.visits.approving import approve, overdue
from inspect_engine.visits.tables import Visit, VisitLine, VisitState
from inspect_engine.visits.urgent import due_day, make_up, report
from tests.drawing.world import DRAW, START
from tests.visits.asking import ASK, CAUSE, HEAD, an_urgent, barred, refused


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


def test_an_urgent_visit_begins_first_and_is_approved_after(store: Engine) -> None:
    """It may begin at once, is for cause and outside any draw, and stays open to approval after it was done."""
    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        visit = session.get_one(Visit, made.visit_id)
        assert (visit.origin, visit.draw_id, visit.state) == (Origin.reactive, None, VisitState.planned)
        assert made.due == date(2026, 12, 2)
        event = session.exec(select(Event).order_by(col(Event.seq).desc())).first()
        assert event is not None
        assert json.loads(event.body)["data"] == {"agency": "339902-SJ", "due": "2026-12-02", "items": 2}
        assert barred(session, made.visit_id) == ""
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
        assert barred(session, made.visit_id) == "visits.approval-refused"
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
        assert barred(session, drawn) == "visits.not-approved"


def test_no_report_makes_a_drawn_visit_urgent(store: Engine) -> None:
    """Only reported visits are made up; and were a report put beside a drawn visit, its gate would stay shut."""
    with reading(store) as session:
        drawn = visits(session, DRAW)[0].id
    refused(store, "visits.not-urgent", lambda s: make_up(s, drawn, HEAD, ASK))
    with writing(store) as session:
        made = report(session, an_urgent(session), CAUSE)
        values = {name: value for name, value in made.model_dump().items() if name != "visit_id"}
        session.add(UrgentVisit(visit_id=drawn, **values))
        session.flush()
        assert barred(session, drawn) == "visits.not-approved"
        assert make_up(session, made.visit_id, HEAD, ASK).visits == (made.visit_id,)
