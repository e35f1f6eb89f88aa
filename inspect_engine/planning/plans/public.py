"""The plan as the public reads it (计划公告): what is inspected, by whom, when and how many; never a class or a region's cell.

A plan's numbers by class would tell which class is drawn how much, and a class is shown to nobody; so a line shows its base,
its whole number and the months. The ground of a version is public: a change of a plan is published with its reason.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.planning.plans.drafting import form_of, lines_of
from inspect_engine.planning.plans.form import LineSpec, TaskSource, shown
from inspect_engine.planning.plans.layouts import LineTotals
from inspect_engine.planning.plans.tables import Plan, PlanCell, PlanNumber, PlanVersion
from inspect_engine.planning.tables import Method, TaskKind
from inspect_engine.registers.tables import Agency

_METHODS = {Method.onsite: "现场检查", Method.paper: "书面检查", Method.network: "网络监测"}
_SOURCES = {TaskSource.own: "本级", TaskSource.superior: "上级部署"}
_KINDS = {TaskKind.set: "抽取对象", TaskKind.order: "抽取批次次序", TaskKind.uniform: "均匀抽样"}


def totals(session: Session, version: PlanVersion) -> dict[str, LineTotals]:
    """Line → its totals."""
    found = {}
    for line in lines_of(session, version):
        cells = session.exec(select(PlanCell.population).where(col(PlanCell.line_id) == line.id)).all()
        months: Counter[int] = Counter()
        for one in session.exec(select(PlanNumber).where(col(PlanNumber.line_id) == line.id)):
            months[one.month] += one.take
        found[line.code] = LineTotals(sum(cells), sum(months.values()), dict(sorted(months.items())))
    return found


def public_plan(session: Session, version: PlanVersion) -> dict[str, Any]:
    """The plan's public data, the same for the same version."""
    plan, form = session.get_one(Plan, version.plan_id), form_of(version)
    numbers = totals(session, version)
    return {
        "plan": plan.code,
        "title": form.title,
        "year": plan.year,
        "agency": session.get_one(Agency, plan.operator).name,
        "version": version.number,
        "ground": version.ground,
        "filing": {
            "number": version.filing_number,
            "authority": version.filed_with,
            "day": _iso(version.filed_on),
        },
        "tasks": [_task(line, numbers[line.code]) for line in form.tasks],
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


def _task(line: LineSpec, numbers: LineTotals) -> dict[str, Any]:
    host = next(d.department for d in line.departments if d.host)
    scope = line.scope
    return {
        "code": line.code,
        "name": line.name,
        "items": [item.partition("@")[0] for item in line.items],
        "kind": _KINDS[line.kind],
        "targeted": bool(scope.kinds or scope.industries or scope.labels),
        "source": _SOURCES[line.source],
        "scope": {
            "regions": list(scope.regions),
            "kinds": [kind.value for kind in scope.kinds],
            "industries": list(scope.industries),
            "labels": list(scope.labels),
        },
        "method": _METHODS[line.method],
        "host": host,
        "joiners": [d.department for d in line.departments if not d.host],
        "officers": sum(d.slots for d in line.departments),
        "batches": [[b.first.isoformat(), b.last.isoformat()] for b in line.batches],
        "population": numbers.population,
        "take": numbers.take,
        "ratio": shown(numbers.take * 1_000_000 // numbers.population) if numbers.population else "0%",
        "by_month": {str(month): take for month, take in numbers.by_month.items()},
        "publish_list": line.publish_list,
        "note": line.note,
    }


def versions_of(session: Session, plan: Plan) -> list[dict[str, Any]]:
    """The trail of a plan's versions (变更留痕), the first one first."""
    query = select(PlanVersion).where(col(PlanVersion.plan_id) == plan.id).order_by(col(PlanVersion.number))
    return [
        {
            "version": one.number,
            "state": one.state.value,
            "ground": one.ground,
            "made_by": one.made_by,
            "made_at": one.made_at.isoformat(),
            "filing_number": one.filing_number,
            "filed_on": _iso(one.filed_on),
            "published_at": one.published_at.isoformat() if one.published_at else None,
        }
        for one in session.exec(query)
    ]
