"""What can be done with the year's plan, in one place for the command line and the service."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.planning.plans.drafting import change_plan, find_plan, form_of, latest, lines_of, new_plan
from inspect_engine.planning.plans.explaining import explained, wording
from inspect_engine.planning.plans.monthly import month_form
from inspect_engine.planning.plans.public import public_plan, totals, versions_of
from inspect_engine.planning.plans.solving import Ready, keep, ready
from inspect_engine.planning.plans.stages import (
    NEXT,
    approve,
    file_plan,
    in_force,
    publish,
    versions_in_force,
)
from inspect_engine.planning.plans.tables import Plan, PlanState, PlanVersion
from inspect_engine.planning.undone import undone_of
from solver.plan.problem import Problem
from solver.plan.result import Impossible

__all__ = [
    "all_plans",
    "approve",
    "change_plan",
    "explain",
    "explain_for",
    "facts",
    "file_plan",
    "find_plan",
    "form_of",
    "in_force",
    "in_force_or",
    "keep",
    "latest",
    "month_form",
    "new_plan",
    "public_plan",
    "publish",
    "ready",
    "totals",
    "trail",
    "undone",
]


def facts(session: Session, version: PlanVersion) -> dict[str, Any]:
    """What is told of a version after each step."""
    plan = session.get_one(Plan, version.plan_id)
    unsolved = version.state is PlanState.draft and version.answer is None
    return {
        "plan": plan.code,
        "year": plan.year,
        "version": version.number,
        "state": version.state.value,
        "tasks": len(lines_of(session, version)),
        "drawn": version.answer["drawn"] if version.answer else "-",
        "filing": version.filing_number or "-",
        "next": "plan solve" if unsolved else NEXT[version.state],
    }


def in_force_or(session: Session, plan: Plan, other: PlanVersion) -> PlanVersion:
    """The version in force, or another where none was filed yet."""
    found = versions_in_force(session, plan)
    return found[0] if found else other


def all_plans(session: Session) -> list[dict[str, Any]]:
    """Every plan with its latest version, by year and code."""
    plans = session.exec(select(Plan).order_by(col(Plan.year), col(Plan.code)))
    return [facts(session, latest(session, plan)) for plan in plans]


def trail(session: Session, code: str) -> list[dict[str, Any]]:
    """The plan's versions, the first one first."""
    return versions_of(session, find_plan(session, code))


def undone(session: Session, version: PlanVersion) -> list[dict[str, Any]]:
    """What the lists in force on the first day of the plan's first batch ask for, and the plan leaves undone."""
    firsts = [batch["first"] for line in lines_of(session, version) for batch in line.body["batches"]]
    return [asdict(one) for one in undone_of(session, version, date.fromisoformat(min(firsts)))]


def explain_for(session: Session, code: str, problem: Problem, found: Impossible) -> dict[str, Any]:
    """Why a problem that was made from a plan's is impossible, and the remedies, in words."""
    version = latest(session, find_plan(session, code))
    return explained(found, wording(session, form_of(version), problem))


def explain(session: Session, made: Ready, found: Impossible) -> dict[str, Any]:
    """Why a plan is impossible, and the remedies, in words."""
    return explain_for(session, made.plan, made.built.problem, found)
