"""The page on the year's plan says what the form says."""

from __future__ import annotations

import re

import pytest

from inspect_engine.planning.plans import form as forms
from inspect_engine.planning.plans.form import read_plan
from tests.docs.pages import blocks, page, rows, section

PAGE = page("plan.md")


@pytest.mark.parametrize(
    ("head", "form"),
    [
        ("计划 · The plan", "PlanForm"),
        ("任务 · A task", "LineSpec"),
        ("[[tasks.batches]]", "BatchSpec"),
        ("[tasks.ratio]", "RatioSpec"),
        ("[ranges]", "ClassRanges"),
        ("[[means]]", "ExtraMeans"),
    ],
)
def test_every_field_of_the_plan_form_stands_in_its_table(head: str, form: str) -> None:
    """Each table of the page names just the fields of its part of the form, and marks those that are needed."""
    fields = getattr(forms, form).model_fields
    part = section(PAGE, head)
    if head == "任务 · A task":
        part = part[: part.index("\n### ")]
    told = {name: row for row in rows(part) for name in re.findall(r"`(\w+)`", row[0])}
    assert set(told) == set(fields)
    if form != "ClassRanges":
        needed = {name for name, row in told.items() if row[1] == "是"}
        assert needed == {name for name, field in fields.items() if field.is_required()}


def test_the_example_plan_is_read_and_shows_every_field() -> None:
    """The full example is one that ``plan new`` reads, and every field of the form stands in it."""
    example = blocks(PAGE, "toml")[0]
    assert read_plan(example).tasks
    given = set(re.findall(r"^(?:\[+)?(?:tasks\.)?(\w+)", example, re.MULTILINE))
    parts = (forms.PlanForm, forms.LineSpec, forms.BatchSpec, forms.RatioSpec, forms.ExtraMeans)
    assert {name for one in parts for name in one.model_fields} <= given
