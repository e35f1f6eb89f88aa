"""The plan's limits (计划约束): its own where it may state them, or those of the rules in force on its first day."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session

from inspect_engine.errors import EngineError
from inspect_engine.planning.eligible import Candidate
from inspect_engine.planning.plans.form import PPM, PlanForm, ppm
from inspect_engine.registers.tables import Agency
from inspect_engine.rules import rule_on, rules_of

CLASSES = ("A", "B", "C", "D")
Pair = tuple[int, int]


def place_of(session: Session, form: PlanForm) -> str:
    """Region that the plan's operator answers for; rules of a place are found by it."""
    agency = session.get(Agency, form.operator)
    if agency is None:
        raise EngineError("plans.unknown-agency", agency=form.operator)
    return agency.region_code


def end_of(session: Session, form: PlanForm) -> date:
    """The plan's last day: its own, or the rule's."""
    if form.end is not None:
        return form.end
    month, day = rule_on("plan-end", date(form.year, 1, 1), place_of(session, form)).value
    return date(form.year, int(month), int(day))


def yearly_cap(session: Session, form: PlanForm) -> int:
    """On-site visits a year by one agency to one body: the form may ask for fewer than the law allows, never for more."""
    legal = int(rule_on("yearly-cap", date(form.year, 1, 1), place_of(session, form)).value)
    return min(form.yearly_cap or legal, legal)


def general_cap(session: Session, form: PlanForm) -> int:
    """Highest ratio of an ordinary item [ppm]: the form's, or the rule's of the place; all where there is neither."""
    if form.general_cap is not None:
        return ppm(form.general_cap)
    first, place = date(form.year, 1, 1), place_of(session, form)
    holding = [rule for rule in rules_of("general-ratio-cap") if rule.holds(first, place)]
    return int(rule_on("general-ratio-cap", first, place).value) if holding else PPM


def plan_ranges(session: Session, form: PlanForm) -> dict[str, Pair]:
    """Class → lowest and highest ratio over the year [ppm]: the form's, or the rule's."""
    rule = rule_on("class-ratios", date(form.year, 1, 1), place_of(session, form)).value
    ruled: dict[str, Pair] = {name: (int(pair[0]), int(pair[1])) for name, pair in rule.items()}
    return {name: form.ranges.stated().get(name, ruled[name]) for name in CLASSES}


def class_of(one: Candidate, year: int) -> str:
    """Class under which a body is planned: its own, or the rule's for those without one."""
    return one.risk_class or str(rule_on("unclassified-as", date(year, 1, 1)).value)
