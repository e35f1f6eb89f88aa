"""The one door from a staffing problem to exact lottery weights (选派概率).

staffing → smallest caps → even loads → support → greatest entropy → whole units, each step in its own file. Where whole loads
are asked for, they are found first, and the even loads that follow are these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import overload

import numpy as np

from solver.dr1.encoding import Row
from solver.roster.caps import UNIT, in_units, smallest_caps
from solver.roster.duals import settle
from solver.roster.entropy import Optimum, Unconverged, greatest_entropy
from solver.roster.errors import RosterError
from solver.roster.instance import Floats, Instance, Ints
from solver.roster.loads import even_loads
from solver.roster.snap import Snapped, Unsnapped, snap
from solver.roster.staffing import Short, staff
from solver.roster.support import support
from solver.roster.whole import NoWholeLoads, hold, whole_loads


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Lawful weights of greatest entropy at even loads.

    Parameters
    ----------
    weights : tuple of (officer, slot, weight)
        Units of 2^-32, every one ≥ 1, by (slot, officer).
    potentials : tuple of (slot, officer, date, route, value)
        As in ``4-potentials.jsonl``, what is not filled being empty; units of 2^-32.
    caps : mapping of route to units
        Routes whose cap had to be above ``pair_cap``.
    loads : mapping of officer to Fraction
        Even loads, or whole ones where they were asked for; exact, in slots.
    dropped : int
        Allowed pairs that are zero in every staffing with these loads.
    rounds, flows : int
        Work done: Newton's steps for the entropy, largest flows of the loads.
    """

    weights: tuple[tuple[str, str, int], ...]
    potentials: tuple[tuple[str, str, str, str, int], ...]
    caps: Mapping[str, int]
    loads: Mapping[str, Fraction]
    dropped: int
    rounds: int
    flows: int

    def weight_rows(self) -> list[Row]:
        """Rows of ``4-weights.jsonl``."""
        return [{"officer": o, "slot": s, "weight": w} for o, s, w in self.weights]

    def potential_rows(self) -> list[Row]:
        """Rows of ``4-potentials.jsonl``."""
        return [
            {"date": d, "officer": o, "route": r, "slot": s, "value": value}
            for s, o, d, r, value in self.potentials
        ]


@overload
def weigh(instance: Instance, pair_cap: int, order: None = None) -> Weighed | Short: ...


@overload
def weigh(
    instance: Instance, pair_cap: int, order: Sequence[str] | None
) -> Weighed | Short | NoWholeLoads: ...


def weigh(
    instance: Instance, pair_cap: int, order: Sequence[str] | None = None
) -> Weighed | Short | NoWholeLoads:
    """Weigh every pair, or say where officers are short.

    Parameters
    ----------
    pair_cap : int
        Largest chance that one officer is sent on one route where candidates suffice, in units of 2^-32.
    order : sequence of str or None
        For whole loads, every officer once, as :func:`solver.roster.whole.drawn_order` gives them; none for even loads.

    Returns
    -------
    Weighed, Short, or NoWholeLoads where ``order`` is given and the caps leave no whole loads.

    Raises
    ------
    RosterError
        ``entropy-unconverged`` or ``weights-unsnapped`` if the numerics give up: nothing weaker is put in their place.
    """
    staffed = staff(instance)
    if isinstance(staffed, Short):
        return staffed
    caps = smallest_caps(instance, pair_cap)
    if order is not None:
        loads = whole_loads(instance, caps, order)
        if isinstance(loads, NoWholeLoads):
            return loads
        instance = hold(instance, loads)
    even = even_loads(instance, caps)
    common = support(instance, even)
    found = greatest_entropy(instance, common, caps, even.loads)
    if isinstance(found, Unconverged):
        raise RosterError("entropy-unconverged", rounds=found.rounds, worst=found.worst)
    found = settle(instance, found, caps)
    whole = snap(instance, found, caps, even.loads)
    if isinstance(whole, Unsnapped):
        raise RosterError("weights-unsnapped", missing=whole.missing)
    return Weighed(
        weights=_weights(instance, found.pairs, whole.weight),
        potentials=_potentials(instance, found, whole),
        caps={
            route: in_units(cap)
            for route, cap in zip(instance.routes, caps, strict=True)
            if in_units(cap) > pair_cap
        },
        loads=dict(zip(instance.officers, even.loads, strict=True)),
        dropped=len(instance.pair_slot) - len(found.pairs),
        rounds=found.rounds,
        flows=even.flows,
    )


def _weights(instance: Instance, pairs: Ints, weight: Ints) -> tuple[tuple[str, str, int], ...]:
    s, o = instance.pair_slot[pairs], instance.pair_officer[pairs]
    order = np.lexsort((o, s))
    return tuple(
        (instance.officers[i], instance.slots[j], w)
        for i, j, w in zip(o[order].tolist(), s[order].tolist(), weight[order].tolist(), strict=True)
    )


def _potentials(
    instance: Instance, found: Optimum, whole: Snapped
) -> tuple[tuple[str, str, str, str, int], ...]:
    rows = [(name, "", "", "", value) for name, value in zip(instance.slots, _units(found.slot), strict=True)]
    rows += [("", name, "", "", v) for name, v in zip(instance.officers, _units(found.officer), strict=True)]
    day, leg = np.flatnonzero(whole.day_full), np.flatnonzero(whole.leg_full)
    on_day = np.where(whole.day_bears, found.day, 0.0)[day]
    on_leg = np.where(whole.leg_bears, found.leg, 0.0)[leg]
    rows += [
        ("", instance.officers[o], instance.dates[d], "", value)
        for o, d, value in zip(
            instance.day_officer[day].tolist(),
            instance.day_date[day].tolist(),
            _units(on_day),
            strict=True,
        )
    ]
    rows += [
        ("", instance.officers[o], "", instance.routes[r], value)
        for o, r, value in zip(
            instance.leg_officer[leg].tolist(),
            instance.leg_route[leg].tolist(),
            _units(on_leg),
            strict=True,
        )
    ]
    return tuple(sorted(rows, key=lambda row: tuple(part.encode() for part in row[:4])))


def _units(potential: Floats) -> list[int]:
    return [int(value) for value in np.rint(potential * UNIT).tolist()]
