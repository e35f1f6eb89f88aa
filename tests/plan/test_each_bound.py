"""Each bound alone: what it forbids is impossible with it and possible without it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from solver.plan.problem import PPM, Batch, Group, Means, Range
from solver.plan.result import Impossible, Solved
from solver.plan.solve import solve
from tests.plan import cases

BASE = cases.tiny()


def _ranges(a: tuple[int, int], d: tuple[int, int]) -> tuple[Range, ...]:
    return tuple(Range(risk_class=c, lowest=low, highest=high) for c, (low, high) in (("A", a), ("D", d)))


def _second_task(**change: object) -> tuple[object, ...]:
    return (BASE.tasks[0], replace(BASE.tasks[1], **change))  # type: ignore[arg-type]


def _far() -> dict[str, object]:
    """A second county with bodies of A and no hours."""
    far = Group(name="far", region="秀洲", risk_class="A", size=3, tasks=frozenset({"i"}))
    return {
        "groups": (*BASE.groups, far),
        "means": (*BASE.means, Means(region="秀洲", skills=frozenset({"食品"}), month=3, minutes=0)),
    }


CASES = {
    "class-order": (
        {"ranges": _ranges((PPM, PPM), (0, 500_000))},
        {"ranges": _ranges((0, PPM), (0, 500_000))},
    ),
    "slice": ({**_far(), "slice": 340_000}, {**_far(), "slice": 0}),
    "general-cap": (
        {
            "tasks": _second_task(general=True),
            "general_cap": 400_000,
            "ranges": _ranges((0, PPM), (PPM, PPM)),
        },
        {
            "tasks": _second_task(general=False),
            "general_cap": 400_000,
            "ranges": _ranges((0, PPM), (PPM, PPM)),
        },
    ),
    "repeat": (
        {"ranges": _ranges((670_000, PPM), (0, PPM)), "tasks": _second_task(per_year=Fraction(1, 3))},
        {"ranges": _ranges((670_000, PPM), (0, PPM)), "tasks": _second_task(per_year=Fraction(1))},
    ),
    "batch": (
        {"tasks": _second_task(batches=(Batch(months=(4,), least=6),))},
        {"tasks": _second_task(batches=(Batch(months=(4,), least=5),))},
    ),
    "item-minimum": (
        {"tasks": _second_task(form="minimum", ratio=500_000), "ranges": _ranges((0, 340_000), (0, 500_000))},
        {"tasks": _second_task(form="minimum", ratio=400_000), "ranges": _ranges((0, 340_000), (0, 500_000))},
    ),
    "item-maximum": (
        {"tasks": _second_task(form="maximum", ratio=400_000), "ranges": _ranges((0, PPM), (PPM, PPM))},
        {"tasks": _second_task(form="maximum", ratio=600_000), "ranges": _ranges((0, PPM), (PPM, PPM))},
    ),
    "hours": (
        {"held_back": 950_000},
        {"held_back": 700_000},
    ),
    "yearly-cap": (
        {"yearly_cap": 1, "groups": (replace(BASE.groups[0], visits_made=(("局", 3),)), BASE.groups[1])},
        {"yearly_cap": 1, "groups": (replace(BASE.groups[0], visits_made=(("局", 2),)), BASE.groups[1])},
    ),
    "closed": ({"last_month": 3}, {"last_month": 4}),
}


@pytest.mark.parametrize("kind", CASES)
def test_bound_alone_decides(kind: str) -> None:
    """With the bound there is no plan, and it is in the clash; without it there is one, on both ways of solving."""
    tight, loose = (replace(BASE, **change) for change in CASES[kind])  # type: ignore[arg-type]
    result = solve(tight)
    assert isinstance(result, Impossible)
    assert kind in {bound.kind for bound in result.clash}
    assert isinstance(solve(loose), Solved)
    assert not isinstance(solve(tight, small=0), Solved)
