"""From real weights to whole units of 2^-32, with exact sums (取整).

Model, whole numbers n_os ≥ 1, with y = 2^32 x the real optimum and k a small width
  |n_os - y_os| ≤ k, rounded outwards                                 (1)
  Σ_o n_os = 2^32                              ∀ s                    (2)
  Σ_{s on d} n_os ≤ 2^32, = where w_od < 0     ∀ o, d                 (3)
  Σ_{s on r} n_os ≤ c_r,  = where z_or < 0     ∀ o, r                 (4)
  ⌊2^32 L_o⌋ ≤ Σ_s n_os ≤ ⌈2^32 L_o⌉           ∀ o                    (5)
By (5) a whole load stays exactly whole, and any other stays between the same two whole numbers, so that an officer's
number of slots is L_o rounded down or up. The real optimum keeps all of this (with k = 0), it is a flow with whole
bounds, so a whole flow keeps it too. Solved as a largest flow above the lower bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from solver.roster.caps import UNIT, in_units
from solver.roster.errors import RosterError
from solver.roster.instance import Flags, Floats, Instance, Ints
from solver.roster.maxflow import Arcs, join, largest_flow
from solver.roster.network import Nodes, nodes_of

WIDTHS = (0, 1, 2)
"""Widths that are tried in turn; the last is within the 4 units that the protocol allows."""


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Least and largest flow of the arcs of one kind, with their ends."""

    tail: Ints
    head: Ints
    low: Ints
    high: Ints


def snap(
    instance: Instance,
    pairs: Ints,
    weight: Floats,
    loads: Sequence[Fraction],
    caps: Sequence[Fraction],
    full: tuple[Flags, Flags],
) -> tuple[Ints, int]:
    """Round the weights of some pairs.

    Parameters
    ----------
    pairs, weight : int64[n], float64[n]
        Numbers of the pairs, and their probabilities.
    full : tuple of bool[days], bool[legs]
        Rows whose potential is below zero, so that their sum must be at its limit.

    Returns
    -------
    tuple of int64[n], int
        Weights in units, and the width at which they could be had.

    Raises
    ------
    RosterError
        ``snap-impossible`` if the real weights are not what (2)–(5) need.
    """
    for width in WIDTHS:
        units = _try(instance, pairs, weight * UNIT, width, loads, caps, full)
        if units is not None:
            return units, width
    raise RosterError("snap-impossible", width=WIDTHS[-1])


def _try(
    instance: Instance,
    pairs: Ints,
    ideal: Floats,
    width: int,
    loads: Sequence[Fraction],
    caps: Sequence[Fraction],
    full: tuple[Flags, Flags],
) -> Ints | None:
    nodes = nodes_of(instance)
    low = np.maximum(1, np.floor(ideal).astype(np.int64) - width)  # (1)
    high = np.maximum(low, np.ceil(ideal).astype(np.int64) + width)
    work = _Bounds(nodes.leg[instance.pair_leg[pairs]], nodes.slot[instance.pair_slot[pairs]], low, high)
    cap = np.array([in_units(c) for c in caps], dtype=np.int64)[instance.leg_route]
    leg = _row(instance.pair_leg[pairs], work, cap, full[1])  # (4)
    legs = _Bounds(nodes.day[instance.leg_day], nodes.leg, *leg)
    limit = np.full(len(instance.day_date), UNIT, dtype=np.int64)
    day = _row(instance.leg_day, legs, limit, full[0])  # (3)
    days = _Bounds(nodes.officer[instance.day_officer], nodes.day, *day)
    share = _loads(loads)
    officers = _Bounds(np.full(len(share[0]), nodes.source), nodes.officer, *share)  # (5)
    parts = [work, legs, days, officers]
    if any((p.low > p.high).any() for p in parts):
        return None
    return _raise_from_low(instance, nodes, parts)


def _row(inner: Ints, below: _Bounds, limit: Ints, full: Flags) -> tuple[Ints, Ints]:
    """Bounds of a row: those of the arcs below it, its limit, and the limit exactly where it must be full."""
    low, high = np.zeros_like(limit), np.zeros_like(limit)
    np.add.at(low, inner, below.low)
    np.add.at(high, inner, below.high)
    must = np.where(full, limit, low)
    return must, np.where(full & (high < limit), -1, np.minimum(high, limit))


def _loads(loads: Sequence[Fraction]) -> tuple[Ints, Ints]:
    exact = [load * UNIT for load in loads]
    return (
        np.array([floor(e) for e in exact], dtype=np.int64),
        np.array([ceil(e) for e in exact], dtype=np.int64),
    )


def _raise_from_low(instance: Instance, nodes: Nodes, parts: list[_Bounds]) -> Ints | None:
    """A flow within the bounds: send from nodes that the lower bounds overfill to those that they starve."""
    excess = np.zeros(nodes.count + 1, dtype=np.int64)
    for p in parts:
        np.add.at(excess, p.head, p.low)
        np.subtract.at(excess, p.tail, p.low)
    excess[nodes.slot] -= UNIT  # (2)
    excess[nodes.source] += UNIT * len(nodes.slot)
    start, end = nodes.sink, nodes.count
    over, under = np.flatnonzero(excess > 0), np.flatnonzero(excess < 0)
    arcs = join(
        [
            *(Arcs(p.tail, p.head, p.high - p.low) for p in parts),
            Arcs(np.full(len(over), start), over, excess[over]),
            Arcs(under, np.full(len(under), end), -excess[under]),
        ]
    )
    flow = largest_flow(arcs, start, end, nodes.count + 1)
    sent = flow.amount[arcs.tail == start].sum()
    if sent != excess[over].sum():
        return None
    return parts[0].low + flow.amount[: len(parts[0].low)]
