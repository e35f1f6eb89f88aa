"""The staffing problem as index arrays (排班问题): who may fill which slot (岗位) of which route (检查批次) on which date.

Index sets, each in the order of the names' UTF-8 bytes, so that nothing depends on the order of the input
  O    officers, with days present a_o                     [whole days of the window]
  S    slots; slot s belongs to route r(s)
  R    routes; route r has date d(r)
  D    dates
  E    pairs (o, s) that are allowed, in the order (officer, slot)
and, over E only,
  day  an officer on a date, (o, d)
  leg  an officer on a route, (o, r)

Each pair lies in one leg, each leg in one day, each day with one officer: the limits of staffing are nested, and the
whole is a network of flows  pool → officer → day → leg → slot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.roster.errors import RosterError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One staffing problem; build it with :func:`build`.

    Parameters
    ----------
    officers, slots, routes, dates : tuple of str
        Names, each tuple sorted.
    days_present : int64[O]
        Days on which the officer may work; loads are even in proportion to them.
    slot_route, route_date : int64[S], int64[R]
    pair_officer, pair_slot, pair_leg : int64[E]
        Pairs sorted by (officer, slot).
    leg_route, leg_day : int64[legs]
    day_officer, day_date : int64[days]
    """

    officers: tuple[str, ...]
    slots: tuple[str, ...]
    routes: tuple[str, ...]
    dates: tuple[str, ...]
    days_present: Ints
    slot_route: Ints
    route_date: Ints
    pair_officer: Ints
    pair_slot: Ints
    pair_leg: Ints
    leg_route: Ints
    leg_day: Ints
    day_officer: Ints
    day_date: Ints

    @property
    def slot_date(self) -> Ints:
        """Date of each slot."""
        return self.route_date[self.slot_route]

    @property
    def leg_officer(self) -> Ints:
        """Officer of each leg."""
        return self.day_officer[self.leg_day]

    def pair_names(self, which: Flags) -> tuple[tuple[str, str], ...]:
        """(officer, slot) of the chosen pairs, in the order of the protocol: by slot, then officer."""
        chosen = np.flatnonzero(which)
        order = chosen[np.lexsort((self.pair_officer[chosen], self.pair_slot[chosen]))]
        return tuple(
            (self.officers[o], self.slots[s])
            for o, s in zip(self.pair_officer[order].tolist(), self.pair_slot[order].tolist(), strict=True)
        )


def build(
    slots: Iterable[tuple[str, str, str]],
    pairs: Iterable[tuple[str, str]],
    days: Mapping[str, int],
) -> Instance:
    """Index a staffing problem.

    Parameters
    ----------
    slots : iterable of (slot, route, date)
    pairs : iterable of (officer, slot)
        Every allowed pair, once.
    days : mapping of officer to days present
        Every officer of the pool, also one who may fill nothing; whole, at least 0, and at least the number of
        dates on which a pair of theirs falls.

    Raises
    ------
    RosterError
        ``slot-twice``, ``route-two-dates``, ``pair-unknown-slot``, ``pair-unknown-officer``, ``pair-twice``,
        ``days-too-few``, ``days-negative``.
    """
    route_of, date_of = _places(slots)
    names = (tuple(sorted(days)), tuple(sorted(route_of)), tuple(sorted(date_of)))
    officers, slot_names, routes = names
    dates = tuple(sorted({date_of[r]: None for r in routes}))
    slot_route = _index([route_of[s] for s in slot_names], routes)
    route_date = _index([date_of[r] for r in routes], dates)
    officer, slot = _pairs(pairs, officers, slot_names)
    leg_key, pair_leg = np.unique(officer * max(1, len(routes)) + slot_route[slot], return_inverse=True)
    leg_officer, leg_route = np.divmod(leg_key, max(1, len(routes)))
    width = max(1, len(dates))
    day_key, leg_day = np.unique(leg_officer * width + route_date[leg_route], return_inverse=True)
    day_officer, day_date = np.divmod(day_key, width)
    present = np.array([days[o] for o in officers], dtype=np.int64)
    _check_days(present, day_officer, officers)
    return Instance(
        officers=officers,
        slots=slot_names,
        routes=routes,
        dates=dates,
        days_present=present,
        slot_route=slot_route,
        route_date=route_date,
        pair_officer=officer,
        pair_slot=slot,
        pair_leg=pair_leg.astype(np.int64),
        leg_route=leg_route,
        leg_day=leg_day.astype(np.int64),
        day_officer=day_officer,
        day_date=day_date,
    )


def _places(slots: Iterable[tuple[str, str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    route_of: dict[str, str] = {}
    date_of: dict[str, str] = {}
    for slot, route, date in slots:
        if slot in route_of:
            raise RosterError("slot-twice", slot=slot)
        if date_of.setdefault(route, date) != date:
            raise RosterError("route-two-dates", route=route, dates=[date_of[route], date])
        route_of[slot] = route
    return route_of, date_of


def _index(names: Sequence[str], among: Sequence[str]) -> Ints:
    place = {name: i for i, name in enumerate(among)}
    return np.array([place[name] for name in names], dtype=np.int64)


def _pairs(
    pairs: Iterable[tuple[str, str]], officers: Sequence[str], slots: Sequence[str]
) -> tuple[Ints, Ints]:
    """Indices of the pairs, sorted by (officer, slot)."""
    officer_at = {name: i for i, name in enumerate(officers)}
    slot_at = {name: i for i, name in enumerate(slots)}
    keys: list[int] = []
    for officer, slot in pairs:
        if officer not in officer_at:
            raise RosterError("pair-unknown-officer", officer=officer, slot=slot)
        if slot not in slot_at:
            raise RosterError("pair-unknown-slot", officer=officer, slot=slot)
        keys.append(officer_at[officer] * len(slots) + slot_at[slot])
    key = np.sort(np.array(keys, dtype=np.int64))
    again = np.flatnonzero(key[1:] == key[:-1])
    if len(again):
        o, s = divmod(int(key[again[0]]), len(slots))
        raise RosterError("pair-twice", officer=officers[o], slot=slots[s])
    officer_index, slot_index = np.divmod(key, max(1, len(slots)))
    return officer_index, slot_index


def _check_days(present: Ints, day_officer: Ints, officers: Sequence[str]) -> None:
    """Refuse days present that the pairs contradict: loads in proportion to them would mean nothing."""
    needed = np.bincount(day_officer, minlength=len(officers))
    for i in np.flatnonzero((present < needed) | (present < 0)).tolist():
        code = "days-negative" if present[i] < 0 else "days-too-few"
        raise RosterError(code, officer=officers[i], days=int(present[i]), dates=int(needed[i]))
