"""What a command prints: a table that people read, or JSON that programs read; refusals in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from inspect_engine.errors import EngineError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON value, Chinese as it is."""
    out.print_json(json.dumps(value, ensure_ascii=False, default=str), indent=2)


def facts(title: str, rows: Mapping[str, object]) -> None:
    """Print names and values, one a line."""
    table = Table(title=title, show_header=False, title_justify="left", box=None, padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(name, str(value))
    out.print(table)


def grid(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table with heads."""
    table = Table(*heads, title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(str, row))
    out.print(table)


def refuse(error: EngineError, *, json_wanted: bool) -> None:
    """Print a refusal: what is wrong and what mends it, Chinese first."""
    if json_wanted:
        as_json(
            {
                "code": error.code,
                "params": {name: str(value) for name, value in error.params.items()},
                "zh": error.message("zh"),
                "en": error.message("en"),
                "remedy_zh": error.remedy("zh"),
                "remedy_en": error.remedy("en"),
            }
        )
        return
    err.print(f"[bold red]✗[/] {error.message('zh')}  [dim]{error.code}[/]")
    err.print(f"  → {error.remedy('zh')}")
    err.print(f"  {error.message('en')}", style="dim")
    err.print(f"  → {error.remedy('en')}", style="dim")
