"""The single changes that remedies are made of, and what each does to a case (补救的各项变更).

A change never half-fits: where the case does not admit it, it is refused, and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from solver.dr1.eligibility import Officer, Route, Slot, apply_changes
from solver.shortage.errors import ShortageError
from solver.shortage.problem import Beside, Case, Trip


@dataclass(frozen=True, slots=True)
class Move:
    """A route goes on another of its days (改期)."""

    route: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Call:
    """An officer of a neighbouring area is there on one day (异地借调): in ``4-changes.jsonl``, ``present``."""

    officer: str
    day: str


@dataclass(frozen=True, slots=True)
class Widen:
    """A slot takes a wider skill in place of one (放宽专业)."""

    slot: str
    skill: str
    wider: str


@dataclass(frozen=True, slots=True)
class Place:
    """An expert goes beside a route, and one of its slots asks the skill no longer (专家随行)."""

    expert: str
    route: str
    slot: str
    skill: str
    date: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """A drawn body is put back in all its strata, and not visited (减少抽取)."""

    blind: str


@dataclass(frozen=True, slots=True)
class Direct:
    """A whole route leaves the lottery; the head names its team, on the record (直接委派)."""

    route: str


Change: TypeAlias = Move | Call | Widen | Place | PutBack | Direct


def changed(case: Case, changes: Iterable[Change]) -> Case:
    """Return the case after all changes, in their order.

    Raises
    ------
    ShortageError
        ``route-unknown``, ``slot-unknown``, ``date-not-allowed``, ``date-stale`` (a move from another date than the
        route has), ``not-callable``, ``not-wider``, ``skill-not-asked``, ``expert-unfit``, ``expert-busy``, ``not-drawn``,
        ``not-last`` (a body put back before those of later rank), ``last-of-stratum`` (none of a stratum would stay
        drawn: a class that is inspected at all keeps a chance above zero).
    """
    after = case
    back = [change.blind for change in changes if isinstance(change, PutBack)]
    for change in changes:
        after = _one(after, change)
    if back:
        _last(after, back)
    return after


def _one(case: Case, change: Change) -> Case:
    match change:
        case Move():
            return _move(case, change)
        case Call():
            return _call(case, change)
        case Widen():
            return _widen(case, change)
        case Place():
            return _place(case, change)
        case PutBack():
            return _put_back(case, change.blind)
        case Direct():
            return _direct(case, change.route)


def _move(case: Case, change: Move) -> Case:
    trip = _trip(case, change.route)
    if trip.route.date != change.before:
        raise ShortageError("date-stale", route=change.route, date=change.before)
    if change.after not in trip.days:
        raise ShortageError("date-not-allowed", route=change.route, date=change.after)
    return _swap(case, replace(trip, route=replace(trip.route, date=change.after)))


def _call(case: Case, change: Call) -> Case:
    if (change.officer, change.day) not in case.callable:
        raise ShortageError("not-callable", officer=change.officer, day=change.day)
    return replace(
        case,
        officers=tuple(called(case.officers, change.officer, change.day)),
        callable=case.callable - {(change.officer, change.day)},
    )


def called(officers: Iterable[Officer], code: str, day: str) -> list[Officer]:
    """Officers after one was called in for a day, by the protocol's own rule for changes."""
    return apply_changes(officers, [{"officer": code, "away": [], "present": [[day, day]]}])


def _widen(case: Case, change: Widen) -> Case:
    if change.wider not in case.wider.get(change.skill, ()):
        raise ShortageError("not-wider", skill=change.skill, wider=change.wider)
    return _reskill(case, change.slot, change.skill, frozenset((change.wider,)))


def _place(case: Case, change: Place) -> Case:
    expert = next((one for one in case.experts if one.name == change.expert), None)
    route = _trip(case, change.route).route
    if (
        expert is None
        or change.skill not in expert.skills
        or not expert.free_on(change.date)
        or route.date != change.date
        or all(slot.slot != change.slot for slot in route.slots)
    ):
        raise ShortageError("expert-unfit", expert=change.expert, route=change.route, skill=change.skill)
    if any(
        b.expert == change.expert and b.date == change.date and b.route != change.route for b in case.beside
    ):
        raise ShortageError("expert-busy", expert=change.expert, date=change.date)
    beside = Beside(
        expert=change.expert, route=change.route, slot=change.slot, skill=change.skill, date=change.date
    )
    return replace(_reskill(case, change.slot, change.skill, frozenset()), beside=(*case.beside, beside))


def _reskill(case: Case, name: str, skill: str, by: frozenset[str]) -> Case:
    if name not in case.slots:
        raise ShortageError("slot-unknown", slot=name)
    route, slot = case.slots[name]
    if skill not in slot.skills:
        raise ShortageError("skill-not-asked", slot=name, skill=skill)
    new = replace(slot, skills=slot.skills - {skill} | by)
    slots = tuple(new if one.slot == name else one for one in route.slots)
    trip = _trip(case, route.route)
    return _swap(case, replace(trip, route=replace(route, slots=slots)))


def _put_back(case: Case, blind: str) -> Case:
    trip = next((one for one in case.trips if blind in one.route.blinds), None)
    if trip is None or not case.ranks.get(blind):
        raise ShortageError("not-drawn", blind=blind)
    left = without(case, trip.route, frozenset((blind,)))
    put_back = (*case.put_back, blind)
    if left is None:
        trips = tuple(one for one in case.trips if one is not trip)
        return replace(case, trips=trips, put_back=put_back)
    return replace(_swap(case, replace(trip, route=left)), put_back=put_back)


def without(case: Case, route: Route, gone: frozenset[str]) -> Route | None:
    """What is left of a route without some of its bodies; nothing where none is left.

    A skill goes with the last visit that asked for it, and a department with the last visit that it had an item at.
    The departments that lead stay as long as the route does, since somebody must lead it; and where they alone
    would be fewer than two, all stay.
    """
    blinds = tuple(blind for blind in route.blinds if blind not in gone)
    if not blinds:
        return None
    leaving = frozenset(
        department for department, need in needing(case, route).items() if need and need <= gone
    )
    slots = tuple(
        replace(slot, skills=slot.skills - lapsed(case, route, slot, gone))
        for slot in route.slots
        if slot.department not in leaving
    )
    return replace(route, blinds=blinds, slots=slots)


def needing(case: Case, route: Route) -> dict[str, frozenset[str]]:
    """For each department that may leave a route, the bodies all of which must be gone for it to leave."""
    leading = {slot.department for slot in route.slots if slot.lead}
    if sum(slot.department in leading for slot in route.slots) < 2:
        return {}
    return {
        department: frozenset(
            b for b in route.blinds if b in case.asks and department in case.asks[b].departments
        )
        for department in sorted({slot.department for slot in route.slots} - leading)
    }


def asking(case: Case, route: Route, slot: Slot, skill: str) -> frozenset[str]:
    """The bodies of a route that ask a skill of a slot's department."""
    return frozenset(
        b for b in route.blinds if b in case.asks and (slot.department, skill) in case.asks[b].skills
    )


def lapsed(case: Case, route: Route, slot: Slot, gone: frozenset[str]) -> frozenset[str]:
    """Skills of a slot that nobody asks any more once some bodies are gone; what nobody ever asked stays."""
    asked = {skill: asking(case, route, slot, skill) for skill in slot.skills}
    return frozenset(skill for skill, by in asked.items() if by and by <= gone)


def _last(case: Case, back: list[str]) -> None:
    """Refuse to put back a body while one of later rank in a stratum of it stays drawn, or where none would."""
    gone = set(case.put_back)
    following, left = followers(case), firsts(case).keys()
    for blind in back:
        for other in following[blind]:
            if other not in gone:
                raise ShortageError("not-last", blind=blind, later=other)
        for place in case.ranks[blind]:
            if (place.task, place.stratum) not in left:
                raise ShortageError("last-of-stratum", blind=blind, task=place.task, stratum=place.stratum)


def firsts(case: Case) -> dict[tuple[str, str], str]:
    """For each (task, stratum), the body of best rank still drawn, which is never put back (各层至少保留一户).

    A stratum without bodies would be a class with no chance at all; lists and tasks promise each class one above zero.
    A stratum of which none is left drawn is not named.
    """
    best: dict[tuple[str, str], tuple[int, str]] = {}
    for blind, places in case.ranks.items():
        for place in () if blind in case.put_back else places:
            key = (place.task, place.stratum)
            best[key] = min(best.get(key, (place.rank, blind)), (place.rank, blind))
    return {key: blind for key, (_, blind) in best.items()}


def followers(case: Case) -> dict[str, tuple[str, ...]]:
    """For each body still drawn or just put back, the next one of later rank in each stratum of it.

    Whoever puts back a body puts these back before it, and so, one after another, all of later rank.
    """
    strata: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for blind, places in case.ranks.items():
        for place in places:
            strata.setdefault((place.task, place.stratum), []).append((place.rank, blind))
    found: dict[str, set[str]] = {blind: set() for blind in case.ranks}
    for ranked in strata.values():
        ranked.sort()
        for (_, blind), (_, other) in pairwise(ranked):
            found[blind].add(other)
    return {blind: tuple(sorted(others)) for blind, others in found.items()}


def _direct(case: Case, name: str) -> Case:
    trip = _trip(case, name)
    return replace(
        case,
        trips=tuple(one for one in case.trips if one is not trip),
        direct=(*case.direct, trip.route),
    )


def _trip(case: Case, name: str) -> Trip:
    for trip in case.trips:
        if trip.route.route == name:
            return trip
    raise ShortageError("route-unknown", route=name)


def _swap(case: Case, trip: Trip) -> Case:
    return replace(
        case,
        trips=tuple(trip if one.route.route == trip.route.route else one for one in case.trips),
    )
