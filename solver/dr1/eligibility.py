"""Who may go where (资格与回避; dr1 section 5).

A pair of officer and slot is barred if the department differs, the slot leads and the officer may not, a skill
is missing, the date is after ``until`` or inside ``away``, or a relation ties the officer to a blind of the
route. Of two officers who are kin only one may have rows on a route: the one with the smaller kin hash among
those otherwise allowed.

Readings chosen where the text is short. Chains of kin (a–b and b–c): each related pair is judged by itself, so an
officer stays if no kin of theirs that is otherwise allowed on the route has a smaller hash. Letting c back in
because b already lost to a would allow more pairs; a checker that reads it so still finds nothing barred in ours.
"Otherwise allowed" means allowed by all other bars in at least one slot of the route. Changes of one officer are
taken in the order of the file, which is that of time: who is called in and then falls ill is away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from solver.dr1.encoding import Row, hexdigest, text
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import parse_date

Span = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Officer:
    """A row of the pool (执法人员).

    Attributes
    ----------
    until : str
        Last day that the certificate covers.
    away : tuple of (first, last)
        Spans of dates, both ends included.
    """

    code: str
    department: str
    lead: bool
    skills: frozenset[str]
    unit: str
    until: str
    away: tuple[Span, ...]

    def present_on(self, day: str) -> bool:
        """Whether the officer may work on a day (``YYYY-MM-DD``): still certified, and not away."""
        return day <= self.until and not any(first <= day <= last for first, last in self.away)


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a route's team (岗位)."""

    slot: str
    department: str
    lead: bool
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class Route:
    """The visits of one team on one date (检查批次)."""

    route: str
    date: str
    road: bool
    blinds: tuple[str, ...]
    slots: tuple[Slot, ...]


def officers_of(rows: Iterable[Row]) -> list[Officer]:
    """Read the rows of ``1-pool.jsonl``; their form has been checked."""
    return [
        Officer(
            code=str(row["officer"]),
            department=str(row["department"]),
            lead=row["lead"] is True,
            skills=frozenset(_strings(row["skills"])),
            unit=str(row["unit"]),
            until=str(row["until"]),
            away=_spans(row["away"]),
        )
        for row in rows
    ]


def routes_of(rows: Iterable[Row]) -> list[Route]:
    """Read the rows of ``4-routes.jsonl``; their form has been checked."""
    return [
        Route(
            route=str(row["route"]),
            date=str(row["date"]),
            road=row["road"] is True,
            blinds=tuple(_strings(row["blinds"])),
            slots=tuple(
                Slot(
                    slot=str(slot["slot"]),
                    department=str(slot["department"]),
                    lead=slot["lead"] is True,
                    skills=frozenset(_strings(slot["skills"])),
                )
                for slot in _list(row["slots"])
                if isinstance(slot, dict)
            ),
        )
        for row in rows
    ]


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [str(one) for one in _list(value)]


def _spans(value: object) -> tuple[Span, ...]:
    return tuple((str(span[0]), str(span[1])) for span in _list(value) if isinstance(span, list))


def apply_changes(officers: Iterable[Officer], changes: Iterable[Row]) -> list[Officer]:
    """Return the officers after what changed since the freezing, in the same order.

    Parameters
    ----------
    changes : iterable of Row
        Rows of ``4-changes.jsonl`` in the file's order; in each, ``away`` is added and then ``present`` lifted.

    Raises
    ------
    ProtocolError
        ``change-officer`` for a code that is not in the pool; ``date`` for what is no date;
        ``span-order`` for a span that ends before it begins.
    """
    found = {one.code: one for one in officers}
    for row in changes:
        code = str(row["officer"])
        if code not in found:
            raise ProtocolError("change-officer", officer=code)
        away = found[code].away + _checked(row["away"])
        for span in _checked(row["present"]):
            away = _without(away, span)
        found[code] = replace(found[code], away=away)
    return list(found.values())


def _checked(value: object) -> tuple[Span, ...]:
    spans = _spans(value)
    for first, last in spans:
        if parse_date(first) > parse_date(last):
            raise ProtocolError("span-order", first=first, last=last)
    return spans


def _without(away: Iterable[Span], lifted: Span) -> tuple[Span, ...]:
    left = []
    for first, last in away:
        if last < lifted[0] or lifted[1] < first:
            left.append((first, last))
            continue
        if first < lifted[0]:
            left.append((first, _next(lifted[0], -1)))
        if lifted[1] < last:
            left.append((_next(lifted[1], 1), last))
    return tuple(left)


def _next(day: str, step: int) -> str:
    return (parse_date(day) + timedelta(days=step)).isoformat()


def allowed_pairs(
    officers: Sequence[Officer],
    routes: Sequence[Route],
    relations: Iterable[Row],
    seed: str,
    hash: str = "sha256",  # noqa: A002 - the protocol's own name
) -> list[tuple[str, str, str]]:
    """List every pair that no bar excludes.

    Parameters
    ----------
    officers : sequence of Officer
        With changes applied.
    relations : iterable of Row
        Rows of ``1-relations.jsonl``.
    seed : str
        Of the targets' stage; it decides between kin.

    Returns
    -------
    list of (route, slot, officer)
        In the order of routes, slots and officers as given.

    Raises
    ------
    ProtocolError
        ``route-empty`` for a route without a visit.
    """
    tied, kin = _relations(relations)
    seen: dict[tuple[str, bool, frozenset[str], str], list[str]] = {}
    pairs: list[tuple[str, str, str]] = []
    for route in routes:
        barred = {code for blind in route.blinds for code in tied.get(blind, ())}
        allowed = {}
        for slot in route.slots:
            kind = (slot.department, slot.lead, slot.skills, route.date)
            if kind not in seen:
                seen[kind] = [one.code for one in officers if _fits(one, slot, route.date)]
            allowed[slot.slot] = [code for code in seen[kind] if code not in barred]
        losing = _losing(route, allowed, kin, seed, hash)
        pairs.extend(
            (route.route, slot, code)
            for slot, codes in allowed.items()
            for code in codes
            if code not in losing
        )
    return pairs


def _fits(one: Officer, slot: Slot, day: str) -> bool:
    return (
        one.department == slot.department
        and (one.lead or not slot.lead)
        and slot.skills <= one.skills
        and one.present_on(day)
    )


def _relations(rows: Iterable[Row]) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    tied: dict[str, list[str]] = {}
    kin: list[tuple[str, str]] = []
    for row in rows:
        if row["ground"] == "kin":
            kin.append((str(row["officer"]), str(row["with"])))
        else:
            tied.setdefault(str(row["with"]), []).append(str(row["officer"]))
    return tied, kin


def _losing(
    route: Route,
    allowed: Mapping[str, Sequence[str]],
    kin: Sequence[tuple[str, str]],
    seed: str,
    hash_name: str,
) -> set[str]:
    there = {code for codes in allowed.values() for code in codes}
    if not route.blinds:
        raise ProtocolError("route-empty", route=route.route)
    first = min(route.blinds)
    losing = set()
    for a, b in kin:
        if a in there and b in there:
            losing.add(max(a, b, key=lambda code: (kin_hash(seed, first, code, hash_name), code)))
    return losing


def kin_hash(seed: str, first_blind: str, code: str, hash: str = "sha256") -> str:  # noqa: A002
    """Hash that decides which of two kin stays on a route: the smaller one."""
    return hexdigest(text("dr1/kin", seed, first_blind, code), hash)
