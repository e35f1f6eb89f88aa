"""A plan form that the registers do not bear is refused with its code, and nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans import service
from inspect_engine.registers import tables as t
from inspect_engine.store import reading, writing
from tests.planning.bounds_world import ACT, TOWN, Change, built, form, line, store, task_of


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A session on a store of its own; what it writes and does not commit goes with the test."""
    engine = store(tmp_path)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def _region(made: dict[str, Any]) -> None:
    line(made, "T07")["scope"]["regions"] = ["990000"]


def _name(made: dict[str, Any]) -> None:
    line(made, "T04")["departments"][0]["department"] = "安监"


def _agency(made: dict[str, Any]) -> None:
    line(made, "T04")["departments"][0]["agency"] = "339902-ZZ"


def _after(made: dict[str, Any]) -> None:
    line(made, "T03")["batches"][0]["last"] = date(2026, 11, 11)


def _repealed(made: dict[str, Any]) -> None:
    line(made, "T08")["items"] = ["SJ09-1"]  # One version ends and the next begins on 1 July.


def _unknown_item(made: dict[str, Any]) -> None:
    line(made, "T08")["items"] = ["SJ99-1"]


def _department(made: dict[str, Any]) -> None:
    line(made, "T08")["items"] = ["SJ06-1@应急"]


def _nobody(made: dict[str, Any]) -> None:
    line(made, "T08")["scope"] = {"labels": ["没有这个标签"]}


def _mixed(made: dict[str, Any]) -> None:
    del line(made, "T02")["ratio"]


def _few(made: dict[str, Any]) -> None:
    line(made, "T05")["batches"].pop()


def _slice(made: dict[str, Any]) -> None:
    line(made, "T06")["ratio"] = {"form": "exact", "value": "1%"}  # Its items ask for 3%.


REFUSED: dict[str, Change] = {
    "plans.unknown-region": _region,
    "plans.department-name": _name,
    "plans.unknown-agency": _agency,
    "plans.after-end": _after,
    "plans.item-not-in-force": _repealed,
    "plans.item-department": _department,
    "plans.nobody-in-scope": _nobody,
    "plans.ratio-needed": _mixed,
    "plans.batches-few": _few,
    "plans.ratio-contradicts": _slice,
}


def _rows(session: Session) -> dict[str, int]:
    """Rows of every table that is stored."""
    return {
        table.name: session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        for table in SQLModel.metadata.sorted_tables
    }


@pytest.mark.parametrize(("code", "change"), [*REFUSED.items(), ("plans.item-not-in-force", _unknown_item)])
def test_what_the_registers_do_not_bear_is_refused(code: str, change: Change, tmp_path: Path) -> None:
    """A form that does not fit the registers is refused with its code as a draft and as a problem; nothing is stored."""
    engine = store(tmp_path)
    with reading(engine) as session:
        before = _rows(session)
        with pytest.raises(EngineError) as refused:
            built(session, change)
        assert refused.value.code == code
        assert "{" not in refused.value.message("zh") + refused.value.message("en")
    with pytest.raises(EngineError) as refused, writing(engine) as session:
        service.new_plan(session, form(change), ACT)
    assert refused.value.code == code
    with reading(engine) as session:
        assert _rows(session) == before
    with writing(engine) as session:
        service.new_plan(session, form(), ACT)
    engine.dispose()


def test_a_version_that_follows_serves_a_window_of_its_own(session: Session) -> None:
    """An item that is replaced in July may be drawn before or after it, each window with its version's minutes."""
    versions = session.exec(
        select(t.ItemVersion)
        .join(t.SubItem, col(t.SubItem.id) == col(t.ItemVersion.sub_item_id))
        .where(col(t.SubItem.code) == "SJ09-1")
        .order_by(col(t.ItemVersion.starts))
    ).all()
    assert [v.starts for v in versions] == [date(2023, 1, 1), date(2026, 7, 1)]
    for version, minutes in zip(versions, (31, 32), strict=True):
        version.minutes, version.state = minutes, t.ItemState.active
        session.add(version)
    session.flush()
    for first, last, minutes in ((4, 6, 31), (7, 9, 32)):

        def change(made: dict[str, Any], first: int = first, last: int = last) -> None:
            task = line(made, "T08")
            task["items"] = ["SJ09-1"]
            task["batches"] = [{"first": date(2026, first, 1), "last": date(2026, last, 30)}]

        assert task_of(built(session, change).problem.tasks, "T08").minutes == 2 * minutes
    with pytest.raises(EngineError) as refused:
        built(session, _repealed)
    assert refused.value.code == "plans.item-not-in-force"


def test_bodies_where_nobody_may_go_are_refused(session: Session) -> None:
    """A region with bodies and without officers is refused with its name before anything is solved."""
    session.commit()
    service.new_plan(session, form(), ACT)
    with pytest.raises(EngineError) as refused:
        service.ready(session, "339902-2026", ACT)
    assert refused.value.code == "plans.region-without-officers"
    assert refused.value.params["region"] == TOWN
