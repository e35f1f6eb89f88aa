"""Leave (请假): days on which a person is away, both ends included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from inspect_engine.registers.importing import fields
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import TableStore, from_day, table_of, to_day
from inspect_engine.registers.tables import Leave


def _build(values: Record, _map: ColumnMap) -> Record:
    if str(values["last"]) < str(values["first"]):
        raise Bad("ends-before-start", column="last")
    return values


def _identity(record: Record) -> Identity:
    return tuple(str(record[name]) for name in ("staff_no", "first", "last"))


def _check(record: Record, refs: References) -> Iterator[Bad]:
    if record.get("staff_no") and record["staff_no"] not in refs.persons:
        yield Bad("person-unknown", column="staff_no", value=record["staff_no"])


def _probe(record: Record, refs: References) -> int:
    return refs.persons[cast("str", record["staff_no"])]


def _to_row(record: Record, refs: References) -> dict[str, Any]:
    days = {name: to_day(record[name]) for name in ("first", "last")}
    return {"person_id": _probe(record, refs), "ground": record["ground"], **days}


def _to_record(row: Mapping[str, Any], refs: References) -> Record:
    days = {name: from_day(row[name]) for name in ("first", "last")}
    return {"staff_no": refs.staff_numbers[row["person_id"]], "ground": row["ground"], **days}


LEAVE = Kind(
    name="leave",
    fields=(
        Field("staff_no", fields.code, required=True, code=True),
        Field("first", fields.day, required=True),
        Field("last", fields.day, required=True),
        Field("ground", fields.text, required=True),
    ),
    build=_build,
    identity=_identity,
    check=_check,
    store=TableStore(table_of(Leave), "id", "person_id", _probe, _identity, _to_row, _to_record),
)
