"""Loads as even as the rules allow, exactly (工作量均衡).

Model, with caps c_r from :mod:`solver.roster.caps`
  Σ_o x_os = 1              ∀ s        (1)
  Σ_{s on d} x_os ≤ 1       ∀ o, d     (2)
  Σ_{s on r} x_os ≤ c_r     ∀ o, r     (3)
  Σ_s x_os = L_o            ∀ o        (4)
The loads L that can be kept are the bases of a polymatroid, since (1)–(3) are a flow. Wanted is the one base at which
the vector of ratios L_o / a_o (a_o: days present) is leximin: the least ratio as large as can be, then the next.
The same base makes the greatest ratio as small as can be, then the next, so both ends are served by one answer.

Method. Give all officers of a group one ratio λ, the slots' need divided by the days present. If a largest flow with
capacities λ a_o fills everything, the group is even. If not, its minimum cut splits the group in two, for good: arcs
from the source's side S to the other side T are full in every staffing with these loads, and arcs from T to S carry
nothing. S and T then share no arc, so all groups go into one flow, and the number of flows is the depth of the splitting.
Ratios are fractions and each group's capacities are scaled by its denominators, so flows are whole and exact: a rounded
load would leave a trickle on arcs that are empty in truth, and :mod:`solver.roster.support` could not see them.
Source: Fujishige, "Lexicographically optimal base of a polymatroid with respect to a weight vector", Math. Oper. Res.
5 (1980); Groenevelt, "Two algorithms for maximizing a separable concave function over a polymatroid feasible
region", EJOR 54 (1991).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from solver.roster.instance import Flags, Instance
from solver.roster.maxflow import largest_flow
from solver.roster.splitting import KINDS, Splitting


@dataclass(frozen=True, slots=True)
class Residual:
    """What an exact flow at the even loads leaves on the days, the legs or the pairs.

    Parameters
    ----------
    joined : bool[n]
        Both ends are in one group; other arcs are full or empty in every staffing with these loads.
    full : bool[n]
        Not joined, and full in every staffing.
    some, room : bool[n]
        Joined, and the flow is above zero; below the capacity.
    """

    joined: Flags
    full: Flags
    some: Flags
    room: Flags


@dataclass(frozen=True, slots=True)
class EvenLoads:
    """The leximin loads.

    Parameters
    ----------
    loads : tuple of Fraction
        L_o of each officer, in slots.
    day, leg, pair : Residual
    flows : int
        Largest flows that were solved.
    groups : int
        Different groups of officers that they ended in.
    """

    loads: tuple[Fraction, ...]
    day: Residual
    leg: Residual
    pair: Residual
    flows: int
    groups: int


def even_loads(instance: Instance, caps: Sequence[Fraction]) -> EvenLoads:
    """Find the leximin loads of an instance that can be staffed under these caps.

    Parameters
    ----------
    caps : sequence of Fraction
        Cap of each route, such as :func:`solver.roster.caps.smallest_caps` gives.

    Raises
    ------
    RosterError
        ``flow-overflow`` if the fractions have denominators too large for 64-bit flows.
    """
    state = Splitting(instance, caps)
    active = sorted(set(state.group.tolist()))
    flows = 0
    while active:
        state.set_ratios(active)
        parts: list[int] = []
        for batch in state.batches(active):
            arcs, own = state.arcs(batch)
            flow = largest_flow(arcs, state.nodes.source, state.nodes.sink, state.nodes.count)
            flows += 1
            parts += state.divide(state.settle(own, arcs, flow), flow.reached)
        active = sorted(parts)
    group = state.group[state.nodes.officer].tolist()
    loads = tuple(state.ratio[g] * a for g, a in zip(group, instance.days_present.tolist(), strict=True))
    day, leg, pair = (Residual(state.joined[k], state.full[k], state.some[k], state.room[k]) for k in KINDS)
    return EvenLoads(loads, day, leg, pair, flows, len(set(group)))
