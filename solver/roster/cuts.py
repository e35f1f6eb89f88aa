"""Whole loads under caps that bind: numbers by a constraint model, what the network can carry by its cuts (整数工作量的割).

For a set A of officers let f(A) be the most that the network of :mod:`solver.roster.whole` (2) to (4) carries from them.
Whole loads n can be carried just where Σ_o n_o is the number of slots and
  Σ_{o in A} n_o ≤ ⌊f(A)⌋                     ∀ A              (7)
since x may be fractions. Those are too many to write down. The model has some of them,
  least Σ_o Σ_k (2k - 1) / a_o · y_ok         y_ok ∈ {0, 1}     (8)
  n_o = Σ_k y_ok,   Σ_o n_o = slots                            (9)
its answer is put to an exact largest flow, and where that does not carry it the minimum cut names an A that is broken, which
is added: each is new, and there are finitely many. With the least cost held, (6) is the greatest Σ_i n_o(i) B^(m - i) over
blocks of m officers in the drawn order, B more than any load, block after block: whole costs and whole numbers throughout.
Parts of the network that share nothing are solved one by one. No answer of (8) and (9) is proof that there are no whole loads.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from solver.roster.errors import RosterError
from solver.roster.instance import Instance, Ints
from solver.roster.maxflow import HEADROOM, Arcs, join, largest_flow
from solver.roster.network import components, links, nodes_of

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

WORK = 60.0
"""Work for one answer of the model [deterministic seconds of CP-SAT]."""

ROUNDS = 2000
"""Cuts that are added for one objective."""

BLOCK = 8
"""Officers whose place in the order is settled by one objective: 32^8 is well within 64 bits."""


def carried(instance: Instance, caps: Sequence[Fraction], loads: Sequence[int]) -> bool:
    """Whether the network with these caps carries the loads, by exact flows."""
    return all(part.broken(loads) is None for part in _parts(instance, caps))


def least_under_caps(
    instance: Instance, caps: Sequence[Fraction], rank: Sequence[int]
) -> tuple[int, ...] | None:
    """Whole loads (1) to (6) where caps bind; None where there are none.

    Parameters
    ----------
    rank : sequence of int
        Place of each officer in the drawn order.

    Raises
    ------
    RosterError
        ``whole-unsolved`` where the work limit was not enough; ``flow-overflow``.
    """
    loads = [0] * len(instance.officers)
    for part in _parts(instance, caps):
        model = _Model(part, instance, rank)
        if not model.settle(loads):
            return None
    return tuple(loads)


class _Part:
    """One connected part of the network, its capacities made whole by one scale."""

    def __init__(self, instance: Instance, caps: Sequence[Fraction], label: Ints, part: int) -> None:
        nodes = nodes_of(instance)
        inside = label == part
        leg, day = inside[nodes.leg], inside[nodes.day]
        pair, slot = inside[nodes.slot[instance.pair_slot]], inside[nodes.slot]
        own = [caps[r] for r in instance.leg_route[leg].tolist()]
        self.scale = lcm(*(cap.denominator for cap in own))
        self.officers: list[int] = np.flatnonzero(inside[nodes.officer]).tolist()
        self.slots = int(slot.sum())
        if 2 * self.scale * (self.slots + 1) >= HEADROOM:
            raise RosterError("flow-overflow", total=2 * self.scale * self.slots)
        self.nodes = nodes
        self.inner = join(
            [
                _even(nodes.officer[instance.day_officer[day]], nodes.day[day], self.scale),  # (3)
                Arcs(
                    nodes.day[instance.leg_day[leg]],
                    nodes.leg[leg],
                    np.array([int(cap * self.scale) for cap in own], dtype=np.int64),
                ),  # (4)
                _even(
                    nodes.leg[instance.pair_leg[pair]],
                    nodes.slot[instance.pair_slot[pair]],
                    2 * self.scale,
                ),
                _even(nodes.slot[slot], np.full(self.slots, nodes.sink), self.scale),  # (2)
            ]
        )

    def broken(self, loads: Sequence[int]) -> tuple[list[int], int] | None:
        """Officers A and ⌊f(A)⌋ of a condition (7) that the loads break, if there is one."""
        own = np.array([loads[o] for o in self.officers], dtype=np.int64)
        who = self.nodes.officer[self.officers]
        feed = Arcs(np.full(len(who), self.nodes.source), who, own * self.scale)
        flow = largest_flow(join([feed, self.inner]), self.nodes.source, self.nodes.sink, self.nodes.count)
        sent = flow.amount[: len(who)]
        if (sent == feed.capacity).all():
            return None
        reached = flow.reached[who]
        most = int(sent.sum()) - int(feed.capacity[~reached].sum())
        return [o for o, inside in zip(self.officers, reached, strict=True) if inside], most // self.scale


def _even(tail: Ints, head: Ints, capacity: int) -> Arcs:
    return Arcs(tail, head, np.full(len(tail), capacity, dtype=np.int64))


def _parts(instance: Instance, caps: Sequence[Fraction]) -> list[_Part]:
    nodes = nodes_of(instance)
    every = [np.ones(n, dtype=np.bool_) for n in (len(nodes.day), len(nodes.leg), len(instance.pair_slot))]
    label = components(*links(instance, nodes, *every), nodes.source)
    return [_Part(instance, caps, label, part) for part in np.unique(label[nodes.slot]).tolist()]


class _Model:
    """The constraint model of one part, with the conditions (7) found so far."""

    def __init__(self, part: _Part, instance: Instance, rank: Sequence[int]) -> None:
        from ortools.sat.python.cp_model import CpModel

        self.part = part
        self.model: CpModel = CpModel()
        days = np.bincount(instance.day_officer, minlength=len(instance.officers)).tolist()
        present = instance.days_present.tolist()
        self.most = max(days[o] for o in part.officers)
        self.order = sorted(part.officers, key=lambda o: rank[o])
        scale = lcm(*(present[o] for o in part.officers))
        self.per_slot = {o: scale // present[o] for o in part.officers}
        self.count: dict[int, IntVar] = {}
        costs, units = [], []
        for o in self.order:
            steps = [self.model.new_bool_var("") for _ in range(days[o])]
            self.count[o] = self.model.new_int_var(0, days[o], "")
            self.model.add(sum(steps) == self.count[o])  # (9)
            units += steps
            costs += [(2 * k + 1) * self.per_slot[o] for k in range(days[o])]
        self.model.add(sum(self.count.values()) == part.slots)  # (9)
        self.cost = sum(c * y for c, y in zip(costs, units, strict=True))  # (8)

    def settle(self, loads: list[int]) -> bool:
        """Write the part's loads into ``loads``; False where there are none."""
        self.model.minimize(self.cost)
        if not self._best(loads):
            return False
        self.model.add(self.cost <= sum(loads[o] ** 2 * self.per_slot[o] for o in self.order))
        for start in range(0, len(self.order), BLOCK):
            block = self.order[start : start + BLOCK]
            weight = [(self.most + 1) ** (len(block) - 1 - i) for i in range(len(block))]
            places = sum(w * self.count[o] for w, o in zip(weight, block, strict=True))
            self.model.maximize(places)
            if not self._best(loads):
                raise RosterError("whole-unsolved", status="lost")
            for o in block:
                self.model.add(self.count[o] == loads[o])  # (6)
        return True

    def _best(self, loads: list[int]) -> bool:
        from ortools.sat.python.cp_model import INFEASIBLE, OPTIMAL, CpSolver

        for _ in range(ROUNDS):
            solver = CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = 0
            solver.parameters.max_deterministic_time = WORK
            status = solver.solve(self.model)
            if status == INFEASIBLE:
                return False
            if status != OPTIMAL:
                raise RosterError("whole-unsolved", status=solver.status_name(status))
            for o in self.order:
                loads[o] = solver.value(self.count[o])
            cut = self.part.broken(loads)
            if cut is None:
                return True
            if sum(loads[o] for o in cut[0]) <= cut[1]:
                raise RosterError("whole-unsolved", status="a cut that cuts nothing")
            self.model.add(sum(self.count[o] for o in cut[0]) <= cut[1])  # (7)
        raise RosterError("whole-unsolved", status=f"{ROUNDS} cuts")
