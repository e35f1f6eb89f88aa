"""A line of the plan as the registers have it: its items in force, its terms, its bodies (计划任务核对)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from inspect_engine.errors import EngineError
from inspect_engine.lists.body import check_body
from inspect_engine.planning.eligible import Candidate, capped, frequent, in_scope
from inspect_engine.planning.in_force import version_in_force
from inspect_engine.planning.plans.form import LineSpec, PlanForm
from inspect_engine.planning.plans.limits import Pair, class_of, end_of, place_of, yearly_cap
from inspect_engine.planning.plans.so_far import counted_until
from inspect_engine.planning.plans.terms import Terms, on_site, terms
from inspect_engine.planning.spec import Scope
from inspect_engine.registers.tables import Agency, ItemVersion, Region


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its items, its terms, and its bodies, each with the class under which it is planned."""

    spec: LineSpec
    items: Sequence[tuple[ItemVersion, str]]
    terms: Terms
    bodies: Sequence[tuple[Candidate, str]]


def read_line(session: Session, form: PlanForm, spec: LineSpec, ranges: Mapping[str, Pair]) -> Line:
    """Read what the registers say of a line; its errors are those of :func:`inspect_engine.planning.plans.bounds.build`."""
    _check_places(session, form, spec)
    items = items_of(session, spec)
    agencies = [d.agency for d in spec.departments]
    found = in_scope(session, _scope(session, form, spec))
    # Whom the plan itself has drawn stays in the base: it counts among what is done.
    until = counted_until(session, form)
    gone = frequent(session, [version for version, _ in items], until)
    if on_site(spec):
        gone |= capped(session, agencies, form.year, yearly_cap(session, form), until)
    bodies = [(one, class_of(one, form.year)) for one in found if one.live and one.id not in gone]
    if not bodies:
        raise EngineError("plans.nobody-in-scope", task=spec.code, scope=len(found))
    return Line(spec, items, terms(spec, items, ranges), bodies)


def _scope(session: Session, form: PlanForm, spec: LineSpec) -> Scope:
    """The line's scope, or all that the operator answers for."""
    return (
        spec.scope
        if spec.scope.regions
        else spec.scope.model_copy(update={"regions": (place_of(session, form),)})
    )


def _check_places(session: Session, form: PlanForm, spec: LineSpec) -> None:
    end = end_of(session, form)
    for number, batch in enumerate(spec.batches, 1):
        if batch.last > end:
            raise EngineError("plans.after-end", task=spec.code, batch=number, last=batch.last, end=end)
    months = [month for batch in spec.batches for month in batch.months]
    if len(months) > len(set(months)):
        raise EngineError("plans.batch-overlap", task=spec.code)
    for region in spec.scope.regions:
        if session.get(Region, region) is None:
            raise EngineError("plans.unknown-region", task=spec.code, region=region)
    for one in spec.departments:
        agency = session.get(Agency, one.agency)
        if agency is None:
            raise EngineError("plans.unknown-agency", agency=one.agency)
        if agency.department != one.department:
            raise EngineError(
                "plans.department-name",
                task=spec.code,
                agency=one.agency,
                given=one.department,
                registered=agency.department,
            )


def items_of(session: Session, spec: LineSpec) -> list[tuple[ItemVersion, str]]:
    """Versions that are in force over a line's whole window, each with its department (清单之外无检查).

    Raises
    ------
    EngineError
        ``plans.item-not-in-force``, also for an item that is repealed in the middle of the window;
        ``plans.item-department``; those of :func:`inspect_engine.lists.body.check_body`.
    """
    ordered = sorted(
        spec.departments, key=lambda one: one.host
    )  # of two agencies of one department the host acts
    departments = {one.department: one.agency for one in ordered}
    host = ordered[-1].department
    found = []
    for named in spec.items:
        code, _, department = named.partition("@")
        if department and department not in departments:
            raise EngineError("plans.item-department", task=spec.code, item=code, department=department)
        first, last = spec.window
        version = version_in_force(session, code, first, last)
        if version is None:
            raise EngineError("plans.item-not-in-force", task=spec.code, item=code, first=first, last=last)
        check_body(session, spec.code, departments[department or host], version, spec.window)
        found.append((version, department or host))
    return found


def check_extra(form: PlanForm, lines: Sequence[Line]) -> None:
    """Refuse officer-days of a region or a skill that no task of the plan takes: a misspelt one would be lost in silence.

    Raises
    ------
    EngineError
        ``plans.extra-region``, ``plans.extra-skill``, with what the plan has.
    """
    regions = {one.region for line in lines for one, _ in line.bodies}
    skills = {work.skill for line in lines for work in line.terms.work}
    for one in form.means:
        if one.region not in regions:
            raise EngineError("plans.extra-region", region=one.region, known="、".join(sorted(regions)))
        if one.skill not in skills:
            raise EngineError("plans.extra-skill", skill=one.skill, known="、".join(sorted(skills)))
