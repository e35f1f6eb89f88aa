"""``draw change``: what truly changed of an officer between the stages, with ground and approver (变动)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.opening import actor_id
from inspect_engine.drawing.steps import expect, expect_later, find_draw, object_of, row_id, rows_of, stamp
from inspect_engine.drawing.tables import Draw, DrawChange, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.registers.tables import Person
from solver.dr1.encoding import Row

Span = tuple[date, date]


def change(
    session: Session,
    draw_id: str,
    staff_no: str,
    *,
    away: Sequence[Span] = (),
    present: Sequence[Span] = (),
    approver: str,
    act: Act,
) -> None:
    """Record that an officer is away longer than was frozen, or there after all.

    Raises
    ------
    EngineError
        ``drawing.step-order`` before the first or after the second commitment, ``drawing.unknown-officer``,
        ``drawing.too-early``, ``drawing.bad-day``,
        ``drawing.change-second-person``, ``drawing.change-ground`` where no ground is stated, ``drawing.empty-change``.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.frozen, DrawState.seeded, DrawState.drawn, DrawState.routed)
    expect_later(act.at, str(object_of(session, draw, "1-parameters.json")["committed_at"]))
    if approver == act.actor:
        raise EngineError("drawing.change-second-person", actor=approver)
    if not act.ground.strip():
        raise EngineError("drawing.change-ground")
    for first, last in (*away, *present):
        if first > last:
            raise EngineError("drawing.bad-day", text=f"{first}..{last}")
    actor_id(session, approver)
    person = session.exec(select(Person).where(col(Person.staff_no) == staff_no)).first()
    if person is None or person.id is None or staff_no not in codes_by_staff_no(session, draw):
        raise EngineError("drawing.unknown-officer", draw=draw_id, staff_no=staff_no)
    if not (away or present):
        raise EngineError("drawing.empty-change", staff_no=staff_no)
    row = DrawChange(
        draw_id=row_id(draw),
        person_id=person.id,
        away=_texts(away),
        present=_texts(present),
        ground=act.ground,
        approver=approver,
        at=act.at,
    )
    session.add(row)
    session.flush()
    # Ground and officer stay in the row: a ground may tell of a person, and the chain can forget nothing.
    unspoken = replace(act, ground="")
    append(session, unspoken, "draw.changed", draw_id, {"approver": approver, "change": row.id})


def _texts(spans: Sequence[Span]) -> list[list[str]]:
    return [[first.isoformat(), last.isoformat()] for first, last in sorted(spans)]


def codes_by_staff_no(session: Session, draw: Draw) -> dict[str, str]:
    """Staff number → code; the members of a standing team have one, so that what befalls one befalls the team."""
    return {
        staff_no: str(row["officer"])
        for row in rows_of(session, draw, "1-persons.jsonl")
        for staff_no in str(row["person"]).split(" ")
    }


def change_rows(session: Session, draw: Draw) -> list[Row]:
    """Rows of ``4-changes.jsonl``: what has been recorded of a draw's officers, by officer and time."""
    codes = codes_by_staff_no(session, draw)
    query = (
        select(DrawChange, Person.staff_no)
        .join(Person, col(Person.id) == col(DrawChange.person_id))
        .where(col(DrawChange.draw_id) == draw.id)
    )
    rows: list[Row] = [
        {
            "approver": change.approver,
            "at": stamp(change.at),
            "away": [list(span) for span in change.away],
            "ground": change.ground,
            "officer": codes[staff_no],
            "present": [list(span) for span in change.present],
        }
        for change, staff_no in session.exec(query)
    ]
    return sorted(rows, key=lambda row: (str(row["officer"]), str(row["at"])))
