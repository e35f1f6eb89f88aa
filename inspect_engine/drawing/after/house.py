"""House rules of the dates (排期规则) for visits that take a new day: joint days of the departments, and streets apart.

They are rules that a bureau may set aside, as it may when the routes are made. Where the draw did so, as its present
plan shows, they bind no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from inspect_engine.drawing.after.standing import Stop
from inspect_engine.drawing.routes.calendar import Aside, joint_days
from inspect_engine.drawing.routes.roads import street_at
from inspect_engine.drawing.steps import rows_of, spec_of
from inspect_engine.drawing.tables import Draw
from solver.dr1.eligibility import Route, routes_of


@dataclass(frozen=True, slots=True)
class House:
    """House rules that bind now.

    Attributes
    ----------
    streets : frozenset of str
        Streets in which no two routes may be seen on one day (保密).
    closed : mapping of str to frozenset of datetime.date
        Joint route (联合检查批次) → days on which one of its departments is not free for joint visits (联合检查日).
    """

    streets: frozenset[str]
    closed: Mapping[str, frozenset[date]]

    def street(self, stop: Stop) -> str:
        """The street in which the visit would be seen; empty where that binds nothing."""
        street = _street(stop)
        return street if street in self.streets else ""

    def allows(self, stop: Stop, day: date, staying: Iterable[Stop]) -> bool:
        """Whether a visit may newly take a day beside visits that stay where they are."""
        if day in self.closed.get(stop.route, ()):
            return False
        street = self.street(stop)
        return not street or not any(
            one.live and one.day == day and one.route != stop.route and _street(one) == street
            for one in staying
        )


def house_of(
    session: Session, draw: Draw, stops: Iterable[Stop], days: Iterable[date], aside: Iterable[Aside] = ()
) -> House:
    """The house rules of a draw, without those that are set aside now or were when its routes were made.

    A street in which two routes are on one day already binds no more, nor do joint days a route that was made
    against them.
    """
    waived, spec = set(aside), spec_of(draw)
    seen: dict[str, dict[date, set[str]]] = {}
    for stop in stops if not (spec.same_street or "streets" in waived) else ():
        if street := _street(stop):
            seen.setdefault(street, {}).setdefault(stop.day, set()).add(stop.route)
    streets = frozenset(
        street for street, there in seen.items() if all(len(routes) < 2 for routes in there.values())
    )
    named = () if "joint-days" in waived else spec.joint_days
    known = sorted({*days})
    closed = {}
    for route in routes_of(rows_of(session, draw, "4-routes.jsonl")) if named else ():
        drawn = date.fromisoformat(route.date)
        if not _barred(route, joint_days(named, [drawn]), 1):
            closed[route.route] = frozenset(
                known[i] for i in _barred(route, joint_days(named, known), len(known))
            )
    return House(streets, closed)


def _barred(route: Route, free: Mapping[str, frozenset[int]], days: int) -> set[int]:
    """Indices of the days on which a department of a joint route is not free; none for a route of one department."""
    together = {slot.department for slot in route.slots}
    if len(together) < 2:
        return set()
    return {i for i in range(days) for name in together if name in free and i not in free[name]}


def _street(stop: Stop) -> str:
    """Where a visit is seen; desk work is in nobody's street."""
    return street_at(stop.target) if stop.visit.road else ""
