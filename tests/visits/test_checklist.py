"""The check-list of a visit: every point once, in an order that nothing but the points decides."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from inspect_engine.errors import EngineError
from inspect_engine.lists.versions import change_item_state
from inspect_engine.planning.tables import Method
from inspect_engine.registers.tables import ItemState, ItemVersion, SubItem
from inspect_engine.store import reading, writing
from inspect_engine.visits.checklist import Point, checklist, checklist_of
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit, VisitLine
from tests.drawing import world


def _point(department: str, item: int, number: int, task: str, method: Method) -> Point:
    version = item * 100 + number
    return Point(
        item_code=f"I{item}",
        item_name=f"事项{item}",
        sub_code=f"I{item}-{number}",
        number=number,
        sub_name=f"要点{number}",
        standard=f"标准{version}",
        basis=f"依据{version}",
        methods=("onsite", "paper"),
        method=method,
        department=department,
        task=task,
        version_id=version,
    )


POINTS = st.lists(
    st.builds(
        _point,
        st.sampled_from(["市监", "应急", "环保"]),
        st.integers(1, 3),
        st.sampled_from([1, 2, 11]),
        st.sampled_from(["T01", "T02"]),
        st.sampled_from([Method.onsite, Method.paper]),
    ),
    min_size=3,
    max_size=12,
)
LEAD = st.sampled_from(["", "市监", "应急", "环保"])


@given(POINTS, LEAD, st.integers(0, 10**6))
def test_the_order_of_the_lines_does_not_matter(points: list[Point], lead: str, seed: int) -> None:
    """Lines in any order give the same check-list."""
    mixed = points[:]
    Random(seed).shuffle(mixed)
    assert checklist(points, lead) == checklist(mixed, lead)


def test_every_point_stands_once() -> None:
    """Each department's point by a method is one row with all its tasks and the words of its version; rows are in order."""
    doubled = 0

    @given(POINTS, LEAD)
    def check(points: list[Point], lead: str) -> None:
        nonlocal doubled
        rows = checklist(points, lead)
        assert [row.position for row in rows] == list(range(1, len(rows) + 1))
        wanted = {(p.department, p.version_id, p.method) for p in points}
        assert Counter((r.department, r.version_id, r.method) for r in rows) == dict.fromkeys(wanted, 1)
        for row in rows:
            same = [
                p
                for p in points
                if (p.department, p.version_id, p.method) == (row.department, row.version_id, row.method)
            ]
            assert set(row.tasks) == {p.task for p in same}
            assert len(row.tasks) == len(set(row.tasks))
            assert {(p.standard, p.basis, p.methods, p.sub_name) for p in same} == {
                (row.standard, row.basis, row.methods, row.sub_name)
            }
            doubled += len(row.tasks) > 1
        keys = [
            (r.department != lead, r.department, r.item_code, int(r.sub_code.split("-")[1])) for r in rows
        ]
        assert keys == sorted(keys)

    check()
    assert doubled > 0


def test_a_visits_list_has_its_lines_as_they_were_drawn(tmp_path: Path) -> None:
    """Each visit's rows are its lines with the versions of the draw, the leading department first, whatever the list says now."""
    engine = world.store_at("rostered", tmp_path)
    with writing(engine) as session:
        for version in session.exec(select(ItemVersion)):
            version.standard = f"标准 {version.id}"
            session.add(version)
    with reading(engine) as session:
        before = {visit: checklist_of(session, visit) for visit in session.exec(select(Visit.id))}
    with writing(engine) as session:
        change_item_state(
            session, "SJ03", ItemState.repealed, world.START.date(), world.act(0, "登记岗", "废止"), "审批岗"
        )
    joint = 0
    with reading(engine) as session:
        lines = session.exec(select(VisitLine)).all()
        for visit, rows in before.items():
            assert checklist_of(session, visit) == rows
            own = {(line.department, line.item_version_id) for line in lines if line.visit_id == visit}
            assert {(row.department, row.version_id) for row in rows} == own
            assert all(row.standard == f"标准 {row.version_id}" and row.basis and row.methods for row in rows)
            lead = session.exec(
                select(Slot.department)
                .join(Route, col(Route.id) == col(Slot.route_id))
                .join(RouteVisit, col(RouteVisit.route_id) == col(Route.id))
                .where(RouteVisit.visit_id == visit, col(Slot.lead))
            ).first()
            departments = list(dict.fromkeys(row.department for row in rows))
            if len(departments) > 1:
                assert departments[0] == lead
                assert departments[1:] == sorted(departments[1:])
                joint += 1
            for row in rows:
                point = session.exec(select(SubItem).where(SubItem.code == row.sub_code)).one()
                assert point.name == row.sub_name
    assert len(before) > 10
    assert joint > 0


def test_an_unknown_visit_is_refused(tmp_path: Path) -> None:
    """A visit that is not there has no check-list."""
    engine = world.store_at("empty", tmp_path)
    with reading(engine) as session, pytest.raises(EngineError) as refusal:
        checklist_of(session, 1)
    assert refusal.value.code == "visits.unknown-visit"
    assert refusal.value.message("zh")
