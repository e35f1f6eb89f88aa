"""Our roster beside Timefold's on the same rules: how unevenly each spreads the work, in what time, and by what chance.

    python -m benchmarks.roster [--quick]

Ours is the engine's way, from the plain facts to a roster: pairs, weights, lottery, many seeds, of which the worst
counts. Timefold has 30 seconds for each of two objectives, and of its answers the better counts, figure by figure. Every
roster is held against the plain rules before it is measured, by one function for all (``benchmarks.roster_measure``).

The goal is held on ``ours, same rules``: whole loads (``loads = "whole"``) and no cap on the chance of a route
(``pair_cap = "1"``), since Timefold knows neither chances nor caps on them. That is not what an order form gives by itself.
``ours, default`` is: even loads and a cap of 1/4, so that rosters are hard to guess; its loads are even on average
(``expected``) and the lottery rounds them, which costs evenness. Whole loads under caps stand beside both; a cap can leave
none. What evenness costs is seen in ``largest chance`` and ``guessed``, the share of slots that the best guess names.

One more row is the least deviation that any lawful roster can have (proved, ``benchmarks.roster_least``). Timefold's answer
has no known chances: two runs of ten seconds with one PYTHONHASHSEED gave the same roster, two with different ones agreed in
27 of 200 slots, and nothing commits to either.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median
from typing import Any

from benchmarks.report import conclude, median_of, table, timed
from benchmarks.roster_cases import Month, county, month, prefecture, seed_of_targets
from benchmarks.roster_least import least_loads
from benchmarks.roster_measure import Spread, UnlawfulError, measure, spread
from solver.dr1.encoding import hexdigest, text
from solver.dr1.lottery import UNIT, lottery
from solver.roster.predictability import forecast, guess_rate
from solver.roster.staffing import Short
from solver.roster.weights import Weighed, weigh
from solver.roster.whole import NoWholeLoads, drawn_order

Roster = Sequence[tuple[str, str]]
#: Month, objective, seconds → roster of (slot, officer).
Peer = Callable[[Month, str, float], Roster]

OBJECTIVES = ("balance", "squares")
SAME, DEFAULT = "ours, same rules", "ours, default"
#: Name, whether loads are whole, cap on one officer's chance of a route; the default is the engine's.
WAYS = (
    (SAME, True, UNIT),
    (DEFAULT, False, UNIT // 4),
    ("ours, whole, cap 1/2", True, UNIT // 2),
    ("ours, whole, cap 1/4", True, UNIT // 4),
)
SEEDS, SECONDS = 50, 30.0
QUICK_SEEDS, QUICK_SECONDS = 10, 2.0
#: Sums of floats of one and the same spread may differ in their last digits.
SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one contestant did.

    Parameters
    ----------
    seconds : float
        From the plain facts to one roster.
    spreads : tuple of Spread
        Of each roster, in the order of the seeds.
    expected : float or None
        Deviation of the expected loads [slots a day]; none where nobody knows the chances.
    rosters : int
        Different rosters among them.
    largest, guessed : float or None
        Largest chance of an officer in a slot, and the share of slots that the best guess names.
    """

    seconds: float
    spreads: tuple[Spread, ...]
    expected: float | None = None
    rosters: int = 1
    largest: float | None = None
    guessed: float | None = None

    def figures(self) -> dict[str, float | None]:
        """Plain numbers, the worst and the median of the spreads."""
        found: dict[str, float | None] = {"seconds": round(self.seconds, 2), "rosters": self.rosters}
        for name in ("range", "deviation", "furthest"):
            values = [getattr(one, name) for one in self.spreads]
            found |= {name: round(max(values), 6), f"{name}_median": round(median(values), 6)}
        rest = {"expected": self.expected, "largest_chance": self.largest, "guess_rate": self.guessed}
        return found | {name: value if value is None else round(value, 6) for name, value in rest.items()}


def main(arguments: Sequence[str] | None = None, peer: Peer | None = None) -> None:
    """Measure, print, and leave with 0 if our roster is no more uneven, in a tenth of the time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roster")
    parser.add_argument("--quick", action="store_true", help="one small month, a short search, few seeds")
    quick = parser.parse_args(arguments).quick
    seeds, seconds = (QUICK_SEEDS, QUICK_SECONDS) if quick else (SEEDS, SECONDS)
    rival = peer or timefold()
    figures: dict[str, Any] = {}
    rows: list[tuple[object, ...]] = []
    for one in [small()] if quick else [county(), prefecture()]:
        found, bound = contest(one, rival, seconds, seeds), least(one)
        figures[one.name] = {name: row.figures() for name, row in found.items()}
        figures[one.name]["least possible"] = {"deviation": round(bound, 6)}
        rows += [_shown(one.name, name, row) for name, row in found.items()]
        rows.append((f"{one.name}: least possible", "-", "-", f"{bound:.4f}", *("-" * 6)))
    heads = ["month: who", "time [s]", "range worst", "deviation worst", "median", "expected"]
    table([*heads, "furthest worst", "rosters", "largest chance", "guessed"], rows)
    goal = {"of": SAME, "range": "no more", "deviation": "no more", "seconds": seconds / 10, "rosters": seeds}
    conclude(figures, goal, holds=all(holds(one, seconds, seeds) for one in figures.values()))


def small() -> Month:
    """Return a month that takes no time: 24 officers of two departments, 24 routes, 10 dates."""
    return month("small", officers=24, routes=24, joint=6, dates=10, departments=2)


def timefold() -> Peer:
    """Return the peer, or leave with a plain word where it or Java is missing."""
    try:
        too_old: type[Exception] = importlib.import_module("_jpyinterpreter").InvalidJVMVersionError
    except ModuleNotFoundError:
        sys.exit("timefold is not installed: pip install timefold==1.24.0b0 (it needs Java 17)")
    try:
        from benchmarks.roster_timefold import solve
    except too_old:
        sys.exit("Timefold needs Java 17, and there is none: apt-get install openjdk-17-jre-headless")
    return solve


def contest(one: Month, peer: Peer, seconds: float, seeds: int) -> dict[str, Row]:
    """Measure everyone on a month; leaves with a plain word where a roster is not lawful."""
    mine = {name: ours(one, seeds, whole=whole, pair_cap=cap) for name, whole, cap in WAYS}
    found = {name: row for name, row in mine.items() if row is not None}
    for objective in OBJECTIVES:
        found[f"timefold {objective}"] = theirs(one, peer, objective, seconds)
    return found


def least(one: Month) -> float:
    """Return the deviation that no roster under rules (1) to (7) goes below."""
    department = {who.code: who.department for who in one.officers}
    return spread(
        department, one.usable, least_loads(one.slots, one.single_pairs(), one.days, department)
    ).deviation


def ours(one: Month, seeds: int, *, whole: bool, pair_cap: int) -> Row | None:
    """Weigh and draw; the time is that of one roster from the plain facts, the median of three.

    Returns
    -------
    Row or None
        None where whole loads are asked for and the cap leaves none.
    """
    dates = [(slot, date) for slot, _, date in one.slots]

    def made() -> tuple[Weighed, Roster] | NoWholeLoads:
        found = _weighed(one, whole, pair_cap)
        return found if isinstance(found, NoWholeLoads) else (found, lottery(_seed(0), dates, found.weights))

    seconds, answer = median_of(3, made)
    if isinstance(answer, NoWholeLoads):
        return None
    found, known, usable = answer[0], one.facts, one.usable
    rosters = [lottery(_seed(number), dates, found.weights) for number in range(seeds)]
    slots = forecast(found.weights, {})
    return Row(
        seconds=seconds,
        spreads=tuple(measure(known, usable, roster) for roster in rosters),
        expected=_deviation(one, found.loads),
        rosters=len({tuple(roster) for roster in rosters}),
        largest=max(slot.largest for slot in slots),
        guessed=guess_rate(slots),
    )


def _weighed(one: Month, whole: bool, pair_cap: int) -> Weighed | NoWholeLoads:
    instance = one.instance()
    order = drawn_order(instance.officers, seed_of_targets(one.name)) if whole else None
    found = weigh(instance, pair_cap, order)
    if isinstance(found, Short):
        sys.exit(f"{one.name} is short of {found.missing} officers")
    return found


def theirs(one: Month, peer: Peer, objective: str, seconds: float) -> Row:
    """Let the peer search, and hold its roster against the plain rules."""
    took, roster = timed(lambda: peer(one, objective, seconds))
    try:
        found = measure(one.facts, one.usable, roster)
    except UnlawfulError as error:
        sys.exit(f"{one.name}: the roster of timefold {objective} is not lawful: {error}")
    return Row(seconds=took, spreads=(found,))


def holds(figures: Mapping[str, Mapping[str, float]], seconds: float, seeds: int) -> bool:
    """Whether our worst is no more uneven than the peer's best, in a tenth of its time, and every seed a roster."""
    mine = figures[SAME]
    rivals = [figures[f"timefold {objective}"] for objective in OBJECTIVES]
    even = all(mine[name] <= min(rival[name] for rival in rivals) + SLACK for name in ("range", "deviation"))
    return even and mine["seconds"] <= seconds / 10 and mine["rosters"] == seeds


def _deviation(one: Month, loads: Mapping[str, int] | Mapping[str, Fraction]) -> float:
    department = {who.code: who.department for who in one.officers}
    return spread(department, one.usable, loads).deviation


def _seed(number: int) -> str:
    return hexdigest(text("benchmarks.roster", "seed", str(number)))


def _shown(name: str, who: str, row: Row) -> tuple[object, ...]:
    told = row.figures()
    four = [_text(told[key], 4) for key in ("range", "deviation", "deviation_median", "expected")]
    rest = [_text(told["furthest"], 2), row.rosters, _text(row.largest, 2), _text(row.guessed, 3)]
    return (f"{name}: {who}", f"{row.seconds:.2f}", *four, *rest)


def _text(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:.{places}f}"


if __name__ == "__main__":
    main()
