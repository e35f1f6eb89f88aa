"""Weights of greatest entropy for given loads (最大熵选派概率).

Data: pairs E of the support, loads L_o, caps c_r, all exact; every one of them can be kept.
Variables: x_os > 0, (o, s) ∈ E.
Model
  max  -Σ x ln x
  s.t. Σ_o x_os = 1              ∀ s        (1)   u_s
       Σ_{s on d} x_os ≤ 1       ∀ o, d     (2)   w_od ≤ 0
       Σ_{s on r} x_os ≤ c_r     ∀ o, r     (3)   z_or ≤ 0
       Σ_s x_os = L_o            ∀ o        (4)   v_o
The optimum is x_os = exp(u_s + v_o + w_od + z_or), where w and z are zero wherever their limit is slack.

Method: limits that are full in every staffing are taken out as equations (:mod:`solver.roster.heads`), so that the rest has
an inner point; the officers' side is solved in closed form (:mod:`solver.roster.rows`) and the slots' side by Newton's
method (:mod:`solver.roster.dual`); then the potentials of the equations get their signs (:mod:`solver.roster.shifts`).
Cyclic projections (Bregman 1967) were tried: 20 to 300 rounds where dates are slack, but 10,000 and more where a
department is near its limit.

The potentials are not unique where limits are full in every staffing; :mod:`solver.roster.duals` picks among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from solver.roster.dual import ENOUGH, solve_dual
from solver.roster.heads import lay_out
from solver.roster.instance import Flags, Floats, Instance, Ints
from solver.roster.shifts import signed_potentials
from solver.roster.support import Support


@dataclass(frozen=True, slots=True)
class Optimum:
    """Weights and potentials over the support's pairs, in the instance's order.

    Parameters
    ----------
    pairs : int64[n]
        Which pairs of the instance.
    x : float64[n]
        Weight of each, in (0, 1]; the exponential of its potentials.
    slot, officer, day, leg : float64
        u, v, w, z of every row; w and z are never above zero, and zero for rows without pairs.
    rounds : int
        Newton's steps.
    """

    pairs: Ints
    x: Floats
    slot: Floats
    officer: Floats
    day: Floats
    leg: Floats
    rounds: int


@dataclass(frozen=True, slots=True)
class Unconverged:
    """The sums did not come within the tolerance; ``worst`` is the largest violation left."""

    rounds: int
    worst: float


def greatest_entropy(
    instance: Instance, support: Support, caps: Sequence[Fraction], loads: Sequence[Fraction]
) -> Optimum | Unconverged:
    """Solve the model.

    Parameters
    ----------
    support : Support
        Pairs that are above zero in some staffing with the loads; the others are left out. With one that is zero
        in all, the method would run for ever toward it.
    """
    layout = lay_out(instance, support, loads, caps)
    point = solve_dual(layout.heads)
    if point.worst > ENOUGH:
        return Unconverged(point.steps, point.worst)
    signed = signed_potentials(instance, support, layout, point)
    return Optimum(
        layout.pairs, point.rows.weight, signed.slot, signed.officer, signed.day, signed.leg, point.steps
    )


def full_rows(potential: Floats, tolerance: float) -> Flags:
    """Rows whose limit must be met to the last unit: those whose potential is not as good as zero."""
    return potential < -tolerance
