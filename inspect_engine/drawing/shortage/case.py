"""A routed draw as a case of too few officers (人员缺口): what there is, and what a remedy may lawfully touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_of
from inspect_engine.drawing.changing import codes_by_staff_no
from inspect_engine.drawing.routes.calendar import days_left, joint_days, officers_now
from inspect_engine.drawing.routes.roads import doors_of
from inspect_engine.drawing.sampling import visit_drafts
from inspect_engine.drawing.steps import object_of, region_of, row_id, rows_of, spec_of
from inspect_engine.drawing.tables import Draw
from inspect_engine.registers.tables import Capacity, Leave, Person, PersonSkill
from inspect_engine.rules import rule_on
from inspect_engine.visits.doors import Door
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.tables import Companion, Route
from solver.dr1.eligibility import Route as Row4
from solver.dr1.eligibility import routes_of
from solver.dr1.encoding import Row, hexdigest, text
from solver.shortage.problem import Asked, Beside, Case, Expert, Rank, Trip, Work


def case_of(session: Session, draw: Draw, today: date) -> Case:
    """Gather a routed draw's case.

    Parameters
    ----------
    today : datetime.date
        Routes move to later days alone.
    """
    routes = routes_of(rows_of(session, draw, "4-routes.jsonl"))
    drafts = {one.blind: one for one in _drafts(session, draw)}
    doors = doors_of(session, draw, list(drafts.values()))
    days = days_left(session, draw, today)
    trips = tuple(_trip(draw, route, drafts, doors, days) for route in routes)
    return Case(
        officers=tuple(officers_now(session, draw)),
        trips=trips,
        relations=tuple(rows_of(session, draw, "1-relations.jsonl")),
        seed=_seed(session, draw),
        hash=draw.hash,
        callable=_callable(session, draw, days),
        wider=_wider(session, draw),
        experts=tuple(_experts(session)),
        ranks=_ranks(session, draw),
        populations=_populations(session, draw),
        asks={blind: _asked(one) for blind, one in drafts.items()},
        quiet=not spec_of(draw).same_street and _quiet(trips),
        beside=tuple(_beside(session, draw, routes)),
    )


def work_of(session: Session, draw: Draw) -> Work:
    """How much is tried; who is called in first is by a hash of the targets' seed, which nobody chose."""
    seed = _seed(session, draw)
    return Work(order=lambda officer, day: hexdigest(text("call-in", seed, day, officer), draw.hash))


def _seed(session: Session, draw: Draw) -> str:
    return str(object_of(session, draw, "2-seed.json")["seed"])


def put_back(session: Session, draw: Draw) -> frozenset[tuple[str, str, str]]:
    """Rows of the sample (task, stratum, blind) that are not inspected by this draw's lottery any more."""
    return frozenset(
        (str(row["task"]), str(row["stratum"]), str(row["from"]))
        for row in events_of(session, draw)
        if row["kind"] == "target"
    )


def _taken(session: Session, draw: Draw) -> list[Row]:
    gone = put_back(session, draw)
    return [
        row
        for row in rows_of(session, draw, "3-sample.jsonl")
        if row["taken"] and (str(row["task"]), str(row["stratum"]), str(row["blind"])) not in gone
    ]


def _drafts(session: Session, draw: Draw) -> list[VisitDraft]:
    return visit_drafts(session, draw, _taken(session, draw))


def _trip(
    draw: Draw,
    route: Row4,
    drafts: Mapping[str, VisitDraft],
    doors: Mapping[str, Door],
    days: Sequence[date],
) -> Trip:
    """A route with its days: those that suit every visit, and its departments where it is joint; its present one always."""
    suit = set(range(len(days)))
    for blind in route.blinds:
        suit &= set(doors[blind].open_days(drafts[blind].window, days))
    departments = {slot.department for slot in route.slots}
    for department, free in joint_days(spec_of(draw).joint_days, days).items():
        if len(departments) > 1 and department in departments:
            suit &= free
    allowed = {days[i].isoformat() for i in suit} | {route.date}
    streets = frozenset(doors[blind].street for blind in route.blinds) if route.road else frozenset()
    return Trip(route=route, days=tuple(sorted(allowed)), streets=streets - {""})


def _quiet(trips: Sequence[Trip]) -> bool:
    """Whether the streets are kept apart now; where the bureau has set that rule aside no remedy restores it."""
    return not any(a.route.date == b.route.date and a.streets & b.streets for a, b in combinations(trips, 2))


def _callable(session: Session, draw: Draw, days: Sequence[date]) -> frozenset[tuple[str, str]]:
    """Officers of neighbouring areas, on the days on which they are not on leave and not called in already."""
    agencies = {code for one in spec_of(draw).neighbours for code in one.agencies}
    query = select(Person.staff_no, Person.id).where(col(Person.agency_code).in_(agencies))
    ids = dict(session.exec(query).all())
    codes = codes_by_staff_no(session, draw)
    leave = _leave(session, [id_ for id_ in ids.values() if id_ is not None])
    there = {one.code: one for one in officers_now(session, draw)}
    return frozenset(
        (codes[staff_no], day.isoformat())
        for staff_no, id_ in ids.items()
        if staff_no in codes
        for day in days
        if not there[codes[staff_no]].present_on(day.isoformat())
        and not any(first <= day <= last for first, last in leave.get(id_ or 0, ()))
    )


def _leave(session: Session, people: Sequence[int]) -> dict[int, list[tuple[date, date]]]:
    found: dict[int, list[tuple[date, date]]] = {}
    for one in session.exec(select(Leave).where(col(Leave.person_id).in_(people))):
        found.setdefault(one.person_id, []).append((one.first, one.last))
    return found


def _wider(session: Session, draw: Draw) -> dict[str, tuple[str, ...]]:
    day, region = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    return {skill: tuple(wider) for skill, wider in rule_on("wider-skills", day, region).value.items()}


def _experts(session: Session) -> Iterator[Expert]:
    query = select(Person).where(col(Person.capacity) == Capacity.expert, col(Person.active))
    experts = sorted(session.exec(query), key=lambda one: one.staff_no)
    ids = [one.id or 0 for one in experts]
    skills: dict[int, set[str]] = {}
    for skill in session.exec(select(PersonSkill).where(col(PersonSkill.person_id).in_(ids))):
        skills.setdefault(skill.person_id, set()).add(skill.skill)
    leave = _leave(session, ids)
    for one in experts:
        yield Expert(
            name=one.staff_no,
            skills=frozenset(skills.get(one.id or 0, ())),
            away=tuple((a.isoformat(), b.isoformat()) for a, b in leave.get(one.id or 0, ())),
        )


def _ranks(session: Session, draw: Draw) -> dict[str, tuple[Rank, ...]]:
    found: dict[str, list[Rank]] = {}
    for row in _taken(session, draw):
        rank = Rank(task=str(row["task"]), stratum=str(row["stratum"]), rank=int(str(row["rank"])))
        found.setdefault(str(row["blind"]), []).append(rank)
    return {blind: tuple(ranks) for blind, ranks in found.items()}


def _populations(session: Session, draw: Draw) -> dict[tuple[str, str], int]:
    strata = object_of(session, draw, "1-parameters.json")["strata"]
    rows = [row for row in strata if isinstance(row, dict)] if isinstance(strata, list) else []
    return {(str(row["task"]), str(row["stratum"])): int(str(row["population"])) for row in rows}


def _asked(draft: VisitDraft) -> Asked:
    return Asked(
        departments=frozenset(party.department for party in draft.parties),
        skills=frozenset((party.department, skill) for party in draft.parties for skill in party.skills),
    )


def _beside(session: Session, draw: Draw, routes: Sequence[Row4]) -> Iterator[Beside]:
    """Experts that an earlier remedy has placed; which slot lost the skill matters no more."""
    dates = {route.route: route for route in routes}
    query = (
        select(Companion, Route.code, Person.staff_no)
        .join(Route, col(Route.id) == col(Companion.route_id))
        .join(Person, col(Person.id) == col(Companion.person_id))
        .where(col(Route.draw_id) == row_id(draw))
    )
    for one, code, staff_no in session.exec(query):
        if code in dates:
            first = dates[code].slots[0].slot
            yield Beside(expert=staff_no, route=code, slot=first, skill=one.skill, date=dates[code].date)
