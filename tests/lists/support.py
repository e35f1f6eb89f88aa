"""The small county's lists, and acts upon them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, check_log
from inspect_engine.events.tables import Event
from inspect_engine.registers.importing import ImportReport, import_file
from inspect_engine.registers.tables import Item, ItemVersion, PowerVersion, SubItem
from inspect_engine.store import reading
from solver.dr1.encoding import parse
from tests.drawing import world
from tests.registers.support import write_csv

#: The day of the acts, in China; draws of the small county run from the 3rd to the 28th.
TODAY = date(2026, 12, 1)
LATER = date(2026, 12, 15)
APPROVER = "审批岗"


def act(ground: str = "动态调整", actor: str = "登记岗", minutes: float = 0) -> Act:
    """An act of the registrar."""
    return world.act(minutes, actor, ground)


def refused(code: str) -> Any:
    """Expect a refusal with this code."""

    class _Expected:
        def __enter__(self) -> None:
            self._inner = pytest.raises(EngineError)
            self._info = self._inner.__enter__()

        def __exit__(self, *found: Any) -> Any:
            ended = self._inner.__exit__(*found)
            assert self._info.value.code == code, self._info.value
            assert self._info.value.message("zh")
            assert "{" not in self._info.value.message("en") + self._info.value.remedy("zh")
            return ended

    return _Expected()


def versions(session: Session, sub_item: str) -> list[ItemVersion]:
    """All versions of a sub-item in their order."""
    query = select(ItemVersion).join(SubItem, col(ItemVersion.sub_item_id) == SubItem.id)
    return list(session.exec(query.where(SubItem.code == sub_item).order_by(col(ItemVersion.number))))


def sub_items(session: Session, item: str) -> list[str]:
    """Codes of an item's sub-items."""
    query = select(SubItem.code).join(Item, col(SubItem.item_id) == Item.id).where(Item.code == item)
    return list(session.exec(query.order_by(col(SubItem.number))))


def power_versions(session: Session) -> list[PowerVersion]:
    """All versions of powers."""
    return list(session.exec(select(PowerVersion).order_by(col(PowerVersion.id))))


def last_event(engine: Engine) -> dict[str, Any]:
    """Body of the last event, after the log was found whole."""
    with reading(engine) as session:
        assert list(check_log(session)) == []
        event = session.exec(select(Event).order_by(col(Event.seq).desc())).first()
        assert event is not None
        body = parse(event.body)
        assert isinstance(body, dict)
        return body


def take(
    engine: Engine,
    kind: str,
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    approver: str | None = APPROVER,
    ground: str = "动态调整",
) -> ImportReport:
    """Import rows as a file."""
    path = write_csv(folder / f"{kind}-{len(list(folder.iterdir()))}.csv", rows)
    return import_file(engine, kind, path, act(ground), entropy=lambda: "5a" * 32, approver=approver)
