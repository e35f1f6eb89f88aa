"""``plan whatif`` and ``plan simulate``: what would come of it, before anything is filed (假设分析与模拟)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import engine, refusals, write_text
from inspect_engine.errors import EngineError
from inspect_engine.store import reading

if TYPE_CHECKING:
    from inspect_engine.planning.charts import Chart
    from solver.plan.simulated import Simulated

Code = Annotated[str, typer.Argument(help="计划编号或年度 · plan code, or its year")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Out = Annotated[Path | None, typer.Option(help="图与数据写到此文件夹 · write charts and data to this folder")]

_FIGURES = {
    "coverage": "覆盖率 coverage",
    "found": "预计发现问题 found",
    "visits": "预计检查户次 visits",
    "minutes": "工作分钟 minutes",
    "unseen": "三年未查占比 unseen in three years",
    "saved": "合并省去占比 visits saved",
}


def whatif(
    plan: Code,
    changes: Annotated[
        Path, typer.Argument(help="假设 TOML：[[change]] · changes to try", exists=True, dir_okay=False)
    ],
    out: Out = None,
    work: Annotated[
        float, typer.Option(min=0.1, help="每步求解工作量上限 · work limit of each search")
    ] = 20.0,
    as_json: Json = False,
) -> None:
    """假设：改约束或力量，与原计划并列比较 · Change bounds or means and compare."""
    from inspect_engine.cli.plans import read_text
    from inspect_engine.planning.plans import service, trying
    from inspect_engine.planning.spec import read_values
    from solver.plan.result import Impossible, Solved
    from solver.plan.solve import solve

    with refusals(as_json):
        with reading(engine()) as session:
            one = trying.base(session, plan)
            problem = trying.edited(one, read_values(read_text(changes)))
            found = solve(problem, work=work)
            if isinstance(found, Impossible):
                said = service.explain_for(session, plan, problem, found)
        if isinstance(found, Impossible):
            from inspect_engine.cli.plans import show_clash

            show_clash(as_json, said)
            raise SystemExit(1)
        if not isinstance(found, Solved):
            raise EngineError("plans.undecided", plan=plan, stage=found.stage, work=work)
        told, charts = trying.beside(one, problem, found)
        _keep(out, charts, told)
    if as_json:
        show.as_json(told)
        return
    show.grid(
        "改动 · Changes",
        ("项 what", "何处 where", "原 before", "新 after"),
        [_change(c) for c in told["changes"]],
    )
    rows = [
        row for row in told["rows"] if row["where"] == ["total"] or row["where"][0] in ("class", "region")
    ]
    heads = ("指标 figure", "何处 where", "原计划 plan", "假设 what-if", "差 difference")
    show.grid("并列比较 · Side by side", heads, [_row(row) for row in rows])
    _told(out, charts)


def _change(one: dict[str, Any]) -> tuple[str, ...]:
    return one["kind"], " ".join(one["where"]), str(one["before"]), str(one["after"])


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    where = "合计 total" if row["where"] == ["total"] else " ".join(row["where"])
    values = ("-" if v is None else f"{v:,.4g}" for v in (row["before"], row["after"], row["difference"]))
    return _FIGURES.get(row["figure"], row["figure"]), where, *values


def simulate(
    plan: Code,
    seed: Annotated[str, typer.Option(help="种子，任意文字 · seed, any text")],
    years: Annotated[int, typer.Option(min=2, max=1000, help="模拟几个年度 · years")] = 20,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """模拟：按计划抽取若干个年度，与预期比较 · Draw years from the plan and compare."""
    from inspect_engine.planning.plans import trying

    with refusals(as_json):
        with reading(engine()) as session:
            one = trying.base(session, plan)
        told, charts = trying.simulation(one, seed, years)
        _keep(out, [*trying.charts(one), *charts], told.plain())
    if as_json:
        show.as_json(told.plain())
        return
    show.facts(f"模拟 {years} 个年度 · {years} years of draws", _summary(told))
    heads = ("机关 agency", "上限 cap", "单户最多 most", "到上限的对象 bodies at cap")
    show.grid(
        "年度上限 · Yearly cap", heads, [(c.agency, c.cap, c.most, f"{c.at_cap:.1f}") for c in told.caps]
    )
    burden = [(b.risk_class, b.visits, f"{b.bodies:.1f}") for b in told.burden]
    show.grid("每户次数 · Visits of a body", ("等级 class", "次数 visits", "户数 bodies"), burden)
    _told(out, charts)


def _summary(told: Simulated) -> dict[str, object]:
    planned = sum(cell.planned for cell in told.cells)
    drawn = sum(cell.drawn for cell in told.cells)
    return {
        "计划抽取 planned": f"{planned:,}",
        "平均抽到 drawn": f"{drawn:,.1f}",
        "预计户次 expected visits": f"{sum(v.expected for v in told.visits):,.1f}",
        "平均户次 visits drawn": f"{sum(v.mean for v in told.visits):,.1f}",
        "上限守住 caps kept": all(cap.kept for cap in told.caps),
        "三年未查 unseen": f"{sum(u.expected for u in told.unseen):,.1f} → {sum(u.mean for u in told.unseen):,.1f}",
    }


def _keep(out: Path | None, charts: Sequence[Chart], told: dict[str, Any]) -> None:
    """Write charts and data into a folder that is made for them."""
    from inspect_engine.planning.charts import write

    if out is None:
        return
    try:
        out.mkdir(parents=True, exist_ok=False)
    except OSError as error:
        raise EngineError("cli.file-not-written", path=str(out), fault=error.strerror) from error
    write(out, charts)
    write_text(out / "figures.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _told(out: Path | None, charts: Sequence[Chart]) -> None:
    if out is not None:
        show.line(f"写到 · written to {out}: figures.json, {', '.join(f'{c.name}.svg/.csv' for c in charts)}")
