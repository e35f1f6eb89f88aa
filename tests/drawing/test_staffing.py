"""Staffing and the lottery: what falls short is named, what changed counts, and chances are kept to the unit."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inspect_engine.drawing.changing import change
from inspect_engine.errors import EngineError
from inspect_engine.registers.tables import Leave, Person
from inspect_engine.store import writing
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, STEPS, act, dump, files

UNIT = 2**32


def _rows(held: dict[str, bytes], name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in held[name].splitlines()]


def _change(engine: Engine, staff_no: str, minute: float = 5.5, **spans: Any) -> None:
    with writing(engine) as session:
        change(session, DRAW, staff_no, approver="审批岗", act=act(minute, ground="病假"), **spans)


def _members(held: dict[str, bytes]) -> dict[str, str]:
    return {row["officer"]: row["person"].split(" ")[0] for row in _rows(held, "1-persons.jsonl")}


ALWAYS = (date(2026, 12, 1), date(2026, 12, 31))


def test_each_slot_is_weighed_to_exactly_one(at: At) -> None:
    """The weights of a slot sum to 2^32, of an officer on a day to no more, on a route to the cap or its own."""
    held = files(at("staffed"))
    parameters = json.loads(held["4-parameters.json"])
    where = {s["slot"]: (r["route"], r["date"]) for r in _rows(held, "4-routes.jsonl") for s in r["slots"]}
    caps = {row["route"]: row["cap"] for row in parameters["caps"]}
    slots, days, routes = Counter[str](), Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in _rows(held, "4-weights.jsonl"):
        route, day = where[row["slot"]]
        slots[row["slot"]] += row["weight"]
        days[row["officer"], day] += row["weight"]
        routes[row["officer"], route] += row["weight"]
    assert slots == dict.fromkeys(where, UNIT)
    assert max(days.values()) <= UNIT
    assert parameters["pair_cap"] == UNIT // 4
    assert all(weight <= caps.get(route, UNIT // 4) for (_, route), weight in routes.items())


def test_a_shortage_stops_the_draw_and_says_where(at: At) -> None:
    """With nearly all of a department away nothing is stored, and the words name it, its days, needed and there."""
    engine = at("routed")
    held = files(engine)
    pool = {row["officer"]: row["department"] for row in _rows(held, "1-pool.jsonl")}
    away = [person for code, person in _members(held).items() if pool[code] == "市监"]
    for person in away:
        _change(engine, person, away=[ALWAYS])
    before = dump(engine)
    with pytest.raises(EngineError) as caught:
        STEPS["staffed"](engine)
    assert caught.value.code == "drawing.short-of-officers"
    assert dump(engine) == before
    for language, words in (
        ("zh", ("市监", "2026-12-", "人日")),
        ("en", ("市监", "2026-12-", "officer-days")),
    ):
        said = caught.value.message(language)  # type: ignore[arg-type]
        assert all(word in said for word in words), said
    assert "0" in caught.value.message("en")


def test_who_fell_ill_since_goes_nowhere_on_those_days(at: At) -> None:
    """A recorded change bars the officer on its days, stands in the pack with ground and approver, and no other row."""
    engine, other = at("routed"), at("staffed")
    held = files(other)
    days = {s["slot"]: r["date"] for r in _rows(held, "4-routes.jsonl") for s in r["slots"]}
    busy = Counter(row["officer"] for row in _rows(held, "4-weights.jsonl"))
    for code, _ in busy.most_common():
        ill = at("routed")
        _change(ill, _members(held)[code], away=[ALWAYS])
        try:
            STEPS["staffed"](ill)
        except EngineError:
            continue  # nobody could stand in; another officer serves the test
        break
    else:
        raise AssertionError("no officer of this county can be spared")
    found = files(ill)
    assert code not in {row["officer"] for row in _rows(found, "4-weights.jsonl")}
    assert [(r["officer"], r["approver"], r["ground"]) for r in _rows(found, "4-changes.jsonl")] == [
        (code, "审批岗", "病假")
    ]
    assert found["1-pool.jsonl"] == held["1-pool.jsonl"]
    assert set(days) == {row["slot"] for row in _rows(found, "4-weights.jsonl")}
    STEPS["staffed"](engine)
    assert files(engine)["4-weights.jsonl"] == held["4-weights.jsonl"]


def test_who_is_back_since_may_go(at: At) -> None:
    """An officer frozen as away for the whole window is called in by a change, and then has chances (neighbours)."""
    engine = at("new")
    with writing(engine) as session:
        people = dict(session.execute(sa.select(Person.staff_no, Person.id)).all())  # type: ignore[call-overload]
    person = _members(files(at("frozen")))[_busiest(at)]
    with writing(engine) as session:
        session.execute(sa.delete(Leave).where(Leave.person_id == people[person]))  # type: ignore[arg-type]
        span = {"first": ALWAYS[0], "last": ALWAYS[1]}
        session.execute(sa.insert(Leave).values(person_id=people[person], ground="借调", **span))
    for state in ("frozen", "seeded", "drawn", "routed"):
        STEPS[state](engine)
    code = next(code for code, name in _members(files(engine)).items() if name == person)
    (row,) = [row for row in _rows(files(engine), "1-pool.jsonl") if row["officer"] == code]
    assert row["away"] == [["2026-12-01", "2026-12-31"]]
    _change(engine, person, present=[ALWAYS])
    STEPS["staffed"](engine)
    assert code in {one["officer"] for one in _rows(files(engine), "4-weights.jsonl")}


def _busiest(at: At) -> str:
    busy = Counter(row["officer"] for row in _rows(files(at("staffed")), "4-weights.jsonl"))
    return busy.most_common(1)[0][0]


def test_the_roster_keeps_to_the_weights(at: At) -> None:
    """Who goes had a weight for that slot, nobody goes twice a day, and loads are their sums rounded down or up."""
    held = files(at("rostered"))
    weights = {(r["slot"], r["officer"]): r["weight"] for r in _rows(held, "4-weights.jsonl")}
    roster = {row["slot"]: row["officer"] for row in _rows(held, "6-roster.jsonl")}
    days = {s["slot"]: r["date"] for r in _rows(held, "4-routes.jsonl") for s in r["slots"]}
    assert roster.keys() == days.keys()
    assert all((slot, officer) in weights for slot, officer in roster.items())
    assert max(Counter((officer, days[slot]) for slot, officer in roster.items()).values()) == 1
    owed = Counter[str]()
    for (_, officer), weight in weights.items():
        owed[officer] += weight
    went = Counter(roster.values())
    assert all(owed[one] // UNIT <= went[one] <= -(-owed[one] // UNIT) for one in owed)
