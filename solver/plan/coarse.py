"""The year without its months (年度粗粒度松弛): a bound of evenness and visits for a problem too large for more.

Sums over the open months of a plan of model.py, Y_icr = Σ_t n_icrt and V_Qcr = Σ_t F_Qcrt, keep

    rows over the year as they are                                                                           (1)
    V_Qcr ≥ Y_icr / N_icr,  i ∈ Q          since each month has F ≥ n / N                                     (2)
    Σ_{q ∈ Q} W_rq ≤ Σ_t H_rQt,  W with the fewest officers that any task takes of a skill                    (3)
    Σ_q W_rq ≤ T_r e_r                     T_r months have work in r, none more than e_r                      (4)

so that what is least under (1) to (4) bounds every plan from below. It has a tenth of the columns. Caps and batches are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from solver.plan.model import build
from solver.plan.problem import PPM, Batch, Means, Problem, Task
from solver.plan.rows import Model, Row

#: Rows over months, which say nothing of the year's sums.
_DROPPED = frozenset({"yearly-cap", "batch"})


def coarse(problem: Problem, fine: Model) -> Model:
    """Return the model of a problem's year without months, from the problem and its model."""
    hours: dict[tuple[str, ...], int] = defaultdict(int)
    for row in fine.rows:
        if row.kind == "hours":
            hours[row.where[:2]] += row.high or 0
    months = Counter(row.where[0] for row in fine.rows if row.kind == "peak")
    whole = build(_one_month(problem))
    rows = [_row(row, hours, months) for row in whole.rows if row.kind not in _DROPPED]
    # A body may be drawn, and visited, in several months.
    tops = tuple(12 * top for top in whole.tops)
    return replace(whole, rows=tuple(rows), tops=tops)


def _one_month(problem: Problem) -> Problem:
    """The problem with all open months in one, and the fewest officers of each skill."""
    month = problem.first_month
    fewest: dict[str, int] = {}
    for work in (work for task in problem.tasks for work in task.work):
        fewest[work.skill] = min(fewest.get(work.skill, work.officers), work.officers)
    sets = dict.fromkeys((m.region, m.skills) for m in problem.means)
    return replace(
        problem,
        tasks=tuple(_task(task, month, fewest) for task in problem.tasks),
        means=tuple(Means(region=r, skills=s, month=month, minutes=PPM) for r, s in sets),
        last_month=month,
    )


def _task(task: Task, month: int, fewest: dict[str, int]) -> Task:
    work = tuple(replace(one, officers=fewest[one.skill]) for one in task.work)
    return replace(task, batches=(Batch(months=(month,), least=0),), busy=frozenset(), work=work)


def _row(row: Row, hours: dict[tuple[str, ...], int], months: Counter[str]) -> Row:
    if row.kind == "hours":
        return replace(row, high=hours[row.where[:2]])  # (3)
    if row.kind == "peak":
        *terms, (peak, c) = row.terms
        return replace(row, terms=(*terms, (peak, c * months[row.where[0]])))  # (4)
    return row
