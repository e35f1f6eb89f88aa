"""Draws at the state ``drawn`` for benchmarks: an invented prefecture, and one of its counties with more to do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine

from fixtures.generate import county, prefecture
from fixtures.load import load
from fixtures.places import DEPARTMENTS, bureau
from fixtures.tasks import Party, demo_form
from fixtures.world import World
from inspect_engine.events.log import Act
from inspect_engine.registers.tables import Level
from inspect_engine.store import open_store, sqlite_url, writing
from solver.dr1.encoding import hexdigest, text
from solver.dr1.seed import share_commitment

START = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
SHARE, PARTY = "cd" * 32, "公证处"
DRAW = "339900-2026-12"


@dataclass(frozen=True, slots=True)
class Size:
    """A case: counties, targets and officers of the world; rows drawn of each task in each county."""

    counties: int
    targets: int
    officers: int
    takes: dict[str, int]


CASES = {
    "county": Size(1, 6_000, 90, {"T01": 110, "T02": 60, "T03": 60, "T05": 45, "T06": 120}),
    "prefecture": Size(7, 20_000, 220, {"T01": 60, "T02": 35, "T03": 25, "T05": 20, "T06": 32}),
}


def world_of(size: Size) -> World:
    """Make the world of a case."""
    if size.counties == 1:
        return county("dating", size.targets, size.officers)
    return prefecture("dating", size.counties, size.targets, size.officers)


def form_of(world: World, size: Size) -> dict[str, Any]:
    """The demo's tasks in every county, each with its own departments and a number instead of ratios."""
    made = tomllib.loads(demo_form([Party(PARTY, share_commitment(PARTY, SHARE))]))
    base = {task["code"]: task for task in made["tasks"] if task["code"] in size.takes}
    places = [place for place in world.regions if place.level is Level.county]
    names = {one.code: one.department for one in world.agencies}
    tasks = [
        _task(deepcopy(task), place.code, names, f"{code}-{i}", size.takes[code])
        for i, place in enumerate(places, 1)
        for code, task in base.items()
    ]
    operator = bureau(places[0].code if size.counties == 1 else "339900", "市监")
    return made | {"draw_id": DRAW, "operator": operator, "tasks": tasks}


def _task(task: dict[str, Any], region: str, names: dict[str, str], code: str, take: int) -> dict[str, Any]:
    own = {trade: names[bureau(region, trade)] for trade in DEPARTMENTS}
    task["items"] = [_item(item, own) for item in task["items"]]
    task["scope"] = task["scope"] | {"regions": [region]}
    task["strata"], task["ratios"] = [], {"form": "count", "all": str(take)}
    task["departments"] = [
        one | {"department": own[one["department"]], "agency": bureau(region, one["department"])}
        for one in task["departments"]
    ]
    return task | {"code": code}


def _item(item: str, own: dict[str, str]) -> str:
    name, at, department = item.partition("@")
    return f"{name}@{own[department]}" if at else name


def drawn(folder: Path, name: str) -> Engine:
    """Take a case's draw to the state ``drawn`` in a store of its own."""
    from fixtures.consents import consent_all
    from inspect_engine.drawing.sampling import draw_targets
    from inspect_engine.drawing.seeding import Given, contribute
    from inspect_engine.drawing.service import freeze, open_draw
    from inspect_engine.events.posts import add_posts
    from inspect_engine.migrations.run import upgrade
    from inspect_engine.planning.spec import spec_of_values
    from inspect_engine.registers.calendar import seed_calendar

    size = CASES[name]
    world = world_of(size)
    engine = open_store(sqlite_url(folder / f"{name}.db"))
    upgrade(engine)
    with writing(engine) as session:
        add_posts(session, act(0))
        seed_calendar(session, act(0), 2025, 2026)
        load(session, world, act(0))
    with writing(engine) as session:
        open_draw(session, spec_of_values(form_of(world, size)), act(1, "计划岗"), _entropy())
        consent_all(session, DRAW, act(1).at)
    with writing(engine) as session:
        freeze(session, DRAW, act(2))
    with writing(engine) as session:
        given = [Given("share", PARTY, SHARE), Given("dice", value="31415926535897932384")]
        contribute(session, DRAW, given, [], act(3))
    with writing(engine) as session:
        draw_targets(session, DRAW, act(4))
    return engine


def act(minutes: int, actor: str = "抽取岗") -> Act:
    """An act so many minutes after the start."""
    return Act(actor, START + timedelta(minutes=minutes))


def _entropy() -> Any:
    numbers: Iterable[int] = range(1_000)
    secrets = iter(hexdigest(text("benchmarks/dating", str(i))) for i in numbers)
    return lambda: next(secrets)
