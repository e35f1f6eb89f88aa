"""The list of powers (权力清单): a row is one version of one power.

A version in force is not written over: a change comes with a later first day. A power is one body's (``agency_code``),
or every agency's of a level and department.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from sqlmodel import Session, col, select

from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Claim, Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.timelines import (
    TimelineStore,
    after_repeal,
    check_days,
    in_force,
    not_earlier,
    remember_states,
)
from inspect_engine.registers.tables import ItemState, Power, PowerVersion

_IN_PLACE = frozenset({"ends", "ground", "power_name"})
_DEFAULTS: Record = {
    "ends": None,
    "state": ItemState.active.value,
    "department": "",
    "agency_code": None,
    "ground": "",
}


def _build(values: Record, _map: ColumnMap) -> Record:
    check_days(values)
    return {name: value for name, value in values.items() if value is not None}


def _identity(record: Record) -> Identity:
    return (str(record["power_code"]), str(record["starts"]))


def _claims(values: Record, _map: ColumnMap) -> Iterable[Claim]:
    code = str(values["power_code"])
    yield Claim(("power", code), str(values["power_name"]), "power-two-names", "power_name")
    yield Claim(("power-kind", code), str(values["kind"]), "power-two-names", "kind")


def _prepare(records: Sequence[Record], refs: References) -> None:
    remember_states(records, refs, "power_code")


def _check(record: Record, refs: References) -> Iterator[Bad]:
    agency = record.get("agency_code")
    if agency is not None and agency not in refs.agencies:
        yield Bad("agency-unknown", column="agency_code", value=agency)
    yield from not_earlier(record, refs.power_states.get(str(record.get("power_code")), {}))
    yield from after_repeal(record, refs, "power_code", refs.power_states)


def _change(before: Record, after: Record) -> Iterator[Bad]:
    if before["state"] != ItemState.draft:
        yield from in_force(before, after, _IN_PLACE)


def _rows(session: Session, codes: Sequence[str]) -> Iterator[tuple[Any, Record]]:
    query = select(Power, PowerVersion).join(PowerVersion, col(PowerVersion.power_id) == Power.id)
    for power, version in session.exec(query.where(col(Power.code).in_(codes))):
        yield version, {"power_code": power.code, "power_name": power.name, "kind": power.kind}


def _place(session: Session, record: Record, _refs: References) -> dict[str, Any]:
    code = str(record["power_code"])
    power = session.exec(select(Power).where(Power.code == code)).first()
    power = power or Power(code=code, name="", kind=cast("Any", record["kind"]))
    power.name, power.kind = str(record["power_name"]), cast("Any", record["kind"])
    session.add(power)
    session.flush()
    return {"power_id": power.id}


POWERS = Kind(
    name="powers",
    fields=(
        Field("power_code", fields.text, required=True),
        Field("power_name", fields.text, required=True),
        Field("kind", fields.one_of(vocabulary.POWER_KINDS), required=True),
        Field("starts", fields.day, required=True),
        Field("ends", fields.day),
        Field("state", fields.one_of(vocabulary.ITEM_STATES)),
        Field("basis", fields.text, required=True),
        Field("level", fields.one_of(vocabulary.LEVELS), required=True),
        Field("department", fields.text),
        Field("agency_code", fields.code, code=True),
        Field("subject", fields.text, required=True),
        Field("ground", fields.text),
    ),
    build=_build,
    identity=_identity,
    complete=lambda record: _DEFAULTS | record,
    claims=_claims,
    prepare=_prepare,
    check=_check,
    change=_change,
    store=TimelineStore(
        PowerVersion,
        "power_id",
        "power_code",
        _identity,
        ("state", "basis", "level", "department", "agency_code", "subject", "ground"),
        _rows,
        _place,
    ),
    ordered=True,
    approved=PowerVersion,
)
