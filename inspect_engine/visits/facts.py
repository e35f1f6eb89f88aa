"""Rows of visits as the approval form wants them (审批表的数据): counts and codes, no name of a body or an officer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.planning.tables import Task
from inspect_engine.registers.tables import Capacity, Item, ItemVersion, PastVisit, Person, SubItem
from inspect_engine.visits.approval_form import LineFacts, VisitFacts
from inspect_engine.visits.approvals import UrgentVisit
from inspect_engine.visits.tables import Assignment, RouteVisit, Slot, Visit, VisitLine

#: Ids in one query; databases limit parameters.
_CHUNK = 500


def facts_of(session: Session, numbers: Mapping[int, int], day: date) -> list[VisitFacts]:
    """Read what the form asks of visits.

    Parameters
    ----------
    numbers : mapping of int to int
        Visit's id → the number under which the form names it.
    day : datetime.date
        On which it is asked; earlier visits of its year are counted.
    """
    ids = sorted(numbers)
    return [
        one
        for start in range(0, len(ids), _CHUNK)
        for one in _some(session, ids[start : start + _CHUNK], numbers, day)
    ]


def _some(
    session: Session, ids: Sequence[int], numbers: Mapping[int, int], day: date
) -> Iterator[VisitFacts]:
    visits = session.exec(select(Visit).where(col(Visit.id).in_(ids)).order_by(col(Visit.id))).all()
    lines, team = _lines(session, ids), _team(session, ids)
    times = _times(session, {visit.target_id for visit in visits}, day)
    for visit in visits:
        id_ = visit.id or 0
        yield VisitFacts(
            number=numbers[id_],
            period=(visit.window_first, visit.window_last),
            officers=team[id_][Capacity.officer],
            helpers=team[id_].total() - team[id_][Capacity.officer],
            lines=tuple(lines[id_]),
            times=times[visit.target_id],
        )


def _lines(session: Session, ids: Sequence[int]) -> dict[int, list[LineFacts]]:
    query = (
        select(VisitLine, ItemVersion, SubItem, Item)
        .join(ItemVersion, col(ItemVersion.id) == col(VisitLine.item_version_id))
        .join(SubItem, col(SubItem.id) == col(ItemVersion.sub_item_id))
        .join(Item, col(Item.id) == col(SubItem.item_id))
        .where(col(VisitLine.visit_id).in_(ids))
        .order_by(col(VisitLine.id))
    )
    tasks = {task.id: task for task in session.exec(select(Task))}
    found: dict[int, list[LineFacts]] = defaultdict(list)
    for line, version, point, item in session.exec(query):
        task = tasks.get(line.task_id)
        found[line.visit_id].append(
            LineFacts(
                item=point.code,
                item_name=f"{item.name}：{point.name}",
                basis=version.basis,
                agency=line.agency_code,
                method=line.method,
                source=task.source.value if task else "urgent",
                task=task.code if task else "",
                task_name=task.name if task else "",
            )
        )
    return found


def _team(session: Session, ids: Sequence[int]) -> dict[int, Counter[Capacity]]:
    """How many go to each visit, as what: who stands in its route's slots, or what an urgent one's report says."""
    query = (
        sa.select(col(RouteVisit.visit_id), col(Person.capacity), sa.func.count())
        .select_from(RouteVisit)
        .join(Slot, col(Slot.route_id) == col(RouteVisit.route_id))
        .join(Assignment, col(Assignment.slot_id) == col(Slot.id))
        .join(Person, col(Person.id) == col(Assignment.person_id))
        .where(col(RouteVisit.visit_id).in_(ids), col(Assignment.ended_at).is_(None))
        .group_by(col(RouteVisit.visit_id), col(Person.capacity))
    )
    found: dict[int, Counter[Capacity]] = defaultdict(Counter)
    for visit, capacity, number in session.execute(query):
        found[visit][capacity] += number
    for report in session.exec(select(UrgentVisit).where(col(UrgentVisit.visit_id).in_(ids))):
        found[report.visit_id] += Counter(
            {Capacity.officer: report.officers, Capacity.helper: report.helpers}
        )
    return found


def _times(session: Session, targets: set[int], day: date) -> dict[int, Counter[str]]:
    """Days of this year before ``day`` on which each agency was on site at each body, whatever brought it there."""
    query = (
        sa.select(
            col(PastVisit.target_id),
            col(PastVisit.agency_code),
            sa.func.count(sa.distinct(col(PastVisit.day))),
        )
        .where(
            col(PastVisit.target_id).in_(sorted(targets)),
            col(PastVisit.on_site),
            col(PastVisit.day) >= date(day.year, 1, 1),
            col(PastVisit.day) < day,
        )
        .group_by(col(PastVisit.target_id), col(PastVisit.agency_code))
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for target, agency, number in session.execute(query):
        found[target][agency] += number
    return found
