"""Simulated years of a plan: what they keep by construction, and what they have in common with the plan's count."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import sqrt

import numpy as np
import pytest

from solver.dr1.tickets import ticket
from solver.plan import leaving, visits, year
from solver.plan.errors import PlanError
from solver.plan.figures import figures
from solver.plan.problem import Done, Group, Problem
from solver.plan.result import Number
from solver.plan.shares import Shares
from solver.plan.simulate import simulate
from solver.plan.visits import Drawn
from solver.plan.year import Frame, seed_of
from tests.plan import planned

YEARS = 300
SIMULATED = simulate(planned.problem(), planned.NUMBERS, "law", YEARS)


def _drawn_slowly(problem: Problem, numbers: tuple[Number, ...], seed: str) -> set[tuple[str, str, int]]:
    """Draw a year again, body by body: (task, body, month)."""
    tasks = {t.name: t for t in problem.tasks}
    bodies = {f"{g.name}/{n}": g for g in problem.groups for n in range(g.size)}
    drawn: set[tuple[str, str, int]] = set()
    often: Counter[tuple[str, str]] = Counter()
    made: Counter[tuple[str, str]] = Counter()
    for month in range(1, 13):
        of_month = year._month_seed(seed, month)
        new: set[tuple[str, str]] = set()
        for n in (n for n in numbers if n.month == month):
            task = tasks[n.task]
            may = [
                b
                for b, g in bodies.items()
                if n.task in g.tasks
                and (g.risk_class, g.region) == (n.risk_class, n.region)
                and often[n.task, b] < task.per_year
                and not (task.onsite and any(made[a, b] >= problem.yearly_cap for a in task.agencies))
            ]
            ranked = sorted((ticket(of_month, "plan", b), b) for b in may)
            new |= {(n.task, b) for _, b in ranked[: n.take]}
        drawn |= {(name, b, month) for name, b in new}
        often.update(new)
        made.update({(a, b) for name, b in new if tasks[name].onsite for a in tasks[name].agencies})
    return drawn


@pytest.mark.parametrize("cap", [1, 2, 12])
def test_year_is_the_protocols_draw(cap: int) -> None:
    """The same bodies as month after month by the protocol's own tickets, one body at a time, under any cap."""
    problem = planned.problem(cap)
    frame = Frame(problem, planned.NUMBERS)
    for replicate in range(3):
        seed = seed_of("slow", replicate)
        drawn = frame.draw(seed).drawn
        fast = {
            (problem.tasks[i].name, frame.keys[b].decode(), int(t) + 1)
            for t, i, b in zip(*np.nonzero(drawn), strict=True)
        }
        assert fast == _drawn_slowly(problem, planned.NUMBERS, seed)
        assert len(fast) > 100


@pytest.mark.parametrize("cap", [1, 2])
def test_caps_are_kept_whatever_the_plan_asks(cap: int) -> None:
    """No agency visits a body more often than the cap, those made before among them; what is lacking is told."""
    groups = (replace(planned.GROUPS[0], visits_made=(("市监", 45), ("消防", 5))), *planned.GROUPS[1:])
    problem = planned.problem(cap, groups)
    told = simulate(problem, planned.NUMBERS, "caps", 20)
    assert [c.kept for c in told.caps] == [True, True]
    assert max(c.most for c in told.caps) == cap
    assert told.short > 0
    assert sum(c.lacking for c in told.cells) > 0
    for cell in told.cells:
        assert cell.drawn + cell.lacking == pytest.approx(cell.planned)


def test_bodies_at_the_cap_are_counted() -> None:
    """Under a cap of one, who was visited is at the cap: as many bodies as one task of one agency draws in a year."""
    numbers = tuple(n for n in planned.NUMBERS if n.task == "食品")
    at_cap = {c.agency: c.at_cap for c in simulate(planned.problem(1), numbers, "at", 3).caps}
    assert at_cap == {"市监": sum(n.take for n in numbers), "消防": 0}


def test_paper_is_no_visit() -> None:
    """A year of a task on paper makes no visit, brings nobody to the cap, and its bodies stay unseen."""
    numbers = tuple(n for n in planned.NUMBERS if n.task == "书面")
    told = simulate(planned.problem(1), numbers, "paper", 3, {"餐饮A": 60})
    assert sum(c.drawn for c in told.cells) == 30
    assert {row.mean for row in told.visits} == {0}
    assert {b.visits for b in told.burden} == {0}
    assert {c.at_cap for c in told.caps} == {0}
    assert sum(row.mean for row in told.unseen) == 60


def test_visits_held_lie_on_as_few_bodies_as_can_be() -> None:
    """45 visits held under a cap of 2 are 22 bodies at the cap and one below it, others in other years."""
    groups = (replace(planned.GROUPS[0], visits_made=(("市监", 45),)), *planned.GROUPS[1:])
    frame = Frame(planned.problem(2, groups), ())
    years = [frame.draw(seed_of("held", n)) for n in range(2)]
    assert all(not y.made[frame.agencies.index("消防")].any() for y in years)
    before = [y.made[frame.agencies.index("市监")] for y in years]
    for made in before:
        assert Counter(made.tolist()) == {0: 150 - 23, 2: 22, 1: 1}
        assert {frame.groups[frame.group[b]].name for b in np.flatnonzero(made)} == {"餐饮A"}
    assert before[0].tolist() != before[1].tolist()


def test_every_number_is_drawn_where_enough_are_left() -> None:
    """Under a cap that takes nobody out each cell draws the plan's numbers, every year."""
    assert SIMULATED.short == 0
    assert {(c.task, c.risk_class, c.region): c.drawn for c in SIMULATED.cells if c.planned} == {
        cell: float(sum(takes)) for cell, takes in planned.TAKES.items()
    }


def test_no_body_is_drawn_more_often_than_its_item_allows() -> None:
    """Once a year, or twice; the year of the test has bodies at either limit."""
    problem = planned.problem()
    frame = Frame(problem, planned.NUMBERS)
    most = Counter[str]()
    for replicate in range(5):
        often = frame.draw(seed_of("often", replicate)).drawn.sum(axis=0)
        for i, task in enumerate(problem.tasks):
            most[task.name] = max(most[task.name], int(often[i].max()))
    assert most == {"登记": 1, "食品": 1, "联合": 2, "书面": 1}


def test_expected_visits_equal_the_simulated_up_to_their_terms() -> None:
    """Each group's and month's mean lies between the plan's count and the count with its bound, within 4.5 errors."""
    tested = [row for row in SIMULATED.groups if row.expected]
    assert len(tested) == 12
    assert [row for row in tested if not row.agrees(4.5)] == []
    assert [row for row in SIMULATED.visits if not row.agrees(4.5)] == []
    # In the first month there is the finite-size term alone; in a later one bodies that have left are felt.
    first = [row for row in tested if row.month == 3]
    assert all(row.above is not None and row.above < 0.35 * row.expected for row in first)
    assert any(row.mean > row.expected + 4 * row.error for row in tested if row.month > 3)


def test_months_agree_given_what_came_before() -> None:
    """Given who may still be drawn, a month's visits are Σ |E| max f' over sets E of open tasks, up to the finite size."""
    problem = planned.problem()
    frame = Frame(problem, planned.NUMBERS)
    apart: list[float] = []
    room: list[float] = []
    for replicate in range(200):
        drawn = frame.draw(seed_of("given", replicate)).drawn
        told, term, seen = _told_of_may(problem, frame, drawn)
        apart.append(seen - told)
        room.append(term)
    mean, error = np.mean(apart), np.std(apart, ddof=1) / sqrt(len(apart))
    assert -4 * error <= mean <= np.mean(room) + 4 * error
    assert error < 0.5


def _told_of_may(problem: Problem, frame: Frame, drawn: np.ndarray) -> tuple[float, float, int]:
    """May's visits by the sets of tasks that bodies are open to after April, their term, and those drawn."""
    often = drawn[:4].sum(axis=0)
    takes = {(n.task, n.risk_class, n.region): n.take for n in planned.NUMBERS if n.month == 5}
    left: Counter[tuple[str, str, str]] = Counter()
    sets: Counter[tuple[tuple[str, str, str], ...]] = Counter()
    for b in range(len(frame.keys)):
        g = frame.groups[frame.group[b]]
        may = tuple(
            (t.name, g.risk_class, g.region)
            for i, t in enumerate(problem.tasks)
            if t.onsite and t.name in g.tasks and often[i, b] < t.per_year
        )
        left.update(may)
        sets[may] += 1
    draws = {
        may: [Drawn(takes.get(cell, 0), left[cell], "/".join(cell)) for cell in may] for may in sets if may
    }
    told = sum(float(visits.expected(sets[may], one)) for may, one in draws.items())
    term = sum(visits.excess(sets[may], one) for may, one in draws.items())
    return told, term, int(drawn[4][frame.onsite].any(axis=0).sum())


def test_bound_is_that_of_the_worst_case() -> None:
    """Half drawn by i in March and half in April, j half in April: 3/4 of the bodies are visited where 1/2 are counted."""
    group = Group(name="g", region="南湖", risk_class="A", size=1000, tasks=frozenset({"登记", "食品"}))
    problem = planned.problem(12, (group,))
    numbers = (
        Number("登记", "A", "南湖", 3, 500),
        Number("登记", "A", "南湖", 4, 500),
        Number("食品", "A", "南湖", 4, 500),
    )
    bound = leaving.year(Shares(problem, numbers), group)
    told = simulate(problem, numbers, "half", 20)
    april = next(row for row in told.groups if row.month == 4)
    assert april.expected == 500
    assert april.mean == pytest.approx(750, abs=4 * april.error + 1)
    assert bound[3] == 0
    assert 250 <= bound[4] <= 300
    assert april.agrees()


def test_first_month_has_the_finite_size_alone() -> None:
    """Two tasks of one fraction, on bodies they share in part: the first month lies above the count, within visits.py's (4)."""
    open_to = {"both": ("登记", "食品"), "i": ("登记",), "j": ("食品",)}
    groups = tuple(
        Group(name=name, region="南湖", risk_class="A", size=size, tasks=frozenset(open_to[name]))
        for name, size in (("both", 40), ("i", 60), ("j", 60))
    )
    problem = planned.problem(12, groups)
    numbers = tuple(Number(name, "A", "南湖", 3, 20) for name in ("登记", "食品"))
    march = next(r for r in simulate(problem, numbers, "first", YEARS).groups if r.month == 3)
    assert march.where == ("both",)
    assert march.above == visits.excess(40, [Drawn(20, 100, "i"), Drawn(20, 100, "j")])
    assert march.mean > march.expected + 4 * march.error
    assert march.agrees(4)


def test_who_may_be_drawn_twice_has_not_left() -> None:
    """Where i may come twice a year, half of half have left at most, and the bound is by so much smaller."""
    group = Group(name="g", region="南湖", risk_class="A", size=1000, tasks=frozenset({"登记", "联合"}))
    problem = planned.problem(12, (group,))
    numbers = tuple(Number(name, "A", "南湖", t, 500) for name, t in (("联合", 3), ("联合", 4), ("登记", 4)))
    bound = leaving.year(Shares(problem, numbers), group)[4]
    # 3/4 are open to 联合, which draws 2/3 of them; of the others 登记 draws half.
    assert 125 <= bound <= 160
    april = next(row for row in simulate(problem, numbers, "twice", 3).groups if row.month == 4)
    assert april.mean == 500


def test_expected_minutes_equal_the_simulated_up_to_their_terms() -> None:
    """Minutes are the plan's up to the terms of the visits that officers are sent on, in each skill and month."""
    tested = [row for row in SIMULATED.minutes if row.expected]
    assert len(tested) > 10
    assert [row for row in tested if not row.agrees(4.5)] == []
    assert any(row.mean > row.expected + 4 * row.error for row in tested)
    assert all(row.above is not None and row.above < 0.6 * row.expected for row in tested)


def test_minutes_are_exact_where_one_task_draws() -> None:
    """A plan of one task takes its minutes and three officers' set-up a visit, every year."""
    numbers = tuple(n for n in planned.NUMBERS if n.task == "食品")
    told = simulate(planned.problem(), numbers, "alone", 3)
    for row in told.minutes:
        take = sum(n.take for n in numbers if (n.region, n.month) == (row.where[0], row.month))
        assert row.mean == (take * (60 + 3 * 40) if row.where[1] == planned.FOOD else 0)
        assert row.error == 0
        assert row.expected == row.mean


def test_unseen_lie_at_the_figure_or_below() -> None:
    """Who is not seen in three years: no more than the figure says, and near it; exact for a task alone."""
    unseen = {g.name: g.size // 2 for g in planned.GROUPS}
    told = simulate(planned.problem(), planned.NUMBERS, "unseen", 200, unseen)
    for row in told.unseen:
        assert 0 < row.mean <= row.expected + 4 * row.error
        assert row.mean >= 0.8 * row.expected
    alone = tuple(n for n in planned.NUMBERS if n.task == "食品")
    for row in simulate(planned.problem(), alone, "unseen", 200, unseen).unseen:
        assert abs(row.mean - row.expected) <= 4 * row.error


def test_bodies_of_a_group_are_alike() -> None:
    """Over many years each body of a group is visited as often as any other: χ² of their visits is within its law."""
    problem = planned.problem(2)
    frame = Frame(problem, planned.NUMBERS)
    times = np.zeros(len(frame.keys))
    square = np.zeros(len(frame.keys))
    for replicate in range(YEARS):
        of_year = frame.draw(seed_of("alike", replicate)).drawn[:, frame.onsite].any(axis=1).sum(axis=0)
        times += of_year
        square += of_year.astype(float) ** 2
    for place, group in enumerate(frame.groups):
        mine = times[frame.group == place] / YEARS
        spread = (square[frame.group == place] / YEARS - mine**2).mean()
        assert spread > 0
        chi = ((mine - mine.mean()) ** 2).sum() * YEARS / spread
        freedom = group.size - 1
        assert abs(chi - freedom) <= 5 * sqrt(2 * freedom)


def test_burden_counts_every_body_once() -> None:
    """Bodies by number of visits are all bodies of the class; their visits are the year's visits."""
    sizes = Counter[str]()
    for g in planned.GROUPS:
        sizes[g.risk_class] += g.size
    for c, size in sizes.items():
        assert sum(b.bodies for b in SIMULATED.burden if b.risk_class == c) == pytest.approx(size)
    made = sum(b.bodies * b.visits for b in SIMULATED.burden)
    assert made == pytest.approx(sum(row.mean for row in SIMULATED.visits))
    assert max(b.visits for b in SIMULATED.burden) >= 2


def test_same_seed_same_years() -> None:
    """A seed gives its years whatever the order of the input, and another seed gives others."""
    unseen = {g.name: 1 for g in planned.GROUPS}
    once = simulate(planned.problem(2), planned.NUMBERS, "same", 3, unseen).plain()
    again = simulate(planned.problem(2), planned.NUMBERS[::-1], "same", 3, unseen).plain()
    assert once == again
    assert json.loads(json.dumps(once)) == once
    other = simulate(planned.problem(2), planned.NUMBERS, "other", 3, unseen).plain()
    assert other["visits"] != once["visits"]


def test_items_every_two_years_come_once() -> None:
    """An item that comes once in two years draws a body once in the year, as one that comes every year."""
    tasks = tuple(replace(t, per_year=Fraction(1, 2)) for t in planned.TASKS)
    halved = replace(planned.problem(), tasks=tasks)
    often = Frame(halved, planned.NUMBERS).draw(seed_of("two", 0)).drawn.sum(axis=0)
    assert often.max() == 1


def test_months_that_are_past_count_once() -> None:
    """What was drawn before the plan's first month has left its tasks, and the registers alone say what was visited."""
    groups = tuple(replace(g, visits_made=(("市监", g.size),)) for g in planned.GROUPS)
    past = tuple(
        Done(task=n.task, risk_class=n.risk_class, region=n.region, month=n.month, take=n.take)
        for n in planned.NUMBERS
        if n.month == 3
    )
    later = tuple(n for n in planned.NUMBERS if n.month > 3)
    problem = replace(planned.problem(200, groups), first_month=4, done=past)  # the cap takes nobody out
    whole = Frame(planned.problem(), planned.NUMBERS).draw(seed_of("past", 0))
    split = Frame(problem, later).draw(seed_of("past", 0))
    assert (whole.drawn == split.drawn).all()
    agency = Frame(problem, later).agencies.index("市监")
    onsite = [i for i, t in enumerate(problem.tasks) if t.onsite]
    months = split.drawn[3:][:, onsite].any(axis=1).sum()
    assert split.made[agency].sum() == 150 + months
    assert figures(problem, later, {}).plain() == figures(planned.problem(), planned.NUMBERS, {}).plain()


def test_too_few_years_are_refused() -> None:
    """One year has no deviation."""
    with pytest.raises(PlanError) as caught:
        simulate(planned.problem(), planned.NUMBERS, "x", 1)
    assert caught.value.code == "replicates-too-few"


def test_simulation_and_figures_are_of_one_plan() -> None:
    """What the simulation calls expected is what the figures say."""
    told = figures(planned.problem(), planned.NUMBERS, {})
    assert [row.expected for row in SIMULATED.visits] == [v.visits for v in told.visits]
