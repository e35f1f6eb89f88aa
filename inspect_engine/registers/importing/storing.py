"""Third pass: what is new is added, what differs is written over with its former values kept, all in one transaction."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlmodel import Session

from inspect_engine.events.log import Act, append
from inspect_engine.registers import codes
from inspect_engine.registers.importing.checking import Checked
from inspect_engine.registers.importing.faults import Fault, Place, fault_from
from inspect_engine.registers.importing.fields import Record, record_bytes
from inspect_engine.registers.importing.kind import Identity, Kind, Stored
from inspect_engine.registers.importing.parsing import Draft
from inspect_engine.registers.importing.references import chunks
from inspect_engine.registers.importing.stores import table_of
from inspect_engine.registers.tables import Region
from solver.dr1 import merkle

_REGION_FIELDS = ("supervising_region", "town_code")


@dataclass(slots=True)
class Tally:
    """What the third pass did."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    added: int = 0
    notices: list[Fault] = field(default_factory=list)
    leaves: list[tuple[Identity, bytes]] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether the register is another than before."""
        return bool(self.leaves)


class Writer:
    """Writes chunks of records, and keeps what the event needs.

    The leaves of the event's root are canonical records under the salt of its payload: without it, a root over a
    single row would let anyone try names until one fits.
    """

    def __init__(self, session: Session, kind: Kind, checked: Checked, act: Act, salt: str) -> None:
        self._session, self._kind, self._checked, self._act = session, kind, checked, act
        self._salt = salt
        self._before = zlib.compressobj(6)
        self._payload: list[bytes] = []
        self.tally = Tally()

    def make_regions(self, records: Sequence[Record]) -> None:
        """Make the regions that these records name and the register lacks, the larger first."""
        waiting = self._checked.regions
        if not waiting:
            return
        named = {str(record[name]) for record in records for name in _REGION_FIELDS if record.get(name)}
        wanted = {above for code in named for above in _with_ancestors(code) if above in waiting}
        rows = [
            {
                "code": code,
                "name": waiting.pop(code),
                "level": codes.region_level(code),
                "parent_code": codes.parent_region(code),
            }
            for code in sorted(wanted, key=_depth)
        ]
        if rows:
            self._session.execute(sa.insert(table_of(Region)), rows)
        for row in rows:
            self._leaf(("region", str(row["code"])), {"code": str(row["code"]), "name": str(row["name"])})
        self.tally.added += len(rows)

    def write(self, records: Sequence[Record], places: Sequence[tuple[Place, Callable[[str], str]]]) -> None:
        """Write one chunk."""
        kind, refs = self._kind, self._checked.refs
        kind.prepare(records, refs)
        stored = kind.store.read(self._session, records, refs)
        new: list[Record] = []
        changes: list[tuple[Stored, Record]] = []
        for number, record in enumerate(records):
            before = stored.get(kind.identity(record))
            after = kind.complete((before.record if before else {}) | record)
            if before is None:
                new.append(after)
                if places:
                    self._notice(after, *places[number])
            elif any(after[name] != value for name, value in before.record.items()):
                changes.append((before, after))
            else:
                self.tally.unchanged += 1
        self._insert(new)
        self._update(changes)

    def _notice(self, record: Record, place: Place, heading_of: Callable[[str], str]) -> None:
        for bad in self._kind.notices(record):
            self.tally.notices.append(fault_from(bad, place, heading_of(bad.column)))

    def _insert(self, records: Sequence[Record]) -> None:
        if not records:
            return
        self._kind.store.insert(self._session, records, self._checked.refs, self._act.at)
        self.tally.inserted += len(records)
        for record in records:
            self._leaf(self._kind.identity(record), record)

    def _update(self, changes: Sequence[tuple[Stored, Record]]) -> None:
        if not changes:
            return
        self._kind.store.update(self._session, changes, self._checked.refs, self._act.at)
        self.tally.updated += len(changes)
        for stored, after in changes:
            self._leaf(self._kind.identity(after), after)
            line = record_bytes({"after": _public(after), "before": _public(stored.record)})
            self._payload.append(self._before.compress(line + b"\n"))

    def _leaf(self, identity: Identity, record: Record) -> None:
        self.tally.leaves.append((identity, record_bytes(_public(record))))

    def root(self) -> str:
        """Merkle root of what changed, in the order of identities, so that the file's order does not matter."""
        salt = self._salt.encode() + b"\n"
        return merkle.root(salt + leaf for _, leaf in sorted(self.tally.leaves))

    def record(self, file_hash: str, skipped: int, root: str, approver: str | None = None) -> int:
        """Append the one event of this import; returns its number."""
        tally = self.tally
        header = record_bytes({"inserted": tally.inserted, "kind": self._kind.name, "updated": tally.updated})
        content = zlib.compress(header + b"\n") + b"".join(self._payload) + self._before.flush()
        counts = {
            "added": tally.added,
            "inserted": tally.inserted,
            "skipped": skipped,
            "unchanged": tally.unchanged,
            "updated": tally.updated,
        }
        said = {"approver": approver} if approver else {}
        event = append(
            self._session,
            self._act,
            f"{self._kind.name}.imported",
            file_hash,
            {"file": file_hash, "root": root, **counts, **said},
            personal=content,
            salt=self._salt,
        )
        return event.seq


def _public(record: Record) -> Record:
    return {name: value for name, value in record.items() if not name.startswith("_")}


def _with_ancestors(code: str) -> Iterator[str]:
    above: str | None = code
    while above is not None:
        yield above
        above = codes.parent_region(above)


def _depth(code: str) -> tuple[int, str]:
    return sum(1 for _ in _with_ancestors(code)), code


def read_payload(content: bytes) -> bytes:
    """Unpack an import's personal payload: JSON lines, a header and then before and after of each updated row."""
    lines = b""
    while content:
        stream = zlib.decompressobj()
        lines += stream.decompress(content)
        content = stream.unused_data
    return lines


def store(writer: Writer, draft: Draft, checked: Checked, progress: Callable[[int], None]) -> None:
    """Write all sound rows of a draft."""
    done = 0
    for chunk in _ordered(draft, checked):
        records = [record for _, record in chunk]
        writer.make_regions(records)
        places = [
            (draft.spool.places[n], draft.bindings[draft.spool.places[n].order].heading_of) for n, _ in chunk
        ]
        writer.write(records, places)
        done += len(chunk)
        progress(done)
    if checked.extra:
        inserted = writer.tally.inserted
        writer.write(checked.extra, ())
        writer.tally.added += writer.tally.inserted - inserted
        writer.tally.inserted = inserted


def _ordered(draft: Draft, checked: Checked) -> Iterator[Sequence[tuple[int, Record]]]:
    if checked.order is None:
        for chunk in draft.spool.chunks():
            rows = [(number, record) for number, record in chunk if number not in draft.fallen]
            if rows:
                yield rows
        return
    by_number = dict(row for chunk in draft.spool.chunks() for row in chunk)
    yield from chunks([(number, by_number[number]) for number in checked.order if number not in draft.fallen])
