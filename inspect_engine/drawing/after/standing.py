"""How a draw stands after its lottery (抽取后现状): who holds which slot, which visits are left and when, who is there.

What a pack can show is read from the draw's own files; what came later from the registers: leave, certificates and
relations as they are now, and who has left a slot before.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.after import bookings
from inspect_engine.drawing.after.events_file import events_of, requests_of
from inspect_engine.drawing.people.pool import freeze_relations
from inspect_engine.drawing.rostering import people_of
from inspect_engine.drawing.steps import object_of, row_id, rows_of, spec_of, stamp
from inspect_engine.drawing.tables import Draw
from inspect_engine.registers.officers import Member, members
from inspect_engine.registers.tables import Certificate, Leave, Person, Target
from inspect_engine.rules import codes_of
from inspect_engine.visits.tables import Route, RouteVisit, Visit, VisitMove
from solver.dr1 import eligibility
from solver.dr1.encoding import Row
from solver.replan.following import Place, Standing

#: States in which a visit is still to be made.
LIVE = bookings.LIVE

_EVER = ("0001-01-01", "9999-12-31")


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit on its route: where it stands, and the dates that it has had.

    Attributes
    ----------
    minutes : int
        What it takes of a day, with its share of its route's road.
    frozen : datetime.date
        Date of its route in the pack.
    moves : tuple of (str, datetime.date)
        When it was moved and to which day, in order.
    """

    visit: Visit
    target: Target
    blind: str
    route: str
    position: int
    minutes: int
    frozen: date
    moves: tuple[tuple[str, date], ...]

    @property
    def day(self) -> date:
        """The day on which it takes place, as things stand."""
        return self.moves[-1][1] if self.moves else self.frozen

    def day_at(self, at: str) -> date:
        """The day on which it took place as things stood at a time."""
        told = [day for moved, day in self.moves if moved <= at]
        return told[-1] if told else self.frozen

    @property
    def live(self) -> bool:
        """Whether it is still to be made."""
        return self.visit.state in LIVE


def stops_of(session: Session, draw: Draw, *, direct: bool = False) -> list[Stop]:
    """Every visit on a route of the lottery, or instead on one whose team the head names, by route and position."""
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    moves: dict[int, list[tuple[str, date]]] = {}
    query = (
        select(VisitMove)
        .join(Visit, col(Visit.id) == col(VisitMove.visit_id))
        .where(col(Visit.draw_id) == row_id(draw))
        .order_by(col(VisitMove.id))
    )
    for move in session.exec(query):
        moves.setdefault(move.visit_id, []).append((stamp(move.at), move.to_day))
    placed = (
        select(RouteVisit, Route, Visit, Target)
        .join(Route, col(Route.id) == col(RouteVisit.route_id))
        .join(Visit, col(Visit.id) == col(RouteVisit.visit_id))
        .join(Target, col(Target.id) == col(Visit.target_id))
        .where(col(Route.draw_id) == row_id(draw), col(Route.direct).is_(direct))
        .order_by(col(Route.code), col(RouteVisit.position))
    )
    rows = list(session.exec(placed))
    sizes = Counter(place.route_id for place, _, _, _ in rows)
    return [
        Stop(
            visit=visit,
            target=target,
            blind=blinds[target.key],
            route=route.code,
            position=place.position,
            minutes=visit.minutes + -(-route.travel // sizes[place.route_id]),
            frozen=route.day,
            moves=tuple(moves.get(visit.id or 0, ())),
        )
        for place, route, visit, target in rows
    ]


def held_by(session: Session, draw: Draw) -> dict[str, str]:
    """Slot of the lottery → code of who holds it now."""
    held = {str(row["slot"]): str(row["officer"]) for row in rows_of(session, draw, "6-roster.jsonl")}
    for row in events_of(session, draw):
        if row["kind"] != "target":
            held[str(row["slot"])] = str(row["to"])
    return held


def standing(
    session: Session, draw: Draw, today: date, stops: Iterable[Stop], routes: Collection[str] | None = None
) -> Standing:
    """Gather how a draw stands.

    Slots that a head has named stand among its places, those of other draws under their draw's id: nobody can be drawn
    into them, and who holds them is busy on their days.

    Parameters
    ----------
    today : datetime.date
        Relations that ended before it bar nobody any more.
    stops : iterable of Stop
        Visits of the draw; those that are still to be made count.
    routes : collection of str, optional
        Routes whose slots need their candidates; by default all.
    """
    every = list(stops)
    frozen = eligibility.routes_of(rows_of(session, draw, "4-routes.jsonl"))
    pool = rows_of(session, draw, "1-pool.jsonl")
    officers = eligibility.apply_changes(
        eligibility.officers_of(pool), rows_of(session, draw, "4-changes.jsonl")
    )
    relations = rows_of(session, draw, "1-relations.jsonl")
    people = people_of(session, draw)
    later = _relations_now(session, draw, people, today)
    away, parted = departures(session, draw, every)
    named = list(_named_places(session, draw, people))
    tied = {(str(r["officer"]), str(r["with"])) for r in (*relations, *later) if r["ground"] != "kin"}
    return Standing(
        places=_places(frozen, every) | {place.slot: place for place, _ in named},
        held=held_by(session, draw) | {place.slot: code for place, code in named},
        may=_may(
            session, draw, officers, [r for r in frozen if routes is None or r.route in routes], relations
        ),
        officers=_there(session, officers, eligibility.officers_of(pool), people, away),
        tied=frozenset(tied | parted),
        kin=frozenset(
            (str(r["officer"]), str(r["with"])) for r in (*relations, *later) if r["ground"] == "kin"
        ),
    )


def _places(frozen: Iterable[eligibility.Route], stops: Iterable[Stop]) -> dict[str, Place]:
    left: dict[str, list[Stop]] = {}
    for stop in stops:
        if stop.live:
            left.setdefault(stop.route, []).append(stop)
    return {
        slot.slot: Place(
            slot=slot.slot,
            route=route.route,
            frozen=route.date,
            days=frozenset(stop.day.isoformat() for stop in left.get(route.route, ())),
            blinds=frozenset(stop.blind for stop in left.get(route.route, ())),
        )
        for route in frozen
        for slot in route.slots
    }


def _named_places(
    session: Session, draw: Draw, people: Mapping[str, tuple[int, ...]]
) -> Iterator[tuple[Place, str]]:
    """Slots that a head has named in any draw, each with the code in this one of who goes there."""
    codes = {id_: code for code, ids in people.items() for id_ in ids}
    blinds: dict[str, set[str]] = {}
    for stop in stops_of(session, draw, direct=True):
        if stop.live:
            blinds.setdefault(stop.route, set()).add(stop.blind)
    days: dict[tuple[str, str, str, str], set[str]] = {}
    for one in bookings.booked(session, col(Route.direct).is_(True)):
        if one.person in codes:
            key = one.draw, one.route, one.slot, codes[one.person]
            days.setdefault(key, set()).add(one.day.isoformat())
    for (of, route, slot, code), on in days.items():
        own = of == draw.draw_id
        yield (
            Place(
                slot=slot if own else f"{of}/{slot}/{code}",
                route=route if own else f"{of}/{route}",
                frozen="",  # it stands in no pack
                days=frozenset(on),
                blinds=frozenset(blinds.get(route, ()) if own else ()),
            ),
            code,
        )


def _may(
    session: Session,
    draw: Draw,
    officers: list[eligibility.Officer],
    routes: list[eligibility.Route],
    relations: list[Row],
) -> dict[str, frozenset[str]]:
    seed = str(object_of(session, draw, "2-seed.json")["seed"])
    found: dict[str, set[str]] = {}
    for _, slot, code in eligibility.allowed_pairs(officers, routes, relations, seed, draw.hash):
        found.setdefault(slot, set()).add(code)
    return {slot: frozenset(codes) for slot, codes in found.items()}


def for_the_head(session: Session, draw: Draw, stops: Iterable[Stop]) -> dict[str, eligibility.Officer]:
    """Officers with their absence as it is known now; who was frozen as to be called in is there for the head to name."""
    people, leave = people_of(session, draw), _leave(session)
    frozen = [
        replace(
            one,
            away=tuple(span for span in one.away if any(span in leave.get(i, ()) for i in people[one.code])),
        )
        for one in eligibility.officers_of(rows_of(session, draw, "1-pool.jsonl"))
    ]
    officers = eligibility.apply_changes(frozen, rows_of(session, draw, "4-changes.jsonl"))
    away, _ = departures(session, draw, stops)
    return _there(session, officers, frozen, people, away)


def _there(
    session: Session,
    officers: Iterable[eligibility.Officer],
    frozen: Iterable[eligibility.Officer],
    people: Mapping[str, tuple[int, ...]],
    away: Mapping[str, set[tuple[str, str]]],
) -> dict[str, eligibility.Officer]:
    """Officers with the leave that came after the freezing, the certificates of now, and who has left a slot.

    Leave that stood in the frozen pool is the pool's matter: a recorded change may have lifted it.
    """
    told = {one.code: set(one.away) for one in frozen}
    active = set(session.exec(select(Person.id).where(col(Person.active))))
    last_day = sa.func.max(col(Certificate.expires))
    ends = sa.select(col(Certificate.person_id), last_day).group_by(col(Certificate.person_id))
    until: dict[int, date] = dict(iter(session.execute(ends)))
    leave = _leave(session)
    found = {}
    for one in officers:
        ids = people[one.code]
        spans = {span for id_ in ids for span in leave.get(id_, ())} - told[one.code]
        spans |= away.get(one.code, set())
        if not active.issuperset(ids) or not until.keys() >= set(ids):
            spans.add(_EVER)
        last = min([one.until, *(until[id_].isoformat() for id_ in ids if id_ in until)])
        found[one.code] = replace(one, away=(*one.away, *sorted(spans)), until=last)
    return found


def _leave(session: Session) -> dict[int, set[tuple[str, str]]]:
    leave: dict[int, set[tuple[str, str]]] = {}
    for row in session.exec(select(Leave)):
        leave.setdefault(row.person_id, set()).add((row.first.isoformat(), row.last.isoformat()))
    return leave


def _relations_now(
    session: Session, draw: Draw, people: Mapping[str, tuple[int, ...]], today: date
) -> list[Row]:
    """Relations of the registers as they are now, under the draw's codes and blinds."""
    codes = {id_: code for code, ids in people.items() for id_ in ids}
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    spec = spec_of(draw)
    last = max(today, *(task.window[1] for task in spec.tasks))
    departments = {str(row["department"]) for row in rows_of(session, draw, "1-pool.jsonl")}
    staff: list[Member] = [
        one for one in members(session, sorted(departments), today, last) if one.person.id in codes
    ]
    rows = freeze_relations(session, staff, codes, blinds, (today, last), own_station=spec.own_station)
    return [row for row in rows if row["officer"] != row["with"]]


def departures(
    session: Session, draw: Draw, stops: Iterable[Stop]
) -> tuple[dict[str, set[tuple[str, str]]], set[tuple[str, str]]]:
    """Days on which who left a slot is away, and bodies that who was recused may not meet."""
    frozen = eligibility.routes_of(rows_of(session, draw, "4-routes.jsonl"))
    routes = {slot.slot: route for route in frozen for slot in route.slots}
    every = list(stops)
    grounds = codes_of("leaving-grounds")
    away: dict[str, set[tuple[str, str]]] = {}
    parted: set[tuple[str, str]] = set()
    for code, slot, ground, at in _left(session, draw):
        route = routes[slot]
        there = [stop for stop in every if stop.route == route.route]
        if ground in grounds:
            days = {stop.day_at(at).isoformat() for stop in there}
            if grounds[ground]["away"]:
                away.setdefault(code, set()).update((day, day) for day in days)
        else:
            parted.update((code, blind) for blind in (*route.blinds, *(stop.blind for stop in there)))
    return away, parted


def _left(session: Session, draw: Draw) -> list[tuple[str, str, str, str]]:
    """Who left which slot, on which ground, when: by lottery, asked for or decided, and by direct assignment."""
    asked = [dict(one.request) for one in requests_of(session, draw)]
    direct = [row for row in events_of(session, draw) if row["kind"] == "direct"]
    return [
        (
            str(row["from"]),
            str(row["slot"]),
            str(row["ground"]).partition("/")[0],
            str(row.get("requested_at", row.get("at"))),
        )
        for row in (*asked, *direct)
    ]
