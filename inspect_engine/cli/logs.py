"""``log``: what happened, in order, and whether the chain holds (日志)."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from sqlmodel import col, select

from inspect_engine.cli import show
from inspect_engine.cli.context import engine, refusals
from inspect_engine.store import reading

app = typer.Typer(no_args_is_help=True, help="日志：查看与核验 · The log: read and check it")


@app.command("list")
def list_events(
    last: Annotated[int, typer.Option(min=1, max=1_000_000, help="最近几条 · how many of the newest")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """列出最近的事件 · List the newest events."""
    from inspect_engine.events.tables import Event

    with refusals(as_json), reading(engine()) as session:
        events = session.exec(select(Event).order_by(col(Event.seq).desc()).limit(last)).all()[::-1]
        bodies = [json.loads(event.body) for event in events]
    if as_json:
        show.as_json(bodies)
        return
    show.heading("日志 · Log")
    for body in bodies:
        show.line(f"  {body['seq']}  {body['at']}  {body['actor']}  {body['kind']}  {body['subject']}")
        show.line(f"    {json.dumps(body['data'], ensure_ascii=False)}", "dim")


@app.command()
def fsck(as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False) -> None:
    """从头核验日志链 · Check the whole chain from its start."""
    from inspect_engine.events.log import check_log

    with refusals(as_json), reading(engine()) as session:
        faults = [{"seq": fault.seq, "code": fault.code} for fault in check_log(session)]
    if as_json:
        show.as_json({"faults": faults, "holds": not faults})
    elif faults:
        show.grid("日志有误 · The log does not hold", ["seq", "code"], [tuple(f.values()) for f in faults])
    else:
        show.out.print("日志完整 · The log holds")
    raise SystemExit(1 if faults else 0)
