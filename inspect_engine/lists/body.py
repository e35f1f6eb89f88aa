"""Who may act (清单之外无权力): an item is inspected by the body that the lists name, on days when they name it.

A body may act on an item on a power where

    the power's version names this body, or one that it is part of                       body        (1)
    or names none, and the body is of the power's level                                  level       (2)
        and of its line (条线), where the power states one                               department  (3)
    the item's version states the body's level, or its wording holds it, or it states none  item     (4)

A department is of a line where its short name ends with the line's: 市监 is the line of 市监 and of 云渡市监.
Without a power, (4) alone decides; whether an item may lack one is the rule ``item-needs-power``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.registers.tables import (
    Agency,
    AgencyKind,
    Item,
    ItemState,
    ItemVersion,
    Level,
    Power,
    PowerVersion,
    SubItem,
)
from inspect_engine.rules import rule_on

#: From the smallest up, for “…以上”.
_RANKS = (Level.village, Level.town, Level.county, Level.city, Level.province, Level.nation)
_SIGNS = {
    "省": "province",
    "市": "city",
    "县": "county",
    "区": "county",
    "镇": "town",
    "乡": "town",
    "所": "town",
}
_OPENING = re.compile(r"由?((?:[省市县区镇乡所]级?[、和及/(（)）]*)+)(以上)?")


@dataclass(frozen=True, slots=True)
class Body:
    """A body that wants to act (执法主体).

    Attributes
    ----------
    codes : tuple of str
        Its own code, then those of what it is part of up to its bureau: a station acts with its bureau's powers.
    level : Level
        Of its bureau.
    """

    codes: tuple[str, ...]
    department: str
    level: Level
    region: str


@dataclass(frozen=True, slots=True)
class Held:
    """Whose a power is (权力归属): one body's, or a level's and department's."""

    level: Level
    department: str = ""
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """Which bodies an item's version states (抽查主体): its level, and the list's wording."""

    level: Level | None
    subject: str


def may_act(body: Body, version: Stated, power: Held | None) -> bool:
    """Tell whether a body may inspect by this version on this power, by (1) to (4)."""
    return not why_not(body, version, power)


def why_not(body: Body, version: Stated, power: Held | None) -> str:
    """Name of the first rule that keeps a body from acting: ``body``, ``level``, ``department``, ``item``; or empty."""
    if power is not None and power.agency is not None:
        if power.agency not in body.codes:
            return "body"  # (1)
    elif power is not None:
        if power.level is not body.level:
            return "level"  # (2)
        if power.department and not of_line(body.department, power.department):
            return "department"  # (3)
    levels = stated_levels(version)
    return "" if not levels or body.level in levels else "item"  # (4)


def of_line(department: str, line: str) -> bool:
    """Tell whether a department belongs to a line (条线); where bureaus of several places draw, names begin with the place."""
    return bool(line) and department.endswith(line)


def stated_levels(version: Stated) -> frozenset[Level]:
    """Levels that an item's version is for: the column's, else those that its wording opens with; empty for any."""
    return frozenset({version.level}) if version.level is not None else levels_in(version.subject)


def levels_in(subject: str) -> frozenset[Level]:
    """Levels that a wording opens with (``市、县级…部门``, ``县级以上…部门``); empty where it names none."""
    text = subject.replace("市场", "").replace("设区的", "").strip()
    match = _OPENING.match(text)
    if match is None:
        return frozenset()
    found = {Level(_SIGNS[sign]) for sign in match[1] if sign in _SIGNS}
    if match[2]:
        least = min(_RANKS.index(level) for level in found)
        found |= set(_RANKS[least:])
    return frozenset(found)


def body_of(session: Session, agency: str) -> Body:
    """Look up a body with what it is part of.

    Raises
    ------
    EngineError
        ``lists.unknown-agency``.
    """
    here = session.get(Agency, agency)
    if here is None:
        raise EngineError("lists.unknown-agency", agency=agency)
    codes = [here.code]
    while here.kind is not AgencyKind.agency and here.parent_code and here.parent_code not in codes:
        here = session.get_one(Agency, here.parent_code)
        codes.append(here.code)
    return Body(tuple(codes), here.department, here.level, here.region_code)


def power_in_force(session: Session, power: str, first: date, last: date) -> PowerVersion | None:
    """Version of a power that is active on every day from ``first`` to ``last``, if there is one."""
    query = (
        select(PowerVersion)
        .join(Power, col(Power.id) == col(PowerVersion.power_id))
        .where(
            col(Power.code) == power,
            col(PowerVersion.state) == ItemState.active,
            col(PowerVersion.starts) <= first,
            col(PowerVersion.ends).is_(None) | (col(PowerVersion.ends) > last),
        )
        .order_by(col(PowerVersion.number).desc())
    )
    return session.exec(query).first()


def held(version: PowerVersion) -> Held:
    """Whose a version of a power is."""
    return Held(version.level, version.department, version.agency_code)


def check_body(
    session: Session, task: str, agency: str, version: ItemVersion, window: tuple[date, date]
) -> None:
    """Refuse an item that this agency has no power to inspect on every day of a window.

    Raises
    ------
    EngineError
        ``lists.power-not-in-force`` (also for a power that no list has), ``lists.item-without-power`` where the rule
        asks for one, ``lists.not-the-body``, ``lists.unknown-agency``.
    """
    body = body_of(session, agency)
    point, item = _named(session, version)
    power = None
    if item.power_code is None:
        if rule_on("item-needs-power", window[0], body.region).value:
            raise EngineError("lists.item-without-power", task=task, item=point)
    else:
        found = power_in_force(session, item.power_code, *window)
        if found is None:
            raise EngineError(
                "lists.power-not-in-force",
                task=task,
                item=point,
                power=item.power_code,
                first=window[0],
                last=window[1],
            )
        power = held(found)
    reason = why_not(body, Stated(version.level, version.subject), power)
    if reason:
        raise EngineError(
            "lists.not-the-body",
            task=task,
            item=point,
            agency=agency,
            level=body.level.value,
            rule=reason,
            subject=_holder(reason, version, power),
        )


def _named(session: Session, version: ItemVersion) -> tuple[str, Item]:
    query = select(SubItem, Item).join(Item, col(SubItem.item_id) == Item.id)
    point, item = session.exec(query.where(SubItem.id == version.sub_item_id)).one()
    return point.code, item


def _holder(reason: str, version: ItemVersion, power: Held | None) -> str:
    """Whom the lists name instead, in words."""
    if power is None or reason == "item":
        return version.subject
    return power.agency or _joined((power.level.value, power.department))


def _joined(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)
