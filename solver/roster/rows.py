"""The officers' side of greatest entropy: for given potentials of the slots, the best weights in closed form.

Model, for one head h (an officer; or a day or leg that is full in every staffing, which then stands alone)
  max Σ u_s x - Σ x ln x
  s.t. Σ_{all} x = m_h                                  (1)
       Σ_{block} x ≤ b       ∀ blocks (a date)          (2)
       Σ_{leg} x ≤ c         ∀ legs (a route)           (3)
The limits are nested, so x = e^{u_s} · min(τ_block, c / E_leg) with E_leg = Σ_leg e^{u_s}, where τ_block is τ_h, or less
where the block is full. Each τ is the root of a sum of min(·, ·): concave, increasing, in straight pieces. Newton's
method from the left stays on the left, and ends on the root after finitely many pieces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solver.roster.instance import Floats, Ints

#: Share by which a factor must lie below its row's for the limit to count as reached; rounding is near 1e-15.
_TIGHT = 1e-13

#: Share of the target below which a sum counts as met.
_MET = 1e-14


@dataclass(frozen=True, slots=True, kw_only=True)
class Heads:
    """The nested rows of an entropy problem.

    Parameters
    ----------
    pair_leg, pair_slot : int64[pairs]
    leg_block, leg_cap : int64[legs], float64[legs]
        The cap is infinite where the leg is itself a head.
    block_head, block_limit : int64[blocks], float64[blocks]
        The limit is infinite where the block has none of its own.
    head_mass : float64[heads]
        m_h, above zero.
    slots : int
    """

    pair_leg: Ints
    pair_slot: Ints
    leg_block: Ints
    leg_cap: Floats
    block_head: Ints
    block_limit: Floats
    head_mass: Floats
    slots: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Best weights for given slot potentials.

    Parameters
    ----------
    weight : float64[pairs]
    head_log, block_log, leg_log : float64
        ln of τ_h; of τ_block; of the leg's own factor: weight = exp(u + leg_log), and the differences from level to
        level are the potentials of (2) and (3), never above zero.
    group : int64[pairs]
        The innermost full row around each pair: heads first, then blocks, then legs.
    """

    weight: Floats
    head_log: Floats
    block_log: Floats
    leg_log: Floats
    group: Ints


def best_rows(heads: Heads, u: Floats) -> Rows:
    """Solve all heads at once for slot potentials ``u``."""
    head_of_leg = heads.block_head[heads.leg_block]
    head_of_pair = head_of_leg[heads.pair_leg]
    shift = np.full(len(heads.head_mass), -np.inf)
    np.maximum.at(shift, head_of_pair, u[heads.pair_slot])
    scaled = np.exp(u[heads.pair_slot] - shift[head_of_pair])
    reach = _sum(heads.pair_leg, scaled, len(heads.leg_cap))
    tau = _common(heads, reach, head_of_leg)
    block_tau = _blocks(heads, reach, tau[heads.block_head])
    own = np.minimum(block_tau[heads.leg_block], heads.leg_cap / reach)
    return Rows(
        scaled * own[heads.pair_leg],
        np.log(tau) - shift,
        np.log(block_tau) - shift[heads.block_head],
        np.log(own) - shift[head_of_leg],
        _groups(heads, tau, block_tau, own)[heads.pair_leg],
    )


def _groups(heads: Heads, tau: Floats, block_tau: Floats, own: Floats) -> Ints:
    """The innermost full row around each leg."""
    capped = own < block_tau[heads.leg_block] * (1 - _TIGHT)
    full = block_tau < tau[heads.block_head] * (1 - _TIGHT)
    block = np.where(full, len(tau) + np.arange(len(full)), heads.block_head)
    alone = len(tau) + len(full) + np.arange(len(own))
    return np.asarray(np.where(capped, alone, block[heads.leg_block]), dtype=np.int64)


def _common(heads: Heads, reach: Floats, head_of_leg: Ints) -> Floats:
    """τ_h with Σ_blocks min(b, Σ_legs min(c, τ_h E)) = m_h."""
    mass, blocks = heads.head_mass, len(heads.block_limit)
    tau = mass / _sum(head_of_leg, reach, len(mass))
    while True:
        here = tau[head_of_leg] * reach
        block = _sum(heads.leg_block, np.minimum(here, heads.leg_cap), blocks)  # (3)
        free = (here < heads.leg_cap) & (block < heads.block_limit)[heads.leg_block]
        total = _sum(heads.block_head, np.minimum(block, heads.block_limit), len(mass))  # (2)
        step = _step(mass, total, _sum(head_of_leg, reach * free, len(mass)))  # (1)
        if not step.any():
            return tau
        tau = tau + step


def _blocks(heads: Heads, reach: Floats, start: Floats) -> Floats:
    """τ_block: the head's, or less where the block would pass its limit."""
    blocks = len(heads.block_limit)
    over = (
        _sum(heads.leg_block, np.minimum(start[heads.leg_block] * reach, heads.leg_cap), blocks)
        > heads.block_limit
    )
    if not over.any():
        return start
    tau = np.where(over, heads.block_limit / _sum(heads.leg_block, reach, blocks), start)
    while True:
        here = tau[heads.leg_block] * reach
        total = _sum(heads.leg_block, np.minimum(here, heads.leg_cap), blocks)  # (3)
        slope = _sum(heads.leg_block, reach * (here < heads.leg_cap), blocks)
        step = _step(heads.block_limit, total, np.where(over, slope, 0.0))  # (2)
        if not step.any():
            return np.minimum(tau, start)
        tau = tau + step


def _step(target: Floats, total: Floats, slope: Floats) -> Floats:
    """Newton's step where the sum is still below its target by more than rounding."""
    below = (slope > 0) & (total < target * (1 - _MET))
    lacking = np.where(below, target, 0.0) - np.where(below, total, 0.0)
    return np.asarray(lacking / np.where(below, slope, 1.0), dtype=np.float64)


def _sum(index: Ints, value: Floats, size: int) -> Floats:
    return np.bincount(index, value, size).astype(np.float64, copy=False)
