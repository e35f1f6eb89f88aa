"""The year's strength: every officer's minutes counted day by day, shared without loss, extra days on top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

import inspect_engine.schema
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.events.posts import add_posts
from inspect_engine.planning.plans.form import ExtraMeans
from inspect_engine.planning.plans.strength import pools
from inspect_engine.registers import tables as t
from inspect_engine.registers.calendar import seed_calendar
from inspect_engine.store import open_store, writing

ACT = Act("系统", datetime(2026, 1, 5, 1, tzinfo=UTC))
CITY, NORTH, SOUTH, TOWN = "330400", "330402", "330411", "330402001"
DAY = 420
END = date(2026, 11, 10)
NEEDED = frozenset({"市监", "市监/食品", "环保"})
BODIES = {NORTH: 70, SOUTH: 31}
Key = tuple[str, frozenset[str], int]


@contextmanager
def place() -> Iterator[Session]:
    """A city of two counties, one with a town, and the calendar of 2026."""
    engine = open_store("sqlite://")
    inspect_engine.schema.metadata.create_all(engine)
    with writing(engine) as session:
        add_posts(session, ACT)
        seed_calendar(session, ACT, 2026, 2026)
        for code, level, parent in (
            (CITY, t.Level.city, None),
            (NORTH, t.Level.county, CITY),
            (SOUTH, t.Level.county, CITY),
            (TOWN, t.Level.town, NORTH),
        ):
            session.add(t.Region(code=code, name=code, level=level, parent_code=parent))
            session.flush()
        session.add_all(
            t.Agency(code=code, name=code, department=code, region_code=CITY) for code in ("市监", "环保")
        )
        session.flush()
        yield session
    engine.dispose()


@pytest.fixture
def session() -> Iterator[Session]:
    """A place that ends with the test."""
    with place() as opened:
        yield opened


def officer(
    session: Session,
    number: str,
    region: str = NORTH,
    skills: Iterable[str] = (),
    until: Iterable[date] = (date(2030, 1, 1),),
    away: Iterable[tuple[date, date]] = (),
    **changes: Any,
) -> None:
    """Add an officer of 市监 with skills, certificates and leave, unless changed."""
    row: dict[str, Any] = {"staff_no": number, "name": number, "agency_code": "市监", "region_code": region}
    person = t.Person(**row | changes)
    session.add(person)
    session.flush()
    id_ = person.id or 0
    session.add_all(t.PersonSkill(person_id=id_, skill=skill) for skill in skills)
    session.add_all(
        t.Certificate(person_id=id_, kind="执法证", number=f"{number}-{n}", expires=last)
        for n, last in enumerate(until)
    )
    session.add_all(t.Leave(person_id=id_, first=a, last=b, ground="年假") for a, b in away)
    session.flush()


def found(
    session: Session,
    extra: Iterable[ExtraMeans] = (),
    bodies: Mapping[str, int] = BODIES,
    end: date = END,
) -> dict[Key, int]:
    """Minutes of the pools by region, skills and month; each key once."""
    rows = pools(session, end, NEEDED, bodies, DAY, extra)
    assert len({(p.region, p.skills, p.month) for p in rows}) == len(rows)
    return {(p.region, p.skills, p.month): p.minutes for p in rows}


def days_of(session: Session, until: date = END, away: Iterable[tuple[date, date]] = ()) -> Counter[int]:
    """Working days of each month up to a day, counted one by one."""
    away = list(away)
    works = dict(session.exec(select(col(t.WorkDay.day), col(t.WorkDay.works))).all())
    count: Counter[int] = Counter()
    day = date(2026, 1, 1)
    while day <= min(END, until):
        if works[day] and not any(a <= day <= b for a, b in away):
            count[day.month] += 1
        day += timedelta(1)
    return count


DAYS = st.dates(date(2025, 12, 1), date(2027, 1, 31))
LEAVES = st.lists(
    st.tuples(DAYS, st.integers(0, 60)).map(lambda p: (p[0], p[0] + timedelta(p[1]))), max_size=4, unique=True
)


@given(LEAVES, st.lists(DAYS, min_size=1, max_size=3, unique=True))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_officer_gives_each_working_day_that_holds(
    away: list[tuple[date, date]], until: list[date]
) -> None:
    """An officer's minutes are the working days up to the plan's end, less leave, until the last certificate ends."""
    with place() as session:
        officer(session, "1", skills=("食品", "药品"), until=until, away=away)
        wanted = days_of(session, max(until), away)
        got = found(session)
        skills = frozenset({"市监", "市监/食品"})
        assert {(r, s) for r, s, _ in got} == {(NORTH, skills)}
        assert {m: n for (_, _, m), n in got.items()} == {m: wanted[m] * DAY for m in range(1, 13)}


def test_nobody_works_after_the_plans_end(session: Session) -> None:
    """The month of the plan's end counts up to it, the months after it not at all; make-up days count, holidays do not."""
    officer(session, "1")
    got = {m: n // DAY for (_, _, m), n in found(session).items()}
    assert got[12] == 0
    # 2–10 November 2026 without the weekend of 7–8.
    assert got[11] == 7
    # 1–7 October are holidays, the 10th makes one up.
    assert got[10] == sum(date(2026, 10, d).weekday() < 5 for d in range(8, 32)) + 1


def test_a_plan_may_end_before_the_first_working_day(session: Session) -> None:
    """A plan that ends on a holiday at the year's beginning has officers and no minutes."""
    officer(session, "1")
    assert set(found(session, end=date(2026, 1, 1)).values()) == {0}


@pytest.mark.parametrize(
    "changes",
    [
        {"capacity": t.Capacity.expert},
        {"active": False},
        {"agency_code": "环保", "skills": ()},
        {"until": ()},
    ],
)
def test_who_may_not_enforce_gives_nothing_to_the_department(
    session: Session, changes: dict[str, Any]
) -> None:
    """Experts, who left, another department's officers and those without a certificate add nothing."""
    officer(session, "1", skills=("食品",))
    before = {k: n for k, n in found(session).items() if "市监" in k[1]}
    officer(session, "2", **({"skills": ("食品",)} | changes))
    assert before
    assert {k: n for k, n in found(session).items() if "市监" in k[1]} == before


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 5))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_an_officer_above_several_regions_is_shared_by_their_bodies(
    north: int, south: int, count: int
) -> None:
    """The city's officers are shared in proportion to bodies, less than a minute of each officer and region lost, none gained."""
    with place() as session:
        for n in range(count):
            officer(session, str(n), region=CITY)
        got = found(session, bodies={NORTH: north, SOUTH: south})
        whole = days_of(session)
        for month in range(1, 13):
            given = whole[month] * DAY * count
            parts = {r: n for (r, _, m), n in got.items() if m == month}
            assert given - 2 * count < sum(parts.values()) <= given
            assert parts[NORTH] == pytest.approx(given * north / (north + south), abs=count)
            assert parts[SOUTH] == pytest.approx(given * south / (north + south), abs=count)


def test_an_officer_below_a_region_is_that_regions_alone(session: Session) -> None:
    """A town's officer is the county's, whole; an officer of a region without bodies and above none is nobody's."""
    officer(session, "1", region=TOWN)
    whole = {(NORTH, frozenset({"市监"}), m): days_of(session)[m] * DAY for m in range(1, 13)}
    assert found(session) == whole
    assert found(session, bodies={CITY: 5}) == {(CITY, s, m): n for (_, s, m), n in whole.items()}
    assert found(session, bodies={SOUTH: 5}) == {}


def test_where_a_city_has_bodies_of_its_own_its_officers_stay(session: Session) -> None:
    """Officers of a region with bodies of its own are not shared below it."""
    officer(session, "1", region=CITY)
    officer(session, "2", region=NORTH)
    got = found(session, bodies={CITY: 5, NORTH: 5})
    assert {r: n for (r, _, m), n in got.items() if m == 3} == {
        CITY: days_of(session)[3] * DAY,
        NORTH: days_of(session)[3] * DAY,
    }


def extra(days: int, skill: str = "市监", region: str = NORTH, month: int = 3) -> ExtraMeans:
    """So many officer-days."""
    return ExtraMeans(region=region, skill=skill, month=month, days=days)


@pytest.mark.parametrize("skill", ["市监", "市监/食品"])
def test_extra_days_are_added_in_their_place_alone(session: Session, skill: str) -> None:
    """Days called in add their minutes to their region, month and skill, and change nothing else."""
    officer(session, "1")
    officer(session, "2", skills=("食品",))
    before, after = found(session), found(session, [extra(5, skill)])
    skills = frozenset({skill, "市监"})
    assert after.get((NORTH, skills, 3), 0) - before.get((NORTH, skills, 3), 0) == 5 * DAY
    assert {k: n for k, n in after.items() if k != (NORTH, skills, 3)} == {
        k: n for k, n in before.items() if k != (NORTH, skills, 3)
    }


def test_officers_called_in_need_nobody_there_before(session: Session) -> None:
    """A region without officers of its own has what is called in."""
    assert found(session, [extra(3, "环保", SOUTH)]) == {(SOUTH, frozenset({"环保"}), 3): 3 * DAY}


@pytest.mark.parametrize("days", [1, 10, 30, 50, 1_000])
def test_days_lent_are_taken_from_who_can_do_least_else(session: Session, days: int) -> None:
    """What is lent comes off, the plain officers' first, down to nothing and never below it."""
    officer(session, "1")
    officer(session, "2", skills=("食品",))
    plain, skilled = (NORTH, frozenset({"市监"}), 3), (NORTH, frozenset({"市监", "市监/食品"}), 3)
    before, after = found(session), found(session, [extra(-days)])
    there = before[plain] + before[skilled]
    assert after[plain] + after[skilled] == max(0, there - days * DAY)
    assert after[plain] == max(0, before[plain] - days * DAY)
    assert {k: n for k, n in after.items() if k not in (plain, skilled)} == {
        k: n for k, n in before.items() if k not in (plain, skilled)
    }


def test_a_year_without_a_calendar_is_refused(session: Session) -> None:
    """Where the year's holidays are not known, there is no strength to tell of."""
    officer(session, "1")
    with pytest.raises(EngineError) as refused:
        found(session, end=date(2027, 11, 10))
    assert refused.value.code == "registers.calendar-unknown"
