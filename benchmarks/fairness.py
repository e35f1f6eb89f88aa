"""Who can be drawn, and how surely: a provincial platform's draw, this one's, and consistent_sampler, side by side.

    python -m benchmarks.fairness

Targets.  m draws of n out of N. Were they simple random samples, with O_i the times that target i is drawn and
p = n/N,

    X = (N-1)/N · Σ_i (O_i - m p)² / (m p (1-p))   is as χ² with N - 1 degrees of freedom        (1)

(the covariance of a sample without replacement is p(1-p)·N/(N-1)·(I - J/N)). The largest deviation is that of O_i/m
from p, also in units of its standard deviation √(p(1-p)/m).

Officers.  m lotteries over R routes of two slots each, K officers, every weight 1/K up to the last unit of 2^-32. A slot's
counts are as χ² with K - 1 degrees of freedom (2); the slots of one lottery hang together, so their p-values are not
pooled: the least of them times their number is given (Bonferroni).

Statistics are an alarm and no proof (F27): what proves a draw is that anyone recomputes it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import comb, log2, sqrt

from consistent_sampler import sampler
from scipy.stats import chi2

from benchmarks import provincial
from solver.dr1 import tickets
from solver.dr1.encoding import Row, hexdigest, text
from solver.dr1.lottery import UNIT, lottery
from solver.dr1.stream import Stream

#: Draws of a case; 1,000 of 899 and 300 of 40,065 are enough for expected counts of 7 and more.
DRAWS, LARGE_DRAWS = 1000, 300
SMALL = ((899, 300), (299, 100))
LARGE = (40_065, 1200)
OFFICERS, ROUTES, LOTTERIES = 12, 30, 1000
GOAL = {
    "provincial never drawn": {"300 of 899": 299, "100 of 299": 99, "1200 of 40065": 465},
    "provincial paged": {"never drawn": 4625, "at double chance": 4160},
    "ours: least p-value": 1e-4,
    "ours: deviation [sd]": 5.5,
    "ours: officer pairs": comb(OFFICERS, 2),
}

Draw = Callable[[int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Targets:
    """What m draws of targets have shown."""

    never: float
    possible_bits: float
    distinct: int
    deviation: float
    deviation_sd: float
    chi2: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Officers:
    """What m lotteries of officers have shown."""

    pairs: int
    rosters: int
    likeliest_team: float
    deviation: float
    chi2: float
    df: int
    p_value: float


def seed(number: int) -> str:
    """Return the seed of one trial."""
    return hexdigest(text("benchmarks.fairness", str(number)))


def ours(population: int, count: int) -> Draw:
    """Draw by tickets, through the protocol's own function and blinds."""
    blinds = [tickets.blind(tickets.nonce("00" * 32, str(i))) for i in range(population)]
    place = {blind: i for i, blind in enumerate(blinds)}
    frame = [("T", "S", blind) for blind in blinds]
    stratum: Row = {
        "group": "",
        "population": population,
        "reserve": 0,
        "stratum": "S",
        "take": count,
        "task": "T",
    }

    def draw(number: int) -> list[int]:
        return [place[str(row["blind"])] for row in tickets.draw(frame, [stratum], seed(number)).rows]

    return draw


def consistent(population: int, count: int) -> Draw:
    """Draw by consistent_sampler, the election auditors' tool."""
    names = [str(i) for i in range(population)]
    return lambda number: [int(i) for i in sampler(names, seed(number), take=count, output="id")]


def province(population: int, count: int) -> Draw:
    """Draw as the provincial platform did."""
    step = provincial.step_of(population, count)
    return lambda number: provincial.systematic(population, count, Stream(seed(number)).below(step))


def measure(draw: Draw, population: int, count: int, draws: int, possible: int) -> Targets:
    """Draw many times and compare with simple random samples (1)."""
    drawn: Counter[int] = Counter()
    samples = set()
    for number in range(draws):
        sample = draw(number)
        drawn.update(sample)
        samples.add(frozenset(sample))
    share = count / population
    off = [abs(drawn[i] / draws - share) for i in range(population)]
    spread = sqrt(share * (1 - share) / draws)
    statistic = (population - 1) / population * sum((one / spread) ** 2 for one in off)  # (1)
    return Targets(
        never=sum(drawn[i] == 0 for i in range(population)) / population,
        possible_bits=log2(possible),
        distinct=len(samples),
        deviation=max(off),
        deviation_sd=max(off) / spread,
        chi2=statistic,
        df=population - 1,
        p_value=float(chi2.sf(statistic, population - 1)),
    )


def fair_samples(population: int, count: int) -> int:
    """Return how many samples a draw by hash can give: every one, or as many as there are seeds."""
    return min(comb(population, count), 2**256)


def by_lottery(number: int) -> list[tuple[int, ...]]:
    """Return each route's team, from the protocol's lottery with weights that are all alike."""
    slots = [(f"{route:02d}-{k}", f"2026-12-{route + 1:02d}") for route in range(ROUTES) for k in range(2)]
    whole, rest = divmod(UNIT, OFFICERS)
    weights = [
        (f"{(i + s) % OFFICERS:02d}", slot, whole + (i < rest))
        for s, (slot, _) in enumerate(slots)
        for i in range(OFFICERS)
    ]
    roster = lottery(seed(number), slots, weights)
    return [(int(a), int(b)) for (_, a), (_, b) in list(pairwise(roster))[::2]]


def by_cycle(_: int) -> list[tuple[int, ...]]:
    """Return each route's team as the provincial platform dealt them."""
    return provincial.round_robin(OFFICERS, ROUTES)


def measure_officers(deal: Callable[[int], list[tuple[int, ...]]]) -> Officers:
    """Deal many times and compare with a chance of 1/K for each slot (2)."""
    slots: Counter[tuple[int, int, int]] = Counter()
    teams: Counter[tuple[int, frozenset[int]]] = Counter()
    rosters = set()
    for number in range(LOTTERIES):
        roster = deal(number)
        rosters.add(tuple(roster))
        teams.update((route, frozenset(team)) for route, team in enumerate(roster))
        slots.update((route, k, who) for route, team in enumerate(roster) for k, who in enumerate(team))
    share, expected = 1 / OFFICERS, LOTTERIES / OFFICERS
    counts = [[slots[route, k, who] for who in range(OFFICERS)] for route in range(ROUTES) for k in range(2)]
    worst = max(sum((n - expected) ** 2 / expected for n in slot) for slot in counts)  # (2)
    return Officers(
        pairs=len({team for _, team in teams}),
        rosters=len(rosters),
        likeliest_team=max(teams.values()) / LOTTERIES,
        deviation=max(abs(n / LOTTERIES - share) for slot in counts for n in slot),
        chi2=worst,
        df=OFFICERS - 1,
        p_value=min(1.0, len(counts) * float(chi2.sf(worst, OFFICERS - 1))),
    )


def exact_provincial() -> dict[str, dict[str, int]]:
    """Walk every start of the provincial draw: rows that none draws, and rows that two draw."""
    found: dict[str, dict[str, int]] = {}
    for name, rule, cases in (
        ("", provincial.systematic, (*SMALL, LARGE)),
        (" paged", provincial.paged, (LARGE,)),
    ):
        for population, count in cases:
            starts = range(provincial.step_of(population, count))
            rows = provincial.starts_by_row((rule(population, count, r) for r in starts), population)
            found[f"{count} of {population}{name}"] = {
                "samples possible": len(starts),
                "never drawn": rows[0],
                "at double chance": sum(times for starts_, times in rows.items() if starts_ > 1),
            }
    return found


def targets() -> dict[str, dict[str, Targets]]:
    """Measure every case; consistent_sampler is left out of the large one, where it would take minutes."""
    found: dict[str, dict[str, Targets]] = {}
    for population, count in (*SMALL, LARGE):
        fair, step = fair_samples(population, count), provincial.step_of(population, count)
        rivals = [
            ("provincial", province, step),
            ("ours", ours, fair),
            ("consistent_sampler", consistent, fair),
        ]
        draws = LARGE_DRAWS if (population, count) == LARGE else DRAWS
        found[f"{count} of {population}"] = {
            name: measure(make(population, count), population, count, draws, possible)
            for name, make, possible in rivals
            if draws == DRAWS or name != "consistent_sampler"
        }
    return found


def holds(exact: dict[str, dict[str, int]], drawn: Iterable[Targets], dealt: Officers) -> bool:
    """Tell whether the provincial figures are reproduced and ours are as declared."""
    told = {f"{n} of {size}": exact[f"{n} of {size}"]["never drawn"] for size, n in (*SMALL, LARGE)}
    shift = {name: exact["1200 of 40065 paged"][name] for name in ("never drawn", "at double chance")}
    least = min(dealt.p_value, *(one.p_value for one in drawn))
    return (
        told == GOAL["provincial never drawn"]
        and shift == GOAL["provincial paged"]
        and least > float(str(GOAL["ours: least p-value"]))
        and all(one.deviation_sd < float(str(GOAL["ours: deviation [sd]"])) for one in drawn)
        and dealt.pairs == GOAL["ours: officer pairs"]
    )


def _show(
    exact: dict[str, dict[str, int]], drawn: dict[str, dict[str, Targets]], dealt: dict[str, Officers]
) -> None:
    print("provincial draw, every start walked")
    for case, rows in exact.items():
        print(f"  {case:<22}" + "   ".join(f"{name} {value:,}" for name, value in rows.items()))
    print(
        f"\n{'targets':<36}{'never':>8}{'possible':>10}{'distinct':>9}{'off':>8}{'sd':>7}{'χ²':>12}{'df':>7}{'p':>10}"
    )
    for case, rivals in drawn.items():
        for name, one in rivals.items():
            print(
                f"{case:<16}{name:<20}{one.never:>8.2%}{'2^' + format(one.possible_bits, '.0f'):>10}{one.distinct:>9}"
                f"{one.deviation:>8.3f}{one.deviation_sd:>7.1f}{one.chi2:>12,.0f}{one.df:>7}{one.p_value:>10.2g}"
            )
    print(
        f"\n{'officers':<36}{'pairs':>8}{'rosters':>10}{'likeliest team':>16}{'off':>8}{'χ²':>12}{'df':>5}{'p':>10}"
    )
    for name, two in dealt.items():
        print(
            f"{f'{OFFICERS} on {ROUTES} routes':<16}{name:<20}{two.pairs:>8}{two.rosters:>10}{two.likeliest_team:>16.1%}"
            f"{two.deviation:>8.3f}{two.chi2:>12,.0f}{two.df:>5}{two.p_value:>10.2g}"
        )


def main() -> int:
    """Measure, print the tables and the figures; 0 if the goals hold."""
    exact, drawn = exact_provincial(), targets()
    dealt = {"provincial": measure_officers(by_cycle), "ours": measure_officers(by_lottery)}
    _show(exact, drawn, dealt)
    good = holds(exact, [rivals["ours"] for rivals in drawn.values()], dealt["ours"])
    figures = {
        "provincial": exact,
        "targets": {case: {n: _plain(one) for n, one in rivals.items()} for case, rivals in drawn.items()},
        "officers": {name: _plain(one) for name, one in dealt.items()},
    }
    print(json.dumps({"figures": figures, "goal": GOAL, "holds": good}))
    return 0 if good else 1


def _plain(one: Targets | Officers) -> dict[str, float]:
    return {name: round(getattr(one, name), 6) for name in one.__slots__}


if __name__ == "__main__":
    sys.exit(main())
