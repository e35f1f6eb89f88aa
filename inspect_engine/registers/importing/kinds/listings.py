"""The three lists (三张清单): a row puts one item on one of them from a day on; the list before ends there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Identity, Kind
from inspect_engine.registers.importing.kinds.duties import IN_PLACE, build
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.timelines import TimelineStore, in_force, not_earlier
from inspect_engine.registers.tables import Item, ItemListing


def _identity(record: Record) -> Identity:
    return (str(record["item_code"]), str(record["starts"]))


def _check(record: Record, refs: References) -> Iterator[Bad]:
    item = record.get("item_code")
    if item is not None and item not in refs.items:
        yield Bad("item-unknown", column="item_code", value=item)
    yield from not_earlier(record, refs.listings.get(str(item), {}))


def _rows(session: Session, codes: Sequence[str]) -> Iterator[tuple[Any, Record]]:
    query = select(ItemListing, Item.code).join(Item, col(ItemListing.item_id) == Item.id)
    for row, code in session.exec(query.where(col(Item.code).in_(codes))):
        yield row, {"item_code": code}


def _place(_session: Session, record: Record, refs: References) -> dict[str, Any]:
    return {"item_id": refs.items[str(record["item_code"])]}


LISTINGS = Kind(
    name="listings",
    fields=(
        Field("item_code", fields.text, required=True),
        Field("listing", fields.one_of(vocabulary.LISTINGS), required=True),
        Field("starts", fields.day, required=True),
        Field("ends", fields.day),
        Field("ground", fields.text),
    ),
    build=build,
    identity=_identity,
    complete=lambda record: {"ends": None, "ground": ""} | record,
    check=_check,
    change=lambda before, after: in_force(before, after, IN_PLACE),
    store=TimelineStore(ItemListing, "item_id", "item_code", _identity, ("listing", "ground"), _rows, _place),
    ordered=True,
    approved=ItemListing,
)
