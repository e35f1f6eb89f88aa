"""A small county with the year's plan at every step, for the tests of plans: each step is run once and kept as a file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlmodel import Session

from fixtures.generate import county
from fixtures.load import load
from fixtures.plans import demo_plan
from inspect_engine.events.log import Act
from inspect_engine.events.posts import add_posts
from inspect_engine.migrations.run import upgrade
from inspect_engine.planning.plans import service
from inspect_engine.planning.plans.form import PlanForm, read_plan
from inspect_engine.registers.calendar import seed_calendar
from inspect_engine.store import open_store, reading, sqlite_url, writing
from solver.plan.result import Solved
from solver.plan.solve import solve

START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
PLAN = "339902-2026"
STEPS = ("empty", "draft", "solved", "approved", "filed", "published")


def act(actor: str = "计划岗", days: float = 0, ground: str = "") -> Act:
    """An act so many days after the year's first working week began."""
    return Act(actor, START + timedelta(days=days), ground)


def form() -> PlanForm:
    """The demo's form."""
    return read_plan(demo_plan())


def draft(session: Session) -> None:
    """Make the draft."""
    service.new_plan(session, form(), act())


def solved(engine: Engine, days: float = 0) -> None:
    """Give the draft its numbers."""
    with reading(engine) as session:
        made = service.ready(session, PLAN, act(days=days))
    found = solve(made.built.problem)
    assert isinstance(found, Solved), found
    with writing(engine) as session:
        service.keep(session, made, found, act(days=days))


def filed(session: Session, number: str = "备〔2026〕1号", days: float = 2) -> None:
    """File what is approved."""
    doing = act(days=days)
    service.file_plan(session, PLAN, number, "司法局", doing.local_day, doing)


@cache
def _stored(step: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="plan-"))
    path = folder / f"{step}.db"
    before = STEPS.index(step) - 1
    if before >= 0:
        shutil.copy(_stored(STEPS[before]), path)
    else:
        path.touch()
    engine = open_store(sqlite_url(path))
    _step(engine, step)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def _step(engine: Engine, step: str) -> None:
    if step == "empty":
        upgrade(engine)
    if step == "solved":
        solved(engine)
        return
    with writing(engine) as session:
        match step:
            case "empty":
                add_posts(session, act("系统"))
                seed_calendar(session, act("系统"), 2025, 2026)
                load(session, county("demo", 3000, 60, START.date()), act("登记岗"))
            case "draft":
                draft(session)
            case "approved":
                service.approve(session, PLAN, act("审批岗", days=1, ground="同意"))
            case "filed":
                filed(session)
            case "published":
                service.publish(session, PLAN, act("公示岗", days=3))


@contextmanager
def store(step: str, folder: Path) -> Iterator[Engine]:
    """A copy of the store as it is after a step, which a test may spoil."""
    path = folder / f"{step}.db"
    shutil.copy(_stored(step), path)
    engine = open_store(sqlite_url(path))
    try:
        yield engine
    finally:
        engine.dispose()
