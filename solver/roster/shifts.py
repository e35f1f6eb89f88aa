"""Potentials with the signs that the optimum needs (对偶势的平移).

Where limits are full in every staffing, the entropy problem falls into components, and the potentials of each are known up
to one shift δ: up for its heads, down for its slots, and no weight changes. The step over an always-full limit i, from
component A (the officer, or day) into component B (the day, or leg), has potential
  y_i = P_B + δ_B - P_A - δ_A ≤ 0                                     (1)
P being the sum of potentials from the officer down to a node. Such δ exist, since the residual graph has no way back. Of all
of them those are taken that keep the potentials small:
  max Σ y_i                                                           (2)
Which of them also suit caps in whole units, :mod:`solver.roster.duals` decides after this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from solver.roster.dual import DualPoint
from solver.roster.errors import RosterError
from solver.roster.heads import Layout
from solver.roster.instance import Flags, Floats, Instance, Ints
from solver.roster.network import components, links, nodes_of
from solver.roster.support import Support


@dataclass(frozen=True, slots=True)
class Potentials:
    """Natural logarithms; weight = exp(slot + officer + day + leg), as probabilities.

    Parameters
    ----------
    slot, officer, day, leg : float64
        ``day`` and ``leg`` are never above zero, and zero where the limit need not be reached.
    """

    slot: Floats
    officer: Floats
    day: Floats
    leg: Floats


def signed_potentials(instance: Instance, found: Support, layout: Layout, point: DualPoint) -> Potentials:
    """Shift the components and take the differences from level to level.

    Raises
    ------
    RosterError
        ``shifts-unsolved`` if the linear program fails, which it cannot on an exact support.
    """
    nodes = nodes_of(instance)
    level = _levels(instance, layout, point, nodes.source)
    part = components(*links(instance, nodes, ~found.day_full, ~found.leg_full, found.pair), nodes.source)
    tail, head = links(instance, nodes, found.day_full, found.leg_full, np.zeros_like(found.pair))
    shift = _shifts(part, level, tail, head)
    level = level + np.where(np.arange(nodes.source) < nodes.slot[0], 1, -1) * shift[part]
    leg_used = np.bincount(instance.pair_leg[found.pair], minlength=len(nodes.leg)) > 0
    day_used = np.bincount(instance.leg_day[leg_used], minlength=len(nodes.day)) > 0
    day = level[nodes.day] - level[nodes.officer][instance.day_officer]
    leg = level[nodes.leg] - level[nodes.day][instance.leg_day]
    return Potentials(level[nodes.slot], level[nodes.officer], _below(day, day_used), _below(leg, leg_used))


def _below(value: Floats, used: Flags) -> Floats:
    """Zero for rows without pairs; a rounding above zero is zero."""
    return np.where(used, np.minimum(value, 0.0), 0.0)


def _levels(instance: Instance, layout: Layout, point: DualPoint, count: int) -> Floats:
    """P of each node, before any shift; for slots their own potential."""
    officers, days, legs = len(instance.officers), len(instance.day_date), len(instance.leg_route)
    level = np.zeros(count)
    of_officer, of_day = layout.head_key < officers, layout.block_key < days
    level[layout.head_key[of_officer]] = point.rows.head_log[of_officer]
    level[officers : officers + days] = level[instance.day_officer]
    level[officers + layout.block_key[of_day]] = point.rows.block_log[of_day]
    level[officers + days : officers + days + legs] = level[officers + instance.leg_day]
    level[officers + days + layout.legs] = point.rows.leg_log
    level[officers + days + legs :] = point.u
    return level


def _shifts(part: Ints, level: Floats, tail: Ints, head: Ints) -> Floats:
    """Solve (1), (2)."""
    count = int(part.max(initial=-1)) + 1
    if not len(tail):
        return np.zeros(count)
    rows, one = np.arange(len(tail)), np.ones(len(tail))
    step = csr_array(
        (np.append(one, -one), (np.append(rows, rows), np.append(part[head], part[tail]))),
        shape=(len(tail), count),
    )
    cost = -np.asarray(step.sum(axis=0), dtype=np.float64).ravel()  # (2)
    gap = level[tail] - level[head]
    best = linprog(  # type: ignore[call-overload] # the stubs know no sparse A_ub
        cost, A_ub=step, b_ub=gap, bounds=(None, None), method="highs-ds"
    )  # (1)
    if best.status != 0:
        raise RosterError("shifts-unsolved", status=int(best.status))
    return np.asarray(best.x, dtype=np.float64)
