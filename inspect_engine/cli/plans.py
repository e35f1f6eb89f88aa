"""``plan``: the year's plan, from its form to its publication (年度抽查计划)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspect_engine.cli import plan_sheets, plan_trials, show
from inspect_engine.cli.context import act, engine, refusals, write_text
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.planning.plans.form import PlanForm
    from inspect_engine.planning.plans.solving import Ready
    from solver.plan.result import Impossible, Result, Solved

app = typer.Typer(no_args_is_help=True, help="年度抽查计划：编制、求解、审批、备案、公布 · The year's plan")

Code = Annotated[str, typer.Argument(help="计划编号或年度 · plan code, or its year")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
FormFile = Annotated[Path, typer.Argument(help="计划表 TOML · plan form", exists=True, dir_okay=False)]
PLANNER, APPROVER, PUBLISHER = "计划岗", "审批岗", "公示岗"


@app.command()
def new(form: FormFile, actor: As = PLANNER, as_json: Json = False) -> None:
    """编制：登记计划草案 · Store a plan's draft."""
    from inspect_engine.planning.plans import service

    with refusals(as_json), writing(engine()) as session:
        version = service.new_plan(session, _form(form), act(actor))
        facts = service.facts(session, version)
    _say(as_json, "已编制，待求解 · Drafted; solve it next", facts)


@app.command()
def change(
    form: FormFile,
    ground: Annotated[str, typer.Option(help="调整理由 · ground of the change")],
    actor: As = PLANNER,
    as_json: Json = False,
) -> None:
    """调整：提交新版本，须重新审批、备案、公布 · Submit a changed plan as a new version."""
    from inspect_engine.planning.plans import service

    with refusals(as_json), writing(engine()) as session:
        version = service.change_plan(session, _form(form), act(actor, ground))
        facts = service.facts(session, version)
    _say(as_json, "调整已登记，待求解 · Change stored; solve it next", facts)


@app.command()
def solve(
    plan: Code,
    work: Annotated[
        float, typer.Option(min=0.1, help="每步求解工作量上限 · work limit of each search")
    ] = 20.0,
    actor: As = PLANNER,
    as_json: Json = False,
) -> None:
    """求解：定出每类、每区、每月抽多少 · Decide how many, of whom and when."""
    from inspect_engine.planning.plans import service
    from solver.plan.result import Impossible, Solved
    from solver.plan.solve import solve as find

    with refusals(as_json):
        doing = act(actor)
        with reading(engine()) as session:
            ready = service.ready(session, plan, doing)
        found: Result = find(ready.built.problem, work=work)
        if isinstance(found, Impossible):
            _refuse(as_json, ready, found)
            raise SystemExit(1)
        if not isinstance(found, Solved):
            raise EngineError("plans.undecided", plan=plan, stage=found.stage, work=work)
        with writing(engine()) as session:
            version = service.keep(session, ready, found, doing)
            facts = service.facts(session, version)
    _solved(as_json, facts, found)


def _solved(as_json: bool, facts: dict[str, Any], found: Solved) -> None:
    _say(as_json, "已求解，待审批 · Solved; to be approved", facts)
    if not as_json:
        rows = [(_AIMS[a.name], f"{a.value:,.1f}", f"{a.bound:,.1f}", _gap(a.gap)) for a in found.aims]
        show.grid("目标 · Aims", ("目标 aim", "计划 plan", "界 bound", "差距 gap"), rows)


_AIMS = {
    "found": "预计发现问题 problems found",
    "information": "未达到的信息量 information short of",
    "evenness": "最忙月工时（分钟）busiest months' minutes",
    "visits": "预计检查户次 expected visits",
}


def _gap(gap: float) -> str:
    """How far from the bound; a bound that says nothing is not dressed as a number."""
    return f"{gap:.2%}" if gap <= 1 else "未证明 not proved"


def _refuse(as_json: bool, ready: Ready, found: Impossible) -> None:
    """What cannot be kept together, and what would mend it."""
    from inspect_engine.planning.plans import service

    with reading(engine()) as session:
        said = service.explain(session, ready, found)
    show_clash(as_json, said)


def show_clash(as_json: bool, said: dict[str, Any]) -> None:
    """Print what no plan keeps together, and the smallest changes that would do."""
    if as_json:
        show.as_json({"code": "plans.impossible", **said})
        return
    show.line("✗ 没有一份计划能同时满足下列约束 · No plan keeps all of these together", style="bold red")
    for one in said["clash"]:
        show.line(f"  · {one['zh']}")
        show.line(f"    {one['en']}", style="dim")
    show.line("最小的改动，任选其一 · The smallest changes, any of them", style="bold")
    for number, one in enumerate(said["remedies"], 1):
        proved = "（已证明最小 · proved smallest）" if one["proved"] else ""
        show.line(f"  {number}. {one['zh']}{proved}")
        show.line(f"     {one['en']}", style="dim")


@app.command()
def approve(
    plan: Code,
    refuse: Annotated[bool, typer.Option("--refuse", help="不予批准 · refuse it")] = False,
    ground: Annotated[str, typer.Option(help="意见 · ground")] = "",
    actor: As = APPROVER,
    as_json: Json = False,
) -> None:
    """审批：由另一人批准或退回 · Another person approves, or refuses."""
    from inspect_engine.planning.plans import service

    with refusals(as_json), writing(engine()) as session:
        version = service.approve(session, plan, act(actor, ground), refused=refuse)
        facts = service.facts(session, version)
    _say(as_json, "未批准 · Refused" if refuse else "已批准，待备案 · Approved; to be filed", facts)


@app.command("file")
def file_command(
    plan: Code,
    number: Annotated[str, typer.Option(help="备案号 · filing number")],
    authority: Annotated[str, typer.Option("--with", help="备案机关 · filing authority")],
    day: Annotated[str, typer.Option(help="备案日期，缺省为今天 · day of filing, today by default")] = "",
    actor: As = PLANNER,
    as_json: Json = False,
) -> None:
    """备案：记下备案号，从此可按计划抽取 · Record the filing; from now on the plan draws."""
    from inspect_engine.planning.plans import service

    with refusals(as_json), writing(engine()) as session:
        doing = act(actor)
        version = service.file_plan(session, plan, number, authority, _day(day, doing.local_day), doing)
        facts = service.facts(session, version)
    _say(as_json, "已备案，待公布 · Filed; to be published", facts)


@app.command()
def publish(
    plan: Code,
    out: Annotated[Path, typer.Argument(help="公告写到（JSON）· write the notice to")],
    actor: As = PUBLISHER,
    as_json: Json = False,
) -> None:
    """公布：写出计划公告并记录 · Write the public notice and record it."""
    from inspect_engine.planning.plans import service

    with refusals(as_json), writing(engine()) as session:
        version = service.publish(session, plan, act(actor))
        notice = service.public_plan(session, version)
        facts = service.facts(session, version)
        write_text(out, json.dumps(notice, ensure_ascii=False, indent=2) + "\n")
    _say(as_json, "已公布 · Published", {**facts, "notice": str(out)})


app.command("import")(plan_sheets.import_sheet)
app.command("export")(plan_sheets.export_sheet)
app.command("whatif")(plan_trials.whatif)
app.command("simulate")(plan_trials.simulate)


@app.command()
def status(
    plan: Annotated[str | None, typer.Argument(help="计划编号或年度 · plan code, or its year")] = None,
    as_json: Json = False,
) -> None:
    """查看计划、变更与未安排的法定职责 · Look at a plan, its versions and duties undone, or list all plans."""
    from inspect_engine.planning.plans import service

    with refusals(as_json), reading(engine()) as session:
        if plan is None:
            _grid(as_json, "计划 · Plans", service.all_plans(session))
            return
        version = service.latest(session, service.find_plan(session, plan))
        facts = service.facts(session, version)
        trail, undone = service.trail(session, plan), service.undone(session, version)
    if as_json:
        show.as_json({**facts, "versions": trail, "undone": undone})
        return
    show.facts(f"计划 · Plan {plan}", facts)
    _grid(False, "版本 · Versions", trail)
    if undone:
        _grid(False, "法定职责未安排 · Duties that the plan leaves undone", undone)


def _grid(as_json: bool, title: str, rows: list[dict[str, Any]]) -> None:
    if as_json:
        show.as_json(rows)
    else:
        show.grid(title, list(rows[0]) if rows else [], [tuple(row.values()) for row in rows])


def _form(path: Path) -> PlanForm:
    from inspect_engine.planning.plans.form import read_plan

    return read_plan(read_text(path))


def read_text(path: Path) -> str:
    """Read a UTF-8 file; raises ``cli.not-utf8``."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise EngineError("cli.not-utf8", path=str(path)) from error


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text) if text else today
    except ValueError as error:
        raise EngineError("plans.day", day=text) from error


def _say(as_json: bool, title: str, facts: dict[str, Any]) -> None:
    show.as_json(facts) if as_json else show.facts(title, facts)
