"""The state of the splitting of officers into groups of one ratio; :mod:`solver.roster.loads` has its mathematics.

Arcs are of three kinds: 0 officer → day, 1 day → leg, 2 leg → slot. An arc is *joined* while both its ends are in one
group; *full* if a split found it full in every staffing; else a split found it empty in every staffing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from solver.roster.errors import RosterError
from solver.roster.instance import Flags, Instance, Ints
from solver.roster.maxflow import HEADROOM, Arcs, Flow, join
from solver.roster.network import components, links, nodes_of

KINDS = (0, 1, 2)


class Splitting:
    """Groups of nodes, their ratios, and what is known of each arc.

    Attributes
    ----------
    group : int64[nodes without source and sink]
    ratio, scale : dict of group to λ, and to the whole number that makes its capacities whole
    joined, full, some, room : tuple of three bool arrays, one a kind
        ``some`` and ``room``: the last flow of the arc's group leaves it above zero; below its capacity.
    """

    def __init__(self, instance: Instance, caps: Sequence[Fraction]) -> None:
        self.instance = instance
        self.nodes = nodes_of(instance)
        self.cap_num = np.array([c.numerator for c in caps], dtype=np.int64)[instance.leg_route]
        self.cap_den = np.array([c.denominator for c in caps], dtype=np.int64)[instance.leg_route]
        sizes = (len(instance.day_date), len(instance.leg_route), len(instance.pair_slot))
        self.joined, self.full, self.some, self.room = (
            tuple(np.full(n, start) for n in sizes) for start in (True, False, False, False)
        )
        nodes = self.nodes
        self.tail = (
            nodes.officer[instance.day_officer],
            nodes.day[instance.leg_day],
            nodes.leg[instance.pair_leg],
        )
        self.head = (nodes.day, nodes.leg, nodes.slot[instance.pair_slot])
        self.group = components(*links(instance, nodes, *self.joined), nodes.source)
        self.ratio: dict[int, Fraction] = {}
        self.scale: dict[int, int] = {}

    def set_ratios(self, active: Sequence[int]) -> None:
        """λ = (slots + what splits take out - what they bring in) / days present."""
        wanted = set(active)
        mass = self._masses()
        present = self._sums(self.nodes.officer, self.instance.days_present)
        for g in active:
            days = present.get(g, 0)
            self.ratio[g] = mass.get(g, Fraction(0)) / days if days else Fraction(0)
            self.scale[g] = self.ratio[g].denominator
        for at in (self.group[self.tail[1]], self.group[self.head[1]]):
            for g, den in np.unique(np.stack([at, self.cap_den]), axis=1).T.tolist():
                if g in wanted:
                    self.scale[g] = lcm(self.scale[g], den)

    def batches(self, active: Sequence[int]) -> list[list[int]]:
        """Groups that fit into one 64-bit flow together: nearly always all.

        Raises
        ------
        RosterError
            ``flow-overflow`` if a group alone does not fit.
        """
        out = self._sums(self.nodes.slot, 1)
        for kind in (0, 1):
            for g, n in self._sums(self.tail[kind][self.full[kind]], 1).items():
                out[g] = out.get(g, 0) + n
        found: list[list[int]] = []
        room = 0
        for g in active:
            size = 2 * self.scale[g] * (out.get(g, 0) + 1)
            if size >= HEADROOM:
                raise RosterError("flow-overflow", total=size)
            if size > room or not found:
                found.append([])
                room = HEADROOM - 1
            found[-1].append(g)
            room -= size
        return found

    def arcs(self, batch: Sequence[int]) -> tuple[Arcs, tuple[Ints, Ints, Ints]]:
        """Network of some groups; with the numbers of the days, legs and pairs that are its first arcs."""
        scale = np.zeros(int(self.group.max()) + 2, dtype=np.int64)
        scale[list(batch)] = [self.scale[g] for g in batch]
        own = tuple(np.flatnonzero(self.joined[k] & (scale[self.group[self.tail[k]]] > 0)) for k in KINDS)
        day, leg, pair = own
        parts = [
            Arcs(self.tail[0][day], self.head[0][day], scale[self.group[self.head[0][day]]]),  # (2)
            Arcs(self.tail[1][leg], self.head[1][leg], self._cap(scale, self.head[1], leg)),  # (3)
            Arcs(self.tail[2][pair], self.head[2][pair], 2 * scale[self.group[self.head[2][pair]]]),
            self._to_sink(self.nodes.slot, scale[self.group[self.nodes.slot]]),  # (1)
            self._from_source(self.nodes.officer, self._shares(batch)),  # (4)
            *self._crossing(scale),
        ]
        return join(parts), (day, leg, pair)

    def settle(self, own: tuple[Ints, Ints, Ints], arcs: Arcs, flow: Flow) -> set[int]:
        """Keep what a flow leaves on its arcs; the groups whose source arcs it did not fill."""
        start = 0
        for k in KINDS:
            part = slice(start, start + len(own[k]))
            self.some[k][own[k]] = flow.amount[part] > 0
            self.room[k][own[k]] = flow.amount[part] < arcs.capacity[part]
            start = part.stop
        open_arcs = (arcs.tail == self.nodes.source) & (flow.amount < arcs.capacity)
        return set(self.group[arcs.head[open_arcs]].tolist())

    def divide(self, groups: set[int], reached: Flags) -> list[int]:
        """Split each group by its minimum cut; returns the parts, all of which are open again."""
        parts: list[int] = []
        fresh = int(self.group.max()) + 1
        for g in sorted(groups):
            self.group[(self.group == g) & reached[: len(self.group)]] = fresh
            parts += [g, fresh]
            fresh += 1
        for k in KINDS:
            crossed = self.joined[k] & (self.group[self.tail[k]] != self.group[self.head[k]])
            self.full[k][crossed & reached[self.tail[k]]] = True
            self.joined[k][crossed] = False
        return parts

    def _masses(self) -> dict[int, Fraction]:
        """Slots of each group, plus what full arcs carry out of it, less what they carry into it."""
        mass = {g: Fraction(n) for g, n in self._sums(self.nodes.slot, 1).items()}
        for k in (0, 1):
            for arc in np.flatnonzero(self.full[k]).tolist():
                carried = Fraction(1) if k == 0 else Fraction(int(self.cap_num[arc]), int(self.cap_den[arc]))
                for node, sign in ((self.tail[k][arc], 1), (self.head[k][arc], -1)):
                    g = int(self.group[node])
                    mass[g] = mass.get(g, Fraction(0)) + sign * carried
        return mass

    def _sums(self, at: Ints, amount: Ints | int) -> dict[int, int]:
        """Sum of whole amounts by the group of the nodes they stand at."""
        total = np.zeros(int(self.group.max()) + 1, dtype=np.int64)
        np.add.at(total, self.group[at], amount)
        return {g: int(n) for g, n in enumerate(total) if n}

    def _cap(self, scale: Ints, at: Ints, legs: Ints | Flags) -> Ints:
        return np.asarray(
            scale[self.group[at[legs]]] // self.cap_den[legs] * self.cap_num[legs], dtype=np.int64
        )

    def _shares(self, batch: Sequence[int]) -> Ints:
        """λ a_o of the officers of a batch, scaled; zero for the others."""
        per_day = np.zeros(int(self.group.max()) + 1, dtype=np.int64)
        per_day[list(batch)] = [int(self.ratio[g] * self.scale[g]) for g in batch]
        return per_day[self.group[self.nodes.officer]] * self.instance.days_present

    def _crossing(self, scale: Ints) -> list[Arcs]:
        """What full arcs carry: out of their tail's group to the sink, and into their head's group from the source."""
        day, leg = self.full[0], self.full[1]
        return [
            self._to_sink(self.tail[0][day], scale[self.group[self.tail[0][day]]]),
            self._from_source(self.head[0][day], scale[self.group[self.head[0][day]]]),
            self._to_sink(self.tail[1][leg], self._cap(scale, self.tail[1], leg)),
            self._from_source(self.head[1][leg], self._cap(scale, self.head[1], leg)),
        ]

    def _to_sink(self, nodes: Ints, amount: Ints) -> Arcs:
        used = amount > 0
        return Arcs(nodes[used], np.full(int(used.sum()), self.nodes.sink), amount[used])

    def _from_source(self, nodes: Ints, amount: Ints) -> Arcs:
        used = amount > 0
        return Arcs(np.full(int(used.sum()), self.nodes.source), nodes[used], amount[used])
