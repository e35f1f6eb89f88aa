"""Largest flows with whole capacities, by OR-Tools, and where they are cut (最大流与最小割).

Capacities are whole numbers below 2^62, since OR-Tools counts in 64-bit words: whoever scales rational capacities
by their denominators looks at the total first (``HEADROOM``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow

from solver.roster.errors import RosterError
from solver.roster.instance import Flags, Ints

HEADROOM = 2**62
"""Largest sum of capacities out of the source that is given to OR-Tools."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Arcs of a network: tails, heads and capacities, of one length."""

    tail: Ints
    head: Ints
    capacity: Ints


@dataclass(frozen=True, slots=True)
class Flow:
    """A largest flow.

    Parameters
    ----------
    amount : int64[arcs]
    reached : bool[nodes]
        The nodes that the source still reaches: the source's side of the smallest of the minimum cuts.
    """

    amount: Ints
    reached: Flags


def join(parts: Sequence[Arcs]) -> Arcs:
    """All arcs one after another, in the order given."""
    return Arcs(
        np.concatenate([p.tail for p in parts]),
        np.concatenate([p.head for p in parts]),
        np.concatenate([p.capacity for p in parts]),
    )


def largest_flow(arcs: Arcs, source: int, sink: int, nodes: int) -> Flow:
    """Solve a maximum flow.

    Raises
    ------
    RosterError
        ``flow-overflow`` if the capacities are too large for exact 64-bit work.
    """
    out = sum(int(c) for c in arcs.capacity[arcs.tail == source])
    if out >= HEADROOM:
        raise RosterError("flow-overflow", total=out)
    solver = SimpleMaxFlow()
    index = solver.add_arcs_with_capacity(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.capacity.astype(np.int64)
    )
    status = solver.solve(source, sink)
    if status != SimpleMaxFlow.OPTIMAL:
        raise RosterError("flow-unsolved", status=str(status))
    reached = np.zeros(nodes, dtype=np.bool_)
    reached[np.asarray(solver.get_source_side_min_cut(), dtype=np.int64)] = True
    return Flow(np.asarray(solver.flows(index), dtype=np.int64), reached)
