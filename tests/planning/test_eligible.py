"""Who is in scope and who of them may be drawn: each reason alone, on a store of a few rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

import inspect_engine.drawing.tables
import inspect_engine.schema
from inspect_engine.planning.eligible import Candidate, capped, descendants, frequent, in_scope, sift
from inspect_engine.planning.spec import Scope
from inspect_engine.planning.tables import Method
from inspect_engine.registers import tables as t
from inspect_engine.store import open_store, writing
from inspect_engine.visits.tables import Visit, VisitLine, VisitState

NOW = datetime(2026, 11, 1, tzinfo=UTC)
YEAR = 2026
REGIONS = (
    ("330000", None, "province"),
    ("330400", "330000", "city"),
    ("330402", "330400", "county"),
    ("330402001", "330402", "town"),
    ("330402002", "330402", "town"),
    ("330411", "330400", "county"),
    ("330411001", "330411", "town"),
    ("330500", "330000", "city"),
)


@pytest.fixture
def session() -> Iterator[Session]:
    """A store with regions, two agencies and one item; it ends with the test."""
    engine = open_store("sqlite://")
    inspect_engine.schema.metadata.create_all(engine)
    with writing(engine) as session:
        for code, parent, level in REGIONS:
            session.add(t.Region(code=code, name=code, level=t.Level(level), parent_code=parent))
        session.flush()
        session.add_all(
            t.Agency(code=code, name=code, department="市监", region_code="330402") for code in ("NH", "XZ")
        )
        session.add(t.Item(id=1, code="I", name="i", field="市监"))
        session.flush()
        session.add(t.SubItem(id=1, item_id=1, code="I-1", number=1, name="i"))
        session.flush()
        yield session
    engine.dispose()


def body(session: Session, key: str, **changes: Any) -> int:
    """Add a target and return its id."""
    row = {
        "key": key,
        "name": key,
        "kind": t.TargetKind.enterprise,
        "supervising_region": "330402",
        "town_code": "330402001",
        "industry": "C14",
        "changed_at": NOW,
    }
    one = t.Target(**row | changes)
    session.add(one)
    session.flush()
    assert one.id is not None
    return one.id


def past(session: Session, target: int, day: date, **changes: Any) -> None:
    """Add a visit of the past: drawn, on site, by NH, for the item."""
    row = {
        "agency_code": "NH",
        "target_id": target,
        "day": day,
        "origin": t.Origin.draw,
        "on_site": True,
        "sub_item_code": "I-1",
        "reference": str(len(session.exec(select(t.PastVisit)).all())),
    }
    session.add(t.PastVisit(**row | changes))
    session.flush()


def version(**changes: Any) -> t.ItemVersion:
    """A version of the item, at most once a year unless changed."""
    row = {
        "sub_item_id": 1,
        "number": 1,
        "starts": date(2020, 1, 1),
        "basis": "b",
        "subject": "s",
        "kind": t.ItemKind.general,
        "target_kind": "k",
        "methods": ["onsite"],
        "ratio_form": t.RatioForm.free,
        "frequency_form": t.FrequencyForm.per_years,
        "frequency_bound": t.Bound.maximum,
        "frequency_times": 1,
        "frequency_years": 1,
    }
    return t.ItemVersion(**row | changes)


def _keys(found: list[Candidate]) -> list[str]:
    return [one.key for one in found]


# Scope


def test_a_scope_reaches_down_the_tree_of_regions_and_no_further(session: Session) -> None:
    """A region covers all below it, by the body's supervising region or its town, and nobody beside it."""
    body(session, "south")
    body(session, "north", supervising_region="330411", town_code="330411001")
    body(session, "town", supervising_region="330402", town_code="330402002")
    body(session, "elsewhere", supervising_region="330500", town_code=None)

    def inside(*regions: str) -> list[str]:
        return _keys(in_scope(session, Scope(regions=regions)))

    assert inside() == ["elsewhere", "north", "south", "town"]
    assert inside("330000") == ["elsewhere", "north", "south", "town"]
    assert inside("330400") == ["north", "south", "town"]
    assert inside("330402") == ["south", "town"]
    assert inside("330402002") == ["town"]
    assert inside("330402002", "330411") == ["north", "town"]


def test_descendants_of_the_whole_tree_are_the_tree(session: Session) -> None:
    """Every region is below the root, once."""
    assert descendants(session, ["330000"]) == sorted(code for code, _, _ in REGIONS)
    assert descendants(session, ["330402001", "330402001"]) == ["330402001"]


def test_kinds_industries_and_labels_limit_a_scope_together(session: Session) -> None:
    """Each stated list limits; an industry code covers what begins with it; one label of several suffices."""
    a = body(session, "a", industry="C1432")
    b = body(session, "b", kind=t.TargetKind.sole_trader, industry="C14")
    body(session, "c", industry="F52")
    body(session, "d", industry=None)
    session.add_all(t.TargetLabel(target_id=i, label=label) for i, label in ((a, "x"), (a, "y"), (b, "y")))
    session.flush()
    assert _keys(in_scope(session, Scope(industries=("C14",)))) == ["a", "b"]
    assert _keys(in_scope(session, Scope(industries=("C", "F5")))) == ["a", "b", "c"]
    assert _keys(in_scope(session, Scope(kinds=(t.TargetKind.sole_trader,)))) == ["b"]
    assert _keys(in_scope(session, Scope(labels=("y", "z")))) == ["a", "b"]
    assert _keys(in_scope(session, Scope(labels=("x", "y"), industries=("C143",)))) == ["a"]
    assert _keys(in_scope(session, Scope(labels=("z",)))) == []


# The yearly cap


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"origin": t.Origin.reactive}, False),
        ({"origin": t.Origin.recheck}, False),
        ({"on_site": False}, False),
        ({"agency_code": "XZ"}, False),
        ({"day": date(2025, 12, 31)}, False),
        ({"day": date(2026, 1, 1)}, True),
    ],
)
def test_the_cap_counts_drawn_visits_on_site_of_this_agency_and_year(
    session: Session, changes: dict[str, Any], counts: bool
) -> None:
    """Visits for cause, re-checks, desk work, other agencies' visits and other years' do not fill the cap."""
    one = body(session, "one")
    past(session, one, date(2026, 5, 5))
    assert capped(session, ["NH"], YEAR, 2) == set()
    past(session, one, **{"day": date(2026, 6, 6)} | changes)
    assert capped(session, ["NH"], YEAR, 2) == ({one} if counts else set())


def test_the_cap_is_of_one_agency_on_one_body(session: Session) -> None:
    """Two visits by two agencies fill no cap of two, nor do two visits to two bodies; three items of a day are one."""
    one, two = body(session, "one"), body(session, "two")
    past(session, one, date(2026, 5, 5))
    past(session, one, date(2026, 5, 6), agency_code="XZ")
    past(session, two, date(2026, 5, 5))
    past(session, two, date(2026, 5, 5), sub_item_code=None)
    assert capped(session, ["NH", "XZ"], YEAR, 2) == set()
    past(session, one, date(2026, 7, 7), agency_code="XZ")
    assert capped(session, ["NH", "XZ"], YEAR, 2) == {one}
    assert capped(session, ["NH"], YEAR, 2) == set()


@pytest.mark.parametrize(
    ("visit", "line", "counts"),
    [
        ({}, {}, True),
        ({"state": VisitState.begun}, {}, True),
        ({"state": VisitState.cancelled}, {}, False),
        ({"state": VisitState.done}, {}, False),
        ({"origin": t.Origin.reactive}, {}, False),
        ({"window_last": date(2027, 1, 8)}, {}, False),
        ({}, {"method": Method.paper}, False),
        ({}, {"agency_code": "XZ"}, False),
    ],
)
def test_visits_that_are_planned_count_before_they_are_made(
    session: Session, visit: dict[str, Any], line: dict[str, Any], counts: bool
) -> None:
    """A body drawn for next week has that visit counted, once; what is done counts from the record instead."""
    one = body(session, "one")
    past(session, one, date(2026, 5, 5))
    item = version()
    session.add(item)
    session.flush()
    row = {
        "origin": t.Origin.draw,
        "target_id": one,
        "window_first": date(2026, 12, 1),
        "window_last": date(2026, 12, 9),
        "minutes": 60,
        "road": True,
    }
    made = Visit(**row | visit)
    session.add(made)
    session.flush()
    point = {"department": "市监", "agency_code": "NH", "method": Method.onsite}
    session.add(VisitLine(visit_id=made.id, item_version_id=item.id, **point | line))
    session.flush()
    assert capped(session, ["NH"], YEAR, 2) == ({one} if counts else set())
    assert capped(session, ["NH"], YEAR, 3) == set()


# Frequency


@pytest.mark.parametrize(("bound", "counts"), [("maximum", True), ("exact", True), ("minimum", False)])
def test_only_upper_bounds_of_frequency_leave_a_body_out(session: Session, bound: str, counts: bool) -> None:
    """An item that must be inspected at least once a year may be inspected again; at most or exactly once not."""
    one = body(session, "one")
    past(session, one, date(2026, 5, 5))
    found = frequent(session, [version(frequency_bound=t.Bound(bound))], date(2026, 12, 31))
    assert found == ({one} if counts else set())


def test_a_free_frequency_leaves_nobody_out(session: Session) -> None:
    """As needed means as often as a draw falls on the body."""
    past(session, body(session, "one"), date(2026, 5, 5))
    free = version(frequency_form=t.FrequencyForm.free)
    assert frequent(session, [free, version(frequency_times=None)], date(2026, 12, 31)) == set()


@pytest.mark.parametrize(("years", "counts"), [(1, False), (2, False), (3, True)])
def test_once_in_k_years_counts_k_calendar_years_with_this_one(
    session: Session, years: int, counts: bool
) -> None:
    """A visit of 2024 fills "once in 3 years" for 2026, not "once in 2 years"."""
    one = body(session, "one")
    past(session, one, date(2024, 1, 1))
    found = frequent(session, [version(frequency_years=years)], date(2026, 12, 31))
    assert found == ({one} if counts else set())


def test_frequency_is_of_the_item_not_of_the_visit(session: Session) -> None:
    """Visits for other items do not fill it, nor do visits after the day that is asked about."""
    one = body(session, "one")
    past(session, one, date(2026, 5, 5), sub_item_code="J-1")
    past(session, one, date(2026, 5, 6), sub_item_code=None)
    past(session, one, date(2026, 12, 5))
    assert frequent(session, [version()], date(2026, 12, 4)) == set()
    assert frequent(session, [version()], date(2026, 12, 5)) == {one}


def test_a_permits_term_is_counted_from_its_start(session: Session) -> None:
    """Visits before the running permit began do not count; after it has ended nothing is limited by it."""
    one = body(session, "one")
    session.add(
        t.Permit(target_id=one, kind="p", number="1", starts=date(2024, 6, 1), ends=date(2027, 5, 31))
    )
    session.flush()
    twice = version(frequency_form=t.FrequencyForm.permit_term, frequency_times=2, frequency_years=None)
    past(session, one, date(2024, 5, 31))
    past(session, one, date(2024, 6, 1))
    assert frequent(session, [twice], date(2026, 12, 31)) == set()
    past(session, one, date(2026, 5, 5))
    assert frequent(session, [twice], date(2026, 12, 31)) == {one}
    assert frequent(session, [twice], date(2027, 6, 1)) == set()


def test_a_body_with_two_permits_is_not_counted_twice(session: Session) -> None:
    """One visit is one, however many permits run on its day: else a body with two permits could not be drawn."""
    one = body(session, "one")
    for number in "12":
        session.add(t.Permit(target_id=one, kind="p", number=number, starts=date(2024, 6, 1)))
    past(session, one, date(2026, 5, 5))
    twice = version(frequency_form=t.FrequencyForm.permit_term, frequency_times=2, frequency_years=None)
    assert frequent(session, [twice], date(2026, 12, 31)) == set()


# All together


def test_each_reason_alone_leaves_exactly_one_body_out(session: Session) -> None:
    """Not live, by hand, at the cap, too frequent: each has its reason, and who has none is eligible."""
    ids = {key: body(session, key) for key in ("by hand", "capped", "eligible", "frequent")}
    states = [state for state in t.TargetState if state is not t.TargetState.live]
    for state in states:
        body(session, state.value, state=state)
    for day in (date(2026, 5, 5), date(2026, 6, 6)):
        past(session, ids["capped"], day, sub_item_code=None)
    past(session, ids["frequent"], date(2026, 5, 5), on_site=False)
    found = sift(
        in_scope(session, Scope()),
        by_hand={"by hand": "under-case", "deregistered": "under-case", "outside": "under-case"},
        capped_ids=capped(session, ["NH"], YEAR, 2),
        frequent_ids=frequent(session, [version()], date(2026, 12, 31)),
    )
    assert [one.key for one in found.eligible] == ["eligible"]
    assert found.excluded == {
        "by hand": "under-case",
        "capped": "yearly-cap",
        "frequent": "frequency",
        **dict.fromkeys((state.value for state in states), "not-live"),
    }


@settings(derandomize=True)
@given(
    st.lists(st.booleans(), max_size=30),
    *(st.sets(st.integers(0, 29), max_size=12) for _ in range(3)),
)
def test_everybody_in_scope_is_in_exactly_one_list(
    live: list[bool], by_hand: set[int], capped_ids: set[int], frequent_ids: set[int]
) -> None:
    """Eligible and excluded never overlap and together are the scope; eligible is who has no reason."""
    scope = [Candidate(i, f"k{i:02d}", "", "330402", alive) for i, alive in enumerate(live)]
    found = sift(
        scope,
        by_hand={f"k{i:02d}": "under-case" for i in by_hand},
        capped_ids=capped_ids,
        frequent_ids=frequent_ids,
    )
    eligible = [one.key for one in found.eligible]
    assert sorted([*eligible, *found.excluded]) == [one.key for one in scope]
    free = [c.key for c in scope if c.live and c.id not in by_hand | capped_ids | frequent_ids]
    assert eligible == free


def test_the_cap_of_the_history_is_also_counted_by_hand(session: Session) -> None:
    """On a history of 200 visits the cap agrees with counting row by row."""
    ids = [body(session, f"b{i:02d}") for i in range(20)]
    origins = [t.Origin.draw, t.Origin.draw, t.Origin.reactive]
    for i in range(200):
        n = i * 7919 % 1009
        past(
            session,
            ids[n % 20],
            date(2025 + (n % 3 > 0), 1 + n % 12, 1 + n % 28),
            origin=origins[n % 3 - 1],
            on_site=n % 5 > 0,
            agency_code="NH" if n % 4 else "XZ",
        )
    rows = session.exec(select(t.PastVisit).where(col(t.PastVisit.on_site))).all()
    days: dict[int, set[date]] = {}
    for row in rows:
        if row.agency_code == "NH" and row.origin is t.Origin.draw and row.day.year == YEAR:
            days.setdefault(row.target_id, set()).add(row.day)
    expected = {target for target, seen in days.items() if len(seen) >= 2}
    assert 0 < len(expected) < 20
    assert capped(session, ["NH"], YEAR, 2) == expected
