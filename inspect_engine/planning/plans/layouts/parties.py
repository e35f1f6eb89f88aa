"""Departments and items of a task in a plan sheet (牵头与配合部门、抽查事项): by name or code ↔ the line's own.

============================================  ==============================
嘉兴市市场监督管理局                             the host alone
A牵头，B、C配合                                host and joiners
牵头：A；配合：B、C　A（牵头）、B、C                the same
============================================  ==============================
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspect_engine.planning.plans.form import LineSpec
from inspect_engine.planning.plans.layouts.names import Names
from inspect_engine.planning.plans.layouts.wording import pieces, quote, quote_part, read_list, unquote
from inspect_engine.planning.spec import Department
from inspect_engine.registers.importing.faults import Bad

_LIST = re.compile("[、，,；;\n]")
_LEADS = re.compile(
    r"(?P<host>.+?)牵头(?:发起|组织)?[，,；;、]?(?:(?P<joiners>.+?)(?:按职责分工)?(?:配合|参与|参加))?[。]?"
)
_LABELLED = re.compile(
    r"牵头(?:部门|单位)?[:：](?P<host>.+?)[；;，,。\n](?:配合|参与)(?:部门|单位)?[:：](?P<joiners>.+?)[。]?"
)
_CUTTING = ("\n", "[、，,]|(?<=\\S)\\s+(?=\\d+[.．、])")
_CUTS = frozenset("；;")
_MARKED = re.compile("[（(]牵头[)）]")
_POINT = re.compile(r"^\s*(?:[（(]?\d{1,2}[)）]|\d{1,2}\s*[.．、](?!\d)|[①-⑳])\s*")
_PARTY = re.compile(
    r'(?:(?P<department>"(?:[^"\\]|\\.)*"|[^@"×（]+)@)?(?P<agency>"(?:[^"\\]|\\.)*"|[^@"×（]+?)(?:×(?P<slots>\d))?(?P<host>（牵头）)?'
)


@dataclass(frozen=True, slots=True)
class Party:
    """A department as a sheet names it; ``section`` where the sheet names a section of it."""

    department: str
    agency: str
    section: str = ""

    def as_host(self, host: bool, slots: int = 2) -> Department:
        """As the line has it."""
        return Department(department=self.department, agency=self.agency, host=host, slots=slots)


def parse_party(text: str, names: Names) -> Party:
    """One department by name or code; raises those of :meth:`Names.agency`."""
    return Party(*names.agency(text.strip()))


def parse_parties(text: str, names: Names) -> tuple[Party, ...]:
    """A list of departments, none of them marked as host."""
    if found := _whole(text, names):
        return (found,)
    return tuple(parse_party(part, names) for part in _LIST.split(text) if part.strip())


def _whole(text: str, names: Names) -> Party | None:
    """The whole text as one name, since names may hold a sign that divides lists."""
    try:
        return parse_party(text, names)
    except Bad as bad:
        if bad.code == "plans.sheet-ambiguous" or not _LIST.search(text):
            raise
        return None


def parse_roles(text: str, names: Names) -> tuple[Party, tuple[Party, ...]]:
    """Host and joiners of a text.

    Raises
    ------
    Bad
        ``plans.sheet-host`` where several are named and none, or more than one, as host; those of :meth:`Names.agency`.
    """
    text = text.strip()
    if match := _LABELLED.fullmatch(text) or _LEADS.fullmatch(text):
        joiners = parse_parties(match["joiners"], names) if match["joiners"] else ()
        return parse_party(match["host"], names), joiners
    if not _MARKED.search(text):
        found = parse_parties(text, names)
        if len(found) != 1:
            raise Bad("plans.sheet-host", value=text)
        return found[0], ()
    parts = [part for part in _LIST.split(text) if part.strip()]
    hosts = [part for part in parts if _MARKED.search(part)]
    if len(hosts) != 1:
        raise Bad("plans.sheet-host", value=text)
    host = parse_party(_MARKED.sub("", hosts[0]), names)
    return host, tuple(parse_party(part, names) for part in parts if part not in hosts)


def show_roles(line: LineSpec, names: Names) -> str:
    """Write host and joiners; :func:`parse_roles` reads them back."""
    host, joiners = split(line)
    told = "、".join(names.name_of("agency", d.agency) for d in joiners)
    lead = names.name_of("agency", host.agency)
    return f"{lead}牵头，{told}配合" if told else lead


def split(line: LineSpec) -> tuple[Department, tuple[Department, ...]]:
    """A line's host, and its joiners in their order."""
    host = next(d for d in line.departments if d.host)
    return host, tuple(d for d in line.departments if not d.host)


def parse_exact(text: str, names: Names) -> tuple[Department, ...]:
    """Departments of the complete layout: ``市监@330402SJ×2（牵头）；…``, or names as everywhere."""
    found = []
    for part in pieces(text):
        match = _PARTY.fullmatch(part)
        if match is None:
            raise Bad("plans.sheet-agency-unknown", value=part)
        agency = unquote(match["agency"])
        party = (
            Party(unquote(match["department"]), agency) if match["department"] else parse_party(agency, names)
        )
        found.append(party.as_host(bool(match["host"]), int(match["slots"] or 2)))
    if len(found) == 1:
        return (found[0].model_copy(update={"host": True}),)
    return tuple(found)


def show_exact(departments: Sequence[Department]) -> str:
    """Write departments so that nothing is lost."""
    return "；".join(
        f"{quote_part(d.department)}@{quote_part(d.agency)}×{d.slots}{'（牵头）' if d.host else ''}"
        for d in departments
    )


def parse_items(text: str, names: Names) -> tuple[str, ...]:
    """Sub-items of an item text: codes or names, divided or numbered; raises those of :meth:`Names.item`."""
    found: list[str] = []
    for part in re.split("[；;。]", text):
        said = _POINT.sub("", part).strip()
        if said:
            found.extend(_item_or_list(said, names))
    if not found:
        raise Bad("cell-empty")
    return tuple(dict.fromkeys(found))


def _item_or_list(said: str, names: Names, depth: int = 0) -> tuple[str, ...]:
    """A text as one item, else as lines, else as a list: names may be broken over lines, and hold 、."""
    try:
        return _item(said, names)
    except Bad as bad:
        if bad.code == "plans.sheet-ambiguous" or depth == len(_CUTTING):
            raise
    parts = [_POINT.sub("", part).strip() for part in re.split(_CUTTING[depth], said)]
    return tuple(code for part in parts if part for code in _item_or_list(part, names, depth + 1))


def _item(said: str, names: Names) -> tuple[str, ...]:
    """An item, with ``@department`` where it is a joiner's."""
    named, at, department = said.partition("@")
    return tuple(f"{code}{at}{department}" for code in names.item(named))


def parse_exact_items(text: str, names: Names) -> tuple[str, ...]:
    """Items of the complete layout, in order and as often as they stand there."""
    return tuple(code for part in read_list(text) for code in _item(part, names))


def show_items(items: Sequence[str], names: Names) -> str:
    """Write items by name where the name leads back to them."""
    parts = [item.partition("@") for item in items]
    return "；".join(f"{names.name_of('item', code)}{at}{department}" for code, at, department in parts)


def show_exact_items(items: Sequence[str]) -> str:
    """Write items by code, so that nothing is lost."""
    return "；".join(quote_part(item) if set(item) & _CUTS or quote(item) != item else item for item in items)


def items_of(line: LineSpec) -> Mapping[str, tuple[str, ...]]:
    """Agency → the items that stand in its row: a joiner's own without their mark, all others with the host."""
    host, joiners = split(line)
    owner = {d.department: d.agency for d in reversed(joiners) if d.department != host.department}
    found: dict[str, list[str]] = {d.agency: [] for d in line.departments}
    for item in line.items:
        code, _, department = item.partition("@")
        agency = owner.get(department)
        found[agency or host.agency].append(item if agency is None else code)
    return {agency: tuple(items) for agency, items in found.items()}
