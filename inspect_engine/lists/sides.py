"""The sides of a comparison: the store's lists on a day, for a level or a body, or the list of a file.

A side is written ``[WHOM@]DAY`` — ``2026-01-01``, ``city@2026-01-01``, ``330402-SJ@2026-01-01`` — or as the path of a
CSV or XLSX file, read by the import's own rules without being stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from sqlmodel import Session

from inspect_engine.errors import EngineError
from inspect_engine.lists.body import Stated, body_of, held, may_act, stated_levels
from inspect_engine.lists.compare import Entry
from inspect_engine.lists.reading import ListedItem, holders_on, is_for, items_on, powers_on
from inspect_engine.registers.importing import ColumnMap, shipped_map
from inspect_engine.registers.importing.binding import check_map
from inspect_engine.registers.importing.fields import Record
from inspect_engine.registers.importing.kinds import kind_named
from inspect_engine.registers.importing.parsing import parse
from inspect_engine.registers.importing.source import open_source
from inspect_engine.registers.importing.spool import Spool
from inspect_engine.registers.tables import ItemState, Level, PowerVersion
from inspect_engine.rules import rule_on

#: Lists that can be compared.
KINDS = ("items", "powers")


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a day of the store and whose list of it, or a file."""

    day: date
    whom: str = ""
    path: Path | None = None


def side_of(text: str, today: date) -> Side:
    """Read a side as it is written.

    Raises
    ------
    EngineError
        ``lists.side`` where it is neither a file nor a day.
    """
    if Path(text).is_file():
        return Side(today, path=Path(text))
    whom, _, day = text.rpartition("@")
    try:
        return Side(date.fromisoformat(day), whom)
    except ValueError as error:
        raise EngineError("lists.side", side=text) from error


def entries(
    session: Session, kind: str, side: Side, columns: ColumnMap | None = None, *, skip_faulty: bool = False
) -> list[Entry]:
    """The entries of a side, in the order of their codes; of a file in its own order.

    Parameters
    ----------
    skip_faulty : bool
        Leave faulty rows of a file out instead of refusing it; faults of its headings refuse it all the same.

    Raises
    ------
    EngineError
        ``lists.side-kind``, ``lists.side-faulty`` for a file with faults, ``lists.unknown-agency``, and those of
        reading files.
    """
    if kind not in KINDS:
        raise EngineError("lists.side-kind", kind=kind, known=", ".join(KINDS))
    if side.path is not None:
        return _of_file(kind, side, columns, skip_faulty)
    return _items(session, side) if kind == "items" else _powers(session, side)


def abolished_on(day: date) -> dict[str, str]:
    """Titles that the rules call abolished on a day → what abolished them."""
    found: list[Mapping[str, object]] = rule_on("abolished-bases", day).value
    return {str(one["name"]): str(one["by"]) for one in found if cast("date", one["since"]) <= day}


def _items(session: Session, side: Side) -> list[Entry]:
    belongs = _item_filter(session, side)
    return [
        Entry(
            code=one.point.code,
            name=entry_name(one.item.name, one.point.name),
            basis=one.version.basis,
            level=_level(one.version.level),
            body=one.version.subject,
            ratio=one.version.ratio_text,
            frequency=one.version.frequency_text,
        )
        for one in items_on(session, side.day)
        if belongs(one)
    ]


def _item_filter(session: Session, side: Side) -> Callable[[ListedItem], bool]:
    if not side.whom:
        return lambda _one: True
    if side.whom in set(Level):
        return lambda one: _for_level(one, Level(side.whom))
    body, holders = body_of(session, side.whom), holders_on(session, side.day)
    return lambda one: is_for(one, body, holders)


def _for_level(one: ListedItem, level: Level) -> bool:
    levels = stated_levels(Stated(one.version.level, one.version.subject))
    return not levels or level in levels


def _powers(session: Session, side: Side) -> list[Entry]:
    belongs = _power_filter(session, side.whom)
    return [
        Entry(
            power.code,
            power.name,
            version.basis,
            _level(version.level),
            version.agency_code or version.subject,
        )
        for power, version in powers_on(session, side.day)
        if belongs(version)
    ]


def _power_filter(session: Session, whom: str) -> Callable[[PowerVersion], bool]:
    if not whom:
        return lambda _version: True
    if whom in set(Level):
        return lambda version: version.level == whom
    body = body_of(session, whom)
    return lambda version: may_act(body, Stated(None, ""), held(version))


def _of_file(kind: str, side: Side, columns: ColumnMap | None, skip_faulty: bool) -> list[Entry]:
    path = cast("Path", side.path)
    register, used = kind_named(kind), columns or shipped_map(f"default-{kind}")
    check_map(register, used)
    with Spool() as spool:
        draft = parse(open_source(path), register, used, spool, lambda _done, _total: None)
        if draft.faults and not (skip_faulty and draft.usable):
            first = min(draft.faults, key=lambda fault: fault.place)
            raise EngineError(
                "lists.side-faulty",
                file=path.name,
                faults=len(draft.faults),
                row=first.place,
                fault=first.message("zh"),
            )
        records = [record for chunk in draft.spool.chunks() for _, record in chunk]
    return list(_of_records(kind, records, side.day))


def _of_records(kind: str, records: list[Record], day: date) -> Iterator[Entry]:
    """Entries as the import would list them: what is no active version, or has ended by the day, is not on the list.

    Of several versions of one entry the last that has begun counts, or else the first to come.
    """
    key, complete = ("sub_code" if kind == "items" else "power_code"), kind_named(kind).complete
    latest: dict[str, Record] = {}
    for record in sorted(records, key=lambda one: str(one["starts"])):
        code = str(record[key])
        if code not in latest or str(record["starts"]) <= day.isoformat():
            latest[code] = record
    for record in records:
        code, full = str(record[key]), complete(record)
        over = full["ends"] is not None and str(full["ends"]) <= day.isoformat()
        if latest[code] is record and full["state"] == ItemState.active and not over:
            yield _item_entry(code, full) if kind == "items" else _power_entry(code, full)


def _item_entry(code: str, record: Record) -> Entry:
    said = {name: str(record.get(name) or "") for name in ("basis", "level", "ratio_text", "frequency_text")}
    name = entry_name(str(record["item_name"]), str(record["sub_name"]))
    level = said["level"]
    return Entry(
        code, name, said["basis"], level, str(record["subject"]), said["ratio_text"], said["frequency_text"]
    )


def _power_entry(code: str, record: Record) -> Entry:
    body = str(record.get("agency_code") or record["subject"])
    return Entry(code, str(record["power_name"]), str(record["basis"]), str(record["level"]), body)


def entry_name(item: str, point: str) -> str:
    """Name of a sub-item within the whole list: its item's name and its own, where they differ."""
    return item if item == point else f"{item}：{point}"


def _level(level: Level | None) -> str:
    return level.value if level is not None else ""
