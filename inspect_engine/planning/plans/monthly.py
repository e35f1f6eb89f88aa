"""From the filed plan to a month's order form (按计划立项): the numbers are the plan's, and nobody may write others.

A line that draws in the month becomes one task: its window is the part of its batch that lies in the month, its numbers
are those of the plan for each class and region. Orders of batches are drawn once, in the month of their first batch, in a
draw of their own: their visits spread over the year, those of the month do not.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.drafting import find_plan, lines_of
from inspect_engine.planning.plans.form import LineSpec
from inspect_engine.planning.plans.stages import in_force
from inspect_engine.planning.plans.tables import Plan, PlanLine, PlanNumber, PlanState, PlanVersion
from inspect_engine.planning.spec import CellNumber, DrawSpec, Ratios, Scope, TaskSpec, spec_of_values
from inspect_engine.planning.tables import TaskKind

_DICE = ({"kind": "dice", "digits": 20},)


def month_form(
    session: Session, code: str, month: int, extra: Mapping[str, object], *, orders: bool = False
) -> DrawSpec:
    """Write the order form of a month of the plan in force.

    Parameters
    ----------
    extra : mapping
        What the plan does not say and a bureau may: ``draw_id``, ``after``, ``hash``, ``pair_cap``, ``seed``, ``exclusions``
        and the like. Seeds of 20 dice digits where nothing is said.
    orders : bool
        The orders of batches that begin in the month, in place of its other tasks.

    Raises
    ------
    EngineError
        ``plans.not-filed``, ``plans.month``, ``plans.nothing-in-month``, ``plans.extra-tasks``; ``planning.spec-form``.
    """
    if not 1 <= month <= 12:
        raise EngineError("plans.month", month=month)
    if "tasks" in extra:
        raise EngineError("plans.extra-tasks", plan=code)
    version, plan = in_force(session, code), find_plan(session, code)
    tasks = month_tasks(session, version, month, orders=orders)
    if not tasks:
        raise EngineError("plans.nothing-in-month", plan=plan.code, month=month)
    suffix = "-orders" if orders else ""
    return spec_of_values(
        {
            "draw_id": f"{plan.code}-{month:02d}{suffix}",
            "operator": plan.operator,
            "month": f"{plan.year}-{month:02d}",
            "seed": {"targets": _DICE, "officers": _DICE},
            **extra,
            "tasks": [task.model_dump(mode="json") for task in tasks],
        }
    )


def month_tasks(
    session: Session, version: PlanVersion, month: int, *, orders: bool = False
) -> list[TaskSpec]:
    """Tasks that a version draws in a month."""
    plan = session.get_one(Plan, version.plan_id)
    found = [
        task_of(session, line, plan.year, month)
        for line in lines_of(session, version)
        if (LineSpec.model_validate(line.body).kind is TaskKind.order) is orders
    ]
    return [task for task in found if task is not None]


def task_of(session: Session, line: PlanLine, year: int, month: int) -> TaskSpec | None:
    """The task of a line in a month; None where it draws nobody then."""
    spec = LineSpec.model_validate(line.body)
    numbers = session.exec(
        select(PlanNumber)
        .where(col(PlanNumber.line_id) == line.id, col(PlanNumber.month) == month)
        .order_by(col(PlanNumber.risk_class), col(PlanNumber.region))
    ).all()
    window = _window(spec, year, month)
    if window is None or not numbers or not sum(n.take for n in numbers):
        return None
    return TaskSpec(
        code=spec.code,
        name=spec.name,
        items=spec.items,
        kind=spec.kind,
        method=spec.method,
        window=window,
        batches=_batches(spec),
        group=spec.group,
        reserve=spec.reserve,
        substitutes=spec.substitutes,
        yearly_cap=spec.yearly_cap,
        publish_list=spec.publish_list,
        strata=("class", "region") if spec.kind is TaskKind.set else (),
        plan_line=line.id,
        scope=_scope(session, line, spec),
        ratios=_ratios(spec, numbers),
        departments=spec.departments,
    )


def _scope(session: Session, line: PlanLine, spec: LineSpec) -> Scope:
    """The line's scope; without regions it is the plan's."""
    if spec.scope.regions:
        return spec.scope
    version = session.get_one(PlanVersion, line.version_id)
    place = session.get_one(Plan, version.plan_id).region_code
    return spec.scope.model_copy(update={"regions": (place,)})


def _window(spec: LineSpec, year: int, month: int) -> tuple[date, date] | None:
    """The part of the line's batches that lies in the month; of an order, all of them from the month of the first."""
    if spec.kind is TaskKind.order:
        return spec.window if spec.window[0].month == month else None
    first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
    parts = [(max(b.first, first), min(b.last, last)) for b in spec.batches]
    inside = [part for part in parts if part[0] <= part[1]]
    if not inside:
        return None
    return min(part[0] for part in inside), max(part[1] for part in inside)


def _batches(spec: LineSpec) -> tuple[tuple[date, date], ...]:
    return tuple((b.first, b.last) for b in spec.batches) if spec.kind is TaskKind.order else ()


def _ratios(spec: LineSpec, numbers: Sequence[PlanNumber]) -> Ratios:
    if spec.kind is TaskKind.order:
        return Ratios(form="exact", all="100%")
    if spec.kind is TaskKind.uniform:
        return Ratios(form="count", all=str(sum(n.take for n in numbers)))
    return Ratios(
        form="planned",
        cells=tuple(
            CellNumber.model_validate({"risk_class": n.risk_class, "region": n.region, "take": n.take})
            for n in numbers
        ),
    )


def check_line(session: Session, task: TaskSpec, operator: str, month: str) -> None:
    """Refuse a task that names a plan line but is not what the plan in force says of it.

    Raises
    ------
    EngineError
        ``planning.no-plan`` where the line is no line of a filed plan of the operator; ``planning.not-the-plan`` with the
        first field that differs.
    """
    line = session.get(PlanLine, task.plan_line)
    version = session.get(PlanVersion, line.version_id) if line else None
    plan = session.get(Plan, version.plan_id) if version else None
    if line is None or version is None or plan is None or plan.operator != operator:
        raise EngineError("planning.no-plan", task=task.code)
    if version.state not in (PlanState.filed, PlanState.published):
        raise EngineError("planning.no-plan", task=task.code)
    said = task_of(session, line, plan.year, int(month[5:])) if month[:4] == str(plan.year) else None
    if said is None:
        raise EngineError("planning.not-in-month", task=task.code, plan=plan.code, month=month)
    for field in TaskSpec.model_fields:
        if getattr(task, field) != getattr(said, field):
            raise EngineError("planning.not-the-plan", task=task.code, plan=plan.code, field=field)
