"""``plan new`` and ``plan change``: a form becomes a draft, checked against the registers (编制与调整)."""

from __future__ import annotations

from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.planning.plans.form import PlanForm
from inspect_engine.planning.plans.limits import place_of, plan_ranges
from inspect_engine.planning.plans.lines import check_extra, read_line
from inspect_engine.planning.plans.tables import Plan, PlanCell, PlanLine, PlanNumber, PlanState, PlanVersion
from inspect_engine.rules import edition
from solver.dr1.encoding import hexdigest

#: States from which a plan goes on: whatever comes later stands beside it as a draft.
_OPEN = (PlanState.draft, PlanState.approved)


def new_plan(session: Session, form: PlanForm, act: Act) -> PlanVersion:
    """Store a plan's first version as a draft.

    Raises
    ------
    EngineError
        ``plans.plan-exists``, and those of :func:`inspect_engine.planning.plans.lines.read_line`.
    """
    taken = select(Plan).where(
        (col(Plan.code) == form.plan)
        | ((col(Plan.operator) == form.operator) & (col(Plan.year) == form.year))
    )
    if (found := session.exec(taken).first()) is not None:
        raise EngineError("plans.plan-exists", plan=found.code, year=found.year)
    place = place_of(session, form)
    plan = Plan(code=form.plan, year=form.year, operator=form.operator, region_code=place)
    session.add(plan)
    session.flush()
    return _draft(session, plan, form, 1, act)


def change_plan(session: Session, form: PlanForm, act: Act) -> PlanVersion:
    """Store a changed form as the plan's next version; what is in force stays so until the new one is filed.

    A draft that was not approved yet is written over by the next one, and both stand in the log.

    Raises
    ------
    EngineError
        ``plans.ground-needed``, ``plans.unknown-plan``, ``plans.identity`` where the form is another bureau's or year's,
        ``plans.change-open`` while an approved version waits for its filing.
    """
    if not act.ground.strip():
        raise EngineError("plans.ground-needed", plan=form.plan)
    plan = find_plan(session, form.plan)
    if (plan.year, plan.operator) != (form.year, form.operator):
        raise EngineError("plans.identity", plan=plan.code, year=plan.year, operator=plan.operator)
    last = latest(session, plan)
    if last.state is PlanState.approved:
        raise EngineError("plans.change-open", plan=plan.code, version=last.number)
    if last.state is PlanState.draft:
        _clear(session, last)
        return _fill(session, plan, last, form, act)
    return _draft(session, plan, form, last.number + 1, act)


def find_plan(session: Session, code: str) -> Plan:
    """Read a plan by its code, or by its year where one bureau alone has a plan of it.

    Raises
    ------
    EngineError
        ``plans.unknown-plan``, ``plans.which-plan`` where several bureaus have a plan of the year.
    """
    query = select(Plan).where(col(Plan.code) == code)
    if (found := session.exec(query).first()) is not None:
        return found
    is_year = len(code) == 4 and code.isascii() and code.isdecimal()
    of_year = session.exec(select(Plan).where(col(Plan.year) == int(code))).all() if is_year else []
    if not of_year:
        raise EngineError("plans.unknown-plan", plan=code)
    if len(of_year) > 1:
        raise EngineError("plans.which-plan", year=code, plans=", ".join(sorted(p.code for p in of_year)))
    return of_year[0]


def latest(session: Session, plan: Plan) -> PlanVersion:
    """The plan's newest version, whatever its state."""
    query = (
        select(PlanVersion)
        .where(col(PlanVersion.plan_id) == plan.id)
        .order_by(col(PlanVersion.number).desc())
    )
    return session.exec(query.limit(1)).one()


def form_of(version: PlanVersion) -> PlanForm:
    """The form of a version, as it was accepted."""
    return PlanForm.model_validate(version.form)


def lines_of(session: Session, version: PlanVersion) -> list[PlanLine]:
    """Lines of a version in the form's order."""
    query = select(PlanLine).where(col(PlanLine.version_id) == version.id).order_by(col(PlanLine.number))
    return list(session.exec(query))


def _draft(session: Session, plan: Plan, form: PlanForm, number: int, act: Act) -> PlanVersion:
    version = PlanVersion(
        plan_id=plan.id or 0,
        number=number,
        form={},
        ground=act.ground,
        made_by=act.actor,
        made_at=act.at,
        rules_edition=edition(),
    )
    return _fill(session, plan, version, form, act)


def _fill(session: Session, plan: Plan, version: PlanVersion, form: PlanForm, act: Act) -> PlanVersion:
    _check(session, form)
    version.form = form.model_dump(mode="json")
    version.problem = version.answer = None
    version.ground, version.made_by, version.made_at = act.ground, act.actor, act.at
    session.add(version)
    session.flush()
    for number, line in enumerate(form.tasks, 1):
        session.add(
            PlanLine(
                version_id=version.id or 0,
                number=number,
                code=line.code,
                name=line.name,
                body=line.model_dump(mode="json"),
            )
        )
    append(
        session,
        act,
        "plan.drafted",
        plan.code,
        {
            "form": hexdigest(form.model_dump_json().encode()),
            "tasks": len(form.tasks),
            "version": version.number,
            "year": plan.year,
        },
    )
    session.flush()
    return version


def _check(session: Session, form: PlanForm) -> None:
    """Every line stands on the registers: items in force, agencies, regions, somebody in scope."""
    ranges = plan_ranges(session, form)
    lines = [read_line(session, form, line, ranges) for line in form.tasks]
    check_extra(form, lines)


def _clear(session: Session, version: PlanVersion) -> None:
    for line in lines_of(session, version):
        for table in (PlanCell, PlanNumber):
            for row in session.exec(select(table).where(col(table.line_id) == line.id)):
                session.delete(row)
        session.flush()
        session.delete(line)
    session.flush()
