"""The smallest caps on one officer's chance to be sent on one route (单人单批次概率上限).

Model, for each date by itself (nothing here joins two dates)
  Σ_o x_os = 1                ∀ s           (1)
  Σ_{s on d} x_os ≤ 1         ∀ o           (2)
  Σ_{s on r} x_os ≤ c_r       ∀ o, r        (3)
  c_r ≥ pair_cap              ∀ r           (4)
Among the caps that can be kept: the largest is as small as can be, then the second largest, and so on
(leximin). That point is one and the same whatever way it is reached, and no cap of it above pair_cap can be
lowered unless one at least as high is raised.

Method. A route alone needs c_r ≥ max |S| / |N(S)| over its sets S of slots: that is the start. While the caps cannot
be kept on a date, raise them to a common t: a minimum cut whose capacity is below the need tells the least t at which
*that* cut suffices, a lower bound; repeat until all is kept (discrete Newton: no cut comes twice). Routes that the last
cut bound at t stay at t, and the rest starts again from below.
Source: Dinkelbach (1967); Radzik, "Newton's method for fractional combinatorial optimization", FOCS 1992.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, lcm

import numpy as np

from solver.roster.errors import RosterError
from solver.roster.instance import Flags, Instance, Ints
from solver.roster.maxflow import Arcs, join, largest_flow
from solver.roster.network import Nodes, nodes_of

UNIT = 2**32
"""Probability 1 in the units of the protocol."""

MAX_DENOMINATOR = 1000
"""Caps are fractions with denominators up to this; what lies closer together is one cap."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a cut leaves room for: its limits that do not move, and how often each route's cap is in it."""

    need: int
    fixed: int
    counts: dict[int, int]


def smallest_caps(instance: Instance, pair_cap: int) -> tuple[Fraction, ...]:
    """Caps of all routes, exact; the instance must be one that can be staffed.

    Parameters
    ----------
    pair_cap : int
        Cap where candidates suffice, in units of 2^-32, 1 to 2^32.

    Returns
    -------
    tuple of Fraction
        One for each route, from pair_cap to 1. ``ceil`` of it in units is the cap that is published.
    """
    floor = exact_cap(pair_cap)
    nodes = nodes_of(instance)
    caps = [floor] * len(instance.routes)
    while bounds := _short_cuts(instance, nodes, caps, instance.slot_route, alone=True):
        for route, bound in bounds.items():
            caps[route] = Fraction(bound.need, bound.counts[route])
    while bounds := _short_cuts(instance, nodes, caps, instance.slot_date, alone=False):
        caps = _raise(instance, nodes, caps, bounds)
    return tuple(caps)


def exact_cap(units: int) -> Fraction:
    """The fraction that a cap in units stands for: the simplest whose units these are.

    A third is published as ⌈2^32 / 3⌉ units. Taken by the letter that is 10^-10 too much, which is nothing to a
    lottery and everything to the question which limits are full in every staffing.
    """
    for denominator in range(1, MAX_DENOMINATOR + 1):
        cap = Fraction(units * denominator // UNIT, denominator)
        if cap > 0 and in_units(cap) == units:
            return cap
    return Fraction(units, UNIT)


def in_units(cap: Fraction) -> int:
    """The smallest whole number of units that is not below the cap."""
    return ceil(cap * UNIT)


def _raise(
    instance: Instance, nodes: Nodes, base: list[Fraction], bounds: dict[int, _Bound]
) -> list[Fraction]:
    """Raise the caps of each date that is short to its least common t; keep t only where the last cut binds."""
    level: dict[int, Fraction] = {}
    last: dict[int, _Bound] = {}
    while bounds:
        for date, bound in bounds.items():
            level[date], last[date] = _least_level(bound, base), bound
        raised = [max(cap, level.get(int(d), cap)) for cap, d in zip(base, instance.route_date, strict=True)]
        bounds = _short_cuts(instance, nodes, raised, instance.slot_date, alone=False)
    caps = list(base)
    for date, bound in last.items():
        for route in bound.counts:
            caps[route] = max(base[route], level[date])
    return caps


def _least_level(bound: _Bound, base: list[Fraction]) -> Fraction:
    """Least t with fixed + Σ counts_r · max(base_r, t) ≥ need; the left side grows from piece to piece."""
    ladder = sorted(bound.counts, key=lambda r: base[r])
    rest = Fraction(bound.need - bound.fixed) - sum(bound.counts[r] * base[r] for r in ladder)
    height = base[ladder[0]]
    width = 0
    for route in ladder:
        step = (base[route] - height) * width
        if width and step >= rest:
            break
        rest -= step
        height = base[route]
        width += bound.counts[route]
    return height + rest / width


def _short_cuts(
    instance: Instance, nodes: Nodes, caps: list[Fraction], part_of_slot: Ints, *, alone: bool
) -> dict[int, _Bound]:
    """Cuts that are too small, one for each part (a route alone, without (2); or a date) that cannot keep its caps."""
    scale = lcm(*(cap.denominator for cap in caps)) if caps else 1
    if scale > 2**62 // max(1, 2 * len(instance.pair_leg)):  # beyond what the flow's whole numbers hold
        raise RosterError("flow-overflow", scale=str(scale))
    cap = np.array([int(c * scale) for c in caps], dtype=np.int64)[instance.leg_route]
    day_head = nodes.day[instance.leg_day]
    feed = (
        Arcs(np.full(len(cap), nodes.source), nodes.leg, cap)
        if alone
        else join([_into_days(nodes, scale), Arcs(day_head, nodes.leg, cap)])  # (2), (3)
    )
    work = Arcs(
        nodes.leg[instance.pair_leg],
        nodes.slot[instance.pair_slot],
        np.full(len(instance.pair_leg), 2 * scale),
    )
    need = Arcs(nodes.slot, np.full(len(nodes.slot), nodes.sink), np.full(len(nodes.slot), scale))  # (1)
    flow = largest_flow(join([feed, work, need]), nodes.source, nodes.sink, nodes.count)
    filled = flow.amount[-len(nodes.slot) :] == scale
    short = np.unique(part_of_slot[~filled]) if len(nodes.slot) else part_of_slot
    return {
        int(part): _bound(instance, nodes, flow.reached, part_of_slot == part, alone=alone) for part in short
    }


def _into_days(nodes: Nodes, scale: int) -> Arcs:
    return Arcs(np.full(len(nodes.day), nodes.source), nodes.day, np.full(len(nodes.day), scale))


def _bound(instance: Instance, nodes: Nodes, reached: Flags, part: Flags, *, alone: bool) -> _Bound:
    """Read the cut of one part: the slots it cannot feed, and the limits around them."""
    starved = part & ~reached[nodes.slot]
    leg_in = np.zeros(len(nodes.leg), dtype=np.bool_)
    leg_in[instance.pair_leg[starved[instance.pair_slot]]] = True
    at_day = leg_in & ~reached[nodes.leg]
    open_day = np.ones(len(nodes.day), dtype=np.bool_) if alone else reached[nodes.day]
    by_cap = at_day & open_day[instance.leg_day]
    closed = np.unique(instance.leg_day[at_day & ~open_day[instance.leg_day]])
    routes, counts = np.unique(instance.leg_route[by_cap], return_counts=True)
    return _Bound(int(starved.sum()), len(closed), dict(zip(routes.tolist(), counts.tolist(), strict=True)))
