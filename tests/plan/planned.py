"""A problem of some hundred bodies with a plan, made to be drawn: groups that share cells, a joint task, one on paper."""

from __future__ import annotations

from fractions import Fraction

from solver.plan.problem import PPM, Batch, Group, Means, Problem, Range, Rate, Task, Work
from solver.plan.result import Number

FOOD, DEVICE, FIRE = "市监/食品", "市监/特种设备", "消防"
WINDOW = (Batch(months=(3, 4, 5)),)

TASKS = (
    Task(name="登记", agencies=("市监",), work=(Work(skill=FOOD, minutes=20),), batches=WINDOW),
    Task(name="食品", agencies=("市监",), work=(Work(skill=FOOD, minutes=60, officers=3),), batches=WINDOW),
    Task(
        name="联合",
        agencies=("市监", "消防"),
        work=(Work(skill=DEVICE, minutes=40), Work(skill=FIRE, minutes=30)),
        batches=WINDOW,
        per_year=Fraction(2),
    ),
    Task(name="书面", agencies=("市监",), work=(Work(skill=FOOD, minutes=15),), batches=WINDOW, onsite=False),
)

GROUPS = (
    Group(name="餐饮A", region="南湖", risk_class="A", size=60, tasks=frozenset({"登记", "食品", "书面"})),
    Group(name="工厂A", region="南湖", risk_class="A", size=40, tasks=frozenset({"登记", "联合"})),
    Group(name="餐饮D", region="南湖", risk_class="D", size=20, tasks=frozenset({"登记", "食品", "联合"})),
    Group(name="餐饮秀A", region="秀洲", risk_class="A", size=30, tasks=frozenset({"登记", "食品", "书面"})),
)

#: Cell → what it draws in March, April, May.
TAKES = {
    ("登记", "A", "南湖"): (20, 10, 30),
    ("食品", "A", "南湖"): (6, 24, 6),
    ("联合", "A", "南湖"): (12, 12, 20),
    ("书面", "A", "南湖"): (10, 0, 20),
    ("登记", "D", "南湖"): (10, 0, 6),
    ("食品", "D", "南湖"): (4, 8, 8),
    ("联合", "D", "南湖"): (10, 0, 20),
    ("登记", "A", "秀洲"): (3, 3, 3),
    ("食品", "A", "秀洲"): (0, 9, 0),
}

NUMBERS = tuple(
    Number(*cell, month, take)
    for cell, takes in TAKES.items()
    for month, take in zip((3, 4, 5), takes, strict=True)
    if take
)


def problem(yearly_cap: int = 12, groups: tuple[Group, ...] = GROUPS) -> Problem:
    """Return the problem; under the usual cap nobody is taken out."""
    return Problem(
        classes=("A", "D"),
        tasks=TASKS,
        groups=groups,
        ranges=tuple(Range(risk_class=c, lowest=0, highest=PPM) for c in ("A", "D")),
        means=tuple(
            Means(region=r, skills=frozenset({q}), month=t, minutes=9000)
            for r in ("南湖", "秀洲")
            for q in (FOOD, DEVICE, FIRE)
            for t in (3, 4, 5)
        )
        + tuple(
            Means(region="南湖", skills=frozenset({FOOD, DEVICE}), month=t, minutes=12000) for t in (3, 4, 5)
        ),
        rates=tuple(
            Rate(task=t.name, risk_class=c, region=r, rate=rate)
            for t in TASKS
            for c, rate in (("A", 50_000), ("D", 300_000))
            for r in ("南湖", "秀洲")
        ),
        yearly_cap=yearly_cap,
    )
