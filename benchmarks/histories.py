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
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.histories_cases import histories
from benchmarks.histories_tables import ASKED, SEEDS, show
from benchmarks.report import conclude

GOAL = dict.fromkeys(ASKED, "model >= class ratios >= uniform, in every case")
CAVEATS = (
    "Outcomes are known of those alone whom the city really inspected; a policy is replayed on them, not on all bodies.",
    "A problem is what an inspector wrote. In Chicago the share of critical findings runs from 2.3 % to 38.2 % across groups of"
    " inspectors: whoever was sent matters as much as whom they saw, and groups work partly by area, so regions' rates carry it.",
    "Chicago's score uses the inspector group; a draw of who is sent cannot. What inspectors alone would make of a policy's"
    " visits stands beside its figure where the group is known (in all of 2014 it is not, of every second visit)."
    " The score's training rows are no test of it and are not replayed.",
    "Toronto: problems are infractions, as status is a snapshot and no outcome. The archive holds establishments that were"
    " listed later (3,468 inspections in 2001, 10,647 in 2012): those that closed are missing.",
    "San Mateo and SF have no risk class; theirs is made of past findings. Their histories before the replay are short.",
    "What is a problem differs by city: rates of different cities cannot be compared.",
    "Days sooner of uniform need not be 0: problems do not fall evenly over a year, and the nearest inspection of a body with"
    " several is one of many. Read the others against it.",
    "The nearest real inspection stands for one that never was: what an earlier visit would have mended is not replayed.",
)


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
