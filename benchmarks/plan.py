"""The annual plan of a prefecture, beside the same ratio every month with each task on its own.

    python -m benchmarks.plan [DATA]     Jiaxing: 7 counties, 14,273 real enterprises, the 40 items of a real list, 220 officers
    python -m benchmarks.plan --large    a made-up prefecture of 100 tasks and 40,065 bodies

What of Jiaxing is real and what invented is said in benchmarks/plan_jiaxing.py. The naive plan is compared twice:
  same coverage   every number of the model's plan, each task drawn on its own: a body drawn in two tasks is visited twice.
                  Visits by the model's plan over visits so                                                (1)
  same hours      in each county and skill the officer-minutes of the model's plan, spent at one ratio for all classes and items,
                  each task with a set-up of its own. Problems that the model's plan is expected to find over problems so   (2)
The naive plan keeps no item's maximum and no yearly cap: (2) is what the model finds although it keeps them.
Seconds are the clock's; those of the processor tell how much of that is ours where the machine is shared.
Both expectations are under the rates put in, so that (2) shows what the model makes of them, not whether they are true.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

from benchmarks.plan_cases import Size, prefecture
from benchmarks.plan_jiaxing import jiaxing
from benchmarks.report import conclude, table, timed
from solver.plan.lawful import violations
from solver.plan.problem import PPM, Problem, Task, cells
from solver.plan.result import Number, Solved
from solver.plan.shares import minutes
from solver.plan.solve import solve

GOAL = {"gap of problems found": 0.01, "seconds": 60, "MiB": 2048, "visits": 1.0, "found": 1.0}
LARGE = Size(tasks=100, bodies=40_065, officers=620, trades=30)
#: Seconds for the large one.
LONGER = 300


def spent(problem: Problem, numbers: tuple[Number, ...]) -> dict[tuple[str, str], Fraction]:
    """Officer-minutes of a plan by county and skill, set-ups shared."""
    total: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for (region, skill, _), some in minutes(problem, numbers).items():
        total[region, skill] += some
    return total


def uniform(problem: Problem, hours: dict[tuple[str, str], Fraction]) -> float:
    """Problems found when the minutes are spent at one ratio for all, each task on its own (2)."""
    rate = {(r.task, r.risk_class, r.region): r.rate / PPM for r in problem.rates}
    full: dict[tuple[str, str], int] = defaultdict(int)
    for cell in cells(problem):
        for work in cell.task.work:
            set_up = problem.set_up * work.officers * cell.task.onsite
            full[cell.region, work.skill] += cell.population * (work.minutes + set_up)
    ratio = {key: min(1.0, float(hours[key] / one)) for key, one in full.items()}
    return sum(
        c.population * rate[c.key] * min(ratio[c.region, q] for q in c.task.skills) for c in cells(problem)
    )


def apart(problem: Problem, numbers: tuple[Number, ...]) -> int:
    """Visits of the same numbers with each task on its own (1)."""
    tasks: dict[str, Task] = {t.name: t for t in problem.tasks}
    return sum(n.take for n in numbers if tasks[n.task].onsite)


def _jiaxing(arguments: list[str]) -> Problem:
    """Read the real data, or say that they are not there and leave."""
    data = Path(arguments[0] if arguments else os.environ.get("INSPECT_DATA", "../shared/data"))
    if not (data / "enterprises" / "jiaxing.csv").exists():
        why = "no enterprises/jiaxing.csv at the place given"
        print(json.dumps({"figures": {}, "goal": GOAL, "holds": False, "why": why}))
        sys.exit(1)
    problem, bodies = jiaxing(data)
    table(("item", "bodies"), list(bodies.items()))
    print()
    return problem


def _beside(plan: Solved, drawn: int, naive_found: float) -> dict[str, float]:
    """Print the aims, and the plan beside the naive one; returns both ratios (1) and (2)."""
    aims = {aim.name: aim.value for aim in plan.aims}
    table(
        ("aim", "plan", "bound", "gap"),
        [(a.name, f"{a.value:,.1f}", f"{a.bound:,.1f}", f"{a.gap:.2%}") for a in plan.aims],
    )
    ratios = {"visits": aims["visits"] / drawn, "found": aims["found"] / naive_found}
    print()
    table(
        ("", "model", "naive", "ratio"),
        [
            ("visits, same coverage", f"{aims['visits']:,.0f}", f"{drawn:,}", f"{ratios['visits']:.3f}"),
            (
                "problems, same hours",
                f"{aims['found']:,.0f}",
                f"{naive_found:,.0f}",
                f"{ratios['found']:.3f}",
            ),
        ],
    )
    return {name: round(ratio, 4) for name, ratio in ratios.items()}


def main() -> None:
    """Solve, compare, print."""
    large = "--large" in sys.argv
    problem = prefecture(LARGE) if large else _jiaxing(sys.argv[1:])
    began = time.process_time()
    seconds, plan = timed(lambda: solve(problem))
    processor = time.process_time() - began
    if not isinstance(plan, Solved):
        print(type(plan).__name__, plan)
        conclude({"result": type(plan).__name__, "seconds": round(seconds, 1)}, GOAL, holds=False)
        return
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    aims = {aim.name: aim for aim in plan.aims}
    drawn = apart(problem, plan.numbers)
    naive_found = uniform(problem, spent(problem, plan.numbers))
    ratios = _beside(plan, drawn, naive_found)
    wrong = len(violations(problem, plan.numbers))
    figures = {
        "gap of problems found": round(aims["found"].gap, 5),
        "gaps": {a.name: round(a.gap, 4) for a in plan.aims},
        **ratios,
        "seconds": round(seconds, 1),
        "processor": round(processor, 1),
        "MiB": round(memory),
        "violations": wrong,
    }
    holds = (
        aims["found"].gap <= 0.01
        and seconds <= (LONGER if large else GOAL["seconds"])
        and memory <= 2048
        and ratios["visits"] < 1 < ratios["found"]
        and not wrong
    )
    conclude(figures, {**GOAL, "seconds": LONGER} if large else GOAL, holds=holds)


if __name__ == "__main__":
    main()
