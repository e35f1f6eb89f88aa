"""Items in their three tables: item → sub-item → version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlmodel import Session, col, func, select

from inspect_engine.registers.importing.fields import Record
from inspect_engine.registers.importing.kind import Identity, Stored
from inspect_engine.registers.importing.references import References, chunks
from inspect_engine.registers.importing.stores import from_day, to_day
from inspect_engine.registers.tables import Item, ItemVersion, SubItem

_ITEM = {"item_code": "code", "item_name": "name", "field": "field", "power_code": "power_code"}
_SUB_ITEM = {"sub_code": "code", "sub_number": "number", "sub_name": "name"}
_VERSION = (
    "state",
    "basis",
    "level",
    "subject",
    "kind",
    "target_kind",
    "methods",
    "ratio_form",
    "ratio",
    "ratio_by_class",
    "ratio_text",
    "frequency_form",
    "frequency_bound",
    "frequency_times",
    "frequency_years",
    "frequency_text",
    "officer_requirement",
    "skill",
    "minutes",
    "standard",
    "note",
    "ground",
)


@dataclass(frozen=True, slots=True)
class ItemStore:
    """An item list has hundreds of rows, not hundreds of thousands: it is written row by row, in the order given."""

    identity: Callable[[Record], Identity]

    def read(self, session: Session, records: Sequence[Record], refs: References) -> dict[Identity, Stored]:  # noqa: ARG002
        """Find the versions that the register has of these sub-items."""
        found: dict[Identity, Stored] = {}
        for some in chunks(sorted({str(record["sub_code"]) for record in records})):
            query = select(Item, SubItem, ItemVersion).join(SubItem, col(SubItem.item_id) == Item.id)
            query = query.join(ItemVersion, col(ItemVersion.sub_item_id) == SubItem.id)
            for item, sub_item, version in session.exec(query.where(col(SubItem.code).in_(some))):
                record = _to_record(item, sub_item, version)
                found[self.identity(record)] = Stored(version.id, record)
        return found

    def insert(self, session: Session, records: Sequence[Record], refs: References, at: datetime) -> None:  # noqa: ARG002
        """Add versions under the import's approval, with the items and sub-items that are new; the one before ends."""
        for record in records:
            item = _item(session, record)
            sub_item = _sub_item(session, item, record)
            _add_version(session, sub_item, record, refs)

    def update(
        self,
        session: Session,
        changes: Sequence[tuple[Stored, Record]],
        refs: References,
        at: datetime,  # noqa: ARG002
    ) -> None:
        """Write over drafts, and over what may change in a version in force."""
        for stored, record in changes:
            version = session.get_one(ItemVersion, stored.id)
            _item(session, record)
            _set(version, {name: record[name] for name in _VERSION} | {"ends": to_day(record["ends"])})
            if refs.approval_id is not None:
                version.approval_id = refs.approval_id
            session.add(version)
        session.flush()


def _to_record(item: Item, sub_item: SubItem, version: ItemVersion) -> Record:
    record = {name: getattr(item, column) for name, column in _ITEM.items()}
    record |= {name: getattr(sub_item, column) for name, column in _SUB_ITEM.items()}
    record |= {name: getattr(version, name) for name in _VERSION}
    return record | {"starts": from_day(version.starts), "ends": from_day(version.ends)}


def _set(row: Item | SubItem | ItemVersion, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _item(session: Session, record: Record) -> Item:
    item = session.exec(select(Item).where(Item.code == record["item_code"])).first()
    item = item or Item(code=str(record["item_code"]), name="", field="")
    _set(item, {column: record[name] for name, column in _ITEM.items()})
    session.add(item)
    session.flush()
    return item


def _sub_item(session: Session, item: Item, record: Record) -> SubItem:
    found = session.exec(select(SubItem).where(SubItem.code == record["sub_code"])).first()
    if found is None:
        last = session.exec(select(func.max(SubItem.number)).where(SubItem.item_id == item.id)).one()
        number = cast("int", record["sub_number"] or (last or 0) + 1)
        found = SubItem(item_id=cast("int", item.id), code=str(record["sub_code"]), number=number, name="")
    found.name = str(record["sub_name"])
    session.add(found)
    session.flush()
    return found


def _add_version(session: Session, sub_item: SubItem, record: Record, refs: References) -> None:
    starts = cast("date", to_day(record["starts"]))
    earlier = session.exec(select(ItemVersion).where(ItemVersion.sub_item_id == sub_item.id)).all()
    for version in earlier:
        if version.ends is None or version.ends > starts:
            version.ends = starts
            session.add(version)
    number = max((version.number for version in earlier), default=0) + 1
    values: dict[str, Any] = {name: record[name] for name in _VERSION} | {"ends": to_day(record["ends"])}
    values |= {"ground": values["ground"] or refs.ground, "approval_id": refs.approval_id}
    session.add(ItemVersion(sub_item_id=cast("int", sub_item.id), number=number, starts=starts, **values))
    session.flush()
