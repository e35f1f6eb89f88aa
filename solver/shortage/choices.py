"""What may be chosen for a case, and what each choice opens (可选的补救).

Each slot of each day that its route may have knows who may fill it as things stand, who else might once some choices are
made together, and which choices make the slot itself go. All of it is said in sets of choices, so that one model serves
moves, calls, bodies put back, experts and direct assignment, alone or joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.dr1.eligibility import Officer, Route, Slot, kin_hash
from solver.shortage.changes import asking, called, firsts, followers, needing
from solver.shortage.graph import answer, days_of
from solver.shortage.problem import Case

Choice = tuple[str, ...]
"""``("move", route, day)``, ``("call", officer, day)``, ``("back", blind)``, ``("direct", route)``, or ``("drop", slot,
skill)``."""

Needs = frozenset[Choice]


@dataclass(frozen=True, slots=True)
class Seat:
    """A slot on one day that its route may have.

    Attributes
    ----------
    may : frozenset of str
        Who may fill it as the case stands.
    opens : mapping of Needs to frozenset of str
        Choices all of which must be made → who else may fill it then.
    goes : tuple of Needs
        Sets of choices each of which takes the slot away.
    """

    route: str
    slot: Slot
    day: str
    may: frozenset[str]
    opens: Mapping[Needs, frozenset[str]]
    goes: tuple[Needs, ...]

    def filled_by(self, made: Needs) -> frozenset[str]:
        """Who may fill it once some choices are made."""
        more = [who for needs, who in self.opens.items() if needs <= made]
        return self.may.union(*more) if more else self.may

    def gone(self, made: Needs) -> bool:
        """Whether the choices take it away."""
        return any(needs <= made for needs in self.goes)


@dataclass(frozen=True, slots=True)
class Choices:
    """All seats, and what binds the choices.

    Attributes
    ----------
    days_of : mapping of str to tuple of str
        Route → its days here, the present one first.
    later : mapping of str to tuple of str or None
        Blind → those that must be put back with it; None where it cannot be: not drawn, on no route of the lottery, or
        the first of a stratum.
    whole : mapping of str to Needs
        Route → all its bodies put back, after which there is nothing to move; empty without bodies put back.
    hosts : mapping of (route, skill) to tuple of str
        Experts who may go beside the route for the skill.
    kin : bool
        Whether relatives may both come into question on one route, so that what is opened is not exact.
    """

    seats: tuple[Seat, ...]
    days_of: Mapping[str, tuple[str, ...]]
    later: Mapping[str, tuple[str, ...] | None]
    whole: Mapping[str, Needs]
    hosts: Mapping[tuple[str, str], tuple[str, ...]]
    kin: bool


def choices(case: Case, kinds: frozenset[str], short: Sequence[str]) -> Choices:
    """Gather what the given kinds of remedy may choose: ``move``, ``call_in``, ``fewer``, ``direct``, ``expert``.

    Without moves a day that is staffed is left out, since nothing has to change there: ``short`` are those that are not.
    """
    days = _days(case, kinds, short)
    around = _Around(case, kinds)
    seats = [
        seat
        for route in sorted(case.routes, key=lambda r: r.route)
        for day in days.get(route.route, ())
        for seat in around.seats(replace(route, date=day))
    ]
    blinds = sorted({b for route in case.routes if route.route in days for b in route.blinds})
    return Choices(
        seats=tuple(seats),
        days_of=days,
        later=_closure(case, blinds) if "fewer" in kinds else {},
        whole={r.route: _back(r.blinds) for r in case.routes if r.route in days} if "fewer" in kinds else {},
        hosts=_hosts(case, days) if "expert" in kinds else {},
        kin=around.kin,
    )


def _days(case: Case, kinds: frozenset[str], short: Sequence[str]) -> dict[str, tuple[str, ...]]:
    if "move" in kinds:
        return {
            trip.route.route: (trip.route.date, *sorted(set(trip.days) - {trip.route.date}))
            for trip in case.trips
        }
    return {route.route: (route.date,) for route in case.routes if route.date in short}


def short_days(case: Case) -> list[str]:
    """Dates on which the case is short, sorted."""
    found = answer(case)
    cuts = getattr(found, "cuts", ())
    return [day for day in days_of(case) if any(day in cut.dates for cut in cuts)]


def _closure(case: Case, blinds: Iterable[str]) -> dict[str, tuple[str, ...] | None]:
    """The next of later rank that go with each, and those in turn; the first of a stratum stays."""
    there = {b for route in case.routes for b in route.blinds}
    done = set(case.put_back)
    following, first = followers(case), set(firsts(case).values())
    found: dict[str, tuple[str, ...] | None] = {}
    queue = list(blinds)
    while queue:
        blind = queue.pop()
        if blind in found:
            continue
        if blind not in there or not case.ranks.get(blind) or blind in first:
            found[blind] = None
            continue
        found[blind] = tuple(other for other in following[blind] if other not in done)
        queue.extend(found[blind] or ())
    return found


def _hosts(case: Case, days: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, str], tuple[str, ...]]:
    found = {}
    for route in case.routes:
        if route.route not in days:
            continue
        busy = {b.expert for b in case.beside if b.date == route.date and b.route != route.route}
        for skill in sorted({skill for slot in route.slots for skill in slot.skills}):
            found[route.route, skill] = tuple(
                sorted(
                    one.name
                    for one in case.experts
                    if skill in one.skills and one.free_on(route.date) and one.name not in busy
                )
            )
    return found


class _Around:
    """Who comes into question for a route on a day."""

    def __init__(self, case: Case, kinds: frozenset[str]) -> None:
        self.case = case
        self.kinds = kinds
        self.kin = False
        self._officers: dict[str, list[Officer]] = {}
        for one in sorted(case.officers, key=lambda o: o.code):
            self._officers.setdefault(one.department, []).append(one)
        self._tied: dict[str, set[str]] = {}
        self._kin: dict[str, set[str]] = {}
        self._met_on: dict[str, dict[str, set[str]]] = {}
        for row in case.relations:
            a, b = str(row["officer"]), str(row["with"])
            if row["ground"] == "kin":
                self._kin.setdefault(a, set()).add(b)
                self._kin.setdefault(b, set()).add(a)
            else:
                self._tied.setdefault(b, set()).add(a)
        self._kinds: dict[tuple[str, bool, frozenset[str], str], list[tuple[Officer, Needs]]] = {}

    def seats(self, route: Route) -> list[Seat]:
        """The seats of one route on its date."""
        leaving = needing(self.case, route) if "fewer" in self.kinds else {}
        raw = {slot.slot: self._near(route, slot) for slot in sorted(route.slots, key=lambda s: s.slot)}
        losing = self._losing(route, raw)
        found = []
        for slot in sorted(route.slots, key=lambda s: s.slot):
            may, opens = set[str](), dict[Needs, set[str]]()
            for code, needs in raw[slot.slot]:
                if code in losing:
                    continue
                if needs:
                    opens.setdefault(needs, set()).add(code)
                else:
                    may.add(code)
            found.append(
                Seat(
                    route=route.route,
                    slot=slot,
                    day=route.date,
                    may=frozenset(may),
                    opens={needs: frozenset(who) for needs, who in opens.items()},
                    goes=self._goes(route, slot, leaving),
                )
            )
        return found

    def _goes(self, route: Route, slot: Slot, leaving: Mapping[str, frozenset[str]]) -> tuple[Needs, ...]:
        found = list[Needs]()
        if "direct" in self.kinds:
            found.append(frozenset({("direct", route.route)}))
        if "fewer" in self.kinds:
            found.append(_back(route.blinds))
            if leaving.get(slot.department):
                found.append(_back(leaving[slot.department]))
        return tuple(found)

    def _near(self, route: Route, slot: Slot) -> list[tuple[str, Needs]]:
        """Everyone who may fill a slot, or may once some choices are made, but for relatives."""
        found = []
        met = self._met(route)
        for one, needs in self._able(slot, route.date):
            tied = met.get(one.code)
            if tied and "fewer" not in self.kinds:
                continue
            lacking = slot.skills - one.skills
            if not tied and not lacking:
                found.append((one.code, needs))
                continue
            by = self._lacking(route, slot, lacking)
            if by is not None:
                found.append((one.code, needs | by | _back(tied or ())))
        return found

    def _met(self, route: Route) -> dict[str, set[str]]:
        """Officers tied to bodies of a route, with those bodies."""
        if route.route not in self._met_on:
            met: dict[str, set[str]] = {}
            for blind in route.blinds:
                for code in self._tied.get(blind, ()):
                    met.setdefault(code, set()).add(blind)
            self._met_on[route.route] = met
        return self._met_on[route.route]

    def _able(self, slot: Slot, day: str) -> list[tuple[Officer, Needs]]:
        """Officers who differ from what a slot asks by skills alone, with the call that some need."""
        skills = slot.skills if not self.kinds & {"fewer", "expert"} else frozenset()
        kind = (slot.department, slot.lead, skills, day)
        if kind not in self._kinds:
            self._kinds[kind] = [
                (one, needs)
                for one in self._officers.get(slot.department, ())
                if (one.lead or not slot.lead) and skills <= one.skills
                if (needs := self._there(one, day)) is not None
            ]
        return self._kinds[kind]

    def _there(self, one: Officer, day: str) -> Needs | None:
        if one.present_on(day):
            return frozenset()
        able = (
            "call_in" in self.kinds
            and (one.code, day) in self.case.callable
            and called([one], one.code, day)[0].present_on(day)
        )
        return frozenset({("call", one.code, day)}) if able else None

    def _lacking(self, route: Route, slot: Slot, lacking: frozenset[str]) -> Needs | None:
        """Choices that take the lacking skills from a slot; None where none does."""
        if not lacking:
            return frozenset()
        if "expert" in self.kinds:
            return frozenset(("drop", slot.slot, skill) for skill in lacking)
        if "fewer" not in self.kinds:
            return None
        by = [asking(self.case, route, slot, skill) for skill in lacking]
        return _back(frozenset().union(*by)) if all(by) else None

    def _losing(self, route: Route, raw: Mapping[str, list[tuple[str, Needs]]]) -> set[str]:
        """Relatives who yield: as the protocol says where nothing is chosen, and by the hash where it is open."""
        if not self._kin:
            return set()
        sure = {code for near in raw.values() for code, needs in near if not needs}
        ever = {code for near in raw.values() for code, _ in near}
        first = min(route.blinds)
        losing = set[str]()
        tied = [(a, b) for a in sorted(ever & self._kin.keys()) for b in sorted(self._kin[a] & ever) if a < b]
        for a, b in tied:
            both = {a, b} <= sure
            if not both or self.kinds - {"move"}:
                self.kin = True
            if both:
                losing.add(
                    max(a, b, key=lambda code: (kin_hash(self.case.seed, first, code, self.case.hash), code))
                )
            else:
                losing.update({a, b} - sure)
        return losing


def _back(blinds: Iterable[str]) -> Needs:
    return frozenset[Choice](("back", blind) for blind in blinds)
