"""Even loads, weights of greatest entropy and the lottery, at three sizes; beside them a CP-SAT model with random costs.

The CP-SAT model is what one would write who takes a solver for a lottery: each slot one officer, one slot an
officer and date, loads within one of each other, random costs to be least. It gives one roster whose chances nobody
knows; it stands here for its time alone.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.lottery_cases import Case, case_a, case_b, case_c
from benchmarks.report import conclude, median_of, table
from solver.dr1.lottery import lottery
from solver.dr1.stream import Stream
from solver.roster.staffing import Short
from solver.roster.weights import Weighed, weigh

PAIR_CAP = 2**30
SEED = "5f" * 32
PEER_LIMIT = 90.0  # stopped then, whatever it has


def main() -> None:
    """Measure, print, and leave with 0 if the goals are met."""
    rows: list[tuple[object, ...]] = []
    figures: dict[str, dict[str, Any]] = {}
    for name, case in (("a", case_a()), ("b", case_b()), ("c", case_c())):
        loads, drawn = _ours(case)
        figures[name] = {
            "pairs": len(case.pairs),
            "weights_s": round(loads, 2),
            "lottery_s": round(drawn, 2),
            "total_s": round(loads + drawn, 2),
        }
        rows.append(
            (f"{name}: ours", len(case.pairs), f"{loads:.2f}", f"{drawn:.2f}", f"{loads + drawn:.2f}")
        )
    seconds, status = _peer(case_b())
    figures["b"]["times_cp_sat"] = round(seconds / figures["b"]["total_s"], 1)
    figures["b_cp_sat"] = {"seconds": round(seconds, 1), "status": status, "lottery": False}
    rows.append(("b: CP-SAT, random costs (no lottery)", 240000, "-", "-", f"{seconds:.1f} {status}"))
    table(["case", "pairs", "loads and weights [s]", "lottery [s]", "in all [s]"], rows)
    goal = {"a_total_s": 2, "b_total_s": 8, "c_total_s": 15, "c_lottery_s": 6, "b_times_cp_sat": 7.5}
    holds = (
        figures["a"]["total_s"] <= 2
        and figures["b"]["total_s"] <= 8
        and figures["c"]["total_s"] <= 15
        and figures["c"]["lottery_s"] <= 6
        and figures["b"]["times_cp_sat"] >= 7.5
    )
    conclude(figures, goal, holds=holds)


def _ours(case: Case) -> tuple[float, float]:
    def prepare() -> Weighed | Short:
        return weigh(case.instance(), PAIR_CAP)

    loads, weighed = median_of(3, prepare)
    if isinstance(weighed, Short):
        raise SystemExit(f"the case is short of officers: {weighed.missing}")
    dates = [(slot, date) for slot, _, date in case.slots]
    drawn, roster = median_of(3, lambda: lottery(SEED, dates, weighed.weights))
    if len(roster) != len(case.slots):
        raise SystemExit("not every slot is filled")
    return loads, drawn


def _peer(case: Case) -> tuple[float, str]:
    """Seconds of the CP-SAT model from pairs to its proved optimum, the import of the solver not counted."""
    from ortools.sat.python import cp_model

    start = time.perf_counter()
    model, chance = cp_model.CpModel(), Stream(SEED)
    date_of = {slot: date for slot, _, date in case.slots}
    by_slot: dict[str, list[cp_model.IntVar]] = {}
    by_day: dict[tuple[str, str], list[cp_model.IntVar]] = {}
    by_officer: dict[str, list[cp_model.IntVar]] = {}
    costs = []
    for officer, slot in case.pairs:
        x = model.new_bool_var("")
        by_slot.setdefault(slot, []).append(x)
        by_day.setdefault((officer, date_of[slot]), []).append(x)
        by_officer.setdefault(officer, []).append(x)
        costs.append(chance.below(10**6) * x)
    for xs in by_slot.values():
        model.add_exactly_one(xs)
    for xs in by_day.values():
        model.add_at_most_one(xs)
    mean = len(case.slots) // len(by_officer)
    for xs in by_officer.values():
        model.add_linear_constraint(sum(xs), mean, mean + 1)
    model.minimize(sum(costs))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 2
    solver.parameters.max_time_in_seconds = PEER_LIMIT
    status = solver.solve(model)
    return time.perf_counter() - start, solver.status_name(status)


if __name__ == "__main__":
    main()
