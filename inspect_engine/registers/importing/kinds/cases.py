"""Accountability cases (追责情形): a row is one version of one case that goes with a power."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspect_engine.registers.importing import fields
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Claim, Kind
from inspect_engine.registers.importing.kinds.duties import (
    IN_PLACE,
    build,
    hanging,
    identity_by,
    place_by,
    rows_of,
)
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.timelines import TimelineStore, in_force
from inspect_engine.registers.tables import AccountabilityCase

_DEFAULTS: Record = {"ends": None, "agency_code": None, "ground": ""}


def _check(record: Record, refs: References) -> Iterator[Bad]:
    stored = refs.cases.get(str(record.get("case_code")), {})
    two = Bad("case-two-powers", column="power_code", value=record.get("case_code"))
    yield from hanging(record, refs, stored, two)


def _claims(values: Record, _map: ColumnMap) -> Iterable[Claim]:
    yield Claim(
        ("case", str(values["case_code"])), str(values["power_code"]), "case-two-powers", "power_code"
    )


CASES = Kind(
    name="cases",
    fields=(
        Field("case_code", fields.text, required=True),
        Field("power_code", fields.text, required=True),
        Field("starts", fields.day, required=True),
        Field("ends", fields.day),
        Field("text", fields.text, required=True),
        Field("basis", fields.text, required=True),
        Field("agency_code", fields.code, code=True),
        Field("ground", fields.text),
    ),
    build=build,
    identity=identity_by("case_code"),
    complete=lambda record: _DEFAULTS | record,
    claims=_claims,
    check=_check,
    change=lambda before, after: in_force(before, after, IN_PLACE),
    store=TimelineStore(
        AccountabilityCase,
        "code",
        "case_code",
        identity_by("case_code"),
        ("text", "basis", "agency_code", "ground"),
        rows_of(AccountabilityCase, "case_code"),
        place_by("case_code"),
    ),
    ordered=True,
    approved=AccountabilityCase,
)
