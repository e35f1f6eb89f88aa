"""What a remedy would do, in figures, before anybody takes it (补救效果)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from solver.shortage.changes import Call, Change, Direct, Move, PutBack, Widen, changed
from solver.shortage.problem import Beside, Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A case in figures.

    Attributes
    ----------
    visits, routes : int
        Of the lottery and by direct assignment together.
    slots : int
        Slots that the lottery fills, an officer-day each.
    by_name : int
        Slots of direct assignment, an officer-day each.
    there : int
        Officer-days of the pool on the dates of the routes.
    """

    visits: int
    routes: int
    slots: int
    by_name: int
    there: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A stratum from which bodies are put back: how many stay, and each body's chance to be drawn."""

    task: str
    stratum: str
    taken: tuple[int, int]
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A day on which officers are called in: so many of those who are equally able, chosen by the hash alone."""

    day: str
    needed: int
    able: tuple[str, ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByName:
    """A route whose team the head names.

    Attributes
    ----------
    slots : int
    free : tuple of (department, int)
        Officers of each department of the route who are there and whom the lottery of that date leaves free.
    callable : tuple of str
        Officers of these departments who may be called in on the date.
    """

    route: str
    date: str
    slots: int
    free: tuple[tuple[str, int], ...]
    callable: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A remedy's effect; pairs are before and after."""

    before: Counts
    after: Counts
    moved: tuple[Move, ...]
    put_back: tuple[str, ...]
    strata: tuple[Chance, ...]
    called: tuple[Called, ...]
    widened: tuple[Widen, ...]
    beside: tuple[Beside, ...]
    by_name: tuple[ByName, ...]

    @property
    def days_moved(self) -> int:
        """Routes that get another date."""
        return len(self.moved)

    @property
    def officer_days_called(self) -> int:
        """Officer-days called in."""
        return sum(len(one.chosen) for one in self.called)


def effect(case: Case, changes: Iterable[Change], called: tuple[Called, ...] = ()) -> Effect:
    """Work out what changes would do to a case."""
    each = tuple(changes)
    after = changed(case, each)
    back = tuple(c.blind for c in each if isinstance(c, PutBack))
    direct = {c.route for c in each if isinstance(c, Direct)}
    calls = {c for c in each if isinstance(c, Call)}
    told = {Call(code, one.day) for one in called for code in one.chosen}
    return Effect(
        before=counts(case),
        after=counts(after),
        moved=tuple(c for c in each if isinstance(c, Move)),
        put_back=back,
        strata=_chances(case, back),
        called=called if told == calls else _plain(calls),
        widened=tuple(c for c in each if isinstance(c, Widen)),
        beside=after.beside[len(case.beside) :],
        by_name=tuple(_by_name(after, name) for name in sorted(direct)),
    )


def counts(case: Case) -> Counts:
    """Count a case."""
    routes = (*case.routes, *case.direct)
    dates = {route.date for route in routes}
    return Counts(
        visits=sum(len(route.blinds) for route in routes),
        routes=len(routes),
        slots=sum(len(route.slots) for route in case.routes),
        by_name=sum(len(route.slots) for route in case.direct),
        there=sum(one.present_on(day) for one in case.officers for day in dates),
    )


def _plain(calls: Iterable[Call]) -> tuple[Called, ...]:
    """Calls that somebody else chose: able are just those named."""
    by_day: dict[str, list[str]] = {}
    for call in sorted(calls, key=lambda c: (c.day, c.officer)):
        by_day.setdefault(call.day, []).append(call.officer)
    return tuple(
        Called(day=day, needed=len(codes), able=tuple(codes), chosen=tuple(codes))
        for day, codes in by_day.items()
    )


def _chances(case: Case, back: tuple[str, ...]) -> tuple[Chance, ...]:
    taken: dict[tuple[str, str], int] = {}
    lost: dict[tuple[str, str], int] = {}
    for blind, places in case.ranks.items():
        if blind in case.put_back:
            continue
        for place in places:
            key = (place.task, place.stratum)
            taken[key] = taken.get(key, 0) + 1
            lost[key] = lost.get(key, 0) + (blind in back)
    return tuple(
        Chance(
            task=task,
            stratum=stratum,
            taken=(taken[task, stratum], taken[task, stratum] - gone),
            before=_share(case, task, stratum, taken[task, stratum]),
            after=_share(case, task, stratum, taken[task, stratum] - gone),
        )
        for (task, stratum), gone in sorted(lost.items())
        if gone
    )


def _share(case: Case, task: str, stratum: str, taken: int) -> Fraction | None:
    """Chance of a body to be drawn; none where the stratum's population is not told."""
    population = case.populations.get((task, stratum))
    return Fraction(taken, population) if population else None


def _by_name(after: Case, name: str) -> ByName:
    route = next(one for one in after.direct if one.route == name)
    departments = sorted({slot.department for slot in route.slots})
    used = [s.department for r in after.routes if r.date == route.date for s in r.slots]
    there = [one.department for one in after.officers if one.present_on(route.date)]
    of = {one.code: one.department for one in after.officers}
    return ByName(
        route=name,
        date=route.date,
        slots=len(route.slots),
        free=tuple((d, there.count(d) - used.count(d)) for d in departments),
        callable=tuple(
            sorted(code for code, day in after.callable if day == route.date and of[code] in departments)
        ),
    )
