"""Can given days be staffed, exactly, and which crowds are too small if not (人员是否够用)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solver.dates.crews import Crew, Crowd, Setting
from solver.dates.figures import slots_out
from solver.dates.problem import Lack
from solver.roster.instance import build
from solver.roster.staffing import Cut, Short, staff


def lacks_of(setting: Setting, chosen: Sequence[int]) -> list[Lack]:
    """List what cannot be filled if outing i goes on day ``chosen[i]``, by department and day."""
    return [lack for crew in setting.crews for lack in _lacks(crew, chosen)]


def missing_of(crew: Crew, chosen: Sequence[int]) -> list[int]:
    """Officer-days missing on each day."""
    found = [0] * len(crew.there)
    for lack in _lacks(crew, chosen):
        found[lack.day] += lack.missing
    return found


def crowds_of(setting: Setting, lacks: Sequence[Lack]) -> list[Crowd]:
    """The crowds that lacks show to be too small: who could fill one of a lack's slots on any day.

    Each lack's crowd, and that of all lacks of a department and day, whose shortfall is the sum of theirs.
    """
    crews = {crew.department: crew for crew in setting.crews}
    groups: dict[tuple[str, int], list[str]] = {}
    found: dict[Crowd, None] = {}
    for lack in lacks:
        if not lack.quiet:
            groups.setdefault((lack.department, lack.day), []).extend(lack.slots)
            found[lack.department, _able(crews[lack.department], lack.slots)] = None
    for (department, _), slots in groups.items():
        found[department, _able(crews[department], slots)] = None
    return list(found)


def _able(crew: Crew, slots: Sequence[str]) -> frozenset[str]:
    which = np.isin(np.array(crew.slots), np.array(slots))
    return frozenset(np.array(crew.officers)[crew.fits[which].any(axis=0)].tolist())


def _lacks(crew: Crew, chosen: Sequence[int]) -> list[Lack]:
    days = np.array(chosen, dtype=np.int64)[crew.outing]
    out = slots_out(crew, chosen)
    found = []
    for day in np.flatnonzero(out).tolist():
        short = [_lack(crew, day, cut) for cut in _cuts(crew, np.flatnonzero(days == day).tolist(), day)]
        held_back = int(out[day] - crew.room[day])
        if held_back > sum(lack.missing for lack in short):
            short = [_quiet(crew, day, np.flatnonzero(days == day).tolist())]
        found += short
    return found


def _cuts(crew: Crew, slots: Sequence[int], day: int) -> tuple[Cut, ...]:
    here = crew.fits[slots] & crew.there[day]
    names = [crew.slots[s] for s in slots]
    pairs = [(crew.officers[o], names[s]) for s, o in np.argwhere(here).tolist()]
    places = [(name, name, str(day)) for name in names]
    answer = staff(build(places, pairs, dict.fromkeys(crew.officers, 1)))
    return answer.cuts if isinstance(answer, Short) else ()


def _lack(crew: Crew, day: int, cut: Cut) -> Lack:
    return Lack(day, crew.department, cut.slots, cut.officers, cut.there)


def _quiet(crew: Crew, day: int, slots: Sequence[int]) -> Lack:
    names = tuple(sorted(crew.slots[s] for s in slots))
    there = tuple(np.array(crew.officers)[crew.there[day]].tolist())
    return Lack(day, crew.department, names, there, int(crew.room[day]), quiet=True)
