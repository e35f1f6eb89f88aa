"""A small county with a town of its own, visits of every kind, and the demo's plan form, for the tests of a plan's bounds."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tomllib import loads
from typing import Any

from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from fixtures.generate import county
from fixtures.plans import demo_plan
from inspect_engine.events.log import Act
from inspect_engine.planning.plans.bounds import Built, build
from inspect_engine.planning.plans.form import PlanForm, plan_of
from inspect_engine.registers import tables as t
from inspect_engine.store import open_store, sqlite_url, writing
from solver.plan.problem import Task
from tests.drawing.world import fill

Change = Callable[[dict[str, Any]], None]

DAY = date(2026, 1, 5)
ACT = Act("计划岗", datetime(2026, 1, 5, 1, tzinfo=UTC))
SJ, YJ, HB = "339902-SJ", "339902-YJ", "339902-HB"
COUNTY, TOWN = "339902", "339902001"


@cache
def _stored() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bounds-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "empty.db"
    engine = open_store(sqlite_url(path))
    fill(engine, county("x", 400, 24, DAY))
    with writing(engine) as session:
        _spoil(session)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def _spoil(session: Session) -> None:
    """A third of the bodies go to a town that answers for itself; many are visited, some to their cap or frequency."""
    for target in session.exec(select(t.Target).order_by(col(t.Target.key))):
        id_ = target.id or 0
        if id_ % 3 == 0:
            target.supervising_region = TOWN
            session.add(target)
        for n in range(id_ % 4):
            agency = (SJ, HB)[id_ % 2]
            origin = t.Origin.reactive if id_ % 5 == 0 else t.Origin.draw
            item = ("SJ03-1", "SJ04-1", "SJ06-1", None)[id_ % 7 % 4]
            # Two papers of one day are one visit, but each counts toward its own item.
            for paper in range(1 + (id_ % 11 == 0)):
                session.add(
                    t.PastVisit(
                        agency_code=agency,
                        target_id=id_,
                        day=date(2026, 1, 2 + n),
                        origin=origin,
                        on_site=id_ % 13 != 0,
                        sub_item_code=item,
                        reference=f"{n}-{paper}",
                    )
                )


def store(folder: Path) -> Engine:
    """A store of its own, which a test may spoil."""
    path = folder / "engine.db"
    shutil.copy(_stored(), path)
    return open_store(sqlite_url(path))


def values(**changes: Any) -> dict[str, Any]:
    """The demo's form as plain values, some top entries changed."""
    return deepcopy(loads(demo_plan())) | changes


def line(made: dict[str, Any], code: str) -> dict[str, Any]:
    """A task of the form's values, to be changed in place."""
    return next(one for one in made["tasks"] if one["code"] == code)


def form(change: Change | None = None) -> PlanForm:
    """The demo's form, changed."""
    made = values()
    if change:
        change(made)
    return plan_of(made)


def built(session: Session, change: Change | None = None) -> Built:
    """The problem of the demo's form."""
    return build(session, form(change), DAY)


def task_of(tasks: Iterable[Task], code: str) -> Task:
    """A line of the problem."""
    return next(task for task in tasks if task.name == code)
