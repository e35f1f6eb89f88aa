"""The working calendar (工作日历): a table, since holidays and make-up days (调休) are decided year by year.

It is seeded from chinesecalendar, which knows the years that the State Council has announced, and takes other years
by import. A day of a year that it does not know is no working day and no holiday: it is an error with a remedy.
"""

from __future__ import annotations

from datetime import date, timedelta
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.registers.importing.kinds.calendar import days_of_year
from inspect_engine.registers.importing.stores import table_of
from inspect_engine.registers.tables import WorkDay


def seed_calendar(
    session: Session, act: Act, first_year: int = 2015, last_year: int = 2100
) -> tuple[int, ...]:
    """Add the years that chinesecalendar knows and the table does not; days that stand are left as they are.

    Returns
    -------
    tuple of int
        The years added; an event names them if there are any.
    """
    import chinese_calendar

    source = f"chinesecalendar {version('chinesecalendar')}"
    announced = {day.year for day in chinese_calendar.constants.holidays} & set(
        range(first_year, last_year + 1)
    )
    stored = set(session.exec(select(col(WorkDay.day))).all())
    added = []
    for year in sorted(announced):
        missing = [day for day in days_of_year(year) if day not in stored]
        if missing:
            rows = [_seed(day, chinese_calendar, source) for day in missing]
            session.execute(sa.insert(table_of(WorkDay)), rows)
            added.append(year)
    if added:
        append(session, act, "calendar.seeded", source, {"source": source, "years": list(added)})
    return tuple(added)


def _seed(day: date, library: Any, source: str) -> dict[str, Any]:
    _, name = library.get_holiday_detail(day)
    return {"day": day, "works": library.is_workday(day), "name": name or "", "source": source}


def work_days(session: Session, first: date, last: date) -> tuple[date, ...]:
    """Working days from ``first`` to ``last``, both included, in order.

    Raises
    ------
    EngineError
        ``registers.calendar-unknown`` with the first year that the calendar does not know; ``calendar-order`` where
        the last day is before the first.
    """
    if last < first:
        raise EngineError("registers.calendar-order", first=first, last=last)
    query = (
        select(col(WorkDay.day), col(WorkDay.works))
        .where(col(WorkDay.day).between(first, last))
        .order_by(col(WorkDay.day))
    )
    found = dict(session.exec(query).all())
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        if day not in found:
            raise EngineError("registers.calendar-unknown", year=day.year, day=day.isoformat())
    return tuple(day for day, works in found.items() if works)


def known_years(session: Session) -> tuple[int, ...]:
    """Years of which the calendar has every day."""
    days = set(session.exec(select(col(WorkDay.day))).all())
    return tuple(year for year in sorted({day.year for day in days}) if days.issuperset(days_of_year(year)))
