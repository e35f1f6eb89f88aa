"""What-if: edits are read, applied and refused; means stay those of the officers; the rows are the differences."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.plan.edits import (
    BusySet,
    Edit,
    FrequencySet,
    MeansAdd,
    MeansScale,
    RangeSet,
    RatioSet,
    SettingSet,
    WindowSet,
)
from solver.plan.errors import PlanError
from solver.plan.figures import figures
from solver.plan.problem import Batch, Group, Means, Problem, Task, Work
from solver.plan.result import Impossible, Number, Solved
from solver.plan.solve import solve
from solver.plan.strength import Pool, subsets
from solver.plan.whatif import changed, compare, moved, parse
from tests.plan import cases, planned

FORM = """
[[change]]
change = "means-add"
region = "南湖"
skills = ["市监/食品"]
minutes = 5880
months = [4]

[[change]]
change = "means-scale"
by = "110%"

[[change]]
change = "range"
risk_class = "D"
lowest = "1/4"
highest = "0.8"
task = "食品"

[[change]]
change = "ratio"
task = "登记"
form = "minimum"
ratio = "3%"

[[change]]
change = "ratio"
task = "联合"
form = "count"
count = 12

[[change]]
change = "frequency"
task = "联合"
per_year = "1/2"

[[change]]
change = "busy"
task = "食品"
months = [5]

[[change]]
change = "window"
task = "登记"
batch = 1
months = [4, 3]

[[change]]
change = "setting"
name = "held_back"
share = "15%"

[[change]]
change = "setting"
name = "yearly_cap"
count = 1
"""

READ: tuple[Edit, ...] = (
    MeansAdd(region="南湖", skills=frozenset({"市监/食品"}), minutes=5880, months=(4,)),
    MeansScale(by=1_100_000),
    RangeSet(risk_class="D", lowest=250_000, highest=800_000, task="食品"),
    RatioSet(task="登记", form="minimum", ratio=30_000),
    RatioSet(task="联合", form="count", count=12),
    FrequencySet(task="联合", per_year=Fraction(1, 2)),
    BusySet(task="食品", months=(5,)),
    WindowSet(task="登记", batch=1, months=(3, 4)),
    SettingSet(name="held_back", value=150_000),
    SettingSet(name="yearly_cap", value=1),
)


def test_tables_of_every_kind_are_read() -> None:
    """Each kind of table gives its edit, shares in any form of the plan form's."""
    edits = parse(tomllib.loads(FORM)["change"])
    assert edits == READ
    assert {type(e) for e in edits} == set(Edit.__args__)


def test_edits_change_what_they_name_and_nothing_else() -> None:
    """The list of what moved is the list of what was asked for; the problem given is as it was."""
    before = planned.problem()
    after = changed(before, READ[2:])
    assert [(m.kind, m.where, m.before, m.after) for m in moved(before, after)] == [
        ("setting", ("held_back",), 200_000, 150_000),
        ("setting", ("yearly_cap",), 12, 1),
        ("ratio", ("登记",), "free 0", "minimum 30000"),
        ("window", ("登记", "1"), "3 4 5", "3 4"),
        ("busy", ("食品",), "", "5"),
        ("ratio", ("联合",), "free 0", "count 12"),
        ("frequency", ("联合",), "2", "1/2"),
        ("lowest", ("食品", "D"), None, 250_000),
        ("highest", ("食品", "D"), None, 800_000),
    ]
    assert before == planned.problem()
    assert moved(before, changed(before, ())) == ()
    assert changed(before, ()) == before


def test_range_of_all_and_of_one() -> None:
    """A range of one task is its own; a second edit of it replaces that and leaves the others'."""
    one = changed(planned.problem(), [RangeSet(risk_class="A", lowest=1, highest=2, task="食品")])
    again = changed(one, [RangeSet(risk_class="A", lowest=3, highest=4, task="食品")])
    assert [(r.lowest, r.highest) for r in again.tasks[1].ranges] == [(3, 4)]
    all_ = changed(again, [RangeSet(risk_class="D", lowest=5, highest=6)])
    assert [(r.risk_class, r.lowest) for r in all_.ranges] == [("A", 0), ("D", 5)]
    assert all_.tasks == again.tasks


def test_window_is_of_the_batch_that_is_named() -> None:
    """The second batch moves and the first stays; a batch over another is refused."""
    first, second = Batch(months=(3,)), Batch(months=(4,), least=2)
    tasks = (replace(planned.TASKS[0], batches=(first, second)), *planned.TASKS[1:])
    problem = replace(planned.problem(), tasks=tasks)
    after = changed(problem, [WindowSet(task="登记", batch=2, months=(5, 6))])
    assert after.tasks[0].batches == (first, replace(second, months=(5, 6)))
    with pytest.raises(PlanError) as caught:
        changed(problem, [WindowSet(task="登记", batch=2, months=(3,))])
    assert caught.value.code == "batch-overlap"


SKILLS = ("a", "b", "c")
POOLS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(SKILLS), min_size=1).map(frozenset), st.integers(1, 2), st.integers(0, 500)
    ),
    min_size=1,
    max_size=5,
)


def _staffed(pools: list[tuple[frozenset[str], int, int]]) -> Problem:
    """A problem of one county whose means are the pools', all three skills held by somebody in either month."""
    every = [*pools, *((frozenset({q}), t, 10) for q in SKILLS for t in (1, 2))]
    means = subsets((Pool(region="r", skills=s, month=t, minutes=n) for s, t, n in every), NEEDED)
    tasks = tuple(
        Task(name=q, agencies=("局",), work=(Work(skill=q, minutes=1),), batches=planned.WINDOW)
        for q in SKILLS
    )
    group = Group(name="g", region="r", risk_class="A", size=5, tasks=frozenset(SKILLS))
    return replace(planned.problem(), tasks=tasks, groups=(group,), means=means, rates=())


NEEDED = {"r": frozenset(SKILLS)}


def _bound(means: tuple[Means, ...], skills: frozenset[str], month: int) -> int:
    """The least that any listed sets say of the work of these skills together: their own, or the sum of parts."""
    listed = {m.skills: m.minutes for m in means if m.month == month}
    best: dict[frozenset[str], int] = {frozenset(): 0}
    for size in range(1, len(skills) + 1):
        for chosen in map(frozenset, combinations(sorted(skills), size)):
            best[chosen] = min(best[chosen - q] + n for q, n in listed.items() if q <= chosen)
    return best[skills]


@given(pools=POOLS, added=POOLS)
def test_officers_who_come_are_in_every_sum_they_belong_to(
    pools: list[tuple[frozenset[str], int, int]], added: list[tuple[frozenset[str], int, int]]
) -> None:
    """Means after the edits bound every set of skills just as the means of all officers together do."""
    edits = [MeansAdd(region="r", skills=s, minutes=n, months=(t,)) for s, t, n in added]
    after = changed(_staffed(pools), edits).means
    straight = _staffed([*pools, *added]).means
    for month in (1, 2):
        for size in range(1, 4):
            for chosen in map(frozenset, combinations(SKILLS, size)):
                assert _bound(after, chosen, month) == _bound(straight, chosen, month)


@given(pools=POOLS)
def test_who_comes_and_goes_leaves_the_bounds(pools: list[tuple[frozenset[str], int, int]]) -> None:
    """Taking away what was added gives back every bound that was there."""
    before = _staffed(pools)
    come = [MeansAdd(region="r", skills=s, minutes=n, months=(t,)) for s, t, n in pools]
    go = [MeansAdd(region="r", skills=s, minutes=-n, months=(t,)) for s, t, n in pools]
    after = changed(changed(before, come), go)
    was = {(m.skills, m.month): m.minutes for m in before.means}
    now = {(m.skills, m.month): m.minutes for m in after.means}
    assert was.items() <= now.items()


def test_scaling_of_all_is_scaling_of_each() -> None:
    """Everybody's time doubled doubles all means; one skill's adds what it has to each sum it is in."""
    problem = planned.problem()
    doubled = changed(problem, [MeansScale(by=2_000_000)])
    assert [m.minutes for m in doubled.means] == [2 * m.minutes for m in problem.means]
    food = changed(problem, [MeansScale(by=1_500_000, skill=planned.FOOD, region="南湖", months=(3,))])
    apart = {
        (m.region, "+".join(sorted(m.skills)), m.month): n.minutes - m.minutes
        for m, n in zip(problem.means, food.means, strict=True)
        if n.minutes != m.minutes
    }
    pair = "+".join(sorted((planned.FOOD, planned.DEVICE)))
    assert apart == {("南湖", planned.FOOD, 3): 4500, ("南湖", pair, 3): 4500}


def test_a_skill_nobody_had_gets_its_means() -> None:
    """Officers of a skill that the county lacked are listed with their minutes, in every month they come for."""
    problem = planned.problem()
    bare = replace(problem, means=tuple(m for m in problem.means if planned.DEVICE not in m.skills))
    come = [MeansAdd(region="南湖", skills=frozenset({planned.DEVICE}), minutes=600)]
    after = changed(bare, come)
    new = {(tuple(m.skills), m.month): m.minutes for m in after.means if planned.DEVICE in m.skills}
    assert new == {((planned.DEVICE,), t): 600 for t in range(1, 13)}


REFUSED: dict[str, tuple[Edit, ...]] = {
    "region-unknown": (MeansAdd(region="x", skills=frozenset({planned.FOOD}), minutes=1),),
    "skill-unknown": (MeansScale(by=1, skill="x"),),
    "means-unknown": (MeansScale(by=1, months=(1,)),),
    "means-negative": (
        MeansAdd(region="南湖", skills=frozenset({planned.FOOD}), minutes=-9001, months=(3,)),
    ),
    "task-unknown": (BusySet(task="x", months=(3,)),),
    "batch-unknown": (WindowSet(task="登记", batch=2, months=(3,)),),
    "class-unknown": (RangeSet(risk_class="E", lowest=0, highest=1),),
    "range-contradictory": (RangeSet(risk_class="A", lowest=2, highest=1),),
    "ratio-over-one": (RatioSet(task="登记", form="exact", ratio=1_000_001),),
    "month-outside": (SettingSet(name="last_month", value=13),),
    "number-negative": (SettingSet(name="yearly_cap", value=0),),
    "edit-twice": (
        SettingSet(name="yearly_cap", value=1),
        SettingSet(name="yearly_cap", value=2),
    ),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_is_refused(code: str) -> None:
    """Unknown names, contradictions, and more taken away than there is: each by its code."""
    with pytest.raises(PlanError) as caught:
        changed(planned.problem(), REFUSED[code])
    assert caught.value.code == code


def test_one_place_set_twice_is_refused_whatever_its_kind() -> None:
    """Two edits of one bound contradict each other; two of different tasks, or of means, do not."""
    for edit in READ[2:]:
        with pytest.raises(PlanError) as caught:
            changed(planned.problem(), (edit, edit))
        assert caught.value.code == "edit-twice"
    twice = (MeansScale(by=2_000_000), MeansScale(by=500_000))
    assert changed(planned.problem(), twice) == planned.problem()


@pytest.mark.parametrize(
    ("table", "code", "field"),
    [
        ({}, "edit-unknown", None),
        ({"change": "means"}, "edit-unknown", None),
        ({"change": ["means-add"]}, "edit-unknown", None),
        ({"change": "busy", "task": "登记"}, "edit-field", "months"),
        ({"change": "busy", "task": "登记", "months": [13]}, "edit-field", "months"),
        ({"change": "busy", "task": "登记", "months": [3, 3]}, "edit-field", "months"),
        ({"change": "busy", "task": "登记", "months": [True]}, "edit-field", "months"),
        ({"change": "busy", "task": "登记", "months": [3], "month": 3}, "edit-field", "month"),
        ({"change": "busy", "task": "", "months": []}, "edit-field", "task"),
        ({"change": "means-scale", "by": 1.1}, "edit-field", "by"),
        ({"change": "means-scale", "by": "-5%"}, "edit-field", "by"),
        ({"change": "means-scale", "by": "1/0"}, "edit-field", "by"),
        ({"change": "ratio", "task": "登记", "form": "about"}, "edit-field", "form"),
        ({"change": "setting", "name": "classes", "share": "1%"}, "edit-field", "name"),
        ({"change": "setting", "name": ["width"], "share": "1%"}, "edit-field", "name"),
        ({"change": "setting", "name": "width", "count": 1}, "edit-field", "count"),
        ({"change": "setting", "name": "yearly_cap", "count": "2"}, "edit-field", "count"),
        ({"change": "means-add", "region": "r", "skills": [], "minutes": 1}, "edit-field", "skills"),
        ({"change": "means-add", "region": "r", "skills": "ab", "minutes": 1}, "edit-field", "skills"),
    ],
)
def test_tables_that_do_not_fit_are_refused(table: dict[str, object], code: str, field: str | None) -> None:
    """A kind that is none and a field that does not fit, each with its place."""
    with pytest.raises(PlanError) as caught:
        parse([{"change": "busy", "task": "登记", "months": [3]}, table])
    assert caught.value.code == code
    assert caught.value.params["place"] == 2
    assert caught.value.params.get("field") == field


def test_what_makes_a_plan_impossible_can_be_edited_away() -> None:
    """Hours that do not suffice, and just enough more by an edit: impossible before, a lawful plan after."""
    short = cases.tiny(means=tuple(replace(m, minutes=100) for m in cases.tiny().means))
    result = solve(short)
    assert isinstance(result, Impossible)
    more = [MeansAdd(region="南湖", skills=frozenset({"食品"}), minutes=1900, months=(3, 4))]
    after = changed(short, more)
    assert after == cases.tiny()
    assert isinstance(solve(after), Solved)


def test_rows_are_the_figures_differences() -> None:
    """Each row's two sides are the figures of the two plans; what only one has stands alone."""
    problem = planned.problem()
    less = tuple(n for n in planned.NUMBERS if n.region == "南湖")
    near = replace(problem, groups=tuple(g for g in problem.groups if g.region == "南湖"))
    unseen = {"餐饮A": 30}
    before, after = figures(problem, planned.NUMBERS, unseen), figures(near, less, unseen)
    rows = {(r.figure, r.where): r for r in compare(before, after)}
    assert rows["visits", ("total",)].before == before.joint.visits
    assert rows["visits", ("total",)].difference == after.joint.visits - before.joint.visits
    assert rows["found", ("month", "4")].after == after.months[3].found
    assert rows["coverage", ("region", "秀洲")].after is None
    assert rows["coverage", ("region", "秀洲")].difference is None
    assert rows["visits", ("region-month", "南湖", "4")].difference == 0
    assert rows["minutes", ("total",)].relative == pytest.approx(after.minutes / before.minutes - 1)
    assert rows["unseen", ("total",)].after == pytest.approx(after.unseen[0].after / 120)
    factory = replace(problem, groups=(planned.GROUPS[1],))
    few = {(r.figure, r.where): r for r in compare(before, figures(factory, planned.NUMBERS[:1], {}))}
    assert few["coverage", ("task", "食品")].after is None  # open to nobody, which is not covering nobody
    assert few["coverage", ("task", "登记")].after == 0.5
    assert {r.figure for r in rows.values()} >= {"coverage", "found", "visits", "minutes", "usable", "unseen"}
    back = compare(after, before)
    assert {(r.figure, r.where): (r.after, r.before) for r in back} == {
        key: (r.before, r.after) for key, r in rows.items()
    }
    assert json.loads(json.dumps([r.plain() for r in back])) == [r.plain() for r in back]


def test_same_plan_has_no_difference() -> None:
    """A plan beside itself differs in nothing; one body more is seen in its rows."""
    told = figures(planned.problem(), planned.NUMBERS, {})
    assert {r.difference for r in compare(told, told)} == {0}
    one = Number("书面", "A", "秀洲", 3, 1)
    rows = compare(told, figures(planned.problem(), (*planned.NUMBERS, one), {}))
    apart = {(r.figure, r.where) for r in rows if r.difference}
    assert ("coverage", ("task", "书面")) in apart
    assert ("minutes", ("load", "秀洲", planned.FOOD, "3")) in apart
    assert not any(figure in ("visits", "unseen") for figure, _ in apart)
