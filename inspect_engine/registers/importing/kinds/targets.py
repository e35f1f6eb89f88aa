"""Targets (检查对象名录库): one row for one real-world body, under one key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from inspect_engine.registers import codes
from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Claim, Identity, Kind
from inspect_engine.registers.importing.kinds.places import both_coordinates
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import (
    Child,
    TableStore,
    from_day,
    from_degrees,
    from_time,
    table_of,
    to_day,
    to_degrees,
    to_time,
)
from inspect_engine.registers.tables import Target, TargetKind, TargetLabel, TargetState
from solver.dr1.encoding import Json

_THINGS = frozenset({TargetKind.product.value, TargetKind.project.value, TargetKind.behaviour.value})
#: What a new target is where the file does not say.
_NEW: Record = {
    "owner_key": None,
    "registering_region": None,
    "station_code": None,
    "town_code": None,
    "industry": None,
    "address": "",
    "lon": None,
    "lat": None,
    "state": TargetState.live.value,
    "established": None,
    "risk_class": None,
    "risk_source": "",
    "risk_date": None,
    "opens": None,
    "closes": None,
    "closed_on": [],
    "labels": [],
}
_DAYS = ("established", "risk_date")
_HOURS = ("opens", "closes")


def key_of(code: str | None, number: str | None, registration_numbers: str) -> str:
    """Key of a target from what its row has of codes.

    A text of 16 to 20 letters and digits is a unified code with signs lost or added, never an old number; those
    had 13 or 15. A wrong check sign is refused whatever the map says: the body behind it is not known.

    Raises
    ------
    Bad
        ``key-missing``, ``code-as-number``, ``code-length``, ``code-signs``, ``code-check``, ``old-number``,
        ``identifier-shape``.
    """
    given = code or number
    if not given:
        raise Bad("key-missing", column="key")
    identifier = given.removeprefix(codes.REG)
    if code and identifier == given and _looks_unified(given):
        fields.refuse_code(given)
        return given
    if codes.lost_digits(identifier):
        raise Bad("code-as-number", column="key", value=given)
    if registration_numbers != "REG":
        raise Bad("old-number", column="key", value=given)
    if not codes.is_identifier(identifier):
        raise Bad("identifier-shape", column="key", value=given)
    return codes.REG + identifier


def _looks_unified(code: str) -> bool:
    return 16 <= len(code) <= 20 and code.isascii() and code.isalnum()


def _build(values: Record, columns: ColumnMap) -> Record:
    code, number = (cast("str | None", values.get(name)) for name in ("key", "registration_number"))
    record = {name: value for name, value in values.items() if name not in _ASIDE}
    try:
        key = key_of(code, number, columns.registration_numbers)
    except Bad as bad:
        bad.column = "key" if code or "key" in values else "registration_number"
        raise
    record["key"] = key
    if number and not key.startswith(codes.REG):
        record["_reg"] = codes.REG + number.removeprefix(codes.REG)
    both_coordinates(record)
    _refuse_bare_risk(record)
    _refuse_odd_hours(record)
    for name, empty in (("address", ""), ("risk_source", ""), ("labels", []), ("closed_on", [])):
        if name in record and record[name] is None:
            record[name] = cast("Any", empty)
    return _without_silent_loss(record)


def _refuse_bare_risk(record: Record) -> None:
    """A class without its evidence and date puts firms in wrong classes that nobody can mend (F28)."""
    if record.get("risk_class") and not (record.get("risk_source") and record.get("risk_date")):
        raise Bad("risk-without-evidence", column="risk_class")
    if record.get("kind") in _THINGS and not record.get("owner_key"):
        raise Bad("owner-missing", column="owner_key")


def _refuse_odd_hours(record: Record) -> None:
    """Hours come in pairs, and end after they begin: a body that opens at night is no case for a day's route."""
    opens, closes = (cast("str", record.get(name) or "") for name in ("opens", "closes"))
    if bool(opens) != bool(closes):
        raise Bad("half-of-the-hours", column="closes" if opens else "opens")
    if opens and opens >= closes:
        raise Bad("hours-order", column="closes", value=closes)
    if len(cast("list[Json]", record.get("closed_on") or [])) > 6:
        raise Bad("never-open", column="closed_on")


def _without_silent_loss(record: Record) -> Record:
    """An empty cell says nothing of kind and state: the register's word stands."""
    return {
        name: value for name, value in record.items() if value is not None or name not in {"kind", "state"}
    }


def _identity(record: Record) -> Identity:
    return (cast("str", record["key"]),)


def _probe(record: Record, _refs: References) -> str:
    return cast("str", record["key"])


def _complete(record: Record) -> Record:
    return {"kind": codes.kind_of(cast("str", record["key"])).value} | _NEW | record


def _claims(values: Record, columns: ColumnMap) -> Iterable[Claim]:
    number, key = values.get("registration_number"), values.get("key")
    if isinstance(number, str):
        yield Claim(("number", number), str(key or number), "target-two-keys", "registration_number")
    if not columns.make_regions:
        return
    for code_field in ("supervising_region", "town_code"):
        code = values.get(code_field)
        if isinstance(code, str):
            name = values.get(_NAMES[code_field]) or columns.regions.get(code) or code
            yield Claim(("region", code), cast("str", name), "region-two-names", code_field)


_NAMES = {"supervising_region": "supervising_region_name", "town_code": "town_name"}
_ASIDE = frozenset({"registration_number", *_NAMES.values()})


def _prepare(records: Sequence[Record], refs: References) -> None:
    refs.load_targets(
        str(record[name]) for record in records for name in ("_reg", "owner_key") if record.get(name)
    )


def _check(record: Record, refs: References) -> Iterator[Bad]:
    for name in ("supervising_region", "town_code"):
        if record.get(name) and record[name] not in refs.regions:
            yield Bad("region-unknown", column=name, value=record[name])
    if record.get("station_code") and record["station_code"] not in refs.agencies:
        yield Bad("agency-unknown", column="station_code", value=record["station_code"])
    if record.get("_reg") in refs.targets or record.get("_reg") in refs.own:
        yield Bad(
            "target-two-keys", column="registration_number", value=record["_reg"], other=record.get("key")
        )
    owner = record.get("owner_key")
    if owner and owner not in refs.targets and owner not in refs.own:
        yield Bad("target-unknown", column="owner_key", value=owner)


def _to_row(record: Record, _refs: References) -> dict[str, Any]:
    row: dict[str, Any] = {name: value for name, value in record.items() if name != "labels"}
    row |= {name: to_day(record[name]) for name in _DAYS}
    row |= {name: to_time(record[name]) for name in _HOURS}
    return row | {name: to_degrees(record[name]) for name in ("lon", "lat")}


def _to_record(row: Mapping[str, Any], _refs: References) -> Record:
    record: Record = {
        name: row[name] for name in ("key", "name", "kind", "supervising_region", *_NEW) if name in row
    }
    record |= {name: from_day(row[name]) for name in _DAYS}
    record |= {name: from_time(row[name]) for name in _HOURS}
    return record | {name: from_degrees(row[name]) for name in ("lon", "lat")}


TARGETS = Kind(
    name="targets",
    fields=(
        Field("key", fields.code, code=True),
        Field("registration_number", fields.code, code=True, aside=True),
        Field("name", fields.text, required=True),
        Field("kind", fields.one_of(vocabulary.TARGET_KINDS)),
        Field("owner_key", fields.target_key, code=True),
        Field("registering_region", fields.region, code=True),
        Field("supervising_region", fields.region, required=True, code=True),
        Field("supervising_region_name", fields.text, aside=True),
        Field("station_code", fields.code, code=True),
        Field("town_code", fields.region, code=True),
        Field("town_name", fields.text, aside=True),
        Field("industry", fields.industry, code=True),
        Field("address", fields.text),
        Field("lon", fields.degrees(180)),
        Field("lat", fields.degrees(90)),
        Field("state", fields.one_of(vocabulary.TARGET_STATES)),
        Field("established", fields.day),
        Field("risk_class", fields.one_of(vocabulary.RISK_CLASSES)),
        Field("risk_source", fields.text),
        Field("risk_date", fields.day),
        Field("opens", fields.clock),
        Field("closes", fields.clock),
        Field("closed_on", fields.weekdays),
        Field("labels", fields.parts),
    ),
    build=_build,
    identity=_identity,
    complete=_complete,
    claims=_claims,
    check=_check,
    prepare=_prepare,
    store=TableStore(
        table_of(Target),
        "id",
        "key",
        _probe,
        _identity,
        _to_row,
        _to_record,
        children=(Child(table_of(TargetLabel), "target_id", "labels", ("label",)),),
        stamp="changed_at",
    ),
)
