"""The calendar of a draw (排期): which days its routes may take, and what is there on each, as the solver wants it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from fractions import Fraction
from typing import Literal

from sqlmodel import Session

from inspect_engine.drawing.changing import change_rows
from inspect_engine.drawing.steps import region_of, rows_of, spec_of
from inspect_engine.drawing.tables import Draw
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import JointDays
from inspect_engine.registers.calendar import work_days
from inspect_engine.rules import rule_on
from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.routes import quiet_days
from solver.dates.problem import Outing, Problem
from solver.dr1.eligibility import Officer, apply_changes, officers_of

#: House rules of the dates that a bureau may set aside for one draw: no two routes a day in one street, the days of the
#: week for joint visits, busy seasons. Windows and officers are no such rules.
Aside = Literal["streets", "joint-days", "seasons"]


def days_left(session: Session, draw: Draw, today: date) -> list[date]:
    """Working days of the draw's windows that are still to come.

    Raises
    ------
    EngineError
        ``registers.calendar-unknown`` for a year that the calendar does not know yet.
    """
    windows = [task.window for task in spec_of(draw).tasks]
    days = work_days(session, min(first for first, _ in windows), max(last for _, last in windows))
    return [day for day in days if day > today]


def refuse_closed(days: Sequence[date], drafts: Sequence[VisitDraft]) -> None:
    """Refuse where a visit has no working day left in its window.

    Raises
    ------
    EngineError
        ``drawing.window-passed``.
    """
    for draft in drafts:
        if not any(draft.window[0] <= day <= draft.window[1] for day in days):
            raise EngineError("drawing.window-passed", first=draft.window[0], last=draft.window[1])


def officers_now(session: Session, draw: Draw) -> list[Officer]:
    """The frozen pool with the changes recorded since."""
    return apply_changes(officers_of(rows_of(session, draw, "1-pool.jsonl")), change_rows(session, draw))


def barred_pairs(session: Session, draw: Draw) -> frozenset[tuple[str, str]]:
    """Relations between officers and bodies; those between two officers bind a team, and no day."""
    rows = rows_of(session, draw, "1-relations.jsonl")
    return frozenset((str(row["officer"]), str(row["with"])) for row in rows if row["ground"] != "kin")


def problem_of(
    session: Session,
    draw: Draw,
    days: Sequence[date],
    outings: Sequence[Outing],
    *,
    aside: Collection[Aside] = (),
) -> Problem:
    """The dates' problem of a draw: its routes, its pool with leave, its busy seasons and its rule of streets."""
    spec = spec_of(draw)
    seasons = rule_on("busy-seasons", days[0], region_of(session, draw.operator)).value
    quiet = {} if "seasons" in aside else quiet_days(seasons, days)
    return Problem(
        days=tuple(days),
        outings=tuple(outings),
        officers=tuple(officers_now(session, draw)),
        barred=barred_pairs(session, draw),
        quiet={i: Fraction(ppm, 1_000_000) for i, ppm in quiet.items()},
        joint={} if "joint-days" in aside else joint_days(spec.joint_days, days),
        apart=not (spec.same_street or "streets" in aside),
    )


def joint_days(named: Sequence[JointDays], days: Sequence[date]) -> dict[str, frozenset[int]]:
    """Days on which a department that named its days of the week is free for joint visits."""
    return {
        one.department: frozenset(i for i, day in enumerate(days) if day.isoweekday() in one.weekdays)
        for one in named
    }
