"""Direct routes: nobody is in two places, whoever names is bound as chance is, and a named team can lawfully change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.after.assigning import direct
from inspect_engine.drawing.after.bookings import booked
from inspect_engine.drawing.after.events_file import counts
from inspect_engine.drawing.after.happened import overview
from inspect_engine.drawing.after.replanning import Move, keep, propose
from inspect_engine.drawing.after.standing import Stop, stops_of
from inspect_engine.drawing.after.telling import to_tell
from inspect_engine.drawing.after.wishes import visits_to
from inspect_engine.drawing.changing import codes_by_staff_no
from inspect_engine.drawing.shortage.naming import name_team
from inspect_engine.drawing.steps import find_draw
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.events.tables import Event
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.tables import Leave, Origin, Person, Target
from inspect_engine.store import open_store, reading, sqlite_url, writing
from inspect_engine.visits.tables import Assignment, Mode, Route, RouteVisit, Slot, Visit, VisitMove
from solver.replan.following import candidates
from tests.drawing.after import APPROVER, ask, failing, now, said, whole
from tests.drawing.playing import by_staff_no
from tests.drawing.test_remedies import finish, leave_away, offers, rows, take
from tests.drawing.world import DRAW, START, dump, files, store_at

HOST = "市监"


@pytest.fixture(scope="module")
def rostered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose draw is rostered, with a route that only the head can man."""
    engine = store_at("routed", tmp_path_factory.mktemp("direct"))
    leave_away(engine, HOST, 1)
    take(engine, offers(engine)["direct"].mark)
    finish(engine)
    engine.dispose()
    return Path(str(engine.url.database))


@pytest.fixture
def store(rostered: Path, tmp_path: Path) -> Iterator[Engine]:
    """A copy of it."""
    shutil.copy(rostered, tmp_path / "engine.db")
    engine = open_store(sqlite_url(tmp_path / "engine.db"))
    yield engine
    engine.dispose()


def outside(engine: Engine) -> list[Stop]:
    """Visits of the first direct route."""
    with reading(engine) as session:
        found = stops_of(session, find_draw(session, DRAW), direct=True)
        session.expunge_all()
    return [stop for stop in found if stop.route == found[0].route]


def lottery(engine: Engine) -> list[Stop]:
    """Visits of the routes of the lottery."""
    with reading(engine) as session:
        found = stops_of(session, find_draw(session, DRAW))
        session.expunge_all()
    return found


def slots_of(session: Session, route: str) -> list[Slot]:
    """Slots of a route."""
    query = select(Slot).join(Route, col(Route.id) == col(Slot.route_id)).where(col(Route.code) == route)
    return list(session.exec(query.order_by(col(Slot.code))))


def days_of(engine: Engine) -> list[date]:
    """Days that suit the first direct route, by looking at each working day."""
    stops = outside(engine)
    with reading(engine) as session:
        days = work_days(session, START.date() + timedelta(1), date(2026, 12, 31))
    fits = [d for d in days if all(s.visit.window_first <= d <= s.visit.window_last for s in stops)]
    return [d for d in fits if all(d.isoweekday() not in s.target.closed_on for s in stops)]


def able(engine: Engine, day: date) -> dict[str, list[str]]:
    """Slot of the first direct route → staff numbers that could go on a day, busy or not; by the files and registers."""
    held, (first, *_) = files(engine), outside(engine)
    people = {row["officer"]: row["person"] for row in rows(held, "1-persons.jsonl")}
    bodies = {stop.blind for stop in outside(engine)}
    ties = rows(held, "1-relations.jsonl")
    shut = {r["officer"] for r in ties if r["with"] in bodies or r["ground"] == "kin"}
    shut |= {r["with"] for r in ties if r["ground"] == "kin"}
    on = day.isoformat()
    gone = rows(held, "4-changes.jsonl")
    shut |= {r["officer"] for r in gone if any(a <= on <= b for a, b in r["away"])}
    with reading(engine) as session:
        return {
            slot.code: [
                people[row["officer"]]
                for row in rows(held, "1-pool.jsonl")
                if row["department"] == slot.department
                and set(slot.skills) <= set(row["skills"])
                and (row["lead"] or not slot.lead)
                and row["officer"] not in shut
                and on <= row["until"]
                and not any(a <= on <= b for a, b in row["away"])
            ]
            for slot in slots_of(session, first.route)
        }


def busy(engine: Engine, day: date) -> set[str]:
    """Staff numbers of those who are in a slot of the lottery on a day, as things stand."""
    stands, held = now(engine), files(engine)
    people = {row["officer"]: row["person"] for row in rows(held, "1-persons.jsonl")}
    slots = [slot for slot, place in stands.places.items() if day.isoformat() in place.days]
    return {people[stands.held[slot]] for slot in slots}


def team_on(engine: Engine, day: date, wanted: str = "", but: set[str] = frozenset()) -> dict[str, str]:  # type: ignore[assignment]
    """A lawful team of a day, with somebody in it where that can be; empty where there is none."""
    gone, team = busy(engine, day) | but, dict[str, str]()
    fits = able(engine, day)
    for slot, people in fits.items():
        if wanted in people and wanted not in team.values():
            team[slot] = wanted
            continue
        free = [one for one in people if one not in gone and one not in team.values() and one != wanted]
        if not free:
            return {}
        team[slot] = free[0]
    return team


def some_team(engine: Engine) -> tuple[date, dict[str, str]]:
    """A day and a lawful team on it."""
    return next((day, team) for day in days_of(engine) if (team := team_on(engine, day)))


def name(
    engine: Engine, team: Mapping[str, str], day: date | None, act: Act | None = None, route: str = ""
) -> int:
    """Name a team of the first direct route."""
    code = route or outside(engine)[0].route
    with writing(engine) as session:
        return name_team(session, DRAW, code, team, APPROVER, act or said(20, "三人培训"), day=day)


def refused(engine: Engine, code: str, *args: Any) -> None:
    """Naming so is refused, and the store stays as it was."""
    before = dump(engine)
    with pytest.raises(EngineError, match=code) as error:
        name(engine, *args)
    assert dump(engine) == before
    assert all(error.value.message(language) for language in ("zh", "en"))


def shift(engine: Engine, route: str, day: date) -> None:
    """Move every visit of a route."""
    moved = [
        Move(s.visit.id or 0, s.blind, s.day, day, tell=False) for s in lottery(engine) if s.route == route
    ]
    assert moved
    with writing(engine) as session:
        keep(session, moved, "asked", APPROVER, said(12))


def routes_by_person(engine: Engine) -> dict[str, list[tuple[str, date]]]:
    """Staff number → routes of the lottery on which they go, with their days."""
    with reading(engine) as session:
        ids = {one.id: one.staff_no for one in session.exec(select(Person))}
        found: dict[str, list[tuple[str, date]]] = {}
        for one in booked(session, col(Route.direct).is_(False)):
            found.setdefault(ids[one.person], []).append((one.route, one.day))
    return found


def test_nobody_is_named_who_goes_elsewhere_as_days_stand(store: Engine) -> None:
    """A route moved onto the day makes its team busy there, one moved off it frees them; a planned day counts for nought."""
    day, team = some_team(store)
    other = {who: there for who, there in routes_by_person(store).items() if who in team.values()}
    who, route = next((who, route) for who, there in other.items() for route, on in there if on != day)
    shift(store, route, day)
    refused(store, "team-unlawful", team, day)
    assert name(store, team_on(store, day, but={who}), day) == len(team)


def test_who_was_moved_off_a_day_can_be_named_on_it(store: Engine) -> None:
    """The other way about: the day on which a route was planned binds nobody once its visits stand on another."""
    seen = 0
    for day in days_of(store):
        for who, there in sorted(routes_by_person(store).items()):
            on = [route for route, at in there if at == day]
            team = team_on(store, day, wanted=who)
            if len(on) != 1 or who not in team.values():
                continue
            refused(store, "team-unlawful", team, day)
            shift(store, on[0], day + timedelta(1))
            assert name(store, team, day) == len(team)
            seen += 1
            break
        if seen:
            break
    assert seen


def test_a_route_of_no_draw_makes_busy_too(store: Engine) -> None:
    """An officer on any route of any draw, or of none, has no second one that day."""
    day, team = some_team(store)
    who = next(iter(team.values()))
    with writing(store) as session:
        target = session.exec(select(Target.id)).first() or 0
        visit = Visit(
            origin=Origin.reactive,
            target_id=target,
            window_first=day,
            window_last=day,
            minutes=60,
            road=True,
        )
        route = Route(code="U1", day=day, road=True, minutes=60)
        session.add_all([visit, route])
        session.flush()
        slot = Slot(route_id=route.id or 0, code="U1-1", department=HOST, lead=True, skills=[])
        session.add_all([slot, RouteVisit(route_id=route.id or 0, visit_id=visit.id or 0, position=1)])
        session.flush()
        person = by_staff_no(session, who).id or 0
        session.add(Assignment(slot_id=slot.id or 0, person_id=person, mode=Mode.direct, since=START))
    refused(store, "team-unlawful", team, day)


def test_who_may_yet_be_drawn_for_the_day_is_not_named(store: Engine) -> None:
    """While a substitution of the day is open its candidates are free nowhere on it."""
    seen = 0
    for day in days_of(store):
        team = team_on(store, day)
        stands = now(store)
        with reading(store) as session:
            codes = codes_by_staff_no(session, find_draw(session, DRAW))
        mine = {codes[who] for who in team.values()}
        slots = [
            slot
            for slot, place in sorted(stands.places.items())
            if day.isoformat() in place.days and mine & set(candidates(stands, slot))
        ]
        if not team or not slots:
            continue
        with writing(store) as session:
            ask(session, slots[0], 15)
        refused(store, "team-unlawful", team, day)
        seen += 1
        break
    assert seen


def test_who_is_named_goes_nowhere_else_that_day(store: Engine) -> None:
    """Named officers are no candidates on their day, are not sent directly, and their other visits do not move onto it."""
    seen = {"candidate": 0, "barred": 0, "leaving": 0}
    day, team = next(
        (day, team)
        for day in days_of(store)
        if (team := team_on(store, day)) and _could(store, day, set(team.values()))
    )
    before = _could(store, day, set(team.values()))
    name(store, team, day)
    with reading(store) as session:
        codes = codes_by_staff_no(session, find_draw(session, DRAW))
    stands = now(store)
    mine = {codes[who] for who in team.values()}
    for slot, code in before:
        assert code in mine
        assert code not in candidates(stands, slot, absent_too=True)
        seen["candidate"] += 1
        with pytest.raises(EngineError, match="direct-barred"), writing(store) as session:
            direct(session, DRAW, slot, code, "illness", APPROVER, said(30), emergency=True)
        seen["barred"] += 1
    for stop in lottery(store):
        holders = {stands.held[slot] for slot, place in stands.places.items() if place.route == stop.route}
        inside = stop.visit.window_first <= day <= stop.visit.window_last and stop.day != day
        if not (holders & mine and inside):
            continue
        with reading(store) as session:
            draw = find_draw(session, DRAW)
            try:
                wish = visits_to(session, DRAW, [stop.blind], day)
                plan = propose(session, draw, wish, START.date())
            except EngineError as error:
                assert error.code in ("replans.nowhere", "replans.day-not-allowed", "replans.house-rule")
                continue
        assert {stands.held[slot] for slot in plan.leaving} >= holders & mine
        seen["leaving"] += 1
    assert all(seen.values()), seen


def _could(engine: Engine, day: date, people: set[str]) -> list[tuple[str, str]]:
    """Slot of the lottery on a day, and code of somebody of these who might follow in it."""
    stands = now(engine)
    with reading(engine) as session:
        codes = codes_by_staff_no(session, find_draw(session, DRAW))
    mine = {codes[who] for who in people}
    return [
        (slot, code)
        for slot, place in sorted(stands.places.items())
        if day.isoformat() in place.days
        for code in candidates(stands, slot, absent_too=True)
        if code in mine
    ]


def test_naming_is_guarded_as_its_neighbours_are(store: Engine) -> None:
    """Only who draws names, in the order of time, on a day to come that suits calendar, windows and bodies."""
    day, team = some_team(store)
    late = datetime(day.year, day.month, day.day, 1, tzinfo=START.tzinfo)
    refused(store, "not-a-drawer", team, day, Act("登记岗", said(20).at, "培训"))
    refused(store, "too-early", team, day, said(6))
    refused(store, "no-ground", team, day, said(20, " "))
    refused(store, "team-day", team, day, Act("抽取岗", late, "培训"))
    refused(store, "team-day", team, day, Act("抽取岗", late + timedelta(days=1), "培训"))
    saturday = day + timedelta((5 - day.weekday()) % 7)
    refused(store, "team-day", team, saturday)
    refused(store, "team-day", team, outside(store)[0].visit.window_last + timedelta(30))
    refused(store, "not-direct", team, day, said(20), lottery(store)[0].route)
    with writing(store) as session:
        target = session.get_one(Target, outside(store)[0].target.id)
        target.closed_on = [day.isoweekday()]
    refused(store, "team-day", team, day)
    with writing(store) as session:
        session.get_one(Visit, outside(store)[0].visit.id).agreed_day = day
    assert name(store, team, day) == len(team)


def test_an_agreed_day_binds_until_it_has_passed_and_then_the_body_is_told(store: Engine) -> None:
    """Another day than the agreed one is refused; once that has come, the visits move and the body is to be told."""
    days = [day for day in days_of(store) if team_on(store, day)]
    first, last = days[0], days[-1]
    assert first < last
    stops = outside(store)
    with writing(store) as session:
        session.get_one(Visit, stops[0].visit.id).agreed_day = first
    team = team_on(store, last)
    refused(store, "team-agreed", team, last)
    at = datetime(first.year, first.month, first.day, 1, tzinfo=START.tzinfo)
    name(store, team, last, Act("抽取岗", at, "三人培训"))
    with reading(store) as session:
        moves = list(session.exec(select(VisitMove)))
        assert {one.visit_id for one in moves} == {stop.visit.id for stop in stops}
        assert {(one.from_day, one.to_day) for one in moves} == {(stops[0].frozen, last)}
        assert [(one.agreed, one.day) for one in to_tell(session, DRAW)] == [(first, last)]
        assert session.exec(select(col(Route.day)).where(col(Route.direct))).first() == stops[0].frozen
    assert {stop.day for stop in outside(store)} == {last}


def test_a_named_team_can_change(store: Engine) -> None:
    """Who fell ill gets an end and is followed; the others stay as they were; the chain counts it and tells no ground."""
    day, team = some_team(store)
    slot, who = next((slot, who) for slot, who in team.items() if team_on(store, day, but={who}))
    with reading(store) as session:
        seen = overview(session, DRAW, START.date())
        assert {row["slot"] for row in seen["needs"] if row["reason"] == "unnamed"} == set(team)
        assert [row["route"] for row in seen["direct"]] == [outside(store)[0].route]
    assert name(store, team, day) == len(team)
    refused(store, "named-already", team, day, said(21, "三人培训"))
    refused(store, "named-already", team, None, said(21, "三人培训"))
    with reading(store) as session:
        assert overview(session, DRAW, START.date())["needs"] == []
    with writing(store) as session:
        session.add(Leave(person_id=by_staff_no(session, who).id or 0, first=day, last=day, ground="病假"))
    with reading(store) as session:
        assert overview(session, DRAW, START.date())["needs"] == [{"slot": slot, "reason": "away"}]
    free = next(one for one in able(store, day)[slot] if one not in busy(store, day) | set(team.values()))
    changed = team | {slot: free}
    refused(store, "team-unlawful", {slot: free}, None, said(22, "病假"))
    refused(store, "too-early", changed, None, said(19, "病假"))
    refused(store, "no-ground", changed, None, said(22, " "))
    assert name(store, changed, None, said(22, "病假")) == len(team)
    with reading(store) as session:
        ids = {one.id: one.staff_no for one in session.exec(select(Person))}
        made = list(session.exec(select(Assignment).where(col(Assignment.mode) == Mode.direct)))
        ended = [one for one in made if one.ended_at is not None]
        (fresh,) = [one for one in made if one.follows_id is not None]
        assert [ids[one.person_id] for one in ended] == [who]
        assert (fresh.follows_id, ids[fresh.person_id], fresh.ground) == (ended[0].id, free, "病假")
        assert sorted(ids[o.person_id] for o in made if o.ended_at is None) == sorted(changed.values())
        assert overview(session, DRAW, START.date())["needs"] == []
        told = session.exec(select(Event).order_by(col(Event.seq).desc())).first()
        assert told is not None
        body = json.loads(told.body)
        assert (told.kind, body["ground"]) == ("draw.team-changed", "")
        assert (body["data"]["slots"], body["data"]["moved"]) == (1, 0)
    assert failing(whole(store)) == set()


def test_what_is_filled_by_name_is_one_number(store: Engine) -> None:
    """Direct assignments and named slots are counted together, bodies of direct routes miss no reserve; the pack holds."""

    def told() -> dict[str, int]:
        with reading(store) as session:
            return counts(session, find_draw(session, DRAW))

    day, team = some_team(store)
    before = told()
    assert (before["direct_routes"], before["named"], before["by_name"]) == (1, 0, 0)
    assert before["without_reserve"] == 0
    assert rows(whole(store), "7-events.jsonl")
    assert name(store, team, day) == len(team)
    stands = now(store)
    slot = next(s for s in sorted(stands.may) if candidates(stands, s))
    with writing(store) as session:
        to = candidates(stands, slot)[0]
        count = direct(session, DRAW, slot, to, "illness", APPROVER, said(30), emergency=True)
    after = told()
    assert count == after["by_name"] == len(team) + 1
    assert (after["direct"], after["named"], after["without_reserve"]) == (1, len(team), 0)
    assert failing(whole(store)) == set()
