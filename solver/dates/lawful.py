"""What is wrong with given days, by plain looking (排期合规检查).

It knows nothing of any model. The rules
  (1) every outing has one of its days, and nothing else has one;
  (2) of each sort of slot, with those that ask for more, a day has no more than officers there who can fill it;
  (3) in a busy season no more officers of a department are out than the share of those there;
  (4) departments that go together are all free for it on the day;
  (5) no two outings of a day are in one street, where they must be apart;
  (6) what is fixed keeps its day;
  (7) each day all slots can be filled together, nobody twice. Where a shortage is allowed, (2), (3) and (7) are
      counted and not refused: the officer-days that the answer says are missing must be those that are.
Relatives in one team are not looked at: see :class:`~solver.dates.problem.Problem`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from solver.dates.problem import Dated, Outing, Problem
from solver.dr1.eligibility import Officer, Slot


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that an answer breaks, and where."""

    rule: int
    where: str


def violations(problem: Problem, answer: Dated) -> list[Violation]:
    """List what an answer breaks, in the order of the rules; empty for a lawful one."""
    outings = {one.name: one for one in problem.outings}
    found = [
        Violation(1, name)
        for name in sorted({*outings, *answer.days})
        if name not in outings or answer.days.get(name) not in outings[name].days
    ]
    if found:
        return found
    on_day: dict[int, list[Outing]] = defaultdict(list)
    for one in sorted(problem.outings, key=lambda o: o.name):
        on_day[answer.days[one.name]].append(one)
    for day, there in sorted(on_day.items()):
        if not problem.allow_short:
            found += [
                *_counts(problem, day, there),
                *_quiet(problem, day, there),
                *_staffed(problem, day, there),
            ]
        found += [*_joint(problem, day, there), *_apart(problem, day, there)]
    found += [Violation(6, n) for n in sorted(problem.fixed) if answer.days[n] != outings[n].stays]
    missing = sum(missing_on(problem, day, there) for day, there in on_day.items())
    if answer.missing != missing or sum(lack.missing for lack in answer.lacks) != missing:
        found.append(Violation(7, f"{missing} missing"))
    return sorted(found, key=lambda v: (v.rule, v.where))


def missing_on(problem: Problem, day: int, there: list[Outing]) -> int:
    """Officer-days missing on a day, a busy season's share taken into account."""
    total = 0
    for department in sorted({slot.department for one in there for slot in one.slots}):
        slots = _slots(there, department)
        filled = _filled(problem, day, slots)
        out = problem.quiet.get(day, 1) * len(_present(problem, day, department))
        total += len(slots) - int(min(filled, out))
    return total


def _present(problem: Problem, day: int, department: str) -> list[Officer]:
    when = problem.days[day].isoformat()
    return [o for o in problem.officers if o.department == department and o.present_on(when)]


def _slots(there: list[Outing], department: str) -> list[tuple[Outing, Slot]]:
    return [(one, slot) for one in there for slot in one.slots if slot.department == department]


def _able(officer: Officer, slot: Slot) -> bool:
    return (officer.lead or not slot.lead) and slot.skills <= officer.skills


def _counts(problem: Problem, day: int, there: list[Outing]) -> Iterator[Violation]:
    sorts = {(s.department, s.lead, s.skills) for one in there for s in one.slots}
    for department, lead, skills in sorted(sorts, key=lambda sort: (sort[0], sort[1], sorted(sort[2]))):
        asked = Slot("", department, lead, skills)
        needed = [s for _, s in _slots(there, department) if (s.lead or not lead) and skills <= s.skills]
        if len(needed) > sum(_able(officer, asked) for officer in _present(problem, day, department)):
            yield Violation(2, f"{day} {department} {lead} {sorted(skills)}")


def _quiet(problem: Problem, day: int, there: list[Outing]) -> Iterator[Violation]:
    for department in sorted({slot.department for one in there for slot in one.slots}):
        most = problem.quiet.get(day, 1) * len(_present(problem, day, department))
        if len(_slots(there, department)) > most:
            yield Violation(3, f"{day} {department}")


def _joint(problem: Problem, day: int, there: list[Outing]) -> Iterator[Violation]:
    for one in there:
        together = {slot.department for slot in one.slots}
        for department in sorted(together) if len(together) > 1 else ():
            if day not in problem.joint.get(department, frozenset((day,))):
                yield Violation(4, f"{one.name} {department}")


def _apart(problem: Problem, day: int, there: list[Outing]) -> Iterator[Violation]:
    for one, other in combinations(there, 2) if problem.apart else ():
        if one.streets & other.streets:
            yield Violation(5, f"{day} {one.name} {other.name}")


def _staffed(problem: Problem, day: int, there: list[Outing]) -> Iterator[Violation]:
    for department in sorted({slot.department for one in there for slot in one.slots}):
        slots = _slots(there, department)
        if _filled(problem, day, slots) < len(slots):
            yield Violation(7, f"{day} {department}")


def _filled(problem: Problem, day: int, slots: list[tuple[Outing, Slot]]) -> int:
    """Most slots of one department that can be filled together: each finds an officer, or makes another give way."""
    holder: dict[str, int] = {}
    may = [
        [
            o.code
            for o in _present(problem, day, slot.department)
            if _able(o, slot) and not any((o.code, blind) in problem.barred for blind in one.blinds)
        ]
        for one, slot in slots
    ]

    def place(i: int, asked: set[str]) -> bool:
        for code in may[i]:
            if code not in asked:
                asked.add(code)
                if code not in holder or place(holder[code], asked):
                    holder[code] = i
                    return True
        return False

    return sum(place(i, set()) for i in range(len(slots)))
