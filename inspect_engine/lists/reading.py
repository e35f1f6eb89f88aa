"""The lists as they stand on a day (某日的清单): items with their version, power and placement; powers; duties; cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from inspect_engine.lists.body import Body, Held, Stated, held, may_act
from inspect_engine.lists.duties import LeastTimes, Minimum
from inspect_engine.registers.tables import (
    AccountabilityCase,
    Bound,
    Duty,
    FrequencyForm,
    Item,
    ItemListing,
    ItemState,
    ItemVersion,
    Listing,
    Power,
    PowerVersion,
    RatioForm,
    SubItem,
)

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class ListedItem:
    """A sub-item that is on the list on a day, with what hangs on it."""

    item: Item
    point: SubItem
    version: ItemVersion
    listing: Listing | None


def on_day(model: Any, day: date) -> tuple[Any, ...]:
    """Conditions that a version of ``model`` is in its days."""
    return (col(model.starts) <= day, col(model.ends).is_(None) | (col(model.ends) > day))


def items_on(session: Session, day: date, *, active: bool = True) -> list[ListedItem]:
    """Sub-items whose version is in its days (and active), by item code and the sub-item's number."""
    query = (
        select(Item, SubItem, ItemVersion)
        .join(SubItem, col(SubItem.item_id) == Item.id)
        .join(ItemVersion, col(ItemVersion.sub_item_id) == SubItem.id)
        .where(*on_day(ItemVersion, day))
        .order_by(col(Item.code), col(SubItem.number))
    )
    if active:
        query = query.where(ItemVersion.state == ItemState.active)
    placed = listings_on(session, day)
    return [
        ListedItem(item, point, version, placed.get(item.id or 0))
        for item, point, version in session.exec(query)
    ]


def listings_on(session: Session, day: date) -> dict[int, Listing]:
    """Item's id → the one of the three lists that it is on."""
    query = select(ItemListing).where(*on_day(ItemListing, day))
    return {one.item_id: one.listing for one in session.exec(query)}


def powers_on(session: Session, day: date) -> list[tuple[Power, PowerVersion]]:
    """Powers with their active version, by code."""
    query = (
        select(Power, PowerVersion)
        .join(PowerVersion, col(PowerVersion.power_id) == Power.id)
        .where(*on_day(PowerVersion, day), PowerVersion.state == ItemState.active)
        .order_by(col(Power.code))
    )
    return list(session.exec(query))


def holders_on(session: Session, day: date) -> dict[str, Held]:
    """Power → whose it is, of the powers that are active on a day."""
    return {power.code: held(version) for power, version in powers_on(session, day)}


def is_for(one: ListedItem, body: Body, holders: Mapping[str, Held]) -> bool:
    """Tell whether a body may inspect a listed item; on a power that is not in force nobody may."""
    power = one.item.power_code
    if power is not None and power not in holders:
        return False
    stated = Stated(one.version.level, one.version.subject)
    return may_act(body, stated, None if power is None else holders[power])


def duties_on(session: Session, day: date) -> list[tuple[Power, Duty]]:
    """Duties in their days, with their powers, by code."""
    return _hanging(session, Duty, day)


def cases_on(session: Session, day: date) -> list[tuple[Power, AccountabilityCase]]:
    """Accountability cases in their days, with their powers, by code."""
    return _hanging(session, AccountabilityCase, day)


def _hanging(session: Session, model: type[_Row], day: date) -> list[tuple[Power, _Row]]:
    hung: Any = model
    query = select(Power, hung).join(hung, col(hung.power_id) == Power.id)
    return list(session.exec(query.where(*on_day(hung, day)).order_by(col(hung.code))))


def minima_on(session: Session, day: date) -> list[Minimum]:
    """What the items in force on a day ask for at least; items that ask for nothing are left out."""
    found = [minimum_of(one.point.code, one.version) for one in items_on(session, day)]
    return [one for one in found if one.ratio or one.times or one.by_class]


def minimum_of(item: str, version: ItemVersion) -> Minimum:
    """What a version asks for at least: a ratio that is a minimum or exact, by class likewise, and minimum times."""
    least = version.ratio_form in (RatioForm.minimum, RatioForm.exact)
    per_years = version.frequency_form is FrequencyForm.per_years
    timed = per_years and version.frequency_bound is Bound.minimum
    classes = {name: _low(share) for name, share in (version.ratio_by_class or {}).items()}
    exact = {name for name, share in (version.ratio_by_class or {}).items() if isinstance(share, int)}
    return Minimum(
        item=item,
        ratio=(version.ratio or 0) if least else 0,
        by_class={name: low for name, low in classes.items() if low},
        times=(version.frequency_times or 0) if timed else 0,
        years=version.frequency_years or 1,
        exact=frozenset(exact | ({""} if version.ratio_form is RatioForm.exact else set())),
    )


def _low(share: int | Sequence[int]) -> int:
    """The least of a class: of a range its lower end, else the number itself."""
    return share if isinstance(share, int) else share[0]


def least_times_on(session: Session, day: date) -> list[LeastTimes]:
    """Duties in force on a day that ask for a number of inspections a year, on powers that are active."""
    active = {power.id for power, _ in powers_on(session, day)}
    by_power: dict[str, list[str]] = {}
    for one in items_on(session, day):
        if one.item.power_code is not None:
            by_power.setdefault(one.item.power_code, []).append(one.point.code)
    return [
        LeastTimes(duty.code, power.code, duty.least_times, tuple(by_power.get(power.code, ())))
        for power, duty in duties_on(session, day)
        if duty.least_times and power.id in active
    ]
