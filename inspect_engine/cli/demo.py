"""``demo``: a fixture county's whole month, from empty registers to two checked packs (演示)."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from sqlalchemy.engine import Engine
from sqlmodel import Session

from inspect_engine.cli import show
from inspect_engine.cli.context import refusals, write_text
from inspect_engine.cli.witness import signature
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.store import make_private, open_store, reading, sqlite_url, writing

if TYPE_CHECKING:
    from inspect_engine.planning.spec import DrawSpec
    from solver.dr1.verdicts import Report

T = TypeVar("T")

#: The demo's clock starts here and moves by its steps, so that two runs give the same packs.
START = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
#: The month that is drawn, and when its draw is opened.
MONTH, OPENED = 3, datetime(2026, 2, 26, 1, 0, tzinfo=UTC)
DICE = ("31415926535897932384", "27182818284590452353")
PARTIES = ("纪检监察组", "公证处")

#: Files that a run writes: the only ones that the next run may delete.
OWN = (
    "engine.db",
    "engine.db-wal",
    "engine.db-shm",
    "pack.zip",
    "public.zip",
    "summary.html",
    "plan.toml",
    "plan-notice.json",
    "order-form.toml",
)


@dataclass
class Clock:
    """Time of the demo: each act is ten minutes after the one before."""

    at: datetime = START

    def act(self, actor: str) -> Act:
        """An act at the next time."""
        self.at += timedelta(minutes=10)
        return Act(actor, self.at)


class Entropy:
    """Secrets of a demo, the same each time; a real draw takes the operating system's."""

    def __init__(self, name: str) -> None:
        self._name, self._count = name, 0

    def __call__(self) -> str:
        """64 hex digits."""
        from solver.dr1.encoding import hexdigest, text

        self._count += 1
        return hexdigest(text("demo", self._name, str(self._count)))


def demo(
    out: Annotated[Path, typer.Option(help="写到 · folder to write")] = Path("var/demo"),
    targets: Annotated[int, typer.Option(min=1, help="对象数 · targets")] = 3000,
    officers: Annotated[int, typer.Option(min=6, help="人员数 · officers")] = 60,
) -> None:
    """演示：虚构一个县，走完一个月 · An invented county's whole month."""
    with refusals(json_wanted=False):
        clear(out)
        run_demo(out, targets, officers)


def clear(out: Path, own: Collection[str] = OWN) -> None:
    """Make a folder ready for a run: delete what an earlier run wrote, and nothing else.

    Raises
    ------
    EngineError
        ``cli.foreign-files`` when anything else is in the folder; nothing is deleted then.
        ``cli.file-not-written`` when the folder cannot be made or emptied.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        found = sorted(out.iterdir())
        foreign = [one.name for one in found if one.name not in own or one.is_symlink() or not one.is_file()]
        if foreign:
            raise EngineError("cli.foreign-files", path=str(out), names=", ".join(foreign[:5]))
        for one in found:
            one.unlink()
    except OSError as error:
        raise EngineError("cli.file-not-written", path=str(out), fault=error.strerror) from error


def run_demo(out: Path, targets: int, officers: int) -> None:
    """Make a county, file its year's plan, run a month of it; write ``pack.zip``, ``public.zip`` and ``summary.html``."""
    from fixtures.generate import county
    from fixtures.load import load
    from fixtures.plans import demo_plan, month_extra
    from fixtures.tasks import Party
    from solver.dr1.seed import share_commitment

    clock, entropy = Clock(), Entropy("county")
    engine = make_store(out, clock)
    world = _timed("虚构名录 · registers", lambda: county("demo", targets, officers, START.date()))
    with writing(engine) as session:
        load(session, world, clock.act("登记岗"))
    shares = {party: entropy() for party in PARTIES}
    keys = {party: bytes.fromhex(entropy()) for party in PARTIES}
    write_text(out / "plan.toml", demo_plan(START.year))
    plan = run_plan(engine, out, demo_plan(START.year), clock)
    clock.at = OPENED
    form = month_extra([Party(party, share_commitment(party, value)) for party, value in shares.items()])
    write_text(out / "order-form.toml", form)
    run_month(engine, out, from_plan(plan, MONTH, form), shares, keys, DICE, clock, entropy)


def run_plan(engine: Engine, out: Path, form: str, clock: Clock) -> str:
    """Take a plan form to a filed and published plan; returns its code."""
    from inspect_engine.planning.plans import service
    from inspect_engine.planning.plans.form import read_plan
    from solver.plan.result import Solved
    from solver.plan.solve import solve

    with writing(engine) as session:
        code = service.form_of(service.new_plan(session, read_plan(form), clock.act("计划岗"))).plan
    with reading(engine) as session:
        made = service.ready(session, code, clock.act("计划岗"))
    found = _timed("年度计划求解 · the year's numbers", lambda: solve(made.built.problem))
    if not isinstance(found, Solved):
        raise EngineError("plans.demo-unsolved", plan=code)
    with writing(engine) as session:
        service.keep(session, made, found, clock.act("计划岗"))
        service.approve(session, code, clock.act("审批岗"))
        filed = clock.act("计划岗")
        service.file_plan(session, code, f"虚备〔{START.year}〕3号", "虚构市司法局", filed.local_day, filed)
        version = service.publish(session, code, clock.act("公示岗"))
        notice = service.public_plan(session, version)
        facts = service.facts(session, version)
    write_text(out / "plan-notice.json", json.dumps(notice, ensure_ascii=False, indent=2) + "\n")
    show.facts("年度计划 · The year's plan", facts)
    return code


def from_plan(code: str, month: int, extra: str) -> Callable[[Session], DrawSpec]:
    """The order form of a month of a filed plan."""
    from inspect_engine.planning.plans.service import month_form
    from inspect_engine.planning.spec import read_values

    return lambda session: month_form(session, code, month, read_values(extra))


def make_store(out: Path, clock: Clock) -> Engine:
    """Make a store with its posts and the calendar of two years."""
    from inspect_engine.events.posts import add_posts
    from inspect_engine.migrations.run import upgrade
    from inspect_engine.registers.service import seed_calendar

    make_private(out / "engine.db")
    engine = open_store(sqlite_url(out / "engine.db"))
    _timed("建库 · store", lambda: upgrade(engine))
    with writing(engine) as session:
        add_posts(session, clock.act("系统"))
        seed_calendar(session, clock.act("系统"), 2025, 2026)
    return engine


def run_month(
    engine: Engine,
    out: Path,
    form: Callable[[Session], DrawSpec],
    shares: Mapping[str, str],
    keys: Mapping[str, bytes],
    rolls: tuple[str, str],
    clock: Clock,
    entropy: Entropy,
) -> tuple[dict[str, int], Report]:
    """Take an order form through every step to two checked packs.

    Parameters
    ----------
    form : callable
        Gives the order form from the store.
    shares : mapping of str to str
        Party → share of the first seed.
    keys : mapping of str to bytes
        Witness → private key; none leaves the draw unwitnessed.
    rolls : tuple of str
        Dice of both seeds.

    Returns
    -------
    tuple
        Counts of the month, and the report on the full pack.
    """
    from fixtures.consents import consent_all
    from inspect_engine.drawing import service
    from inspect_engine.drawing.service import Given

    def step(words: str, do: Callable[..., T], *args: object) -> T:
        with writing(engine) as session:
            return _timed(words, lambda: do(session, *args, clock.act("抽取岗")))

    with writing(engine) as session:
        draw = service.open_draw(session, form(session), clock.act("计划岗"), entropy).draw_id
    with writing(engine) as session:
        consent_all(session, draw, clock.at)
    committed = step("冻结并承诺 · freeze and commit", service.freeze, draw)
    given = [
        *(Given("share", party, value) for party, value in shares.items()),
        Given("dice", value=rolls[0]),
    ]
    step("第一粒种子 · first seed", service.contribute, draw, given, _witnesses(keys, committed, clock))
    drawn = step("抽取对象 · draw the targets", service.draw_targets, draw)
    routes = step("批次与日期 · routes and dates", service.plan, draw)
    committed = step("人力与概率 · staffing and chances", service.staff, draw)
    dice = [Given("dice", value=rolls[1])]
    step("第二粒种子 · second seed", service.contribute, draw, dice, _witnesses(keys, committed, clock))
    roster = step("抽取人员 · draw the officers", service.draw_officers, draw)
    counts = {**drawn, **routes, **roster}
    show.facts("本月 · This month", counts)
    return counts, _finish(engine, out, draw, clock)


def _witnesses(keys: Mapping[str, bytes], committed: str, clock: Clock) -> list[dict[str, str]]:
    """What the witnesses sign on machines of their own, five minutes after the commitment."""
    from inspect_engine.drawing.steps import stamp

    at = stamp(clock.at + timedelta(minutes=5))
    return [signature(committed, key, party, at) for party, key in keys.items()]


def _finish(engine: Engine, out: Path, draw: str, clock: Clock) -> Report:
    from inspect_engine.drawing import service
    from inspect_engine.drawing.summary import Checked, summary
    from inspect_engine.drawing.verifying import verify_file

    full, public = out / "pack.zip", out / "public.zip"
    with writing(engine) as session:
        service.write_pack(session, draw, "full", full, clock.act("公示岗"))
        service.write_pack(session, draw, "public", public, clock.act("公示岗"))
    words = ("完整副本（供审计）· full copy", "公开副本 · public copy")
    checked = [
        Checked(words[0], _timed(f"核验 check: {words[0]}", lambda: verify_file(full, deep=True))),
        Checked(words[1], _timed(f"核验 check: {words[1]}", lambda: verify_file(public))),
    ]
    with reading(engine) as session:
        (out / "summary.html").write_text(summary(session, draw, checked), encoding="utf-8")
    for one in checked:
        _conclude(one.title, one.report)
    show.facts("写出 · Written", {name: out / name for name in ("pack.zip", "public.zip", "summary.html")})
    return checked[0].report


def _conclude(title: str, report: Report) -> None:
    counts = {outcome.value: len(report.of(outcome)) for outcome in type(report.verdicts[0].outcome)}
    show.facts(
        title,
        {
            "成立 holds": counts["holds"],
            "不成立 fails": counts["fails"],
            "此处不能核验 cannot be checked here": counts["unseen"],
        },
    )
    for verdict in report.verdicts:
        for finding in verdict.faults:
            show.line(f"  ✗ {verdict.check}: {finding.code} {dict(finding.params)}")
    if report.failed:
        raise SystemExit(1)


def _timed(words: str, do: Callable[[], T]) -> T:
    start = time.perf_counter()
    made = do()
    show.line(f"  {time.perf_counter() - start:6.2f} s  {words}")
    return made
