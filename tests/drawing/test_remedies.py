"""Short of officers: the proof is true, every remedy that is offered does help, and each leaves its trace in the pack."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from fixtures.tasks import COUNTY, bureau
from inspect_engine.drawing.changing import change
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.shortage import remedies
from inspect_engine.drawing.shortage.naming import name_team
from inspect_engine.drawing.steps import find_draw
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.registers.tables import Agency, Person, PersonSkill
from inspect_engine.store import open_store, reading, sqlite_url, writing
from inspect_engine.visits.tables import Assignment, Companion, Mode, Route, Slot, Visit, VisitState
from solver.dr1.checker import check
from solver.dr1.pack import manifest
from solver.dr1.verdicts import Outcome
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, STEPS, act, dump, entropy, files, form, open_draw

ALWAYS = (date(2026, 12, 1), date(2026, 12, 31))
TODAY = date(2026, 12, 1)


def rows(held: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    """Rows of a file of the pack."""
    return [json.loads(line) for line in held[name].splitlines()]


def leave_away(engine: Engine, department: str, keep: int, minute: float = 5.2, day: str = "") -> str:
    """Record all but so many of a department's officers as away on a day, by default the first it is wanted; returns it.

    Those who lead are kept first.
    """
    held = files(engine)
    people = {row["officer"]: row["person"] for row in rows(held, "1-persons.jsonl")}
    day = day or min(
        route["date"]
        for route in rows(held, "4-routes.jsonl")
        if any(slot["department"] == department for slot in route["slots"])
    )
    own = [
        row for row in rows(held, "1-pool.jsonl") if row["department"] == department and not _off(row, day)
    ]
    span = (date.fromisoformat(day), date.fromisoformat(day))
    for row in sorted(own, key=lambda r: (not r["lead"], r["officer"]))[keep:]:
        with writing(engine) as session:
            staff_no = people[row["officer"]]
            change(session, DRAW, staff_no, away=[span], approver="审批岗", act=act(minute, ground="培训"))
    return str(day)


def _off(row: dict[str, Any], day: str) -> bool:
    return any(first <= day <= last for first, last in row["away"])


def offers(engine: Engine) -> dict[str, remedies.Offer]:
    """What is offered, by kind."""
    with reading(engine) as session:
        return {one.kind: one for one in remedies.short(session, DRAW, TODAY).offers}


def take(engine: Engine, mark: str, minute: float = 5.5) -> remedies.Offer:
    """Take an offer with a ground and a second person."""
    with writing(engine) as session:
        return remedies.take(session, DRAW, mark, "审批岗", act(minute, ground="人员培训"))


def finish(engine: Engine) -> dict[str, bytes]:
    """Staff, seed and draw; returns the full pack's files."""
    for step in ("staffed", "reseeded", "rostered"):
        STEPS[step](engine)
    with reading(engine) as session:
        return files_of(session, find_draw(session, DRAW), "full")


def failing(held: dict[str, bytes]) -> list[str]:
    """Checks of a full pack that fail."""
    whole = held | {"manifest.json": manifest(held, "full", DRAW, "sha256")}
    return [verdict.check for verdict in check(whole).verdicts if verdict.outcome is Outcome.FAILS]


def copy(engine: Engine, path: Path) -> Engine:
    """A copy of a store, so that each remedy is tried on the same case."""
    engine.dispose()
    shutil.copy(Path(str(engine.url.database)), path)
    return open_store(sqlite_url(path))


@pytest.fixture
def short_engine(at: At) -> Engine:
    """The small county on whose first day one officer of 市监 is left."""
    engine = at("routed")
    leave_away(engine, "市监", 1)
    return engine


@pytest.fixture
def many_engine(at: At) -> Engine:
    """One task with a stratum of 24 taken, short on the day of a route that the first rank is not on."""
    return many(at)


def many(at: At) -> Engine:
    """As the fixture."""
    engine = at("empty")
    (task,) = [task for task in form()["tasks"] if task["code"] == "T06"]
    _open(engine, tasks=[task | {"ratios": {"form": "count", "all": "24"}}])
    held = files(engine)
    first = next(r["blind"] for r in rows(held, "3-sample.jsonl") if r["rank"] == 1)
    day = next(r["date"] for r in rows(held, "4-routes.jsonl") if first not in r["blinds"])
    assert sum(r["date"] == day for r in rows(held, "4-routes.jsonl")) == 1
    leave_away(engine, "市监", 1, day=day)
    return engine


def test_every_remedy_offered_leads_to_a_pack_that_holds(short_engine: Engine, tmp_path: Path) -> None:
    """Taken on the same case, each kind makes the draw staffed and drawn, and no check of its pack fails."""
    found = offers(short_engine)
    assert {"move", "direct"} <= set(found)
    with pytest.raises(EngineError, match="short-of-officers"):
        STEPS["staffed"](short_engine)
    for kind, offer in found.items():
        engine = copy(short_engine, tmp_path / f"{kind.replace('+', '-')}.db")
        assert take(engine, offer.mark) == offer
        assert failing(finish(engine)) == [], kind
        engine.dispose()


def test_the_cause_names_who_is_there_and_who_is_not(short_engine: Engine) -> None:
    """Needed and there are counted as the pool has them, and all others of the department have a reason."""
    with reading(short_engine) as session:
        found = remedies.short(session, DRAW, TODAY)
    held = files(short_engine)
    pool = Counter(row["department"] for row in rows(held, "1-pool.jsonl"))
    assert found.causes
    for cause in found.causes:
        assert cause.needed > cause.there
        assert sum(n for reason, n in cause.barred if reason != "department") == cause.others
        assert cause.others <= sum(pool[d] for d in cause.departments)
        assert all(word in cause.words("zh") for word in (str(cause.needed), "人日", *cause.departments))
        assert "officer-days needed" in cause.words("en")
    assert any("away" in dict(cause.barred) for cause in found.causes)


def test_bodies_put_back_are_the_last_ranks_and_stand_in_the_pack(many_engine: Engine) -> None:
    """Fewer targets: whoever is put back has the last ranks of its strata, has no visit, and is an event with its ground."""
    offer = offers(many_engine)["fewer"]
    take(many_engine, offer.mark)
    held = finish(many_engine)
    back = {(row["task"], row["stratum"], row["from"]) for row in rows(held, "7-events.jsonl")}
    assert len({blind for _, _, blind in back}) == offer.effect["put_back"] > 0
    sample = [row for row in rows(held, "3-sample.jsonl") if row["taken"]]
    for row in sample:
        cell = row["task"], row["stratum"]
        later = [r for r in sample if (r["task"], r["stratum"]) == cell and r["rank"] > row["rank"]]
        if (*cell, row["blind"]) in back:
            assert all((*cell, r["blind"]) in back for r in later)
    assert all(
        row["to"] == "" and row["ground"] == "short-of-officers" for row in rows(held, "7-events.jsonl")
    )
    with reading(many_engine) as session:
        states = Counter(session.exec(sa.select(Visit.state)).scalars())  # type: ignore[call-overload]
    assert states[VisitState.put_back] == offer.effect["put_back"]


def test_a_direct_route_is_out_of_the_lottery_and_named_on_the_record(short_engine: Engine) -> None:
    """Its slots are in no roster; the head names lawful, free officers once, and every fault is refused."""
    offer = offers(short_engine)["direct"]
    take(short_engine, offer.mark)
    held = finish(short_engine)
    route = offer.effect["by_name"][0]["route"]
    assert all(row["route"] != route for row in rows(held, "4-routes.jsonl"))
    with reading(short_engine) as session:
        slots = (
            session.exec(  # type: ignore[call-overload]
                sa.select(Slot).join(Route, Route.id == Slot.route_id).where(Route.code == route)
            )
            .scalars()
            .all()
        )
        later = date.fromisoformat(offer.effect["by_name"][0]["date"]) + timedelta(days=14)
        team = _free(held, slots, later)
    before = dump(short_engine)
    own = date.fromisoformat(offer.effect["by_name"][0]["date"])
    cases = (
        (dict(list(team.items())[1:]), later, "team-unlawful"),
        (dict.fromkeys(team, next(iter(team.values()))), later, "team-unlawful"),
        (team, own, "team-unlawful"),
        (team, date(2026, 12, 12), "team-day"),
        (team, date(2027, 1, 4), "team-day"),
        (dict.fromkeys(team, "nobody") | dict(list(team.items())[1:]), later, "unknown-officer"),
    )
    for wrong, on, code in cases:
        with pytest.raises(EngineError, match=code), writing(short_engine) as session:
            name_team(session, DRAW, route, wrong, "审批岗", act(9, ground="人员培训"), day=on)
        assert dump(short_engine) == before
    with writing(short_engine) as session:
        count = name_team(session, DRAW, route, team, "审批岗", act(9, ground="人员培训"), day=later)
    assert count == len(team)
    with pytest.raises(EngineError, match="named-already"), writing(short_engine) as session:
        name_team(session, DRAW, route, team, "审批岗", act(10, ground="人员培训"))
    with reading(short_engine) as session:
        modes = Counter(session.exec(sa.select(Assignment.mode)).scalars())  # type: ignore[call-overload]
    assert modes == {Mode.lottery: len(rows(held, "6-roster.jsonl")), Mode.direct: len(team)}


def _free(held: dict[str, bytes], slots: Iterable[Slot], day: date) -> dict[str, str]:
    """A lawful team for a direct route, by trying: officers without a slot on the day."""
    people = {row["officer"]: row["person"] for row in rows(held, "1-persons.jsonl")}
    dates = {s["slot"]: r["date"] for r in rows(held, "4-routes.jsonl") for s in r["slots"]}
    busy = {row["officer"] for row in rows(held, "6-roster.jsonl") if dates[row["slot"]] == day.isoformat()}
    bodies = {row["from"] for row in rows(held, "7-events.jsonl")}
    tied = {row["officer"] for row in rows(held, "1-relations.jsonl") if row["with"] in bodies}
    team: dict[str, str] = {}
    for slot in slots:
        for row in rows(held, "1-pool.jsonl"):
            fits = row["department"] == slot.department and set(slot.skills) <= set(row["skills"])
            there = (
                not any(a <= day.isoformat() <= b for a, b in row["away"]) and day.isoformat() <= row["until"]
            )
            free = row["officer"] not in busy | tied and people[row["officer"]] not in team.values()
            if fits and there and free and (row["lead"] or not slot.lead):
                team[slot.code] = people[row["officer"]]
                break
    assert len(team) == len(list(slots))
    return team


def test_a_remedy_is_taken_by_its_mark_by_two_persons_with_a_ground(short_engine: Engine) -> None:
    """A wrong mark, one person alone, no ground, or a stale offer: refused, and nothing has changed."""
    offer = next(iter(offers(short_engine).values()))
    before = dump(short_engine)
    cases = (
        ("000000000000", "审批岗", "培训", "抽取岗", "remedy-unknown"),
        (offer.mark, "抽取岗", "培训", "抽取岗", "same-person"),
        (offer.mark, "登记岗", "培训", "抽取岗", "not-an-approver"),
        (offer.mark, "审批岗", " ", "抽取岗", "no-ground"),
    )
    for mark, approver, ground, actor, code in cases:
        with pytest.raises(EngineError, match=code), writing(short_engine) as session:
            remedies.take(session, DRAW, mark, approver, act(5.5, actor, ground))
        assert dump(short_engine) == before
    take(short_engine, offer.mark)
    with pytest.raises(EngineError, match="remedy-unknown"), writing(short_engine) as session:
        remedies.take(session, DRAW, offer.mark, "审批岗", act(5.6, ground="培训"))


def test_a_draw_with_enough_officers_is_offered_nothing(at: At) -> None:
    """Where all slots can be filled there is no cause and no remedy; before the routes the question is refused."""
    with reading(at("routed")) as session:
        found = remedies.short(session, DRAW, TODAY)
    assert (found.causes, found.offers) == ((), ())
    with pytest.raises(EngineError, match="step-order"), reading(at("drawn")) as session:
        remedies.short(session, DRAW, TODAY)


def _open(engine: Engine, **changes: Any) -> None:
    """The same month with other terms, up to its routes."""
    made = form(**changes)
    with writing(engine) as session:
        open_draw(session, DrawSpec.model_validate(made), act(1, "计划岗"), entropy())
    for step in ("frozen", "seeded", "drawn", "routed"):
        STEPS[step](engine)


def _neighbours(engine: Engine) -> None:
    """Six officers of 市监 in a county next door."""
    with writing(engine) as session:
        own = bureau(COUNTY, "市监")
        old = session.get_one(Agency, own)
        session.add(Agency(**(old.model_dump() | {"code": "NEXT-SJ", "department": "邻县市监"})))
        session.flush()
        people = (
            session.exec(  # type: ignore[call-overload]
                sa.select(Person).where(Person.agency_code == own, Person.may_lead)
            )
            .scalars()
            .all()
        )
        assert len(people) >= 3
        for one in people[: len(people) // 2 + 1]:
            one.agency_code = "NEXT-SJ"


def test_neighbours_are_frozen_as_away_and_come_only_by_a_remedy(at: At, tmp_path: Path) -> None:
    """异地: frozen with the pool as away for the whole window, on no route unless called in, then by a change in the pack."""
    engine = at("empty")
    _neighbours(engine)
    _open(engine, neighbours=[{"department": "市监", "agencies": ["NEXT-SJ"]}])
    held = files(engine)
    window = ["2026-12-03", "2026-12-28"]
    frozen = {row["officer"] for row in rows(held, "1-pool.jsonl") if row["away"] == [window]}
    assert len(frozen) >= 2
    leave_away(engine, "市监", 1)
    offer = offers(engine)["call_in"]
    take(engine, offer.mark)
    pack = finish(engine)
    assert failing(pack) == []
    called = {row["officer"] for row in rows(pack, "4-changes.jsonl") if row["present"]}
    assert called
    assert called <= frozen
    assert called == {code for one in offer.effect["called"] for code in one["officers"]}
    dates = {s["slot"]: r["date"] for r in rows(pack, "4-routes.jsonl") for s in r["slots"]}
    days = {(code, one["day"]) for one in offer.effect["called"] for code in one["officers"]}
    drawn = {(r["officer"], dates[r["slot"]]) for r in rows(pack, "6-roster.jsonl") if r["officer"] in frozen}
    assert drawn <= days


def test_an_officer_of_the_draw_is_no_neighbour(at: At) -> None:
    """Nobody stands in the pool twice: a draw that lists its own officers as neighbours is not frozen."""
    engine = at("empty")
    made = form(neighbours=[{"department": "市监", "agencies": [bureau(COUNTY, "应急")]}])
    with writing(engine) as session:
        open_draw(session, DrawSpec.model_validate(made), act(1, "计划岗"), entropy())
    with pytest.raises(EngineError, match="neighbour-twice"):
        STEPS["frozen"](engine)


def test_an_expert_goes_beside_and_never_in_a_slot(at: At) -> None:
    """Where a skill alone is short an expert with it goes along: the slot asks it no more, and the roster has no expert."""
    engine = at("routed")
    held = files(engine)
    day, skill = min(
        (r["date"], s) for r in rows(held, "4-routes.jsonl") for slot in r["slots"] for s in slot["skills"]
    )
    people = {row["officer"]: row["person"] for row in rows(held, "1-persons.jsonl")}
    with writing(engine) as session:
        for expert in session.exec(  # type: ignore[call-overload]
            sa.select(Person).where(Person.capacity == "expert")
        ).scalars():
            if session.get(PersonSkill, (expert.id, skill)) is None:
                session.add(PersonSkill(person_id=expert.id, skill=skill))
    span = (date.fromisoformat(day), date.fromisoformat(day))
    for row in rows(held, "1-pool.jsonl"):
        if skill in row["skills"]:
            with writing(engine) as session:
                who = people[row["officer"]]
                change(session, DRAW, who, away=[span], approver="审批岗", act=act(5.2, ground="培训"))
    found = offers(engine)
    assert "expert" in found, sorted(found)
    assert {one["skill"] for one in found["expert"].effect["beside"]} == {skill}
    take(engine, found["expert"].mark)
    pack = finish(engine)
    assert failing(pack) == []
    with reading(engine) as session:
        beside = set(session.exec(sa.select(Companion.person_id)).scalars())  # type: ignore[call-overload]
        assigned = set(session.exec(sa.select(Assignment.person_id)).scalars())  # type: ignore[call-overload]
    assert beside
    assert not beside & assigned
