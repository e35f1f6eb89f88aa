"""First pass of an import: every row against its own cells and against the rest of the file, without the store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from inspect_engine.registers.importing.binding import Binding, bind
from inspect_engine.registers.importing.cells import Cell
from inspect_engine.registers.importing.faults import Bad, Fault, Place, fault_from
from inspect_engine.registers.importing.fields import record_bytes
from inspect_engine.registers.importing.kind import Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.seen import Seen
from inspect_engine.registers.importing.source import Sheet, Source, sheets
from inspect_engine.registers.importing.spool import Spool

Progress: TypeAlias = "Callable[[int, int], None]"
_STEP = 1_000


@dataclass(slots=True)
class Draft:
    """What the first pass found."""

    spool: Spool
    seen: Seen = field(default_factory=Seen)
    bindings: dict[int, Binding] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    fallen: set[int] = field(default_factory=set)
    rows: int = 0
    usable: bool = True

    def fault(self, row: int, column: str, bad: Bad) -> None:
        """Take a spooled row out, and say why."""
        place = self.spool.places[row]
        heading = self.bindings[place.order].heading_of(column) if column else ""
        self.faults.append(fault_from(bad, place, heading))
        self.fallen.add(row)


def parse(source: Source, kind: Kind, columns: ColumnMap, spool: Spool, progress: Progress) -> Draft:
    """Read every row of every sheet; faults of cells, rows and headings are gathered, none ends the reading."""
    draft = Draft(spool)
    for order, sheet in enumerate(sheets(source)):
        _read_sheet(draft, kind, columns, order, sheet, lambda: progress(draft.rows, 2 * source.size))
    for row, column, bad, other in draft.seen.faults():
        bad.params["other"] = spool.places[other]
        draft.fault(row, column, bad)
    return draft


def _read_sheet(
    draft: Draft, kind: Kind, columns: ColumnMap, order: int, sheet: Sheet, tick: Callable[[], None]
) -> None:
    binding: Binding | None = None
    for number, cells in sheet.rows:
        if _blank(cells):
            continue
        place = Place(order, sheet.name, number)
        if binding is None:
            binding = _bind(draft, kind, columns, place, cells, merged=number in sheet.merged)
            if not draft.usable:
                return
            continue
        draft.rows += 1
        _read_row(draft, kind, columns, place, cells, merged=number in sheet.merged)
        if draft.rows % _STEP == 0:
            tick()


def _blank(cells: Sequence[Cell]) -> bool:
    return all(isinstance(cell, str) and not cell.strip() for cell in cells)


def _bind(
    draft: Draft, kind: Kind, columns: ColumnMap, place: Place, cells: Sequence[Cell], *, merged: bool
) -> Binding:
    binding, faults = bind(kind, columns, cells)
    if merged:
        faults.append(("", Bad("merged-cells")))
    draft.bindings[place.order] = binding
    draft.faults.extend(fault_from(bad, place, heading) for heading, bad in faults)
    draft.usable = draft.usable and not faults
    return binding


def _read_row(
    draft: Draft, kind: Kind, columns: ColumnMap, place: Place, cells: Sequence[Cell], *, merged: bool
) -> None:
    binding = draft.bindings[place.order]
    values, faults = binding.values(cells)
    if merged:
        faults.append(("", Bad("merged-cells")))
    if len(cells) < len(binding.headings) and not place.sheet:
        faults.append(("", Bad("row-short", cells=len(cells), headings=len(binding.headings))))
    if not faults:
        try:
            record = kind.build(values, columns)
        except Bad as bad:
            faults.append((binding.heading_of(bad.column) if bad.column else "", bad))
        else:
            line = record_bytes(record)
            row = draft.spool.add(place, line)
            draft.seen.add(row, kind.identity(record), line, kind.claims(values, columns))
            return
    # What can be read of a faulty row goes on to the register's checks, so that one report holds all its faults.
    draft.fallen.add(draft.spool.add(place, record_bytes(values)))
    draft.faults.extend(fault_from(bad, place, heading) for heading, bad in faults)
