"""``init`` and ``import``: make a store, fill its registers (建库与导入)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from inspect_engine.cli import show
from inspect_engine.cli.context import act, engine, entropy, existing, refusals
from inspect_engine.errors import EngineError
from inspect_engine.settings import Settings
from inspect_engine.store import make_private, open_store, refusing, shown_url, sqlite_url, writing

if TYPE_CHECKING:
    from inspect_engine.registers.service import ImportReport

imports = typer.Typer(no_args_is_help=True, help="导入名录：CSV 或 XLSX · Import registers from CSV or XLSX")

#: Faults shown on the screen; ``--json`` has them all.
SHOWN_FAULTS = 40

KINDS = {
    "regions": "行政区划",
    "agencies": "机关",
    "targets": "检查对象",
    "officers": "执法人员",
    "items": "抽查事项",
    "relations": "回避关系",
    "leave": "请假",
    "calendar": "工作日历",
    "history": "既往检查",
}


def init(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """建库：表、各岗位操作人、工作日历 · Make a store with its actors and the calendar."""
    from inspect_engine.events.posts import add_posts
    from inspect_engine.migrations.run import upgrade
    from inspect_engine.registers.service import seed_calendar

    settings = Settings.from_environment()
    with refusals(as_json):
        _make_file(settings)
        opened = open_store(settings.database_url)
        with refusing():
            upgrade(opened)
        with writing(opened) as session:
            posts = add_posts(session, act("系统"))
            years = seed_calendar(session, act("系统"))
    facts = {
        "store": shown_url(settings.database_url),
        "actors": "、".join(posts),
        "calendar": f"{min(years)}–{max(years)}" if years else "-",
    }
    if as_json:
        show.as_json(facts)
    else:
        show.facts("已建库 · Store made", facts)


def upgrade(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
) -> None:
    """升级：把已有的库升到本版的表结构 · Bring a store to the schema of this version."""
    from inspect_engine.migrations.run import is_current
    from inspect_engine.migrations.run import upgrade as bring_up

    with refusals(as_json):
        opened = existing()
        with refusing():
            current = is_current(opened)
            bring_up(opened)
    facts = {"store": shown_url(Settings.from_environment().database_url), "changed": not current}
    if as_json:
        show.as_json(facts)
    else:
        show.facts("表结构已是最新 · The schema is current", facts)


def _make_file(settings: Settings) -> None:
    """Make the private file of a SQLite store in ``home``; another database makes its own."""
    path = settings.home / "engine.db"
    if settings.database_url != sqlite_url(path):
        return
    if path.exists():
        raise EngineError("store.already-initialised", path=str(settings.home))
    make_private(path)


def _command(kind: str, title: str) -> None:
    def command(
        path: Annotated[
            Path, typer.Argument(help="CSV、CSV.GZ 或 XLSX 文件 · file", exists=True, dir_okay=False)
        ],
        columns: Annotated[
            str, typer.Option("--map", help="列对照：文件或内置名 · column map: a file or a shipped name")
        ] = "",
        skip_faulty: Annotated[
            Path | None,
            typer.Option(help="跳过有误的行，写到此文件 · put faulty rows here and import the rest"),
        ] = None,
        actor: Annotated[str, typer.Option("--as", help="操作人 · who acts")] = "登记岗",
        as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    ) -> None:
        run_import(kind, path, columns, skip_faulty, actor, as_json)

    command.__doc__ = f"导入{title} · Import {kind}."
    imports.command(kind)(command)


for _kind, _title in KINDS.items():
    _command(_kind, _title)


def run_import(
    kind: str,
    path: Path,
    columns: str,
    skip_faulty: Path | None,
    actor: str,
    as_json: bool,
    approval: tuple[str, str] | None = None,
) -> None:
    """Import one file and show its report; exit code 1 where nothing was imported for its faults.

    ``approval`` is the ground and the second person who allows the change of a list.
    """
    from inspect_engine.registers.service import import_file, load_map, shipped_map

    with refusals(as_json):
        column_map = None
        if columns:
            column_map = load_map(Path(columns)) if Path(columns).exists() else shipped_map(columns)
        with Progress(console=show.err, transient=True, disable=as_json) as bar:
            job = bar.add_task(path.name, total=None)
            report = import_file(
                engine(),
                kind,
                path,
                act(actor, approval[0] if approval else ""),
                column_map,
                skip_faulty=skip_faulty,
                entropy=entropy,
                approver=approval[1] if approval else None,
                progress=lambda done, total: bar.update(job, completed=done, total=total or None),
            )
    if as_json:
        show.as_json(report.shown())
    else:
        show_report(report)
    if not report.stored:
        raise SystemExit(1)


def show_report(report: ImportReport) -> None:
    """Print what an import did, or each fault for which it did nothing."""
    show.facts(
        "导入报告 · Import report",
        {
            "file": report.file,
            "stored": "是 yes" if report.stored else "否，名录未变 · no, the register is as it was",
            "rows": report.rows,
            "inserted / updated / unchanged / skipped": (
                f"{report.inserted} / {report.updated} / {report.unchanged} / {report.skipped}"
            ),
            "added beside": report.added,
            "headings not used": "、".join(report.ignored) or "-",
        },
    )
    if report.faults:
        _show_faults(report)


def _show_faults(report: ImportReport) -> None:
    """Print each fault as lines of its own, so that nothing is cut at any width."""
    more = (
        f" (前 {SHOWN_FAULTS} 条；全部见 --json · all: --json)" if len(report.faults) > SHOWN_FAULTS else ""
    )
    show.heading(f"错误 · Faults: {len(report.faults)}{more}")
    for fault in report.faults[:SHOWN_FAULTS]:
        where = " ".join(str(part) for part in (fault.place.sheet, fault.place.row, fault.column) if part)
        show.line(f"  {where}  {fault.message('zh')}  [{fault.code}]")
        show.line(f"    {fault.message('en')}", "dim")
