"""What is true of a small case, by trying everything (逐一放宽): no model, no flow, no word of the generator.

A relaxation changes one thing alone. What is missing is counted before and after by a slow matching of its own over the
protocol's pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from solver.dr1.eligibility import Route, allowed_pairs
from solver.shortage.causes import Cause
from solver.shortage.changes import Call, Change, Direct, Move, Place, PutBack, Widen, changed
from solver.shortage.errors import ShortageError
from solver.shortage.problem import Case, Rank

Pairs = dict[str, frozenset[tuple[str, str]]]
"""Slot → (officer, date) that may fill it."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """One relaxation: its name, and the case after it."""

    name: str
    case: Case


def pairs_of(case: Case) -> Pairs:
    """All pairs of a case, by slot."""
    dates = {route.route: route.date for route in case.routes}
    found: dict[str, set[tuple[str, str]]] = {s.slot: set() for route in case.routes for s in route.slots}
    for route, slot, code in allowed_pairs(case.officers, case.routes, case.relations, case.seed, case.hash):
        found[slot].add((code, dates[route]))
    return {slot: frozenset(who) for slot, who in found.items()}


def missing(pairs: Pairs) -> int:
    """Slots that stay open at least, by plain search for one that gives way."""
    holder: dict[tuple[str, str], str] = {}

    def place(slot: str, asked: set[tuple[str, str]]) -> bool:
        for day in sorted(pairs[slot] - asked):
            if day in asked:
                continue
            asked.add(day)
            if day not in holder or place(holder[day], asked):
                holder[day] = slot
                return True
        return False

    return sum(not place(slot, set()) for slot in sorted(pairs))


def relaxations(case: Case) -> Iterator[Relaxed]:
    """Every single relaxation of a case."""
    yield from _people(case)
    for i, row in enumerate(case.relations):
        rest = (*case.relations[:i], *case.relations[i + 1 :])
        yield Relaxed(f"relation {row['officer']} {row['with']}", replace(case, relations=rest))
    for route in case.routes:
        for slot in route.slots:
            rest_ = replace(route, slots=tuple(s for s in route.slots if s != slot))
            yield Relaxed(f"slot {slot.slot}", _with(case, route, rest_))
        for blind in route.blinds:
            yield Relaxed(f"body {blind}", replace(_anyhow(case, blind), put_back=()))
    for change in singles(case, "move"):
        yield Relaxed(str(change), changed(case, [change]))


def _people(case: Case) -> Iterator[Relaxed]:
    skills = sorted({k for route in case.routes for slot in route.slots for k in slot.skills})
    for i, one in enumerate(case.officers):
        for day in sorted({route.date for route in case.routes}):
            if not one.present_on(day):
                there = replace(one, until=max(one.until, day), away=_lifted(one.away, day))
                yield Relaxed(f"present {one.code} {day}", _officer(case, i, there))
        if not one.lead:
            yield Relaxed(f"lead {one.code}", _officer(case, i, replace(one, lead=True)))
        for skill in skills:
            if skill not in one.skills:
                able = replace(one, skills=one.skills | {skill})
                yield Relaxed(f"skill {one.code} {skill}", _officer(case, i, able))


def _lifted(away: tuple[tuple[str, str], ...], day: str) -> tuple[tuple[str, str], ...]:
    """Spans without one day of December 2026, cut by the day's number."""
    found = []
    for first, last in away:
        if not first <= day <= last:
            found.append((first, last))
            continue
        if first < day:
            found.append((first, f"{day[:8]}{int(day[8:]) - 1:02}"))
        if day < last:
            found.append((f"{day[:8]}{int(day[8:]) + 1:02}", last))
    return tuple(found)


def _officer(case: Case, at: int, one: object) -> Case:
    return replace(case, officers=(*case.officers[:at], one, *case.officers[at + 1 :]))  # type: ignore[arg-type]


def _with(case: Case, route: Route, new: Route) -> Case:
    return replace(
        case, trips=tuple(replace(t, route=new) if t.route.route == route.route else t for t in case.trips)
    )


def _anyhow(case: Case, blind: str) -> Case:
    """The case without one body, as if it had been of the last rank everywhere and never the only one."""
    ranks = {blind: (Rank(task="", stratum="", rank=2),), "": (Rank(task="", stratum="", rank=1),)}
    return changed(replace(case, ranks=ranks), [PutBack(blind)])


def false_of(case: Case, causes: tuple[Cause, ...]) -> list[str]:
    """List in what causes are not true of a case; empty where all are."""
    before = pairs_of(case)
    lacking = missing(before)
    wrong = [f"count {cause.slots}" for cause in causes if not cause.there < cause.needed == len(cause.slots)]
    for cause in causes:
        may = frozenset[tuple[str, str]]().union(*(before[slot] for slot in cause.slots))
        if len(may) != cause.there or {code for code, _ in may} != set(cause.officers):
            wrong.append(f"officers {cause.slots}")
    if sum(cause.needed - cause.there for cause in causes) != lacking:
        wrong.append("sum")
    touched: set[int] = set()
    for one in relaxations(case):
        after = pairs_of(one.case)
        if missing(after) >= lacking:
            continue
        met = {
            i
            for i, cause in enumerate(causes)
            if any(before[slot] != after.get(slot) for slot in cause.slots)
        }
        touched |= met
        if not met:
            wrong.append(f"untouched by {one.name}")
    wrong.extend(f"idle {cause.slots}" for i, cause in enumerate(causes) if i not in touched)
    return wrong


def singles(case: Case, kind: str) -> Iterator[Change]:
    """Every lawful single change of a kind; of ``direct`` each route, of whatever size."""
    for change in _drawn_up(case, kind):
        if isinstance(change, PutBack):
            if _between(case, change.blind):
                yield change  # lawful by these eyes: where it is refused nevertheless, that is a fault and is raised
            continue
        try:
            changed(case, [change])
        except ShortageError:
            continue
        if not (isinstance(change, Move) and _meets(case, change)):
            yield change


def _drawn_up(case: Case, kind: str) -> Iterator[Change]:
    slots = [(r, s.slot, k) for r in case.routes for s in r.slots for k in sorted(s.skills)]
    if kind == "move":
        for trip in case.trips:
            rest = (day for day in trip.days if day != trip.route.date)
            yield from (Move(trip.route.route, trip.route.date, day) for day in rest)
    elif kind == "call_in":
        yield from (Call(code, day) for code, day in sorted(case.callable))
    elif kind == "widen":
        yield from (Widen(s, k, by) for _, s, k in slots for by in case.wider.get(k, ()))
    elif kind == "expert":
        yield from (Place(x.name, r.route, s, k, r.date) for r, s, k in slots for x in case.experts)
    elif kind == "fewer":
        yield from (PutBack(blind) for route in case.routes for blind in route.blinds)
    else:
        yield from (Direct(route.route) for route in case.routes)


def _between(case: Case, blind: str) -> bool:
    """Whether a body may be put back alone: in each stratum others come before it, and none after it."""
    others = [p for b, places in case.ranks.items() if b != blind and b not in case.put_back for p in places]
    mine = case.ranks.get(blind, ())
    ranks = [
        (place.rank, [o.rank for o in others if (o.task, o.stratum) == (place.task, place.stratum)])
        for place in mine
    ]
    return bool(mine) and all(there and max(there) < rank for rank, there in ranks)


def _meets(case: Case, move: Move) -> bool:
    """Whether a move brings two routes of one street together."""
    mine = next(trip for trip in case.trips if trip.route.route == move.route)
    return case.quiet and any(
        trip.route.date == move.after and trip.streets & mine.streets for trip in case.trips if trip != mine
    )


def smallest(case: Case, kind: str) -> int | None:
    """Size of the smallest single change of a kind that makes the case feasible; none where none does."""
    sizes = {route.route: len(route.slots) for route in case.routes}
    found = [
        sizes[change.route] if isinstance(change, Direct) else 1
        for change in singles(case, kind)
        if missing(pairs_of(changed(case, [change]))) == 0
    ]
    return min(found, default=None)


def shift(moves: Iterable[Move]) -> tuple[int, list[str]]:
    """How far moves go: days in all from the dates that the routes have, and the new dates, the earlier the better."""
    each = list(moves)
    days = [abs((date.fromisoformat(m.after) - date.fromisoformat(m.before)).days) for m in each]
    return sum(days), sorted(m.after for m in each)


def nearest(case: Case) -> tuple[int, list[str]] | None:
    """The least shift by which one move makes the case feasible; none where none does."""
    moves = [m for m in singles(case, "move") if isinstance(m, Move)]
    found = [shift([m]) for m in moves if missing(pairs_of(changed(case, [m]))) == 0]
    return min(found, default=None)
