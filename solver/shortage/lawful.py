"""What a remedy must keep, by plain looking (补救合规检查).

It knows nothing of any model, and reads the case before and after with eyes of its own. The rules
  (1) a route moves only to one of its days, and comes to share no street and day with another where it must not;
  (2) who is called in is callable on that day, is of those told to be able, and the number told is the number called;
      of one group those chosen have no smaller hashes than they must: nobody chosen can be replaced by one earlier in
      the order;
  (3) a slot's skill is replaced only by one that the bureau's rule gives for it;
  (4) an expert is there, has the skill, is on one route a date, and stands in no slot;
  (5) whoever is put back, all of later rank in each stratum of theirs are put back too;
  (6) no visit is lost but those put back: each other body is on just one route, of the lottery or by name;
  (7) no slot is lost or altered but by (3), (4), (5) or with a direct route, and each route left has two slots and a
      lead where it had them;
  (8) every slot of the lottery can be filled, each officer once a date, by the rules of :mod:`solver.rules`: never half;
  (9) of each stratum of which a body is put back, one body at least stays drawn: no class is left without a chance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from solver.dr1.eligibility import Route, allowed_pairs
from solver.rules import broken_roster, facts
from solver.shortage.changes import Call, Move, Place, PutBack, Widen, changed
from solver.shortage.problem import Case, Order
from solver.shortage.remedies import Remedy


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a remedy breaks, and where."""

    rule: int
    where: str


def violations(case: Case, remedy: Remedy, after: Case, order: Order) -> list[Violation]:
    """List what a remedy and the case after it break; empty for a lawful one."""
    return [
        *_moves(case, remedy, after),
        *_calls(case, remedy, order),
        *_widened(case, remedy),
        *_experts(case, after),
        *_ranks(case, remedy),
        *_emptied(case, remedy),
        *_visits(case, after),
        *_slots(case, remedy, after),
        *_filled(after),
    ]


def _moves(case: Case, remedy: Remedy, after: Case) -> Iterator[Violation]:
    days = {trip.route.route: trip.days for trip in case.trips}
    was = {trip.route.route: trip.route.date for trip in case.trips}
    moved = {c.route for c in remedy.changes if isinstance(c, Move)}
    for trip in after.trips:
        name, date = trip.route.route, trip.route.date
        if date not in days[name] or (date != was[name]) != (name in moved):
            yield Violation(1, name)
    for a, b in combinations(after.trips, 2):
        together = a.route.date == b.route.date and was[a.route.route] != was[b.route.route]
        if case.quiet and together and a.streets & b.streets:
            yield Violation(1, f"{a.route.route} {b.route.route}")


def _calls(case: Case, remedy: Remedy, order: Order) -> Iterator[Violation]:
    made = sorted((c.officer, c.day) for c in remedy.changes if isinstance(c, Call))
    told = sorted((code, group.day) for group in remedy.effect.called for code in group.chosen)
    if made != told or not set(made) <= case.callable:
        yield Violation(2, str(made))
    for group in remedy.effect.called:
        if len(group.chosen) != group.needed or not set(group.chosen) <= set(group.able):
            yield Violation(2, group.day)
        for out in group.chosen:
            for other in sorted(set(group.able) - set(group.chosen)):
                earlier = order(other, group.day) < order(out, group.day)
                if earlier and not _filled_with(case, remedy, Call(out, group.day), Call(other, group.day)):
                    yield Violation(2, f"{group.day} {other} before {out}")


def _filled_with(case: Case, remedy: Remedy, out: Call, other: Call) -> list[Violation]:
    return list(_filled(changed(case, [other if c == out else c for c in remedy.changes])))


def _widened(case: Case, remedy: Remedy) -> Iterator[Violation]:
    for change in remedy.changes:
        if isinstance(change, Widen) and change.wider not in case.wider.get(change.skill, ()):
            yield Violation(3, change.slot)


def _experts(case: Case, after: Case) -> Iterator[Violation]:
    known = {one.name: one for one in case.experts}
    for one in after.beside:
        who = known[one.expert]
        if one.skill not in who.skills or not who.free_on(one.date):
            yield Violation(4, one.expert)
    on = {(one.expert, one.date, one.route) for one in after.beside}
    for (expert, date), times in Counter((expert, date) for expert, date, _ in on).items():
        if times > 1:
            yield Violation(4, f"{expert} {date}")


def _ranks(case: Case, remedy: Remedy) -> Iterator[Violation]:
    back = {c.blind for c in remedy.changes if isinstance(c, PutBack)} | set(case.put_back)
    for blind in sorted(back):
        for mine in case.ranks.get(blind, ()):
            for other, places in case.ranks.items():
                later = any(
                    (p.task, p.stratum) == (mine.task, mine.stratum) and p.rank > mine.rank for p in places
                )
                if later and other not in back:
                    yield Violation(5, f"{blind} before {other}")


def _emptied(case: Case, remedy: Remedy) -> Iterator[Violation]:
    back = {c.blind for c in remedy.changes if isinstance(c, PutBack)}
    left = {
        (place.task, place.stratum)
        for blind, places in case.ranks.items()
        if blind not in back and blind not in case.put_back
        for place in places
    }
    for blind in sorted(back):
        for place in case.ranks.get(blind, ()):
            if (place.task, place.stratum) not in left:
                yield Violation(9, f"{place.task}/{place.stratum}")


def _visits(case: Case, after: Case) -> Iterator[Violation]:
    before = Counter(b for route in (*case.routes, *case.direct) for b in route.blinds)
    then = Counter(b for route in (*after.routes, *after.direct) for b in route.blinds)
    gone = Counter(b for b in after.put_back if b not in case.put_back)
    if before != then + gone:
        yield Violation(6, str(sorted((before - then - gone) + (then + gone - before))))


def _slots(case: Case, remedy: Remedy, after: Case) -> Iterator[Violation]:
    back = {c.blind for c in remedy.changes if isinstance(c, PutBack)}
    was = {route.route: route for route in (*case.routes, *case.direct)}
    for route in (*after.routes, *after.direct):
        old = was[route.route]
        shrunk = bool(back & set(old.blinds))
        kept = {slot.slot: slot for slot in route.slots}
        if not shrunk and kept.keys() != {slot.slot for slot in old.slots}:
            yield Violation(7, route.route)
        if any(s.lead for s in old.slots) and not any(s.lead for s in route.slots):
            yield Violation(7, route.route)
        if len(route.slots) < min(2, len(old.slots)):
            yield Violation(7, route.route)
        yield from (Violation(7, s) for s in _altered(remedy, old, route, lapse=shrunk))


def _altered(remedy: Remedy, old: Route, new: Route, *, lapse: bool) -> Iterator[str]:
    """Slots whose skills are not what the remedy's own changes make of them."""
    before = {slot.slot: slot for slot in old.slots}
    for slot in new.slots:
        due = before[slot.slot]
        for change in remedy.changes:
            if isinstance(change, Widen | Place) and change.slot == slot.slot:
                by = {change.wider} if isinstance(change, Widen) else set[str]()
                due = replace(due, skills=due.skills - {change.skill} | by)
        if slot != due and not (
            lapse and replace(slot, skills=due.skills) == due and slot.skills < due.skills
        ):
            yield slot.slot


def _filled(after: Case) -> Iterator[Violation]:
    """Fill every slot, one after another, somebody giving way where need be; judge the roster by the plain rules."""
    may: dict[str, list[str]] = {}
    date = {slot.slot: route.date for route in after.routes for slot in route.slots}
    for _, slot, code in allowed_pairs(after.officers, after.routes, after.relations, after.seed, after.hash):
        may.setdefault(slot, []).append(code)
    holder: dict[tuple[str, str], str] = {}

    def place(slot: str, asked: set[str]) -> bool:
        for code in may.get(slot, ()):
            if code not in asked:
                asked.add(code)
                sits = holder.get((code, date[slot]))
                if sits is None or place(sits, asked):
                    holder[code, date[slot]] = slot
                    return True
        return False

    for slot in date:
        if not place(slot, set()):
            yield Violation(8, slot)
            return
    known = facts(after.officers, after.routes, after.relations)
    yield from (
        Violation(8, f"{fault.rule} {fault.place}")
        for fault in broken_roster(known, [(slot, code) for (code, _), slot in holder.items()])
    )
