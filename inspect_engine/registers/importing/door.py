"""The one door of imports: a file becomes rows of a register, all or none, with one event.

First every row is checked by itself and against the file, then against the register, then all are stored. The last
two happen in one transaction, so that a kill at any line leaves the register as it was.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session

from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act
from inspect_engine.events.tables import Approval
from inspect_engine.registers.importing.binding import check_map
from inspect_engine.registers.importing.checking import check
from inspect_engine.registers.importing.faults import Fault
from inspect_engine.registers.importing.kind import Kind
from inspect_engine.registers.importing.kinds import kind_named
from inspect_engine.registers.importing.maps import ColumnMap, shipped_map
from inspect_engine.registers.importing.parsing import Draft, Progress, parse
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.report import ImportReport
from inspect_engine.registers.importing.skipping import check_skip_file, write_skipped
from inspect_engine.registers.importing.source import Source, file_hash, open_source
from inspect_engine.registers.importing.spool import Spool
from inspect_engine.registers.importing.stores import table_of
from inspect_engine.registers.importing.storing import Writer, store
from inspect_engine.store import reading, writing

#: Any number, the same for all processes: imports into PostgreSQL line up behind each other, as on SQLite.
_IMPORT_LOCK = 58_201_506


def import_file(  # noqa: PLR0913 - one door, and each of its keys has a name
    engine: Engine,
    kind: str,
    path: Path,
    act: Act,
    map: ColumnMap | None = None,  # noqa: A002 - the word of the command line
    skip_faulty: Path | None = None,
    *,
    entropy: Callable[[], str],
    progress: Progress = lambda _done, _total: None,
    approver: str | None = None,
) -> ImportReport:
    """Import a CSV or XLSX file into a register.

    Parameters
    ----------
    kind : str
        ``regions``, ``agencies``, ``targets``, ``officers``, ``powers``, ``duties``, ``cases``, ``items``,
        ``listings``, ``relations``, ``leave``, ``calendar`` or ``history``.
    map : ColumnMap, optional
        How the file's headings lead to the register; by default the register's own headings.
    skip_faulty : pathlib.Path, optional
        Write faulty rows here, with their faults, and import the rest. Faults of headings still stop everything.
    entropy : callable
        Gives 64 random hex digits, the salt of the event's personal payload.
    progress : callable
        Called with the work done and the work in all.
    approver : str, optional
        The second person who allows a change of a list, on the act's ground; every version that the import adds
        bears the approval. A list that was ever approved takes no import without one.

    Returns
    -------
    ImportReport
        With every fault of the file. ``stored`` is False when there was one and none was to be skipped.

    Raises
    ------
    EngineError
        The file or the map cannot be read (``registers.file-…``, ``registers.map-…``), the skip file cannot be
        written, ``store.disk-full``; ``registers.needs-approval``, and those of
        :func:`inspect_engine.events.approvals.approve`.
    """
    register, columns = kind_named(kind), map or shipped_map(f"default-{kind}")
    check_map(register, columns)
    if skip_faulty is not None:
        check_skip_file(skip_faulty)
    with _plain_disk_errors(path), Spool() as spool:
        source = open_source(path)
        draft = parse(source, register, columns, spool, progress)
        run = _Run(engine, register, columns, path, act, entropy, progress, approver)
        report = run.finish(source, draft, skip_faulty)
        total = max(2 * source.size, 1)
        progress(total, total)
    return report


@contextmanager
def _plain_disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise EngineError("store.disk-full") from error
        raise EngineError("registers.file-unreadable", file=path.name, reason=error.strerror) from error


class _Run:
    """One import after its first pass."""

    def __init__(
        self,
        engine: Engine,
        kind: Kind,
        columns: ColumnMap,
        path: Path,
        act: Act,
        entropy: Callable[[], str],
        progress: Progress,
        approver: str | None,
    ) -> None:
        self._engine, self._kind, self._columns = engine, kind, columns
        self._path, self._act = path, act
        self._entropy, self._progress, self._approver = entropy, progress, approver

    def finish(self, source: Source, draft: Draft, skip: Path | None) -> ImportReport:
        """Check the rest, and store if nothing speaks against it."""
        report = ImportReport(
            kind=self._kind.name,
            file=self._path.name,
            file_hash=file_hash(self._path),
            stored=False,
            rows=draft.rows,
            ignored=_ignored(source, draft),
        )
        if not draft.usable:
            return replace(report, faults=_sorted(draft.faults))
        if draft.faults and skip is None:
            with reading(self._engine) as session:
                check(session, self._kind, self._columns, draft)
            return replace(report, faults=_sorted(draft.faults))
        with writing(self._engine) as session:
            return self._store(session, source, draft, skip, report)

    def _store(
        self, session: Session, source: Source, draft: Draft, skip: Path | None, report: ImportReport
    ) -> ImportReport:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": _IMPORT_LOCK})
        checked = check(session, self._kind, self._columns, draft)
        faults = _sorted(draft.faults)
        if faults and skip is None:
            return replace(report, faults=faults)
        approval = self._approve(session, checked.refs, report.file_hash)
        writer = Writer(session, self._kind, checked, self._act, self._entropy())
        store(writer, draft, checked, lambda done: self._progress(source.size + done, 2 * source.size))
        tally = writer.tally
        skipped = draft.rows - tally.inserted - tally.updated - tally.unchanged
        root = writer.root() if tally.changed else ""
        self._settle(session, approval, changed=tally.changed)
        event = writer.record(report.file_hash, skipped, root, self._approver) if tally.changed else None
        if faults and skip is not None:
            # Before the commit: without it the faulty rows would be lost, with it and no commit nothing is.
            write_skipped(source, faults, skip)
        return replace(
            report,
            stored=True,
            inserted=tally.inserted,
            updated=tally.updated,
            unchanged=tally.unchanged,
            added=tally.added,
            skipped=skipped,
            faults=faults,
            notices=_sorted(tally.notices),
            root=root,
            event=event,
        )

    def _approve(self, session: Session, refs: References, file_hash: str) -> Approval | None:
        """Ask the second person; what the import adds bears the answer."""
        if self._approver is None:
            return None
        approval = approve(session, self._act, self._approver, f"{self._kind.name}/{file_hash}")
        refs.approval_id, refs.ground = approval.id, self._act.ground
        return approval

    def _settle(self, session: Session, approval: Approval | None, *, changed: bool) -> None:
        """An approval of nothing is taken back; a change without one is refused where the list was ever approved."""
        if approval is not None and not changed:
            session.delete(approval)
        if approval is None and changed and self._kind.approved is not None:
            column = table_of(self._kind.approved).c.approval_id
            if session.execute(sa.select(column).where(column.is_not(None)).limit(1)).first() is not None:
                raise EngineError("registers.needs-approval", kind=self._kind.name, file=self._path.name)


def _sorted(faults: list[Fault]) -> tuple[Fault, ...]:
    return tuple(sorted(faults, key=lambda fault: (fault.place, fault.column, fault.code)))


def _ignored(source: Source, draft: Draft) -> tuple[str, ...]:
    headings = {heading for binding in draft.bindings.values() for heading in binding.ignored}
    return (*sorted(headings), *source.hidden)
