"""Lawful remedies for too few officers (人员缺口的补救), each of least size in its kind, each tried before it is offered.

Kinds, in the order of how little they leave of what was planned
  move      other dates for some routes                         改期
  call_in   officers of neighbouring areas                      异地借调
  widen     a wider skill in a slot                             放宽专业
  expert    an expert beside, and the slot without the skill    专家随行
  fewer     the last ranks of strata put back                   减少抽取
  direct    whole routes named by the head, as an exception     直接委派
Two of ``move``, ``call_in`` and ``fewer`` together are looked for only where nothing but ``direct`` suffices alone, and all
three only where no two do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from solver.shortage.calling import call_in, related
from solver.shortage.causes import Cause, causes
from solver.shortage.changes import Call, Change, Direct, Move, Place, PutBack, changed
from solver.shortage.choices import Choices, choices, short_days
from solver.shortage.cutting import Found, Nothing, least
from solver.shortage.effect import Called, Effect, effect
from solver.shortage.problem import Case, Work, checked, tidy
from solver.shortage.singles import single, suffices
from solver.shortage.widening import widen

KINDS = ("move", "call_in", "widen", "expert", "fewer", "direct")
TOGETHER = (("move+call_in", "move+fewer", "call_in+fewer"), ("move+call_in+fewer",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something that makes the case feasible.

    Attributes
    ----------
    kind : str
        One of ``KINDS``, or some of them joined by ``+``.
    changes : tuple of Change
        What is done, in this order.
    size : int
        Routes moved, officer-days called in, slots widened or without a skill, bodies put back, slots of direct
        routes; of kinds together the sum.
    proved : bool
        Whether no smaller one of the kind does.
    """

    kind: str
    changes: tuple[Change, ...]
    effect: Effect
    size: int
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """A kind that offers nothing: ``proved`` if it cannot, else not known within the work allowed."""

    kind: str
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Why a case is short, what may be done, and which kinds do not do."""

    causes: tuple[Cause, ...]
    remedies: tuple[Remedy, ...]
    without: tuple[Without, ...]


def answered(case: Case, work: Work) -> Answered:
    """Say why a case is short, and every kind of remedy that makes it feasible; nothing where it is not short.

    Raises
    ------
    ShortageError
        If the case cannot be read; see :func:`solver.shortage.problem.checked`.
    """
    case = tidy(checked(case))
    found = causes(case)
    if not found:
        return Answered(causes=(), remedies=(), without=())
    short = short_days(case)
    told = [_of_kind(case, kind, work, short) for kind in KINDS]
    for kinds in TOGETHER:
        if not any(isinstance(one, Remedy) and one.kind != "direct" for one in told):
            told += [_of_kind(case, kind, work, short) for kind in kinds]
    return Answered(
        causes=found,
        remedies=tuple(one for one in told if isinstance(one, Remedy)),
        without=tuple(one for one in told if isinstance(one, Without)),
    )


def remedies(case: Case, work: Work) -> tuple[Remedy, ...]:
    """Every kind of remedy that makes the case feasible; none where it is."""
    return answered(case, work).remedies


def apply(case: Case, remedy: Remedy) -> Case:
    """Return the case after a remedy.

    Raises
    ------
    ShortageError
        If the remedy is of another case; see :func:`solver.shortage.changes.changed`.
    """
    return changed(case, remedy.changes)


def _of_kind(case: Case, kind: str, work: Work, short: Sequence[str]) -> Remedy | Without:
    if kind == "direct" and not case.may_direct:
        return Without(kind=kind, proved=True)
    if kind == "call_in":
        return _calling(case, work, short)
    if kind == "widen":
        return _widening(case, work, short)
    there = choices(case, frozenset(kind.split("+")), short)
    alone = single(case, kind, work) if there.kin else None
    if alone is not None:
        return _offer(case, kind, (alone,), proved=True)
    plans: dict[Found, tuple[tuple[Change, ...], tuple[Called, ...]] | None] = {}

    def holds(found: Found) -> bool:
        plan = plans[found] = _plan(case, there, found, work)
        return plan is not None and suffices(case, plan[0])

    found = least(there, _streets(case), work, holds)
    if isinstance(found, Nothing):
        return Without(kind=kind, proved=found.proved)
    plan = plans[replace(found, least=False)]
    assert plan is not None  # it held
    return _offer(case, kind, plan[0], plan[1], proved=found.least)


def _calling(case: Case, work: Work, short: Sequence[str]) -> Remedy | Without:
    called = call_in(case, work, short)
    if called is None:
        return Without(kind="call_in", proved=not related(case))
    changes = _calls(called)
    if not suffices(case, changes):
        return Without(kind="call_in", proved=False)
    return _offer(case, "call_in", changes, called, proved=True)


def _widening(case: Case, work: Work, short: Sequence[str]) -> Remedy | Without:
    kin = any(row["ground"] == "kin" for row in case.relations)
    changes = widen(case, short)
    if changes is not None and suffices(case, changes):
        size = len({one.slot for one in changes})
        return _offer(case, "widen", changes, proved=not kin or size == 1)
    alone = single(case, "widen", work) if kin else None
    if alone is not None:
        return _offer(case, "widen", (alone,), proved=True)
    return Without(kind="widen", proved=not kin)


def _plan(
    case: Case, there: Choices, found: Found, work: Work
) -> tuple[tuple[Change, ...], tuple[Called, ...]] | None:
    """The changes of a solution; who is called in is left to chance, and none where that does not come out."""
    changes = tuple(_made(case, there, found))
    if all(choice[0] != "call" for choice in found.made):
        return changes, ()
    after = changed(case, changes)
    called = call_in(after, work, short_days(after))
    return None if called is None else ((*changes, *_calls(called)), called)


def _calls(called: Iterable[Called]) -> tuple[Change, ...]:
    return tuple(
        sorted(
            (Call(code, one.day) for one in called for code in one.chosen), key=lambda c: (c.day, c.officer)
        )
    )


def _made(case: Case, there: Choices, found: Found) -> Iterable[Change]:
    routes = {slot: route for slot, (route, _) in case.slots.items()}
    for choice in sorted(found.made):
        match choice[0]:
            case "move":
                yield Move(choice[1], there.days_of[choice[1]][0], choice[2])
            case "back":
                yield PutBack(choice[1])
            case "direct":
                yield Direct(choice[1])
            case "drop":
                route, skill = routes[choice[1]], choice[2]
                host = next(e for e, r in found.hosts if r == route.route and e in there.hosts[r, skill])
                yield Place(host, route.route, choice[1], skill, route.date)


def _streets(case: Case) -> list[tuple[str, str]]:
    """Routes that may not come to share a day."""
    if not case.quiet:
        return []
    return [
        (a.route.route, b.route.route)
        for a, b in combinations(case.trips, 2)
        if a.streets & b.streets and a.route.date != b.route.date
    ]


def _offer(
    case: Case, kind: str, changes: tuple[Change, ...], called: tuple[Called, ...] = (), *, proved: bool
) -> Remedy:
    told = effect(case, changes, called)
    widened = len({one.slot for one in told.widened})
    size = sum(
        (
            told.days_moved,
            told.officer_days_called,
            widened,
            len(told.beside),
            len(told.put_back),
            told.after.by_name - told.before.by_name,
        )
    )
    return Remedy(kind=kind, changes=changes, effect=told, size=size, proved=proved)
