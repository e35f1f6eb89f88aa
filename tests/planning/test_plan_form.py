"""The plan form: what is refused, with which words, and that nothing else ever comes out of it."""

from __future__ import annotations

import tomllib
from collections import Counter
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.plans import demo_plan
from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.form import PlanForm, plan_of, read_plan, shown
from tests.planning.test_spec import HOSTILE

FORM = demo_plan()
LINES = FORM.splitlines()


def values(**changes: Any) -> dict[str, Any]:
    """The demo's form as plain values, with some of its top entries changed."""
    return deepcopy(tomllib.loads(FORM) | changes)


def task(code: str, **changes: Any) -> dict[str, Any]:
    """The form with one task changed; a change to None takes the entry out."""
    made = values()
    for line in made["tasks"]:
        if line["code"] == code:
            line.update(changes)
            for name in [name for name, value in changes.items() if value is None]:
                del line[name]
    return made


def _read(text: str) -> str:
    """Return the code of the refusal, or nothing where the form is taken; all else is let through."""
    try:
        assert isinstance(read_plan(text), PlanForm)
    except EngineError as error:
        assert error.message("zh")
        assert error.remedy("en")
        return error.code
    return ""


def test_the_demo_plan_is_taken() -> None:
    """The form that the mutations start from is lawful, so that a refusal is the mutation's."""
    assert _read(FORM) == ""


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    lines = list(LINES)
    at = draw(st.integers(0, len(lines) - 1))
    kind = draw(st.sampled_from(("value", "drop", "twice", "cut")))
    if kind == "value" and "=" in lines[at]:
        lines[at] = f"{lines[at].split('=')[0]}= {draw(st.sampled_from(HOSTILE))}"
    elif kind == "drop":
        del lines[at]
    elif kind == "twice":
        lines.insert(at, lines[at])
    else:
        lines[at] = lines[at][: draw(st.integers(0, len(lines[at])))]
    return "\n".join(lines)


def test_a_mutated_form_is_taken_or_refused_with_a_code() -> None:
    """Whatever is done to a plan form, it is taken whole or refused by plans.form or plans.form-toml, never anything else."""
    seen: Counter[str] = Counter()

    @settings(deadline=None)
    @given(_mutated())
    def law(text: str) -> None:
        code = _read(text)
        assert code in {"", "plans.form", "plans.form-toml"}
        seen[code] += 1

    law()
    assert all(seen[code] for code in ("", "plans.form", "plans.form-toml"))


WRONG: dict[str, dict[str, Any]] = {
    "two tasks of one code": values(tasks=[*values()["tasks"], values()["tasks"][0]]),
    "no task": values(tasks=[]),
    "a field nobody knows": values(colour="red"),
    "a batch in another year": task("T08", batches=[{"first": date(2025, 4, 1), "last": date(2025, 5, 1)}]),
    "a batch over the year's end": task(
        "T08", batches=[{"first": date(2026, 12, 1), "last": date(2027, 1, 5)}]
    ),
    "a batch backwards": task("T08", batches=[{"first": date(2026, 5, 1), "last": date(2026, 4, 1)}]),
    "no batch": task("T08", batches=[]),
    "a month thirteen": task("T05", busy=[13]),
    "two hosts": task("T08", departments=[{"department": "市监", "agency": "x", "host": True}] * 2),
    "no host": task("T08", departments=[{"department": "市监", "agency": "x"}]),
    "one slot": task("T08", departments=[{"department": "市监", "agency": "x", "host": True, "slots": 1}]),
    "a ratio over one": task("T06", ratio={"form": "exact", "value": "101%"}),
    "a ratio that is none": task("T06", ratio={"form": "exact", "value": "three"}),
    "a count that is none": task("T01", ratio={"form": "count", "value": "1.5"}),
    "an order with a ratio": task("T04", ratio={"form": "exact", "value": "50%"}),
    "a uniform slice without its ratio": task("T06", ratio=None),
    "a uniform slice with ranges": task("T06", ranges={"A": ["1%", "2%"]}),
    "a range of three": task("T08", ranges={"A": ["1%", "2%", "3%"]}),
    "no width": values(width="0%"),
    "held back more than all": values(held_back="120%"),
    "officers of no month": values(means=[{"region": "x", "skill": "市监", "month": 0, "days": 1}]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_contradiction_within_the_form_is_refused(name: str) -> None:
    """Each thing that a form alone can be wrong about is refused with its place, before any register is read."""
    with pytest.raises(EngineError) as refused:
        plan_of(WRONG[name])
    assert refused.value.code == "plans.form"
    assert refused.value.params["place"]


def test_a_form_is_the_same_after_storing() -> None:
    """What a version keeps of its form reads back as the very form."""
    form = read_plan(FORM)
    assert plan_of(form.model_dump(mode="json")) == form


@given(st.integers(0, 1_000_000))
def test_a_shown_share_is_the_share(part: int) -> None:
    """Shown to four digits, a share of parts per million reads back as itself."""
    from inspect_engine.planning.plans.form import ppm

    assert ppm(shown(part, 4)) == part
