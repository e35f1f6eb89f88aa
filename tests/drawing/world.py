"""A small county and its draw at every step, for the tests of a draw's whole way.

Each step is run once for a session and kept as a file; a test gets a copy, so that it may spoil it. Times,
entropy and dice are fixed: the same call gives the same bytes.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, SQLModel

import inspect_engine.schema
from fixtures.consents import consent_all
from fixtures.generate import county
from fixtures.load import load
from fixtures.tasks import Party, demo_form
from fixtures.world import World
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.opening import open_draw as _open_draw
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.sampling import draw_targets
from inspect_engine.drawing.seeding import Given, contribute
from inspect_engine.drawing.steps import find_draw
from inspect_engine.drawing.tables import Draw, DrawFile
from inspect_engine.events.log import Act
from inspect_engine.events.posts import add_posts
from inspect_engine.migrations.run import upgrade
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.registers.calendar import seed_calendar
from inspect_engine.store import open_store, reading, sqlite_url, writing
from solver.dr1.seed import share_commitment

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
PARTY = "纪检监察组"
SHARE = "ab" * 32
DICE = {"targets": "31415926535897932384", "officers": "27182818284590452353"}
DRAW = "330000-2026-12"

#: The states of a draw in their only order.
STATES = ("new", "frozen", "seeded", "drawn", "routed", "staffed", "reseeded", "rostered")

_TASKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("T01", "餐饮", {"strata": ["class"], "reserve": 2}),
    ("T02", "特种设备使用", {"strata": ["class"], "reserve": 1}),
    ("T03", "", {"strata": ["class"], "method": "paper"}),
    ("T06", "食品经营", {"strata": [], "kind": "uniform"}),
)


def act(minutes: float = 0, actor: str = "抽取岗", ground: str = "") -> Act:
    """An act so many minutes after the month's start."""
    return Act(actor, START + timedelta(minutes=minutes), ground)


def entropy(name: str = "entropy") -> Callable[[], str]:
    """64 hex digits a call, always the same in a test."""
    numbers = iter(range(1_000))
    return lambda: hashlib.sha256(f"{name} {next(numbers)}".encode()).hexdigest()


def form(month: str = "2026-12", draw_id: str = DRAW, **changes: Any) -> dict[str, Any]:
    """Order form of the small county: four of the demo's tasks, its own share and dice."""
    made = tomllib.loads(demo_form([Party(PARTY, share_commitment(PARTY, SHARE))], month))
    tasks = {task["code"]: task for task in made["tasks"]}
    made["tasks"] = [tasks[code] | extra for code, _, extra in _TASKS]
    made["draw_id"] = draw_id
    return deepcopy(made | changes)


def spec(**changes: Any) -> DrawSpec:
    """Read the form with some of its top entries changed."""
    return DrawSpec.model_validate(form(**changes))


@cache
def small() -> World:
    """Return a county of 400 targets and 24 officers."""
    return county("small", 400, 24)


def shuffled(world: World, salt: str) -> World:
    """Return the same world with the rows of every register in another order, parents still first."""

    def order(name: str, rows: tuple[Any, ...]) -> tuple[Any, ...]:
        if name in ("regions", "agencies"):
            return rows
        ranked = [(hashlib.sha256(f"{salt}{name}{i}".encode()).digest(), i) for i in range(len(rows))]
        return tuple(rows[i] for _, i in sorted(ranked))

    moved = {f.name: order(f.name, getattr(world, f.name)) for f in fields(world) if _is_rows(world, f.name)}
    return replace(world, **moved)


def _is_rows(world: World, name: str) -> bool:
    return isinstance(getattr(world, name), tuple)


def fill(engine: Engine, world: World) -> None:
    """Migrate an empty store and load a world with posts and calendar."""
    upgrade(engine)
    with writing(engine) as session:
        add_posts(session, act())
        seed_calendar(session, act(), 2025, 2026)
        load(session, world, act())


def open_draw(session: Session, order: DrawSpec, one: Act, entropy_: Callable[[], str]) -> Draw:
    """Open a draw, with every agency's word that it may be drawn."""
    draw = _open_draw(session, order, one, entropy_)
    consent_all(session, draw.draw_id, one.at)
    return draw


def give(engine: Engine, stage: str, minutes: float, draw_id: str = DRAW) -> None:
    """Give a stage all that its rule wants."""
    given = [Given("dice", value=DICE[stage])]
    if stage == "targets":
        given.insert(0, Given("share", PARTY, SHARE))
    with writing(engine) as session:
        contribute(session, draw_id, given, [], act(minutes))


def _one(step: Callable[[Session, str, Act], Any], minutes: float) -> Callable[[Engine], None]:
    def run(engine: Engine) -> None:
        with writing(engine) as session:
            step(session, DRAW, act(minutes))

    return run


def _open(engine: Engine) -> None:
    with writing(engine) as session:
        open_draw(session, spec(), act(1, "计划岗"), entropy())


def _staff(session: Session, draw_id: str, one: Act) -> str:
    from inspect_engine.drawing.staffing import staff

    return staff(session, draw_id, one)


def _officers(session: Session, draw_id: str, one: Act) -> Mapping[str, int]:
    from inspect_engine.drawing.rostering import draw_officers

    return draw_officers(session, draw_id, one)


#: What brings the small county's draw into each state, from the one before.
STEPS: Mapping[str, Callable[[Engine], None]] = {
    "new": _open,
    "frozen": _one(freeze, 2),
    "seeded": lambda engine: give(engine, "targets", 3),
    "drawn": _one(draw_targets, 4),
    "routed": _one(plan, 5),
    "staffed": _one(_staff, 6),
    "reseeded": lambda engine: give(engine, "officers", 7),
    "rostered": _one(_officers, 8),
}


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="draws-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _template(state: str) -> Path:
    path = _folder() / f"{state}.db"
    if state == "empty":
        engine = open_store(sqlite_url(path))
        fill(engine, small())
    else:
        before = "empty" if state == STATES[0] else STATES[STATES.index(state) - 1]
        shutil.copy(_template(before), path)
        engine = open_store(sqlite_url(path))
        STEPS[state](engine)
    engine.dispose()
    return path


def store_at(state: str, folder: Path, name: str = "engine.db") -> Engine:
    """Return a store of its own whose draw is in ``state``; ``empty`` has registers and no draw."""
    path = folder / name
    shutil.copy(_template(state), path)
    return open_store(sqlite_url(path))


def dump(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, for comparing a store before and after."""
    tables: dict[str, sa.Table] = dict(SQLModel.metadata.tables)
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]
            for name, table in sorted(tables.items())
        }


def files(engine: Engine, draw_id: str = DRAW) -> dict[str, bytes]:
    """Return the draw's files, as they were hashed."""
    with reading(engine) as session:
        draw = find_draw(session, draw_id)
        rows = session.execute(sa.select(DrawFile).where(DrawFile.draw_id == draw.id)).scalars()  # type: ignore[arg-type]
        return {row.name: row.content for row in rows}


def digits(seed: str, count: int) -> Iterator[str]:
    """Dice rolls for many trials: ``count`` strings of 20 digits out of a hash."""
    for i in range(count):
        yield str(int(hashlib.sha256(f"{seed} {i}".encode()).hexdigest(), 16))[-20:]


assert inspect_engine.schema.metadata is SQLModel.metadata
