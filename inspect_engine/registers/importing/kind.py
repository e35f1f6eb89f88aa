"""What the import must know of one register: its columns, its keys, its rules and where its rows are stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from sqlmodel import Session, SQLModel

from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References

Identity: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that may have one value in a file (``certificate 3304… belongs to S001``), and the fault if it has two."""

    what: tuple[str, ...]
    value: str
    fault: str
    column: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A row that the register has already: its primary key, and what it says in the form of a record."""

    id: Any
    record: Record


class Store(Protocol):
    """Where the rows of one register lie. All three take chunks, and never commit."""

    def read(self, session: Session, records: Sequence[Record], refs: References) -> dict[Identity, Stored]:
        """Find what the register has under the identities of the records."""
        ...

    def insert(self, session: Session, records: Sequence[Record], refs: References, at: datetime) -> None:
        """Add complete records."""
        ...

    def update(
        self, session: Session, changes: Sequence[tuple[Stored, Record]], refs: References, at: datetime
    ) -> None:
        """Write complete records over stored ones."""
        ...


def _nothing(*_: Any) -> Iterator[Any]:
    return iter(())


def _same(record: Record) -> Record:
    return record


@dataclass(frozen=True, slots=True)
class Tree:
    """A register whose rows lead to each other: by which field, and which codes it has already."""

    parent: str
    known: Callable[[References], set[str]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One register.

    Attributes
    ----------
    build : callable
        From the values of a row to its record: rules between columns. Raises Bad.
    identity : callable
        What makes two rows speak of one thing.
    complete : callable
        Fill a new record with what the file does not say.
    claims : callable
        What the row claims for itself alone in the whole file.
    check : callable
        Faults against the register: references, and things that belong to another row. It sees faulty rows too, of
        which any field may be absent; so does ``prepare``, which looks up what a chunk refers to.
    notices : callable
        What the bureau should know of a row that is taken.
    change : callable
        Faults of a change of a stored row.
    whole : callable
        Faults of the file as a whole, and records that complete it.
    tree : Tree or None
        How rows lead to other rows of the same register; such registers are stored from the root down.
    ordered : bool
        Store in the order of identities: rows of one thing build on each other.
    approved : type or None
        Table whose rows bear an approval. Once one does, nobody changes the list without a second person.
    """

    name: str
    fields: tuple[Field, ...]
    build: Callable[[Record, ColumnMap], Record]
    identity: Callable[[Record], Identity]
    store: Store
    complete: Callable[[Record], Record] = _same
    claims: Callable[[Record, ColumnMap], Iterable[Claim]] = _nothing
    check: Callable[[Record, References], Iterator[Bad]] = _nothing
    prepare: Callable[[Sequence[Record], References], object] = _nothing
    notices: Callable[[Record], Iterator[Bad]] = _nothing
    change: Callable[[Record, Record], Iterator[Bad]] = _nothing
    whole: Callable[[Sequence[Record], References, ColumnMap], Iterator[Record | Bad]] | None = None
    tree: Tree | None = None
    ordered: bool = False
    approved: type[SQLModel] | None = None
