"""Why a case cannot be staffed (缺口原因): the minimum cut, and what keeps everybody else out of it.

A cause names slots that take N officer-days where only n < N may fill them. That is the proof; what makes it
understood is why nobody else may: of those who are not among the n, each is counted under the one bar that is met at
the slot to which they come closest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from solver.dr1.eligibility import Officer, Route, Slot
from solver.roster.staffing import Cut, Short
from solver.shortage.graph import answer, may_on
from solver.shortage.problem import Case

REASONS = ("lead", "skill", "until", "callable", "away", "relation", "kin", "department")
"""Bars in the order in which they are told: cannot lead, lacks the skill, certificate ended, of a neighbouring area
and could be called in, away, to be recused, kept off by a relative, of another department and else able."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One place where officers are short, with its proof.

    Attributes
    ----------
    slots, officers, dates : tuple of str
        The slots, all who may fill one of them, and the dates; each sorted.
    departments : tuple of str
        Of the slots.
    lead : bool
        Whether every one of the slots leads.
    skills : tuple of str
        Skills that every one of the slots asks.
    needed, there : int
        Officer-days; ``there`` < ``needed``.
    others : int
        Officers of the departments who are not among ``officers``.
    barred : tuple of (reason, int)
        Why those others may not fill any of the slots, each person under one reason of ``REASONS``; they sum to
        ``others``, but for ``department``, which counts people of other departments.
    lost : tuple of (reason, int)
        Officer-days that ``officers`` themselves lack on the dates, by what keeps them out there.
    """

    slots: tuple[str, ...]
    officers: tuple[str, ...]
    dates: tuple[str, ...]
    departments: tuple[str, ...]
    lead: bool
    skills: tuple[str, ...]
    needed: int
    there: int
    others: int
    barred: tuple[tuple[str, int], ...]
    lost: tuple[tuple[str, int], ...]


def causes(case: Case) -> tuple[Cause, ...]:
    """Every place where the case is short; none where it can be staffed."""
    found = answer(case)
    if not isinstance(found, Short):
        return ()
    bars = _Bars(case)
    return tuple(_cause(case, bars, cut) for cut in found.cuts)


def _cause(case: Case, bars: _Bars, cut: Cut) -> Cause:
    slots = [case.slots[name] for name in cut.slots]
    departments = {slot.department for _, slot in slots}
    inside = set(cut.officers)
    out = [one for one in case.officers if one.code not in inside]
    own = [one for one in out if one.department in departments]
    told = Counter(bars.closest(one, slots) for one in own)
    told["department"] = sum(bars.else_able(one, slots) for one in out if one.department not in departments)
    return Cause(
        slots=cut.slots,
        officers=cut.officers,
        dates=cut.dates,
        departments=tuple(sorted(departments)),
        lead=all(slot.lead for _, slot in slots),
        skills=tuple(sorted(frozenset.intersection(*(slot.skills for _, slot in slots)))),
        needed=cut.needed,
        there=cut.there,
        others=len(own),
        barred=_counted(told),
        lost=_counted(_lost(case, bars, cut, slots)),
    )


def _lost(case: Case, bars: _Bars, cut: Cut, slots: Iterable[tuple[Route, Slot]]) -> Counter[str]:
    """Days of the cut on which its own officers may fill none of its slots."""
    on: dict[str, list[tuple[Route, Slot]]] = {}
    for route, slot in slots:
        on.setdefault(route.date, []).append((route, slot))
    known = {one.code: one for one in case.officers}
    lost: Counter[str] = Counter()
    for there in on.values():
        for code in cut.officers:
            if not any(bars.may(code, slot) for _, slot in there):
                lost[bars.closest(known[code], there)] += 1
    return lost


def _counted(told: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((reason, told[reason]) for reason in REASONS if told.get(reason))


class _Bars:
    """What keeps an officer out of a slot, by the protocol's rules said one by one."""

    def __init__(self, case: Case) -> None:
        self._tied = {
            (str(row["officer"]), str(row["with"])) for row in case.relations if row["ground"] != "kin"
        }
        self._callable = case.callable
        self._days = sorted({route.date for route in case.routes})
        self._may: dict[str, frozenset[str]] = {}
        for day in self._days:
            self._may.update({slot: frozenset(codes) for slot, codes in may_on(case, day).items()})

    def may(self, code: str, slot: Slot) -> bool:
        """Whether the protocol allows the pair."""
        return code in self._may[slot.slot]

    def closest(self, one: Officer, slots: Iterable[tuple[Route, Slot]]) -> str:
        """The first bar at the slot that has the fewest."""
        met = [self._bars(one, route, slot) for route, slot in slots]
        nearest = min(met, key=lambda bars: (len(bars), [REASONS.index(bar) for bar in bars]))
        return nearest[0]

    def else_able(self, one: Officer, slots: Iterable[tuple[Route, Slot]]) -> bool:
        """Whether nothing but the department keeps an officer out of one of the slots."""
        return any(self._bars(one, route, slot) == ["department"] for route, slot in slots)

    def _bars(self, one: Officer, route: Route, slot: Slot) -> list[str]:
        found = [
            reason
            for reason, met in (
                ("lead", slot.lead and not one.lead),
                ("skill", not slot.skills <= one.skills),
                ("until", route.date > one.until),
                (
                    "callable" if (one.code, route.date) in self._callable else "away",
                    any(first <= route.date <= last for first, last in one.away),
                ),
                ("relation", any((one.code, blind) in self._tied for blind in route.blinds)),
                ("department", one.department != slot.department),
            )
            if met
        ]
        return found or ["kin"]
