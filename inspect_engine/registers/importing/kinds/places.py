"""Regions (行政区划) and agencies (执法机关), both trees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from inspect_engine.registers import codes
from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Identity, Kind, Tree
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import TableStore, from_degrees, table_of, to_degrees
from inspect_engine.registers.tables import Agency, AgencyKind, Level, Region


def both_coordinates(record: Record) -> None:
    """Refuse a longitude without a latitude, or the other way round."""
    if (record.get("lon") is None) != (record.get("lat") is None):
        raise Bad("half-a-coordinate", column="lon")


def _by_code(record: Record) -> Identity:
    return (cast("str", record["code"]),)


def _probe(record: Record, _refs: References) -> str:
    return cast("str", record["code"])


def _to_row(record: Record, _refs: References) -> dict[str, Any]:
    return record | {"lon": to_degrees(record.get("lon")), "lat": to_degrees(record.get("lat"))}


def _to_record(row: Mapping[str, Any], _refs: References) -> Record:
    return dict(row) | {"lon": from_degrees(row["lon"]), "lat": from_degrees(row["lat"])}


def _build_region(values: Record, _map: ColumnMap) -> Record:
    both_coordinates(values)
    return values


def _complete_region(record: Record) -> Record:
    code = cast("str", record["code"])
    found: Record = {"level": codes.region_level(code).value, "lon": None, "lat": None}
    found |= {name: value for name, value in record.items() if value is not None}
    return {"parent_code": codes.parent_region(code)} | found


def _check_agency(record: Record, refs: References) -> Iterator[Bad]:
    if record.get("region_code") and record["region_code"] not in refs.regions:
        yield Bad("region-unknown", column="region_code", value=record["region_code"])


def _complete_agency(record: Record) -> Record:
    found: Record = {"kind": AgencyKind.agency.value, "level": Level.county.value}
    found |= {name: value for name, value in record.items() if value is not None}
    return {"parent_code": None, "lon": None, "lat": None} | found


_COORDINATES = (Field("lon", fields.degrees(180)), Field("lat", fields.degrees(90)))

REGIONS = Kind(
    name="regions",
    fields=(
        Field("code", fields.region, required=True, code=True),
        Field("name", fields.text, required=True),
        Field("level", fields.one_of(vocabulary.LEVELS)),
        Field("parent_code", fields.region, code=True),
        *_COORDINATES,
    ),
    build=_build_region,
    identity=_by_code,
    complete=_complete_region,
    tree=Tree("parent_code", lambda refs: refs.regions),
    store=TableStore(table_of(Region), "code", "code", _probe, _by_code, _to_row, _to_record),
)

AGENCIES = Kind(
    name="agencies",
    fields=(
        Field("code", fields.code, required=True, code=True),
        Field("name", fields.text, required=True),
        Field("department", fields.text, required=True),
        Field("kind", fields.one_of(vocabulary.AGENCY_KINDS)),
        Field("level", fields.one_of(vocabulary.LEVELS)),
        Field("region_code", fields.region, required=True, code=True),
        Field("parent_code", fields.code, code=True),
        *_COORDINATES,
    ),
    build=_build_region,
    identity=_by_code,
    complete=_complete_agency,
    check=_check_agency,
    tree=Tree("parent_code", lambda refs: refs.agencies),
    store=TableStore(table_of(Agency), "code", "code", _probe, _by_code, _to_row, _to_record),
)
