"""Which potentials to record where they are not unique (势的选取).

A cap c_r is a fraction like 1/3, and is published as C_r = ⌈c_r U⌉ units: ε_r = C_r / U - c_r too large. Limits that
together are full at c_r cannot always be full together at C_r, so the published weights must leave some of them
just below, and those may bear no potential. Of all potentials of the optimum, those that remain
optimal for the caps as published are the ones that minimise

    Σ ε_r λ_or,   λ_or = -z_or ≥ 0                                                  (1)

since the optimum's value, as a function of the caps, falls there most slowly (Danskin). With x fixed,

    Δu_s + Δv_o + Δw_od + Δz_or = 0   ∀ (o, s) ∈ E                                  (2)
    w_od + Δw_od ≤ 0,  z_or + Δz_or ≤ 0,  both zero on limits that x does not fill.       (3)

Pairs without a full limit tie Δu_s to -Δv_o; what hangs together so moves as one, and (2) is stated once for each
different meeting of two such classes in a day and a leg. A linear program of a few hundred rows at most is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from solver.roster.caps import UNIT, in_units
from solver.roster.entropy import Optimum
from solver.roster.errors import RosterError
from solver.roster.instance import Flags, Floats, Instance, Ints
from solver.roster.network import components

#: Slack below which a limit counts as filled by x.
_FILLED = 1e-8


def settle(instance: Instance, found: Optimum, caps: Sequence[Fraction]) -> Optimum:
    """Choose the potentials that stay optimal for the caps in whole units; the weights do not change."""
    slack = np.array([float(in_units(c) - c * UNIT) for c in caps])[instance.leg_route]
    cap = np.array([float(c) for c in caps])[instance.leg_route]
    leg = np.bincount(instance.pair_leg[found.pairs], found.x, len(cap))
    day = np.bincount(instance.leg_day, leg, len(instance.day_date))
    leg_full, day_full = leg > cap - _FILLED, day > 1 - _FILLED
    if not (leg_full & (slack > 0)).any():
        return found
    problem = _Classes(instance, found, leg_full, day_full)
    shift = problem.solve(slack)
    return replace(
        found,
        slot=found.slot - shift[problem.of_slot],
        officer=found.officer + shift[problem.of_officer],
        day=np.minimum(0.0, found.day + problem.day_shift),
        leg=np.minimum(0.0, found.leg + problem.leg_shift),
    )


class _Classes:
    """Slots and officers by what they hang together with, and the rows of (2) between the classes."""

    def __init__(self, instance: Instance, found: Optimum, leg_full: Flags, day_full: Flags) -> None:
        self.found = found
        s, o = instance.pair_slot[found.pairs], instance.pair_officer[found.pairs]
        leg = instance.pair_leg[found.pairs]
        day = instance.leg_day[leg]
        on_leg, on_day = leg_full[leg], day_full[day]
        free = ~(on_leg | on_day)
        slots = len(instance.slots)
        label = components(s[free], slots + o[free], slots + len(instance.officers))
        self.of_slot, self.of_officer = label[:slots], label[slots:]
        self.count = int(label.max()) + 1
        meetings = np.stack(
            [label[s], label[slots + o], np.where(on_day, day, -1), np.where(on_leg, leg, -1)], axis=1
        )[~free]
        self.meetings: Ints = np.unique(meetings, axis=0)
        self.day_shift: Floats = np.zeros(len(found.day))
        self.leg_shift: Floats = np.zeros(len(found.leg))

    def solve(self, slack: Floats) -> Floats:
        """Shift of every class; the limits' shifts are kept beside."""
        days, day_at = np.unique(self.meetings[:, 2], return_inverse=True)
        legs, leg_at = np.unique(self.meetings[:, 3], return_inverse=True)
        rows = np.arange(len(self.meetings))
        one = np.ones(len(rows))
        first_leg = self.count + len(days)
        columns = (self.meetings[:, 0], self.meetings[:, 1], self.count + day_at, first_leg + leg_at)
        matrix = coo_array(
            (np.concatenate([-one, one, one, one]), (np.tile(rows, 4), np.concatenate(columns))),
            shape=(len(rows), first_leg + len(legs)),
        )
        day_top = np.where(days < 0, 0.0, -self.found.day[days])
        leg_top = np.where(legs < 0, 0.0, -self.found.leg[legs])
        none = np.concatenate([days, legs]) < 0
        top = np.concatenate([day_top, leg_top])
        bounds = [(None, None)] * self.count + [
            (0.0 if fixed else None, 0.0 if fixed else float(t)) for fixed, t in zip(none, top, strict=True)
        ]
        cost = np.zeros(first_leg + len(legs))
        cost[first_leg:] = np.where(legs < 0, 0.0, -slack[legs])
        answer = linprog(  # type: ignore[call-overload] # the stubs know no sparse A_eq
            cost, A_eq=matrix.tocsr(), b_eq=np.zeros(len(rows)), bounds=bounds, method="highs-ds"
        )
        if answer.status != 0:
            raise RosterError("potentials-unsettled", status=int(answer.status))
        self.day_shift[days[days >= 0]] = answer.x[self.count : first_leg][days >= 0]
        self.leg_shift[legs[legs >= 0]] = answer.x[first_leg:][legs >= 0]
        shift: Floats = answer.x[: self.count]
        return shift
