"""``plan solve``: the model decides how many, of whom and when (求解); what it says is kept with what it rests on.

Three steps, so that no lock is held while a solver works: :func:`ready` reads, ``solver.plan`` thinks, :func:`keep` writes,
and refuses if the draft was changed in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.planning.plans.bounds import Built, build
from inspect_engine.planning.plans.drafting import find_plan, form_of, latest, lines_of
from inspect_engine.planning.plans.tables import Plan, PlanCell, PlanNumber, PlanState, PlanVersion
from solver.dr1.encoding import hexdigest
from solver.plan.errors import PlanError
from solver.plan.lawful import violations
from solver.plan.plain import plain, problem_of
from solver.plan.problem import Problem, cells, check
from solver.plan.result import Number, Solved


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft that can be solved: its version, the digest of its form, and what the registers give."""

    plan: str
    version: int
    form: str
    built: Built


def ready(session: Session, code: str, act: Act) -> Ready:
    """Read the registers for the plan's draft.

    Raises
    ------
    EngineError
        ``plans.stage`` where there is no draft; those of :func:`inspect_engine.planning.plans.bounds.build`, and the
        model's own of what is no problem at all (``plans.region-without-officers`` and the like).
    """
    plan = find_plan(session, code)
    version = draft_of(session, plan)
    built = build(session, form_of(version), act.local_day)
    refuse_no_problem(built.problem)
    return Ready(plan.code, version.number, _digest(version), built)


def refuse_no_problem(problem: Problem) -> None:
    """Turn the model's refusal of its data into the engine's words."""
    try:
        check(problem)
    except PlanError as error:
        raise EngineError(f"plans.{error.code}", **error.params) from error


def draft_of(session: Session, plan: Plan) -> PlanVersion:
    """The plan's draft; raises ``plans.no-draft``."""
    version = latest(session, plan)
    if version.state is not PlanState.draft:
        raise EngineError("plans.no-draft", plan=plan.code, version=version.number, state=version.state.value)
    return version


def keep(session: Session, made: Ready, solved: Solved, act: Act) -> PlanVersion:
    """Store the numbers that the model found for a draft, in place of any before.

    Raises
    ------
    EngineError
        ``plans.changed-meanwhile``; ``plans.no-draft``.
    """
    plan = find_plan(session, made.plan)
    version = draft_of(session, plan)
    if (version.number, _digest(version)) != (made.version, made.form):
        raise EngineError("plans.changed-meanwhile", plan=plan.code)
    faults = violations(made.built.problem, solved.numbers)
    if faults:
        raise AssertionError(f"the model broke {faults[0]}")
    _store_numbers(session, version, made.built.problem, solved)
    version.problem = plain(made.built.problem)
    version.answer = {
        "aims": [plain(aim) for aim in solved.aims],
        "by": act.actor,
        "day": act.local_day.isoformat(),
        "drawn": sum(n.take for n in _year(made.built.problem, solved)),
        "unseen": dict(made.built.unseen),
    }
    session.add(version)
    append(
        session,
        act,
        "plan.solved",
        plan.code,
        {
            "drawn": version.answer["drawn"],
            "numbers": numbers_digest(solved.numbers),
            "version": version.number,
        },
    )
    session.flush()
    return version


def solved_problem(version: PlanVersion) -> Problem:
    """What a solved version's numbers rest on; raises ``plans.not-solved``."""
    if version.problem is None:
        raise EngineError("plans.not-solved", plan=version.plan_id, version=version.number)
    return problem_of(version.problem)


def numbers_of(session: Session, version: PlanVersion) -> tuple[Number, ...]:
    """The numbers of a version in order, those of months that were past when it was solved left out."""
    first = version.problem["first_month"] if version.problem else 1
    found = [
        Number(line.code, one.risk_class, one.region, one.month, one.take)
        for line in lines_of(session, version)
        for one in session.exec(select(PlanNumber).where(PlanNumber.line_id == line.id))
        if one.month >= first
    ]
    return tuple(sorted(found))


def numbers_digest(numbers: tuple[Number, ...]) -> str:
    """SHA-256 of the numbers in order, by which two plans are told apart."""
    rows = "\n".join(f"{n.task} {n.risk_class} {n.region} {n.month} {n.take}" for n in sorted(numbers))
    return hexdigest(rows.encode())


def _year(problem: Problem, solved: Solved) -> list[Number]:
    """All numbers of the year, those of past months first."""
    past = [Number(d.task, d.risk_class, d.region, d.month, d.take) for d in problem.done]
    return [*past, *solved.numbers]


def _digest(version: PlanVersion) -> str:
    return hexdigest(form_of(version).model_dump_json().encode())


def _store_numbers(session: Session, version: PlanVersion, problem: Problem, solved: Solved) -> None:
    ids = {line.code: line.id or 0 for line in lines_of(session, version)}
    for table in (PlanCell, PlanNumber):
        for line_id in ids.values():
            for row in session.exec(select(table).where(table.line_id == line_id)):
                session.delete(row)
    session.flush()
    rate = {(r.task, r.risk_class, r.region): r.rate for r in problem.rates}
    rows: list[Any] = [
        PlanCell(
            line_id=ids[cell.task.name],
            risk_class=cell.risk_class,
            region=cell.region,
            population=cell.population,
            rate=rate.get(cell.key, 0),
        )
        for cell in cells(problem)
    ]
    rows += [
        PlanNumber(line_id=ids[n.task], risk_class=n.risk_class, region=n.region, month=n.month, take=n.take)
        for n in _year(problem, solved)
        if n.take
    ]
    session.add_all(rows)
    session.flush()
