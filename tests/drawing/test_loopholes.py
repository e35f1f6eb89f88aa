"""Ways round the rules that somebody tried, each closed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from inspect_engine.drawing.changing import change
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.packing import write_pack
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Person
from inspect_engine.store import reading, writing
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, act, dump, entropy, files, open_draw, spec

DAY = 24 * 60


def test_f14_another_id_is_no_second_try(at: At) -> None:
    """The same items in windows that overlap are one draw, whatever id and task codes a form gives them."""
    engine = at("rostered")
    before = dump(engine)
    form = spec(draw_id="again").model_dump(mode="json")
    for n, task in enumerate(form["tasks"]):
        task["code"] = f"X{n}"
    for other in (spec(draw_id="again"), type(spec()).model_validate(form)):
        with pytest.raises(EngineError) as caught, writing(engine) as session:
            open_draw(session, other, act(90), entropy("again"))
        assert caught.value.code == "drawing.task-drawn-already"
    assert dump(engine) == before


def test_a_month_that_no_window_touches_is_no_month() -> None:
    """A form cannot call December's tasks November's."""
    raw = {**spec().model_dump(mode="json"), "month": "2026-11"}
    with pytest.raises(ValueError, match="no window touches the month"):
        type(spec()).model_validate(raw)


@pytest.mark.parametrize(("state", "step"), [("new", freeze), ("drawn", plan)])
def test_nothing_is_inspected_in_the_past(at: At, state: str, step: object) -> None:
    """When the window has run out a draw is not frozen and not planned; nothing is changed."""
    engine = at(state)
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        step(session, DRAW, act(60 * DAY))  # type: ignore[operator]
    assert caught.value.code in {"drawing.window-passed", "registers.calendar-unknown"}
    assert dump(engine) == before


def test_routes_begin_after_today(at: At) -> None:
    """A draw that is planned in the middle of its window uses only the days that are left."""
    engine = at("drawn")
    late = act(12 * DAY)
    with writing(engine) as session:
        plan(session, DRAW, late)
    days = [line.split(b'"date":"')[1][:10].decode() for line in files(engine)["4-routes.jsonl"].splitlines()]
    assert len(days) > 3
    assert all(date.fromisoformat(day) > late.local_day for day in days)


def test_no_public_copy_of_a_day_to_come(at: At, tmp_path: Path) -> None:
    """Cutoffs cannot be had early by naming a later day."""
    engine = at("rostered")
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        write_pack(
            session, DRAW, "public", tmp_path / "p.zip", act(90), act(90).local_day + timedelta(days=1)
        )
    assert caught.value.code == "drawing.future-copy"
    assert not (tmp_path / "p.zip").exists()


def test_the_chain_holds_no_personal_ground(at: At) -> None:
    """Why an officer is away stands in no event's bytes, and neither does the officer."""
    engine = at("routed")
    with reading(engine) as session:
        staff_no = (
            b'"person":"'.join(files(engine)["1-persons.jsonl"].split(b'"person":"')[1:2])
            .split(b'"')[0]
            .decode()
        )
        assert session.exec(select(Person).where(Person.staff_no == staff_no)).first() is not None
    day = date(2026, 12, 24)
    with writing(engine) as session:
        change(
            session,
            DRAW,
            staff_no,
            away=[(day, day)],
            approver="审批岗",
            act=act(60, ground="张三阑尾炎手术"),
        )
    code = files(engine)["1-persons.jsonl"].splitlines()[0].split(b'"officer":"')[1][:16]
    with reading(engine) as session:
        bodies = b"".join(event.body for event in session.exec(select(Event)))
    assert b"draw.changed" in bodies
    assert "阑尾炎".encode() not in bodies
    assert code not in bodies
