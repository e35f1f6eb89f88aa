"""The order form's compositions: which of them can be, and that the rest is refused in words."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from fixtures.tasks import Party, demo_form
from inspect_engine.errors import EngineError
from inspect_engine.planning.spec import spec_of_values
from solver.dr1.seed import share_commitment

FORM = demo_form([Party("纪检监察组", share_commitment("纪检监察组", "ab" * 32))])


def _form(*compositions: dict[str, Any], slots: int | None = None) -> dict[str, Any]:
    """The demo's form with compositions, and with another number of slots of the host of the first task."""
    made = tomllib.loads(FORM) | {"composition": list(compositions)}
    if slots is not None:
        next(d for d in made["tasks"][0]["departments"] if d["host"])["slots"] = slots
    return made


TEAMS = {"department": "市监", "teams": "mixed"}
GRADES = {"department": "市监", "grades": True}
UNITS = {"department": "市监", "mixed_units": True}


def test_compositions_that_can_be_are_taken() -> None:
    """Grades and mixed units go together, teams go alone, and each department has its own."""
    taken = spec_of_values(
        _form(GRADES | UNITS | {"sides": [["a"], ["b", "c"]]}, TEAMS | {"department": "应急"})
    )
    assert [(one.department, one.grades, one.teams) for one in taken.composition] == [
        ("市监", True, "none"),
        ("应急", False, "mixed"),
    ]
    assert not spec_of_values(_form()).composition


@pytest.mark.parametrize(
    "compositions",
    [
        [{"department": "市监"}],
        [TEAMS | GRADES],
        [TEAMS | UNITS],
        [GRADES | {"sides": [["a"], ["b"]]}],
        [UNITS | {"sides": [["a"]]}],
        [UNITS | {"sides": [["a"], []]}],
        [UNITS | {"sides": [["a"], ["b"], ["c"]]}],
        [UNITS | {"sides": [["a"], ["a"]]}],
        [GRADES, UNITS],
        [GRADES | {"department": "交警"}],
        [{"department": "市监", "teams": "some"}],
    ],
)
def test_compositions_that_cannot_be_are_refused(compositions: list[dict[str, Any]]) -> None:
    """Each combination that no slot could keep is refused, in Chinese as in English."""
    with pytest.raises(EngineError) as error:
        spec_of_values(_form(*compositions))
    assert error.value.code == "planning.spec-form"
    assert "·" in str(error.value.params["fault"])


def test_one_slot_is_a_standing_teams_beside_another_department() -> None:
    """A single slot is taken where a team fills it and another department's slots are beside it, else refused."""
    beside = next(t for t in tomllib.loads(FORM)["tasks"] if len(t["departments"]) > 1)
    made = _form(TEAMS, slots=None) | {"tasks": [beside]}
    host = next(d for d in made["tasks"][0]["departments"] if d["host"])
    made["composition"] = [{"department": host["department"], "teams": "only"}]
    host["slots"] = 1
    assert spec_of_values(made).tasks[0].departments
    made["composition"] = []
    with pytest.raises(EngineError, match="岗位"):
        spec_of_values(made)
    made["composition"] = [{"department": host["department"], "teams": "only"}]
    made["tasks"][0]["departments"] = [host]
    made["tasks"][0]["items"] = [i for i in made["tasks"][0]["items"] if "@" not in i] or ["SJ01-1"]
    with pytest.raises(EngineError, match="岗位"):
        spec_of_values(made)
