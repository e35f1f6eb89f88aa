"""``draw name-team``: the head names the team of a route that was taken out of the lottery (直接委派), on the record.

Only after the lottery, so that it is known who is free; the rules of who may go bind the head as they bind chance. Named
again, a team changes where it differs: whoever leaves gets an end, whoever follows a row, and nobody is ever half a team.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.bookings import booked
from inspect_engine.drawing.after.events_file import NAMED, counts
from inspect_engine.drawing.after.slots import hand_over, opened, unspoken
from inspect_engine.drawing.after.standing import Stop, for_the_head, standing, stops_of
from inspect_engine.drawing.changing import codes_by_staff_no
from inspect_engine.drawing.rostering import people_of
from inspect_engine.drawing.steps import row_id
from inspect_engine.drawing.tables import Draw, Substitution
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.registers.calendar import work_days
from inspect_engine.visits.tables import Assignment, Mode, Route, Slot, VisitMove, VisitState
from solver import rules
from solver.dr1.eligibility import Route as Row4
from solver.dr1.eligibility import Slot as Place
from solver.dr1.encoding import Row


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
    """Name the officers of a direct route, or name others where somebody cannot go.

    Parameters
    ----------
    team : mapping of str to str
        Slot → staff number, for every slot of the route; any member's number names a standing team.
    act : Act
        Its ground, in words, stays in the store.
    day : datetime.date, optional
        Another working day than the route has, inside the windows of its visits, where nobody is free on its own.

    Returns
    -------
    int
        Slots that the draw has filled by name so far: the number that its notice states.

    Raises
    ------
    EngineError
        Those of :func:`inspect_engine.drawing.after.slots.opened`; ``drawing.not-direct``; ``drawing.team-over`` where no
        visit is left; ``drawing.team-day``, ``drawing.team-agreed`` where another day was agreed;
        ``drawing.named-already`` where nothing would change; ``drawing.unknown-officer``, ``drawing.team-unlawful``; those
        of :func:`inspect_engine.events.approvals.approve`.
    """
    draw = opened(session, draw_id, act)
    found, slots = _direct(session, draw, route)
    stops = _left(session, draw, route)
    on = day or stops[0].day
    _check_day(session, stops, on, act.local_day)
    codes = _codes(session, draw, team, slots)
    before = _holders(session, draw, slots)
    moved = [stop for stop in stops if stop.day != on]
    changed = [slot for slot in sorted(codes) if before.get(slot) != codes[slot]]
    if not changed and not moved:
        raise EngineError("drawing.named-already", route=route)
    _refuse(session, draw, _row(found, slots, stops, on), codes, act)
    approve(session, act, approver, f"{draw_id}/{route}/team")
    _move(session, moved, on, approver, act)
    for slot in changed:
        pair = before.get(slot, codes[slot]), codes[slot]
        hand_over(session, draw, slots[slot].id or 0, pair, Mode.direct, act.ground, act)
    count = counts(session, draw)["by_name"]
    data: Row = {"approver": approver, "count": count, "moved": len(moved), "slots": len(changed)}
    append(session, unspoken(act), f"draw.team-{'changed' if before else 'named'}", draw_id, data)
    return count


def _direct(session: Session, draw: Draw, code: str) -> tuple[Route, dict[str, Slot]]:
    chosen = (col(Route.draw_id) == row_id(draw), col(Route.code) == code, col(Route.direct))
    found = session.exec(select(Route).where(*chosen)).first()
    if found is None:
        raise EngineError("drawing.not-direct", draw=draw.draw_id, route=code)
    slots = session.exec(select(Slot).where(col(Slot.route_id) == found.id))
    return found, {one.code: one for one in slots}


def _left(session: Session, draw: Draw, route: str) -> list[Stop]:
    """Visits of a direct route that have not begun."""
    found = [
        stop
        for stop in stops_of(session, draw, direct=True)
        if stop.route == route and stop.visit.state is VisitState.planned
    ]
    if not found:
        raise EngineError("drawing.team-over", route=route)
    return found


def _check_day(session: Session, stops: Sequence[Stop], day: date, today: date) -> None:
    """Refuse a day that does not suit every visit."""
    last = max(stop.visit.window_last for stop in stops)
    days = work_days(session, today + timedelta(days=1), last) if today < last else ()
    for stop in stops:
        agreed = stop.visit.agreed_day
        suit = _suiting(stop, days)
        if day not in suit and suit == [agreed]:
            raise EngineError("drawing.team-agreed", blind=stop.blind[:8], day=day, agreed=agreed)
        if day not in suit:
            raise EngineError("drawing.team-day", route=stop.route, day=day)


def _suiting(stop: Stop, days: Sequence[date]) -> list[date]:
    """Days that are still to come of a visit's window: the agreed one, else those on which the body is open, if any."""
    inside = [day for day in days if stop.visit.window_first <= day <= stop.visit.window_last]
    if stop.visit.agreed_day in inside:
        return [stop.visit.agreed_day]
    return [day for day in inside if day.isoweekday() not in stop.target.closed_on] or inside


def _codes(
    session: Session, draw: Draw, team: Mapping[str, str], slots: Mapping[str, Slot]
) -> dict[str, str]:
    """Slot → code of who is named; a standing team has one code, by whichever of its members it was named."""
    known = codes_by_staff_no(session, draw)
    for staff_no in team.values():
        if staff_no not in known:
            raise EngineError("drawing.unknown-officer", draw=draw.draw_id, staff_no=staff_no)
    if wrong := sorted(team.keys() ^ slots.keys()):
        raise EngineError("drawing.team-unlawful", fault="slot", slot=wrong[0])
    return {slot: known[staff_no] for slot, staff_no in team.items()}


def _holders(session: Session, draw: Draw, slots: Mapping[str, Slot]) -> dict[str, str]:
    """Slot → code of who was named before."""
    codes = {id_: code for code, ids in people_of(session, draw).items() for id_ in ids}
    names = {slot.id: name for name, slot in slots.items()}
    query = select(Assignment).where(col(Assignment.slot_id).in_(names), col(Assignment.ended_at).is_(None))
    return {names[one.slot_id]: codes[one.person_id] for one in session.exec(query)}


def _row(route: Route, slots: Mapping[str, Slot], stops: Sequence[Stop], day: date) -> Row4:
    return Row4(
        route=route.code,
        date=day.isoformat(),
        road=route.road,
        blinds=tuple(sorted(stop.blind for stop in stops)),
        slots=tuple(Place(s.code, s.department, s.lead, frozenset(s.skills)) for s in slots.values()),
    )


def _refuse(session: Session, draw: Draw, row: Row4, codes: Mapping[str, str], act: Act) -> None:
    """Hold the named team against the plain rules of a roster, as things are known today."""
    stops = stops_of(session, draw)
    now = standing(session, draw, act.local_day, stops, routes=())
    known = rules.Facts(
        officers=for_the_head(session, draw, stops),
        places={slot.slot: (row, slot) for slot in row.slots},
        tied=now.tied,
        kin=tuple(sorted(now.kin)),
    )
    for fault in rules.broken_roster(known, sorted(codes.items())):
        raise EngineError("drawing.team-unlawful", fault=fault.rule, slot=fault.place)
    people, busy = people_of(session, draw), set(_busy(session, draw, row))
    for slot, code in sorted(codes.items()):
        if busy.intersection(people[code]):
            raise EngineError("drawing.team-unlawful", fault="date", slot=slot)


def _busy(session: Session, draw: Draw, row: Row4) -> Iterator[int]:
    """Who goes elsewhere on the route's day, of any draw, or may come to by a substitution that nobody has decided yet."""
    for one in booked(session):
        if one.day.isoformat() == row.date and (one.draw, one.route) != (draw.draw_id, row.route):
            yield one.person
    for asked in session.exec(select(Substitution).where(col(Substitution.decided_at).is_(None))):
        if any(one.day.isoformat() == row.date for one in booked(session, col(Slot.id) == asked.slot_id)):
            people = people_of(session, session.get_one(Draw, asked.draw_id))
            for code in asked.request["candidates"]:
                yield from people[code]


def _move(session: Session, stops: Sequence[Stop], day: date, approver: str, act: Act) -> None:
    """The route keeps the day that it was planned for, as routes of the lottery do; its visits move."""
    for stop in stops:
        session.add(
            VisitMove(
                visit_id=stop.visit.id or 0,
                from_day=stop.day,
                to_day=day,
                ground=NAMED,
                approver=approver,
                at=act.at,
            )
        )
    session.flush()
