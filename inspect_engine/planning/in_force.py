"""Which version of an item is in force (有效清单): off the list, no inspection."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.registers.tables import ItemState, ItemVersion, SubItem


def version_in_force(session: Session, sub_item: str, first: date, last: date) -> ItemVersion | None:
    """Version of a sub-item that is active on every day from ``first`` to ``last``, if there is one."""
    query = (
        select(ItemVersion)
        .join(SubItem, col(SubItem.id) == col(ItemVersion.sub_item_id))
        .where(
            col(SubItem.code) == sub_item,
            col(ItemVersion.state) == ItemState.active,
            col(ItemVersion.starts) <= first,
            col(ItemVersion.ends).is_(None) | (col(ItemVersion.ends) > last),
        )
        .order_by(col(ItemVersion.number).desc())
    )
    return session.exec(query).first()
