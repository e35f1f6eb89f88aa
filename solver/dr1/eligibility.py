"""Who may go where (资格与回避; dr1 section 5).

A pair of officer and slot is barred if the department differs, the slot leads and the officer may not, a skill
is missing, the date is after ``until`` or inside ``away``, or a relation ties the officer to a blind of the
route. Of two officers who are kin only one may have rows on a route: the one with the smaller kin hash among
those otherwise allowed.

Reading chosen for chains of kin (a–b and b–c): each related pair is judged by itself, so an officer stays if no
kin of theirs that is otherwise allowed on the route has a smaller hash. At most one of any two related officers
then has rows; of a chain the smallest always has. "Otherwise allowed" means allowed in at least one slot of the route.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from solver.dr1.encoding import Row, hexdigest, text

Span = tuple[str, str]


@dataclass(frozen=True)
class Officer:
    """A row of the pool (执法人员), with what changed since it was frozen."""

    code: str
    department: str
    lead: bool
    skills: frozenset[str]
    unit: str
    until: str
    away: tuple[Span, ...]
    present: tuple[Span, ...] = ()

    def present_on(self, day: str) -> bool:
        """Whether the officer may work on a day: certified, and not away unless a change lifts it."""
        if day > self.until:
            return False
        return not _within(day, self.away) or _within(day, self.present)


@dataclass(frozen=True)
class Slot:
    """One place in a route's team (岗位)."""

    slot: str
    department: str
    lead: bool
    skills: frozenset[str]


@dataclass(frozen=True)
class Route:
    """The visits of one team on one date (检查批次)."""

    route: str
    date: str
    road: bool
    blinds: tuple[str, ...]
    slots: tuple[Slot, ...]


def _within(day: str, spans: Iterable[Span]) -> bool:
    return any(first <= day <= last for first, last in spans)


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
    """Add to each officer what changed: ``away`` adds days, ``present`` lifts them.

    A day that both were named for is one of presence: what lifts is the later word, and the more specific.
    """
    away: dict[str, list[Span]] = {}
    present: dict[str, list[Span]] = {}
    for row in changes:
        away.setdefault(str(row["officer"]), []).extend(_spans(row["away"]))
        present.setdefault(str(row["officer"]), []).extend(_spans(row["present"]))
    return [
        replace(
            one,
            away=one.away + tuple(away.get(one.code, ())),
            present=one.present + tuple(present.get(one.code, ())),
        )
        for one in officers
    ]


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
    losing = set()
    for a, b in kin:
        if a in there and b in there:
            losing.add(max(a, b, key=lambda code: kin_hash(seed, route.blinds[0], code, hash_name)))
    return losing


def kin_hash(seed: str, first_blind: str, code: str, hash: str = "sha256") -> str:  # noqa: A002
    """Hash that decides which of two kin stays on a route: the smaller one."""
    return hexdigest(text("dr1/kin", seed, first_blind, code), hash)
