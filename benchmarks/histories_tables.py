"""One real history: its policies, and the tables of what they would have found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks.histories_cases import Case
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
    Drawn,
    Figures,
    Ordered,
    by_body,
    by_inspectors,
    chances,
    days,
    drawn,
    expected_order,
    firsts,
    ordered,
    replay,
    seed,
    unseen_after,
)
from benchmarks.report import table

#: Share of the bodies of the frame that the capacity sees [%].
SHARE = 50
#: Runs, each with a seed of its own.
SEEDS = 20
#: Share of visits whose inspectors must be known for their part to be told.
KNOWN = 0.9
#: Figures of which something is asked: per visit made, and per visit that the capacity could make.
ASKED = ("per 100", "per 100 possible")


@dataclass(frozen=True, slots=True)
class Shown:
    """A policy's exact figures, those of its runs, what comes of the inspectors alone, and unseen after three years [%]."""

    exact: Figures
    runs: list[Figures]
    inspectors: float
    later: float | None


def policies(case: Case, room: Capacity) -> dict[str, Policy]:
    """Return the policies that draw, by name, from what was known before the replay."""
    out = {"uniform": uniform(case, room)}
    for own in (True, False) if case.classes else (False,):
        classes = case.classes if own else SMOOTHED
        risk = classed(case, case.start, own=own)
        kind = ", smoothed" if case.classes and not own else ""
        out["class ratios" + kind] = by_class(case, room, classes, risk)
        out["model" + kind] = model(case, room, classes, risk, own=own)
    return out


def scored(case: Case, room: Capacity) -> list[Drawn]:
    """Return who is seen when the published score decides: in each region the highest first."""
    out: list[Drawn] = []
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


def half_the_visits(case: Case) -> dict[str, Shown]:
    """Replay every policy on half the visits."""
    room, real, on = capacity(case, SHARE), by_body(case.real), days(case)
    out = {}
    for name, policy in policies(case, room).items():
        draws = [drawn(policy, case.months, case.name, i) for i in range(SEEDS)]
        runs = [replay(dict.fromkeys(one, 1.0), real, on) for one in draws]
        chance = chances(policy)
        sent = by_inspectors(chance, real, on)
        out[name] = Shown(replay(chance, real, on), runs, sent, unseen_after(policy, 3))
    if case.scores:
        chosen = dict.fromkeys(scored(case, room), 1.0)
        once = replay(chosen, real, on)
        out["score"] = Shown(once, [once], by_inspectors(chosen, real, on), None)
    return out


def same_visits(case: Case) -> Iterator[tuple[str, Ordered, list[Ordered]]]:
    """Set the visits really made in each policy's order; yield its exact figures and those of its runs."""
    visits = firsts(case.real)
    for name, rank in ranks(case).items():
        runs = [ordered(visits, rank, seed(case.name, i)) for i in range(SEEDS)]
        yield name, expected_order(visits, rank), runs


def possible(exact: Figures) -> float:
    """Return the problems found per 100 visits that the capacity could make."""
    return exact.per_100 * (1 - exact.unseen) * 100 / SHARE


def show(case: Case) -> dict[str, dict[str, float]]:
    """Print a case's tables and return its figures."""
    print(
        f"\n{case.name}: {case.start} to {case.end}, {len(case.real):,} inspections of {len(case.region):,} bodies;"
        f" {len(case.past):,} in the years before"
    )
    half, orders = half_the_visits(case), list(same_visits(case))
    inspected = sum(bool(v.inspectors) for v in case.real) >= KNOWN * len(case.real)
    _show_half(half, inspected=inspected)
    print()
    table(
        ("the same visits, best first", "days sooner", "of runs", "found in first half %", "of runs"),
        [
            (
                name,
                f"{exact.sooner:+.1f}",
                spread([r.sooner for r in runs]),
                f"{100 * exact.first_half:.1f}",
                spread([100 * r.first_half for r in runs]),
            )
            for name, exact, runs in orders
        ],
    )
    figures = {name: _figures(one, inspected=inspected) for name, one in half.items()}
    for name, exact, _ in orders:
        figures[name] |= {
            "sooner, best first": round(exact.sooner, 2),
            "first half": round(exact.first_half, 4),
        }
    return figures


def _show_half(half: dict[str, Shown], *, inspected: bool) -> None:
    heads: tuple[str, ...] = (
        "half the visits",
        "problems per 100",
        "of runs",
        "of 100 possible",
        "days sooner",
        "of runs",
    )
    heads += ("unseen %", "with problem %", "3 years %") + ("by inspectors alone",) * inspected
    rows = []
    for name, one in half.items():
        row = (
            name,
            f"{one.exact.per_100:.2f}",
            spread([r.per_100 for r in one.runs]),
            f"{possible(one.exact):.2f}",
            f"{one.exact.sooner:+.1f}",
            spread([r.sooner for r in one.runs]),
            f"{100 * one.exact.unseen:.1f}",
            f"{100 * one.exact.unseen_found:.1f}",
            "-" if one.later is None else f"{100 * one.later:.1f}",
        )
        rows.append((*row, *(f"{one.inspectors:.2f}",) * inspected))
    table(heads, rows)


def _figures(one: Shown, *, inspected: bool) -> dict[str, float]:
    exact = one.exact
    out = dict(zip(ASKED, (round(exact.per_100, 3), round(possible(exact), 3)), strict=True))
    out |= {"sooner": round(exact.sooner, 2), "unseen": round(exact.unseen, 4)}
    out |= {"unseen with problem": round(exact.unseen_found, 4)}
    return out | ({"by inspectors": round(one.inspectors, 3)} if inspected else {})
