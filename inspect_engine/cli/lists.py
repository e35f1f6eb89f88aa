"""``list``: powers, duties and items (权力清单、责任清单、事项清单), their changes and their publication."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals
from inspect_engine.cli.listed import (
    HEADS,
    cells,
    column_map,
    day_of,
    replace,
    show_findings,
    show_uses,
    state_of,
    workbook,
)
from inspect_engine.cli.registers import run_import
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.flags import Use

app = typer.Typer(
    no_args_is_help=True,
    help="清单：权力、责任、事项及其调整、比对、公示 · Lists of powers, duties and items",
)

As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Ground = Annotated[str, typer.Option(help="依据或理由 · ground of the change")]
Approver = Annotated[str, typer.Option(help="审批人，须为第二人 · the second person who approves")]
Day = Annotated[str, typer.Option(help="日期，默认今日 · day, today by default")]
FromDay = Annotated[str, typer.Option("--from-day", help="自此日起 · first day")]
Map = Annotated[
    str, typer.Option("--map", help="列对照：文件或内置名 · column map: a file or a shipped name")
]
REGISTRAR, PUBLISHER = "登记岗", "公示岗"


class Listed(StrEnum):
    """Lists that can be imported."""

    powers = "powers"
    duties = "duties"
    cases = "cases"
    items = "items"
    listings = "listings"


class Compared(StrEnum):
    """Lists that can be compared."""

    items = "items"
    powers = "powers"


class Changed(StrEnum):
    """What has a state."""

    item = "item"
    power = "power"


@app.command("import")
def import_list(
    kind: Annotated[Listed, typer.Argument(help="哪份清单 · which list")],
    path: Annotated[Path, typer.Argument(help="CSV 或 XLSX 文件 · file", exists=True, dir_okay=False)],
    ground: Ground,
    approver: Approver,
    columns: Map = "",
    skip_faulty: Annotated[
        Path | None,
        typer.Option(help="跳过有误的行，写到此文件 · put faulty rows here and import the rest"),
    ] = None,
    actor: As = REGISTRAR,
    as_json: Json = False,
) -> None:
    """导入一份清单，经第二人审批 · Import a list under a second person's approval."""
    run_import(kind.value, path, columns, skip_faulty, actor, as_json, (ground, approver))


@app.command()
def state(
    what: Annotated[Changed, typer.Argument(help="事项或权力 · item or power")],
    code: Annotated[str, typer.Argument(help="事项、子项或权力编码 · code")],
    to: Annotated[str, typer.Argument(help="有效、暂停、废止 · active, suspended, repealed")],
    ground: Ground,
    approver: Approver,
    from_day: FromDay = "",
    actor: As = REGISTRAR,
    as_json: Json = False,
) -> None:
    """调整状态，并列出仍在办的任务与检查 · Change a state, and show what is open on it."""
    from inspect_engine.drawing.flags import flag_open
    from inspect_engine.lists.versions import change_item_state, change_power_state
    from inspect_engine.registers.tables import ItemState

    change_state = change_item_state if what is Changed.item else change_power_state
    with refusals(as_json), writing(engine()) as session:
        doing = act(actor, ground)
        wanted = state_of(to)
        change = change_state(session, code, wanted, day_of(from_day, doing.local_day), doing, approver)
        uses: tuple[Use, ...] = ()
        if wanted is not ItemState.active:
            uses = flag_open(session, doing, code, change.sub_items, change.day)
    facts = {
        "code": code,
        "state": change.state.value,
        "from": change.day.isoformat(),
        "changed": list(change.changed),
    }
    if as_json:
        show.as_json(facts | {"open": [asdict(one) for one in uses]})
        return
    show.facts("已调整 · Changed", facts | {"changed": "、".join(change.changed)})
    show_uses(uses)


@app.command()
def compare(
    left: Annotated[str, typer.Argument(help="[层级或机关@]日期，或文件 · [level or agency@]day, or a file")],
    right: Annotated[str, typer.Argument(help="同上，较新或作准的一份 · the same, the newer list")],
    kind: Annotated[Compared, typer.Option("--list", help="哪份清单 · which list")] = Compared.items,
    columns: Map = "",
    xlsx: Annotated[Path | None, typer.Option(help="另存为 XLSX · write a workbook too")] = None,
    skip_faulty: Annotated[
        bool, typer.Option("--skip-faulty", help="略去文件中有误的行 · leave faulty rows of a file out")
    ] = False,
    as_json: Json = False,
) -> None:
    """比对两份清单：缺、多、不同、依据陈旧 · Compare two lists: missing, extra, differing, stale basis."""
    from inspect_engine.lists.compare import compare as held_against
    from inspect_engine.lists.sides import abolished_on, entries, side_of

    with refusals(as_json), reading(engine()) as session:
        today = act("").local_day
        sides = [side_of(text, today) for text in (left, right)]
        mine, theirs = (
            entries(session, kind.value, side, column_map(columns), skip_faulty=skip_faulty) for side in sides
        )
        found = held_against(mine, theirs, abolished_on(max(side.day for side in sides)))
        if xlsx is not None:
            replace(xlsx, workbook(found))
    if as_json:
        sizes = {"left": len(mine), "right": len(theirs)}
        show.as_json({"entries": sizes, "differences": [asdict(one) for one in found]})
        return
    show.facts("比对 · Comparison", {left: len(mine), right: len(theirs), "differences": len(found)})
    show.grid("差异 · Differences", HEADS, cells(found))


@app.command()
def handdown(
    power: Annotated[str, typer.Argument(help="权力编码 · power")],
    ground: Ground,
    approver: Approver,
    to: Annotated[str, typer.Option(help="接收机关代码 · receiving agency")],
    from_day: FromDay,
    dry: Annotated[bool, typer.Option("--dry", help="只看不办 · show, store nothing")] = False,
    actor: As = REGISTRAR,
    as_json: Json = False,
) -> None:
    """下放权力：先查接收机关的人员，责任随权力走 · Hand a power down, duties with it."""
    from inspect_engine.drawing.flags import flag_open, open_uses
    from inspect_engine.lists.handdown import hand_down, prepare
    from inspect_engine.lists.versions import sub_items_of
    from inspect_engine.planning.together import inspected_with

    with refusals(as_json), writing(engine()) as session:
        doing = act(actor, ground)
        day = day_of(from_day, doing.local_day)
        together = inspected_with(session, sub_items_of(session, power))
        plan = prepare(session, power, to, day, together)
        if dry:
            uses = open_uses(session, plan.items, day)
        else:
            hand_down(session, plan, doing, approver)
            uses = flag_open(session, doing, power, plan.items, day)
    facts = {
        "power": power,
        "to": to,
        "from": day.isoformat(),
        "stored": not dry,
        "items": list(plan.items),
        "duties": list(plan.duties),
        "cases": list(plan.cases),
    }
    proposals = [asdict(one) for one in plan.proposals]
    if as_json:
        more = {"officers": dict(plan.officers), "proposals": proposals, "open": [asdict(u) for u in uses]}
        show.as_json(facts | more)
        return
    title = "试算，未办理 · Shown only, nothing stored" if dry else "已下放 · Handed down"
    joined = {n: "、".join(v) or "-" if isinstance(v, list) else v for n, v in facts.items()}
    show.facts(title, joined)
    show.grid(
        "建议一并下放的其他部门事项，由各部门自定 · Dependent items of other departments, proposed",
        ("item", "name", "department", "reasons"),
        [(p["code"], p["name"], p["department"] or "-", "、".join(p["reasons"])) for p in proposals],
    )
    show_uses(uses)


@app.command()
def check(
    day: Day = "",
    plan: Annotated[
        str, typer.Option(help="年度计划，核对其落实的法定职责 · plan, held against the duties")
    ] = "",
    as_json: Json = False,
) -> None:
    """自查：无权力、无归属、无责任、未审批、依据已废止 · Hold the lists against each other."""
    from inspect_engine.lists.check import check_lists
    from inspect_engine.planning.plans.stages import in_force
    from inspect_engine.planning.undone import undone_of

    with refusals(as_json), reading(engine()) as session:
        on = day_of(day, act("").local_day)
        found = check_lists(session, on)
        left = undone_of(session, in_force(session, plan), on) if plan else ()
    if as_json:
        rows = {"findings": [asdict(one) for one in found], "undone": [asdict(one) for one in left]}
        show.as_json({"day": on.isoformat(), **rows})
        return
    show_findings(on, found)
    if plan:
        show.grid(
            "计划未落实的法定职责 · Duties that the plan leaves undone",
            ("subject", "rule", "class", "asked", "planned"),
            [(one.subject, one.rule, one.risk_class or "-", one.asked, one.planned) for one in left],
        )


@app.command()
def publish(
    folder: Annotated[Path, typer.Argument(help="公示文件夹 · folder", file_okay=False)],
    day: Day = "",
    actor: As = PUBLISHER,
    as_json: Json = False,
) -> None:
    """公示清单：JSON、CSV、XLSX · Publish the lists as JSON, CSV and XLSX."""
    from inspect_engine.lists.public import check_foreign
    from inspect_engine.lists.public import publish as make

    with refusals(as_json), writing(engine()) as session:
        doing = act(actor)
        made = make(session, day_of(day, doing.local_day), doing)
        check_foreign(session, folder, made)
        # Before the commit: files without their event can be made again, an event without its files tells of none.
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in made.files.items():
            replace(folder / name, content)
    facts: dict[str, Any] = {"day": made.day.isoformat(), "folder": str(folder), **made.rows}
    facts["files"] = list(made.files)
    if as_json:
        show.as_json(facts)
    else:
        show.facts("已公示 · Published", facts | {"files": "、".join(made.files)})
