"""How well a roster can be foretold (可预测性), from the published weights alone.

For a slot s with weights p_o = w_os / 2^32 (they sum to 1):
  largest chance  max_o p_o
  entropy         H = -Σ p_o log2 p_o                                   [bits]
  effective number of candidates  2^H, between 1 and the number of candidates
The bound is the number of officers who may go at all: 2^H reaches it when all have the same chance, which even loads
and other slots of the day may not allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

UNIT = 2**32


@dataclass(frozen=True, slots=True)
class SlotForecast:
    """How well one slot can be foretold.

    Attributes
    ----------
    largest : float
        Chance of the likeliest officer, 0 to 1: the best guess of an insider who knows all but the seed.
    effective : float
        2 to the entropy.
    candidates : int
        Officers with a weight.
    allowed : int
        Officers whom no bar excludes; at least ``candidates``.
    """

    slot: str
    largest: float
    effective: float
    candidates: int
    allowed: int

    def poor(self, chance: float, effective: float) -> bool:
        """Whether the slot is easier to guess than thresholds allow."""
        return self.largest > chance or self.effective < effective


def forecast(weights: Iterable[tuple[str, str, int]], allowed: Mapping[str, int]) -> list[SlotForecast]:
    """Forecast every slot, in the order of slots.

    Parameters
    ----------
    weights : iterable of (officer, slot, weight)
        Units of 2^-32, those of a slot summing to 2^32.
    allowed : mapping of str to int
        Slot → number of officers whom no bar excludes.
    """
    chances: dict[str, list[float]] = {}
    for _, slot, weight in weights:
        chances.setdefault(slot, []).append(weight / UNIT)
    return [
        SlotForecast(slot, max(ps), 2 ** -sum(p * log2(p) for p in ps), len(ps), allowed.get(slot, len(ps)))
        for slot, ps in sorted(chances.items(), key=lambda item: item[0].encode())
    ]


def guess_rate(forecasts: Iterable[SlotForecast]) -> float:
    """Share of slots that an insider names rightly on average, who always bets on the likeliest officer."""
    largest = [one.largest for one in forecasts]
    return sum(largest) / len(largest) if largest else 0.0
