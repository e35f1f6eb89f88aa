"""A made-up prefecture for the annual plan: how many bodies, tasks and officers, drawn from a stream of hashes.

Class sizes are those of 巴彦淖尔 (73/19/5/3 %), ranges those of 林甸; both are in the product's rules. Everything else is
invented and stands for a prefecture's size only: how bodies spread over counties and trades, what tasks a trade is
open to, hours, and rates of problems, which rise with the class.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from solver.dr1.encoding import hexdigest, text
from solver.dr1.stream import Stream
from solver.plan.problem import Batch, Group, Means, Problem, Range, Rate, Task, Work

CLASSES = ("A", "B", "C", "D")
MIX = {"A": 732, "B": 187, "C": 52, "D": 30}
RANGES = (("A", 10_000, 50_000), ("B", 50_000, 200_000), ("C", 210_000, 600_000), ("D", 610_000, 1_000_000))
RATES = {"A": 40_000, "B": 90_000, "C": 180_000, "D": 300_000}
SKILLS = ("登记信用", "食品", "特种设备", "质量计量", "药械")
COUNTIES = tuple(f"{330400 + n}" for n in (2, 11, 21, 24, 81, 82, 83))
#: Tasks that every body is open to; the others belong to trades.
COMMON = 4


@dataclass(frozen=True, slots=True)
class Size:
    """How large a prefecture is."""

    counties: tuple[str, ...] = COUNTIES
    tasks: int = 40
    bodies: int = 14_273
    officers: int = 220
    trades: int = 14
    #: Days a month that an officer has for the plan.
    days: int = 6


def prefecture(size: Size = Size()) -> Problem:
    """Draw the problem; the same one every time."""
    stream = Stream(hexdigest(text("benchmarks.plan", str(size.tasks), str(size.bodies))))
    tasks = tuple(_task(i, stream) for i in range(size.tasks))
    names = [t.name for t in tasks]
    of_trade = [[n for n in names[COMMON:] if stream.below(size.trades) < 2] for _ in range(size.trades)]
    groups = _groups(size, names[:COMMON], of_trade, stream)
    return Problem(
        classes=CLASSES,
        tasks=tasks,
        groups=groups,
        ranges=tuple(Range(risk_class=c, lowest=low, highest=high) for c, low, high in RANGES),
        means=_means(size),
        rates=tuple(
            Rate(task=t, risk_class=c, region=r, rate=RATES[c] * (50 + stream.below(101)) // 100)
            for t in names
            for c in CLASSES
            for r in size.counties
        ),
        last_month=11,
        set_up=30,
    )


def _task(number: int, stream: Stream) -> Task:
    common = number < COMMON
    first = 1 + stream.below(6)
    windows = ((2, 3, 4, 5), (6, 7, 8), (9, 10, 11)) if common else (tuple(range(first, first + 6)),)
    busy = frozenset({first + 2}) if number % 5 == 4 else frozenset[int]()
    return Task(
        name=f"T{number:03d}",
        agencies=("市场监管",),
        work=(
            Work(
                skill=SKILLS[0] if common else SKILLS[number % len(SKILLS)],
                minutes=2 * (15 + 5 * stream.below(10)),
            ),
        ),
        batches=tuple(Batch(months=w) for w in windows),
        busy=busy,
        form="minimum" if common else "free",
        ratio=30_000 if common else 0,
        general=number % 3 == 0,
    )


def _groups(size: Size, common: list[str], of_trade: list[list[str]], stream: Stream) -> tuple[Group, ...]:
    count: Counter[tuple[int, str, str]] = Counter()
    for _ in range(size.bodies):
        trade = min(stream.below(size.trades), stream.below(size.trades))
        at = stream.below(sum(MIX.values()))
        risk = next(c for c in CLASSES if (at := at - MIX[c]) < 0)
        count[trade, risk, size.counties[stream.below(len(size.counties))]] += 1
    return tuple(
        Group(
            name=f"{trade}-{risk}-{region}",
            region=region,
            risk_class=risk,
            size=n,
            tasks=frozenset([*common, *of_trade[trade]]),
        )
        for (trade, risk, region), n in sorted(count.items())
    )


def _means(size: Size) -> tuple[Means, ...]:
    """Three in ten officers register and check reports; the others are shared among the trades' skills."""
    minutes = size.officers * size.days * 7 * 60 // len(size.counties)
    return tuple(
        Means(
            region=r,
            skills=frozenset({skill}),
            month=t,
            minutes=minutes
            * (30 if skill == SKILLS[0] else 70 // (len(SKILLS) - 1))
            // 100
            // (1 + (t == 2)),
        )
        for r in size.counties
        for skill in SKILLS
        for t in range(1, 13)
    )
