"""``draw short, remedy, name-team``: where officers are short, and what is lawfully done about it (人员缺口)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals
from inspect_engine.cli.reading import day_of
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.shortage.remedies import Offer

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
Ground = Annotated[str, typer.Option(help="理由 · ground")]
Approver = Annotated[str, typer.Option(help="批准人 · approver")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]

#: Kinds of remedies in words.
KINDS = {
    "move": "改期 move dates",
    "call_in": "异地借调 call in",
    "widen": "放宽专长 widen skill",
    "expert": "专家随行 expert beside",
    "fewer": "减少抽取 fewer targets",
    "direct": "直接委派 direct assignment",
}


def short(draw: Draw, as_json: Json = False) -> None:
    """人员为什么不够，可以怎样处置，各有什么效果 · Why officers are short, and each lawful remedy with its effect."""
    from inspect_engine.drawing.shortage import remedies

    with refusals(as_json), reading(engine()) as session:
        found = remedies.short(session, draw, act("查询").local_day)
    if as_json:
        show.as_json(
            {
                "causes": [{"zh": one.words("zh"), "en": one.words("en")} for one in found.causes],
                "remedies": [asdict(one) for one in found.offers],
                "without": [{"kind": kind, "proved": proved} for kind, proved in found.without],
            }
        )
        return
    if not found.causes:
        show.facts(f"人员足够 · Officers suffice: {draw}", {"next": "staff"})
        return
    show.grid(
        "原因 · Causes", ["原因 · cause"], [(f"{c.words('zh')}\n{c.words('en')}",) for c in found.causes]
    )
    heads = ["处置 remedy", "标记 mark", "大小 size", "最小 least", "效果 effect"]
    rows = [(_kind(o.kind), o.mark, o.size, "✓" if o.proved else "?", _effect(o)) for o in found.offers]
    show.grid("可行的处置 · Remedies", heads, rows)
    none = [
        (_kind(kind), "已证明 proved" if proved else "未找到 not found") for kind, proved in found.without
    ]
    show.grid("不可行的 · What does not help", ["处置 remedy", ""], none)


def remedy(
    draw: Draw,
    mark: Annotated[str, typer.Argument(help="draw short 所示的标记 · the mark that draw short shows")],
    ground: Ground,
    approver: Approver,
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """采用一项处置，记录在案 · Take a remedy, on the record."""
    from inspect_engine.drawing.shortage import remedies

    with refusals(as_json), writing(engine()) as session:
        taken = remedies.take(session, draw, mark, approver, act(actor, ground))
    if as_json:
        show.as_json(asdict(taken))
    else:
        show.facts("已采用 · Taken", {_kind(taken.kind): _effect(taken), "next": "staff"})


def name_team(
    draw: Draw,
    route: Annotated[str, typer.Argument(help="批次 · route")],
    officer: Annotated[list[str], typer.Option(help="岗位=工号 · SLOT=STAFF_NO, for every slot")],
    ground: Ground,
    approver: Approver,
    day: Annotated[str, typer.Option(help="改在这一天 YYYY-MM-DD · on another day")] = "",
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """负责人指定直接委派批次的人员 · Name the team of a route taken out of the lottery."""
    from inspect_engine.drawing.shortage.naming import name_team as name

    with refusals(as_json):
        team, on = _team(officer), day_of(day) if day else None
        with writing(engine()) as session:
            count = name(session, draw, route, team, approver, act(actor, ground), day=on)
    facts = {"route": route, "slots": len(team), "本次抽取直接委派岗位数 slots by name so far": count}
    if as_json:
        show.as_json({"route": route, "slots": len(team), "by_name": count})
    else:
        show.facts("已指定 · Named", facts)


def _team(said: list[str]) -> dict[str, str]:
    team: dict[str, str] = {}
    for text in said:
        slot, _, staff_no = text.partition("=")
        if not slot or not staff_no or slot in team:
            raise EngineError("drawing.team-unlawful", fault="SLOT=STAFF_NO", slot=text)
        team[slot] = staff_no
    return team


def _kind(kind: str) -> str:
    return " + ".join(KINDS[one] for one in kind.split("+"))


def _effect(offer: Offer) -> str:
    """What a remedy would do, line by line; only what is touched."""
    effect = offer.effect
    lines = [f"{m['route']}: {m['before']} → {m['after']}" for m in effect["moved"]]
    lines += [f"{c['day']}: {c['needed']} / {c['able']} 人异地到岗 called in" for c in effect["called"]]
    lines += [f"{w['slot']}: {w['skill']} → {w['wider']}" for w in effect["widened"]]
    lines += [f"{b['route']} {b['date']}: {b['expert']}（{b['skill']}）" for b in effect["beside"]]
    lines += [_stratum(s) for s in effect["strata"]]
    lines += [_named(n) for n in effect["by_name"]]
    before, after = effect["before"], effect["after"]
    lines += [
        f"{words}: {before[name]} → {after[name]}"
        for name, words in (("visits", "检查 visits"), ("slots", "抽取岗位 drawn slots"))
        if before[name] != after[name]
    ]
    return "\n".join(lines)


def _stratum(one: Mapping[str, Any]) -> str:
    taken, chance = one["taken"], one["chance"]
    return f"{one['task']}/{one['stratum']}: {taken[0]} → {taken[1]}（{chance[0]} → {chance[1]}）"


def _named(one: Mapping[str, Any]) -> str:
    free = "、".join(f"{department} {number}" for department, number in one["free"].items())
    short = sum(max(0, number) for number in one["free"].values()) < one["slots"]
    other = "；当天人手不够，须另择日 needs another day" if short else ""
    return (
        f"{one['route']} {one['date']}: {one['slots']} 岗位由负责人指定 by name（空闲 free: {free}{other}）"
    )


def register(app: typer.Typer) -> None:
    """Put the commands under ``draw``."""
    commands: dict[str, Callable[..., None]] = {"short": short, "remedy": remedy, "name-team": name_team}
    for name, command in commands.items():
        app.command(name)(command)
