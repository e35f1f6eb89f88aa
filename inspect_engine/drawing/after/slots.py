"""Slots of a rostered draw (岗位): who holds them, who takes them over, and who may act on them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import expect_in_order, requests_of
from inspect_engine.drawing.after.standing import Stop, standing
from inspect_engine.drawing.rostering import people_of
from inspect_engine.drawing.steps import expect, row_id, rows_of
from inspect_engine.drawing.tables import Draw, DrawState, Substitution
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor
from inspect_engine.events.log import Act
from inspect_engine.events.tables import Role
from inspect_engine.rules import codes_of
from inspect_engine.visits.tables import Assignment, Mode, Route, Slot
from solver.replan.following import Place, Standing


def opened(session: Session, draw_id: str, act: Act) -> Draw:
    """Find a rostered draw for an act of who draws, held against other writers until the transaction ends.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``, ``drawing.too-early``, ``events.unknown-actor``,
        ``replans.not-a-drawer``.
    """
    draw = session.exec(select(Draw).where(col(Draw.draw_id) == draw_id).with_for_update()).first()
    if draw is None:
        raise EngineError("drawing.unknown-draw", draw=draw_id)
    expect(draw, DrawState.rostered)
    role = active_actor(session, act.actor).role
    if role is not Role.drawer:
        raise EngineError("replans.not-a-drawer", actor=act.actor, role=role.value)
    expect_in_order(session, draw, act)
    return draw


def check_ground(ground: str, *lists: str) -> None:
    """Refuse a ground that is in none of the rules' lists; raises ``replans.unknown-ground``."""
    known = [code for name in lists for code in codes_of(name)]
    if ground not in known:
        raise EngineError("replans.unknown-ground", ground=ground, known=", ".join(known))


def code_of(session: Session, draw: Draw, officer: str) -> str:
    """Code of an officer by code or staff number; a member of a standing team has the team's code.

    Raises
    ------
    EngineError
        ``replans.unknown-officer``.
    """
    for row in rows_of(session, draw, "1-persons.jsonl"):
        if officer == row["officer"] or officer in str(row["person"]).split():
            return str(row["officer"])
    raise EngineError("replans.unknown-officer", draw=draw.draw_id, officer=officer)


def slot_id(session: Session, draw: Draw, slot: str) -> int:
    """Row of a slot of the draw by its name."""
    query = select(Slot.id).join(Route, col(Route.id) == col(Slot.route_id))
    return session.exec(query.where(col(Route.draw_id) == row_id(draw), col(Slot.code) == slot)).one() or 0


def hand_over(
    session: Session, draw: Draw, slot: int, codes: tuple[str, str], mode: Mode, ground: str, act: Act
) -> None:
    """End what the leaver's persons have in a slot, and begin what the follower's have; a standing team as one."""
    people = people_of(session, draw)
    query = select(Assignment).where(col(Assignment.slot_id) == slot, col(Assignment.ended_at).is_(None))
    ended = [
        one for one in session.exec(query.order_by(col(Assignment.id))) if one.person_id in people[codes[0]]
    ]
    for one in ended:
        one.ended_at = act.at
    session.flush()
    pairs = zip_longest(people[codes[1]], ended[: len(people[codes[1]])])
    for person, before in pairs:
        follows = before.id if before else ended[-1].id if ended else None
        session.add(
            Assignment(
                slot_id=slot,
                person_id=person or 0,
                mode=mode,
                since=act.at,
                ground=ground,
                follows_id=follows,
            )
        )
    session.flush()


def open_requests(session: Session, draw: Draw) -> list[Substitution]:
    """Requests whose contributions are not known yet."""
    return [one for one in requests_of(session, draw) if one.decided_at is None]


def stands(
    session: Session, draw: Draw, slot: str, stops: Sequence[Stop], act: Act
) -> tuple[Standing, Place]:
    """How the draw stands around a slot that somebody is to leave."""
    bare = standing(session, draw, act.local_day, stops, routes=())
    if slot not in bare.places:
        raise EngineError("replans.unknown-slot", draw=draw.draw_id, slot=slot)
    place = bare.places[slot]
    if not place.days:
        raise EngineError("replans.slot-idle", slot=slot)
    for asked in open_on(session, draw, bare, place):
        raise EngineError("replans.open", slot=slot, substitution=asked.id)
    return standing(session, draw, act.local_day, stops, routes={place.route}), place


def open_on(session: Session, draw: Draw, now: Standing, place: Place) -> list[Substitution]:
    """Open requests that share a slot or a day with a place: who follows there is not known yet, so not free here."""
    days = place.days | {place.frozen}
    return [
        one
        for one in open_requests(session, draw)
        if days & (now.places[one.request["slot"]].days | {now.places[one.request["slot"]].frozen})
    ]


def unspoken(act: Act) -> Act:
    """The act without its ground: that may tell of a person, and the chain can forget nothing."""
    return replace(act, ground="")
