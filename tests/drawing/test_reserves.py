"""Reserves that are visits of the draw already, or may not be met by the team: nobody is passed over in silence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_of
from inspect_engine.drawing.after.reserves import Replaced, impossible
from inspect_engine.drawing.after.slots import open_requests
from inspect_engine.drawing.after.standing import Stop, stops_of
from inspect_engine.drawing.frame import tasks_of
from inspect_engine.drawing.rostering import people_of
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import DrawFile
from inspect_engine.events.tables import Approval, Decision
from inspect_engine.planning.tables import TaskItem
from inspect_engine.registers.tables import Relation, Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import RouteVisit, Slot, Visit, VisitLine, VisitState
from solver.dr1.encoding import Row, jsonl
from tests.drawing.after import APPROVER, DICE_RULE, now, said
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, START

#: A task of two departments and one of a single one that every route has.
TWO, ONE = "T01", "T06"


def sample(session: Session) -> list[Row]:
    """Rows of the sample."""
    return rows_of(session, find_draw(session, DRAW), "3-sample.jsonl")


def put_sample(session: Session, rows: list[Row]) -> None:
    """Put another sample in its place."""
    file = session.get_one(DrawFile, (find_draw(session, DRAW).id, "3-sample.jsonl"))
    file.content = jsonl(rows)
    session.flush()


def rank(row: Row) -> int:
    """Rank of a row."""
    return int(str(row["rank"]))


def close(store: Engine, blind: str, minutes: float = 20) -> Replaced:
    """Record that a body has closed."""
    with writing(store) as session:
        return impossible(session, DRAW, blind, "closed", APPROVER, DICE_RULE, said(minutes))


def stands_by(store: Engine, task: str, *, covered: bool) -> tuple[Stop, Stop, Row]:
    """Make a drawn body the next reserve of a task that it is not drawn for.

    Returns
    -------
    tuple
        A body of the task, the body that is now its next reserve, and the row.
    """
    with writing(store) as session:
        rows = sample(session)
        placed = {stop.blind: stop for stop in stops_of(session, find_draw(session, DRAW))}
        departments = {id_: _departments(session, stop) for id_, stop in placed.items()}
        tasks = {b: {r["task"] for r in rows if r["blind"] == b and r["taken"]} for b in placed}
        first, row = next(
            (placed[str(r["blind"])], w)
            for r in rows
            if r["task"] == task and r["taken"] and len(tasks[str(r["blind"])]) == 1
            for w in rows
            if (w["task"], w["stratum"]) == (r["task"], r["stratum"])
            and not w["taken"]
            and w["blind"] not in placed
        )
        wanted = departments[first.blind]
        other = next(
            stop
            for b, stop in sorted(placed.items())
            if task not in tasks[b]
            and stop.route != first.route
            and (wanted <= departments[b]) is covered
            and not any(r["blind"] == b and r["task"] == task for r in rows)
        )
        cell = [
            r for r in rows if (r["task"], r["stratum"]) == (row["task"], row["stratum"]) and not r["taken"]
        ]
        next_one = min(cell, key=rank)
        put_sample(session, [{**r, "blind": other.blind} if r is next_one else r for r in rows])
        session.flush()
        session.expunge_all()
    return first, other, {**next_one, "blind": other.blind}


def _departments(session: Session, stop: Stop) -> set[str]:
    query = select(Slot.department).join(RouteVisit, col(RouteVisit.route_id) == col(Slot.route_id))
    return set(session.exec(query.where(col(RouteVisit.visit_id) == stop.visit.id)))


def grounds(store: Engine) -> list[tuple[str, str, str]]:
    """From, to and ground of each row about bodies."""
    with reading(store) as session:
        rows = events_of(session, find_draw(session, DRAW))
    return [(str(r["from"]), str(r["to"]), str(r["ground"])) for r in rows if r["kind"] == "target"]


def tasks_of_lines(session: Session, visit: int | None) -> set[int | None]:
    """Tasks whose lines a visit has."""
    return set(session.exec(select(VisitLine.task_id).where(col(VisitLine.visit_id) == visit)))


def test_a_reserve_that_is_drawn_already_gets_the_lines_there(at: At) -> None:
    """No second visit: the lines join it, it takes longer, and the head decides on it anew."""
    store = at("rostered")
    first, other, _ = stands_by(store, ONE, covered=True)
    with writing(store) as session:
        before = len(tasks_of_lines(session, other.visit.id))
        visits = len(session.exec(select(Visit)).all())
        _decided(session, other, Decision.approved)
    made = close(store, first.blind)
    assert made.joined == 1
    assert made.reserves == (other.blind,)
    assert grounds(store) == [(first.blind, other.blind, "closed")]
    with reading(store) as session:
        visit = session.get_one(Visit, other.visit.id)
        assert len(tasks_of_lines(session, other.visit.id)) == before + 1
        assert len(session.exec(select(Visit)).all()) == visits
        assert visit.minutes > other.visit.minutes
        assert visit.approval_id is None


@pytest.mark.parametrize("fault", ["window", "length", "shut"])
def test_a_reserve_that_joins_is_checked_as_one_that_comes(at: At, fault: str) -> None:
    """A task's window without a day in common is uncovered; a day too short, or one on which the body is shut, is left."""
    store = at("rostered")
    first, other, _ = stands_by(store, ONE, covered=True)
    with writing(store) as session:
        visit = session.get_one(Visit, other.visit.id)
        there = [s for s in stops_of(session, find_draw(session, DRAW)) if s.route == other.route]
        if fault == "window":
            visit.window_first = visit.window_last = date(2027, 2, 1)
        elif fault == "length":
            spare = 420 - sum(s.minutes for s in there)
            assert len(there) > 1
            visit.minutes += spare
        else:
            session.get_one(Target, other.target.id).closed_on = [other.day.isoweekday()]
        minutes, lines = visit.minutes, tasks_of_lines(session, visit.id)
    made = close(store, first.blind)
    with reading(store) as session:
        visit = session.get_one(Visit, other.visit.id)
        stop = next(s for s in stops_of(session, find_draw(session, DRAW)) if s.blind == other.blind)
        if fault == "window":
            assert (other.blind, "uncovered") in [(one, ground) for one, _, ground in grounds(store)]
            assert (visit.minutes, tasks_of_lines(session, visit.id)) == (minutes, lines)
        else:
            assert (made.joined, made.moved) == (1, 1)
            assert stop.day != other.day
            assert visit.minutes > minutes


def test_what_two_tasks_ask_for_takes_its_time_once(at: At) -> None:
    """A reserve that joins with items that its visit has already takes no longer for them."""
    store = at("rostered")
    first, other, _ = stands_by(store, ONE, covered=True)
    with writing(store) as session:
        tasks = dict(tasks_of(session, find_draw(session, DRAW)))
        rows = [r for r in sample(session) if r["blind"] == other.blind and r["taken"]]
        query = select(TaskItem).where(col(TaskItem.task_id) == tasks[ONE].id)
        for item in session.exec(query).all():
            for row in rows:
                task = tasks[str(row["task"])]
                task.method = tasks[ONE].method
                session.add(TaskItem(**item.model_dump(exclude={"id", "task_id"}), task_id=task.id or 0))
    made = close(store, first.blind)
    assert made.joined == 1
    with reading(store) as session:
        assert session.get_one(Visit, other.visit.id).minutes == other.visit.minutes


def _decided(session: Session, stop: Stop, decision: Decision) -> None:
    approval = Approval(subject="x", asked_by=1, decided_by=4, decision=decision, ground="x", at=said(10).at)
    session.add(approval)
    session.flush()
    session.get_one(Visit, stop.visit.id).approval_id = approval.id


@pytest.mark.parametrize(
    ("task", "covered", "state", "decision", "ground"),
    [
        (ONE, True, VisitState.done, None, "visited"),
        (ONE, True, VisitState.planned, Decision.refused, "uncovered"),
        (TWO, False, VisitState.planned, None, "uncovered"),
    ],
)
def test_a_reserve_that_cannot_take_the_task_is_recorded_and_the_next_is_called(
    at: At, task: str, covered: bool, state: VisitState, decision: Decision | None, ground: str
) -> None:
    """Who was visited, refused, or is met by a team that cannot do the task stands in the file with that ground."""
    store = at("rostered")
    first, other, _ = stands_by(store, task, covered=covered)
    with writing(store) as session:
        session.get_one(Visit, other.visit.id).state = state
        if decision:
            _decided(session, other, decision)
        before = tasks_of_lines(session, other.visit.id)
    made = close(store, first.blind)
    told = grounds(store)
    assert told[0] == (first.blind, other.blind, "closed")
    assert told[1][0] == other.blind
    assert told[1][2] == ground
    assert made.recorded == len(told) >= 2
    assert other.blind not in made.reserves
    with reading(store) as session:
        assert tasks_of_lines(session, other.visit.id) == before


def test_a_reserve_that_was_closed_before_keeps_its_ground(at: At) -> None:
    """A reserve recorded as one that moved out is passed on under that ground."""
    store = at("rostered")
    first, other, _ = stands_by(store, ONE, covered=True)
    with writing(store) as session:
        impossible(session, DRAW, other.blind, "moved-out", APPROVER, DICE_RULE, said(20))
        for one in open_requests(session, find_draw(session, DRAW)):
            session.delete(one)
    close(store, first.blind, 21)
    told = [
        row
        for row in grounds(store)
        if first.blind in row[:1] or (row[0] == other.blind and row[2] == "moved-out")
    ]
    assert (first.blind, other.blind, "closed") in told
    assert sum(row[0] == other.blind for row in told) >= 2


def test_a_body_is_recorded_for_each_of_its_tasks(at: At) -> None:
    """A body drawn by two tasks has a row for each, and each task calls its own reserve."""
    store = at("rostered")
    with writing(store) as session:
        rows = sample(session)
        taken = next(r for r in rows if r["task"] == TWO and r["taken"])
        other = next(r for r in rows if r["task"] == ONE and r["taken"] and r["blind"] != taken["blind"])
        known = [r for r in rows if r["blind"] != taken["blind"] or r["task"] != ONE]
        put_sample(session, [{**r, "blind": taken["blind"]} if r is other else r for r in known])
    close(store, str(taken["blind"]))
    with reading(store) as session:
        told = [r for r in events_of(session, find_draw(session, DRAW)) if r["from"] == taken["blind"]]
        wanted = {
            (r["task"], r["stratum"]) for r in sample(session) if r["blind"] == taken["blind"] and r["taken"]
        }
    assert {(r["task"], r["stratum"]) for r in told} == wanted
    assert len(wanted) >= 2


def test_a_team_member_who_may_not_meet_the_reserve_is_followed(at: At) -> None:
    """A relation to the reserve leads to a request for just that slot, or is told as one that nobody can fill."""
    store = at("rostered")
    seen: dict[str, Any] = {}
    with writing(store) as session:
        draw = find_draw(session, DRAW)
        rows, placed = sample(session), {stop.blind: stop for stop in stops_of(session, draw)}
        keys = {str(r["blind"]): str(r["key"]) for r in rows_of(session, draw, "1-keys.jsonl")}
        taken, reserve = next(
            (r, w)
            for r in rows
            if r["taken"] and sum(o["blind"] == r["blind"] and o["taken"] is True for o in rows) == 1
            for w in [min((o for o in rows if _same(o, r) and not o["taken"]), key=rank, default=None)]
            if w is not None and w["blind"] not in placed
        )
        route = placed[str(taken["blind"])].route
        slot = next(name for name, place in sorted(now(store).places.items()) if place.route == route)
        person = people_of(session, draw)[now(store).held[slot]][0]
        target = session.exec(select(Target.id).where(col(Target.key) == keys[str(reserve["blind"])])).one()
        session.add(
            Relation(person_id=person, target_id=target, ground="applied", starts=START.date(), source="test")
        )
        seen.update(blind=str(taken["blind"]), reserve=str(reserve["blind"]), slot=slot)
    made = close(store, seen["blind"])
    assert made.reserves == (seen["reserve"],)
    told = {one.slot for one in made.absence.asked} | set(made.absence.stuck) | set(made.absence.waiting)
    assert seen["slot"] in told
    with reading(store) as session:
        asked = {one.request["slot"] for one in open_requests(session, find_draw(session, DRAW))}
    assert asked == {one.slot for one in made.absence.asked}


def _same(one: Row, other: Row) -> bool:
    return (one["task"], one["stratum"]) == (other["task"], other["stratum"])
