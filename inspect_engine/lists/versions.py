"""Changing the state of an item or a power (事项、权力的动态调整): a new version from a day, with ground and approver.

Which state may follow which is one table, :mod:`inspect_engine.registers.states`. The version before ends on the day;
draws that used it keep it. A change never reaches back: what was in force on a past day stays what it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.registers.importing.timelines import add_version
from inspect_engine.registers.states import may_follow, states_after
from inspect_engine.registers.tables import (
    AccountabilityCase,
    Duty,
    Item,
    ItemState,
    ItemVersion,
    Power,
    PowerVersion,
    SubItem,
)

__all__ = ["Change", "change_item_state", "change_power_state", "may_follow", "states_after"]

_Version = TypeVar("_Version", ItemVersion, PowerVersion, Duty, AccountabilityCase)
#: Columns of a version that the next one does not take over.
_OWN = frozenset({"id", "number", "starts", "state", "ground", "approval_id"})


@dataclass(frozen=True, slots=True)
class Change:
    """A change of state that was stored.

    Attributes
    ----------
    changed : tuple of str
        Codes of the sub-items that got a version, or the power's code.
    sub_items : tuple of str
        Codes of all sub-items that the change concerns: for a power, those of the items that hang on it.
    """

    code: str
    state: ItemState
    day: date
    changed: tuple[str, ...]
    sub_items: tuple[str, ...]


def change_item_state(
    session: Session, code: str, state: ItemState, day: date, act: Act, approver: str
) -> Change:
    """Give a sub-item, or all sub-items of an item, another state from a day on.

    Of an item's sub-items those that have the state already stay as they are.

    Raises
    ------
    EngineError
        ``lists.unknown-item``, ``lists.state``, ``lists.day-past``, ``lists.version-later``, ``lists.version-ended``,
        ``lists.draft-incomplete``, and those of :func:`inspect_engine.events.approvals.approve`.
    """
    points = _points(session, code)
    lasts = {point.code: _last_of_point(session, point) for point in points}
    if len(points) > 1:
        lasts = {name: last for name, last in lasts.items() if last.state is not state} or lasts
    approval = approve(session, act, approver, code)
    for name, last in lasts.items():
        _check(name, last, state, day, act)
        _complete(name, last, state)
        next_version(session, last, "sub_item_id", {"state": state, "starts": day}, act, approval.id)
    change = Change(code, state, day, tuple(sorted(lasts)), tuple(sorted(lasts)))
    _log(session, "item", change, act, approver)
    return change


def change_power_state(
    session: Session, code: str, state: ItemState, day: date, act: Act, approver: str
) -> Change:
    """Give a power another state from a day on; tasks of its items are refused on days when it is not active.

    Raises
    ------
    EngineError
        ``lists.unknown-power``, and as :func:`change_item_state`.
    """
    last = last_of_power(session, code)
    approval = approve(session, act, approver, code)
    _check(code, last, state, day, act)
    next_version(session, last, "power_id", {"state": state, "starts": day}, act, approval.id)
    change = Change(code, state, day, (code,), sub_items_of(session, code))
    _log(session, "power", change, act, approver)
    return change


def sub_items_of(session: Session, power: str) -> tuple[str, ...]:
    """Codes of the sub-items that hang on a power."""
    query = select(SubItem.code).join(Item, col(SubItem.item_id) == Item.id)
    return tuple(sorted(session.exec(query.where(col(Item.power_code) == power))))


def last_of_power(session: Session, code: str) -> PowerVersion:
    """The last version of a power; raises ``lists.unknown-power``."""
    query = select(PowerVersion).join(Power, col(PowerVersion.power_id) == Power.id)
    found = session.exec(query.where(Power.code == code).order_by(col(PowerVersion.number).desc())).first()
    if found is None:
        raise EngineError("lists.unknown-power", power=code)
    return found


def next_version(
    session: Session, last: _Version, owner: str, values: dict[str, object], act: Act, approval: int | None
) -> _Version:
    """Store the version that follows ``last``: as it, but for ``values`` (which hold ``starts``)."""
    kept = {name: getattr(last, name) for name in type(last).model_fields if name not in _OWN}
    if hasattr(last, "state"):
        kept["state"] = last.state
    stated = {"ground": act.ground, "approval_id": approval}
    made: _Version = add_version(session, type(last), owner, kept | stated | values)
    return made


def last_version(session: Session, row: _Version, owner: str) -> _Version:
    """The last version of what ``row`` is a version of; ``owner`` is the column that they share."""
    model: Any = type(row)
    query = select(model).where(getattr(model, owner) == getattr(row, owner))
    found: _Version = session.exec(query.order_by(col(model.number).desc())).first() or row
    return found


def check_day(
    code: str, last: ItemVersion | PowerVersion | Duty | AccountabilityCase, day: date, act: Act
) -> None:
    """Refuse a change of a past day, or one that a stored version overtakes.

    Raises
    ------
    EngineError
        ``lists.day-past``, ``lists.version-later``, ``lists.version-ended``.
    """
    if day < act.local_day:
        raise EngineError("lists.day-past", name=code, day=day, today=act.local_day)
    # A draft was never in force, so that nothing is lost where its follower takes its very first day.
    draft = getattr(last, "state", None) is ItemState.draft
    if day < last.starts or (day == last.starts and not draft):
        raise EngineError("lists.version-later", name=code, day=day, starts=last.starts)
    if last.ends is not None and last.ends <= day:
        raise EngineError("lists.version-ended", name=code, day=day, ends=last.ends)


def _check(code: str, last: ItemVersion | PowerVersion, state: ItemState, day: date, act: Act) -> None:
    if not may_follow(last.state, state):
        allowed = ", ".join(states_after(last.state)) or "-"
        raise EngineError("lists.state", name=code, before=last.state, after=state, allowed=allowed)
    check_day(code, last, day, act)


def _complete(code: str, last: ItemVersion, state: ItemState) -> None:
    """58号: without a basis, no inspection; nor without a method."""
    if state is ItemState.active and not (last.basis.strip() and last.methods):
        raise EngineError("lists.draft-incomplete", name=code)


def _points(session: Session, code: str) -> list[SubItem]:
    """The sub-item of that code, or the sub-items of the item of that code."""
    one = session.exec(select(SubItem).where(SubItem.code == code)).first()
    if one is not None:
        return [one]
    query = select(SubItem).join(Item, col(SubItem.item_id) == Item.id).where(Item.code == code)
    found = list(session.exec(query.order_by(col(SubItem.code))))
    if not found:
        raise EngineError("lists.unknown-item", item=code)
    return found


def _last_of_point(session: Session, point: SubItem) -> ItemVersion:
    query = select(ItemVersion).where(ItemVersion.sub_item_id == point.id)
    found = session.exec(query.order_by(col(ItemVersion.number).desc())).first()
    if found is None:
        raise EngineError("lists.unknown-item", item=point.code)
    return found


def _log(session: Session, what: str, change: Change, act: Act, approver: str) -> None:
    append(
        session,
        act,
        f"{what}.state-changed",
        change.code,
        {
            "approver": approver,
            "changed": list(change.changed),
            "day": change.day.isoformat(),
            "state": change.state.value,
        },
    )
