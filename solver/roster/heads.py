"""From the staffing network to the rows of the entropy problem: limits that are always full stand alone.

A day that is full in every staffing is an equation, Σ x = 1, and so is a leg that is always at its cap. Its pairs leave
the officer's own sum, whose right side is lowered by what they carry, and the potential of the equation has no sign yet:
:mod:`solver.roster.shifts` gives it one. What is left has an inner point in every limit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from solver.roster.instance import Instance, Ints
from solver.roster.rows import Heads
from solver.roster.support import Support


@dataclass(frozen=True, slots=True)
class Layout:
    """Heads, with the places of their rows in the instance.

    Parameters
    ----------
    heads : Heads
    pairs, legs : int64
        Numbers, in the instance, of the pairs and legs of ``heads``.
    block_key, head_key : int64
        For each block: its day, or ``days + leg`` of a leg that stands alone. For each head: its officer, or ``officers +
        day``, or ``officers + days + leg``.
    """

    heads: Heads
    pairs: Ints
    legs: Ints
    block_key: Ints
    head_key: Ints


def lay_out(
    instance: Instance, found: Support, loads: Sequence[Fraction], caps: Sequence[Fraction]
) -> Layout:
    """Arrange the pairs of the support under their heads."""
    pairs = np.flatnonzero(found.pair)
    legs, pair_leg = np.unique(instance.pair_leg[pairs], return_inverse=True)
    day = instance.leg_day[legs]
    officers, days = len(instance.officers), len(instance.day_date)
    alone, in_full_day = found.leg_full[legs], found.day_full[day]
    block_key, leg_block = np.unique(np.where(alone, days + legs, day), return_inverse=True)
    head = np.where(
        alone, officers + days + legs, np.where(in_full_day, officers + day, instance.day_officer[day])
    )
    head_key, leg_head = np.unique(head, return_inverse=True)
    block_head = np.zeros(len(block_key), dtype=np.int64)
    block_head[leg_block] = leg_head
    masses = _masses(instance, found, loads, caps)
    own = np.append(found.day_full, np.ones(len(instance.leg_route), dtype=np.bool_))[block_key]
    cap = np.array([float(c) for c in caps])[instance.leg_route[legs]]
    heads = Heads(
        pair_leg=pair_leg.astype(np.int64),
        pair_slot=instance.pair_slot[pairs],
        leg_block=leg_block.astype(np.int64),
        leg_cap=np.where(alone, np.inf, cap),
        block_head=block_head,
        block_limit=np.where(
            own, np.inf, np.append(masses[officers:], 0.0)[np.minimum(block_key, len(masses) - officers)]
        ),
        head_mass=masses[head_key],
        slots=len(instance.slots),
    )
    return Layout(heads, pairs, legs, block_key, head_key)


def _masses(
    instance: Instance, found: Support, loads: Sequence[Fraction], caps: Sequence[Fraction]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """What is left to each officer, each day, each leg, once what is always full below it is taken off; exact till the end."""
    of_officer = list(loads)
    of_day = [Fraction(1)] * len(instance.day_date)
    for leg in np.flatnonzero(found.leg_full).tolist():
        day, cap = int(instance.leg_day[leg]), caps[int(instance.leg_route[leg])]
        of_day[day] -= cap
        if not found.day_full[day]:
            of_officer[int(instance.day_officer[day])] -= cap
    for day in np.flatnonzero(found.day_full).tolist():
        of_officer[int(instance.day_officer[day])] -= 1
    of_leg = [float(c) for c in caps]
    legs = [of_leg[r] for r in instance.leg_route.tolist()]
    return np.array([*map(float, of_officer), *map(float, of_day), *legs])
