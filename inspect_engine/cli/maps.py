"""``draw map``: a day's routes as a picture and as GeoJSON (批次地图)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals, write_text
from inspect_engine.errors import EngineError
from inspect_engine.store import writing

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


def draw_day(
    draw: Draw,
    day: Annotated[str, typer.Option(help="日期 YYYY-MM-DD，缺省为首日 · day, the first by default")] = "",
    svg: Annotated[Path | None, typer.Option(help="地图写到 · write the picture to")] = None,
    geojson: Annotated[Path | None, typer.Option(help="GeoJSON 写到 · write GeoJSON to")] = None,
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """一天的批次地图，只标编号，查看留痕 · Map a day's routes by number; that somebody looked is logged."""
    from inspect_engine.drawing.mapping import map_of
    from inspect_engine.visits.geojson import geojson as lines
    from inspect_engine.visits.maps import draw_map

    with refusals(as_json):
        if svg is None and geojson is None:
            raise EngineError("joint.no-file")
        chosen = _day(day) if day else None
        with writing(engine()) as session:
            found = map_of(session, draw, act(actor), chosen)
        if svg is not None:
            write_text(svg, draw_map(found), 0o600)
        if geojson is not None:
            write_text(geojson, lines(found), 0o600)
    facts = {
        "day": found.day.isoformat(),
        "routes": len(found.routes),
        "visits": sum(len(route.stops) for route in found.routes),
    }
    if as_json:
        show.as_json(facts)
    else:
        show.facts("批次地图 · Map of routes", facts)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EngineError("drawing.bad-day", text=text) from error


def register(app: typer.Typer) -> None:
    """Put the command under ``draw``."""
    app.command("map")(draw_day)
