"""Sorts of officers in a draw: a senior with a junior, both sides of the units, and refusals where nobody is of a sort."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.packing import write_pack
from inspect_engine.drawing.people.sorts import parted
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.drawing.verifying import verify_file
from inspect_engine.errors import EngineError
from inspect_engine.registers.tables import Grade, Leave, Person, PersonSkill
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Assignment, Route, Slot
from inspect_engine.visits.teams import SENIOR, SIDES
from tests.drawing.conftest import At
from tests.drawing.playing import officers_of_department, play_form
from tests.drawing.world import DRAW, act, form

HOST = "市监"


def _form(**composition: Any) -> dict[str, Any]:
    """Desk work of one department at more than half of all."""
    made = form(composition=[{"department": HOST, **composition}], own_station=False)
    made["tasks"] = [task for task in made["tasks"] if task["code"] == "T03"]
    made["tasks"][0]["ratios"] = {"form": "exact", "all": "60%"}
    return made


def _graded(engine: Engine) -> dict[int, Grade | None]:
    """Grade the department's officers in turn: seniors and juniors, every fifth neither; end all leave."""
    with writing(engine) as session:
        session.execute(sa.delete(Leave))
        people = officers_of_department(session, HOST)
        leaders = [p for p in people if p.may_lead]
        for i, person in enumerate([*leaders, *(p for p in people if not p.may_lead)]):
            person.grade = None if i % 5 == 4 else (Grade.senior if i < len(leaders) else Grade.junior)
        return {person.id or 0: person.grade for person in people}


def _teams(session: Session) -> dict[str, list[tuple[bool, int]]]:
    """Route → (whether the slot leads, person), in the order of slots."""
    found: dict[str, list[tuple[bool, int]]] = {}
    query = (
        select(Route.code, Slot.lead, Assignment.person_id)
        .join(Slot, col(Slot.route_id) == col(Route.id))
        .join(Assignment, col(Assignment.slot_id) == col(Slot.id))
        .order_by(col(Slot.code))
    )
    for route, lead, person in session.exec(query):
        found.setdefault(route, []).append((lead, person))
    return found


def test_every_route_has_a_senior_who_leads_and_a_junior(at: At, tmp_path: Path) -> None:
    """With grades the leading slot is a senior's and the next a junior's on every route; the pack verifies."""
    engine = at("empty")
    grades = _graded(engine)
    play_form(engine, _form(grades=True))
    with writing(engine) as session:
        teams = _teams(session)
        write_pack(session, DRAW, "full", tmp_path / "pack.zip", act(60))
    assert len(teams) >= 4
    for (leads, first), (_, second) in teams.values():
        assert leads
        assert (grades[first], grades[second]) == (Grade.senior, Grade.junior)
    assert not verify_file(tmp_path / "pack.zip").failed


@pytest.mark.parametrize("stated", [False, True])
def test_every_route_has_one_from_either_side(stated: bool, at: At) -> None:
    """With mixed units no route is of one side alone, whether the form states the sides or they are parted by heads."""
    engine = at("empty")
    with writing(engine) as session:
        session.execute(sa.delete(Leave))
        people = officers_of_department(session, HOST)
        units = {p.id or 0: p.unit_code or p.agency_code for p in people}
    ordered = sorted(set(units.values()))
    sides: dict[str, Any] = {"sides": [ordered[::2], ordered[1::2]]} if stated else {}
    play_form(engine, _form(mixed_units=True, **sides))
    with reading(engine) as session:
        teams = _teams(session)
        rows = rows_of(session, find_draw(session, DRAW), "1-pool.jsonl")
    heads = {unit: sum(one == unit for one in units.values()) for unit in ordered}
    side = dict.fromkeys(ordered[::2], SIDES[0]) | dict.fromkeys(ordered[1::2], SIDES[1])
    if not stated:
        side = parted(heads)
    assert len(teams) >= 4
    for (_, first), (_, second) in teams.values():
        assert {side[units[first]], side[units[second]]} == {*SIDES}
    labels = [SIDES[0] in row["skills"] for row in rows]  # type: ignore[operator]
    assert sum(labels) == sum(n for unit, n in heads.items() if side[unit] == SIDES[0])


@given(st.dictionaries(st.sampled_from([f"U{i}" for i in range(9)]), st.integers(1, 9), min_size=1))
def test_no_parting_is_more_even(heads: dict[str, int]) -> None:
    """Of all ways to part the units, none leaves a smaller difference; the order of the units changes nothing."""
    found = parted(heads)
    assert set(found) == set(heads)

    def off(sides: Mapping[str, str]) -> int:
        return abs(sum(n if sides[unit] == SIDES[0] else -n for unit, n in heads.items()))

    every = (dict(zip(heads, sides, strict=True)) for sides in product(SIDES, repeat=len(heads)))
    assert off(found) == min(off(sides) for sides in every)
    assert parted(dict(reversed(heads.items()))) == found


def _no_juniors(session: Session) -> None:
    session.execute(sa.update(Person).values(grade=Grade.senior))


def _no_leading_senior(session: Session) -> None:
    for person in session.exec(select(Person)):
        person.grade = Grade.junior if person.may_lead else Grade.senior


def _label_as_skill(session: Session) -> None:
    person = officers_of_department(session, HOST)[0]
    session.add(PersonSkill(person_id=person.id or 0, skill=SENIOR))


def _nothing(session: Session) -> None:
    assert session.exec(select(Person)).first() is not None


@pytest.mark.parametrize(
    ("composition", "spoil", "code"),
    [
        ({"grades": True}, _no_juniors, "drawing.sort-missing"),
        ({"grades": True}, _no_leading_senior, "drawing.sort-missing"),
        ({"grades": True}, _label_as_skill, "drawing.skill-reserved"),
        ({"mixed_units": True, "sides": [["U1"], ["U2"]]}, _nothing, "drawing.unit-without-side"),
        ({"teams": "only"}, _nothing, "drawing.pool-too-small"),
    ],
)
def test_a_sort_that_nobody_is_of_is_refused(
    composition: dict[str, Any], spoil: Callable[[Session], None], code: str, at: At
) -> None:
    """No junior, no senior who leads, a label as a skill, a unit without a side, one team only: nothing is frozen."""
    engine = at("empty")
    _graded(engine)
    play_form(engine, _form(**composition), "new")
    with writing(engine) as session:
        spoil(session)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        freeze(session, DRAW, act(2))
    assert caught.value.code == code
    assert caught.value.message("zh")
    assert caught.value.remedy("zh")
    with reading(engine) as session:
        assert session.exec(select(Draw.state)).one() is DrawState.new
