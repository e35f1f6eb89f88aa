"""Weights in exact units (概率取整): from floats to whole units of 2^-32 that keep every sum.

Let x be the optimum and U = 2^32. Wanted are whole w_os ≥ 1 with
  Σ_o w_os = U                                        ∀ s            (1)
  Σ_{s on d} w_os ≤ U, = U where the day's potential is not zero     (2)
  Σ_{s on r} w_os ≤ C_r, = C_r where the leg's is not zero           (3)
  ⌊L_o⌋ U ≤ Σ_s w_os ≤ ⌈L_o⌉ U                        ∀ o            (4)
  |w_os - x_os U| ≤ a few units                                      (5)
C_r is the published cap of the route in units. Each w is a base some units below x U and an excess e;
the excesses are a flow slot → leg → day → officer. A row that must be met exactly is cut in two: what comes in is
due at a sink of its own, what goes out comes from a source of its own; all sources are as large as all sinks, so a
flow that empties the sources meets every row. Rounding each weight by itself would leave sums off by some units,
and the lottery would no longer give an officer exactly the chance that is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from solver.roster.caps import UNIT, in_units
from solver.roster.entropy import Optimum, full_rows
from solver.roster.instance import Flags, Instance, Ints
from solver.roster.maxflow import Arcs, join, largest_flow

#: A limit's potential nearer to zero than this is taken as zero: a twentieth of what the protocol allows.
SLIGHT = 5e-6

#: How far a weight may move either way, tried in turn [units]: a number, and a share of the weight for large ones.
REACHES = ((1, 0.0), (2, 0.0), (2, 1e-8), (2, 1e-6), (2, 2e-5))


@dataclass(frozen=True, slots=True)
class Snapped:
    """Whole weights.

    Parameters
    ----------
    weight : int64[n]
        One for each of the optimum's pairs, in units, ≥ 1.
    day_full, leg_full : bool
        Rows whose sum meets their limit to the unit: those that the protocol wants a potential of.
    day_bears, leg_bears : bool
        Those among them whose potential is not as good as zero.
    """

    weight: Ints
    day_full: Flags
    leg_full: Flags
    day_bears: Flags
    leg_bears: Flags


@dataclass(frozen=True, slots=True)
class Unsnapped:
    """No whole weights within a few units; ``missing`` units could not be placed."""

    missing: int


def snap(
    instance: Instance, found: Optimum, caps: Sequence[Fraction], loads: Sequence[Fraction]
) -> Snapped | Unsnapped:
    """Find whole weights."""
    missing = 0
    for least, share in REACHES:
        reach = np.maximum(least, np.floor(found.x * UNIT * share)).astype(np.int64)
        rows = _Rows(instance, found, caps, loads, reach)
        extra, missing = rows.place(2 * reach + 1)
        if missing == 0:
            return rows.snapped(rows.base + extra)
    return Unsnapped(missing)


class _Rows:
    """The flow of excesses; nodes are slots, legs, days, officers, source, sink and the flexible officers' own."""

    def __init__(
        self,
        instance: Instance,
        found: Optimum,
        caps: Sequence[Fraction],
        loads: Sequence[Fraction],
        reach: Ints,
    ) -> None:
        self.instance = instance
        pairs = found.pairs
        self.s, self.leg = instance.pair_slot[pairs], instance.pair_leg[pairs]
        self.base = np.maximum(1, np.floor(found.x * UNIT).astype(np.int64) - reach)
        leg = _sums(self.leg, self.base, len(instance.leg_route))
        day = _sums(instance.leg_day, leg, len(instance.day_date))
        officer = _sums(instance.day_officer, day, len(instance.officers))
        cap = np.array([in_units(c) for c in caps], dtype=np.int64)[instance.leg_route]
        self.need = UNIT * (_sums(self.s, np.ones_like(self.base), len(instance.slots)) > 0)
        self.need = self.need - _sums(self.s, self.base, len(instance.slots))
        self.leg_bears = full_rows(found.leg, SLIGHT) & (leg > 0)
        self.day_bears = full_rows(found.day, SLIGHT) & (day > 0)
        self.cap = cap
        self.leg_room = np.maximum(0, cap - leg)
        self.day_room = np.maximum(0, UNIT - day)
        self.whole = np.array([load.denominator == 1 for load in loads], dtype=np.bool_)
        ceiling = np.array([ceil(load) for load in loads], dtype=np.int64) * UNIT
        self.officer_room = np.maximum(0, ceiling - officer)
        self.floor_met = all(
            floor(load) * UNIT <= have
            for load, have in zip(loads, officer.tolist(), strict=True)
            if load.denominator != 1
        )

    def place(self, excess: Ints) -> tuple[Ints, int]:
        """Place all excesses, at most ``excess`` a pair; what is missing comes back as a count."""
        i = self.instance
        slots, legs, days, officers = map(len, (i.slots, i.leg_route, i.day_date, i.officers))
        leg0, day0, officer0 = slots, slots + legs, slots + legs + days
        source, sink, flexible = (officer0 + officers + k for k in range(3))
        pair = Arcs(self.s, leg0 + self.leg, excess)
        into_day = _row(leg0 + np.arange(legs), day0 + i.leg_day, self.leg_room, self.leg_bears, source, sink)
        into_officer = _row(
            day0 + np.arange(days), officer0 + i.day_officer, self.day_room, self.day_bears, source, sink
        )
        end = np.where(self.whole, sink, flexible)
        out = Arcs(officer0 + np.arange(officers), end, self.officer_room)
        start = Arcs(np.full(slots, source), np.arange(slots), self.need)
        arcs = join([pair, start, into_day, into_officer, out])
        supply = int(arcs.capacity[arcs.tail == source].sum())
        rest = supply - int(arcs.capacity[arcs.head == sink].sum())
        if rest < 0 or not self.floor_met:
            return np.zeros_like(self.s), max(1, -rest)
        arcs = join([arcs, Arcs(np.array([flexible]), np.array([sink]), np.array([rest]))])
        flow = largest_flow(arcs, source, sink, flexible + 1)
        moved = int(flow.amount[arcs.tail == source].sum())
        return flow.amount[: len(self.s)], supply - moved

    def snapped(self, weight: Ints) -> Snapped:
        """Tell which rows the weights fill to the unit."""
        leg = _sums(self.leg, weight, len(self.cap))
        day = _sums(self.instance.leg_day, leg, len(self.day_room))
        return Snapped(weight, day == UNIT, leg == self.cap, self.day_bears, self.leg_bears)


def _row(tail: Ints, head: Ints, room: Ints, full: Flags, source: int, sink: int) -> Arcs:
    """Arcs of rows Σ ≤ room; a row that must be full is due at the sink, and its amount starts at the source."""
    amount = room[full]
    return join(
        [
            Arcs(tail[~full], head[~full], room[~full]),
            Arcs(tail[full], np.full(len(amount), sink), amount),
            Arcs(np.full(len(amount), source), head[full], amount),
        ]
    )


def _sums(index: Ints, value: Ints, size: int) -> Ints:
    """Exact integer sums by index; a float sum of units would lose the last ones."""
    total = np.zeros(size, dtype=np.int64)
    np.add.at(total, index, value)
    return total
