"""Relations that bar (回避关系): an officer from a target, or two officers from going together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from inspect_engine.registers.importing import fields
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import TableStore, from_day, table_of, to_day
from inspect_engine.registers.tables import Relation
from inspect_engine.rules import codes_of


def _ground(value: str) -> str:
    """A ground of the rules' list, by its code or its words."""
    known = codes_of("relation-grounds")
    for code, words in known.items():
        if value in {code, words["zh"], words["en"]}:
            return code
    raise Bad("word-unknown", value=value, words="、".join(words["zh"] for words in known.values()))


def _build(values: Record, _map: ColumnMap) -> Record:
    target, other = values.get("target"), values.get("other_staff_no")
    if bool(target) == bool(other):
        raise Bad("relation-one-side", column="target")
    if other == values["staff_no"]:
        raise Bad("relation-self", column="other_staff_no")
    if values.get("ends") and str(values["ends"]) <= str(values["starts"]):
        raise Bad("ends-before-start", column="ends")
    record = values | {"target": target, "other_staff_no": other}
    if other and str(other) < str(
        values["staff_no"]
    ):  # between officers it has no direction: one row, not two
        record |= {"staff_no": other, "other_staff_no": values["staff_no"]}
    return record


def _identity(record: Record) -> Identity:
    names = ("staff_no", "target", "other_staff_no", "ground", "starts")
    return tuple(str(record.get(name) or "") for name in names)


def _prepare(records: Sequence[Record], refs: References) -> None:
    refs.load_targets(str(record["target"]) for record in records if record.get("target"))


def _check(record: Record, refs: References) -> Iterator[Bad]:
    for name in ("staff_no", "other_staff_no"):
        if record.get(name) and record[name] not in refs.persons:
            yield Bad("person-unknown", column=name, value=record[name])
    if record.get("target") and record["target"] not in refs.targets:
        yield Bad("target-unknown", column="target", value=record["target"])


def _probe(record: Record, refs: References) -> int:
    return refs.persons[cast("str", record["staff_no"])]


def _to_row(record: Record, refs: References) -> dict[str, Any]:
    target, other = (cast("str | None", record[name]) for name in ("target", "other_staff_no"))
    return {
        "person_id": _probe(record, refs),
        "target_id": refs.targets[target] if target else None,
        "other_id": refs.persons[other] if other else None,
        "ground": record["ground"],
        "starts": to_day(record["starts"]),
        "ends": to_day(record["ends"]),
        "source": record["source"],
    }


def _load(rows: Sequence[Mapping[str, Any]], refs: References) -> None:
    refs.load_target_keys(row["target_id"] for row in rows if row["target_id"] is not None)


def _to_record(row: Mapping[str, Any], refs: References) -> Record:
    target, other = row["target_id"], row["other_id"]
    return {
        "staff_no": refs.staff_numbers[row["person_id"]],
        "target": None if target is None else refs.target_keys[target],
        "other_staff_no": None if other is None else refs.staff_numbers[other],
        "ground": row["ground"],
        "starts": from_day(row["starts"]),
        "ends": from_day(row["ends"]),
        "source": row["source"],
    }


RELATIONS = Kind(
    name="relations",
    fields=(
        Field("staff_no", fields.code, required=True, code=True),
        Field("target", fields.target_key, code=True),
        Field("other_staff_no", fields.code, code=True),
        Field("ground", _ground, required=True),
        Field("starts", fields.day, required=True),
        Field("ends", fields.day),
        Field("source", fields.text, required=True),
    ),
    build=_build,
    identity=_identity,
    complete=lambda record: {"ends": None} | record,
    check=_check,
    prepare=_prepare,
    store=TableStore(
        table_of(Relation), "id", "person_id", _probe, _identity, _to_row, _to_record, load=_load
    ),
)
