"""Which pairs are zero, and which limits full, in every staffing with the even loads (恒零与恒满).

Let f be an exact whole flow at loads L. Another flow g with the same loads differs from f by cycles of the residual
graph: an arc forward where f has room, backward where f is above zero. So an arc with f = 0 can be above zero in some
staffing, and an arc that f fills can be below its limit in some, just where a cycle of the residual graph goes through
it: where its two ends lie in one strong component. An arc with ends in different ones never changes.

Within a component every pair is positive, and every limit slack, in the average of a few staffings. There the problem of
greatest entropy has an inner point, so its optimum has potentials, and an iterative method converges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.roster.instance import Flags, Instance
from solver.roster.loads import EvenLoads, Residual
from solver.roster.network import components, links, nodes_of


@dataclass(frozen=True, slots=True)
class Support:
    """What every staffing with the even loads has in common.

    Parameters
    ----------
    pair : bool[E]
        Above zero in some staffing; the others are zero in all.
    day_full, leg_full : bool[days], bool[legs]
        At its limit, 1 or the route's cap, in every staffing.
    """

    pair: Flags
    day_full: Flags
    leg_full: Flags


def support(instance: Instance, even: EvenLoads) -> Support:
    """Read the support from the residual graph of an exact flow."""
    nodes = nodes_of(instance)
    ahead = links(
        instance,
        nodes,
        even.day.joined & even.day.room,
        even.leg.joined & even.leg.room,
        even.pair.joined,  # a pair has no limit of its own
    )
    head, tail = links(
        instance,
        nodes,
        even.day.joined & even.day.some,
        even.leg.joined & even.leg.some,
        even.pair.joined & even.pair.some,
    )
    arcs = (np.concatenate([ahead[0], tail]), np.concatenate([ahead[1], head]))
    part = components(*arcs, nodes.source, strong=True)
    same_day = part[nodes.officer[instance.day_officer]] == part[nodes.day]
    same_leg = part[nodes.day[instance.leg_day]] == part[nodes.leg]
    same_pair = part[nodes.leg[instance.pair_leg]] == part[nodes.slot[instance.pair_slot]]
    return Support(
        pair=even.pair.joined & same_pair,
        day_full=_full(even.day, same_day),
        leg_full=_full(even.leg, same_leg),
    )


def _full(arc: Residual, same: Flags) -> Flags:
    return arc.full | (arc.joined & arc.some & ~arc.room & ~same)
