"""Days to begin the search with (初始排期): one outing after another takes the day that breaks least and is emptiest.

They need not be lawful; the model repairs and betters them. Outings with few days come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solver.dates.crews import Crew, Crowd, Setting
from solver.dates.model import moved
from solver.roster.instance import Ints


@dataclass(frozen=True, slots=True)
class _Row:
    """Slots of outings inside a crowd on each day, those so far, and the most there may be."""

    weight: Ints
    used: Ints
    room: Ints


def start(setting: Setting, crowds: Sequence[Crowd]) -> tuple[int, ...]:
    """Choose a day for each outing, in the order of outings."""
    rows = {crew.department: _rows(crew, crowds) for crew in setting.crews}
    out = {crew.department: np.zeros(len(crew.there), dtype=np.int64) for crew in setting.crews}
    places = _places(setting)
    seen: dict[str, set[int]] = {street: set() for street in setting.streets}
    order = sorted(range(len(setting.outings)), key=lambda i: (len(setting.options[i]), i))
    chosen = [0] * len(order)
    for i in order:
        days = list(setting.options[i])
        over, load = np.zeros(len(days), dtype=np.int64), np.zeros(len(days))
        for crew, j in places[i]:
            for row in rows[crew.department]:
                over += np.maximum(0, row.used[days] + row.weight[j][days] - row.room[days])
            full = (out[crew.department][days] + crew.taken[j]) / np.maximum(1, crew.present[days])
            load = np.maximum(load, full)
        streets = [s for s in setting.outings[i].streets if s in seen]
        over += np.array([sum(d in seen[s] for s in streets) for d in days], dtype=np.int64)
        change = [moved(setting.outings[i].stays, d) for d in days]
        best = min(range(len(days)), key=lambda n: (over[n], change[n], load[n], days[n]))
        day = chosen[i] = days[best]
        for crew, j in places[i]:
            out[crew.department][day] += crew.taken[j]
            for row in rows[crew.department]:
                row.used[day] += row.weight[j][day]
        for street in streets:
            seen[street].add(day)
    return tuple(chosen)


def _rows(crew: Crew, crowds: Sequence[Crowd]) -> list[_Row]:
    width = len(crew.there)
    season = np.repeat(crew.taken[:, None], width, axis=1)
    rows = [_Row(season, np.zeros(width, dtype=np.int64), crew.room)]
    for department, codes in crowds:
        if department == crew.department:
            flags = crew.flags(codes)
            rows.append(_Row(crew.inner(flags), np.zeros(width, dtype=np.int64), crew.size(flags)))
    return rows


def _places(setting: Setting) -> list[list[tuple[Crew, int]]]:
    """Each outing's crews, with its place among their outings."""
    places: list[list[tuple[Crew, int]]] = [[] for _ in setting.outings]
    for crew in setting.crews:
        for j, i in enumerate(crew.outings.tolist()):
            places[i].append((crew, j))
    return places
