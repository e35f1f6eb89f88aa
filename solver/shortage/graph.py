"""Who may fill which slot, one day after another: the staffing of a case falls apart into its days (人员与岗位)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solver.dr1.eligibility import Officer, allowed_pairs
from solver.roster.instance import Instance, build
from solver.roster.staffing import Short, Staffed, staff
from solver.shortage.problem import Case

May = Mapping[str, Sequence[str]]
"""Slot → codes of those who may fill it."""


def instance(case: Case) -> Instance:
    """Index the whole case, as the lottery will."""
    routes = case.routes
    pairs = allowed_pairs(case.officers, routes, case.relations, case.seed, case.hash)
    dates = {route.date for route in routes}
    return build(
        slots=[(slot.slot, route.route, route.date) for route in routes for slot in route.slots],
        pairs=[(officer, slot) for _, slot, officer in pairs],
        days={one.code: sum(one.present_on(day) for day in dates) for one in case.officers},
    )


def answer(case: Case) -> Staffed | Short:
    """Staff the case, or say where it is short; the protocol's own bars and the lottery's own check."""
    return staff(instance(case))


def days_of(case: Case) -> list[str]:
    """Dates of the case's routes, sorted."""
    return sorted({route.date for route in case.routes})


def may_on(case: Case, day: str, officers: Sequence[Officer] | None = None) -> dict[str, list[str]]:
    """Who may fill each slot of one day; every slot of the day is there, also one that nobody may fill."""
    routes = [route for route in case.routes if route.date == day]
    may: dict[str, list[str]] = {slot.slot: [] for route in routes for slot in route.slots}
    pool = case.officers if officers is None else officers
    for _, slot, code in allowed_pairs(pool, routes, case.relations, case.seed, case.hash):
        may[slot].append(code)
    return may


def matched(may: May, held: Mapping[str, str] | None = None) -> dict[str, str]:
    """A largest matching as officer → slot, grown from one that is given (增广路).

    An officer once matched stays matched, whoever's slot it is: so what is added to grow a matching is a basis.
    """
    holder = dict(held or {})
    placed = set(holder.values())
    for slot in sorted(may):
        if slot not in placed and _augment(may, holder, slot):
            placed.add(slot)
    return holder


def _augment(may: May, holder: dict[str, str], start: str) -> bool:
    """Give an open slot an officer along a shortest chain of slots that give way."""
    came: dict[str, str] = {}
    queue = [start]
    for slot in queue:
        for code in may[slot]:
            if code in came:
                continue
            came[code] = slot
            if code not in holder:
                _shift(holder, came, code)
                return True
            queue.append(holder[code])
    return False


def _shift(holder: dict[str, str], came: Mapping[str, str], free: str) -> None:
    before = {slot: code for code, slot in holder.items()}
    code: str | None = free
    while code is not None:
        slot = came[code]
        holder[code], code = slot, before.get(slot)
