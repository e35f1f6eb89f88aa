"""Rotation: who was at a body last time does not go there again, and only the last time counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.people.rotation import last_visits
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import DrawState
from inspect_engine.registers.tables import Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import (
    Assignment,
    Mode,
    Route,
    RouteVisit,
    Slot,
    Visit,
    VisitMove,
    VisitState,
)
from solver.dr1.eligibility import routes_of
from tests.drawing.conftest import At
from tests.drawing.playing import play_form
from tests.drawing.world import DRAW, form

BEFORE = "330000-2026-11"
OCTOBER = datetime(2026, 10, 30, 1, 0, tzinfo=UTC)

#: Who was at which body: person and key.
Met = set[tuple[int, str]]


def _form(month: str, draw_id: str, **changes: Any) -> dict[str, Any]:
    """Desk work of one department at a third of all, so that a body comes again next month."""
    made = form(month, draw_id, own_station=False, **changes)
    made["tasks"] = [task for task in made["tasks"] if task["code"] == "T03"]
    made["tasks"][0]["ratios"] = {"form": "exact", "all": "60%"}
    return made


def _november(at: At) -> Engine:
    engine = at("empty")
    play_form(engine, _form("2026-11", BEFORE), start=OCTOBER)
    return engine


def _met(session: Session) -> Met:
    """All who were sent to a body in November, with its key."""
    rows = session.execute(
        select(col(Assignment.person_id), Target.key)
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(RouteVisit, col(RouteVisit.route_id) == col(Slot.route_id))
        .join(Visit, col(Visit.id) == col(RouteVisit.visit_id))
        .join(Target, col(Target.id) == col(Visit.target_id))
    )
    return {(person, key) for person, key in rows}


def _possible(session: Session) -> Met:
    """All pairs of person and body that December's weights allow."""
    from inspect_engine.drawing.rostering import people_of

    draw = find_draw(session, DRAW)
    people = people_of(session, draw)
    keys = {str(row["blind"]): str(row["key"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    bodies = {
        slot.slot: [keys[blind] for blind in route.blinds]
        for route in routes_of(rows_of(session, draw, "4-routes.jsonl"))
        for slot in route.slots
    }
    return {
        (person, key)
        for row in rows_of(session, draw, "4-weights.jsonl")
        for person in people[str(row["officer"])]
        for key in bodies[str(row["slot"])]
    }


def test_the_officer_of_last_time_is_never_sent_again(at: At) -> None:
    """With rotation no weight of December joins a person and a body that met in November; without, some do."""
    again: dict[bool, Met] = {}
    for rotation in (True, False):
        engine = _november(at)
        with reading(engine) as session:
            met = _met(session)
        play_form(engine, _form("2026-12", DRAW, rotation=rotation), "staffed")
        with reading(engine) as session:
            possible = _possible(session)
            rows = rows_of(session, find_draw(session, DRAW), "1-relations.jsonl")
            barred = sum(row["ground"] == "recent-visit" for row in rows)
        bodies = {key for _, key in met} & {key for _, key in possible}
        assert len(bodies) > 20
        assert (barred > len(bodies)) is rotation
        again[rotation] = met & possible
    assert not again[True]
    assert len(again[False]) > 20


def test_only_the_last_visit_that_stands_counts(at: At) -> None:
    """Who left a slot is free, who followed is barred; a visit that could not be made bars nobody; a move counts."""
    engine = _november(at)
    with reading(engine) as session:
        operator, met = find_draw(session, BEFORE).operator, _met(session)
        assert last_visits(session, operator) == met
        assert len(met) > 100
        assert last_visits(session, "another") == last_visits(session, operator, 1) == set()
        assert last_visits(session, operator, 2) == met
        first = session.exec(select(Assignment).order_by(col(Assignment.id))).first()
        assert first is not None
        others = {person for person, _ in met} - {first.person_id}
        slot, left, follower = first.slot_id, first.person_id, min(others)
    with writing(engine) as session:
        old = session.exec(select(Assignment).where(col(Assignment.slot_id) == slot)).one()
        old.ended_at = OCTOBER
        session.add(Assignment(slot_id=slot, person_id=follower, mode=Mode.substitute, since=OCTOBER))
    with writing(engine) as session:
        found = last_visits(session, operator)
        route = session.get_one(Slot, slot).route_id
        on_route = {
            key
            for key, one in session.execute(
                select(Target.key, col(Visit.id))
                .join(Visit, col(Visit.target_id) == col(Target.id))
                .join(RouteVisit, col(RouteVisit.visit_id) == col(Visit.id))
                .where(col(RouteVisit.route_id) == route)
            )
        }
        assert {key for person, key in found if person == left}.isdisjoint(on_route)
        assert on_route <= {key for person, key in found if person == follower}
        visits = session.exec(select(Visit)).all()
        for visit in visits[::2]:
            visit.state = VisitState.impossible
        session.flush()
        gone = {session.get_one(Target, visit.target_id).key for visit in visits[::2]}
        assert {key for _, key in last_visits(session, operator)} == {key for _, key in met} - gone
        find_draw(session, BEFORE).state = DrawState.void
        session.flush()
        assert last_visits(session, operator) == set()


def test_the_later_of_two_visits_counts_after_moves(at: At) -> None:
    """Of a body's visits in two months the later day decides, and a visit moved past the other is the later one."""
    engine = _november(at)
    play_form(engine, _form("2026-12", DRAW))
    with writing(engine) as session:
        operator = find_draw(session, DRAW).operator
        twice = [
            list(group)
            for target in session.exec(select(Target.id))
            if len(group := session.exec(select(Visit).where(col(Visit.target_id) == target)).all()) == 2
        ]
        assert len(twice) > 20
        early, late = sorted(twice[0], key=lambda visit: visit.window_first)
        key = session.get_one(Target, early.target_id).key

        def team(visit: Visit) -> set[int]:
            return set(
                session.exec(
                    select(Assignment.person_id)
                    .join(Slot, col(Slot.id) == col(Assignment.slot_id))
                    .join(Route, col(Route.id) == col(Slot.route_id))
                    .join(RouteVisit, col(RouteVisit.route_id) == col(Route.id))
                    .where(col(RouteVisit.visit_id) == visit.id)
                )
            )

        def last() -> set[int]:
            return {person for person, one in last_visits(session, operator) if one == key}

        assert last() == team(late) != team(early)
        session.add(
            VisitMove(
                visit_id=early.id or 0,
                from_day=early.window_first,
                to_day=date(2026, 12, 31),
                ground="台风",
                approver="审批岗",
                at=OCTOBER,
            )
        )
        session.flush()
        assert last() == team(early)
