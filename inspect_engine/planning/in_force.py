"""Which version of an item is in force (有效清单): off the list, no inspection."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.registers.tables import Bound, FrequencyForm, ItemState, ItemVersion, SubItem


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


def sub_item_code(session: Session, version: ItemVersion) -> str:
    """Code of the sub-item whose version it is."""
    return session.exec(select(col(SubItem.code)).where(col(SubItem.id) == version.sub_item_id)).one()


def times_a_year(version: ItemVersion) -> int:
    """How often a year the item may be inspected at one body: as its list limits it, once where it does not."""
    limited = version.frequency_bound in (Bound.maximum, Bound.exact)
    if not limited or version.frequency_form is not FrequencyForm.per_years or not version.frequency_times:
        return 1
    return max(1, version.frequency_times // (version.frequency_years or 1))
