"""Persons (执法检查人员名录库) with their certificates, skills and standing team, one row a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Session

from inspect_engine.registers.importing import fields, vocabulary
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Claim, Identity, Kind, Store, Stored
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import Child, TableStore, table_of
from inspect_engine.registers.tables import (
    Capacity,
    Certificate,
    Person,
    PersonSkill,
    StandingTeam,
    TeamMember,
)

#: Columns of the two certificates a bureau keeps of one person: its own, and the government's.
_SLOTS = (("certificate", "行政执法证"), ("certificate_2", "部门执法证"))
_ASIDE = frozenset(
    {"team_name"} | {f"{slot}{part}" for slot, _ in _SLOTS for part in ("", "_kind", "_expires")}
)
_NEW: Record = {
    "capacity": Capacity.officer.value,
    "unit_code": None,
    "may_lead": False,
    "active": True,
    "grade": None,
    "certificates": [],
    "skills": [],
    "team": [],
}


def _certificates(values: Record) -> list[Any]:
    found = []
    for slot, usual in _SLOTS:
        number, expires = values.get(slot), values.get(f"{slot}_expires")
        if bool(number) != bool(expires):
            raise Bad("half-a-certificate", column=slot if expires else f"{slot}_expires")
        if number:
            found.append([values.get(f"{slot}_kind") or usual, number, expires])
    return sorted(found)


def _build(values: Record, _map: ColumnMap) -> Record:
    said = {name for name, value in values.items() if value is not None} | {"unit_code"}
    record: Record = {name: value for name, value in values.items() if name in said - _ASIDE}
    if "certificate" in values:
        record["certificates"] = _certificates(values)
        serves = record.get("capacity", Capacity.officer) == Capacity.officer and record.get("active", True)
        if serves and not record["certificates"]:
            raise Bad("officer-without-certificate", column="certificate")
    if "skills" in values:
        record["skills"] = values["skills"] or []
    if "team" in values:
        record["team"] = [values["team"]] if values["team"] else []
    if values.get("team_name"):
        record["_team"] = values["team_name"]
    return record


def _identity(record: Record) -> Identity:
    return (cast("str", record["staff_no"]),)


def _claims(values: Record, _map: ColumnMap) -> Iterable[Claim]:
    person = str(values["staff_no"])
    for slot, usual in _SLOTS:
        if values.get(slot):
            what = ("certificate", str(values.get(f"{slot}_kind") or usual), str(values[slot]))
            yield Claim(what, person, "certificate-twice", slot)
    if values.get("team") and values.get("team_name"):
        yield Claim(("team", str(values["team"])), str(values["team_name"]), "team-two-names", "team_name")


def _prepare(records: Sequence[Record], refs: References) -> None:
    refs.load_certificates(number for record in records for _, number, _ in _held(record))


def _held(record: Record) -> list[tuple[str, str, str]]:
    return cast("list[tuple[str, str, str]]", record.get("certificates") or [])


def _check(record: Record, refs: References) -> Iterator[Bad]:
    for name in ("agency_code", "unit_code"):
        if record.get(name) and record[name] not in refs.agencies:
            yield Bad("agency-unknown", column=name, value=record[name])
    if record.get("region_code") and record["region_code"] not in refs.regions:
        yield Bad("region-unknown", column="region_code", value=record["region_code"])
    for kind, number, _ in _held(record):
        holder = refs.certificates.get((kind, number), record["staff_no"])
        if holder != record["staff_no"]:
            yield Bad("certificate-held", column="certificate", value=number, other=holder)


def _to_row(record: Record, _refs: References) -> dict[str, Any]:
    return {name: record[name] for name in _COLUMNS}


def _to_record(row: Mapping[str, Any], _refs: References) -> Record:
    return {name: row[name] for name in _COLUMNS}


_COLUMNS = (
    "staff_no",
    "name",
    "capacity",
    "agency_code",
    "unit_code",
    "region_code",
    "may_lead",
    "active",
    "grade",
)


def _probe(record: Record, _refs: References) -> str:
    return cast("str", record["staff_no"])


@dataclass(frozen=True, slots=True)
class _OfficerStore:
    """The persons' table, after the standing teams that the rows name."""

    rows: Store

    def read(self, session: Session, records: Sequence[Record], refs: References) -> dict[Identity, Stored]:
        return self.rows.read(session, records, refs)

    def insert(self, session: Session, records: Sequence[Record], refs: References, at: datetime) -> None:
        self._add_teams(session, records, refs)
        self.rows.insert(session, records, refs, at)

    def update(
        self, session: Session, changes: Sequence[tuple[Stored, Record]], refs: References, at: datetime
    ) -> None:
        self._add_teams(session, [after for _, after in changes], refs)
        self.rows.update(session, changes, refs, at)

    @staticmethod
    def _add_teams(session: Session, records: Sequence[Record], refs: References) -> None:
        named: dict[str, str] = {}
        for record in records:
            for team in cast("list[str]", record["team"]):
                named[team] = str(record.get("_team") or named.get(team, team))
        new = [{"code": code, "name": name} for code, name in sorted(named.items()) if code not in refs.teams]
        if new:
            session.execute(sa.insert(table_of(StandingTeam)), new)
            refs.teams.update(named)


OFFICERS = Kind(
    name="officers",
    fields=(
        Field("staff_no", fields.code, required=True, code=True),
        Field("name", fields.text, required=True),
        Field("capacity", fields.one_of(vocabulary.CAPACITIES)),
        Field("agency_code", fields.code, required=True, code=True),
        Field("unit_code", fields.code, code=True),
        Field("region_code", fields.region, required=True, code=True),
        Field("may_lead", fields.truth),
        Field("active", fields.truth),
        Field("grade", fields.one_of(vocabulary.GRADES)),
        *(
            field
            for slot, _ in _SLOTS
            for field in (
                Field(slot, fields.code, code=True, aside=True),
                Field(f"{slot}_kind", fields.text, aside=True),
                Field(f"{slot}_expires", fields.day, aside=True),
            )
        ),
        Field("skills", fields.parts),
        Field("team", fields.code, code=True),
        Field("team_name", fields.text, aside=True),
    ),
    build=_build,
    identity=_identity,
    complete=lambda record: _NEW | record,
    claims=_claims,
    check=_check,
    prepare=_prepare,
    store=_OfficerStore(
        TableStore(
            table_of(Person),
            "id",
            "staff_no",
            _probe,
            _identity,
            _to_row,
            _to_record,
            children=(
                Child(
                    table_of(Certificate),
                    "person_id",
                    "certificates",
                    ("kind", "number", "expires"),
                    frozenset({"expires"}),
                ),
                Child(table_of(PersonSkill), "person_id", "skills", ("skill",)),
                Child(table_of(TeamMember), "person_id", "team", ("team_code",)),
            ),
        )
    ),
)
