"""``draw head, consent, consents, joint, agree``: what several agencies, and a body, agree on (联合抽查、双预约)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, time
from typing import TYPE_CHECKING, Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.joint.consenting import Party

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
Agency = Annotated[str, typer.Argument(help="机关代码 · agency code")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


def head(
    agency: Agency,
    name: Annotated[str, typer.Argument(help="审批人 · who approves for it")],
    actor: As = "登记岗",
    as_json: Json = False,
) -> None:
    """登记某机关的审批人 · Register who approves for an agency."""
    from inspect_engine.drawing.joint.consenting import add_head

    with refusals(as_json), writing(engine()) as session:
        add_head(session, agency, name, act(actor))
    facts = {"agency": agency, "approver": name}
    if as_json:
        show.as_json(facts)
    else:
        show.facts("已登记审批人 · Approver registered", facts)


def consent(
    draw: Draw,
    agency: Agency,
    approver: Annotated[str, typer.Option(help="该机关的审批人 · that agency's approver")],
    ground: Annotated[str, typer.Option(help="依据 · ground")],
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """联合抽查委托：该机关同意由实施机关代为抽取 · An agency lets the operator draw for it."""
    from inspect_engine.drawing.joint import consenting

    with refusals(as_json), writing(engine()) as session:
        rows = consenting.consent(session, draw, agency, approver, act(actor, ground))
    _show(draw, rows, as_json)


def consents(draw: Draw, as_json: Json = False) -> None:
    """查看联合抽查委托 · Whose word a joint draw has, and whose it waits for."""
    from inspect_engine.drawing.joint.consenting import parties
    from inspect_engine.drawing.steps import find_draw

    with refusals(as_json), reading(engine()) as session:
        rows = parties(session, find_draw(session, draw))
    _show(draw, rows, as_json)


def _show(draw: str, rows: list[Party], as_json: bool) -> None:
    if as_json:
        show.as_json([{"agency": r.agency, "department": r.department, "approver": r.approver} for r in rows])
    else:
        heads = ["机关 agency", "部门 department", "同意人 approver"]
        show.grid(
            f"联合抽查委托 · Consents of {draw}",
            heads,
            [(r.agency, r.department, r.approver or "-") for r in rows],
        )


def joint(draw: Draw, as_json: Json = False) -> None:
    """综合查一次成效，只有数字 · What joint visits save, in counts."""
    from inspect_engine.drawing.joint.agreeing import joint as of

    with refusals(as_json), reading(engine()) as session:
        found = of(session, draw)
    one = found.figures
    if as_json:
        rate = {"joint_rate": one.joint_rate, "joint_rate_target": found.target}
        more = {"visits_saved": one.saved, "minutes_saved": one.minutes_saved}
        show.as_json({**asdict(one), **rate, **more})
        return
    target = f"{found.target / 10_000:g}% ({found.source})" if found.target is not None else "-"
    show.facts(
        f"综合查一次 · Joint visits of {draw}",
        {
            "检查 visits": one.visits,
            "对象 bodies": one.bodies,
            "联合检查 joint visits": one.joint,
            "联合监管率 joint rate": f"{one.joint_rate / 10_000:.2f}%",
            "目标 target": target,
            "多任务 of several tasks": one.several_tasks,
            "一部门多机构 of several units of a department": one.several_units,
            "各办各的检查 visits alone": one.alone,
            "少上门 visits saved": one.saved,
            "少用分钟 minutes saved": one.minutes_saved,
            "牵头 hosts": _counts(one.hosts),
            "参与 joiners": _counts(one.joiners),
        },
    )


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "-"


def agree(
    draw: Draw,
    visit: Annotated[str, typer.Argument(help="检查编号 · number of the visit")],
    day: Annotated[str, typer.Argument(help="日期 YYYY-MM-DD · day")],
    at: Annotated[str, typer.Option(help="时刻 HH:MM · hour at which it begins")] = "",
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """双预约：排批次之前与对象约定日期 · Note a day agreed with a body, before routes are made."""
    from inspect_engine.drawing.joint.agreeing import agree_visit

    with refusals(as_json):
        said, hour = _day(day), _hour(at)
        with writing(engine()) as session:
            number, agreed = agree_visit(session, draw, visit, said, hour, act(actor))
    facts = {"visit": number, "day": agreed.isoformat(), "at": at or "-"}
    if as_json:
        show.as_json(facts)
    else:
        show.facts("已约定 · Agreed", facts)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EngineError("drawing.bad-day", text=text) from error


def _hour(text: str) -> time | None:
    if text and len(text) != len("HH:MM"):
        raise EngineError("joint.bad-hour", text=text)
    try:
        return time.fromisoformat(text) if text else None
    except ValueError as error:
        raise EngineError("joint.bad-hour", text=text) from error


def register(app: typer.Typer) -> None:
    """Put the commands under ``draw``."""
    for command in (head, consent, consents, joint, agree):
        app.command()(command)
