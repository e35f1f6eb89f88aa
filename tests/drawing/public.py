"""What the public sees of a draw at each date, and a month played for whoever attacks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine
from sqlmodel import col, select

from fixtures.world import World
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.rostering import draw_officers
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.sampling import draw_targets
from inspect_engine.drawing.staffing import staff
from inspect_engine.drawing.status import all_draws, status
from inspect_engine.drawing.steps import find_draw
from inspect_engine.events.tables import Event
from inspect_engine.store import open_store, reading, sqlite_url, writing
from solver.dr1.pack import manifest
from tests.drawing.world import DRAW, act, fill, give, open_draw, spec

#: A day inside all windows, and one after them.
INSIDE, AFTER = date(2026, 12, 20), date(2027, 1, 5)

Entropy = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Public:
    """All that anybody can read at one date: pack files, the bodies of all events, and the printed status."""

    files: Mapping[str, bytes]
    events: tuple[bytes, ...]
    status: str
    told: str

    @property
    def bytes(self) -> bytes:
        """Everything in one piece, to search in."""
        return b"\n".join(
            [*self.files.values(), *self.events, self.status.encode(), self.told.encode(), *self._names()]
        )

    def _names(self) -> Iterator[bytes]:
        return (name.encode() for name in self.files)

    def object(self, name: str) -> dict[str, Any]:
        """One of the pack's JSON objects."""
        read: dict[str, Any] = json.loads(self.files[name])
        return read


def look(engine: Engine, on: date, told: object = "") -> Public:
    """Collect the public's view: the public copy with its manifest, events, and what the last step printed."""
    with reading(engine) as session:
        draw = find_draw(session, DRAW)
        held = files_of(session, draw, "public", on)
        shown = {"manifest.json": manifest(held, "public", DRAW, draw.hash), **held}
        events = tuple(session.exec(select(Event.body).order_by(col(Event.seq))))
        printed = json.dumps([status(session, DRAW), all_draws(session)], ensure_ascii=False)
        return Public(shown, events, printed, json.dumps(told, ensure_ascii=False, default=str))


def play(
    path: Path, world: World, entropy: Entropy, until: str = "rostered"
) -> tuple[Engine, dict[str, Public]]:
    """Play a month in a new store; the public's view after each step, and once more after the window."""
    engine = open_store(sqlite_url(path))
    fill(engine, world)
    seen: dict[str, Public] = {}
    with writing(engine) as session:
        open_draw(session, spec(), act(1, "计划岗"), entropy)
    for minute, (state, step) in enumerate(_STEPS.items(), 2):
        seen[state] = look(engine, INSIDE, step(engine, minute))
        if state == until:
            break
    seen["closed"] = look(engine, AFTER)
    return engine, seen


def _run(step: Callable[..., Any]) -> Callable[[Engine, int], Any]:
    def run(engine: Engine, minute: int) -> Any:
        with writing(engine) as session:
            return step(session, DRAW, act(minute))

    return run


_STEPS: Mapping[str, Callable[[Engine, int], Any]] = {
    "frozen": _run(freeze),
    "seeded": lambda engine, minute: give(engine, "targets", minute),
    "drawn": _run(draw_targets),
    "routed": _run(plan),
    "staffed": _run(staff),
    "reseeded": lambda engine, minute: give(engine, "officers", minute),
    "rostered": _run(draw_officers),
}


def swapped(world: World) -> tuple[World, dict[str, str]]:
    """Give every body the place of another of the same kind and labels, and every officer that of a colleague.

    Returns
    -------
    World
        The same rows, in which other keys, names and staff numbers stand.
    dict of str to str
        Key or staff number of a place in the first world → the one that stands there in the second.
    """
    moved = _rotated([(row.key, (row.kind, row.labels)) for row in world.targets])
    moved |= _rotated([(row.staff_no, (row.agency_code, row.capacity)) for row in world.persons])
    names = {row.key: row.name for row in world.targets} | {row.staff_no: row.name for row in world.persons}

    def put(row: Any) -> Any:
        changes = {
            field: moved[getattr(row, field)]
            for field in ("key", "owner_key", "staff_no", "other")
            if getattr(row, field, None) in moved
        }
        if hasattr(row, "name") and changes:
            changes["name"] = names[next(iter(changes.values()))]
        return replace(row, **changes)

    parts = ("targets", "permits", "visits", "persons", "relations", "leave")
    return replace(world, **{part: tuple(put(row) for row in getattr(world, part)) for part in parts}), moved


def _rotated(rows: list[tuple[str, Any]]) -> dict[str, str]:
    groups: dict[Any, list[str]] = {}
    for name, group in rows:
        groups.setdefault(group, []).append(name)
    return {
        name: one[(i + 1 + len(one) // 3) % len(one)] for one in groups.values() for i, name in enumerate(one)
    }
