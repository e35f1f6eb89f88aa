"""Visits that were made before, or through another system (检查记录): what caps and frequencies are counted from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from inspect_engine.registers import codes
from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import TableStore, from_day, table_of, to_day
from inspect_engine.registers.tables import PastVisit
from inspect_engine.rules import codes_of
from solver.dr1.encoding import Json


def result(value: str) -> Json:
    """What was found (检查结果): scheme and code, as in ``R2017-B``.

    Raises
    ------
    Bad
        ``result-unknown``; a bare code is not taken, since 4 means one thing in 2016 and another in 2017.
    """
    folded = codes.fold(value)
    if folded not in codes_of("result-codes"):
        raise Bad("result-unknown", value=value)
    return folded


def _build(values: Record, _map: ColumnMap) -> Record:
    return values | {"reference": values.get("reference") or ""}


def _identity(record: Record) -> Identity:
    return tuple(str(record[name]) for name in ("agency_code", "target", "day", "origin", "reference"))


def _prepare(records: Sequence[Record], refs: References) -> None:
    refs.load_targets(str(record["target"]) for record in records if record.get("target"))


def _check(record: Record, refs: References) -> Iterator[Bad]:
    if record.get("agency_code") and record["agency_code"] not in refs.agencies:
        yield Bad("agency-unknown", column="agency_code", value=record["agency_code"])
    if record.get("target") and record["target"] not in refs.targets:
        yield Bad("target-unknown", column="target", value=record["target"])
    if record.get("sub_item_code") and record["sub_item_code"] not in refs.sub_items:
        yield Bad("sub-item-unknown", column="sub_item_code", value=record["sub_item_code"])


def _probe(record: Record, refs: References) -> int:
    return refs.targets[cast("str", record["target"])]


def _to_row(record: Record, refs: References) -> dict[str, Any]:
    row = {name: value for name, value in record.items() if name != "target"}
    return row | {"target_id": _probe(record, refs), "day": to_day(record["day"])}


def _to_record(row: Mapping[str, Any], refs: References) -> Record:
    names = ("agency_code", "origin", "on_site", "sub_item_code", "reference", "result")
    return {name: row[name] for name in names} | {
        "target": refs.target_keys[row["target_id"]],
        "day": from_day(row["day"]),
    }


HISTORY = Kind(
    name="history",
    fields=(
        Field("agency_code", fields.code, required=True, code=True),
        Field("target", fields.target_key, required=True, code=True),
        Field("day", fields.day, required=True),
        Field("origin", fields.one_of(vocabulary.ORIGINS), required=True),
        Field("on_site", fields.truth, required=True),
        Field("sub_item_code", fields.code, code=True),
        Field("reference", fields.text),
        Field("result", result, code=True),
    ),
    build=_build,
    identity=_identity,
    complete=lambda record: {"sub_item_code": None, "result": None} | record,
    check=_check,
    prepare=_prepare,
    store=TableStore(table_of(PastVisit), "id", "target_id", _probe, _identity, _to_row, _to_record),
)
