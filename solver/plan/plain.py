"""A problem as plain values and back (建模数据的存取), so that a plan keeps what its numbers rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from typing import Any

from solver.plan.problem import Batch, Done, Group, Means, Problem, Range, Rate, Task, Work

Plain = dict[str, Any]


def plain(value: object) -> Any:
    """Turn dataclasses, tuples, sets and fractions into what JSON has; sets in order, so that equals give equals."""
    match value:
        case Fraction():
            return str(value)
        case frozenset():
            return sorted(value)
        case tuple():
            return [plain(one) for one in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def problem_of(values: Mapping[str, Any]) -> Problem:
    """Build a problem from what :func:`plain` made of it."""
    return Problem(
        **{
            **values,
            "classes": tuple(values["classes"]),
            "tasks": tuple(map(_task, values["tasks"])),
            "groups": tuple(map(_group, values["groups"])),
            "ranges": tuple(Range(**one) for one in values["ranges"]),
            "means": tuple(Means(**{**one, "skills": frozenset(one["skills"])}) for one in values["means"]),
            "rates": tuple(Rate(**one) for one in values["rates"]),
            "done": tuple(Done(**one) for one in values["done"]),
        }
    )


def _task(values: Plain) -> Task:
    return Task(
        **{
            **values,
            "agencies": tuple(values["agencies"]),
            "work": tuple(Work(**one) for one in values["work"]),
            "batches": tuple(Batch(**{**one, "months": tuple(one["months"])}) for one in values["batches"]),
            "busy": frozenset(values["busy"]),
            "ranges": tuple(Range(**one) for one in values["ranges"]),
            "per_year": Fraction(values["per_year"]),
        }
    )


def _group(values: Plain) -> Group:
    made = tuple((str(agency), int(visits)) for agency, visits in values["visits_made"])
    return Group(**{**values, "tasks": frozenset(values["tasks"]), "visits_made": made})
