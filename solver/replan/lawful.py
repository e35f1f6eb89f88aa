"""What is wrong with an answer, by plain looking (改期合规检查).

It knows nothing of any model. The rules
  (1) every visit has one of its days, and nothing else has one;
  (2) a route's day to which a visit comes holds all its visits, or is that long one's alone, and was not too long before;
  (3) whoever keeps a slot is there on all days of its route;
  (4) nobody keeps, or takes over, two slots on one day;
  (5) each slot that is left has a follower out of its candidates, who is there on all days of its route;
  (6) a slot is left only where its holder cannot keep it: dropping one of them breaks (3) or (4);
  (7) no two visits of different routes are in one street on one day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from solver.replan.problem import Answer, Problem


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that an answer breaks, and where."""

    rule: int
    where: str


def violations(problem: Problem, answer: Answer) -> list[Violation]:
    """List what an answer breaks, in the order of the rules; empty for a lawful one."""
    wanted = {visit.name: visit for visit in problem.visits}
    found = [
        Violation(1, name)
        for name in sorted({*wanted, *answer.days})
        if name not in wanted or answer.days.get(name) not in wanted[name].days
    ]
    if found:
        return found
    return [
        *_loads(problem, answer),
        *_teams(problem, answer),
        *_needless(problem, answer),
        *_streets(problem, answer),
    ]


def days_of(problem: Problem, answer: Answer) -> dict[str, set[int]]:
    """Return the days on which each route goes in the end."""
    days = {route: set(pinned) for route, pinned in problem.pinned.items()}
    for visit in problem.visits:
        days.setdefault(visit.route, set()).add(answer.days[visit.name])
    return days


def _loads(problem: Problem, answer: Answer) -> Iterator[Violation]:
    for route, day in sorted({(visit.route, answer.days[visit.name]) for visit in problem.visits}):
        there = [v for v in problem.visits if v.route == route and answer.days[v.name] == day]
        before = sum(v.minutes for v in problem.visits if v.route == route and v.day == day)
        stays = problem.pinned.get(route, {}).get(day, 0)
        came = any(visit.day != day for visit in there)
        alone = len(there) == 1 and not stays
        full = sum(v.minutes for v in there) + stays > problem.length and not alone
        if came and (full or before + stays > problem.length):
            yield Violation(2, f"{route} {day}")


def _teams(problem: Problem, answer: Answer) -> Iterator[Violation]:
    days, leaving = days_of(problem, answer), set(answer.leaving)
    busy: Counter[tuple[str, int]] = Counter()
    for slot in problem.slots:
        goes = answer.followers.get(slot.name, "") if slot.name in leaving else slot.holder
        if slot.name in leaving and goes not in slot.candidates:
            yield Violation(5, slot.name)
            continue
        if not days.get(slot.route, set()) <= problem.able.get(goes, frozenset()):
            yield Violation(5 if slot.name in leaving else 3, slot.name)
        busy.update((goes, day) for day in days.get(slot.route, ()))
    yield from (Violation(4, f"{code} {day}") for (code, day), n in sorted(busy.items()) if n > 1)
    unknown = leaving - {slot.name for slot in problem.slots}
    yield from (Violation(5, name) for name in sorted(unknown))


def _needless(problem: Problem, answer: Answer) -> Iterator[Violation]:
    for name in answer.leaving:
        left = tuple(other for other in answer.leaving if other != name)
        if not any(v.rule in (3, 4) for v in _teams(problem, replace(answer, leaving=left))):
            yield Violation(6, name)


def _streets(problem: Problem, answer: Answer) -> Iterator[Violation]:
    there: dict[tuple[str, int], set[str]] = {}
    for visit in problem.visits:
        if visit.street:
            there.setdefault((visit.street, answer.days[visit.name]), set()).add(visit.route)
    yield from (
        Violation(7, f"{street} {day}") for (street, day), who in sorted(there.items()) if len(who) > 1
    )
