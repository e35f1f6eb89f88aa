"""The list of duties (责任清单): a row is one version of one duty that goes with a power (责任事项)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.registers.importing import fields
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Claim, Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.timelines import TimelineStore, check_days, in_force, not_earlier
from inspect_engine.registers.tables import AccountabilityCase, Duty, Power

IN_PLACE = frozenset({"ends", "ground"})
_DEFAULTS: Record = {"ends": None, "agency_code": None, "least_times": None, "ground": ""}


def build(values: Record, _map: ColumnMap) -> Record:
    """Record of a row that hangs on a power: what the file leaves empty is not said."""
    check_days(values)
    return {name: value for name, value in values.items() if value is not None}


def identity_by(key: str) -> Callable[[Record], Identity]:
    """Versions by their code and first day."""
    return lambda record: (str(record[key]), str(record["starts"]))


def hanging(record: Record, refs: References, stored: Mapping[str, str], two: Bad) -> Iterator[Bad]:
    """Faults of a row that hangs on a power."""
    power = record.get("power_code")
    if power is not None and power not in refs.powers:
        yield Bad("power-unknown", column="power_code", value=power)
    for other in {*stored.values()} - {power}:
        two.params["other"] = other
        yield two
    agency = record.get("agency_code")
    if agency is not None and agency not in refs.agencies:
        yield Bad("agency-unknown", column="agency_code", value=agency)
    yield from not_earlier(record, stored)


def rows_of(
    model: type[Duty] | type[AccountabilityCase], key: str
) -> Callable[[Session, Sequence[str]], Iterator[tuple[Any, Record]]]:
    """Read stored versions with the power that they hang on."""

    def rows(session: Session, codes: Sequence[str]) -> Iterator[tuple[Any, Record]]:
        hung: Any = model
        query = select(hung, Power.code).join(Power, col(hung.power_id) == Power.id)
        for row, power in session.exec(query.where(col(hung.code).in_(codes))):
            yield row, {key: row.code, "power_code": power}

    return rows


def place_by(key: str) -> Callable[[Session, Record, References], dict[str, Any]]:
    """Name the power that a record hangs on."""
    return lambda _session, record, refs: {
        "code": record[key],
        "power_id": refs.powers[str(record["power_code"])],
    }


def _check(record: Record, refs: References) -> Iterator[Bad]:
    stored = refs.duties.get(str(record.get("duty_code")), {})
    two = Bad("duty-two-powers", column="power_code", value=record.get("duty_code"))
    yield from hanging(record, refs, stored, two)


def _claims(values: Record, _map: ColumnMap) -> Iterable[Claim]:
    yield Claim(
        ("duty", str(values["duty_code"])), str(values["power_code"]), "duty-two-powers", "power_code"
    )


DUTIES = Kind(
    name="duties",
    fields=(
        Field("duty_code", fields.text, required=True),
        Field("power_code", fields.text, required=True),
        Field("starts", fields.day, required=True),
        Field("ends", fields.day),
        Field("text", fields.text, required=True),
        Field("post", fields.text, required=True),
        Field("basis", fields.text, required=True),
        Field("agency_code", fields.code, code=True),
        Field("least_times", fields.whole(1, 366)),
        Field("ground", fields.text),
    ),
    build=build,
    identity=identity_by("duty_code"),
    complete=lambda record: _DEFAULTS | record,
    claims=_claims,
    check=_check,
    change=lambda before, after: in_force(before, after, IN_PLACE),
    store=TimelineStore(
        Duty,
        "code",
        "duty_code",
        identity_by("duty_code"),
        ("text", "post", "basis", "agency_code", "least_times", "ground"),
        rows_of(Duty, "duty_code"),
        place_by("duty_code"),
    ),
    ordered=True,
    approved=Duty,
)
