"""``draw leave, substitute, decide, direct, impossible, move, replan, emergency, over-long, take, to-tell, told, events``.

Slots and codes are shown, never a name. What moves visits is shown first, and taken by the mark of what was shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, now, refusals
from inspect_engine.cli.reading import day_of, given_of, span_of
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.store import reading, writing

if TYPE_CHECKING:
    from inspect_engine.drawing.after.replanning import Plan, Wish
    from inspect_engine.drawing.after.showing import About
    from inspect_engine.drawing.after.substituting import Absence, Asked
    from inspect_engine.drawing.routes.calendar import Aside
    from solver.dr1.encoding import Row

Draw = Annotated[str, typer.Argument(help="抽取编号 · draw id")]
Slot = Annotated[str, typer.Argument(help="岗位 · slot")]
Officer = Annotated[str, typer.Argument(help="工号或人员代码 · staff number or code")]
Ground = Annotated[
    tuple[str, str],
    typer.Option(
        help="理由代码（规则文件 replans.toml）和理由文字；文字不入日志 · the ground's code and words; the log has no words"
    ),
]
Approver = Annotated[str, typer.Option(help="批准人 · who approves")]
As = Annotated[str, typer.Option("--as", help="操作人 · who acts")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]
Seed = Annotated[
    list[str] | None,
    typer.Option(
        "--seed",
        help="随机来源，依次：share:PARTY:HEX、dice:20、drand:CHAIN:ROUND；默认 dice:20 · contributions, in order",
    ),
]
Days = Annotated[str, typer.Argument(help="日期或 首日..末日 · a day, or FIRST..LAST")]
Visit = Annotated[str, typer.Argument(help="检查序号或盲码前 8 位以上 · number or blind")]
Visits = Annotated[list[str], typer.Option("--visit", help="检查序号或盲码 · by number or blind")]
Mark = Annotated[
    str, typer.Option("--take", help="采用所示方案，写其标记 · take the plan shown, by its mark")
]
TakeGround = Annotated[
    tuple[str, str], typer.Option("--ground", help="理由代码和文字，采用时必填 · code and words, to take it")
]
TakeApprover = Annotated[
    str, typer.Option("--approver", help="批准人，采用时必填 · who approves, to take it")
]
AsideOption = Annotated[
    list[str] | None,
    typer.Option("--aside", help="放宽的排期规则，记入日志 · rule to set aside, logged: streets, joint-days"),
]
DRAWER = "抽取岗"

#: House rules that a new day may set aside; busy seasons bind no new day.
ASIDE = ("streets", "joint-days")

#: Digits of a blind that a table shows; ``--json`` has all.
SHOWN = 16


def leave(
    draw: Draw,
    officer: Officer,
    days: Days,
    ground: Ground,
    approver: Approver,
    seed: Seed = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """请假、疾病：对其在这些日子的每个岗位提出替换申请 · An officer is away: ask for a follower in each slot."""
    from inspect_engine.drawing.after.showing import answered
    from inspect_engine.drawing.after.substituting import absent

    with refusals(as_json):
        rule, span, said = _rule(seed), span_of(days), act(actor, ground[1])
        with writing(engine()) as session:
            found = answered(
                session,
                draw,
                "leave",
                lambda s: absent(s, draw, officer, span, ground[0], approver, rule, said),
                said,
            )
        if isinstance(found, EngineError):
            raise found
    _absence("已提出 · Asked", found, as_json)


def substitute(
    draw: Draw,
    slot: Slot,
    ground: Ground,
    approver: Approver,
    seed: Seed = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """回避等：对一个岗位提出替换申请，并公布其承诺 · Ask for a follower in one slot, and publish the commitment."""
    from inspect_engine.drawing.after.substituting import request

    with refusals(as_json):
        rule = _rule(seed)
        with writing(engine()) as session:
            asked = request(session, draw, slot, ground[0], approver, rule, act(actor, ground[1]))
    if as_json:
        show.as_json(_asked(asked))
        return
    show.facts("已提出，承诺如下，请立即公布 · Asked; publish this commitment", _asked(asked))
    _warn([asked])


def decide(
    substitution: Annotated[
        int, typer.Argument(help="替换申请编号 · number of the request", min=1, max=2**31 - 1)
    ],
    dice: Annotated[str, typer.Option(help="骰子数字，逐位 · dice digits, one by one")] = "",
    share: Annotated[list[str] | None, typer.Option(help="份额，PARTY=HEX · a party's share")] = None,
    withheld: Annotated[
        list[str] | None, typer.Option(help="未给份额的一方 · a party that gives none")
    ] = None,
    drand: Annotated[str, typer.Option(help="信标，RANDOMNESS:SIGNATURE · a beacon's round")] = "",
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """收取随机来源，抽出接替人（只显示代码）· Take the contributions; who follows is shown by code."""
    from inspect_engine.drawing.after.substituting import decide as settle

    with refusals(as_json), writing(engine()) as session:
        found = settle(session, substitution, given_of(dice, share or [], withheld or [], drand), act(actor))
    told = {"substitution": found.substitution, "slot": found.slot, "seed": found.seed, "to": found.to}
    _say(as_json, "已抽出 · Drawn", told)


def direct(
    draw: Draw,
    slot: Slot,
    to: Annotated[str, typer.Option(help="工号或人员代码 · who goes, by staff number or code")],
    ground: Ground,
    approver: Approver,
    emergency: Annotated[
        bool, typer.Option("--emergency", help="情况紧急，不能等待抽取 · it cannot wait for a lottery")
    ] = False,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """直接委派：无人可抽或情况紧急的例外，计入公示 · Send somebody directly: the exception, counted in the notice."""
    from inspect_engine.drawing.after.assigning import direct as assign

    with refusals(as_json), writing(engine()) as session:
        said = act(actor, ground[1])
        count = assign(session, draw, slot, to, ground[0], approver, said, emergency=emergency)
    _say(as_json, "已委派 · Assigned", {"slot": slot, "direct assignments": count})


def impossible(
    draw: Draw,
    visit: Visit,
    ground: Ground,
    approver: Approver,
    seed: Seed = None,
    aside: AsideOption = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """停业、迁出等无法检查：如实记载，按位次递补 · A body cannot be inspected: record it, call the next reserve."""
    from inspect_engine.drawing.after.reserves import impossible as record

    with refusals(as_json):
        rule = _rule(seed)
        with writing(engine()) as session:
            said = act(actor, ground[1])
            made = record(session, draw, visit, ground[0], approver, rule, said, aside=_aside(aside))
    told = {
        "recorded": made.recorded,
        "reserves": len(made.reserves),
        "joined": made.joined,
        "moved": made.moved,
    }
    if as_json:
        show.as_json(told | _absence_rows(made.absence))
        return
    show.facts("已记载 · Recorded", told)
    _absence("须替换的岗位 · Slots to be followed", made.absence, as_json)


def move(  # noqa: PLR0913, PLR0917 - each key of the command has a name
    draw: Draw,
    visit: Visits,
    to: Annotated[str, typer.Option(help="改到哪天，默认最近的一天 · to which day; else the nearest")] = "",
    mark: Mark = "",
    ground: TakeGround = ("asked", ""),
    approver: TakeApprover = "",
    aside: AsideOption = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """改期：先示方案，再凭标记采用 · Visits take another day: shown first, then taken by the plan's mark."""
    from inspect_engine.drawing.after.wishes import visits_to

    with refusals(as_json):
        day = day_of(to) if to else None
        _plan(
            draw,
            "move",
            lambda s: visits_to(s, draw, visit, day),
            (mark, ground, approver),
            aside,
            actor,
            as_json,
        )


def emergency(  # noqa: PLR0913, PLR0917 - each key of the command has a name
    draw: Draw,
    day: Annotated[str, typer.Argument(help="哪一天 · which day")],
    town: Annotated[str, typer.Option(help="只限一个乡镇街道，代码 · one town alone, by code")] = "",
    mark: Mark = "",
    ground: TakeGround = ("emergency", ""),
    approver: TakeApprover = "",
    aside: AsideOption = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """突发事件：一天（或一地）的检查改期 · All visits of a day, or of a town on it, take other days."""
    from inspect_engine.drawing.after.wishes import off_day

    with refusals(as_json):
        closed = day_of(day)
        _plan(
            draw,
            "town" if town else "emergency",
            lambda s: off_day(s, draw, closed, town),
            (mark, ground, approver),
            aside,
            actor,
            as_json,
        )


def over_long(
    draw: Draw,
    visit: Visit,
    mark: Mark = "",
    ground: TakeGround = ("over-long", ""),
    approver: TakeApprover = "",
    aside: AsideOption = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """超时：同批其后的检查改期 · A visit took too long: those after it on its route take another day."""
    from inspect_engine.drawing.after.wishes import left_over

    with refusals(as_json):
        _plan(
            draw,
            "over-long",
            lambda s: left_over(s, draw, visit),
            (mark, ground, approver),
            aside,
            actor,
            as_json,
        )


def replan(  # noqa: PLR0913, PLR0917 - each key of the command has a name
    draw: Draw,
    officer: Officer,
    days: Days,
    mark: Mark = "",
    ground: TakeGround = ("illness", ""),
    approver: TakeApprover = "",
    aside: AsideOption = None,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """人员缺席：改期能免替换的改期 · An officer is away: move visits where that saves a substitution."""
    from inspect_engine.drawing.after.wishes import around

    with refusals(as_json):
        span = span_of(days)
        _plan(
            draw,
            "absence",
            lambda s: around(s, draw, officer, *span),
            (mark, ground, approver),
            aside,
            actor,
            as_json,
        )


def to_tell(draw: Draw, as_json: Json = False) -> None:
    """须告知新日期的检查对象；任何时候不告知人员姓名 · Bodies still to be told of a new day, never of a name."""
    from inspect_engine.drawing.after.telling import to_tell as waiting

    with refusals(as_json), reading(engine()) as session:
        rows = [
            (one.visit, one.blind, one.agreed.isoformat(), one.day.isoformat())
            for one in waiting(session, draw)
        ]
    heads = ["visit", "blind", "agreed", "day"]
    if as_json:
        show.as_json([dict(zip(heads, row, strict=True)) for row in rows])
    else:
        show.grid("待告知 · To be told", heads, [(n, blind[:SHOWN], *days) for n, blind, *days in rows])


def told(
    draw: Draw,
    visit: Visits,
    actor: As = DRAWER,
    as_json: Json = False,
) -> None:
    """记载已告知新日期 · Record that bodies were told of their new day."""
    from inspect_engine.drawing.after.telling import told as tell

    with refusals(as_json), writing(engine()) as session:
        count = tell(session, draw, visit, act(actor))
    _say(as_json, "已记载 · Recorded", {"told": count})


def events(draw: Draw, as_json: Json = False) -> None:
    """抽取后的事件：替换、递补、委派、待办 · What happened after the draw, and what is still to be done."""
    from inspect_engine.drawing.after.happened import overview

    with refusals(as_json), reading(engine()) as session:
        seen = overview(session, draw, Act("", now()).local_day)
    if as_json:
        show.as_json(seen)
        return
    show.facts(f"事件 · Events of {draw}", seen["counts"])
    for title, name, heads in (
        ("未抽出的申请 · Open requests", "open", ["substitution", "slot", "candidates", "commitment"]),
        ("不能到场的岗位 · Slots whose officer cannot go", "needs", ["slot", "reason"]),
        ("改期 · Moves", "moves", ["visit", "blind", "from", "to"]),
    ):
        rows = [
            [str(row[head])[:SHOWN] if head == "blind" else row[head] for head in heads] for row in seen[name]
        ]
        if rows:
            show.grid(title, heads, rows)


def register(app: typer.Typer) -> None:
    """Add the commands to ``draw``."""
    commands: dict[str, Callable[..., None]] = {
        "leave": leave,
        "substitute": substitute,
        "decide": decide,
        "direct": direct,
        "impossible": impossible,
        "move": move,
        "emergency": emergency,
        "over-long": over_long,
        "replan": replan,
        "to-tell": to_tell,
        "told": told,
        "events": events,
    }
    for name, command in commands.items():
        app.command(name)(command)


def _plan(
    draw: str,
    about: About,
    wish: Callable[[Any], Wish],
    taking: tuple[str, tuple[str, str], str],
    aside: list[str] | None,
    actor: str,
    as_json: bool,
) -> None:
    """Show the plan; or, with its mark, take it. What is asked is logged first, even if it is taken or refused."""
    from inspect_engine.drawing.after.replanning import take
    from inspect_engine.drawing.after.showing import VEILED, answered
    from inspect_engine.drawing.after.showing import show as ask

    mark, ground, approver = taking
    said, waived = act(actor, ground[1]), _aside(aside)

    def wanted(session: Any) -> Wish:
        return replace(wish(session), aside=waived)

    with writing(engine()) as session:
        plan = answered(session, draw, about, lambda s: ask(s, draw, wanted, about, said), said)
    if isinstance(plan, EngineError):
        raise plan
    if not mark:
        _show_plan("方案，尚未采用 · Plan, not taken", plan, as_json, veiled=about in VEILED)
        return
    with writing(engine()) as session:
        taken = take(session, draw, wanted(session), mark, ground[0], approver, _rule(None), said)
    if as_json:
        show.as_json(_plan_rows(taken.plan) | _absence_rows(taken.absence))
        return
    _show_plan("已改期 · Moved", taken.plan, as_json)
    _absence("须替换的岗位 · Slots to be followed", taken.absence, as_json)


def _aside(said: list[str] | None) -> frozenset[Aside]:
    for word in said or ():
        if word not in ASIDE:
            raise EngineError("drawing.aside-unknown", word=word, known=", ".join(ASIDE))
    return frozenset(cast("list[Aside]", said or []))


def _plan_rows(plan: Plan) -> dict[str, Any]:
    return {
        "mark": plan.mark,
        **plan.counts,
        "proved": plan.proved,
        "leaving": list(plan.leaving),
        "moves": [
            {
                "blind": one.blind,
                "from": one.from_day.isoformat(),
                "to": one.to_day.isoformat(),
                "tell": one.tell,
            }
            for one in plan.moves
        ],
    }


def _veiled_rows(plan: Plan) -> dict[str, Any]:
    """What decides, without slots and bodies: who goes where is told to nobody before it is known to all."""
    days = Counter(one.to_day.isoformat() for one in plan.moves)
    return {
        "mark": plan.mark,
        **plan.counts,
        "proved": plan.proved,
        "days": [{"to": day, "visits": count} for day, count in sorted(days.items())],
    }


def _show_plan(title: str, plan: Plan, as_json: bool, *, veiled: bool = False) -> None:
    rows = _veiled_rows(plan) if veiled else _plan_rows(plan)
    if as_json:
        show.as_json(rows)
        return
    name, heads = ("days", ["to", "visits"]) if veiled else ("moves", ["blind", "from", "to", "tell"])
    listed = rows.pop(name)
    show.facts(title, rows if veiled else rows | {"leaving": " ".join(plan.leaving) or "-"})
    show.grid("改期 · Moves", heads, [[str(row[head])[:SHOWN] for head in heads] for row in listed])


def _asked(asked: Asked) -> dict[str, Any]:
    return {
        "substitution": asked.substitution,
        "slot": asked.slot,
        "candidates": asked.candidates,
        "commitment": asked.commitment,
        "few": asked.few,
        "alarm": asked.alarm,
    }


def _absence_rows(found: Absence) -> dict[str, Any]:
    return {
        "requests": [_asked(one) for one in found.asked],
        "waiting": list(found.waiting),
        "stuck": list(found.stuck),
    }


def _absence(title: str, found: Absence, as_json: bool) -> None:
    if as_json:
        show.as_json(_absence_rows(found))
        return
    heads = ["substitution", "slot", "candidates", "commitment"]
    show.grid(title, heads, [[_asked(one)[head] for head in heads] for one in found.asked])
    if found.waiting:
        show.line(f"等待同日申请抽出 · Wait for an open request of their day: {' '.join(found.waiting)}")
    if found.stuck:
        show.line(f"无人可抽 · Nobody can be drawn: {' '.join(found.stuck)}", "bold")
    _warn(found.asked)


def _warn(asked: Any) -> None:
    if any(one.few for one in asked):
        show.line("候选人过少，结果容易猜到 · Candidates are few: the outcome can be guessed", "bold")
    if any(one.alarm for one in asked):
        show.line("同日多人缺席，须查明 · Many are away on one day: look into it", "bold")


def _rule(seed: list[str] | None) -> list[Row]:
    """Rows of a seed rule; what does not fit is left for the rule's own check to name."""
    rule: list[Row] = []
    for text in seed or ["dice:20"]:
        kind, _, rest = text.partition(":")
        head, _, last = rest.rpartition(":")
        number = int(last) if last.isdecimal() and len(last) < 16 else 0
        if kind == "dice":
            rule.append({"digits": number, "kind": kind})
        elif kind == "drand":
            rule.append({"chain": head, "kind": kind, "round": number})
        else:
            rule.append({"commitment": last, "kind": kind, "party": head})
    return rule


def _say(as_json: bool, title: str, rows: dict[str, Any]) -> None:
    if as_json:
        show.as_json(rows)
    else:
        show.facts(title, rows)
