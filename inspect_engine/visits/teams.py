"""Teams before anybody is in them (岗位): which places a route has, and which sort of officer each takes.

``dr1`` knows three bars of a slot: its department, whether it leads, its skills. So a sort, too, is a label among the
skills of the slot and of those in the pool who are of it: a senior and a junior (老带新), the two sides of a
department's units (混编), a standing team or a single officer (固定检查组、个人). A checker needs to know nothing of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspect_engine.visits.merge import VisitDraft

SENIOR, JUNIOR = "资历:资深", "资历:新进"
SIDES = ("单位:1", "单位:2")
TEAM, SINGLE = "编组:固定检查组", "编组:个人"

#: Labels that are no skills; no register may use them as such.
LABELS = frozenset((SENIOR, JUNIOR, *SIDES, TEAM, SINGLE))

#: What a slot needs of a day: its department, and within it whether it leads or which skill it covers.
Need = tuple[str, str]


class Teams(StrEnum):
    """How a department's standing teams are drawn (固定检查组): not as such, alone, or one with single officers."""

    none = "none"
    only = "only"
    mixed = "mixed"


@dataclass(frozen=True, slots=True)
class Composition:
    """Which sorts the slots of one department take (人员搭配).

    Attributes
    ----------
    grades : bool
        The first slot takes a senior, the second a junior.
    mixed_units : bool
        The first two slots take one side of the department's units each; which side comes first changes from
        route to route with the least blind, so that both sides lead.
    teams : Teams
        With ``only`` every slot is a standing team's; with ``mixed`` the first one is, the others single officers'.
    """

    grades: bool = False
    mixed_units: bool = False
    teams: Teams = Teams.none

    def labels(self, place: int, odd: bool) -> tuple[str, ...]:
        """What the slot at a place, from 0, asks beside skills; ``odd`` lets the second side come first."""
        found: list[str] = []
        if self.grades and place < 2:
            found.append((SENIOR, JUNIOR)[place])
        if self.mixed_units and place < 2:
            found.append(SIDES[place ^ odd])
        if self.teams is Teams.mixed:
            found.append(SINGLE if place else TEAM)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class SlotDraft:
    """One place in a team (岗位) before anybody is in it."""

    code: str
    department: str
    lead: bool
    skills: tuple[str, ...]


def needs_of(slots: Iterable[SlotDraft]) -> Counter[Need]:
    """Count what a team asks of a day: officers of each department, leaders and skills among them."""
    needs: Counter[Need] = Counter()
    for slot in slots:
        needs[slot.department, ""] += 1
        needs[slot.department, "lead"] += slot.lead
        needs.update((slot.department, f"skill:{skill}") for skill in slot.skills)
    return +needs


_ANY: Mapping[str, Composition] = {}


def slots_of(
    route: str, visits: Sequence[VisitDraft], compositions: Mapping[str, Composition] = _ANY
) -> tuple[SlotDraft, ...]:
    """Make the team of a route from what its visits want.

    Parameters
    ----------
    route : str
        Code of the route; its slots are ``route-1``…, the leading one first.
    visits : sequence of VisitDraft
        At least one. They want the same departments, slots and lead; the slots of a department cover the skills of
        all of them between them.
    compositions : mapping of str to Composition
        Department → sorts that its slots take; a department that is missing takes anybody.
    """
    odd = bool(ord(min(visit.blind for visit in visits)[-1]) % 2)
    lead = visits[0].lead
    slots: list[SlotDraft] = []
    for party in sorted(visits[0].parties, key=lambda p: (p.department != lead, p.department)):
        composition = compositions.get(party.department, Composition())
        for place, skills in enumerate(_spread(party.slots, skills_of(visits, party.department))):
            asked = (*skills, *composition.labels(place, odd))
            leads = party.department == lead and place == 0
            slots.append(SlotDraft(f"{route}-{len(slots) + 1}", party.department, leads, asked))
    return tuple(slots)


def skills_of(visits: Iterable[VisitDraft], department: str) -> tuple[str, ...]:
    """All skills that one department must cover on a route."""
    return tuple(
        sorted({s for visit in visits for p in visit.parties if p.department == department for s in p.skills})
    )


def _spread(slots: int, skills: Sequence[str]) -> list[tuple[str, ...]]:
    """Deal skills over slots, from the last: the first may lead, and few can do both."""
    hands: list[list[str]] = [[] for _ in range(slots)]
    for i, skill in enumerate(skills):
        hands[-1 - i % slots].append(skill)
    return [tuple(hand) for hand in hands]
