"""``draw visits, approval, approve, urgent, make-up, overdue``: the head's word over inspections (审批)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, now, refusals
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.visits.approval_form import ApprovalForm
    from inspect_engine.visits.approving import Decided

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
Chosen = Annotated[
    list[str] | None,
    typer.Option(
        "--visit", help="检查序号或盲码前 8 位以上；不写为全部未审批的 · by number or blind; else all left"
    ),
]
Ground = Annotated[str, typer.Option(help="理由 · ground")]
Approver = Annotated[str, typer.Option(help="机关负责人 · who decides")]
Refuse = Annotated[bool, typer.Option("--refuse", help="不予批准 · refuse")]
As = Annotated[str, typer.Option("--as", help="报批人 · who asks")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
On = Annotated[str, typer.Option(help="日期 YYYY-MM-DD，默认今天 · day, else today")]

#: Digits of a blind that a table shows; ``--json`` has all.
SHOWN = 16


def visits(draw: Draw, as_json: Json = False) -> None:
    """查看各次检查与审批结论，不显示名称 · Visits by number and blind, and what was decided."""
    from inspect_engine.drawing import approving

    with refusals(as_json), reading(engine()) as session:
        named = approving.visits(session, draw)
    rows = [(one.number, one.blind, one.state, one.decision or "-") for one in named]
    if as_json:
        show.as_json([dict(zip(("visit", "blind", "state", "decision"), row, strict=True)) for row in rows])
        return
    shown = [(number, blind[:SHOWN], state, decision) for number, blind, state, decision in rows]
    show.grid(f"检查 · Visits of {draw}", ["visit", "blind", "state", "decision"], shown)


def approval(draw: Draw, chosen: Chosen = None, on: On = "", as_json: Json = False) -> None:
    """审批表的内容：依据、来源、事项、方式、期限、人数、频次 · What the approval form states."""
    from inspect_engine.drawing import approving

    with refusals(as_json), reading(engine()) as session:
        form = approving.form_of(session, draw, chosen or [], _day(on))
    if as_json:
        show.as_json(asdict(form))
    else:
        _show_form(draw, form)


def approve(
    draw: Draw,
    ground: Ground,
    approver: Approver,
    chosen: Chosen = None,
    refuse: Refuse = False,
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """审批：整批或逐次，须在检查之前 · Approve, or refuse, all that is left or single visits."""
    from inspect_engine.drawing.approving import approve_draw

    with refusals(as_json), writing(engine()) as session:
        told = approve_draw(session, draw, chosen or [], approver, act(actor, ground), refused=refuse)
    _told(told, refuse, as_json)


def urgent(
    agency: Annotated[str, typer.Argument(help="机关代码 · agency")],
    target: Annotated[str, typer.Argument(help="检查对象代码 · the body's key")],
    ground: Ground,
    item: Annotated[list[str], typer.Option(help="子项编码 · sub-item")],
    team: Annotated[tuple[int, int], typer.Option(help="执法人员数、辅助人员数 · officers and helpers")] = (
        2,
        0,
    ),
    on: On = "",
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """报告紧急检查：先报告，后补办审批 · Report an urgent inspection before it begins."""
    from inspect_engine.visits.urgent import Urgent, report

    with refusals(as_json):
        wanted = Urgent(agency, target, tuple(item), _day(on), officers=team[0], helpers=team[1])
        with writing(engine()) as session:
            made = report(session, wanted, act(actor, ground))
            facts = {"visit": made.visit_id, "due": made.due.isoformat()}
    _say(as_json, "已报告，可以开始；须按期补办审批 · Reported; its approval is due", facts)


def make_up(
    visit: Annotated[int, typer.Argument(help="紧急检查编号 · urgent visit")],
    ground: Ground,
    approver: Approver,
    refuse: Refuse = False,
    actor: As = "抽取岗",
    as_json: Json = False,
) -> None:
    """补办紧急检查的审批，逾期如实记载 · Decide on an urgent inspection; late is recorded as late."""
    from inspect_engine.visits.urgent import make_up as decide

    with refusals(as_json), writing(engine()) as session:
        told = decide(session, visit, approver, act(actor, ground), refused=refuse)
    _told(told, refuse, as_json)


def overdue(on: On = "", as_json: Json = False) -> None:
    """逾期未补办审批的紧急检查 · Urgent inspections whose approval is overdue."""
    from inspect_engine.visits.approving import overdue as late

    with refusals(as_json), reading(engine()) as session:
        rows = [(row.visit_id, row.due.isoformat()) for row in late(session, _day(on))]
    if as_json:
        show.as_json([{"visit": visit, "due": due} for visit, due in rows])
    else:
        show.grid("逾期未补办 · Overdue", ["visit", "due"], rows)


def register(app: typer.Typer) -> None:
    """Add the commands to ``draw``."""
    commands: dict[str, Callable[..., None]] = {
        "visits": visits,
        "approval": approval,
        "approve": approve,
        "urgent": urgent,
        "make-up": make_up,
        "overdue": overdue,
    }
    for name, command in commands.items():
        app.command(name)(command)


def _day(text: str) -> date:
    if not text:
        return Act("", now()).local_day
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EngineError("drawing.bad-day", text=text) from error


def _told(told: Decided, refuse: bool, as_json: bool) -> None:
    title = "不予批准，不得实施 · Refused" if refuse else "已批准 · Approved"
    _say(as_json, title, {"approval": told.approval, "visits": len(told.visits), "late": told.late})


def _say(as_json: bool, title: str, rows: dict[str, Any]) -> None:
    if as_json:
        show.as_json(rows)
    else:
        show.facts(title, rows)


def _show_form(draw: str, form: ApprovalForm) -> None:
    show.facts(
        f"行政检查审批表 · Approval form of {draw}",
        {
            "依据 basis": "；".join(form.bases),
            "来源 source": "；".join(" ".join(source) for source in form.sources),
            "事项 items": "；".join(f"{code} {name}" for code, name in form.items),
            "方式 methods": "、".join(form.methods),
            "机关 agencies": "、".join(form.agencies),
            "期限 period": f"{form.first}..{form.last}",
        },
    )
    heads = ["visit", "period", "officers", "helpers", "items", "times this year"]
    rows = [
        (
            one.number,
            f"{one.first}..{one.last}",
            one.officers,
            one.helpers,
            " ".join(one.items),
            ", ".join(f"{agency} {times}" for agency, times in one.times),
        )
        for one in form.entries
    ]
    show.grid("逐次 · Each visit", heads, rows)
