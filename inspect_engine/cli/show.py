"""What a command prints: a table that people read, or JSON that programs read; refusals in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from inspect_engine.errors import EngineError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def as_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON value, Chinese as it is."""
    out.print_json(json.dumps(value, ensure_ascii=False, default=str), indent=2)


def facts(title: str, rows: Mapping[str, object]) -> None:
    """Print names and values, one a line."""
    table = Table(show_header=False, box=None, padding=(0, 2))
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for name, value in rows.items():
        table.add_row(Text(name), Text(str(value)))
    heading(title)
    out.print(table)


def grid(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table with heads; what is too long for its column goes on in the next line, never cut."""
    table = Table()
    for head in heads:
        table.add_column(Text(head), overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    heading(title)
    out.print(table)


def heading(title: str) -> None:
    """Print a title on lines of its own: a table's own title wraps at the table's width."""
    line(title, style="italic")


def line(words: str, style: str = "", *, console: Console | None = None) -> None:
    """Print words as they are: what a user wrote is never read as markup."""
    (console or out).print(Text(words, style=style), soft_wrap=True)


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
    err.print(
        Text.assemble(("✗ ", "bold red"), error.message("zh"), "  ", (error.code, "dim")), soft_wrap=True
    )
    line(f"  → {error.remedy('zh')}", console=err)
    line(f"  {error.message('en')}", "dim", console=err)
    line(f"  → {error.remedy('en')}", "dim", console=err)
