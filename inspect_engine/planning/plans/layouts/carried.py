"""What a layout carries (表式所载): a plan form as it comes back from a sheet in that layout."""

from __future__ import annotations

from typing import Any

from inspect_engine.planning.plans.form import LineSpec, PlanForm
from inspect_engine.planning.plans.layouts.columns import COLUMNS
from inspect_engine.planning.plans.layouts.departments import items_by_department, two_slots
from inspect_engine.planning.plans.layouts.layout import Layout


def carried_fields(layout: Layout) -> frozenset[str]:
    """Fields of a line that a layout carries; bureaus' layouts give every department two slots and new codes to lines."""
    found = {field for name in layout.columns if name in COLUMNS for field in COLUMNS[name].carries}
    if layout.rows == "department":
        found |= {"departments", "items"}
    return frozenset(found if layout.public else found | {"ranges"})


def carried(form: PlanForm, layout: Layout) -> PlanForm:
    """The form as a layout carries it: all of it in the complete one; elsewhere the rest is as if nobody had said it.

    Reading what :func:`write_sheet` wrote gives this form.
    """
    if not layout.public:
        return form
    fields = carried_fields(layout)
    tasks = [_line(line, layout, fields, number) for number, line in enumerate(form.tasks, start=1)]
    head = {name: getattr(form, name) for name in ("plan", "title", "year", "operator")}
    return PlanForm.model_validate(head | {"tasks": tuple(tasks)})


def _line(line: LineSpec, layout: Layout, fields: frozenset[str], number: int) -> LineSpec:
    values: dict[str, Any] = {name: getattr(line, name) for name in fields}
    by_row = layout.rows == "department"
    values["code"] = f"{number:03d}"
    values["items"] = items_by_department(line) if by_row else tuple(dict.fromkeys(line.items))
    departments = two_slots(line.departments)
    values["departments"] = departments if by_row else tuple(sorted(departments, key=lambda d: not d.host))
    return LineSpec.model_validate(values)
