"""Who is in a task's scope, and who of them may be drawn (抽查对象范围与资格).

Everybody in scope is either eligible or excluded with one reason, the first that applies:

``not-live``        deregistered, revoked, moved away (存续状态)
a ground by hand    left out by two persons, with evidence
``yearly-cap``      an agency of the task has made its yearly on-site visits to the body (年度频次上限)
``frequency``       an item of the task has been inspected as often as its version allows
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from inspect_engine.planning.spec import Scope
from inspect_engine.planning.tables import Method
from inspect_engine.registers.tables import (
    Bound,
    FrequencyForm,
    ItemVersion,
    Origin,
    PastVisit,
    Permit,
    Region,
    SubItem,
    Target,
    TargetLabel,
    TargetState,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A target in a task's scope, with what its stratum depends on."""

    id: int
    key: str
    risk_class: str
    region: str
    live: bool


@dataclass(frozen=True, slots=True)
class Eligibility:
    """A task's scope, split: ``eligible`` by key, ``excluded`` key → reason."""

    eligible: tuple[Candidate, ...]
    excluded: Mapping[str, str]


def in_scope(session: Session, scope: Scope) -> list[Candidate]:
    """List the targets of a scope by key, live or not."""
    query = sa.select(
        col(Target.id),
        col(Target.key),
        col(Target.risk_class),
        col(Target.supervising_region),
        col(Target.state),
    ).order_by(col(Target.key))
    if scope.regions:
        codes = descendants(session, scope.regions)
        query = query.where(
            col(Target.supervising_region).in_(codes) | col(Target.town_code).in_(codes),
        )
    if scope.kinds:
        query = query.where(col(Target.kind).in_(scope.kinds))
    if scope.industries:
        query = query.where(sa.or_(*(col(Target.industry).startswith(code) for code in scope.industries)))
    if scope.labels:
        labelled = sa.select(col(TargetLabel.target_id)).where(col(TargetLabel.label).in_(scope.labels))
        query = query.where(col(Target.id).in_(labelled))
    return [
        Candidate(id_, key, risk.value if risk else "", region, state is TargetState.live)
        for id_, key, risk, region, state in session.execute(query)
        if id_ is not None
    ]


def descendants(session: Session, regions: Iterable[str]) -> list[str]:
    """List regions with everything below them in the tree, sorted."""
    below: dict[str, list[str]] = {}
    for code, parent in session.execute(sa.select(col(Region.code), col(Region.parent_code))):
        below.setdefault(parent or "", []).append(code)
    found: set[str] = set()
    waiting = list(regions)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            waiting.extend(below.get(code, ()))
    return sorted(found)


def capped(
    session: Session, agencies: Iterable[str], year: int, cap: int, until: date | None = None
) -> set[int]:
    """Ids of targets that an agency of the task has visited on site ``cap`` times this year on a draw, by ``until``.

    Visits for cause do not count toward the cap (有因检查除外), those by other agencies neither: the cap is of
    one agency on one body.
    """
    counts = on_site(session, agencies, year, until)
    return {target for (_, target), times in counts.items() if times >= cap}


def on_site(
    session: Session, agencies: Iterable[str], year: int, until: date | None = None
) -> Counter[tuple[str, int]]:
    """(agency, target's id) → on-site visits of a year on a draw, made or planned; up to ``until`` where it is given."""
    agencies, last = list(agencies), until or date(year, 12, 31)
    counts: Counter[tuple[str, int]] = Counter()
    for agency, target, times in session.execute(_past_on_site(agencies, date(year, 1, 1), last)):
        counts[agency, target] += times
    for agency, target, times in session.execute(_planned_on_site(agencies, date(year, 1, 1), last)):
        counts[agency, target] += times
    return counts


def _past_on_site(agencies: Iterable[str], first: date, last: date) -> sa.Select[str, int, int]:
    days = sa.func.count(sa.distinct(col(PastVisit.day)))
    return (
        sa.select(col(PastVisit.agency_code), col(PastVisit.target_id), days)
        .where(
            col(PastVisit.agency_code).in_(list(agencies)),
            col(PastVisit.on_site),
            col(PastVisit.origin) == Origin.draw,
            col(PastVisit.day).between(first, last),
        )
        .group_by(col(PastVisit.agency_code), col(PastVisit.target_id))
    )


def _planned_on_site(agencies: Iterable[str], first: date, last: date) -> sa.Select[str, int, int]:
    # Named by the database's tables: planning may not import visits, which come later in the month.
    visit = sa.table("visit", *map(sa.column, _VISIT), sa.column("window_last", sa.Date))
    line = sa.table("visitline", *map(sa.column, _LINE))
    return (
        sa.select(line.c.agency_code, visit.c.target_id, sa.func.count(sa.distinct(visit.c.id)))
        .join_from(visit, line, line.c.visit_id == visit.c.id)
        .where(
            line.c.agency_code.in_(list(agencies)),
            line.c.method == Method.onsite.value,
            visit.c.origin == Origin.draw.value,
            visit.c.state.in_(("planned", "begun")),
            visit.c.window_last.between(first, last),
        )
        .group_by(line.c.agency_code, visit.c.target_id)
    )


_VISIT = ("id", "target_id", "origin", "state")
_LINE = ("visit_id", "agency_code", "method")


def frequent(session: Session, versions: Iterable[ItemVersion], day: date) -> set[int]:
    """Ids of targets where an item has been inspected as often as its version allows by ``day``."""
    found: set[int] = set()
    for version in versions:
        limit = version.frequency_times
        limited = version.frequency_bound in (Bound.maximum, Bound.exact)
        if limit is None or not limited or version.frequency_form is FrequencyForm.free:
            continue
        rows = session.execute(_times_inspected(version, day).having(_times() >= limit))
        found.update(target for target, _ in rows)
    return found


def _times() -> sa.ColumnElement[int]:
    """Count visits; each is one, however many permits run on its day."""
    return sa.func.count(sa.distinct(col(PastVisit.id)))


def _times_inspected(version: ItemVersion, day: date) -> sa.Select[int, int]:
    """How often the version's sub-item was inspected in its span: calendar years, or the running permit's term."""
    code = sa.select(col(SubItem.code)).where(col(SubItem.id) == version.sub_item_id).scalar_subquery()
    query = sa.select(col(PastVisit.target_id), _times()).where(
        col(PastVisit.sub_item_code) == code, col(PastVisit.day) <= day
    )
    if version.frequency_form is FrequencyForm.permit_term:
        query = query.join(Permit, col(Permit.target_id) == col(PastVisit.target_id)).where(
            col(Permit.starts) <= col(PastVisit.day),
            col(Permit.starts) <= day,
            col(Permit.ends).is_(None) | (col(Permit.ends) >= day),
        )
    else:
        first = date(day.year - (version.frequency_years or 1) + 1, 1, 1)
        query = query.where(col(PastVisit.day) >= first)
    return query.group_by(col(PastVisit.target_id))


def sift(
    candidates: Iterable[Candidate],
    *,
    by_hand: Mapping[str, str],
    capped_ids: set[int],
    frequent_ids: set[int],
) -> Eligibility:
    """Split a scope into eligible and excluded.

    Parameters
    ----------
    by_hand : mapping of str to str
        Key → ground of the exclusions that two persons decided.
    """
    eligible: list[Candidate] = []
    excluded: dict[str, str] = {}
    for one in candidates:
        if not one.live:
            excluded[one.key] = "not-live"
        elif one.key in by_hand:
            excluded[one.key] = by_hand[one.key]
        elif one.id in capped_ids:
            excluded[one.key] = "yearly-cap"
        elif one.id in frequent_ids:
            excluded[one.key] = "frequency"
        else:
            eligible.append(one)
    return Eligibility(tuple(eligible), excluded)
