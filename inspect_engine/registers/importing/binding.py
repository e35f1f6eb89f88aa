"""From headings to fields: which column of this sheet feeds which column of the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing.cells import Cell, clean
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Kind
from inspect_engine.registers.importing.maps import ColumnMap


@dataclass(frozen=True, slots=True)
class Column:
    """One field and where its text comes from: columns of the sheet (none: the default alone)."""

    field: Field
    heading: str
    indexes: tuple[int, ...]
    separator: str
    values: Mapping[str, str]
    default: str

    def take(self, cells: Sequence[Cell]) -> str:
        """Clean text of a row for this field; empty where the row says nothing and there is no default.

        Raises
        ------
        Bad
            As :func:`clean`; ``code-as-number`` for a code that the sheet holds as a number.
        """
        if len(self.indexes) == 1:
            index = self.indexes[0]
            return (self._text(cells[index]) if index < len(cells) else "") or self.default
        texts = [self._text(cells[index]) for index in self.indexes if index < len(cells)]
        return self.separator.join(part for part in texts if part) or self.default

    def _text(self, cell: Cell) -> str:
        if self.field.code and isinstance(cell, (int, float)):
            raise Bad("code-as-number", value=cell)
        text = clean(cell)
        return self.values.get(text, text) if self.values else text


@dataclass(frozen=True, slots=True)
class Binding:
    """All columns of a sheet."""

    columns: tuple[Column, ...]
    headings: tuple[str, ...]
    ignored: tuple[str, ...]

    def heading_of(self, field: str) -> str:
        """Heading under which a field stands in the file; the field's own name where the file has none."""
        return next((c.heading for c in self.columns if c.field.name == field), field)

    def values(self, cells: Sequence[Cell]) -> tuple[Record, list[tuple[str, Bad]]]:
        """Values of a row, and what is wrong with its cells, by heading."""
        found: Record = {}
        faults: list[tuple[str, Bad]] = []
        for column in self.columns:
            try:
                text = column.take(cells)
                if text:
                    found[column.field.name] = column.field.parse(text)
                elif column.field.required:
                    raise Bad("cell-empty")
                else:
                    found[column.field.name] = None
            except Bad as bad:
                faults.append((column.heading, bad))
        faults.extend(("", bad) for bad in self._stray(cells))
        return found, faults

    def _stray(self, cells: Sequence[Cell]) -> Iterator[Bad]:
        """Cells under no heading: the row has slid to the right, or a heading was merged away."""
        for index in range(len(cells)):
            if (index >= len(self.headings) or not self.headings[index]) and cells[index] not in {"", None}:
                yield Bad("cell-without-heading", number=index + 1)
                return


def check_map(kind: Kind, columns: ColumnMap) -> None:
    """Refuse a map that is for another register or speaks of fields that this one does not have.

    Raises
    ------
    EngineError
        ``registers.map-kind``, ``registers.map-broken``.
    """
    if columns.kind != kind.name:
        raise EngineError("registers.map-kind", map=columns.name, kind=kind.name, other=columns.kind)
    known = {field.name for field in kind.fields}
    unknown = sorted((columns.fields() | columns.values.keys()) - known)
    if unknown:
        raise EngineError(
            "registers.map-broken", file=columns.name, reason=f"no such field: {', '.join(unknown)}"
        )


def bind(kind: Kind, columns: ColumnMap, cells: Sequence[Cell]) -> tuple[Binding, list[tuple[str, Bad]]]:
    """Bind the cells of the heading row.

    Returns
    -------
    Binding, list
        With faults ``heading-twice``, ``column-missing``, or those of unclean cells, the binding is of no use.
    """
    headings, faults = _headings(cells)
    bound, missing = [], []
    for field in kind.fields:
        found = _column(field, columns, headings)
        if found is not None:
            bound.append(found)
        elif field.required:
            missing.append(field.name)
    for name in missing:
        wanted = columns.joins[name].columns if name in columns.joins else columns.columns.get(name, (name,))
        faults.append((name, Bad("column-missing", wanted=" / ".join(wanted))))
    used = {index for column in bound for index in column.indexes}
    ignored = tuple(text for index, text in enumerate(headings) if text and index not in used)
    return Binding(tuple(bound), tuple(headings), ignored), faults


def _headings(cells: Sequence[Cell]) -> tuple[list[str], list[tuple[str, Bad]]]:
    headings: list[str] = []
    faults: list[tuple[str, Bad]] = []
    for cell in cells:
        try:
            text = clean(cell)
        except Bad as bad:
            faults.append(("", bad))
            text = ""
        if text and text in headings:
            faults.append(
                (text, Bad("heading-twice", first=headings.index(text) + 1, second=len(headings) + 1))
            )
        headings.append(text)
    while headings and not headings[-1]:
        headings.pop()
    return headings, faults


def _column(field: Field, columns: ColumnMap, headings: Sequence[str]) -> Column | None:
    join = columns.joins.get(field.name)
    default = columns.defaults.get(field.name, "")
    values = columns.values.get(field.name, {})
    if join is not None:
        wanted, separator = join.columns, join.separator
        indexes = tuple(headings.index(name) for name in wanted if name in headings)
        if len(indexes) < len(wanted):
            indexes = ()
    else:
        wanted, separator = columns.columns.get(field.name, ()), ""
        indexes = tuple(headings.index(name) for name in wanted if name in headings)[:1]
    if not indexes and not default:
        return None
    heading = separator.join(headings[index] for index in indexes) or field.name
    return Column(field, heading, indexes, separator, values, default)
