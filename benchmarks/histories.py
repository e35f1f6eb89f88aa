"""Plan on the years before, replay on the year after: real inspection histories of four cities.

    python -m benchmarks.histories [FOLDER]     default: $INSPECT_DATA or ../shared/data

Policies, side by side on the same capacity by region and month and the same seeds (histories_policies.py):
  uniform        one ratio for all
  class ratios   ratios as 1 : 2 : 3 from the lowest class to the highest
  model          solver.plan: classes x regions x months, rates shrunk, from the years before alone
  score          Chicago's own test months: the score that the city published, highest first; no draw
Classes are the city's where it has any, and otherwise of smoothed history. Where the city has its own, both kinds of policy are
shown with smoothed classes too. How a draw is replayed is said in histories_replay.py. The capacity is half the bodies
really seen, once each: at all of it every policy sees the same bodies and the same problems.

What is asked, in every case and in exact expectation; (1) was set down before the first run, (2) after it, as a model may leave
capacity unused where a visit finds next to nothing, and per visit that looks better than it is:
  problems per 100 visits                        model >= class ratios >= uniform                     (1)
  problems per 100 visits that could be made     model >= class ratios >= uniform                     (2)
They must hold for a model that is worth having: it uses the classes of the class ratios, knows what was found in them, and may
be as uneven as its floor allows. They can fail where a class does not tell, or where rates moved in the year after; it is
then said that it failed. Nothing is asked of days sooner: a plan that follows the real capacity month by month cannot be sooner
but by chance. That is what the orders show: the same visits, best first.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.histories_cases import Case, histories
from benchmarks.histories_policies import (
    SMOOTHED,
    Capacity,
    Policy,
    by_class,
    capacity,
    classed,
    model,
    rates,
    uniform,
)
from benchmarks.histories_replay import (
    Figures,
    by_body,
    days,
    drawn,
    expected,
    expected_order,
    firsts,
    ordered,
    replay,
    seed,
    unseen_after,
)
from benchmarks.report import conclude, table

#: Share of the bodies of the frame that the capacity sees [%].
SHARE = 50
#: Runs, each with a seed of its own.
SEEDS = 20
ASKED = ("per 100", "per 100 possible")
GOAL = dict.fromkeys(ASKED, "model >= class ratios >= uniform, in every case")
CAVEATS = (
    "Outcomes are known of those alone whom the city really inspected; a policy is replayed on them, not on all bodies.",
    "A problem is what an inspector wrote. In Chicago the share of critical findings runs from 2.3 % to 38.2 % across groups of"
    " inspectors: whoever was sent matters as much as whom they saw, and groups work in areas, so regions' rates carry it.",
    "Chicago's score uses the inspector group; a draw of who is sent cannot. Its training rows are no test of it.",
    "Toronto: problems are infractions, as status is a snapshot and no outcome. The archive holds establishments that were"
    " listed later (3,468 inspections in 2001, 10,647 in 2012): those that closed are missing.",
    "San Mateo and SF have no risk class; theirs is made of past findings. Their histories before the replay are short.",
    "What is a problem differs by city: rates of different cities cannot be compared.",
    "Days sooner of uniform need not be 0: problems do not fall evenly over a year, and the nearest inspection of a body with"
    " several is one of many. Read the others against it.",
    "The nearest real inspection stands for one that never was: what an earlier visit would have mended is not replayed.",
)

Chance = dict[str, Policy]


def policies(case: Case, room: Capacity) -> Chance:
    """Return the policies that draw, by name, from what was known before the replay."""
    out = {"uniform": uniform(case, room)}
    for own in (True, False) if case.classes else (False,):
        classes = case.classes if own else SMOOTHED
        risk = classed(case, case.start, own=own)
        kind = ", smoothed" if case.classes and not own else ""
        out["class ratios" + kind] = by_class(case, room, classes, risk)
        out["model" + kind] = model(case, room, classes, risk, own=own)
    return out


def scored(case: Case, room: Capacity) -> list[tuple[str, int]]:
    """Return who is seen when the published score decides: in each region the highest first."""
    out = []
    for region in sorted(set(case.region.values())):
        best = iter(sorted((-case.scores[b], b) for b, r in case.region.items() if r == region))
        out += [(next(best)[1], month) for month in case.months for _ in range(room[region, month])]
    return out


def ranks(case: Case) -> dict[str, dict[str, float]]:
    """Return each order's rank of every body, highest first."""
    own = bool(case.classes)
    classes = case.classes or SMOOTHED
    risk = classed(case, case.start, own=own)
    rate = rates(case, classes, own=own)
    out = {
        "uniform": dict.fromkeys(case.region, 0.0),
        "class ratios": {b: float(classes.index(risk[b])) for b in case.region},
        "model": {b: rate[risk[b], r] for b, r in case.region.items()},
    }
    return out | ({"score": {b: case.scores[b] for b in case.region}} if case.scores else {})


def spread(values: list[float]) -> str:
    """Median and 90 % spread of the runs: from the 5 % to the 95 % of them, the nearest run inward."""
    ranked = sorted(values)
    cut = len(ranked) // 20
    return f"{median(ranked):.1f} ({ranked[cut]:.1f} to {ranked[-1 - cut]:.1f})"


def _drawn_rows(case: Case) -> Iterator[tuple[str, Figures, list[Figures], float | None]]:
    room, real, on = capacity(case, SHARE), by_body(case.real), days(case)
    for name, policy in policies(case, room).items():
        runs = [replay(drawn(policy, case.months, case.name, i), real, on) for i in range(SEEDS)]
        yield name, expected(policy, real, on), runs, unseen_after(policy, 3)
    if case.scores:
        once = replay(scored(case, room), real, on)
        yield "score", once, [once], None


def show(case: Case) -> dict[str, dict[str, float]]:
    """Print a case's tables and return its figures."""
    print(
        f"\n{case.name}: {case.start} to {case.end}, {len(case.real):,} inspections of {len(case.region):,} bodies;"
        f" {len(case.past):,} in the years before"
    )
    rows, figures = [], dict[str, dict[str, float]]()
    for name, exact, runs, later in _drawn_rows(case):
        shown = [spread(list(values)) for values in zip(*map(astuple, runs), strict=True)][:2]
        unseen = [f"{100 * x:.1f}" for x in (exact.unseen, exact.unseen_found)]
        tail = "-" if later is None else f"{100 * later:.1f}"
        seen = 100 * (1 - exact.unseen) / SHARE
        rows.append(
            (
                name,
                f"{exact.per_100:.2f}",
                shown[0],
                f"{exact.per_100 * seen:.2f}",
                f"{exact.sooner:+.1f}",
                shown[1],
                *unseen,
                tail,
            )
        )
        figures[name] = dict(
            zip(ASKED, (round(exact.per_100, 3), round(exact.per_100 * seen, 3)), strict=True)
        )
        figures[name] |= {"sooner": round(exact.sooner, 2)} | {
            "unseen": round(exact.unseen, 4),
            "unseen with problem": round(exact.unseen_found, 4),
        }
    heads = (
        "problems per 100 visits",
        "of runs",
        "days sooner",
        "of runs",
        "unseen %",
        "with problem %",
        "3 years %",
    )
    table(("half the visits", *heads), rows)
    orders = dict(_orders(case))
    table(
        ("same visits, best first", "days sooner", "of runs", "found in first half %", "of runs"),
        [(name, *cells) for name, (cells, _) in orders.items()],
    )
    for name, (_, days_sooner) in orders.items():
        figures[name]["sooner, best first"] = round(days_sooner, 2)
    return figures


def _orders(case: Case) -> Iterator[tuple[str, tuple[tuple[str, str, str, str], float]]]:
    visits = firsts(case.real)
    for name, rank in ranks(case).items():
        exact = expected_order(visits, rank)
        runs = [ordered(visits, rank, seed(case.name, i)) for i in range(SEEDS)]
        late, early = spread([r.sooner for r in runs]), spread([100 * r.first_half for r in runs])
        yield name, ((f"{exact.sooner:+.2f}", late, f"{100 * exact.first_half:.1f}", early), exact.sooner)


def in_order(figures: Mapping[str, Mapping[str, float]], asked: str) -> bool:
    """Say whether a figure does not fall from uniform over class ratios to the model."""
    return figures["model"][asked] >= figures["class ratios"][asked] >= figures["uniform"][asked]


def main() -> None:
    """Replay every case, print, and leave with 0 if all is as asked."""
    argument = sys.argv[1] if len(sys.argv) > 1 else None
    folder = Path(argument or os.environ.get("INSPECT_DATA", "../shared/data")) / "inspections"
    if not folder.is_dir():
        raise SystemExit(f"no inspection histories at {folder}: give the folder of the data")
    print("Figures are exact expectations over all seeds; of runs: median (5 % to 95 %) of", SEEDS, "seeds.")
    print("The score draws nothing: its figures are of its one order.")
    figures: dict[str, Any] = {case.name: show(case) for case in histories(folder)}
    kept = {asked: {name: in_order(its, asked) for name, its in figures.items()} for asked in ASKED}
    print("\nTo be read with the figures:")
    for caveat in CAVEATS:
        print(f"- {caveat}")
    for asked, its in kept.items():
        failed = [name for name, good in its.items() if not good]
        print(
            f"{asked}: {'as asked in every case' if not failed else 'not as asked in ' + ', '.join(failed)}"
        )
    conclude(figures | {"as asked": kept}, GOAL, holds=all(all(its.values()) for its in kept.values()))


if __name__ == "__main__":
    main()
