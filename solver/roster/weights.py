"""From a staffing problem to the published weights of ``dr1`` section 5: the one door of this folder (选派权重).

Staffing is checked, the smallest caps are found, then the even loads, then what is zero or full in every staffing, then
the weights of greatest entropy, their potentials, and whole units. Each step is exact but the entropy, which is solved to a
fraction of a unit and rounded by a flow.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from solver.roster.caps import UNIT, in_units, smallest_caps
from solver.roster.entropy import Optimum, greatest_entropy
from solver.roster.errors import RosterError
from solver.roster.heads import lay_out
from solver.roster.instance import Instance, Ints
from solver.roster.loads import EvenLoads, even_loads
from solver.roster.shifts import Potentials, signed_potentials
from solver.roster.snap import snap
from solver.roster.staffing import Short, staff
from solver.roster.support import support

QUARTER = 2**30
"""The default cap on one officer's chance to be sent on one route."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Potential:
    """A row of ``4-potentials.jsonl``: what is not concerned is the empty text; value in units of 2^-32."""

    slot: str = ""
    officer: str = ""
    date: str = ""
    route: str = ""
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """How the weights came about.

    Parameters
    ----------
    flows, groups : int
        Largest flows for the even loads, and groups of one ratio.
    steps : int
        Newton's steps for the entropy.
    residual : float
        Largest error of a slot's sum before rounding, as a probability.
    width : int
        Units by which rounding had to leave the nearest whole numbers.
    below_unit : int
        Pairs whose exact weight is below one unit, and which got one.
    """

    flows: int
    groups: int
    steps: int
    residual: float
    width: int
    below_unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """Weights of greatest entropy.

    Parameters
    ----------
    weights : tuple of (officer, slot, units)
        In the order of the protocol: by slot, then officer.
    potentials : tuple of Potential
        By (slot, officer, date, route).
    caps : tuple of (route, units)
        Only routes that have a cap of their own, above pair_cap.
    loads : tuple of (officer, Fraction)
        Exact expected numbers of slots, of the whole pool.
    impossible : tuple of (officer, slot)
        Allowed pairs that are zero in every staffing with these loads.
    diagnostics : Diagnostics
    """

    weights: tuple[tuple[str, str, int], ...]
    potentials: tuple[Potential, ...]
    caps: tuple[tuple[str, int], ...]
    loads: tuple[tuple[str, Fraction], ...]
    impossible: tuple[tuple[str, str], ...]
    diagnostics: Diagnostics


def weigh(instance: Instance, pair_cap: int = QUARTER) -> Weighed | Short:
    """Find the weights, or say where staff is short.

    Parameters
    ----------
    pair_cap : int
        In units of 2^-32, 1 to 2^32.

    Raises
    ------
    RosterError
        ``pair-cap-range``; or a numerical failure, in which case nothing was published and nothing may be.
    """
    if not 1 <= pair_cap <= UNIT:
        raise RosterError("pair-cap-range", pair_cap=pair_cap)
    staffed = staff(instance)
    if isinstance(staffed, Short):
        return staffed
    caps = smallest_caps(instance, pair_cap)
    even = even_loads(instance, caps)
    found = support(instance, even)
    layout = lay_out(instance, found, even.loads, caps)
    optimum = greatest_entropy(layout.heads)
    potentials = signed_potentials(instance, found, caps, layout, optimum)
    full = (potentials.day < 0, potentials.leg < 0)
    units, width = snap(instance, layout.pairs, optimum.rows.weight, even.loads, caps, full)
    return Weighed(
        weights=_named_weights(instance, layout.pairs, units),
        potentials=_named_potentials(instance, layout.pairs, units, caps, potentials),
        caps=tuple(
            (r, in_units(c)) for r, c in zip(instance.routes, caps, strict=True) if in_units(c) > pair_cap
        ),
        loads=tuple(zip(instance.officers, even.loads, strict=True)),
        impossible=instance.pair_names(~found.pair),
        diagnostics=_diagnostics(even, optimum, width),
    )


def _diagnostics(even: EvenLoads, optimum: Optimum, width: int) -> Diagnostics:
    return Diagnostics(
        flows=even.flows,
        groups=even.groups,
        steps=optimum.steps,
        residual=optimum.residual,
        width=width,
        below_unit=int((optimum.rows.weight * UNIT < 1).sum()),
    )


def _named_weights(instance: Instance, pairs: Ints, units: Ints) -> tuple[tuple[str, str, int], ...]:
    officer, slot = instance.pair_officer[pairs], instance.pair_slot[pairs]
    order = np.lexsort((officer, slot))
    rows = zip(officer[order].tolist(), slot[order].tolist(), units[order].tolist(), strict=True)
    return tuple((instance.officers[o], instance.slots[s], n) for o, s, n in rows)


def _named_potentials(
    instance: Instance, pairs: Ints, units: Ints, caps: tuple[Fraction, ...], found: Potentials
) -> tuple[Potential, ...]:
    """A row for each slot and officer, and for each day and leg whose sum is at its limit in the units that are published."""
    leg_sum, day_sum = np.zeros(len(instance.leg_route), np.int64), np.zeros(len(instance.day_date), np.int64)
    np.add.at(leg_sum, instance.pair_leg[pairs], units)
    np.add.at(day_sum, instance.leg_day, leg_sum)
    cap = np.array([in_units(c) for c in caps], dtype=np.int64)[instance.leg_route]
    rows = [Potential(slot=s, value=_whole(v)) for s, v in zip(instance.slots, found.slot, strict=True)]
    rows += [
        Potential(officer=o, value=_whole(v)) for o, v in zip(instance.officers, found.officer, strict=True)
    ]
    for day in np.flatnonzero(day_sum == UNIT).tolist():
        officer, date = instance.officers[instance.day_officer[day]], instance.dates[instance.day_date[day]]
        rows.append(Potential(officer=officer, date=date, value=_whole(found.day[day])))
    for leg in np.flatnonzero(leg_sum == cap).tolist():
        officer, route = (
            instance.officers[instance.leg_officer[leg]],
            instance.routes[instance.leg_route[leg]],
        )
        rows.append(Potential(officer=officer, route=route, value=_whole(found.leg[leg])))
    return tuple(sorted(rows, key=lambda p: (p.slot, p.officer, p.date, p.route)))


def _whole(value: float) -> int:
    return round(float(value) * UNIT)
