"""The predictability report: it covers everything, names nobody, warns where the rules say, and counts repetition rightly."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.forecast.forecast_table import COLUMNS, forecast_csv, forecast_rows
from inspect_engine.drawing.forecast.predictable import limits_of, predictability, weights_of
from inspect_engine.drawing.forecast.repetition import meetings
from inspect_engine.drawing.forecast.warnings import Limits, warn, warn_of_pairs, warn_of_repetition
from inspect_engine.drawing.staffing import problem
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.registers.tables import Person, Target
from inspect_engine.store import reading
from inspect_engine.visits.tables import Assignment, Route, RouteVisit, Slot, Visit
from solver.roster.predictability import UNIT, BodyForecast, OfficerForecast, SlotForecast
from solver.roster.repetition import PairForecast, repetition
from tests.drawing.conftest import At
from tests.drawing.playing import pair_up, play_form
from tests.drawing.world import DRAW, form

BEFORE = "330000-2026-11"
OCTOBER = datetime(2026, 10, 30, 1, 0, tzinfo=UTC)


def _form(month: str, draw_id: str, slots: int = 3, **changes: Any) -> dict[str, Any]:
    """Desk work of one department at more than half of all, so that bodies and pairs come again."""
    made = form(month, draw_id, own_station=False, **changes)
    made["tasks"] = [task for task in made["tasks"] if task["code"] == "T03"]
    made["tasks"][0]["ratios"] = {"form": "exact", "all": "60%"}
    made["tasks"][0]["departments"][0]["slots"] = slots
    return made


def _two_months(at: At, until: str = "rostered", **changes: Any) -> Engine:
    engine = at("empty")
    slots = 2 if changes.get("rotation") else 3  # three who were nowhere on a route are too many of fifteen
    play_form(engine, _form("2026-11", BEFORE, slots), start=OCTOBER)
    play_form(engine, _form("2026-12", DRAW, slots, **changes), until)
    return engine


def test_the_report_covers_every_slot_body_and_officer(at: At) -> None:
    """Each slot, route and officer with a weight has its forecast; bounds count just who is barred from nothing."""
    with reading(at("staffed")) as session:
        report = predictability(session, DRAW)
        draw = find_draw(session, DRAW)
        weights, asked = weights_of(session, draw), problem(session, draw)
    assert {one.slot for one in report.slots} == {slot for _, slot, _ in weights}
    assert {one.route for one in report.bodies} == {route.route for route in asked.routes}
    assert {one.officer for one in report.officers} == {officer for officer, _, _ in weights}
    assert abs(sum(one.expected for one in report.officers) - len(report.slots)) < 1e-6
    names = asked.instance.pair_names(asked.instance.pair_slot >= 0)
    route_of = {slot.slot: route.route for route in asked.routes for slot in route.slots}
    legs = {(officer, route_of[slot]) for officer, slot in names}
    for body in report.bodies:
        assert body.allowed == sum(route == body.route for _, route in legs) >= body.candidates
    for one in report.officers:
        assert one.allowed == sum(officer == one.officer for officer, _ in legs)
    assert sum(report.visits.values()) == len({b for route in asked.routes for b in route.blinds})


def test_the_heat_map_is_the_weights(at: At) -> None:
    """Officers by department, routes by date; the field holds each officer's chance of each route, and nothing is lost."""
    with reading(at("staffed")) as session:
        heat = predictability(session, DRAW).heat
        draw = find_draw(session, DRAW)
        weights = weights_of(session, draw)
        route_of = {s.slot: r.route for r in problem(session, draw).routes for s in r.slots}
    assert list(heat.officers) == sorted(heat.officers)
    assert list(heat.routes) == sorted(heat.routes)
    total: Counter[tuple[str, str]] = Counter()
    for officer, slot, weight in weights:
        total[officer, route_of[slot]] += weight
    shown = {
        (code, route): chance
        for (_, code), row in zip(heat.officers, heat.chances, strict=True)
        for (_, route), chance in zip(heat.routes, row, strict=True)
        if chance
    }
    assert shown == {pair: units / UNIT for pair, units in total.items()}


def test_the_report_names_nobody(at: At) -> None:
    """No name and no staff number stands in any table, warning or figure; officers are codes."""
    with reading(_two_months(at)) as session:
        report, found = predictability(session, DRAW), meetings(session, DRAW, 20)
        people = session.exec(select(Person.staff_no, Person.name)).all()
    parts = [*report.summary().items(), *forecast_rows(report, found), *found.repeated()]
    parts += [report.worst(99), report.worst_bodies(99), report.worst_officers(99), found.worst(999)]  # type: ignore[list-item]
    parts += [(one.zh, one.en, one.subject) for one in (*report.warned, *found.warned)]
    told = repr(parts)
    assert len(told) > 5000
    assert people
    assert not [no for no, name in people if no in told or name in told]


def test_the_table_has_a_row_for_everything(at: At) -> None:
    """The CSV holds each slot, body, officer and pair once, and both repetitions; read again, it is what was written."""
    with reading(_two_months(at)) as session:
        report, found = predictability(session, DRAW), meetings(session, DRAW, 20)
    read = list(csv.DictReader(io.StringIO(forecast_csv(report, found))))
    kinds = Counter(row["kind"] for row in read)
    assert kinds == {
        "slot": len(report.slots),
        "body": len(report.bodies),
        "officer": len(report.officers),
        "pair": len(found.pairs),
        "pairs-again": 1,
        "bodies-again": 1,
    }
    assert all(set(row) == set(COLUMNS) for row in read)
    assert len({(row["kind"], row["name"]) for row in read}) == len(read)
    largest = {row["name"]: float(row["chance"]) for row in read if row["kind"] == "slot"}
    assert largest == {one.slot: pytest.approx(one.largest, abs=1e-6) for one in report.slots}


Met = tuple[set[tuple[str, str]], Counter[tuple[str, str]]]


def _met(session: Session, draw_id: str) -> Met:
    """Pairs of persons that went together, and persons at bodies, from the stored assignments alone."""
    rows = session.execute(
        select(col(Route.id), col(Person.staff_no), col(Target.key))
        .join(Slot, col(Slot.route_id) == col(Route.id))
        .join(Assignment, col(Assignment.slot_id) == col(Slot.id))
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .join(RouteVisit, col(RouteVisit.route_id) == col(Route.id))
        .join(Visit, col(Visit.id) == col(RouteVisit.visit_id))
        .join(Target, col(Target.id) == col(Visit.target_id))
        .where(col(Route.draw_id) == find_draw(session, draw_id).id)
    ).all()
    teams: dict[int, set[str]] = {}
    for route, person, _ in rows:
        teams.setdefault(route, set()).add(person)
    pairs = {pair for team in teams.values() for pair in combinations(sorted(team), 2)}
    return pairs, Counter((person, key) for _, person, key in rows)


def test_repetition_is_what_the_stored_assignments_show(at: At) -> None:
    """Pairs and persons at bodies that came again, counted from the assignments of both months, are the report's."""
    with reading(_two_months(at)) as session:
        found = meetings(session, DRAW, 50)
        before, now = _met(session, BEFORE), _met(session, DRAW)
        draw = find_draw(session, DRAW)
        heat = predictability(session, DRAW).heat
        keys = {str(r["blind"]): str(r["key"]) for r in rows_of(session, draw, "1-keys.jsonl")}
        codes = {str(r["officer"]): str(r["person"]) for r in rows_of(session, draw, "1-persons.jsonl")}
        routes = {r.route: [keys[b] for b in r.blinds] for r in problem(session, draw).routes}
    assert found.previous == BEFORE
    assert found.together is not None
    assert found.at_bodies is not None
    assert found.together.observed == len(before[0] & now[0]) > 0
    assert found.at_bodies.observed == len(before[1].keys() & now[1].keys()) > 0
    exact = sum(
        chance
        for (_, code), row in zip(heat.officers, heat.chances, strict=True)
        for (_, route), chance in zip(heat.routes, row, strict=True)
        for key in routes[route]
        if (codes[code], key) in before[1]
    )
    assert found.at_bodies.expected == pytest.approx(exact)
    assert found.together.deviation > 0
    assert not [one for one in found.warned if one.kind == "repetition"]


def test_a_team_is_no_pair_of_its_own(at: At) -> None:
    """Last month's pairs who are one standing team now are not counted; pairs across codes count as persons do."""
    engine = at("empty")
    pair_up(engine, "市监", leave=2)
    play_form(engine, _form("2026-11", BEFORE), start=OCTOBER)
    teams = [{"department": "市监", "teams": "mixed"}]
    play_form(engine, _form("2026-12", DRAW, composition=teams))
    with reading(engine) as session:
        found = meetings(session, DRAW, 20).together
        (before, _), (now, _) = _met(session, BEFORE), _met(session, DRAW)
        persons = rows_of(session, find_draw(session, DRAW), "1-persons.jsonl")
    code = {person: row["officer"] for row in persons for person in str(row["person"]).split(" ")}
    across = {(a, b) for a, b in before if code[a] != code[b]}
    assert found is not None
    assert found.before == len(across) < len(before)
    assert found.observed == len(across & now)


def test_before_the_lottery_nothing_is_observed(at: At) -> None:
    """A staffed draw has a theory and no observation; the first draw of an operator has neither."""
    with reading(_two_months(at, "staffed")) as session:
        found = meetings(session, DRAW, 20)
    assert found.together is not None
    assert found.together.observed is found.together.upper is None
    assert found.together.expected > 0
    with reading(at("staffed")) as session:
        first = meetings(session, DRAW, 20)
    assert first.together is first.at_bodies is None
    assert first.previous == ""
    assert len(first.pairs) > 20


def test_with_rotation_no_officer_comes_back_to_a_body(at: At) -> None:
    """Where the officers of last time are barred, theory expects none at a body again, and none comes."""
    with reading(_two_months(at, rotation=True)) as session:
        found = meetings(session, DRAW, 20).at_bodies
    assert found is not None
    assert found.before > 20
    assert found.observed == found.expected == found.deviation == 0


def test_chances_of_pairs_stay_in_their_bounds(at: At) -> None:
    """Every forecast meeting lies between its exact bounds, as far as twenty lotteries can tell."""
    with reading(at("staffed")) as session:
        found = meetings(session, DRAW, 100)
        heat = predictability(session, DRAW).heat
    chance = {
        (code, route): value
        for (_, code), row in zip(heat.officers, heat.chances, strict=True)
        for (_, route), value in zip(heat.routes, row, strict=True)
    }
    assert found.trials == 100
    for one in found.pairs:
        p, q = chance[one.first, one.route], chance[one.second, one.route]
        assert one.most == min(p, q)
        assert one.least == max(0, p + q - 1)
        assert one.least - 5 * one.error - 0.05 <= one.chance <= one.most


LIMITS = Limits(0.5, 3, 0.5, 4, 0.5, 0.25, 0.005)


def test_warnings_stand_just_past_the_thresholds() -> None:
    """At a threshold nobody is warned, past it somebody is, in both languages: slots, bodies, officers, pairs, repetition."""
    slot = SlotForecast("R1-1", 0.5, 3.0, 5, 9)
    body = BodyForecast("R1", 0.5, 4.0, 0.5, 6, 9)
    one = OfficerForecast("a", 1.0, 0.5, "R1", 0.5, "2026-12-03", 3.0, 5)
    assert not list(warn(LIMITS, [slot], [body], [one]))
    worse = (
        [replace(slot, largest=0.51), replace(slot, effective=2.9)],
        [replace(body, largest=0.51), replace(body, effective=3.9)],
        [replace(one, largest=0.51)],
    )
    found = list(warn(LIMITS, *worse))
    assert [w.kind for w in found] == ["slot", "slot", "body", "body", "officer"]
    pair = PairForecast("a", "b", "R1", 0.35, 0.05, 0, 0.5, 1.0)
    assert not list(warn_of_pairs(LIMITS, [pair]))
    sure = list(warn_of_pairs(LIMITS, [replace(pair, error=0.04)]))
    plain = repetition([1, 2, 3] * 70, 2, 9)
    odd = repetition([1, 2, 3] * 70, 9, 9)
    few = repetition([5, 6, 7] * 70, 0, 9)
    assert not list(warn_of_repetition(LIMITS, "pairs", "同行", "together", plain))
    often = list(warn_of_repetition(LIMITS, "pairs", "同行", "together", odd))
    seldom = list(warn_of_repetition(LIMITS, "pairs", "同行", "together", few))
    assert "many" in often[0].en
    assert "few" in seldom[0].en
    assert len(sure) == 1
    assert all(w.zh and w.en and w.zh != w.en for w in (*found, *sure, *often, *seldom))


def test_the_rules_give_every_threshold(at: At) -> None:
    """Thresholds come from the rules file, as shares and numbers that can be kept."""
    with reading(at("staffed")) as session:
        limits = limits_of(session, find_draw(session, DRAW))
    assert 0 < limits.repetition_tail < 0.05
    assert all(
        0 < x < 1 for x in (limits.chance, limits.body_chance, limits.officer_chance, limits.pair_chance)
    )
    assert limits.body_effective > limits.effective > 1
