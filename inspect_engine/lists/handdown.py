"""Handing a power down (权力下放): power, duties, cases and items move together, to a body that can bear them.

The receiving body can bear a power on a day where, counting its officers (and those of its parts) who are certified and
not away on that day, there are n or more of them, and n or more with each skill that the power's items in force need;
n is the rule ``handdown-officers``.

An item of another department is *dependent* on what moves, and proposed to move along, where it is in force at the level
that the power leaves (or states no level), and

    a word of its targets is one of the moving items' words                     targets    (1)
    or its field is a moving item's                                              field      (2)
    or a task has inspected it together with a moving item                       task       (3)

Proposals are shown and kept in the event; each department decides on its own items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.lists.body import Body, Stated, body_of, of_line, stated_levels
from inspect_engine.lists.reading import ListedItem, cases_on, duties_on, items_on, powers_on
from inspect_engine.lists.versions import check_day, last_of_power, last_version, next_version
from inspect_engine.registers.officers import members
from inspect_engine.registers.tables import (
    AccountabilityCase,
    Agency,
    AgencyKind,
    Duty,
    ItemState,
    Level,
    Power,
    PowerVersion,
)
from inspect_engine.rules import rule_on
from solver.dr1.encoding import Json

_Burden = TypeVar("_Burden", Duty, AccountabilityCase)
_WORDS = re.compile(r"[、，,;；/]|以及|及|和|与")
#: From the largest down.
_RANKS = (Level.nation, Level.province, Level.city, Level.county, Level.town, Level.village)


@dataclass(frozen=True, slots=True)
class Moving:
    """An item that a proposal is measured by, or that may be proposed: what (1) to (3) look at."""

    code: str
    name: str
    field: str
    targets: frozenset[str]
    department: str
    levels: frozenset[Level]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A dependent item of another department (关联事项), and by which of (1) to (3)."""

    code: str
    name: str
    department: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Handdown:
    """What moved, or would move (下放结果).

    Attributes
    ----------
    items, duties, cases : tuple of str
        Codes of the sub-items, duties and cases that move with the power.
    officers : mapping of str to int
        Skill → certified officers there; the empty skill counts all.
    """

    power: str
    agency: str
    day: date
    items: tuple[str, ...]
    duties: tuple[str, ...]
    cases: tuple[str, ...]
    officers: Mapping[str, int]
    proposals: tuple[Proposal, ...]


def lacking(there: Mapping[str, int], needed: Iterable[str], least: int) -> list[tuple[str, int]]:
    """Skills of which fewer than ``least`` officers are there, with how many are; the empty skill stands for all."""
    wanted = sorted({"", *needed})
    return [(skill, there.get(skill, 0)) for skill in wanted if there.get(skill, 0) < least]


def dependent(
    moved: Sequence[Moving], others: Iterable[Moving], leaves: Level, together: frozenset[str]
) -> list[Proposal]:
    """Find dependent items by (1) to (3); ``together`` are sub-items that a task inspected with a moving one."""
    words = {word for one in moved for word in one.targets}
    fields = {one.field for one in moved}
    own = {one.department for one in moved} - {""}
    gone = {one.code for one in moved}
    found = []
    for one in others:
        same = any(of_line(one.department, line) or of_line(line, one.department) for line in own)
        if one.code in gone or same or (one.levels and leaves not in one.levels):
            continue
        held = {
            "targets": bool(one.targets & words),  # (1)
            "field": one.field in fields,  # (2)
            "task": one.code in together,  # (3)
        }
        if any(held.values()):
            reasons = tuple(name for name, holds in held.items() if holds)
            found.append(Proposal(one.code, one.name, one.department, reasons))
    return found


def target_words(text: str) -> frozenset[str]:
    """Words by which a list names the targets of an item (``食品生产者、食品销售者``)."""
    return frozenset(word.strip() for word in _WORDS.split(text)) - {""}


def prepare(
    session: Session, power: str, agency: str, day: date, together: frozenset[str] = frozenset()
) -> Handdown:
    """Check that a power can be handed to a body on a day, and say what would move; stores nothing.

    Parameters
    ----------
    together : frozenset of str
        Sub-items that tasks have inspected together with those of the power.

    Raises
    ------
    EngineError
        ``lists.unknown-power``, ``lists.unknown-agency``, ``lists.handdown-inactive``, ``lists.handdown-same``,
        ``lists.handdown-up``, ``lists.handdown-department``, ``lists.handdown-lacking``.
    """
    version, body = last_of_power(session, power), body_of(session, agency)
    _check_direction(power, version, body, day)
    listed = items_on(session, day)
    own = [one for one in listed if one.item.power_code == power]
    there = officers_there(session, body, day)
    least = int(rule_on("handdown-officers", day, body.region).value)
    short = lacking(there, (one.version.skill for one in own if one.version.skill), least)
    if short:
        said = "、".join(f"{skill or '持证人员 certified'} {have}/{least}" for skill, have in short)
        raise EngineError("lists.handdown-lacking", power=power, agency=agency, day=day, lacking=said)
    departments = {p.code: v.department for p, v in powers_on(session, day)}
    moved = [_moving(one, departments) for one in own]
    others = [_moving(one, departments) for one in listed if one.item.power_code != power]
    return Handdown(
        power=power,
        agency=agency,
        day=day,
        items=tuple(one.point.code for one in own),
        duties=tuple(duty.code for held, duty in duties_on(session, day) if held.code == power),
        cases=tuple(case.code for held, case in cases_on(session, day) if held.code == power),
        officers=there,
        proposals=tuple(dependent(moved, others, version.level, together)),
    )


def hand_down(session: Session, plan: Handdown, act: Act, approver: str) -> PowerVersion:
    """Move a power with its duties, cases and items, under one approval and one event, in the caller's transaction.

    Raises
    ------
    EngineError
        As :func:`inspect_engine.lists.versions.check_day` and :func:`inspect_engine.events.approvals.approve`.
    """
    last = last_of_power(session, plan.power)
    check_day(plan.power, last, plan.day, act)
    agency = session.get_one(Agency, plan.agency)
    approval = approve(session, act, approver, plan.power)
    moved: dict[str, object] = {
        "starts": plan.day,
        "level": agency.level,
        "department": agency.department,
        "agency_code": agency.code,
        "subject": agency.name,
    }
    made = next_version(session, last, "power_id", moved, act, approval.id)
    for one in items_on(session, plan.day):
        if one.point.code in plan.items:
            version = last_version(session, one.version, "sub_item_id")
            check_day(one.point.code, version, plan.day, act)
            said: dict[str, object] = {"starts": plan.day, "level": agency.level, "subject": agency.name}
            next_version(session, version, "sub_item_id", said, act, approval.id)
    for _, duty in _of(plan, duties_on(session, plan.day)):
        _pass_on(session, duty, plan, act, approval.id)
    for _, case in _of(plan, cases_on(session, plan.day)):
        _pass_on(session, case, plan, act, approval.id)
    append(session, act, "power.handed-down", plan.power, _said(plan, last, approver))
    return made


def _check_direction(power: str, version: PowerVersion, body: Body, day: date) -> None:
    agency = body.codes[0]
    if version.state is not ItemState.active or (version.ends is not None and version.ends <= day):
        state = version.state if version.state is not ItemState.active else "ended"
        raise EngineError("lists.handdown-inactive", power=power, state=state)
    if version.agency_code in body.codes:
        raise EngineError("lists.handdown-same", power=power, agency=agency, day=day)
    if _RANKS.index(body.level) <= _RANKS.index(version.level):
        raise EngineError(
            "lists.handdown-up", power=power, agency=agency, level=body.level, before=version.level
        )
    if version.department and not of_line(body.department, version.department):
        raise EngineError(
            "lists.handdown-department",
            power=power,
            agency=agency,
            department=version.department,
            other=body.department,
        )


def officers_there(session: Session, body: Body, day: date) -> dict[str, int]:
    """Certified officers of a body and its parts who are not away on a day, by skill; the empty skill counts all."""
    parts = _parts(session, body.codes[0])
    counts: dict[str, int] = {"": 0}
    for one in members(session, [body.department], day, day):
        if one.person.agency_code in parts and one.until >= day and not one.away:
            for skill in ("", *one.skills):
                counts[skill] = counts.get(skill, 0) + 1
    return counts


def _parts(session: Session, agency: str) -> frozenset[str]:
    """A body and its sections, stations and teams; bureaus below it are bodies of their own."""
    below: dict[str, list[str]] = {}
    inner = select(Agency).where(col(Agency.kind) != AgencyKind.agency)
    for one in session.exec(inner):
        below.setdefault(one.parent_code or "", []).append(one.code)
    found, waiting = set[str](), [agency]
    while waiting:
        here = waiting.pop()
        if here not in found:
            found.add(here)
            waiting += below.get(here, ())
    return frozenset(found)


def _moving(one: ListedItem, departments: Mapping[str, str]) -> Moving:
    return Moving(
        code=one.point.code,
        name=one.item.name,
        field=one.item.field,
        targets=target_words(one.version.target_kind),
        department=departments.get(one.item.power_code or "", ""),
        levels=stated_levels(Stated(one.version.level, one.version.subject)),
    )


def _of(plan: Handdown, rows: Sequence[tuple[Power, _Burden]]) -> list[tuple[Power, _Burden]]:
    return [row for row in rows if row[0].code == plan.power]


def _pass_on(session: Session, row: _Burden, plan: Handdown, act: Act, approval: int | None) -> None:
    last = last_version(session, row, "code")
    check_day(row.code, last, plan.day, act)
    borne: dict[str, object] = {"agency_code": plan.agency, "starts": plan.day}
    next_version(session, last, "code", borne, act, approval)


def _said(plan: Handdown, before: PowerVersion, approver: str) -> dict[str, Json]:
    proposals: list[Json] = [
        {"department": one.department, "item": one.code, "reasons": [*one.reasons]} for one in plan.proposals
    ]
    return {
        "approver": approver,
        "before": before.agency_code or before.level.value,
        "cases": [*plan.cases],
        "day": plan.day.isoformat(),
        "duties": [*plan.duties],
        "items": [*plan.items],
        "proposals": proposals,
        "to": plan.agency,
    }
