"""What a remedy does to the store (处置落实): routes, slots and visits follow the case, and each change leaves its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import NAMED, put_event
from inspect_engine.drawing.changing import change as change_officer
from inspect_engine.drawing.steps import row_id, rows_of, stamp
from inspect_engine.drawing.tables import Draw
from inspect_engine.events.log import Act
from inspect_engine.registers.tables import Person, Target
from inspect_engine.visits.tables import Companion, Route, RouteVisit, Slot, Visit, VisitState
from solver.dr1.eligibility import Route as Row4
from solver.dr1.encoding import Row
from solver.shortage.changes import Call, Change, Direct, Place, PutBack
from solver.shortage.problem import Case

#: Ground of the rows by which bodies that are put back leave the lottery.
SHORT = "short-of-officers"


def unspoken(act: Act) -> Act:
    """The same act without its words."""
    return replace(act, ground="")


def follow(session: Session, draw: Draw, after: Case) -> None:
    """Give routes the dates, slots the skills, and visits the places that they have in the case after a remedy."""
    lottery = {trip.route.route: trip.route for trip in after.trips}
    named = {route.route for route in after.direct}
    visits = _visits(session, draw)
    for route in session.exec(select(Route).where(col(Route.draw_id) == row_id(draw))).all():
        if route.code in lottery:
            _follow_route(session, route, lottery[route.code])
        elif route.code in named:
            route.direct = True
    for blind in after.put_back:
        _put_back(session, visits[blind])
    session.flush()


def _follow_route(session: Session, route: Route, after: Row4) -> None:
    route.day = date.fromisoformat(after.date)
    skills = {slot.slot: slot.skills for slot in after.slots}
    for slot in session.exec(select(Slot).where(col(Slot.route_id) == route.id)).all():
        if slot.code in skills:
            slot.skills = sorted(skills[slot.code], key=str.encode)
        else:
            session.delete(slot)


def _put_back(session: Session, visit: Visit) -> None:
    """A body put back is no visit of any route; a route that has lost its last one loses its slots."""
    visit.state = VisitState.put_back
    for place in session.exec(select(RouteVisit).where(col(RouteVisit.visit_id) == visit.id)).all():
        session.delete(place)
        session.flush()
        left = session.exec(select(RouteVisit).where(col(RouteVisit.route_id) == place.route_id)).first()
        if left is None:
            for slot in session.exec(select(Slot).where(col(Slot.route_id) == place.route_id)).all():
                session.delete(slot)


def _visits(session: Session, draw: Draw) -> Mapping[str, Visit]:
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    query = (
        select(Visit, Target.key)
        .join(Target, col(Target.id) == col(Visit.target_id))
        .where(col(Visit.draw_id) == row_id(draw))
    )
    return {blinds[key]: visit for visit, key in session.exec(query)}


def record(session: Session, draw: Draw, change: Change, before: Case, approver: str, act: Act) -> None:
    """Keep what the pack and the registers must know of one change; moves and wider skills stand in the routes' file."""
    match change:
        case Place():
            _place(session, draw, change, approver, act)
        case PutBack():
            _out(session, draw, change.blind, before, SHORT, approver, act)
        case Direct():
            for route in before.routes:
                for blind in route.blinds if route.route == change.route else ():
                    _out(session, draw, blind, before, NAMED, approver, act)


def call_in(session: Session, draw: Draw, changes: Sequence[Change], approver: str, act: Act) -> None:
    """Record who is there after all: one change for each officer, with all of their days."""
    people = {
        str(row["officer"]): str(row["person"]).split(" ")[0]
        for row in rows_of(session, draw, "1-persons.jsonl")
    }
    days: dict[str, list[date]] = {}
    for change in changes:
        if isinstance(change, Call):
            days.setdefault(change.officer, []).append(date.fromisoformat(change.day))
    for officer, on in sorted(days.items()):
        spans = [(day, day) for day in sorted(on)]
        change_officer(session, draw.draw_id, people[officer], present=spans, approver=approver, act=act)


def _place(session: Session, draw: Draw, place: Place, approver: str, act: Act) -> None:
    named = (col(Route.draw_id) == row_id(draw), col(Route.code) == place.route)
    route = session.exec(select(Route).where(*named)).one()
    expert = session.exec(select(Person).where(col(Person.staff_no) == place.expert)).one()
    there = session.get(Companion, (route.id, expert.id))
    if there is not None:
        there.skill = f"{there.skill}、{place.skill}"
        return
    session.add(
        Companion(
            route_id=route.id or 0,
            person_id=expert.id or 0,
            skill=place.skill,
            ground=act.ground,
            approver=approver,
            at=act.at,
        )
    )


def _out(
    session: Session, draw: Draw, blind: str, before: Case, ground: str, approver: str, act: Act
) -> None:
    """Rows by which a body leaves the lottery, in each of its strata; nobody takes its place."""
    for rank in before.ranks[blind]:
        row: Row = {
            "approver": approver,
            "at": stamp(act.at),
            "from": blind,
            "ground": ground,
            "kind": "target",
            "stratum": rank.stratum,
            "task": rank.task,
            "to": "",
        }
        put_event(session, draw, row, act)
