"""``draw``: the month's draw, step by step (抽取)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, entropy, refusals, write_text
from inspect_engine.cli.reading import day_of, given_of, span_of
from inspect_engine.errors import EngineError
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.forecast.predictable import Predictability
    from inspect_engine.drawing.forecast.repetition import Meetings
    from inspect_engine.drawing.forecast.team_cost import TeamCost

app = typer.Typer(
    no_args_is_help=True, help="抽取：立项、冻结、种子、对象、批次、选派、人员 · The draw, step by step"
)

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
DRAWER = "抽取岗"


@app.command()
def new(
    form: Annotated[
        Path | None,
        typer.Argument(
            help="任务单 TOML · order form; with --plan it has no tasks", exists=True, dir_okay=False
        ),
    ] = None,
    plan: Annotated[
        str, typer.Option(help="按年度计划立项，编号或年度 · from the filed plan, by code or year")
    ] = "",
    month: Annotated[int, typer.Option(help="月份 · month, 1 to 12")] = 0,
    orders: Annotated[
        bool,
        typer.Option("--orders", help="抽取分批次序的任务 · the orders of batches that begin in the month"),
    ] = False,
    actor: As = "计划岗",
    as_json: Json = False,
) -> None:
    """立项：按任务单，或按已备案的计划 · Open a draw from an order form, or from the filed plan."""
    from inspect_engine.drawing.service import open_draw
    from inspect_engine.planning.plans.monthly import month_form
    from inspect_engine.planning.spec import read_spec, read_values

    with refusals(as_json):
        if not form and not plan:
            raise EngineError("planning.form-or-plan")
        with writing(engine()) as session:
            said = _text(form) if form else ""
            spec = (
                month_form(session, plan, month, read_values(said), orders=orders)
                if plan
                else read_spec(said)
            )
            draw = open_draw(session, spec, act(actor), entropy)
            facts = {"draw": draw.draw_id, "month": draw.month, "state": draw.state, "tasks": len(spec.tasks)}
    _say(as_json, "已立项 · Opened", facts)


@app.command()
def freeze(draw: Draw, actor: As = DRAWER, as_json: Json = False) -> None:
    """冻结名录并承诺 · Freeze the registers and commit."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        committed = service.freeze(session, draw, act(actor))
        facts = service.status(session, draw)
    _say(
        as_json,
        "已冻结，承诺如下，请立即公布并请见证人签名 · Frozen; publish this commitment",
        {"commitment": committed, **facts},
    )


@app.command()
def seed(
    draw: Draw,
    dice: Annotated[str, typer.Option(help="骰子数字，逐位 · dice digits, one by one")] = "",
    share: Annotated[list[str] | None, typer.Option(help="份额，PARTY=HEX · a party's share")] = None,
    withheld: Annotated[
        list[str] | None, typer.Option(help="未给份额的一方 · a party that gives none")
    ] = None,
    drand: Annotated[str, typer.Option(help="信标，RANDOMNESS:SIGNATURE · a beacon's round")] = "",
    witness: Annotated[list[Path] | None, typer.Option(help="见证文件 · a witness's file")] = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """收取随机来源，齐了就生成种子 · Take contributions; the last makes the seed."""
    from inspect_engine.drawing import service

    with refusals(as_json):
        given = given_of(dice, share or [], withheld or [], drand)
        rows = [_witness(path) for path in witness or []]
        with writing(engine()) as session:
            state = service.contribute(session, draw, given, rows, act(actor))
    _say(
        as_json,
        "种子 · Seed",
        {
            "stage": state.stage.value,
            "commitment": state.commitment,
            "contributions": f"{state.given}/{state.wanted}",
            "seed": state.seed or "-",
        },
    )


@app.command()
def targets(draw: Draw, actor: As = DRAWER, as_json: Json = False) -> None:
    """抽取对象 · Draw the targets (names stay sealed)."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        counts = service.draw_targets(session, draw, act(actor))
    _say(as_json, "对象已抽出，名单封存 · Targets drawn, list sealed", counts)


@app.command()
def change(
    draw: Draw,
    staff_no: Annotated[str, typer.Argument(help="工号 · staff number")],
    ground: Annotated[str, typer.Option(help="理由 · ground")],
    approver: Annotated[str, typer.Option(help="批准人 · approver")],
    away: Annotated[list[str] | None, typer.Option(help="不在，FIRST..LAST · away")] = None,
    present: Annotated[list[str] | None, typer.Option(help="在岗，FIRST..LAST · present after all")] = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """两次承诺之间的人员变动 · Record a change of an officer between the stages."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        service.change(
            session,
            draw,
            staff_no,
            away=[span_of(text) for text in away or []],
            present=[span_of(text) for text in present or []],
            approver=approver,
            act=act(actor, ground),
        )
    _say(as_json, "变动已记录 · Change recorded", {"draw": draw, "officer": staff_no})


@app.command()
def staff(draw: Draw, actor: As = DRAWER, as_json: Json = False) -> None:
    """核验人力、计算选派概率并承诺 · Check staffing, weigh, commit."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        committed = service.staff(session, draw, act(actor))
        report = service.predictability(session, draw)
    _say(
        as_json,
        "人力足够，第二次承诺如下 · Staffed; publish this commitment",
        {"commitment": committed, **report.summary()},
    )
    if not as_json:
        show.grid("最易猜中的岗位 · Slots that are easiest to guess", report.HEADS, report.worst(8))


@app.command()
def officers(draw: Draw, actor: As = DRAWER, as_json: Json = False) -> None:
    """抽取执法人员 · Draw the officers (names stay sealed)."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        counts = service.draw_officers(session, draw, act(actor))
    _say(as_json, "人员已抽出，名单封存 · Officers drawn, list sealed", counts)


@app.command()
def status(
    draw: Annotated[str | None, typer.Argument(help="抽取编号 · draw id")] = None, as_json: Json = False
) -> None:
    """查看抽取 · Look at one draw, or list them all."""
    from inspect_engine.drawing import service

    with refusals(as_json), reading(engine()) as session:
        if draw is not None:
            _say(as_json, f"抽取 · Draw {draw}", service.status(session, draw))
            return
        rows = service.all_draws(session)
    if as_json:
        show.as_json(rows)
    else:
        heads = ["draw", "month", "serial", "state", "next"]
        show.grid("抽取 · Draws", heads, [tuple(r.values()) for r in rows])


@app.command()
def report(
    draw: Draw,
    html: Annotated[Path | None, typer.Option(help="小结页写到 · write the summary page to")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="明细写到 · write all rows to")] = None,
    trials: Annotated[
        int | None, typer.Option(min=20, max=10_000, help="模拟抽签次数 · lotteries of the forecast")
    ] = None,
    as_json: Json = False,
) -> None:
    """可预测性：派人之前能猜中多少 · How well an insider could guess who goes where."""
    from inspect_engine.drawing import service
    from inspect_engine.drawing.forecast.forecast_table import forecast_csv
    from inspect_engine.drawing.steps import expect, find_draw
    from inspect_engine.drawing.summary import summary
    from inspect_engine.drawing.tables import DrawState

    # The page tells of both stages, so that it needs the second seed; the forecast rests on the weights alone.
    wanted: tuple[DrawState, ...] = (DrawState.rostered,)
    if html is None:
        wanted = (DrawState.staffed, DrawState.reseeded, *wanted)
    with refusals(as_json):
        with reading(engine()) as session:
            expect(find_draw(session, draw), *wanted)
            found = service.predictability(session, draw)
            pairs = service.meetings(session, draw, trials)
            cost = service.cost_of_teams(session, draw)
            page = summary(session, draw, [], pairs) if html is not None else ""
        if html is not None:
            write_text(html, page)
        if table is not None:
            write_text(table, forecast_csv(found, pairs))
    _show_report(draw, found, pairs, cost, as_json)


def _show_report(
    draw: str, found: Predictability, pairs: Meetings, cost: TeamCost | None, as_json: bool
) -> None:
    tables: list[tuple[str, str, Sequence[str], Sequence[Sequence[object]]]] = [
        ("slots", "最易猜中的岗位 · Slots that are easiest to guess", found.HEADS, found.worst(8)),
        ("bodies", "最易猜中的户 · Bodies", found.BODY_HEADS, found.worst_bodies(8)),
        ("officers", "行程最易猜中的人员 · Officers", found.OFFICER_HEADS, found.worst_officers(8)),
        ("pairs", f"最可能同行的两人 · Pairs ({pairs.trials} 次模拟 lotteries)", pairs.HEADS, pairs.worst(8)),
        ("again", "与上次相比的重复 · Repeated from last time", pairs.REPEAT_HEADS, pairs.repeated()),
    ]
    if cost is not None:
        tables.append(("teams", "固定检查组的代价 · What standing teams cost", cost.HEADS, cost.rows()))
    warned = [(one.zh, one.en) for one in (*found.warned, *pairs.warned)]
    if as_json:
        shown = {name: {"heads": heads, "rows": rows} for name, _, heads, rows in tables}
        show.as_json(
            {
                "summary": found.summary(),
                "heads": found.HEADS,
                "worst": found.worst(8),
                "tables": shown,
                "trials": pairs.trials,
                "warnings": [{"zh": zh, "en": en} for zh, en in warned],
            }
        )
        return
    show.facts(f"可预测性 · Predictability {draw}", found.summary())
    for _, title, heads, rows in tables:
        if rows:
            show.grid(title, heads, rows)
    if warned:
        show.grid(f"预警 · Warnings {len(warned)}", ("中文", "English"), warned[:20])


@app.command()
def void(
    draw: Draw,
    ground: Annotated[str, typer.Option(help="理由 · ground")],
    approver: Annotated[str, typer.Option(help="批准人 · approver")],
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """作废：只在种子未知前，或检验指出缺陷时 · Void: before any seed, or on a defect that the checker shows."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        defects = service.void(session, draw, approver, act(actor, ground))
    _say(
        as_json,
        "已作废并公布 · Void, and published",
        {"draw": draw, "defects": ", ".join(defects) or "-"},
    )


@app.command()
def pack(
    draw: Draw,
    path: Annotated[Path, typer.Argument(help="写到 · write to")],
    public: Annotated[bool, typer.Option("--public", help="公开副本 · the public copy")] = False,
    on: Annotated[str, typer.Option(help="公开副本的日期 YYYY-MM-DD · day of the public copy")] = "",
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """写出证明包 · Write the pack."""
    from inspect_engine.drawing import service

    with refusals(as_json), writing(engine()) as session:
        day = day_of(on) if on else None
        sizes = service.write_pack(session, draw, "public" if public else "full", path, act(actor), day)
    _say(as_json, f"已写出 · Written: {path}", sizes)


def _say(as_json: bool, title: str, rows: Mapping[str, Any]) -> None:
    if as_json:
        show.as_json(rows)
    else:
        show.facts(title, rows)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise EngineError("planning.spec-toml", fault=str(error)) from error


def _witness(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError("drawing.witness", name=str(path), fault="form") from error
    if not isinstance(row, dict):
        raise EngineError("drawing.witness", name=str(path), fault="form")
    return row
