"""The annual plan of Jiaxing: its 7 counties, the real enterprises and a real list of 40 items, with what is not public invented.

Real      counties, enterprises with their names, kinds and scopes of business, items with ratios and frequencies, work days of 2026
Invented  classes (73.2, 18.7, 5.2, 3.0 % as in 巴彦淖尔, by hash of the code), 220 officers and their skills, minutes of an item,
          rates of problems, which rise with the class

A body is in the county where it is supervised; where the data do not say, in the one where its code was first registered, in
the one its address names, or, for those of the city itself, in one by hash. Bodies are of one trade each, as in a register of
targets by category, and a trade is open to the items that most of its bodies are.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from benchmarks.plan_cases import CLASSES, MIX, RANGES, RATES
from benchmarks.plan_items import MARKET, POLICE, Item, items
from solver.dr1.encoding import hexdigest, text
from solver.dr1.stream import Stream
from solver.plan.problem import Group, Means, Problem, Range, Rate
from solver.plan.strength import Pool, subsets

LAST_MONTH = 10
OFFICERS = 220
#: Days of a work month that an officer has for the plan, in a hundred.
SHARE = 25
#: Skills of a market officer in ten: the department's alone, with food and drugs, with special equipment, with both.
SKILLS = (
    *(frozenset({MARKET}),) * 4,
    *(frozenset({MARKET, f"{MARKET}/食药"}),) * 3,
    *(frozenset({MARKET, f"{MARKET}/特设"}),) * 2,
    frozenset({MARKET, f"{MARKET}/食药", f"{MARKET}/特设"}),
)
#: One officer in so many is of the police.
POLICE_IN = 11


def jiaxing(data: Path, days: int = SHARE) -> tuple[Problem, dict[str, int]]:
    """Build the problem from the folder of real data; also says how many bodies each item is open to."""
    listed = items(data / "items" / "zhejiang_check_items_2017.csv", LAST_MONTH, _stream("items"))
    regions = _counties(data)
    groups, bodies = _groups(data, listed, regions)
    used = {r: frozenset(s for g in groups if g.region == r for s in _skills(g, listed)) for r in regions}
    chance = _stream("rates")
    return Problem(
        classes=CLASSES,
        tasks=tuple(item.task for item in listed),
        groups=groups,
        ranges=tuple(Range(risk_class=c, lowest=low, highest=high) for c, low, high in RANGES),
        means=_means(data, tuple(regions), used, days),
        rates=tuple(
            Rate(task=item.task.name, risk_class=c, region=r, rate=RATES[c] * (50 + chance.below(101)) // 100)
            for item in listed
            for c in CLASSES
            for r in regions
        ),
        last_month=LAST_MONTH,
    ), bodies


def _stream(name: str) -> Stream:
    return Stream(hexdigest(text("benchmarks.plan_jiaxing", name)))


def _skills(group: Group, listed: tuple[Item, ...]) -> set[str]:
    return {skill for item in listed if item.task.name in group.tasks for skill in item.task.skills}


def _counties(data: Path) -> dict[str, str]:
    """Code → name of the city's counties."""
    with (data / "reference" / "district_points.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["district_code"]: row["name"] for row in csv.DictReader(file)}


def _groups(
    data: Path, listed: tuple[Item, ...], regions: dict[str, str]
) -> tuple[tuple[Group, ...], dict[str, int]]:
    count: Counter[tuple[str, str, str]] = Counter()
    with (data / "enterprises" / "jiaxing.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    trade_of, open_to = _trades([_matched(row, listed) for row in rows])
    for row, trade in zip(rows, trade_of, strict=True):
        chance = _stream(row["uscc"])
        count[trade, _class(chance), _county(row, regions, chance)] += 1
    groups = tuple(
        Group(
            name=f"{trade[:8]} {risk} {region}",
            region=region,
            risk_class=risk,
            size=size,
            tasks=open_to[trade],
        )
        for (trade, risk, region), size in sorted(count.items())
    )
    return groups, {
        item.task.name: sum(g.size for g in groups if item.task.name in g.tasks) for item in listed
    }


def _matched(row: dict[str, str], listed: tuple[Item, ...]) -> frozenset[str]:
    """Items that a body's words match."""
    said = row["name"] + row["business_scope"]
    kind = "个体" if "个体" in row["ent_type_raw"] else "企业"
    return frozenset(item.task.name for item in listed if item.opens(said, kind))


def _trades(matched: list[frozenset[str]]) -> tuple[list[str], dict[str, frozenset[str]]]:
    """Trade of each body, the rarest item that it matches; and a trade's items, those that half of its bodies match."""
    often = Counter(name for names in matched for name in names)
    trade_of = [min(names, key=lambda name: (often[name], name)) for names in matched]
    size = Counter(trade_of)
    within = Counter((trade, name) for trade, names in zip(trade_of, matched, strict=True) for name in names)
    return trade_of, {
        trade: frozenset(n for n in often if 2 * within[trade, n] >= size[trade]) for trade in size
    }


def _class(chance: Stream) -> str:
    at = chance.below(sum(MIX.values()))
    return next(c for c in CLASSES if (at := at - MIX[c]) < 0)


def _county(row: dict[str, str], regions: dict[str, str], chance: Stream) -> str:
    for code in (row["district_code"], row["code_region"]):
        if code in regions:
            return code
    named = [code for code, name in regions.items() if name[:2] in row["address"]]
    return named[0] if named else sorted(regions)[chance.below(len(regions))]


def _means(
    data: Path, regions: tuple[str, ...], used: dict[str, frozenset[str]], share: int
) -> tuple[Means, ...]:
    with (data / "reference" / "workdays_2010_2026.csv").open(encoding="utf-8-sig", newline="") as file:
        days = Counter(
            int(r["date"][5:7])
            for r in csv.DictReader(file)
            if r["date"].startswith("2026") and r["is_workday"] == "1"
        )
    officers: Counter[tuple[str, frozenset[str]]] = Counter()
    for number in range(OFFICERS):
        region, turn = regions[number % len(regions)], number // len(regions)
        skills = frozenset({POLICE}) if turn % POLICE_IN == 0 else SKILLS[turn % len(SKILLS)]
        officers[region, skills] += 1
    pools = [
        Pool(region=r, skills=skills, month=m, minutes=count * days[m] * 7 * 60 * share // 100)
        for (r, skills), count in sorted(officers.items(), key=lambda one: (one[0][0], sorted(one[0][1])))
        for m in range(1, 13)
    ]
    return subsets(pools, used)
