"""Why there can be no lawful days, told by the smallest cause that is found (无解证明).

A single row of the model over all days is a flow: outing i needs at least n_i = min_d w_id of it, on whichever of its days,
and day d has room r_d; a day with r_d < n_i is none of its days. If the largest flow is short, the cut names outings whose
days have less room, all together, than they need whatever is chosen. Rows of crowds, of busy seasons and of streets are
looked at in that order. Where each row alone would do, outings and departments are left out one after another while what
remains can still be refuted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solver.dates.crews import Crew, Crowd, Setting, setting_of
from solver.dates.model import Model
from solver.dates.problem import NoDate
from solver.roster.instance import Flags, Ints
from solver.roster.maxflow import Arcs, join, largest_flow

#: Searches that the shrinking of a cause may take, and the work of each [deterministic].
TRIES, TRY = 80, 0.5


def without_day(setting: Setting) -> NoDate | None:
    """Find outings that have no day at all."""
    for reason, days in (("window", [o.days for o in setting.outings]), ("joint", setting.options)):
        bare = [one for one, own in zip(setting.outings, days, strict=True) if not own]
        if bare:
            return NoDate(
                reason=reason,
                names=tuple(one.name for one in bare),
                slots=tuple(sorted(slot.slot for one in bare for slot in one.slots)),
                days=tuple(sorted({day for one in bare for day in one.days})),
                departments=tuple(sorted({name for one in bare for name in one.departments})),
            )
    return None


def single(setting: Setting, crowds: Sequence[Crowd]) -> NoDate | None:
    """Find a row that alone cannot be kept on any days; those of people only where no shortage is allowed."""
    if not setting.problem.allow_short:
        crews = {crew.department: crew for crew in setting.crews}
        for department, codes in crowds:
            crew = crews[department]
            flags = crew.flags(codes)
            if found := _people(setting, crew, flags, crew.inside(flags), crew.size(flags)):
                return found
        for crew in setting.crews:
            every = np.ones((len(crew.slots), len(crew.there)), dtype=np.bool_)
            found = _people(setting, crew, np.ones(len(crew.officers), dtype=np.bool_), every, crew.room)
            if found:
                return replace(found, reason="quiet")
    return _street(setting)


def _people(setting: Setting, crew: Crew, crowd: Flags, inside: Flags, room: Ints) -> NoDate | None:
    """Look at the slots that are inside the crowd on all days of their outing: they take officers of it for sure."""
    sure = np.array([inside[s, list(setting.options[i])].all() for s, i in enumerate(crew.outing.tolist())])
    outings = [i for i in crew.outings.tolist() if sure[crew.outing == i].any()]
    needs = [int(sure[crew.outing == i].sum()) for i in outings]
    options = [
        tuple(d for d in setting.options[i] if need <= room[d])
        for i, need in zip(outings, needs, strict=True)
    ]
    bare = [j for j, own in enumerate(options) if not own]
    cut = ([bare[0]], ()) if bare else _cut(needs, options, room)
    if cut is None:
        return None
    which, wide = cut
    named = sorted(outings[j] for j in which)
    days = tuple(sorted({d for i in named for d in setting.options[i]}))
    slots = np.flatnonzero(sure & np.isin(crew.outing, named))
    able = crew.there[list(days)].any(axis=0) & crowd
    return NoDate(
        reason="officers",
        names=tuple(setting.outings[i].name for i in named),
        slots=tuple(sorted(crew.slots[s] for s in slots)),
        officers=tuple(np.array(crew.officers)[able].tolist()),
        days=days,
        departments=(crew.department,),
        needed=sum(needs[j] for j in which),
        there=int(room[list(wide)].sum()) if wide else int(room[list(days)].max()),
    )


def _street(setting: Setting) -> NoDate | None:
    room = np.ones(len(setting.problem.days), dtype=np.int64)
    for street, who in setting.streets.items():
        cut = _cut([1] * len(who), [setting.options[i] for i in who], room)
        if cut is not None:
            names = tuple(sorted(setting.outings[who[j]].name for j in cut[0]))
            return NoDate(
                "streets", names, days=cut[1], streets=(street,), needed=len(names), there=len(cut[1])
            )
    return None


def _cut(
    needs: Sequence[int], options: Sequence[Sequence[int]], room: Ints
) -> tuple[list[int], tuple[int, ...]] | None:
    """Outings and all their days, where the days have less room than the outings need; none if the flow suffices."""
    n, width = len(needs), len(room)
    source, sink = n + width, n + width + 1
    total = sum(needs)
    if total == 0:
        return None
    into = Arcs(np.full(n, source), np.arange(n), np.array(needs, dtype=np.int64))
    pairs = np.array([(i, n + d) for i, days in enumerate(options) for d in days], dtype=np.int64)
    across = Arcs(pairs[:, 0], pairs[:, 1], np.full(len(pairs), total))
    out = Arcs(np.arange(n, n + width), np.full(width, sink), room)
    flow = largest_flow(join([into, across, out]), source, sink, n + width + 2)
    if int(flow.amount[:n].sum()) == total:
        return None
    return _narrowed([i for i in range(n) if flow.reached[i]], needs, options, room)


def _narrowed(
    which: list[int], needs: Sequence[int], options: Sequence[Sequence[int]], room: Ints
) -> tuple[list[int], tuple[int, ...]]:
    """The first part, of outings joined by common days, that is short by itself; the sum is, so one of them is."""
    rest = list(which)
    while True:
        part, days = [rest.pop(0)], set[int]()
        for i in part:
            days |= set(options[i])
            near = [j for j in rest if days & set(options[j])]
            part += near
            rest = [j for j in rest if j not in near]
        if sum(needs[i] for i in part) > int(room[sorted(days)].sum()):
            return sorted(part), tuple(sorted(days))


def together(setting: Setting, crowds: Sequence[Crowd]) -> NoDate:
    """Leave out what is not needed to refute a problem that has been refuted."""
    tries = iter(range(TRIES))
    departments = [crew.department for crew in setting.crews]
    for name in list(departments):
        fewer = [d for d in departments if d != name]
        if next(tries, None) is not None and _refuted(setting, crowds, fewer):
            departments = fewer
    if setting.streets and next(tries, None) is not None:
        bare = setting_of(replace(setting.problem, apart=False))
        setting = bare if _refuted(bare, crowds, departments) else setting
    size = max(1, len(setting.outings) // 2)
    while size:
        at = 0
        while at < len(setting.outings) and next(tries, None) is not None:
            left = setting.outings[:at] + setting.outings[at + size :]
            smaller = _of(setting, left)
            if left and _refuted(smaller, crowds, departments):
                setting = smaller
            else:
                at += size
        size //= 2
    return _told(setting, departments)


def _of(setting: Setting, outings: Sequence[object]) -> Setting:
    names = {one.name for one in setting.outings if one in outings}
    kept = tuple(one for one in setting.outings if one.name in names)
    return setting_of(replace(setting.problem, outings=kept, fixed=setting.problem.fixed & names))


def _refuted(setting: Setting, crowds: Sequence[Crowd], departments: Sequence[str]) -> bool:
    crews = tuple(crew for crew in setting.crews if crew.department in departments)
    names = {crew.department for crew in crews}
    model = Model(replace(setting, crews=crews), [crowd for crowd in crowds if crowd[0] in names])
    return model.solve(None, TRY).kind == "none"


def _told(setting: Setting, departments: Sequence[str]) -> NoDate:
    crews = [crew for crew in setting.crews if crew.department in departments]
    days = sorted({day for own in setting.options for day in own})
    officers = {code for crew in crews for code in _able(crew, days)}
    return NoDate(
        reason="together",
        names=tuple(one.name for one in setting.outings),
        slots=tuple(sorted(slot for crew in crews for slot in crew.slots)),
        officers=tuple(sorted(officers)),
        days=tuple(days),
        departments=tuple(crew.department for crew in crews),
        streets=tuple(setting.streets),
    )


def _able(crew: Crew, days: Sequence[int]) -> list[str]:
    """Who may fill some slot of the department on some of the days."""
    able = np.flatnonzero(crew.fits.any(axis=0) & crew.there[list(days)].any(axis=0))
    return [crew.officers[o] for o in able.tolist()]
