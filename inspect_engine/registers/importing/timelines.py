"""Things that have versions (版本), one after the other: stored row by row, each new one ending the one before.

Lists have hundreds or thousands of rows, not hundreds of thousands. Days are half open: a version that starts on a
day ends the one before on that day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlmodel import Session, SQLModel, col, select

from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Record
from inspect_engine.registers.importing.kind import Identity, Stored
from inspect_engine.registers.importing.references import References, chunks
from inspect_engine.registers.importing.stores import from_day, to_day
from inspect_engine.registers.states import breaks_repeal
from inspect_engine.registers.tables import ItemState


@dataclass(frozen=True, slots=True)
class TimelineStore:
    """One table of versions.

    Attributes
    ----------
    owner : str
        Column by which versions belong together.
    key : str
        Field of a record that names what the versions are of.
    columns : tuple of str
        Columns that a record holds under the same names, besides its two days.
    rows : callable
        Stored versions under some keys, each with the further fields of its record.
    place : callable
        Columns that say what a record's version is of; makes what it hangs on where that is new.
    """

    model: type[SQLModel]
    owner: str
    key: str
    identity: Callable[[Record], Identity]
    columns: tuple[str, ...]
    rows: Callable[[Session, Sequence[str]], Iterable[tuple[Any, Record]]]
    place: Callable[[Session, Record, References], dict[str, Any]]

    def read(self, session: Session, records: Sequence[Record], refs: References) -> dict[Identity, Stored]:  # noqa: ARG002
        """Find the versions that the register has of what the records speak of."""
        found: dict[Identity, Stored] = {}
        for some in chunks(sorted({str(record[self.key]) for record in records})):
            for row, named in self.rows(session, some):
                record = named | {name: getattr(row, name) for name in self.columns}
                record |= {"starts": from_day(row.starts), "ends": from_day(row.ends)}
                found[self.identity(record)] = Stored(row.id, record)
        return found

    def insert(self, session: Session, records: Sequence[Record], refs: References, at: datetime) -> None:  # noqa: ARG002
        """Add versions under the import's approval."""
        for record in records:
            values = self._values(record) | self.place(session, record, refs)
            values |= {"ground": values["ground"] or refs.ground, "approval_id": refs.approval_id}
            add_version(session, self.model, self.owner, values)

    def update(
        self,
        session: Session,
        changes: Sequence[tuple[Stored, Record]],
        refs: References,
        at: datetime,  # noqa: ARG002
    ) -> None:
        """Write over drafts, and over what may change in a version in force."""
        for stored, record in changes:
            row = session.get_one(self.model, stored.id)
            for name, value in (self._values(record) | self.place(session, record, refs)).items():
                setattr(row, name, value)
            if refs.approval_id is not None:
                setattr(row, "approval_id", refs.approval_id)  # noqa: B010 - the model is any of several
            session.add(row)
        session.flush()

    def _values(self, record: Record) -> dict[str, Any]:
        days = {name: to_day(record[name]) for name in ("starts", "ends")}
        return {name: record[name] for name in self.columns} | days


def add_version(session: Session, model: type[Any], owner: str, values: Mapping[str, Any]) -> Any:
    """Store one more version; whatever lasts longer than its first day ends there.

    Returns
    -------
    SQLModel
        The stored row, numbered after the last of its owner.
    """
    starts = cast("date", values["starts"])
    earlier = session.exec(select(model).where(col(getattr(model, owner)) == values[owner])).all()
    for version in earlier:
        if version.ends is None or version.ends > starts:
            version.ends = starts
            session.add(version)
    session.flush()
    row = model(**values, number=max((version.number for version in earlier), default=0) + 1)
    session.add(row)
    session.flush()
    return row


def check_days(record: Record) -> None:
    """Refuse an end that is not after the start."""
    if record.get("ends") and str(record["ends"]) <= str(record["starts"]):
        raise Bad("ends-before-start", column="ends")


def not_earlier(record: Record, days: Iterable[str]) -> Iterator[Bad]:
    """A version that is not stored yet begins after all that are."""
    known = set(days)
    starts = record.get("starts")
    if starts is not None and known and starts not in known and str(starts) < max(known):
        yield Bad("version-earlier", column="starts", value=starts, last=max(known))


def in_force(before: Record, after: Record, in_place: frozenset[str]) -> Iterator[Bad]:
    """What a version says is not written over, but for the columns that may change in place."""
    changed = sorted(name for name in after if name in before and after[name] != before[name])
    if any(name not in in_place for name in changed):
        yield Bad("version-in-force", column="starts", starts=before["starts"], changed=", ".join(changed))


def remember_states(records: Sequence[Record], refs: References, key: str) -> None:
    """Keep which states the file itself brings, for :func:`after_repeal`."""
    for record in records:
        if record.get(key) is not None and record.get("starts") is not None:
            state = str(record.get("state") or ItemState.active)
            refs.said.setdefault(str(record[key]), {})[str(record["starts"])] = state


def after_repeal(
    record: Record, refs: References, key: str, stored: Mapping[str, Mapping[str, str]]
) -> Iterator[Bad]:
    """Nothing follows a repeal, neither stored nor in the file."""
    if record.get(key) is None or record.get("starts") is None:
        return
    code = str(record[key])
    history = {**stored.get(code, {}), **refs.said.get(code, {})}
    state = str(record.get("state") or ItemState.active)
    other = breaks_repeal(history, str(record["starts"]), state)
    if other is not None:
        yield Bad("after-repeal", column="state", value=code, other=other)
