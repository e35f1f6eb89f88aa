"""Slots that take a wider skill, so few as can be (放宽专业).

  min Σ_{(o,s)} c_os x_os   (0),   Σ_o x_os = 1 ∀ s  (1),   Σ_s x_os ≤ 1 ∀ o  (2)
for each short day, with c_os = 0 where the pair is allowed as it is, 1 where it is once skills of s that o lacks are
replaced by wider ones that o has, and no pair else. A slot that is widened is filled at cost 1 by whoever fills it, and no
other costs, so the least cost is the least number of slots. An assignment problem, solved exactly by SciPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from solver.dr1.eligibility import Slot
from solver.shortage.changes import Widen
from solver.shortage.graph import may_on
from solver.shortage.problem import Case, Trip

NEVER = 10**6
"""Cost of a pair that nothing allows: more than any number of slots of a day."""


def widen(case: Case, short: Sequence[str]) -> tuple[Widen, ...] | None:
    """The fewest slots to widen on the short days, with the skills; None where no widening suffices."""
    found: list[Widen] = []
    for day in short:
        more = _on_day(case, day)
        if more is None:
            return None
        found.extend(more)
    return tuple(found)


def _on_day(case: Case, day: str) -> list[Widen] | None:
    may = may_on(case, day)
    wide = _wide(case, day)
    slots = sorted(may)
    codes = sorted({code for s in slots for code in (*may[s], *wide[s])})
    if len(codes) < len(slots):
        return None
    place = {code: i for i, code in enumerate(codes)}
    cost = np.full((len(slots), len(codes)), NEVER, dtype=np.int64)
    for i, slot in enumerate(slots):
        cost[i, [place[code] for code in wide[slot]]] = 1
        cost[i, [place[code] for code in may[slot]]] = 0
    rows, columns = linear_sum_assignment(cost)  # (1), (2)
    costs = cost[rows, columns].tolist()
    if sum(costs) >= NEVER:
        return None
    pairs = zip(rows.tolist(), columns.tolist(), costs, strict=True)
    return [one for i, j, c in pairs if c for one in wide[slots[i]][codes[j]]]


def _wide(case: Case, day: str) -> dict[str, dict[str, list[Widen]]]:
    """Slot → who may fill it only once it is widened → how; judged with the slot alone widened."""
    found: dict[str, dict[str, list[Widen]]] = {}
    free = replace(case, trips=tuple(_unskilled(trip) for trip in case.trips if trip.route.date == day))
    skills = {one.code: one.skills for one in case.officers}
    for name, codes in may_on(free, day).items():
        slot = case.slots[name][1]
        found[name] = {}
        for code in codes:
            how = _replaced(case.wider, slot, skills[code])
            if how:
                found[name][code] = how
    return found


def _unskilled(trip: Trip) -> Trip:
    slots = tuple(replace(slot, skills=frozenset[str]()) for slot in trip.route.slots)
    return replace(trip, route=replace(trip.route, slots=slots))


def _replaced(wider: Mapping[str, tuple[str, ...]], slot: Slot, has: frozenset[str]) -> list[Widen] | None:
    """The skills of a slot that are replaced so that an officer with these has all; None where it cannot be."""
    how = []
    for skill in sorted(slot.skills - has):
        instead = next((w for w in wider.get(skill, ()) if w in has), None)
        if instead is None:
            return None
        how.append(Widen(slot.slot, skill, instead))
    return how
