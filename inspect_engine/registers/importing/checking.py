"""Second pass: the rows that are right in themselves against what the register holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from inspect_engine.registers import codes
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Record
from inspect_engine.registers.importing.kind import Kind, Tree
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.parsing import Draft
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.seen import Seen


@dataclass(slots=True)
class Checked:
    """What is to be stored besides the spooled rows, and in which order those go."""

    refs: References
    #: Regions to make: code → name.
    regions: dict[str, str] = field(default_factory=dict)
    #: Records that complete the file.
    extra: list[Record] = field(default_factory=list)
    #: Rows in the order to be stored; None for the file's own.
    order: list[int] | None = None


def check(session: Session, kind: Kind, columns: ColumnMap, draft: Draft) -> Checked:
    """Check references, changes and the file as a whole; faults go into the draft."""
    checked = Checked(References(session))
    checked.refs.own.update(identity[0] for identity in draft.seen.identities())
    if columns.make_regions:
        checked.regions = _missing_regions(draft.seen, checked.refs, columns)
        checked.refs.regions.update(checked.regions)
    for chunk in draft.spool.chunks():
        _check_rows(session, kind, draft, chunk, checked.refs)
    _check_whole(kind, columns, draft, checked)
    if kind.tree is not None:
        checked.order = _from_the_root(kind, kind.tree, draft, checked.refs)
    elif kind.ordered:
        sound = [row for chunk in draft.spool.chunks() for row in chunk if row[0] not in draft.fallen]
        checked.order = [number for number, record in sorted(sound, key=lambda row: kind.identity(row[1]))]
    return checked


def _check_rows(
    session: Session, kind: Kind, draft: Draft, rows: Sequence[tuple[int, Record]], refs: References
) -> None:
    records = [record for _, record in rows]
    kind.prepare(records, refs)
    for number, record in rows:
        for bad in kind.check(record, refs):
            draft.fault(number, bad.column, bad)
    sound = [(number, record) for number, record in rows if number not in draft.fallen]
    if not kind.ordered or not sound:
        return
    stored = kind.store.read(session, [record for _, record in sound], refs)
    for number, record in sound:
        before = stored.get(kind.identity(record))
        if before is not None:
            for bad in kind.change(before.record, kind.complete(before.record | record)):
                draft.fault(number, bad.column, bad)


def _check_whole(kind: Kind, columns: ColumnMap, draft: Draft, checked: Checked) -> None:
    if kind.whole is None:
        return
    rows = [row for chunk in draft.spool.chunks() for row in chunk if row[0] not in draft.fallen]
    for found in kind.whole([record for _, record in rows], checked.refs, columns):
        if isinstance(found, Bad):
            draft.fault(rows[0][0], found.column, found)
        else:
            checked.extra.append(found)


def _missing_regions(seen: Seen, refs: References, columns: ColumnMap) -> dict[str, str]:
    """Regions that the file names and the register lacks, with the regions that they lie in."""
    named = seen.names("region")
    found: dict[str, str] = {}
    for code in sorted(named):
        above: str | None = code
        while above is not None and above not in refs.regions and above not in found:
            found[above] = named.get(above) or columns.regions.get(above, above)
            above = codes.parent_region(above)
    return found


def _from_the_root(kind: Kind, tree: Tree, draft: Draft, refs: References) -> list[int]:
    """Order of a tree in which every row follows its parent; rows that hang on nothing are faults.

    A row hangs on nothing when its parent is neither stored nor a sound row, or when it is its own ancestor.
    """
    known = tree.known(refs)
    waiting: dict[str | None, list[tuple[str, int]]] = {}
    for chunk in draft.spool.chunks():
        for number, record in chunk:
            if number not in draft.fallen:
                full = kind.complete(record)
                parent = full[tree.parent]
                waiting.setdefault(None if parent is None else str(parent), []).append(
                    (str(full["code"]), number)
                )
    own = {code for rows in waiting.values() for code, _ in rows}
    ready = [
        row for parent, rows in waiting.items() if parent is None or parent in known - own for row in rows
    ]
    order = []
    while ready:
        code, number = ready.pop()
        order.append(number)
        ready.extend(waiting.pop(code, ()))
    placed = set(order)
    for parent, rows in waiting.items():
        for _, number in rows:
            if number not in placed:
                draft.fault(number, tree.parent, Bad("parent-unknown", value=parent))
    return order
