"""Rates of problems from past findings, shrunk toward their parents (问题发现率的收缩估计).

Data     (x_k, n_k): problems found and bodies inspected in children k of one parent (regions of a class, classes of an item)
Model    θ_k ~ Beta(s m, s (1 - m)),  x_k ~ Bin(n_k, θ_k)
         m = Σ x_k / Σ n_k, or where s_0 > 0 bodies of the parent's own prior rate m_0 are added:
         m = (s_0 m_0 + Σ x_k) / (s_0 + Σ n_k)                                                                   (1)
         s = (m (1 - m) - v) / v,  v = [Σ n_k (p_k - m)² - (K - 1) m (1 - m)] / (N - Σ n_k² / N),  p_k = x_k / n_k  (2)
         E[θ_k | x_k] = (x_k + s m) / (n_k + s)                                                                  (3)
(2) is the moment estimate of the variance between children; v ≤ 0 says that they do not differ by more than chance, and s is
then unbounded: every child gets the parent's rate. s is never below one body, so that who was never inspected has the parent's
rate, and who was once is not certain. With fewer than two children that were inspected s is the plain prior's weight.
Source: J. C. Kleinman, Proportions with extraneous variance, JASA 68 (1973), for (2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from solver.plan.errors import PlanError


@dataclass(frozen=True, slots=True)
class Past:
    """``found`` problems in ``inspected`` bodies, 0 ≤ found ≤ inspected."""

    found: int
    inspected: int


@dataclass(frozen=True, slots=True)
class Prior:
    """A rate in [0, 1] worth ``weight`` > 0 inspected bodies."""

    rate: float
    weight: float


def shrink(children: Mapping[str, Past], prior: Prior) -> dict[str, Prior]:
    """Return each child's rate (3), and as its weight for its own children the prior's.

    Parameters
    ----------
    children : mapping of str to Past
    prior : Prior
        What is thought of the parent before its findings; the plain prior where there is none above.

    Raises
    ------
    PlanError
        ``found-over-inspected``, ``prior-outside``.
    """
    if not (0 <= prior.rate <= 1 and prior.weight > 0):
        raise PlanError("prior-outside", rate=prior.rate, weight=prior.weight)
    for name, past in children.items():
        if not 0 <= past.found <= past.inspected:
            raise PlanError("found-over-inspected", name=name, found=past.found, inspected=past.inspected)
    found = sum(p.found for p in children.values())
    inspected = sum(p.inspected for p in children.values())
    mean = (prior.weight * prior.rate + found) / (prior.weight + inspected)  # (1)
    weight = _strength(list(children.values()), mean, prior.weight)
    return {name: Prior(_mean(past, mean, weight), prior.weight) for name, past in children.items()}


def _mean(past: Past, mean: float, weight: float) -> float:
    """Return (3)."""
    return mean if weight == inf else (past.found + weight * mean) / (past.inspected + weight)


def _strength(pasts: list[Past], mean: float, plain: float) -> float:
    """Return s of (2)."""
    seen = [p for p in pasts if p.inspected]
    total = sum(p.inspected for p in seen)
    spread = total - sum(p.inspected**2 for p in seen) / total if total else 0.0
    if len(seen) < 2 or spread <= 0:
        return plain
    chance = mean * (1 - mean)
    square = sum(p.inspected * (p.found / p.inspected - mean) ** 2 for p in seen)
    between = (square - (len(seen) - 1) * chance) / spread
    return inf if between <= 0 else max(1.0, (chance - between) / between)  # (2)
