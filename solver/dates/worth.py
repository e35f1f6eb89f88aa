"""What given days come to in each aim, counted without any model."""

from __future__ import annotations

from collections.abc import Sequence

from solver.dates.crews import Setting
from solver.dates.figures import fullness
from solver.dates.model import moved
from solver.dates.staffed import lacks_of


def worth(setting: Setting, aim: str, chosen: Sequence[int]) -> int:
    """Value of an aim of the model if outing i goes on day ``chosen[i]``; small is good."""
    if aim == "missing":
        return sum(lack.missing for lack in lacks_of(setting, chosen))
    if aim == "moves":
        return sum(moved(one.stays, day) for one, day in zip(setting.outings, chosen, strict=True))
    if aim == "early":
        return sum(chosen)
    full = [fullness(setting, crew, chosen) for crew in setting.crews]
    return sum(one.peak if aim == "peak" else one.high - one.low for one in full)
