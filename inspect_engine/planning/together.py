"""Which items tasks have inspected together (联合抽查的事项)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from inspect_engine.planning.tables import TaskItem
from inspect_engine.registers.tables import ItemVersion, SubItem


def inspected_with(session: Session, sub_items: Iterable[str]) -> frozenset[str]:
    """Codes of the sub-items that stood in a task with one of these, those themselves left out."""
    wanted = frozenset(sub_items)
    query = (
        select(TaskItem.task_id, SubItem.code)
        .join(ItemVersion, col(ItemVersion.id) == col(TaskItem.item_version_id))
        .join(SubItem, col(SubItem.id) == col(ItemVersion.sub_item_id))
    )
    tasks: dict[int, set[str]] = {}
    for task, code in session.exec(query):
        tasks.setdefault(task, set()).add(code)
    return frozenset(code for codes in tasks.values() if codes & wanted for code in codes - wanted)
