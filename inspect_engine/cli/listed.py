"""What the ``list`` commands show, and how they read their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from inspect_engine.cli import show
from inspect_engine.errors import EngineError

if TYPE_CHECKING:
    from inspect_engine.drawing.flags import Use
    from inspect_engine.lists.check import Finding
    from inspect_engine.lists.compare import Difference
    from inspect_engine.registers.importing import ColumnMap
    from inspect_engine.registers.tables import ItemState

HEADS = ("编码 code", "名称 name", "结果 finding", "字段 field", "左 left", "右 right")


def cells(found: Sequence[Difference]) -> list[tuple[str, ...]]:
    """Rows of a comparison under :data:`HEADS`."""
    return [(one.code, one.name, one.finding, one.field, one.left, one.right) for one in found]


def workbook(found: Sequence[Difference]) -> bytes:
    """The comparison as XLSX."""
    from inspect_engine.lists.sheets import xlsx_bytes

    return xlsx_bytes({"比对": [HEADS, *cells(found)]})


def show_findings(day: date, found: Sequence[Finding]) -> None:
    """Print how often each finding came up, and each of them."""
    from inspect_engine.lists.check import FINDINGS

    counts = {rule: sum(one.rule == rule for one in found) for rule in FINDINGS}
    said = {f"{zh} · {en}": counts[rule] for rule, (zh, en) in FINDINGS.items()}
    show.facts(f"清单自查 · Check of the lists, {day.isoformat()}", said)
    show.grid(
        "发现 · Findings",
        ("发现 finding", "编码 code", "名称 name", "说明 said"),
        [(FINDINGS[one.rule][0], one.subject, one.name, one.said) for one in found],
    )


def show_uses(uses: Sequence[Use]) -> None:
    """Print what is open, if anything is."""
    if uses:
        show.grid(
            "仍在办，请逐一处理 · Still open, to be decided one by one",
            ("what", "name", "item", "until"),
            [(one.kind, one.name, one.item, one.last.isoformat()) for one in uses],
        )


def column_map(name: str) -> ColumnMap | None:
    """The column map of a file or of a shipped name; None where none is named."""
    from inspect_engine.registers.importing import load_map, shipped_map

    if not name:
        return None
    return load_map(Path(name)) if Path(name).exists() else shipped_map(name)


def state_of(word: str) -> ItemState:
    """A state by its word in either language; raises ``lists.state-word``."""
    from inspect_engine.registers.importing.vocabulary import ITEM_STATES
    from inspect_engine.registers.tables import ItemState

    if word not in ITEM_STATES:
        raise EngineError("lists.state-word", word=word, known=", ".join(ItemState))
    return ItemState(ITEM_STATES[word])


def day_of(text: str, today: date) -> date:
    """A day as it is written, today where nothing is; raises ``lists.bad-day``."""
    try:
        return date.fromisoformat(text) if text else today
    except ValueError as error:
        raise EngineError("lists.bad-day", text=text) from error


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, over the one of an earlier day."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(content)
    draft.replace(path)
