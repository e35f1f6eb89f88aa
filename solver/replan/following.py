"""Who may follow an officer that leaves a slot, and who cannot go as things stand (替换候选人).

A pack shows a slot under the date that it was frozen with; since then its visits may have been moved, and a reserve may
have joined them. A candidate is therefore

    allowed in the slot as it was frozen                                                  (1)
    not the one who leaves                                                                (2)
    in no other slot of the same frozen date, which is what a checker of the pack sees    (3)
    in no other slot on a day on which the slot's visits now take place                   (4)
    there on all those days, by what is known today                                       (5)
    tied to none of the bodies that the slot's visits now go to                           (6)
    no kin of anybody else in the route's team                                            (7)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solver.dr1.eligibility import Officer


@dataclass(frozen=True, slots=True)
class Place:
    """A slot as it stands now (岗位现状).

    Attributes
    ----------
    frozen : str
        Date of its route in the pack.
    days : frozenset of str
        Days on which its route's visits that are still to be made take place; empty where none is left.
    blinds : frozenset of str
        Bodies of those visits.
    """

    slot: str
    route: str
    frozen: str
    days: frozenset[str]
    blinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A roster as it stands now (选派现状).

    Attributes
    ----------
    places : mapping of str to Place
        By slot.
    held : mapping of str to str
        Slot → code of who holds it.
    may : mapping of str to frozenset of str
        Slot → codes that the pack allows in it.
    officers : mapping of str to Officer
        With all that is known of their absence by now.
    tied : frozenset of (str, str)
        Code and blind that may not meet.
    kin : frozenset of (str, str)
        Codes that may not go together, the smaller first.
    """

    places: Mapping[str, Place]
    held: Mapping[str, str]
    may: Mapping[str, frozenset[str]]
    officers: Mapping[str, Officer]
    tied: frozenset[tuple[str, str]]
    kin: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Need:
    """A slot whose holder cannot go (待替换岗位): ``away``, ``busy``, ``related`` or ``kin``."""

    slot: str
    officer: str
    reason: str


def candidates(now: Standing, slot: str, *, absent_too: bool = False) -> list[str]:
    """List the codes that may follow in a slot, in order; empty where nobody can.

    Parameters
    ----------
    absent_too : bool
        Leave rule (5) out but for the certificate: whom a head may call back by direct assignment.
    """
    place = now.places[slot]
    return [
        code
        for code in followers(now, slot)
        if not any(other.days & place.days for other in _others(now, code, place))  # (4)
        and (_there(now, code, place) or (absent_too and _certified(now, code, place)))  # (5)
    ]


def followers(now: Standing, slot: str) -> list[str]:
    """List the codes that could follow in a slot if its days suited them: all rules but (4) and (5)."""
    place = now.places[slot]
    return [
        code
        for code in sorted(now.may.get(slot, ()))  # (1)
        if code != now.held[slot]  # (2)
        and not any(other.frozen == place.frozen for other in _others(now, code, place))  # (3)
        and not _tied(now, code, place)  # (6)
        and not _kin(now, code, place)  # (7)
    ]


def needs(now: Standing) -> list[Need]:
    """List the slots with visits to come whose holder cannot go to all of them, by slot."""
    found = []
    for slot, place in sorted(now.places.items()):
        reason = _hindered(now, now.held[slot], place) if place.days else ""
        if reason:
            found.append(Need(slot, now.held[slot], reason))
    return found


def _hindered(now: Standing, code: str, place: Place) -> str:
    if not _there(now, code, place):
        return "away"
    if any(place.days & other.days for other in _others(now, code, place)):
        return "busy"
    if _tied(now, code, place):
        return "related"
    return "kin" if _kin(now, code, place) else ""


def _others(now: Standing, code: str, place: Place) -> list[Place]:
    """Return the other slots that a code holds."""
    return [now.places[slot] for slot, held in now.held.items() if held == code and slot != place.slot]


def _there(now: Standing, code: str, place: Place) -> bool:
    return code in now.officers and all(now.officers[code].present_on(day) for day in place.days)


def _certified(now: Standing, code: str, place: Place) -> bool:
    return code in now.officers and all(day <= now.officers[code].until for day in place.days)


def _tied(now: Standing, code: str, place: Place) -> bool:
    return any((code, blind) in now.tied for blind in place.blinds)


def _kin(now: Standing, code: str, place: Place) -> bool:
    team = (
        now.held[slot]
        for slot, other in now.places.items()
        if other.route == place.route and slot != place.slot
    )
    return any((min(code, other), max(code, other)) in now.kin for other in team)
