"""Loads that are whole numbers of slots, as even as whole numbers can be (整数工作量).

Model, with caps c_r from :mod:`solver.roster.caps`, a_o days present
  least Σ_o n_o² / a_o = Σ_o Σ_{k ≤ n_o} (2k - 1) / a_o          (1)
  Σ_o x_os = 1              ∀ s                                  (2)
  Σ_{s on d} x_os ≤ 1       ∀ o, d                               (3)
  Σ_{s on r} x_os ≤ c_r     ∀ o, r                               (4)
  Σ_s x_os = n_o            ∀ o;   x ≥ 0,  n whole               (5)
and of all n that are least the one that is greatest at the first officer of the drawn order, then at the next (6). The
order is H("whole-loads", seed of the targets, officer): who has the slot more is drawn anew each month, neither names nor
a solver decide it, and it stands before anybody knows the seed of the officers. The x may be fractions: the lottery
rounds them, and an officer whose chances sum to n_o has n_o slots in every roster.

Without (4) the n that (2), (3) and (5) allow are the bases of an integral polymatroid: the sets of "k-th slots" (o, k) are
the bases of a matroid. (1) is linear in them and grows in k, so the greedy is exact: take the next slot of the officer
where (2n_o + 1) / a_o is least, of equals the first in the order, if it can be taken still. A strict order makes the least
base unique, whatever paths found it. It is (6): least bases are a direct sum over equal costs, each officer is open in one
cost at most, and within one cost the greedy is the first in the order.
Where a search for a free slot fails, nothing that it reached ever finds one, and it is left out of later searches.

With (4) it is a bound, and if the caps carry it, the answer. If not, :mod:`solver.roster.cuts` solves (1) to (6).
Source: Federgruen, Groenevelt, "The greedy procedure for resource allocation problems", Oper. Res. 34 (1986).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from heapq import heapify, heappop, heappush
from math import lcm

import numpy as np

from solver.dr1.encoding import hexdigest, text
from solver.roster.cuts import carried, least_under_caps
from solver.roster.errors import RosterError
from solver.roster.instance import Instance


@dataclass(frozen=True, slots=True)
class NoWholeLoads:
    """No whole loads can be kept under the caps: each slot can be filled, but only with fractions of a chance."""


def drawn_order(officers: Sequence[str], seed: str, algorithm: str = "sha256") -> tuple[str, ...]:
    """Officers in the order in which they are given a slot more.

    Parameters
    ----------
    seed : str
        Seed of the targets: public before the weights are committed, and of no use against them.
    """
    return tuple(sorted(officers, key=lambda one: hexdigest(text("whole-loads", seed, one), algorithm)))


def whole_loads(
    instance: Instance, caps: Sequence[Fraction], order: Sequence[str]
) -> tuple[int, ...] | NoWholeLoads:
    """Find the whole loads (1) to (6) of an instance that can be staffed.

    Parameters
    ----------
    caps : sequence of Fraction
        Cap of each route, such as :func:`solver.roster.caps.smallest_caps` gives.
    order : sequence of str
        Every officer once, as :func:`drawn_order` gives them.

    Returns
    -------
    tuple of int, or NoWholeLoads
        Slots of each officer of the instance.

    Raises
    ------
    RosterError
        ``whole-short`` if the instance cannot be staffed; ``flow-overflow``; ``whole-unsolved`` where the work limit was
        not enough: nothing weaker is put in its place.
    """
    place = {name: i for i, name in enumerate(order)}
    rank = [place[name] for name in instance.officers]
    loads = _Greedy(instance, rank).loads()
    if all(cap >= 1 for cap in caps) or carried(instance, caps, loads):
        return loads
    return least_under_caps(instance, caps, rank) or NoWholeLoads()


def hold(instance: Instance, loads: Sequence[int]) -> Instance:
    """Change days present so that the even loads are these: where days are the loads, all ratios are one."""
    return replace(instance, days_present=np.array(loads, dtype=np.int64))


class _Greedy:
    """A filling of slots that grows by one slot at a time, of the officer whose turn it is."""

    def __init__(self, instance: Instance, rank: Sequence[int]) -> None:
        self.instance, self.rank = instance, rank
        self.owner = instance.day_officer.tolist()
        self.days: list[list[int]] = [[] for _ in instance.officers]
        for day, officer in enumerate(self.owner):
            self.days[officer].append(day)
        self.slots: list[list[int]] = [[] for _ in self.owner]
        pair_day = instance.leg_day[instance.pair_leg].tolist()
        for day, slot in zip(pair_day, instance.pair_slot.tolist(), strict=True):
            self.slots[day].append(slot)
        self.holder = [-1] * len(instance.slots)  # day of each slot
        self.held = [-1] * len(self.owner)  # slot of each day
        self.dead = [False] * len(instance.slots)

    def loads(self) -> tuple[int, ...]:
        """Take slots in the order of their cost (1), then of the officers (6)."""
        days = self.instance.days_present.tolist()
        able = [o for o, its in enumerate(self.days) if its]
        scale = lcm(*(days[o] for o in able))
        loads = [0] * len(days)
        turns = [(scale // days[o], self.rank[o], o) for o in able]
        heapify(turns)
        while turns:
            cost, rank, o = heappop(turns)
            if self._take(o):
                loads[o] += 1
                heappush(turns, (cost + 2 * scale // days[o], rank, o))
        if sum(loads) < len(self.holder):
            raise RosterError("whole-short", open=len(self.holder) - sum(loads))
        return tuple(loads)

    def _take(self, officer: int) -> bool:
        """One slot more for the officer, others keeping as many as they have; False if that cannot be."""
        came: dict[int, int] = {}  # slot → day that would take it
        freed: dict[int, int] = {}  # day → slot whose loss lets it take another
        queue = deque(day for day in self.days[officer] if self.held[day] < 0)
        seen, moved = set(queue), {officer}
        while queue:
            day = queue.popleft()
            for slot in self.slots[day]:
                if slot in came or self.dead[slot]:
                    continue
                came[slot] = day
                loser = self.holder[slot]
                if loser < 0:
                    self._shift(slot, came, freed)
                    return True
                for other in self._open(loser, moved):
                    if other not in seen:
                        seen.add(other)
                        freed[other] = slot
                        queue.append(other)
        for slot in came:
            self.dead[slot] = True
        return False

    def _open(self, loser: int, moved: set[int]) -> list[int]:
        """Days that could take a slot once a day has lost its own: that day, and its officer's free ones."""
        owner = self.owner[loser]
        if owner in moved:
            return [loser]
        moved.add(owner)
        return [loser, *(day for day in self.days[owner] if self.held[day] < 0)]

    def _shift(self, slot: int, came: dict[int, int], freed: dict[int, int]) -> None:
        """Hand slots on along the path that ends at a free one."""
        while True:
            day = came[slot]
            before = freed.get(day)
            if before is not None and self.holder[before] != day:
                self.held[self.holder[before]] = -1
            self.holder[slot], self.held[day] = day, slot
            if before is None:
                return
            slot = before
