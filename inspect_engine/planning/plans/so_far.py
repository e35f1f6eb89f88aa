"""What a plan has drawn when it is changed in its year (已执行部分): months that are past stay as they were filed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from inspect_engine.planning.plans.form import PlanForm
from inspect_engine.planning.plans.tables import Plan, PlanLine, PlanNumber, PlanState, PlanVersion
from inspect_engine.planning.tables import Task
from solver.plan.problem import Done


@dataclass(frozen=True, slots=True)
class SoFar:
    """The first month that is still open, and what the version in force draws before it."""

    first_month: int
    done: tuple[Done, ...]


def so_far(session: Session, form: PlanForm, day: date) -> SoFar:
    """Tell what of the form's year is past on a day.

    The month of the day is open until a draw of the plan was opened for it.
    """
    if day.year != form.year:
        return SoFar(1 if day.year < form.year else 13, ())
    first = day.month + _opened(session, form, day)
    rows = session.exec(
        select(PlanLine.code, PlanNumber)
        .join(PlanLine, col(PlanLine.id) == col(PlanNumber.line_id))
        .join(PlanVersion, col(PlanVersion.id) == col(PlanLine.version_id))
        .join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
        .where(
            col(Plan.code) == form.plan,
            col(PlanVersion.state).in_((PlanState.filed, PlanState.published)),
            col(PlanNumber.month) < first,
        )
        .order_by(
            col(PlanLine.number), col(PlanNumber.risk_class), col(PlanNumber.region), col(PlanNumber.month)
        )
    )
    return SoFar(
        first,
        tuple(
            Done(task=code, risk_class=n.risk_class, region=n.region, month=n.month, take=n.take)
            for code, n in rows
        ),
    )


def counted_until(session: Session, form: PlanForm) -> date:
    """Last day whose visits take a body out of the plan's base (基数).

    The year's last day for a plan that has not been in force yet. Once it has, the day before its first numbers were
    made: later visits are its own draws', and their bodies still belong to the base of its ratios. Visits of others since
    then are not told apart from them; the month's draw, which counts every visit, leaves out whom they bar.
    """
    answers = session.exec(
        select(PlanVersion.answer)
        .join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
        .where(
            col(Plan.code) == form.plan,
            col(PlanVersion.state).in_((PlanState.filed, PlanState.published, PlanState.replaced)),
        )
    )
    days = [date.fromisoformat(answer["day"]) for answer in answers if answer]
    last = date(form.year, 12, 31)
    # Frequencies are counted in the year of the day, and the year may not have begun when the numbers were made.
    return max(min(days) - timedelta(1), date(form.year, 1, 1)) if days else last


def _opened(session: Session, form: PlanForm, day: date) -> bool:
    query = (
        select(Task.id)
        .join(PlanLine, col(PlanLine.id) == col(Task.plan_line_id))
        .join(PlanVersion, col(PlanVersion.id) == col(PlanLine.version_id))
        .join(Plan, col(Plan.id) == col(PlanVersion.plan_id))
        .where(col(Plan.code) == form.plan, col(Task.month) == f"{day:%Y-%m}")
    )
    return session.exec(query).first() is not None
