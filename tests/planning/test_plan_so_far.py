"""What of a plan is past: filed months before the open one count, and a month closes with its first draw."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

import inspect_engine.schema
from fixtures.plans import demo_plan
from inspect_engine.planning.plans.form import PlanForm, read_plan
from inspect_engine.planning.plans.so_far import so_far
from inspect_engine.planning.plans.tables import Plan, PlanLine, PlanNumber, PlanState, PlanVersion
from inspect_engine.planning.tables import Method, Source, Task
from inspect_engine.registers import tables as t
from inspect_engine.store import open_store, writing
from solver.plan.problem import Done

FORM = read_plan(demo_plan())
NOW = datetime(2026, 1, 5, 1, tzinfo=UTC)
#: Line, class and month → drawn in the region.
NUMBERS = {
    ("T01", "A", 3): 4,
    ("T01", "A", 5): 2,
    ("T01", "D", 2): 1,
    ("T02", "A", 1): 7,
    ("T02", "B", 12): 9,
    ("T02", "B", 6): 3,
}


@contextmanager
def place() -> Iterator[Session]:
    """A store with the county, its bureau, and no plan yet."""
    engine = open_store("sqlite://")
    inspect_engine.schema.metadata.create_all(engine)
    with writing(engine) as session:
        session.add(t.Region(code="339902", name="县", level=t.Level.county))
        session.flush()
        session.add(t.Agency(code=FORM.operator, name="局", department="市监", region_code="339902"))
        session.flush()
        yield session
    engine.dispose()


@pytest.fixture
def session() -> Iterator[Session]:
    """A place that ends with the test."""
    with place() as opened:
        yield opened


def plan(session: Session, code: str = FORM.plan, year: int = 2026) -> Plan:
    """Add a plan without versions."""
    made = Plan(code=code, year=year, operator=FORM.operator, region_code="339902")
    session.add(made)
    session.flush()
    return made


def version(
    session: Session,
    of: Plan,
    number: int = 1,
    state: PlanState = PlanState.filed,
    numbers: dict[tuple[str, str, int], int] | None = None,
) -> dict[str, int]:
    """Add a version with its numbers; returns ids of its lines."""
    made = PlanVersion(
        plan_id=of.id or 0,
        number=number,
        state=state,
        form={},
        ground="",
        made_by="计划岗",
        made_at=NOW,
        rules_edition="",
    )
    session.add(made)
    session.flush()
    ids = {}
    for at, code in enumerate(("T01", "T02"), 1):
        line = PlanLine(version_id=made.id or 0, number=at, code=code, name=code, body={})
        session.add(line)
        session.flush()
        ids[code] = line.id or 0
    for (code, risk, month), take in (NUMBERS if numbers is None else numbers).items():
        session.add(PlanNumber(line_id=ids[code], risk_class=risk, region="339902", month=month, take=take))
    session.flush()
    return ids


def opened(session: Session, line: int, month: str) -> None:
    """Open a draw's task of a line for a month."""
    session.add(
        Task(
            month=month,
            code="T01",
            name="一项",
            source=Source.plan,
            plan_line_id=line,
            method=Method.onsite,
            window_first=date(2026, 3, 1),
            window_last=date(2026, 3, 31),
            scope={},
            strata=["class"],
            ratios={},
        )
    )
    session.flush()


def told(done: Iterable[Done]) -> dict[tuple[str, str, int], int]:
    """Numbers by line, class and month; each once."""
    done = tuple(done)
    found = {(one.task, one.risk_class, one.month): one.take for one in done}
    assert len(found) == len(done)
    assert {one.region for one in done} <= {"339902"}
    return found


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.sets(st.integers(1, 12), max_size=4),
    st.sampled_from([PlanState.filed, PlanState.published]),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_months_before_the_open_one_count(day: date, drawn: set[int], state: PlanState) -> None:
    """The month of the day is open unless a draw of the plan was opened for it; what is filed before it counts, once."""
    with place() as session:
        ids = version(session, plan(session), state=state)
        for month in sorted(drawn):
            opened(session, ids["T01"], f"2026-{month:02d}")
            opened(session, ids["T02"], f"2026-{month:02d}")
        found = so_far(session, FORM, day)
        first = day.month + 1 if day.month in drawn else day.month
        assert found.first_month == first
        assert told(found.done) == {key: n for key, n in NUMBERS.items() if key[2] < first}


@pytest.mark.parametrize(("year", "first"), [(2025, 1), (2027, 13)])
def test_another_years_day_opens_all_or_nothing(session: Session, year: int, first: int) -> None:
    """Before the plan's year every month is open, after it none."""
    version(session, plan(session))
    assert so_far(session, FORM, date(year, 6, 1)).first_month == first


@pytest.mark.parametrize("state", [s for s in PlanState if s not in (PlanState.filed, PlanState.published)])
def test_what_is_not_in_force_drew_nothing(session: Session, state: PlanState) -> None:
    """Numbers of drafts, of approved, refused and replaced versions do not count."""
    made = plan(session)
    version(session, made, state=state)
    assert so_far(session, FORM, date(2026, 12, 31)).done == ()
    version(session, made, 2, numbers={("T01", "A", 3): 11})
    assert told(so_far(session, FORM, date(2026, 12, 31)).done) == {("T01", "A", 3): 11}


def test_a_draw_of_an_earlier_version_closes_the_month(session: Session) -> None:
    """A draw that was opened on a version since replaced has drawn: the month is closed for the next one too."""
    made = plan(session)
    old = version(session, made, 1, PlanState.replaced)
    version(session, made, 2)
    opened(session, old["T01"], "2026-03")
    assert so_far(session, FORM, date(2026, 3, 10)).first_month == 4


def test_another_plans_draws_and_numbers_leave_it_alone(session: Session) -> None:
    """Draws and numbers of another plan, and a draw of the same month without a plan, close and count nothing."""
    version(session, plan(session))
    other = version(session, plan(session, "339902-2025", 2025), numbers={("T01", "A", 1): 99})
    opened(session, other["T01"], "2026-03")
    session.add(
        Task(
            month="2026-03",
            code="X",
            name="临时",
            source=Source.exception,
            method=Method.onsite,
            window_first=date(2026, 3, 1),
            window_last=date(2026, 3, 31),
            scope={},
            strata=["class"],
            ratios={},
        )
    )
    session.flush()
    assert len(session.exec(select(Task)).all()) == 2
    found = so_far(session, FORM, date(2026, 3, 10))
    assert found.first_month == 3
    assert told(found.done) == {key: n for key, n in NUMBERS.items() if key[2] < 3}


def test_a_plan_that_is_new_has_drawn_nothing(session: Session) -> None:
    """A form whose plan is not stored begins in the month of the day, with nothing done."""
    version(session, plan(session))
    new: PlanForm = FORM.model_copy(update={"plan": "NEW-2026"})
    found = so_far(session, new, date(2026, 5, 10))
    assert (found.first_month, found.done) == (5, ())
