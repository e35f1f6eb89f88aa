"""A plan held against the duties of the lists (法定职责必须为): what the bodies of the plan must do and it leaves undone.

Only items count that a body of the plan may inspect: its operator, or a department of one of its lines. Of an item's
lines those with one scope share one base (基数); lines of different scopes bring bases of their own, so that a scope
counted twice makes the planned share smaller, never larger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.lists.body import body_of
from inspect_engine.lists.duties import Minimum, PlannedLine, Undone, undone
from inspect_engine.lists.reading import holders_on, is_for, items_on, least_times_on, minimum_of
from inspect_engine.planning.plans.tables import (
    Plan,
    PlanCell,
    PlanLine,
    PlanNumber,
    PlanState,
    PlanVersion,
)
from solver.dr1.encoding import canonical

_PPM = 1_000_000


def undone_of(session: Session, version: PlanVersion, day: date) -> tuple[Undone, ...]:
    """Minima of the lists of a day that a plan's version leaves undone."""
    lines = list(session.exec(select(PlanLine).where(col(PlanLine.version_id) == version.id)))
    bodies = [body_of(session, code) for code in _agencies(session, version, lines)]
    holders = holders_on(session, day)
    own = [one for one in items_on(session, day) if any(is_for(one, body, holders) for body in bodies)]
    codes = {one.point.code for one in own}
    minima = [minimum_of(one.point.code, one.version) for one in own]
    duties = [duty for duty in least_times_on(session, day) if codes & {*duty.items}]
    plan = session.get_one(Plan, version.plan_id)
    return undone(minima, duties, planned_of(session, lines), done_before(session, plan, minima))


def done_before(session: Session, plan: Plan, minima: Iterable[Minimum]) -> dict[str, int]:
    """Rounds of items in the operator's filed plans of the years that their frequency still counts (每两年…)."""
    spans = {one.item: one.years for one in minima if one.years > 1}
    query = (
        select(Plan.year, PlanLine)
        .join(PlanVersion, col(PlanVersion.plan_id) == col(Plan.id))
        .join(PlanLine, col(PlanLine.version_id) == col(PlanVersion.id))
        .where(
            Plan.operator == plan.operator,
            Plan.year < plan.year,
            col(PlanVersion.state).in_((PlanState.filed, PlanState.published)),
        )
    )
    found: dict[str, int] = defaultdict(int)
    for year, line in session.exec(query) if spans else ():
        for named in line.body["items"]:
            item = named.partition("@")[0]
            if plan.year - year < spans.get(item, 1):
                found[item] += len(line.body["batches"])
    return dict(found)


def _agencies(session: Session, version: PlanVersion, lines: Iterable[PlanLine]) -> set[str]:
    named = {one["agency"] for line in lines for one in line.body["departments"]}
    return {session.get_one(Plan, version.plan_id).operator, *named}


def planned_of(session: Session, lines: Iterable[PlanLine]) -> list[PlannedLine]:
    """One planned line for each item, with its rounds and shares; shares are unknown while a line has no numbers."""
    by_item: dict[str, list[PlanLine]] = defaultdict(list)
    for line in lines:
        for named in line.body["items"]:
            by_item[named.partition("@")[0]].append(line)
    return [_planned(session, item, having) for item, having in sorted(by_item.items())]


def _planned(session: Session, item: str, lines: list[PlanLine]) -> PlannedLine:
    rounds = sum(len(line.body["batches"]) for line in lines)
    bases: dict[bytes, Mapping[str, int]] = {}
    takes: dict[str, int] = defaultdict(int)
    for line in lines:
        cells = session.exec(select(PlanCell).where(col(PlanCell.line_id) == line.id)).all()
        if not cells:
            return PlannedLine(item, rounds=rounds)
        bases.setdefault(_scope(line.body), _by_class((one.risk_class, one.population) for one in cells))
        numbers = session.exec(select(PlanNumber).where(col(PlanNumber.line_id) == line.id))
        for name, take in _by_class((one.risk_class, one.take) for one in numbers).items():
            takes[name] += take
    total = _by_class(pair for base in bases.values() for pair in base.items())
    shares = {name: _share(takes[name], there) for name, there in total.items() if there}
    half = {
        name: -(-_PPM // (2 * there)) for name, there in (*total.items(), ("", sum(total.values()))) if there
    }
    ratio = _share(sum(takes.values()), sum(total.values()))
    return PlannedLine(item, rounds=rounds, ratio=ratio, by_class=shares, half=half)


def _scope(body: Mapping[str, Any]) -> bytes:
    return canonical(body["scope"])


def _by_class(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for name, number in pairs:
        found[name] += number
    return dict(found)


def _share(take: int, population: int) -> int:
    """A share [ppm], rounded down: against a bound in whole ppm that is exact. Of no bodies, all are done."""
    return take * _PPM // population if population else _PPM
