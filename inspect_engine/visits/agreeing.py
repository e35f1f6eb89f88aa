"""A day and an hour agreed with the body (双预约), before routes are made; routes then keep to it.

Some places agree on days of rest too; here a visit is made on a working day of the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from inspect_engine.errors import EngineError
from inspect_engine.visits.tables import Visit


def agree(visit: Visit, named: str, day: date, at: time | None, days: Sequence[date]) -> None:
    """Note on a visit what was agreed; agreeing again replaces it.

    Parameters
    ----------
    named : str
        The visit's number, for words.
    at : datetime.time, optional
        When the visit begins; None leaves the hour to the route.
    days : sequence of datetime.date
        Working days of the visit's window that are left, ascending.

    Raises
    ------
    EngineError
        ``joint.desk`` for a visit that nobody makes on site, ``joint.outside-window``, ``joint.not-a-work-day``,
        ``joint.over-midnight`` for an hour after which the visit would not end on its day.
    """
    window = visit.window_first, visit.window_last
    if not visit.road:
        raise EngineError("joint.desk", visit=named)
    if not window[0] <= day <= window[1] or not days or day < days[0]:
        raise EngineError("joint.outside-window", visit=named, day=day, first=window[0], last=window[1])
    if day not in days:
        raise EngineError("joint.not-a-work-day", day=day, first=days[0], last=days[-1])
    if at is not None and at.hour * 60 + at.minute + visit.minutes > 24 * 60:
        raise EngineError("joint.over-midnight", visit=named, minutes=visit.minutes, at=f"{at:%H:%M}")
    visit.agreed_day, visit.agreed_at = day, at
