"""Small problems, and every plan of one by brute force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import strategies as st

from solver.plan.lawful import group_visits, violations
from solver.plan.problem import PPM, Batch, Group, Means, Problem, Range, Rate, Task, Work, months_of
from solver.plan.result import Number

#: One skill, another, and two officers of both.
WORKS = (
    (Work(skill="食品", minutes=60, officers=1),),
    (Work(skill="药品", minutes=60, officers=1),),
    (Work(skill="药品", minutes=40, officers=2), Work(skill="食品", minutes=20, officers=1)),
)
WIDE = (Range(risk_class="A", lowest=0, highest=PPM), Range(risk_class="D", lowest=0, highest=PPM))


def tiny(**change: object) -> Problem:
    """Return one county, two tasks, two classes, two months: 3 bodies of A, 2 of D; plenty of hours."""
    window = (Batch(months=(3, 4)),)
    problem = Problem(
        classes=("A", "D"),
        tasks=(
            Task(
                name="i", agencies=("局",), work=(Work(skill="食品", minutes=60, officers=1),), batches=window
            ),
            Task(
                name="j",
                agencies=("局",),
                work=(Work(skill="食品", minutes=30, officers=1),),
                batches=(Batch(months=(4,)),),
            ),
        ),
        groups=(
            Group(name="a", region="南湖", risk_class="A", size=3, tasks=frozenset({"i", "j"})),
            Group(name="d", region="南湖", risk_class="D", size=2, tasks=frozenset({"i", "j"})),
        ),
        ranges=WIDE,
        means=tuple(Means(region="南湖", skills=frozenset({"食品"}), month=t, minutes=2000) for t in (3, 4)),
        rates=(
            Rate(task="i", risk_class="A", region="南湖", rate=100_000),
            Rate(task="i", risk_class="D", region="南湖", rate=400_000),
            Rate(task="j", risk_class="A", region="南湖", rate=50_000),
            Rate(task="j", risk_class="D", region="南湖", rate=300_000),
        ),
        held_back=0,
        set_up=60,
        slice=0,
        give=0,
        width=400_000,
    )
    return replace(problem, **change)  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Draw tiny problems with hours, ranges, sizes and rates of all kinds; some can be solved, some cannot."""
    base = tiny()
    share = st.sampled_from((0, 200_000, 340_000, 500_000, 670_000, PPM))
    top = st.sampled_from((340_000, 670_000, PPM))
    pairs = {"A": (draw(share) // 2, draw(top)), "D": (draw(share), draw(top))}
    ranges = tuple(Range(risk_class=c, lowest=min(p), highest=max(p)) for c, p in pairs.items())
    tasks = (
        replace(
            base.tasks[0],
            general=draw(st.booleans()),
            work=draw(st.sampled_from(WORKS)),
            onsite=draw(st.sampled_from((True, True, False))),
        ),
        replace(
            base.tasks[1],
            form=draw(st.sampled_from(("free", "minimum", "maximum", "exact"))),
            ratio=draw(st.sampled_from((200_000, 500_000))),
            per_year=draw(st.sampled_from((Fraction(1), Fraction(1, 2)))),
        ),
    )
    groups = tuple(
        replace(
            g,
            size=draw(st.integers(1, 3)),
            tasks=draw(st.sampled_from((frozenset("ij"), frozenset("i"), frozenset("ij")))),
            visits_made=draw(st.sampled_from(((), (), (("局", 1),)))),
        )
        for g in base.groups
    )
    hours = st.sampled_from((0, 400, 2000, 3000, 3000, 3000))
    single = {(s, t): draw(hours) for s in ("食品", "药品") for t in (3, 4)}
    shared = {t: draw(st.integers(0, min(single["食品", t], single["药品", t]) // 400)) * 400 for t in (3, 4)}
    means = (
        *(Means(region="南湖", skills=frozenset({s}), month=t, minutes=n) for (s, t), n in single.items()),
        *(
            Means(
                region="南湖",
                skills=frozenset({"食品", "药品"}),
                month=t,
                minutes=single["食品", t] + single["药品", t] - both,
            )
            for t, both in shared.items()
        ),
    )
    rates = tuple(replace(r, rate=draw(st.integers(0, 9)) * 100_000) for r in base.rates)
    return replace(
        base,
        tasks=tasks,
        groups=groups,
        ranges=ranges,
        means=means,
        rates=rates,
        yearly_cap=draw(st.integers(1, 2)),
        general_cap=draw(st.sampled_from((500_000, PPM))),
        slice=draw(st.sampled_from((0, 340_000))),
    )


def short(problem: Problem) -> Problem:
    """Return the problem with bounds that only its hours can clash with."""
    half = tuple(Range(risk_class=c, lowest=500_000, highest=PPM) for c in problem.classes)
    return replace(
        problem,
        ranges=half,
        tasks=tuple(replace(t, form="free", general=False, per_year=Fraction(1)) for t in problem.tasks),
        groups=tuple(replace(g, visits_made=()) for g in problem.groups),
        yearly_cap=4,
        means=tuple(replace(m, minutes=m.minutes // 8) for m in problem.means),
    )


def plans(problem: Problem) -> Iterator[tuple[Number, ...]]:
    """Walk every lawful plan."""
    size: dict[tuple[str, str, str], int] = {}
    for g in problem.groups:
        for name in g.tasks:
            size[name, g.risk_class, g.region] = size.get((name, g.risk_class, g.region), 0) + g.size
    places = [
        (*key, month)
        for key in size
        for t in problem.tasks
        if t.name == key[0]
        for month in months_of(problem, t)
    ]
    for takes in product(*(range(size[place[:3]] + 1) for place in places)):
        plan = tuple(Number(*place, take) for place, take in zip(places, takes, strict=True) if take)
        if not violations(problem, plan):
            yield plan


def found(problem: Problem, plan: tuple[Number, ...]) -> Fraction:
    """Problems that the plan is expected to find."""
    rate = {(r.task, r.risk_class, r.region): Fraction(r.rate, PPM) for r in problem.rates}
    return sum((n.take * rate.get((n.task, n.risk_class, n.region), Fraction(0)) for n in plan), Fraction(0))


def visits(problem: Problem, plan: tuple[Number, ...]) -> Fraction:
    """Visits that the plan is expected to make."""
    return sum(group_visits(problem, plan).values(), Fraction(0))
