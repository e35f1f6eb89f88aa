"""The order form: what is refused, with which words, and that nothing else ever comes out of it."""

from __future__ import annotations

import tomllib
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.tasks import Party, demo_form
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import DrawSpec, read_spec, share
from solver.dr1.seed import share_commitment

FORM = demo_form([Party("纪检监察组", share_commitment("纪检监察组", "ab" * 32))])
LINES = FORM.splitlines()

#: Values that have broken readers elsewhere: wrong kinds, signs, sizes, times, text that no hash takes.
HOSTILE = (
    *(
        '""',
        '" "',
        '"\\u0000"',
        '"\\n"',
        '"é"',
        '"1/0"',
        '"0/0"',
        '"1e9999999999"',
        '"-1"',
        '"nan"',
        '"１％"',
    ),
    *("0", "-1", "1", "9" * 30, "1.5", "nan", "inf", "true", "[]", "{}", '["a"]', "[[[[]]]]", "2026-12-03"),
    *("2026-12-03T10:00:00Z", '["2026-12-31", "2026-12-03"]', '["0000-00-00", "9999-99-99"]', "{ a = 1 }"),
)


def _read(text: str) -> str:
    """Return the code of the refusal, or nothing where the form is taken; all else is let through."""
    try:
        assert isinstance(read_spec(text), DrawSpec)
    except EngineError as error:
        assert error.message("zh")
        assert error.message("en")
        assert error.remedy("en")
        return error.code
    return ""


def test_the_demo_form_is_taken() -> None:
    """The form that the mutations start from is lawful, so that a refusal is the mutation's."""
    assert _read(FORM) == ""


@st.composite
def _mutated(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        name, equals, _ = lines[at].partition(" = ")
        kind = draw(st.sampled_from(["value", "value", "value", "drop", "twice", "text"]))
        if kind == "value" and equals:
            lines[at] = f"{name} = {draw(st.sampled_from(HOSTILE))}"
        elif kind == "drop":
            del lines[at]
        elif kind == "twice":
            lines.insert(at, lines[at])
        else:
            place = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:place] + draw(st.text(max_size=3)) + lines[at][place:]
    return "\n".join(lines)


def test_a_spoilt_form_is_taken_or_refused_and_never_crashes() -> None:
    """Whatever is written into the form, out comes an order or a refusal with a code and words."""
    seen: Counter[str] = Counter()

    @settings(derandomize=True, max_examples=400)
    @given(_mutated())
    def law(text: str) -> None:
        seen[_read(text)] += 1

    law()
    assert set(seen) == {"", "planning.spec-toml", "planning.spec-form"}
    assert min(seen.values()) > 10


@pytest.mark.parametrize("value", HOSTILE)
def test_no_hostile_value_crashes_any_entry(value: str) -> None:
    """Each entry of the form with this value: an order or a refusal (bad input, issue's last line)."""
    codes: Counter[str] = Counter()
    for line in dict.fromkeys(LINES):
        name, equals, _ = line.partition(" = ")
        if equals:
            codes[_read(FORM.replace(line, f"{name} = {value}", 1))] += 1
    assert codes["planning.spec-form"] + codes["planning.spec-toml"] > 20


def _form() -> dict[str, Any]:
    return tomllib.loads(FORM)


def _task(**changes: Any) -> dict[str, Any]:
    form = _form()
    form["tasks"][0] |= changes
    return form


_ONE = {"ground": "g", "asked_by": "甲", "decided_by": "甲"}
_OUT = {
    "key": "k",
    "task": "T01",
    "ground": "under-case",
    "evidence": "e",
    "asked_by": "甲",
    "decided_by": "乙",
}

#: A fault each, and what is wrong with it.
REFUSED: dict[str, dict[str, Any]] = {
    "an unknown entry": _form() | {"redraw": True},
    "no tasks": _form() | {"tasks": []},
    "no such month": _form() | {"month": "2026-13"},
    "an unknown hash": _form() | {"hash": "md5"},
    "a cap of nothing": _form() | {"pair_cap": "0%"},
    "a cap above one": _form() | {"pair_cap": "101%"},
    "a day of 13 hours": _form() | {"day_minutes": 780},
    "a code twice": _form() | {"tasks": [_form()["tasks"][0]] * 2},
    "an exclusion of no task": _form() | {"exclusions": [_OUT | {"task": "T99"}]},
    "an exclusion by one person": _form() | {"exclusions": [_OUT | {"decided_by": "甲"}]},
    "an exclusion without evidence": _form() | {"exclusions": [_OUT | {"evidence": " "}]},
    "no seed for the officers": _form() | {"seed": {"targets": _form()["seed"]["targets"], "officers": []}},
    "a window backwards": _task(window=["2026-12-31", "2026-12-03"]),
    "windows apart": _task(window=["2026-11-03", "2026-11-30"]),
    "no host": _task(departments=[{"department": "市监", "agency": "a"}]),
    "two hosts": _task(departments=[{"department": d, "agency": "a", "host": True} for d in "甲乙"]),
    "a host alone on the road": _task(
        departments=[{"department": "甲", "agency": "a", "host": True, "slots": 1}]
    ),
    "a joiner alone on the road": _task(
        departments=[*_form()["tasks"][0]["departments"], {"department": "乙", "agency": "b", "slots": 1}]
    ),
    "approved by who asked": _task(exception=_ONE),
    "neither plan nor approval": _task(exception=None),
    "both plan and approval": _task(plan_line=1),
    "a slice with strata": _task(kind="uniform", ratios={"form": "exact", "all": "3%"}),
    "a slice without one ratio": _task(kind="uniform", strata=[]),
    "no number at all": _task(ratios={"form": "minimum"}),
    "a share above one": _task(ratios={"form": "minimum", "all": "101%"}),
    "a negative share": _task(ratios={"form": "minimum", "all": "-1%"}),
    "a count in parts": _task(ratios={"form": "count", "all": "1/2"}),
    "a division by zero": _task(ratios={"form": "exact", "all": "1/0"}),
    "a share that would fill the memory": _task(ratios={"form": "exact", "all": "1e-9999999999"}),
    "no item": _task(items=[]),
    "a cap of zero visits": _task(yearly_cap=0),
    "a negative reserve": _task(reserve=-1),
    "a reserve that no store holds": _task(reserve=10**30),
    "a plan line that no store holds": _task(exception=None, plan_line=10**30),
    "a group that no hash takes": _task(group="a\nb"),
    "a predecessor that no hash takes": _form() | {"after": "a\nb"},
    "an unknown kind of target": _task(scope={"kinds": ["enterprises"]}),
    "batches of a set": _task(batches=[["2026-12-03", "2026-12-04"]]),
    "a batch outside the window": _task(kind="order", batches=[["2026-12-30", "2027-01-05"]]),
    "a batch backwards": _task(kind="order", batches=[["2026-12-30", "2026-12-05"]]),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_an_unlawful_form_is_refused(fault: str) -> None:
    """Each rule of the form refuses what breaks it, and the form without the fault is taken."""
    DrawSpec.model_validate(_form())
    with pytest.raises(ValueError, match="validation error"):
        DrawSpec.model_validate(REFUSED[fault])


@pytest.mark.parametrize(
    ("written", "value"),
    [("5%", Fraction(1, 20)), ("2‰", Fraction(1, 500)), ("1/4", Fraction(1, 4)), ("0.05", Fraction(1, 20))],
)
def test_shares_are_read_exactly(written: str, value: Fraction) -> None:
    """A ratio is the fraction that is written, never a float near it."""
    assert share(written) == value
