"""Who may be sent (可派执法人员): officers with a certificate, their skills, and the days on which they are away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.registers.tables import Agency, Capacity, Certificate, Leave, Person, PersonSkill


@dataclass(frozen=True, slots=True)
class Member:
    """An officer of the pool with what the pool's row needs."""

    person: Person
    department: str
    until: date
    skills: tuple[str, ...]
    away: tuple[tuple[date, date], ...]


def members(session: Session, departments: Iterable[str], first: date, last: date) -> list[Member]:
    """Officers of the departments with a certificate, in the order of their staff numbers.

    Experts and helpers never fill a slot, whatever certificates they hold. ``until`` is the day on which the
    last certificate ends; who holds none is not in the pool.
    """
    return _members(session, col(Agency.department).in_(list(departments)), first, last)


def neighbours(
    session: Session, agencies: Iterable[str], department: str, first: date, last: date
) -> list[Member]:
    """Officers of neighbouring areas (异地人员), as a department would take them: away for the whole time.

    Parameters
    ----------
    agencies : iterable of str
        Codes of agencies, or of parts of them, whose officers may be called in.
    department : str
        Under whose name they stand.
    """
    found = _members(session, col(Person.agency_code).in_(list(agencies)), first, last)
    return [replace(one, department=department, away=((first, last),)) for one in found]


def _members(session: Session, which: sa.ColumnElement[bool], first: date, last: date) -> list[Member]:
    last_day = sa.func.max(col(Certificate.expires))
    ends = sa.select(col(Certificate.person_id), last_day).group_by(col(Certificate.person_id))
    until = dict(iter(session.execute(ends)))
    skills: dict[int, list[str]] = {}
    for one in session.exec(select(PersonSkill).order_by(col(PersonSkill.skill))):
        skills.setdefault(one.person_id, []).append(one.skill)
    away: dict[int, list[tuple[date, date]]] = {}
    for leave in session.exec(select(Leave).where(col(Leave.first) <= last, col(Leave.last) >= first)):
        away.setdefault(leave.person_id, []).append((leave.first, leave.last))
    query = (
        select(Person, Agency.department)
        .join(Agency, col(Agency.code) == col(Person.agency_code))
        .where(
            which,
            col(Person.capacity) == Capacity.officer,
            col(Person.active),
        )
        .order_by(col(Person.staff_no))
    )
    return [
        Member(
            person,
            department,
            until[person.id or 0],
            tuple(sorted(skills.get(person.id or 0, ()), key=str.encode)),
            tuple(sorted(away.get(person.id or 0, ()))),
        )
        for person, department in session.exec(query)
        if person.id in until
    ]
