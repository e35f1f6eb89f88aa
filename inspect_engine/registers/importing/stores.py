"""Rows of one table, with the rows that hang on it: read, added and changed in chunks, by SQL that both stores speak."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from inspect_engine.registers.importing.fields import Record
from inspect_engine.registers.importing.kind import Identity, Stored
from inspect_engine.registers.importing.references import References, chunks
from solver.dr1.encoding import Json


def table_of(model: type[SQLModel]) -> sa.Table:
    """The Core table of a model."""
    return cast("sa.Table", model.__table__)  # type: ignore[attr-defined]


def to_day(value: Json) -> date | None:
    """From a record's day to a column's."""
    return date.fromisoformat(cast("str", value)) if value else None


def from_day(value: date | None) -> Json:
    """From a column's day to a record's."""
    return value.isoformat() if value else None


def to_time(value: Json) -> time | None:
    """From a record's hour to a column's."""
    return time.fromisoformat(cast("str", value)) if value else None


def from_time(value: time | None) -> Json:
    """From a column's hour to a record's."""
    return f"{value:%H:%M}" if value else None


def to_degrees(value: Json) -> float | None:
    """From a record's coordinate to a column's."""
    return None if value is None else float(cast("str", value))


def from_degrees(value: float | None) -> Json:
    """From a column's coordinate to a record's."""
    return None if value is None else f"{value:.6f}"


@dataclass(frozen=True, slots=True)
class Child:
    """Rows that hang on a row, held in one field of its record as a sorted list; written anew when it changes.

    ``columns`` are the child's own; with one column the list holds plain texts, else lists of texts.
    ``days`` names those that are days.
    """

    table: sa.Table
    owner: str
    field: str
    columns: tuple[str, ...]
    days: frozenset[str] = frozenset()

    def rows(self, owner: int, record: Record) -> list[dict[str, Any]]:
        """Rows of one record."""
        found: list[dict[str, Any]] = []
        for entry in cast("list[Json]", record.get(self.field) or []):
            parts = cast("list[Json]", entry if isinstance(entry, list) else [entry])
            row: dict[str, Any] = dict(zip(self.columns, parts, strict=True))
            found.append(
                {self.owner: owner} | {k: to_day(v) if k in self.days else v for k, v in row.items()}
            )
        return found

    def read(self, session: Session, owners: Sequence[int]) -> dict[int, list[Json]]:
        """Lists by owner, sorted."""
        lists: dict[int, list[Any]] = {owner: [] for owner in owners}
        wanted = [self.table.c[self.owner], *(self.table.c[name] for name in self.columns)]
        for some in chunks(owners):
            rows = session.execute(sa.select(*wanted).where(self.table.c[self.owner].in_(some)))
            for owner, *values in rows:
                parts = [from_day(v) if isinstance(v, date) else v for v in values]
                lists[owner].append(parts[0] if len(parts) == 1 else parts)
        return {owner: sorted(entries) for owner, entries in lists.items()}


@dataclass(frozen=True, slots=True)
class TableStore:
    """A register in one table and its children.

    Attributes
    ----------
    key : str
        Primary key's column.
    probe : str
        Column by which stored rows are looked up; ``probe_of`` gives its value for a record.
    to_row, to_record : callable
        Between records and columns, children left out.
    """

    table: sa.Table
    key: str
    probe: str
    probe_of: Callable[[Record, References], Any]
    identity: Callable[[Record], Identity]
    to_row: Callable[[Record, References], dict[str, Any]]
    to_record: Callable[[Mapping[str, Any], References], Record]
    load: Callable[[Sequence[Mapping[str, Any]], References], None] = lambda _rows, _refs: None
    children: tuple[Child, ...] = ()
    stamp: str = ""

    def read(self, session: Session, records: Sequence[Record], refs: References) -> dict[Identity, Stored]:
        """Find what the register has under the identities of the records."""
        wanted = {self.identity(record) for record in records}
        probes = sorted({self.probe_of(record, refs) for record in records})
        found: dict[Identity, Stored] = {}
        for some in chunks(probes):
            query = sa.select(self.table).where(self.table.c[self.probe].in_(some))
            rows = [row._mapping for row in session.execute(query)]
            self.load(rows, refs)  # type: ignore[arg-type]
            for row in rows:
                record = self.to_record(row, refs)  # type: ignore[arg-type]
                if self.identity(record) in wanted:
                    found[self.identity(record)] = Stored(row[self.key], record)
        self._read_children(session, list(found.values()))
        return found

    def _read_children(self, session: Session, stored: Sequence[Stored]) -> None:
        for child in self.children:
            lists = child.read(session, [each.id for each in stored])
            for each in stored:
                each.record[child.field] = lists[each.id]

    def insert(self, session: Session, records: Sequence[Record], refs: References, at: datetime) -> None:
        """Add complete records."""
        stamp = {self.stamp: at} if self.stamp else {}
        session.execute(sa.insert(self.table), [self.to_row(record, refs) | stamp for record in records])
        if not self.children:
            return
        ids: dict[Any, int] = {}
        for some in chunks([self.probe_of(record, refs) for record in records]):
            query = sa.select(self.table.c[self.probe], self.table.c[self.key])
            ids.update(iter(session.execute(query.where(self.table.c[self.probe].in_(some)))))
        self._add_children(session, [(ids[self.probe_of(record, refs)], record) for record in records])

    def _add_children(self, session: Session, owned: Sequence[tuple[int, Record]]) -> None:
        for child in self.children:
            rows = [row for owner, record in owned for row in child.rows(owner, record)]
            if rows:
                session.execute(sa.insert(child.table), rows)

    def update(
        self, session: Session, changes: Sequence[tuple[Stored, Record]], refs: References, at: datetime
    ) -> None:
        """Write complete records over stored ones; children are replaced."""
        stamp = {self.stamp: at} if self.stamp else {}
        rows = [
            self.to_row(after, refs) | stamp | {"key_of_row": stored.id, self.key: stored.id}
            for stored, after in changes
        ]
        session.connection().execute(
            sa.update(self.table).where(self.table.c[self.key] == sa.bindparam("key_of_row")), rows
        )
        for child in self.children:
            for some in chunks([stored.id for stored, _ in changes]):
                session.execute(sa.delete(child.table).where(child.table.c[child.owner].in_(some)))
        self._add_children(session, [(stored.id, after) for stored, after in changes])
