"""``draw name-team``: the head names the team of a route that was taken out of the lottery (直接委派), on the record.

Only after the lottery, so that it is known who is free; the rules of who may go bind the head as they bind chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.shortage.remedying import unspoken
from inspect_engine.drawing.steps import expect, find_draw, row_id, rows_of
from inspect_engine.drawing.tables import Draw, DrawChange, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.tables import Leave, Person, Target
from inspect_engine.visits.tables import Assignment, Mode, Route, RouteVisit, Slot, Visit
from solver import rules
from solver.dr1.eligibility import Officer, officers_of
from solver.dr1.eligibility import Route as Row4
from solver.dr1.eligibility import Slot as Place
from solver.dr1.encoding import Row


@dataclass(frozen=True, slots=True)
class Person4:
    """A person of the pool: the row's id, and the officer as they are there now."""

    id: int
    officer: Officer


def name_team(
    session: Session,
    draw_id: str,
    route: str,
    team: Mapping[str, str],
    approver: str,
    act: Act,
    *,
    day: date | None = None,
) -> int:
    """Name the officers of a direct route.

    Parameters
    ----------
    team : mapping of str to str
        Slot → staff number, for every slot of the route.
    day : datetime.date, optional
        Another working day than the route has, inside the windows of its visits, where nobody is free on its own.

    Returns
    -------
    int
        Slots that the draw has filled by name so far: the number that its notice states.

    Raises
    ------
    EngineError
        ``drawing.step-order`` before the lottery; ``drawing.not-direct``, ``drawing.named-already``,
        ``drawing.unknown-officer``, ``drawing.team-unlawful``, ``drawing.team-day``; those of
        :func:`inspect_engine.events.approvals.approve`.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.rostered)
    chosen = (col(Route.draw_id) == row_id(draw), col(Route.code) == route, col(Route.direct))
    found = session.exec(select(Route).where(*chosen)).first()
    if found is None:
        raise EngineError("drawing.not-direct", draw=draw_id, route=route)
    slots = {one.code: one for one in session.exec(select(Slot).where(col(Slot.route_id) == found.id))}
    ids = [one.id for one in slots.values()]
    if session.exec(select(Assignment).where(col(Assignment.slot_id).in_(ids))).first():
        raise EngineError("drawing.named-already", route=route)
    if day is not None:
        _check_day(session, found, day)
        found.day = day
    people = _people(session, draw, team)
    _refuse(session, draw, found, list(slots.values()), team, people)
    approve(session, act, approver, f"{draw_id}/{route}/team")
    for slot, staff_no in sorted(team.items()):
        session.add(
            Assignment(
                slot_id=slots[slot].id or 0,
                person_id=people[staff_no].id,
                mode=Mode.direct,
                since=act.at,
                ground=act.ground,
            )
        )
    session.flush()
    count = _named(session, draw)
    data: Row = {"approver": approver, "count": count, "slots": len(team)}
    append(session, unspoken(act), "draw.team-named", draw_id, data)
    return count


def _check_day(session: Session, route: Route, day: date) -> None:
    query = (
        select(Visit)
        .join(RouteVisit, col(RouteVisit.visit_id) == col(Visit.id))
        .where(col(RouteVisit.route_id) == route.id)
    )
    windows = [(one.window_first, one.window_last) for one in session.exec(query)]
    inside = all(first <= day <= last for first, last in windows)
    if not inside or not work_days(session, day, day):
        raise EngineError("drawing.team-day", route=route.code, day=day)


def _people(session: Session, draw: Draw, team: Mapping[str, str]) -> dict[str, Person4]:
    """The named officers, away on leave or by a recorded change; who was frozen as to be called in is there for the head."""
    codes = {str(row["person"]): str(row["officer"]) for row in rows_of(session, draw, "1-persons.jsonl")}
    pool = {one.code: one for one in officers_of(rows_of(session, draw, "1-pool.jsonl"))}
    found: dict[str, Person4] = {}
    for staff_no in team.values():
        person = session.exec(select(Person).where(col(Person.staff_no) == staff_no)).first()
        if person is None or person.id is None or staff_no not in codes:
            raise EngineError("drawing.unknown-officer", draw=draw.draw_id, staff_no=staff_no)
        leave = session.exec(select(Leave).where(col(Leave.person_id) == person.id)).all()
        away = (
            *((one.first.isoformat(), one.last.isoformat()) for one in leave),
            *(
                (str(first), str(last))
                for row in _changes(session, draw, person.id)
                for first, last in row.away
            ),
        )
        found[staff_no] = Person4(person.id, replace(pool[codes[staff_no]], away=away))
    return found


def _changes(session: Session, draw: Draw, person: int) -> Sequence[DrawChange]:
    chosen = (col(DrawChange.draw_id) == row_id(draw), col(DrawChange.person_id) == person)
    return session.exec(select(DrawChange).where(*chosen)).all()


def _refuse(
    session: Session,
    draw: Draw,
    route: Route,
    slots: list[Slot],
    team: Mapping[str, str],
    people: Mapping[str, Person4],
) -> None:
    """Hold the named team against the plain rules of a roster."""
    if unknown := sorted(set(team) ^ {one.code for one in slots}):
        raise EngineError("drawing.team-unlawful", fault="slot", slot=unknown[0])
    if len(set(team.values())) < len(team):
        raise EngineError("drawing.team-unlawful", fault="date", slot=route.code)
    row = Row4(
        route=route.code,
        date=route.day.isoformat(),
        road=route.road,
        blinds=_blinds(session, draw, route),
        slots=tuple(Place(s.code, s.department, s.lead, frozenset(s.skills)) for s in slots),
    )
    known = rules.facts(
        [one.officer for one in people.values()], [row], rows_of(session, draw, "1-relations.jsonl")
    )
    roster = [(slot, people[staff_no].officer.code) for slot, staff_no in team.items()]
    for fault in rules.broken_roster(known, roster):
        raise EngineError("drawing.team-unlawful", fault=fault.rule, slot=fault.place)
    busy = _busy(session, route)
    for slot, staff_no in sorted(team.items()):
        if people[staff_no].id in busy:
            raise EngineError("drawing.team-unlawful", fault="date", slot=slot)


def _blinds(session: Session, draw: Draw, route: Route) -> tuple[str, ...]:
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    query = (
        select(Target.key)
        .join(Visit, col(Visit.target_id) == col(Target.id))
        .join(RouteVisit, col(RouteVisit.visit_id) == col(Visit.id))
        .where(col(RouteVisit.route_id) == route.id)
    )
    return tuple(sorted(blinds[key] for key in session.exec(query)))


def _busy(session: Session, route: Route) -> set[int]:
    """Who has a slot on the route's day already, of any draw."""
    query = (
        select(Assignment.person_id)
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(Route, col(Route.id) == col(Slot.route_id))
        .where(col(Route.day) == route.day, col(Assignment.ended_at).is_(None))
    )
    return set(session.exec(query))


def _named(session: Session, draw: Draw) -> int:
    query = (
        select(sa.func.count())
        .select_from(Assignment)
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(Route, col(Route.id) == col(Slot.route_id))
        .where(col(Route.draw_id) == row_id(draw), col(Route.direct))
    )
    return session.exec(query).one()
