"""How many visits the tasks of a month make together (综合查一次的预期检查次数).

Data, for one month
  s        a group of |s| bodies, all open to the same tasks T
  N_i, n_i task i's eligible bodies in the class and region of s, and how many of them are drawn;  f_i = n_i / N_i
Tasks of a month share tickets (dr1 section 4): body b, with ticket u_b uniform on (0, 1), is drawn in i iff u_b ≤ τ_i,
τ_i being the n_i-th smallest ticket of the N_i - 1 other bodies. τ_i does not depend on u_b, and is Beta(n_i, N_i - n_i):

    E τ_i = f_i,   σ_i² = Var τ_i = f_i (1 - f_i) / (N_i + 1)                                             (1)
    P(b is visited) = E max_i τ_i                                                                        (2)

so the expected visits of s are |s| E max τ_i, which is what the plan counts plus a finite-size term δ:

    V_s = |s| F,  F = max_i f_i = f_*,      |s| E max_i τ_i = V_s + δ,  0 ≤ δ                            (3)

(Jensen). The cutoffs scatter about their means, and a task a little below the largest is sometimes above it. With
Δ_i = f_* - f_i and s_i = σ_i + σ_* ≥ sd(τ_i - τ_*), Scarf's bound on E(τ_i - τ_*)⁺ gives

    δ ≤ |s| Σ_{i ≠ *} (√(s_i² + Δ_i²) - Δ_i) / 2                                                         (4)

which is O(|s| / √N), and nothing where all tasks draw from the same bodies: their cutoffs are then in one order, and
V_s is exact. A visit is never counted twice, so |s| E max τ_i ≤ |s| Σ f_i as well.

n_i counts eligible bodies; who has been drawn for an item or has reached the yearly cap leaves it. Where tasks of a group have
lost different bodies in earlier months, N_i is the number left to each, and (1) to (4) hold of these.
Source: H. Scarf, A min-max solution of an inventory problem, 1958, for (4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import hypot, sqrt


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one task draws, ``take`` of ``population`` ≥ 1; ``bodies`` names the set that it draws from."""

    take: int
    population: int
    bodies: str

    @property
    def share(self) -> Fraction:
        """f_i."""
        return Fraction(self.take, self.population)

    @property
    def spread(self) -> float:
        """σ_i of (1)."""
        share = self.take / self.population
        return sqrt(share * (1 - share) / (self.population + 1))


def expected(size: int, drawn: Sequence[Drawn]) -> Fraction:
    """Return V_s of (3): the group's size times the largest drawn fraction."""
    return size * max((one.share for one in drawn), default=Fraction(0))


def excess(size: int, drawn: Sequence[Drawn]) -> float:
    """Return the bound (4) on how far the true expectation lies above :func:`expected`."""
    if not drawn:
        return 0.0
    first = max(drawn, key=lambda one: one.share)
    terms = 0.0
    for one in drawn:
        if one.bodies != first.bodies and one.take > 0:
            apart = float(first.share - one.share)
            terms += (hypot(one.spread + first.spread, apart) - apart) / 2  # (4)
    sums = float(sum((one.share for one in drawn), Fraction(0)) - first.share)
    return size * min(terms, sums, 1 - float(first.share))
