"""``verify``: check a pack, in words (核验)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspect_engine.cli import show
from inspect_engine.cli.context import refusals


def verify(
    pack: Annotated[Path, typer.Argument(help="证明包 · the pack", exists=True, dir_okay=False)],
    deep: Annotated[
        bool, typer.Option("--deep", help="重算工作量与恒零组合（完整副本）· recompute loads too")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")] = False,
    lang: Annotated[str, typer.Option(help="zh | en")] = "zh",
) -> None:
    """核验证明包：成立、不成立、此处不能核验 · Check a pack: holds, fails, cannot be checked here."""
    from inspect_engine.drawing.verifying import verify_file
    from solver.dr1 import report as reports

    with refusals(as_json):
        report = verify_file(pack, deep=deep)
    if as_json:
        show.as_json(reports.as_json(report))
    else:
        show.out.print(reports.text(report, "en" if lang == "en" else "zh"), markup=False, soft_wrap=True)
    raise SystemExit(1 if report.failed else 0)
