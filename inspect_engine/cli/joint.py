"""``draw head, consent, consents, joint, agree``: what several agencies, and a body, agree on (联合抽查、双预约)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.consenting import Party

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
    from inspect_engine.drawing.consenting import add_head

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
    from inspect_engine.drawing import consenting

    with refusals(as_json), writing(engine()) as session:
        rows = consenting.consent(session, draw, agency, approver, act(actor, ground))
    _show(draw, rows, as_json)


def consents(draw: Draw, as_json: Json = False) -> None:
    """查看联合抽查委托 · Whose word a joint draw has, and whose it waits for."""
    from inspect_engine.drawing.consenting import parties
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


def register(app: typer.Typer) -> None:
    """Put the commands under ``draw``."""
    for command in (head, consent, consents):
        app.command()(command)
