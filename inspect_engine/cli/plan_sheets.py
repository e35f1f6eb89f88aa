"""``plan import`` and ``plan export``: a plan as a sheet in the layouts that bureaus use (计划表)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, refusals
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing

Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


class Layouts(StrEnum):
    """Layouts of plan sheets: the complete one, and those of four bureaus."""

    full = "full"
    shanggao = "shanggao"
    chizhou = "chizhou"
    yangjiang = "yangjiang"
    wuwei = "wuwei"


Chosen = Annotated[Layouts, typer.Option("--layout", help="表样 · layout")]


def import_sheet(
    path: Annotated[
        Path, typer.Argument(help="计划表 CSV 或 XLSX · plan sheet", exists=True, dir_okay=False)
    ],
    plan: Annotated[str, typer.Option(help="计划编号 · plan code")],
    year: Annotated[int, typer.Option(min=2015, max=2100, help="年度 · year")],
    operator: Annotated[str, typer.Option(help="编制机关代码 · agency code")],
    layout: Chosen = Layouts.full,
    ground: Annotated[
        str, typer.Option(help="调整理由，计划已存在时必填 · ground, where the plan is there")
    ] = "",
    actor: Annotated[str, typer.Option("--as", help="操作人 · who acts")] = "计划岗",
    as_json: Json = False,
) -> None:
    """导入计划表：新编，或作为调整 · Take a plan sheet as a new plan, or as its change."""
    from inspect_engine.cli.registers import show_report
    from inspect_engine.planning.plans import service
    from inspect_engine.planning.plans.layouts import (
        PlanHeader,
        SheetError,
        layout_named,
        names_of,
        take_sheet,
    )

    header = PlanHeader(plan=plan, title=f"{year} 年度“双随机、一公开”抽查计划", year=year, operator=operator)
    with refusals(as_json):
        try:
            with reading(engine()) as session:
                taken = take_sheet(
                    path, layout_named(layout.value), header, names_of(session, date(year, 1, 1))
                )
        except SheetError as error:
            show.as_json(error.report.shown()) if as_json else show_report(error.report)
            raise SystemExit(1) from error
        with writing(engine()) as session:
            doing = act(actor, ground)
            put = service.change_plan if ground else service.new_plan
            version = put(session, taken.form, doing)
            facts = service.facts(session, version)
    if as_json:
        show.as_json({**facts, "report": taken.report.shown()})
        return
    show_report(taken.report)
    show.facts("已导入，待求解 · Taken; solve it next", facts)


def export_sheet(
    plan: Annotated[str, typer.Argument(help="计划编号或年度 · plan code, or its year")],
    out: Annotated[Path, typer.Argument(help="写到 CSV 或 XLSX · write to")],
    layout: Chosen = Layouts.full,
    as_json: Json = False,
) -> None:
    """导出计划表 · Write the plan as a sheet."""
    from inspect_engine.planning.plans import service
    from inspect_engine.planning.plans.layouts import layout_named, names_of, write_sheet

    with refusals(as_json), reading(engine()) as session:
        if out.exists():
            raise EngineError("cli.file-not-written", path=str(out), fault="exists")
        found = service.find_plan(session, plan)
        drafted = service.latest(session, found)
        # What bureaus publish is what is in force; the complete sheet is for going on with the newest version.
        version = drafted if layout is Layouts.full else service.in_force_or(session, found, drafted)
        form = service.form_of(version)
        names = names_of(session, date(found.year, 1, 1))
        write_sheet(out, layout_named(layout.value), form, service.totals(session, version), names)
        facts = {**service.facts(session, version), "sheet": str(out), "layout": layout.value}
    show.as_json(facts) if as_json else show.facts("已导出 · Written", facts)
