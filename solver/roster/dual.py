"""Newton's method on the slots' potentials (对偶牛顿法); :mod:`solver.roster.entropy` has the model.

With the officers' side solved in closed form (:mod:`solver.roster.rows`), what is left is smooth and convex in u alone:
  min_u  Σ_h max_{x ∈ rows of h} (Σ u_s x - Σ x ln x) - Σ_s u_s
gradient Σ_o x_os - 1, Hessian diag(Σ_o x_os) - Σ_G x_G x_G' / m_G over the innermost full rows G. Some sweeps of iterative
scaling come near, where a scaling method then crawls (thousands of sweeps for tight dates); from there each step
solves the Hessian by conjugate gradients, which costs passes over the pairs only.
Source: Nocedal and Wright, "Numerical Optimization", algorithms 7.1 (Newton with conjugate gradients) and 3.1 (Armijo).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from solver.roster.instance import Floats
from solver.roster.rows import Heads, Rows, best_rows

#: Sweeps of iterative scaling before Newton's method.
SWEEPS = 10

#: Newton's steps before the search is given up; the hardest rosters tried took under 40.
MAX_STEPS = 300

#: Longest step of a potential: beyond it other rows are full, and the Hessian says nothing.
LONGEST = 4.0

#: A slot's sum is good when it differs from 1 by less: a sixtieth of a unit, so that rounding decides and not this.
TOLERANCE = 4e-12

#: What whole units can still repair; taken when no step along the dual makes it less.
ENOUGH = 1e-10


@dataclass(frozen=True, slots=True)
class DualPoint:
    """Slot potentials, the rows that answer them, the largest error of a slot's sum, and Newton's steps so far."""

    u: Floats
    rows: Rows
    worst: float
    steps: int


def solve_dual(heads: Heads, max_steps: int = MAX_STEPS) -> DualPoint:
    """Go to the optimum, or as near as ``max_steps`` or the floats allow; the caller looks at ``worst``."""
    u = np.zeros(heads.slots)
    for _ in range(SWEEPS):
        total = _slot_sums(heads, best_rows(heads, u))
        u -= np.log(np.where(total > 0, total, 1.0))
    rows = best_rows(heads, u)
    for steps in range(max_steps):
        error = _errors(heads, rows)
        worst = float(np.abs(error).max(initial=0.0))
        if worst < TOLERANCE:
            return DualPoint(u, rows, worst, steps)
        further = _line_search(heads, u, rows, error, _direction(heads, rows, error))
        if further is None:
            return DualPoint(u, rows, worst, steps)
        u, rows = further
    return DualPoint(u, rows, float(np.abs(_errors(heads, rows)).max(initial=0.0)), max_steps)


def _slot_sums(heads: Heads, rows: Rows) -> Floats:
    return np.bincount(heads.pair_slot, rows.weight, heads.slots).astype(np.float64, copy=False)


def _errors(heads: Heads, rows: Rows) -> Floats:
    return 1 - _slot_sums(heads, rows)


def _value(heads: Heads, u: Floats, rows: Rows) -> float:
    """The dual as a maximum: Σ u - Σ x (u - ln x), where ln x = u + leg_log."""
    return float(u.sum() + rows.weight @ rows.leg_log[heads.pair_leg])


def _direction(heads: Heads, rows: Rows, error: Floats) -> Floats:
    """Newton's direction, the nearer to the optimum the more exact."""
    count, group = np.unique(rows.group, return_inverse=True)
    matrix = csr_array((rows.weight, (group, heads.pair_slot)), shape=(len(count), heads.slots))
    turned = matrix.T.tocsr()
    inverse_mass = 1 / np.bincount(group, rows.weight, len(count))
    column = _slot_sums(heads, rows)
    square = np.bincount(heads.pair_slot, rows.weight**2 * inverse_mass[group], heads.slots)
    # Full rows can cut the slots into parts that cannot trade, where the dual is straight and its Hessian zero.
    ridge = (1e-13 + 0.01 * float(np.abs(error).max())) * column

    def times(d: Floats) -> Floats:
        return np.asarray((column + ridge) * d - turned @ (inverse_mass * (matrix @ d)), dtype=np.float64)

    size = float(np.sqrt(error @ error))
    inverse = 1 / (np.maximum(column - square, 1e-9 * column) + ridge)
    found = _conjugate_gradients(times, error, inverse, min(0.1, size))
    return found * min(1.0, LONGEST / float(np.abs(found).max()))


def _conjugate_gradients(
    times: Callable[[Floats], Floats], b: Floats, inverse: Floats, relative: float
) -> Floats:
    """Solve a semidefinite system; b lies in its range, since the slots and heads of a component have equal sums."""
    x, r = np.zeros_like(b), b.copy()
    p = inverse * r
    product = float(r @ p)
    goal = relative**2 * product
    for _ in range(2 * len(b) + 100):
        ahead = times(p)
        curvature = float(p @ ahead)
        if product <= goal or curvature <= 0:
            break
        x, r = x + product / curvature * p, r - product / curvature * ahead
        z = inverse * r
        before, product = product, float(r @ z)
        p = z + product / before * p
    return x


def _line_search(
    heads: Heads, u: Floats, rows: Rows, error: Floats, direction: Floats
) -> tuple[Floats, Rows] | None:
    """Halve the step until the dual grows by enough; where growth is below rounding, until the error halves.

    The error alone would not do: steps over a full row's threshold and back can each lessen it, for ever.
    """
    here, slope, size = _value(heads, u, rows), float(error @ direction), float(error @ error)
    unseen = slope < 1e-11 * (1 + abs(here))
    step = 1.0
    while step > 1e-8:
        trial = u + step * direction
        there = best_rows(heads, trial)
        left = _errors(heads, there)
        grown = _value(heads, trial, there) >= here + 1e-4 * step * slope
        if float(left @ left) < 0.25 * size if unseen else grown:
            return trial, there
        step /= 2
    return None
