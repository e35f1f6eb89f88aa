"""Classes, capacity and numbers of each policy, from what was known before the replay.

Class     the city's, as the body's last row before the replay has it, or the first for who is new; where the city has none,
          one of three of its smoothed history, the lowest third of rates, the middle and the highest:
          (x + s m) / (n + s) of rates.py over bodies, new ones at the mean                                        (1)
Rates     found in the year before the replay, by class as it stood when that year began, and by region, each shrunk
          toward its parent. So a smoothed class is never judged by the findings that made it.                      (2)
Capacity  ``share`` of the bodies of a region, once each, spread over months as the visits really made there        (3)
Uniform   (3) as it is, all classes in one stratum
Classes   in each region ratios as 1 : 2 : 3 from the lowest class to the highest, none above 1, that use (3)       (4)
Model     solver.plan of one task; means are (3), each class's ratio at least ``FLOOR`` and at most 1, not falling    (5)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.histories_cases import Case, Visit
from solver.plan.problem import PPM, Batch, Group, Means, Problem, Range, Rate, Task, Work
from solver.plan.rates import Past, Prior, shrink
from solver.plan.result import Solved
from solver.plan.solve import solve

#: Least ratio of a class in the model's plan [ppm].
FLOOR = 100_000
#: What is thought of a rate before there is any finding.
PLAIN = Prior(0.1, 10)
#: Smoothed classes from low to high.
SMOOTHED = ("low", "middle", "high")

Capacity = dict[tuple[str, int], int]


@dataclass(frozen=True, slots=True)
class Policy:
    """Body → stratum, and how many of a stratum are drawn in a month."""

    name: str
    stratum: dict[str, str]
    takes: dict[tuple[str, int], int]


def pasts(visits: Sequence[Visit], key: Mapping[str, str]) -> dict[str, Past]:
    """Count problems and visits by the key of the body; bodies without one do not count."""
    inspected = Counter(key[v.body] for v in visits if v.body in key)
    found = Counter(key[v.body] for v in visits if v.body in key and v.found)
    return {k: Past(found[k], n) for k, n in sorted(inspected.items())}


def smoothed(visits: Sequence[Visit], bodies: Sequence[str]) -> dict[str, str]:
    """Return each body's class of its history (1)."""
    history = pasts(visits, {v.body: v.body for v in visits})
    rates = {body: prior.rate for body, prior in shrink(history, PLAIN).items()}
    mean = shrink({"": Past(0, 0), **history}, PLAIN)[""].rate
    ranked = sorted(rates.get(body, mean) for body in bodies)
    low, high = ranked[(len(ranked) - 1) // 3], ranked[(2 * len(ranked) - 1) // 3]

    def of(rate: float) -> str:
        return SMOOTHED[(rate > low) + (rate > high)]

    return {body: of(rates.get(body, mean)) for body in bodies}


def stated(case: Case, before: date) -> dict[str, str]:
    """Return each body's class as the city's rows have it: the last before the day, or the first."""
    known: dict[str, str] = {}
    for visit in (*case.past, *case.real):
        if visit.day < before or visit.body not in known:
            known[visit.body] = visit.risk_class
    return known


def classed(case: Case, before: date, *, own: bool) -> dict[str, str]:
    """Return the class on a day of every body of the frame and of who was seen before."""
    bodies = sorted({*case.region, *(v.body for v in case.past)})
    if own:
        return stated(case, before)
    return smoothed([v for v in case.past if v.day < before], bodies)


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split a whole number in proportion to weights; what is left goes to the largest remainders, the first of equals."""
    if not any(weights):
        return [0] * len(weights)
    parts = [total * w // sum(weights) for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % sum(weights)), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def capacity(case: Case, share: int) -> Capacity:
    """Return (3), the share in percent."""
    made = Counter((case.region[v.body], v.day.month) for v in case.real)
    out: Capacity = {}
    for region, size in sorted(Counter(case.region.values()).items()):
        parts = apportion(size * share // 100, [made[region, m] for m in case.months])
        out |= {(region, m): part for m, part in zip(case.months, parts, strict=True)}
    return out


def uniform(case: Case, room: Capacity) -> Policy:
    """One ratio for all."""
    return Policy("uniform", dict(case.region), dict(room))


def by_class(case: Case, room: Capacity, classes: Sequence[str], risk: Mapping[str, str]) -> Policy:
    """Ratios that rise by class (4)."""
    size = Counter((case.region[b], risk[b]) for b in case.region)
    takes: dict[tuple[str, int], int] = {}
    for region in sorted(set(case.region.values())):
        months = [room[region, m] for m in case.months]
        shares = rising([size[region, c] for c in classes], sum(months))
        order = iter(_mixed(shares))
        for month, count in zip(case.months, months, strict=True):
            taken = Counter(next(order) for _ in range(count))
            takes |= {(f"{region}|{classes[i]}", month): n for i, n in sorted(taken.items())}
    return Policy("class ratios", _strata(case, risk), takes)


def rising(sizes: Sequence[int], total: int) -> list[int]:
    """Return numbers at ratios of 1 : 2 : 3 …, none above 1; what a full class leaves goes to the others."""
    full: set[int] = set()
    while True:
        weights = [0 if i in full else (i + 1) * n for i, n in enumerate(sizes)]
        parts = apportion(total - sum(sizes[i] for i in full), weights)
        parts = [sizes[i] if i in full else part for i, part in enumerate(parts)]
        over = {i for i, part in enumerate(parts) if part > sizes[i]}
        if not over:
            return parts
        full |= over


def _mixed(shares: Sequence[int]) -> list[int]:
    """Return each class as often as its share says, evenly mixed."""
    seats = [((2 * j + 1) / (2 * n), i) for i, n in enumerate(shares) for j in range(n)]
    return [i for _, i in sorted(seats)]


def _strata(case: Case, risk: Mapping[str, str]) -> dict[str, str]:
    return {body: f"{region}|{risk[body]}" for body, region in case.region.items()}


def rates(case: Case, classes: Sequence[str], *, own: bool) -> dict[tuple[str, str], float]:
    """Return (2) by class and region of the frame."""
    since = case.start.replace(year=case.start.year - 1)
    risk = classed(case, since, own=own)
    late = [v for v in case.past if v.day >= since]
    top = shrink({c: Past(0, 0) for c in classes} | pasts(late, risk), PLAIN)
    regions = sorted(set(case.region.values()))
    out: dict[tuple[str, str], float] = {}
    for c in classes:
        inside = [v for v in late if risk[v.body] == c]
        children = {r: Past(0, 0) for r in regions} | pasts(inside, case.region)
        out |= {(c, r): prior.rate for r, prior in shrink(children, top[c]).items()}
    return out


def problem(
    case: Case, room: Capacity, classes: Sequence[str], risk: Mapping[str, str], *, own: bool
) -> Problem:
    """State the year as one task of one skill, a visit an hour (5)."""
    work = Work(skill="visit", minutes=60, officers=1)
    sizes = Counter((case.region[b], risk[b]) for b in case.region)
    return Problem(
        classes=tuple(classes),
        tasks=(Task(name="visit", agencies=("city",), work=(work,), batches=(Batch(months=case.months),)),),
        groups=tuple(
            Group(name=f"{r}|{c}", region=r, risk_class=c, size=n, tasks=frozenset({"visit"}))
            for (r, c), n in sorted(sizes.items())
        ),
        ranges=tuple(Range(risk_class=c, lowest=FLOOR, highest=PPM) for c in classes),
        means=tuple(
            Means(region=r, skills=frozenset({"visit"}), month=m, minutes=60 * n)
            for (r, m), n in room.items()
        ),
        rates=tuple(
            Rate(task="visit", risk_class=c, region=r, rate=round(PPM * rate))
            for (c, r), rate in rates(case, classes, own=own).items()
        ),
        yearly_cap=1,
        last_month=12,
        set_up=0,
        held_back=0,
    )


def model(
    case: Case, room: Capacity, classes: Sequence[str], risk: Mapping[str, str], *, own: bool
) -> Policy:
    """Let the plan's model set the numbers (5)."""
    plan = solve(problem(case, room, classes, risk, own=own))
    if not isinstance(plan, Solved):
        raise SystemExit(f"{case.name}: no plan: {type(plan).__name__}")
    takes = {(f"{n.region}|{n.risk_class}", n.month): n.take for n in plan.numbers}
    return Policy("model", _strata(case, risk), takes)
