"""The nodes of the staffing network, and exact capacities on it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from solver.roster.instance import Flags, Instance, Ints


@dataclass(frozen=True, slots=True)
class Nodes:
    """Numbers of the nodes: officers, then days, legs, slots, then source and sink.

    Each attribute but the last three is an int64 array, one entry for each officer, day, leg, slot.
    """

    officer: Ints
    day: Ints
    leg: Ints
    slot: Ints
    source: int
    sink: int
    count: int


def nodes_of(instance: Instance) -> Nodes:
    """Number the nodes of an instance."""
    sizes = [len(instance.officers), len(instance.day_date), len(instance.leg_route), len(instance.slots)]
    ends = np.cumsum([0, *sizes])
    officer, day, leg, slot = (np.arange(a, b) for a, b in pairwise(ends.tolist()))
    return Nodes(officer, day, leg, slot, int(ends[-1]), int(ends[-1]) + 1, int(ends[-1]) + 2)


def components(tail: Ints, head: Ints, count: int, *, strong: bool = False) -> Ints:
    """Component of each of ``count`` nodes, joined by arcs (read with direction if ``strong``)."""
    graph = coo_array((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(count, count)).tocsr()
    _, label = connected_components(graph, directed=strong, connection="strong" if strong else "weak")
    return np.asarray(label, dtype=np.int64)


def links(instance: Instance, nodes: Nodes, day: Flags, leg: Flags, pair: Flags) -> tuple[Ints, Ints]:
    """Tails and heads of the chosen arcs officer → day, day → leg and leg → slot."""
    tail = (
        nodes.officer[instance.day_officer[day]],
        nodes.day[instance.leg_day[leg]],
        nodes.leg[instance.pair_leg[pair]],
    )
    head = (nodes.day[day], nodes.leg[leg], nodes.slot[instance.pair_slot[pair]])
    return np.concatenate(tail), np.concatenate(head)
