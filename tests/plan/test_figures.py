"""Expected figures of a plan, against cases worked by hand and a second count."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from math import isclose

import pytest

from solver.plan.errors import PlanError
from solver.plan.figures import figures, saved, share, unseen_share
from solver.plan.lawful import group_visits
from solver.plan.problem import Batch, Group, Means, Problem, Range, Rate, Task, Work
from solver.plan.result import Number
from tests.plan import cases, planned


def _one() -> Problem:
    """One county, ten bodies; i asks two officers, j three of the same skill."""
    window = (Batch(months=(3, 4)),)
    return Problem(
        classes=("A",),
        tasks=(
            Task(name="i", agencies=("局",), work=(Work(skill="食品", minutes=60),), batches=window),
            Task(
                name="j", agencies=("局",), work=(Work(skill="食品", minutes=30, officers=3),), batches=window
            ),
        ),
        groups=(Group(name="g", region="南湖", risk_class="A", size=10, tasks=frozenset("ij")),),
        ranges=(Range(risk_class="A", lowest=0, highest=1_000_000),),
        means=tuple(Means(region="南湖", skills=frozenset({"食品"}), month=t, minutes=1000) for t in (3, 4)),
        rates=(
            Rate(task="i", risk_class="A", region="南湖", rate=100_000),
            Rate(task="j", risk_class="A", region="南湖", rate=200_000),
        ),
        held_back=200_000,
    )


NUMBERS = (
    Number("i", "A", "南湖", 3, 4),
    Number("j", "A", "南湖", 3, 2),
    Number("i", "A", "南湖", 4, 3),
    Number("j", "A", "南湖", 4, 6),
)


def test_case_worked_by_hand() -> None:
    """Ten bodies, March i 4 and j 2, April i 3 and j 6: each figure is what a pencil gives."""
    told = figures(_one(), NUMBERS, {"g": 5})
    assert [(p.name, p.drawn, p.open) for p in told.tasks] == [("i", 7, 10), ("j", 8, 10)]
    assert share(told.tasks[0]) == 0.7
    assert [p.found for p in told.tasks] == [pytest.approx(0.7), pytest.approx(1.6)]
    assert [(m.visits, m.drawn) for m in told.months[2:4]] == [(4, 6), (6, 9)]
    assert sum(m.visits for m in told.months) == 10
    # March: 4·60 + 2·30, and of 4 visits two officers each, one more on 2 of them, 40 minutes each.
    # April: 3·60 + 6·30, and 6 visits of three officers.
    assert [load.minutes for load in told.loads] == [300 + 40 * (2 * 4 + 2), 360 + 40 * 3 * 6]
    assert {load.usable for load in told.loads} == {800}
    # 5 bodies not seen before: 1 - 4/10 after March; of those left in April i has 6 and draws 3, j has 8 and draws 6.
    assert told.unseen[0].after == pytest.approx(5 * 0.6 * 0.25)
    assert unseen_share(told.unseen) == pytest.approx(0.075)
    assert saved(told.joint) == pytest.approx(1 - 10 / 15)


def test_parts_sum_to_one_whole() -> None:
    """Tasks, classes, regions and months are the same whole, cut four ways."""
    told = figures(planned.problem(), planned.NUMBERS, {})
    drawn = sum(n.take for n in planned.NUMBERS)
    found = sum(p.found for p in told.cells)
    assert found > 0
    for parts in (told.tasks, told.classes, told.regions, told.cells, told.months):
        assert sum(p.drawn for p in parts) == drawn
        assert isclose(sum(p.found for p in parts), found)
    visits = float(sum(group_visits(planned.problem(), planned.NUMBERS).values()))
    assert isclose(sum(v.visits for v in told.visits), visits)
    assert isclose(sum(m.visits for m in told.months), visits)
    assert isclose(told.joint.visits, visits)


def test_paper_makes_no_visit() -> None:
    """A task on paper takes minutes, and neither a visit nor a set-up nor a place among the seen."""
    paper = tuple(n for n in planned.NUMBERS if n.task == "书面")
    assert paper
    told = figures(planned.problem(), paper, {"餐饮A": 60})
    assert told.joint.visits == told.joint.alone == 0
    assert saved(told.joint) == 0
    assert sum(load.minutes for load in told.loads if len(load.skills) == 1) == 15 * sum(
        n.take for n in paper
    )
    assert sum(one.after for one in told.unseen) == 60


def test_loads_of_several_skills_are_their_sum() -> None:
    """Means of two skills stand beside the work of both; work without any means stands beside nothing."""
    problem = planned.problem()
    told = figures(problem, planned.NUMBERS, {})
    of = {(load.region, load.skills, load.month): load for load in told.loads}
    pair = tuple(sorted((planned.FOOD, planned.DEVICE)))
    assert of["南湖", pair, 3].minutes == pytest.approx(
        sum(of["南湖", (q,), 3].minutes for q in (planned.FOOD, planned.DEVICE))
    )
    bare = replace(problem, means=tuple(m for m in problem.means if planned.FIRE not in m.skills))
    lost = [load for load in figures(bare, planned.NUMBERS, {}).loads if load.skills == (planned.FIRE,)]
    assert [load.month for load in lost] == [3, 4, 5]
    assert all(load.usable == 0 < load.minutes for load in lost)


def test_order_of_input_changes_nothing() -> None:
    """Numbers and groups may come in any order; the tree is JSON and comes back from it."""
    unseen = {g.name: g.size // 2 for g in planned.GROUPS}
    told = figures(planned.problem(), planned.NUMBERS, unseen)
    turned = figures(planned.problem(groups=planned.GROUPS[::-1]), planned.NUMBERS[::-1], unseen)
    assert turned.cells == told.cells
    assert turned.loads == told.loads
    assert turned.unseen == told.unseen
    assert json.loads(json.dumps(told.plain())) == told.plain()


@pytest.mark.parametrize(
    ("numbers", "unseen", "code"),
    [
        ((Number("k", "A", "南湖", 3, 1),), {}, "number-unknown"),
        ((Number("i", "A", "南湖", 13, 1),), {}, "number-unknown"),
        ((Number("i", "A", "南湖", 3, -1),), {}, "number-unknown"),
        ((), {"h": 1}, "group-unknown"),
        ((), {"g": 11}, "unseen-outside"),
        ((), {"g": -1}, "unseen-outside"),
    ],
)
def test_what_belongs_to_no_plan_is_refused(
    numbers: tuple[Number, ...], unseen: dict[str, int], code: str
) -> None:
    """A number of no cell, a group that is none, more unseen than there are: each by its code."""
    with pytest.raises(PlanError) as caught:
        figures(_one(), numbers, unseen)
    assert caught.value.code == code


def test_nobody_drawn_nobody_seen() -> None:
    """Of an empty plan every figure is zero, and who was unseen stays so."""
    told = figures(_one(), (), {"g": 4})
    assert told.joint.visits == 0
    assert {p.drawn for p in told.cells} == {0}
    assert Fraction(told.unseen[0].after) == 4


def test_a_skill_without_a_sum_of_its_own_shows_the_smallest_that_it_stands_in() -> None:
    """Where a larger sum of skills has the same officers, a skill shows their hours, and not that there is nobody."""
    base = cases.tiny()
    both = frozenset({"食品", "药品"})
    problem = replace(base, means=tuple(replace(m, skills=both) for m in base.means))
    numbers = (Number("i", "A", "南湖", 3, 1),)
    (one,) = (load for load in figures(problem, numbers, {}).loads if load.skills == ("食品",))
    assert (one.usable, one.month) == (2000, 3)
    assert one.minutes > 0
