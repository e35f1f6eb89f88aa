"""Visits that need another day after the lottery, and the teams that go with them (改期问题).

Days are indices of working days in their order. A team follows its visits: whoever cannot go on a route's new day
leaves the slot and is followed by lottery, which counts as a change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solver.replan.errors import ReplanError


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit that may be moved (可改期检查).

    Attributes
    ----------
    name : str
        One of its kind; ties fall by it.
    day : int
        Where it stands now.
    days : tuple of int
        Days that it may take, ascending; without ``day`` where it must move.
    minutes : int
        Time that it takes, at least 1.
    street : str
        Where no visit of another route may be on its day; empty where that does not matter.
    """

    name: str
    route: str
    day: int
    days: tuple[int, ...]
    minutes: int
    street: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the team of a route that has visits to move.

    Attributes
    ----------
    holder : str
        Code of who holds it.
    candidates : frozenset of str
        Codes that could follow by all rules that do not depend on the new day.
    """

    name: str
    route: str
    holder: str
    candidates: frozenset[str]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be moved.

    Attributes
    ----------
    pinned : mapping of str to mapping of int to int
        Route → day → minutes of its visits that stay where they are.
    able : mapping of str to frozenset of int
        Code → days on which they are there and in no slot of a route that nothing is moved of.
    length : int
        Minutes of visits that one day of a route holds; a longer visit goes alone.
    """

    visits: tuple[Visit, ...]
    slots: tuple[Slot, ...]
    pinned: Mapping[str, Mapping[int, int]]
    able: Mapping[str, frozenset[int]]
    length: int


@dataclass(frozen=True, slots=True)
class Answer:
    """New days, and who must be followed (改期方案).

    Attributes
    ----------
    days : mapping of str to int
        Visit → day, those that stay too.
    leaving : tuple of str
        Slots whose holder cannot go along, in order.
    followers : mapping of str to str
        For each of them somebody who could follow: a proof that it can be done, and no choice; the lottery chooses.
    proved : bool
        Whether no better answer exists; false where the limit of the work was met first.
    """

    days: Mapping[str, int]
    leaving: tuple[str, ...]
    followers: Mapping[str, str]
    proved: bool = True


def over(problem: Problem, route: str, day: int) -> bool:
    """Tell whether a route's day is too long before anything is moved."""
    there = sum(v.minutes for v in problem.visits if v.route == route and v.day == day)
    return there + problem.pinned.get(route, {}).get(day, 0) > problem.length


def cost(problem: Problem, answer: Answer) -> tuple[int, int, int, tuple[int, ...]]:
    """What is kept small, first things first: officers followed, visits moved, working days between, days by name."""
    visits = sorted(problem.visits, key=lambda v: v.name)
    moved = [(v.day, answer.days[v.name]) for v in visits if answer.days[v.name] != v.day]
    return (
        len(answer.leaving),
        len(moved),
        sum(abs(new - old) for old, new in moved),
        tuple(answer.days[v.name] for v in visits),
    )


def check(problem: Problem) -> None:
    """Refuse a problem that cannot be read.

    Raises
    ------
    ReplanError
        ``visit-twice``, ``slot-twice``, ``visit-minutes``, ``visit-days`` (not ascending), ``length``; ``no-day`` for a
        visit without a day to take.
    """
    for kind, names in (
        ("visit", [v.name for v in problem.visits]),
        ("slot", [s.name for s in problem.slots]),
    ):
        if len(set(names)) < len(names):
            raise ReplanError(f"{kind}-twice", name=next(n for n in names if names.count(n) > 1))
    if problem.length < 1:
        raise ReplanError("length", length=problem.length)
    for visit in problem.visits:
        if visit.minutes < 1:
            raise ReplanError("visit-minutes", visit=visit.name)
        if list(visit.days) != sorted(set(visit.days)):
            raise ReplanError("visit-days", visit=visit.name)
        if not visit.days:
            raise ReplanError("no-day", visit=visit.name)
