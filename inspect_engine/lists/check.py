"""The lists held against each other (清单自查): what hangs in the air, lacks its counterpart, or was approved by nobody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from inspect_engine.lists.body import Held, Stated, held, stated_levels
from inspect_engine.lists.compare import titles
from inspect_engine.lists.reading import ListedItem, cases_on, duties_on, items_on, powers_on
from inspect_engine.lists.sides import abolished_on
from inspect_engine.registers.tables import Power, PowerVersion

#: What can be found, with its words.
FINDINGS = {
    "item-without-power": ("事项未挂权力", "item without a power"),
    "power-unknown": ("事项所挂权力不在清单", "item on a power that is on no list"),
    "power-not-in-force": ("事项所挂权力当日无效", "item on a power that is not in force"),
    "level-differs": ("事项层级与权力不一致", "item's level is not its power's"),
    "item-without-listing": ("事项不在三张清单", "item on none of the three lists"),
    "power-without-duty": ("权力无责任事项", "power without a duty"),
    "power-without-case": ("权力无追责情形", "power without an accountability case"),
    "not-approved": ("版本未经审批", "version that nobody approved"),
    "stale-basis": ("依据已废止", "basis that was abolished"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (自查发现).

    Attributes
    ----------
    rule : str
        One of :data:`FINDINGS`.
    subject, name : str
        Code and name of the item, sub-item or power.
    said : str
        What it says that is wrong; may be empty.
    """

    rule: str
    subject: str
    name: str
    said: str = ""


def check_lists(session: Session, day: date) -> list[Finding]:
    """Hold the lists of a day against each other; findings of items first, each in the order of codes."""
    items, powers = items_on(session, day), powers_on(session, day)
    known = set(session.exec(select(Power.code)))
    holders = {power.code: held(version) for power, version in powers}
    abolished = abolished_on(day)
    return [
        *_once(_placement(items)),
        *_once(finding for one in items for finding in _of_item(one, known, holders)),
        *(finding for one in items for finding in _of_point(one, abolished)),
        *_of_powers(session, day, powers, abolished),
    ]


def _once(found: Iterator[Finding]) -> list[Finding]:
    """What concerns an item is said once, not for each of its sub-items."""
    return list(dict.fromkeys(found))


def _placement(items: Sequence[ListedItem]) -> Iterator[Finding]:
    for one in items:
        if one.listing is None:
            yield Finding("item-without-listing", one.item.code, one.item.name)


def _of_item(one: ListedItem, known: set[str], holders: dict[str, Held]) -> Iterator[Finding]:
    power, item = one.item.power_code, one.item
    if power is None:
        yield Finding("item-without-power", item.code, item.name)
    elif power not in known:
        yield Finding("power-unknown", item.code, item.name, power)
    elif power not in holders:
        yield Finding("power-not-in-force", item.code, item.name, power)
    else:
        levels = stated_levels(Stated(one.version.level, one.version.subject))
        if levels and holders[power].level not in levels:
            yield Finding("level-differs", item.code, item.name, f"{power} {holders[power].level.value}")


def _of_point(one: ListedItem, abolished: dict[str, str]) -> Iterator[Finding]:
    if one.version.approval_id is None:
        yield Finding("not-approved", one.point.code, one.point.name)
    for title in titles(one.version.basis):
        if title in abolished:
            yield Finding("stale-basis", one.point.code, one.point.name, f"《{title}》← {abolished[title]}")


def _of_powers(
    session: Session, day: date, powers: Sequence[tuple[Power, PowerVersion]], abolished: dict[str, str]
) -> Iterator[Finding]:
    burdened = {power.code for power, _ in duties_on(session, day)}
    accountable = {power.code for power, _ in cases_on(session, day)}
    for power, version in powers:
        if power.code not in burdened:
            yield Finding("power-without-duty", power.code, power.name)
        if power.code not in accountable:
            yield Finding("power-without-case", power.code, power.name)
        if version.approval_id is None:
            yield Finding("not-approved", power.code, power.name)
        for title in titles(version.basis):
            if title in abolished:
                yield Finding("stale-basis", power.code, power.name, f"《{title}》← {abolished[title]}")
