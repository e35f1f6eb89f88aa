"""The annual plan of a prefecture, beside the same ratio every month with each task on its own.

    python -m benchmarks.plan            the size of a prefecture: 7 counties, 40 tasks, 14,273 bodies, 220 officers
    python -m benchmarks.plan --large    100 tasks

The prefecture is made up (benchmarks/plan_cases.py): what is real is its size, the classes' shares and their ranges. The
naive plan is compared twice:
  same coverage   every number of the model's plan, each task drawn on its own: a body drawn in two tasks is visited twice.
                  Visits by the model's plan over visits so                                                (1)
  same hours      in each county and skill the officer-minutes of the model's plan, spent at one ratio for all classes, each task
                  with a set-up of its own. Problems that the model's plan is expected to find over problems so   (2)
Both expectations are under the rates put in, so that (2) shows what the model makes of them, not whether they are true.
"""

from __future__ import annotations

import resource
import sys
from collections import defaultdict

from benchmarks.plan_cases import Size, prefecture
from benchmarks.report import conclude, table, timed
from solver.plan import visits
from solver.plan.lawful import violations
from solver.plan.problem import PPM, Problem, cells
from solver.plan.result import Number, Solved
from solver.plan.solve import solve

GOAL = {"gap of problems found": 0.01, "seconds": 60, "MiB": 2048, "visits": 1.0, "found": 1.0}
LARGE = Size(tasks=100, bodies=40_065, officers=620, trades=30)

Minutes = dict[tuple[str, str], float]


def spent(problem: Problem, numbers: tuple[Number, ...]) -> Minutes:
    """Officer-minutes of a plan by county and skill, set-ups shared."""
    tasks = {t.name: t for t in problem.tasks}
    size = {cell.key: cell.population for cell in cells(problem)}
    take = {(n.task, n.risk_class, n.region, n.month): n.take for n in numbers}
    minutes: Minutes = defaultdict(float)
    for n in numbers:
        minutes[n.region, tasks[n.task].skill] += n.take * tasks[n.task].minutes
    for g in problem.groups:
        for skill in {tasks[name].skill for name in g.tasks}:
            mine = [name for name in g.tasks if tasks[name].skill == skill]
            for t in range(1, 13):
                drawn = [
                    visits.Drawn(
                        take.get((i, g.risk_class, g.region, t), 0), size[i, g.risk_class, g.region], i
                    )
                    for i in mine
                ]
                minutes[g.region, skill] += problem.set_up * float(visits.expected(g.size, drawn))
    return minutes


def uniform(problem: Problem, minutes: Minutes) -> float:
    """Problems found when the minutes are spent at one ratio for all, each task on its own (2)."""
    rate = {(r.task, r.risk_class, r.region): r.rate / PPM for r in problem.rates}
    full: Minutes = defaultdict(float)
    yields: Minutes = defaultdict(float)
    for cell in cells(problem):
        key = (cell.region, cell.task.skill)
        full[key] += cell.population * (cell.task.minutes + problem.set_up)
        yields[key] += cell.population * rate[cell.key]
    return sum(yields[key] * min(1.0, minutes[key] / full[key]) for key in full)


def main() -> None:
    """Solve, compare, print."""
    problem = prefecture(LARGE if "--large" in sys.argv else Size())
    seconds, plan = timed(lambda: solve(problem))
    if not isinstance(plan, Solved):
        print(type(plan).__name__, plan)
        conclude({"result": type(plan).__name__, "seconds": round(seconds, 1)}, GOAL, holds=False)
        return
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    aims = {aim.name: aim for aim in plan.aims}
    drawn = sum(n.take for n in plan.numbers)
    naive_found = uniform(problem, spent(problem, plan.numbers))
    table(
        ("aim", "plan", "bound", "gap"),
        [(a.name, f"{a.value:,.1f}", f"{a.bound:,.1f}", f"{a.gap:.2%}") for a in plan.aims],
    )
    print()
    table(
        ("", "model", "naive", "ratio"),
        [
            (
                "visits, same coverage",
                f"{aims['visits'].value:,.0f}",
                f"{drawn:,}",
                f"{aims['visits'].value / drawn:.3f}",
            ),
            (
                "problems, same hours",
                f"{aims['found'].value:,.0f}",
                f"{naive_found:,.0f}",
                f"{aims['found'].value / naive_found:.3f}",
            ),
        ],
    )
    figures = {
        "gap of problems found": round(aims["found"].gap, 5),
        "gaps": {a.name: round(a.gap, 4) for a in plan.aims},
        "visits": round(aims["visits"].value / drawn, 4),
        "found": round(aims["found"].value / naive_found, 4),
        "seconds": round(seconds, 1),
        "MiB": round(memory),
        "violations": len(violations(problem, plan.numbers)),
    }
    holds = (
        aims["found"].gap <= 0.01
        and seconds <= (300 if "--large" in sys.argv else 60)
        and memory <= 2048
        and figures["visits"] < 1 < figures["found"]
        and not figures["violations"]
    )
    conclude(figures, GOAL, holds=holds)


if __name__ == "__main__":
    main()
