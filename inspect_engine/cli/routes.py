"""``draw routes, calendar``: visits on routes and dates (批次与日期)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.routes.calendar import Aside

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
ASIDE = ("streets", "joint-days", "seasons")


def routes(
    draw: Draw,
    aside: Annotated[
        list[str] | None,
        typer.Option(help="放宽的排期规则 · rule to set aside: streets, joint-days, seasons"),
    ] = None,
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """安排批次与日期 · Put visits on routes and dates."""
    from inspect_engine.drawing import service

    with refusals(as_json):
        chosen = _aside(aside or [])
        with writing(engine()) as session:
            counts = service.plan(session, draw, act(actor), aside=chosen)
    if as_json:
        show.as_json(counts)
    else:
        show.facts("批次已排 · Routes planned", _words(counts))


def _aside(said: list[str]) -> frozenset[Aside]:
    for word in said:
        if word not in ASIDE:
            raise EngineError("drawing.aside-unknown", word=word, known=", ".join(ASIDE))
    return frozenset(cast("list[Aside]", said))


def _words(counts: dict[str, int]) -> dict[str, Any]:
    """Counts for people: what is nil and needs no word is left out."""
    shown: dict[str, Any] = {
        "检查 visits": counts["visits"],
        "批次 routes": counts["routes"],
        "其中案头 desk": counts["desk"],
        "岗位 slots": counts["slots"],
        "用到的日子 days": counts["days"],
        "路上小时 hours of road": f"{counts['road'] / 60:.1f}",
    }
    notes = {
        "over": "超过一天的批次 routes longer than a day",
        "shut": "期限内天天休息的对象，须约定日期 visits whose body is shut on every day: agree a date",
        "short": "缺的人日 officer-days short",
    }
    return shown | {words: counts[name] for name, words in notes.items() if counts[name]}


def calendar(draw: Draw, as_json: Json = False) -> None:
    """查看日程：每天的批次与岗位，不显示名称 · Days of a draw in counts."""
    from inspect_engine.drawing.routes.schedule import Day, schedule

    with refusals(as_json), reading(engine()) as session:
        days = schedule(session, draw)
    if as_json:
        show.as_json([asdict(one) | {"day": one.day.isoformat()} for one in days])
    else:
        heads = [head.replace(" ", "\n") for head in Day.HEADS]  # narrow, so that a day stays on one line
        show.grid(f"日程 · Calendar of {draw}", heads, [one.row() for one in days])


def register(app: typer.Typer) -> None:
    """Put the commands under ``draw``."""
    app.command()(routes)
    app.command()(calendar)
