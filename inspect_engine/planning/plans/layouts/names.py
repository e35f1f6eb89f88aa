"""What the registers call things (名录中的名称): items, agencies and regions by code or name, for reading plan sheets.

A name leads somewhere only when it leads to one thing. Codes go before names. Names are compared in the compatibility
form of Unicode and without blanks, since sheets break lines inside them and mix full and half width.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.tables import Agency, AgencyKind, Item, ItemState, ItemVersion, Region, SubItem

#: In names that a list of a sheet would divide, or read as something else: the code is written in their stead.
_UNCLEAR = re.compile(r"[；;、，,@。()（）\"\n]|^\s*[0-9０-９①-⑳]|^\s|\s$|牵头|配合|参与|参加")

#: Code or name → all the ways it may lead.
_Found = Mapping[str, tuple[tuple[str, ...], ...]]


def key(text: str) -> str:
    """The form in which names and headings are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class ItemName:
    """An item of the list with its sub-items in force: codes and names."""

    code: str
    name: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AgencyName:
    """An agency or a part of one; ``above`` is the agency that a section belongs to, ``""`` for others."""

    code: str
    name: str
    department: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Texts → codes, and codes → names; build it by :func:`names_from`."""

    items: _Found = field(default_factory=dict)
    agencies: _Found = field(default_factory=dict)
    regions: _Found = field(default_factory=dict)
    shown: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def item(self, text: str) -> tuple[str, ...]:
        """Sub-items that a code or name means; raises ``plans.sheet-item-unknown``, ``plans.sheet-ambiguous``."""
        return _one(self.items, text, "plans.sheet-item-unknown")

    def agency(self, text: str) -> tuple[str, str, str]:
        """Department, agency and section; raises ``plans.sheet-agency-unknown``, ``plans.sheet-ambiguous``."""
        department, agency, section = _one(self.agencies, text, "plans.sheet-agency-unknown")
        return department, agency, section

    def region(self, text: str) -> str:
        """Code of a region; raises ``plans.sheet-region-unknown``, ``plans.sheet-ambiguous``."""
        return _one(self.regions, text, "plans.sheet-region-unknown")[0]

    def name_of(self, kind: str, code: str) -> str:
        """Name of an ``item``, ``agency`` or ``region`` where it leads back to the code alone; the code otherwise."""
        return self.shown.get((kind, code), code)


def _one(found: _Found, text: str, unknown: str) -> tuple[str, ...]:
    ways = found.get(text) or found.get(key(text)) or ()
    if len(ways) == 1:
        return ways[0]
    if not ways:
        raise Bad(unknown, value=text)
    raise Bad(
        "plans.sheet-ambiguous", value=text, count=len(ways), ways="；".join("/".join(w) for w in ways[:3])
    )


class _Table:
    """Codes first, then names; the same thing under one name twice is one way."""

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, dict[tuple[str, ...], None]] = {}

    def add(self, code: str, name: str, way: tuple[str, ...]) -> None:
        self.codes.setdefault(code, way)
        self.names.setdefault(key(name), {})[way] = None

    def found(self) -> _Found:
        return {name: tuple(ways) for name, ways in self.names.items()} | {
            code: (way,) for code, way in self.codes.items()
        }


def names_from(
    items: Iterable[ItemName], agencies: Iterable[AgencyName], regions: Iterable[tuple[str, str]]
) -> Names:
    """Arrange what the registers say; regions are pairs of code and name."""
    tables = {"item": _Table(), "agency": _Table(), "region": _Table()}
    every = sorted(items, key=lambda one: one.code)
    for one in every:
        for code, name in one.points:
            tables["item"].add(code, name, (code,))
    for one in every:
        tables["item"].add(one.code, one.name, tuple(code for code, _ in one.points))
    parts = {one.code: one for one in agencies}
    for part in sorted(parts.values(), key=lambda p: p.code):
        whole = part
        while whole.above in parts:
            whole = parts[whole.above]
        way = (whole.department, whole.code, part.name if whole is not part else "")
        tables["agency"].add(part.code, part.name, way)
        if whole is part:
            tables["agency"].names.setdefault(key(part.department), {})[way] = None
    for code, name in sorted(regions):
        tables["region"].add(code, name, (code,))
    found = {kind: table.found() for kind, table in tables.items()}
    labels = [("item", code, name) for one in every for code, name in one.points]
    labels += [("agency", part.code, part.name) for part in parts.values() if part.above not in parts]
    labels += [("region", code, name) for code, name in regions]
    return Names(found["item"], found["agency"], found["region"], _leading_back(found, labels))


def _leading_back(
    found: Mapping[str, _Found], labels: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str], str]:
    """Names that lead to their code alone, and hold no sign that divides lists."""
    return {
        (kind, code): name
        for kind, code, name in labels
        if found[kind].get(key(name)) == found[kind].get(code) and not _UNCLEAR.search(name)
    }


def names_of(session: Session, day: date) -> Names:
    """Read the registers: agencies, regions, and the items that are in force on ``day``."""
    query = (
        select(Item.code, Item.name, SubItem.code, SubItem.name)
        .join(SubItem, col(SubItem.item_id) == col(Item.id))
        .join(ItemVersion, col(ItemVersion.sub_item_id) == col(SubItem.id))
        .where(
            col(ItemVersion.state) == ItemState.active,
            col(ItemVersion.starts) <= day,
            col(ItemVersion.ends).is_(None) | (col(ItemVersion.ends) > day),
        )
        .order_by(col(Item.code), col(SubItem.number))
        .distinct()
    )
    points: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for code, name, point, called in session.exec(query):
        if (point, called) not in points.setdefault((code, name), []):
            points[code, name].append((point, called))
    agencies = session.exec(select(Agency).order_by(col(Agency.code))).all()
    return names_from(
        [ItemName(code, name, tuple(found)) for (code, name), found in points.items()],
        [
            AgencyName(
                a.code,
                a.name,
                a.department,
                (a.parent_code or "") if a.kind is AgencyKind.section else "",
            )
            for a in agencies
        ],
        [(r.code, r.name) for r in session.exec(select(Region).order_by(col(Region.code)))],
    )
