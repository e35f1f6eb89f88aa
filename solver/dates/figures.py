"""How full days and weeks are with given days (负荷): counts, without any model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.dates.crews import Crew, Setting
from solver.roster.instance import Ints


@dataclass(frozen=True, slots=True)
class Fullness:
    """One department's load.

    Attributes
    ----------
    peak : int
        Officers out of those there on the fullest day [percent, rounded up]; where nobody is there, of one.
    high, low : int
        Officer-days of the fullest week [percent, rounded up] and of the emptiest [rounded down]; weeks in which
        nobody is there are no weeks.
    """

    peak: int
    high: int
    low: int


def slots_out(crew: Crew, chosen: Sequence[int]) -> Ints:
    """int64[days]: slots of the department on each day, if outing i goes on day ``chosen[i]``."""
    days = np.array(chosen, dtype=np.int64)[crew.outings]
    return np.bincount(days, weights=crew.taken, minlength=len(crew.there)).astype(np.int64)


def fullness(setting: Setting, crew: Crew, chosen: Sequence[int]) -> Fullness:
    """Measure one department."""
    out = slots_out(crew, chosen).tolist()
    peak = max(_up(100 * n, max(1, there)) for n, there in zip(out, crew.present.tolist(), strict=True))
    weeks = [
        (100 * sum(out[d] for d in week), there)
        for week in setting.weeks
        if (there := sum(crew.present[list(week)].tolist()))
    ]
    high = max((_up(n, there) for n, there in weeks), default=0)
    low = min((n // there for n, there in weeks), default=0)
    return Fullness(peak, high, low)


def _up(n: int, by: int) -> int:
    return -(-n // by)
