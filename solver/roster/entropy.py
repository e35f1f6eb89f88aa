"""Weights of greatest entropy for given loads (最大熵选派概率).

Data: pairs E of the support, loads L_o > 0, caps c_r, all exact; every one of them can be kept.
Variables: x_os > 0, (o, s) ∈ E.
Model
  max  -Σ x ln x
  s.t. Σ_o x_os = 1              ∀ s        (1)   u_s
       Σ_{s on d} x_os ≤ 1       ∀ o, d     (2)   w_od ≤ 0
       Σ_{s on r} x_os ≤ c_r     ∀ o, r     (3)   z_or ≤ 0
       Σ_s x_os = L_o            ∀ o        (4)   v_o
The optimum is x_os = exp(u_s + v_o + w_od + z_or), where w and z are zero wherever their limit is slack.

Method: cyclic Bregman projection. Each kind of row in turn is brought to its sum by one factor a row; for the
inequalities the factor is held so that the potential never passes zero, which makes the limit the true optimum
and not merely a feasible point. x is always exactly the exponential of its potentials.
Source: Bregman, USSR Comput. Math. Math. Phys. 7 (1967); Censor & Lent, J. Optim. Theory Appl. 34 (1981), for interval
constraints. Newton's method on the dual was tried: the Hessian has a row for every active leg and day, and its
factors fill in; a projection costs one pass over the pairs.

The potentials are not unique where limits are full in every staffing; :mod:`solver.roster.duals` picks among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from solver.roster.instance import Flags, Floats, Instance, Ints
from solver.roster.support import Support

#: Largest violation of any sum, as a share of it, at which the weights count as converged.
TOLERANCE = 1e-12

#: Violation that whole units can still repair; taken when thousands of rounds no longer halve it.
ENOUGH = 1e-9

#: Rounds between two looks at whether the violation still falls.
STRIDE = 2_000

#: Rounds of projections before the search is given up; ordinary rosters take 20 to 300.
MAX_ROUNDS = 60_000


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
        u, v, w, z of every row; zero for rows without pairs.
    rounds : int
        Rounds of projections.
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
    instance: Instance,
    support: Support,
    caps: Sequence[Fraction],
    loads: Sequence[Fraction],
    max_rounds: int = MAX_ROUNDS,
) -> Optimum | Unconverged:
    """Solve the model.

    Parameters
    ----------
    support : Support
        Pairs that are above zero in some staffing with the loads; the others are left out. With one that is zero
        in all, the method would run for ever toward it.
    """
    state = _State(instance, support, caps, loads)
    worst = before = np.inf
    for rounds in range(1, max_rounds + 1):
        worst = state.round()
        if worst < TOLERANCE:
            return state.optimum(rounds)
        if rounds % STRIDE == 0:
            if before / 2 < worst < ENOUGH:
                return state.optimum(rounds)
            before = worst
    return Unconverged(max_rounds, float(worst))


class _State:
    """The pairs' weights and all potentials, changed in place: a pass over 250,000 pairs takes milliseconds."""

    def __init__(
        self, instance: Instance, support: Support, caps: Sequence[Fraction], loads: Sequence[Fraction]
    ) -> None:
        self.pairs = np.flatnonzero(support.pair)
        self.s = instance.pair_slot[self.pairs]
        self.o = instance.pair_officer[self.pairs]
        self.leg_of = instance.pair_leg[self.pairs]
        self.leg_day = instance.leg_day
        self.cap = np.array([float(c) for c in caps])[instance.leg_route]
        self.load = np.array([float(load) for load in loads])
        self.u, self.v = np.zeros(len(instance.slots)), np.zeros(len(instance.officers))
        self.w, self.z = np.zeros(len(instance.day_date)), np.zeros(len(instance.leg_route))
        self.x = np.ones(len(self.pairs))

    def round(self) -> float:
        """Project onto (1), (3), (2), (4) in turn; return the largest violation met on the way."""
        worst = self._slots()
        worst = max(worst, self._limits())
        return max(worst, self._officers())

    def _slots(self) -> float:
        total = _total(self.s, self.x, len(self.u))
        held = total > 0
        factor = np.divide(1.0, total, out=np.ones_like(total), where=held)
        self.u += np.log(factor)
        self.x *= factor[self.s]
        return float(np.abs(total[held] - 1).max(initial=0.0))

    def _limits(self) -> float:
        total = _total(self.leg_of, self.x, len(self.z))
        leg = _step(self.z, total, self.cap)
        total *= np.exp(leg)
        day_total = _total(self.leg_day, total, len(self.w))
        day = _step(self.w, day_total, np.ones_like(day_total))
        self.z += leg
        self.w += day
        both = leg + day[self.leg_day]
        if both.any():
            self.x *= np.exp(both)[self.leg_of]
        return float(max(np.abs(leg).max(initial=0.0), np.abs(day).max(initial=0.0)))

    def _officers(self) -> float:
        total = _total(self.o, self.x, len(self.v))
        held = total > 0
        factor = np.divide(self.load, total, out=np.ones_like(total), where=held)
        self.v += np.log(factor)
        self.x *= factor[self.o]
        return float(np.abs(factor[held] - 1).max(initial=0.0))

    def optimum(self, rounds: int) -> Optimum:
        """What has been reached."""
        return Optimum(self.pairs, self.x, self.u, self.v, self.w, self.z, rounds)


def _total(index: Ints, value: Floats, size: int) -> Floats:
    """Sum of the values by index."""
    return np.bincount(index, value, size).astype(np.float64, copy=False)


def _step(potential: Floats, total: Floats, limit: Floats) -> Floats:
    """Change of the potentials of rows Σ ≤ limit: down to the limit, or up toward zero where it is slack."""
    wanted = np.log(np.divide(limit, total, out=np.ones_like(total), where=total > 0))
    return np.where(total > 0, np.minimum(wanted, -potential), 0.0)


def full_rows(potential: Floats, tolerance: float) -> Flags:
    """Rows whose limit must be met to the last unit: those whose potential is not as good as zero."""
    return potential < -tolerance
