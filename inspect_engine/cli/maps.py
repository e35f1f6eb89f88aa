"""``draw map``: a day's routes as a picture and as GeoJSON (批次地图)."""

from __future__ import annotations

import os
from datetime import date
from errno import EEXIST, ENOENT
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals, write_text
from inspect_engine.errors import EngineError
from inspect_engine.store import writing

if TYPE_CHECKING:
    from inspect_engine.visits.maps import RouteMap

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


def draw_day(
    draw: Draw,
    day: Annotated[
        str, typer.Option(help="日期 YYYY-MM-DD，不写为全部日期（只限 GeoJSON） · day; else all")
    ] = "",
    region: Annotated[str, typer.Option(help="只看这个县的代码 · code of the one county to show")] = "",
    svg: Annotated[Path | None, typer.Option(help="地图写到 · write the picture to")] = None,
    geojson: Annotated[Path | None, typer.Option(help="GeoJSON 写到 · write GeoJSON to")] = None,
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """批次地图与 GeoJSON，只标编号，查看留痕 · Map routes by number; that somebody looked is logged."""
    from inspect_engine.drawing.routes.mapping import map_of
    from inspect_engine.visits.geojson import geojson as features
    from inspect_engine.visits.map_picture import draw_map

    with refusals(as_json):
        _check(day, svg, geojson)
        chosen = _day(day) if day else None
        with writing(engine()) as session:
            found = map_of(session, draw, act(actor), chosen, region)
        # The look is on the record before anything can be seen; the list is sealed, so the files are the user's alone.
        if svg is not None:
            write_text(svg, draw_map(found), 0o600)
        if geojson is not None:
            write_text(geojson, features(found), 0o600)
    _told(found, as_json)


def _check(day: str, *files: Path | None) -> None:
    """Refuse what cannot be written before anything is looked at."""
    named = [path for path in files if path is not None]
    if not named:
        raise EngineError("maps.no-file")
    if files[0] is not None and not day:
        raise EngineError("maps.no-day")
    for path in named:
        fault = EEXIST if path.exists() or named.count(path) > 1 else 0 if path.parent.is_dir() else ENOENT
        if fault:
            raise EngineError("cli.file-not-written", path=str(path), fault=os.strerror(fault))


def _told(found: RouteMap, as_json: bool) -> None:
    facts = {
        "days": len({route.day for route in found.routes}),
        "counties": len(found.regions),
        "routes": len(found.routes),
        "visits": found.visits,
        "desk_routes": found.desk_routes,
    }
    if as_json:
        show.as_json(facts)
        return
    words = (
        "日子 days",
        "县 counties",
        "外出批次 routes",
        "检查 visits",
        "案头批次（不上图）desk, not drawn",
    )
    show.facts("批次地图 · Map of routes", dict(zip(words, facts.values(), strict=True)))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EngineError("drawing.bad-day", text=text) from error


def register(app: typer.Typer) -> None:
    """Put the command under ``draw``."""
    app.command("map")(draw_day)
