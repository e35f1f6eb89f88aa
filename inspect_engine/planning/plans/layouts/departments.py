"""A task that takes a row for each department (一部门一行): who comes, who leads, and whose each item is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspect_engine.planning.plans.form import LineSpec
from inspect_engine.planning.plans.layouts.column import Parts, Showing
from inspect_engine.planning.plans.layouts.names import Names
from inspect_engine.planning.plans.layouts.parties import (
    Party,
    items_of,
    parse_items,
    parse_parties,
    parse_party,
    parse_roles,
    show_items,
    show_roles,
    split,
)
from inspect_engine.planning.spec import Department
from inspect_engine.registers.importing.faults import Bad

#: What reading finds: parts, and faults as (row of the task from 0, field, fault).
Found = tuple[Parts, list[tuple[int, str, Bad]]]


def read_departments(texts: Sequence[Mapping[str, str]], names: Names) -> Found:
    """Read a task's rows.

    Faults are ``plans.sheet-host`` where the roles do not say who leads, ``plans.sheet-parties-differ`` where roles or
    bodies name others than the rows, ``cell-empty``, and those of names.
    """
    faults: list[tuple[int, str, Bad]] = []
    rows: list[tuple[Party, tuple[str, ...]]] = []
    for number, text in enumerate(texts):
        try:
            party = parse_party(_filled(text, "department"), names)
        except Bad as bad:
            faults.append((number, "department", bad))
            continue
        try:
            said = text.get("row_items", "")
            rows.append((party, parse_items(said, names) if said else ()))
        except Bad as bad:
            faults.append((number, "row_items", bad))
    if faults:
        return {}, faults
    try:
        host = _host([party for party, _ in rows], texts[0], names)
    except Bad as bad:
        return {}, [(0, bad.column or "roles", bad)]
    empty = [n for n, (party, items) in enumerate(rows) if party == host and not items]
    if empty:
        return {}, [(empty[0], "row_items", Bad("cell-empty"))]
    return _parts(rows, host), []


def _filled(text: Mapping[str, str], name: str) -> str:
    if not text.get(name):
        raise Bad("cell-empty")
    return text[name]


def _host(parties: Sequence[Party], text: Mapping[str, str], names: Names) -> Party:
    """Who leads, and that all columns name the same departments."""
    rows = {party.agency for party in parties}
    if bodies := text.get("agencies"):
        _check_same({party.agency for party in _parties(bodies, names)}, rows, "agencies", bodies)
    if not text.get("roles"):
        if len(rows) > 1:
            raise Bad("plans.sheet-host", column="roles", value="")
        return parties[0]
    host, joiners = parse_roles(text["roles"], names)
    _check_same({host.agency, *(j.agency for j in joiners)}, rows, "roles", text["roles"])
    return next(party for party in parties if party.agency == host.agency)


def _parties(text: str, names: Names) -> tuple[Party, ...]:
    try:
        return parse_parties(text, names)
    except Bad as bad:
        bad.column = "agencies"
        raise


def _check_same(said: set[str], rows: set[str], column: str, value: str) -> None:
    if said != rows:
        raise Bad(
            "plans.sheet-parties-differ", column=column, value=value, other="、".join(sorted(rows ^ said))
        )


def _parts(rows: Sequence[tuple[Party, tuple[str, ...]]], host: Party) -> Parts:
    parties = dict.fromkeys(party for party, _ in rows)
    items = [
        item if party == host or "@" in item else f"{item}@{party.department}"
        for party, found in rows
        for item in found
    ]
    parts: Parts = {
        "departments": tuple(party.as_host(party == host) for party in parties),
        "items": tuple(dict.fromkeys(items)),
    }
    return parts | ({"section": host.section} if host.section else {})


def show_departments(line: LineSpec, about: Showing) -> list[dict[str, str]]:
    """Write the row columns of a line, a mapping for each of its departments."""
    owned = items_of(line)
    bodies = "、".join(about.names.name_of("agency", d.agency) for d in line.departments)
    return [
        {
            "department": about.names.name_of("agency", d.agency),
            "row_items": show_items(owned[d.agency], about.names),
            "agencies": bodies,
            "roles": show_roles(line, about.names),
        }
        for d in line.departments
    ]


def items_by_department(line: LineSpec) -> tuple[str, ...]:
    """A line's items in the order in which its rows bear them."""
    host, _ = split(line)
    owned = items_of(line)
    found = [
        item if department is host or "@" in item else f"{item}@{department.department}"
        for department in line.departments
        for item in owned[department.agency]
    ]
    return tuple(dict.fromkeys(found))


def two_slots(departments: Sequence[Department]) -> tuple[Department, ...]:
    """Departments as a layout without slots gives them back."""
    return tuple(d.model_copy(update={"slots": 2}) for d in departments)
