"""Killed or out of disk in the middle of a step: the store is as before, and the step repeated gives the same."""

from __future__ import annotations

import os
import sqlite3
import zipfile
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from inspect_engine.drawing.packing import write_pack
from inspect_engine.errors import EngineError
from inspect_engine.events.log import check_log
from inspect_engine.store import open_store, reading, sqlite_url, writing
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, STATES, STEPS, act, dump, store_at

KILLED = 86
_BEFORE = dict(zip(STATES, ("empty", *STATES), strict=False))

Plant = Callable[[Engine, Callable[[], None]], None]


def _at_commit(engine: Engine, strike: Callable[[], None]) -> None:
    """Strike when all is written and nothing is committed."""
    sa.event.listen(engine, "commit", lambda _: strike())


def _at_first_write(engine: Engine, strike: Callable[[], None]) -> None:
    """Strike right after the first row was written."""
    _after_writes(engine, 1, strike)


def _in_the_middle(engine: Engine, strike: Callable[[], None]) -> None:
    """Strike between two rows that belong together."""
    _after_writes(engine, 3, strike)


def _at_the_event(engine: Engine, strike: Callable[[], None]) -> None:
    """Strike when the change is written and its event is to follow."""

    def watch(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO event "):
            strike()

    sa.event.listen(engine, "before_cursor_execute", watch)


def _after_writes(engine: Engine, number: int, strike: Callable[[], None]) -> None:
    left = [number]

    def count(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        left[0] -= statement.startswith(("INSERT", "UPDATE"))
        if left[0] <= 0:
            strike()

    sa.event.listen(engine, "after_cursor_execute", count)


PLANTS: tuple[Plant, ...] = (_at_first_write, _in_the_middle, _at_the_event, _at_commit)


def _die(url: str, state: str, plant: Plant) -> None:
    engine = open_store(url)
    plant(engine, lambda: os._exit(KILLED))
    STEPS[state](engine)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__[1:])
@pytest.mark.parametrize("state", STATES)
def test_a_kill_in_the_middle_of_a_step_leaves_nothing_behind(
    tmp_path: Path, at: At, state: str, plant: Plant
) -> None:
    """The process dies at the planted point; the restart finds the store of before and repeats to the same rows."""
    engine = store_at(_BEFORE[state], tmp_path)
    before = dump(engine)
    engine.dispose()
    url = sqlite_url(tmp_path / "engine.db")
    child = get_context("fork").Process(target=_die, args=(url, state, plant))
    child.start()
    child.join(120)
    assert child.exitcode == KILLED

    restarted = open_store(url)
    assert dump(restarted) == before
    STEPS[state](restarted)
    assert dump(restarted) == dump(at(state))
    with reading(restarted) as session:
        assert list(check_log(session)) == []
    restarted.dispose()


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__[1:])
@pytest.mark.parametrize("state", STATES)
def test_a_full_disk_refuses_a_step_in_words_and_changes_nothing(at: At, state: str, plant: Plant) -> None:
    """SQLite's refusal at any point of any step becomes ``store.disk-full``; with room again the step goes through."""
    engine = at(_BEFORE[state])
    before = dump(engine)
    full = [True]

    def strike() -> None:
        if full[0]:
            raise sa.exc.OperationalError("…", None, sqlite3.OperationalError("database or disk is full"))

    plant(engine, strike)
    with pytest.raises(EngineError) as caught:
        STEPS[state](engine)
    assert caught.value.code == "store.disk-full"
    full[0] = False
    assert dump(engine) == before
    STEPS[state](engine)
    assert dump(engine) == dump(at(state))


def test_the_points_of_death_are_different(at: At) -> None:
    """Each plant strikes in each step, and at another statement than the one before it, so that all are tried."""
    reached: dict[str, list[int]] = {}
    for state in STATES:
        for plant in PLANTS:
            engine = at(_BEFORE[state])
            count = [0]
            struck: list[int] = []

            def add(*_: Any, count: list[int] = count) -> None:
                count[0] += 1

            def strike(count: list[int] = count, struck: list[int] = struck) -> None:
                struck.append(count[0])

            sa.event.listen(engine, "before_cursor_execute", add)
            plant(engine, strike)
            STEPS[state](engine)
            assert struck
            reached.setdefault(state, []).append(struck[0])
    assert all(places[0] < places[1] for places in reached.values())
    assert all(places[0] < places[3] for places in reached.values())


# The pack's file


@pytest.mark.parametrize("copy", ["full", "public"])
def test_a_pack_is_written_whole_or_not_at_all(at: At, tmp_path: Path, copy: Any) -> None:
    """A pack can be read back with every file, and writing it again gives the same bytes."""
    engine, path = at("rostered"), tmp_path / "pack.zip"
    with writing(engine) as session:
        write_pack(session, DRAW, copy, path, act(20))
    first = path.read_bytes()
    assert zipfile.ZipFile(path).testzip() is None
    with writing(engine) as session:
        write_pack(session, DRAW, copy, path, act(21))
    assert path.read_bytes() == first


def test_a_pack_that_cannot_be_written_leaves_the_old_one(at: At, tmp_path: Path) -> None:
    """Where the folder is a file the refusal says so, and the log is not touched."""
    engine = at("rostered")
    (tmp_path / "nowhere").write_bytes(b"a file")
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        write_pack(session, DRAW, "full", tmp_path / "nowhere" / "pack.zip", act(20))
    assert caught.value.code == "drawing.pack-not-written"
    assert dump(engine) == before


def test_a_disk_that_fills_while_a_pack_is_written_leaves_the_old_one(
    at: At, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new pack is written beside the old one and takes its place only when it is whole."""
    engine, path = at("rostered"), tmp_path / "pack.zip"
    path.write_bytes(b"the old one")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        write_pack(session, DRAW, "full", path, act(20))
    assert caught.value.code == "drawing.pack-not-written"
    assert path.read_bytes() == b"the old one"
    assert [entry.name for entry in tmp_path.iterdir() if "pack" in entry.name] == ["pack.zip"]
