"""The working calendar."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.errors import EngineError
from inspect_engine.registers.calendar import known_years, seed_calendar, work_days
from inspect_engine.registers.importing import parse_map
from inspect_engine.registers.importing.kinds.calendar import days_of_year
from inspect_engine.store import reading, writing
from tests.registers.support import ACT, codes_at, data, events, new_store, rows_of, take, write_csv

FILL = 'kind = "calendar"\nfill_years = true\n[columns]\nday = "日期"\nworks = "是否工作日"\nname = "名称"\nsource = "来源"'


def test_seed_once_is_enough(tmp_path: Path) -> None:
    """Seeding adds whole years and one event; again it adds nothing."""
    engine = new_store(tmp_path)
    with writing(engine) as session:
        years = seed_calendar(session, ACT)
    with writing(engine) as session:
        assert seed_calendar(session, ACT) == ()
        assert known_years(session) == years
    assert 2026 in years
    assert [event.kind for event in events(engine)] == ["calendar.seeded"]


def test_make_up_days_work_and_holidays_do_not(tmp_path: Path) -> None:
    """Spring Festival of 2026: 15 to 23 February off, Saturdays 14 and 28 February at work."""
    engine = new_store(tmp_path)
    with writing(engine) as session:
        seed_calendar(session, ACT)
        found = work_days(session, date(2026, 2, 13), date(2026, 2, 28))
    assert [day.day for day in found] == [13, 14, 24, 25, 26, 27, 28]


def test_seeded_years_are_those_published(tmp_path: Path) -> None:
    """Every seeded day agrees with an independent table of the same years."""
    engine = new_store(tmp_path)
    with writing(engine) as session:
        years = seed_calendar(session, ACT)
        table = {
            date.fromisoformat(r["date"]): r["is_workday"] == "1"
            for r in rows_of(data("reference", "workdays_2010_2026.csv"))
        }
        compared = 0
        for year in years:
            if date(year, 12, 31) in table:
                days = set(work_days(session, date(year, 1, 1), date(year, 12, 31)))
                assert days == {day for day in days_of_year(year) if table[day]}
                compared += 1
    assert compared >= 10


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_an_unknown_year_is_refused(first: date, length: int) -> None:
    """A span that leaves the known years raises and names the first unknown one; within them it is in order."""
    engine = _seeded()
    last = first + timedelta(days=length)
    with reading(engine) as session:
        if last.year <= 2026:
            found = work_days(session, first, last)
            assert list(found) == sorted(set(found))
            assert all(first <= day <= last for day in found)
            return
        with pytest.raises(EngineError) as refused:
            work_days(session, first, last)
    assert refused.value.code == "registers.calendar-unknown"
    assert refused.value.params["year"] == max(first.year, 2027)
    assert "import calendar" in refused.value.remedy("en")


_engines: list[object] = []


def _seeded():  # type: ignore[no-untyped-def]
    import tempfile

    if not _engines:
        engine = new_store(Path(tempfile.mkdtemp(prefix="calendar-")))
        with writing(engine) as session:
            seed_calendar(session, ACT)
        _engines.append(engine)
    return _engines[0]


def test_a_notice_completes_its_year(tmp_path: Path) -> None:
    """Exceptions alone are half a year and refused; with leave in the map the ordinary days are filled in."""
    engine = new_store(tmp_path)
    rows = [
        {"日期": "2027-01-01", "是否工作日": "否", "名称": "元旦", "来源": "国办通知"},
        {"日期": "2027-01-02", "是否工作日": "是", "名称": "调休", "来源": "国办通知"},
    ]
    path = write_csv(tmp_path / "c.csv", rows)
    assert {code for _, _, code in codes_at(take(engine, "calendar", path))} == {"calendar-year-incomplete"}
    report = take(engine, "calendar", path, parse_map(FILL, "map"))
    assert (report.inserted, report.added) == (2, 363)
    assert take(engine, "calendar", path, parse_map(FILL, "map")).event is None
    with reading(engine) as session:
        assert known_years(session) == (2027,)
        assert [day.day for day in work_days(session, date(2027, 1, 1), date(2027, 1, 5))] == [2, 4, 5]
    one = write_csv(tmp_path / "d.csv", [rows[1] | {"是否工作日": "否"}])
    assert take(engine, "calendar", one).updated == 1


def test_days_in_the_wrong_order(tmp_path: Path) -> None:
    """A last day before the first is an error, not an empty month."""
    with reading(new_store(tmp_path)) as session, pytest.raises(EngineError, match="calendar-order"):
        work_days(session, date(2026, 2, 1), date(2026, 1, 1))
