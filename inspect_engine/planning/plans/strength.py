"""The year's strength from the registers (执法力量): officer-minutes by region, usable skills and month."""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.planning.plans.form import ExtraMeans
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.officers import Member, members
from inspect_engine.registers.tables import Region
from solver.plan.strength import Pool


@dataclass(frozen=True, slots=True)
class Days:
    """A month's working days, and its last day."""

    worked: tuple[date, ...]
    last: date


def year_days(session: Session, end: date) -> dict[int, Days]:
    """Working days of each month of a plan that ends on a day of its year; none after it.

    Raises
    ------
    EngineError
        ``registers.calendar-unknown`` for a year whose holidays are not announced yet.
    """
    ends = {month: date(end.year, month, monthrange(end.year, month)[1]) for month in range(1, 13)}
    return {
        month: Days(tuple(day for day in work_days(session, last.replace(day=1), last) if day <= end), last)
        for month, last in ends.items()
    }


def minutes_of(member: Member, days: Mapping[int, Days], day_minutes: int) -> dict[int, int]:
    """Minutes that one officer can give in each month: working days, less leave, while a certificate holds."""
    found: dict[int, int] = {}
    for month, one in days.items():
        here = [
            day
            for day in one.worked
            if day <= member.until and not any(first <= day <= last for first, last in member.away)
        ]
        found[month] = len(here) * day_minutes
    return found


def usable(member: Member, needed: frozenset[str]) -> frozenset[str]:
    """Skills of the plan that an officer has: the department itself, and each field of it."""
    own = {member.department, *(f"{member.department}/{skill}" for skill in member.skills)}
    return needed & own


def pools(
    session: Session,
    end: date,
    needed: frozenset[str],
    bodies: Mapping[str, int],
    day_minutes: int,
    extra: Iterable[ExtraMeans],
) -> tuple[Pool, ...]:
    """Officer-minutes of the regions, each officer's for the skills that the plan uses.

    Parameters
    ----------
    end : datetime.date
        The plan's last day; no day after it counts.
    needed : frozenset of str
        ``"department"`` or ``"department/skill"``.
    bodies : mapping of str to int
        Region → bodies of the plan. An officer of a place above several regions gives each of them a share that goes with
        its bodies; one whose region lies below a region belongs to it.

    Returns
    -------
    tuple of Pool
        Ordered by region, skills and month.
    """
    days = year_days(session, end)
    shares = _shares(session, bodies)
    total: Counter[tuple[str, frozenset[str], int]] = Counter()
    departments = sorted({skill.partition("/")[0] for skill in needed})
    for member in members(session, departments, date(end.year, 1, 1), days[12].last):
        skills = usable(member, needed)
        if skills:
            _add(
                total,
                shares.get(member.person.region_code, ()),
                skills,
                minutes_of(member, days, day_minutes),
            )
    for one in extra:
        _call_in(total, one, needed, one.days * day_minutes)
    return tuple(
        Pool(region=region, skills=skills, month=month, minutes=minutes)
        for (region, skills, month), minutes in sorted(
            total.items(), key=lambda item: (item[0][0], sorted(item[0][1]), item[0][2])
        )
        if skills
    )


def _call_in(
    total: Counter[tuple[str, frozenset[str], int]], one: ExtraMeans, needed: frozenset[str], minutes: int
) -> None:
    """Add minutes of officers who come with this skill alone; take those that are lent from who can do least else first."""
    if minutes >= 0:
        skills = frozenset({one.skill, one.skill.partition("/")[0]}) & needed
        total[one.region, skills, one.month] += minutes
        return
    there = [key for key in total if (key[0], key[2]) == (one.region, one.month) and one.skill in key[1]]
    for key in sorted(there, key=lambda key: (len(key[1]), sorted(key[1]))):
        taken = min(total[key], -minutes)
        total[key] -= taken
        minutes += taken


def _add(
    total: Counter[tuple[str, frozenset[str], int]],
    shares: Sequence[tuple[str, int, int]],
    skills: frozenset[str],
    minutes: Mapping[int, int],
) -> None:
    for region, part, whole in shares:
        for month, given in minutes.items():
            total[region, skills, month] += given * part // whole


def _shares(session: Session, bodies: Mapping[str, int]) -> dict[str, list[tuple[str, int, int]]]:
    """Region of an officer → (region of the plan, part, whole) of the officer's time."""
    parents = dict(iter(session.exec(select(col(Region.code), col(Region.parent_code)))))
    below: dict[str, list[str]] = defaultdict(list)
    for region in bodies:
        for place in _upward(region, parents):
            below[place].append(region)
    found: dict[str, list[tuple[str, int, int]]] = {}
    for code in parents:
        inside = next((place for place in _upward(code, parents) if place in bodies), None)
        if inside is not None:
            found[code] = [(inside, 1, 1)]
        elif code in below:
            whole = sum(bodies[region] for region in below[code])
            found[code] = [(region, bodies[region], whole) for region in sorted(below[code])]
    return found


def _upward(code: str, parents: Mapping[str, str | None]) -> list[str]:
    """The region and those above it, itself first."""
    found: list[str] = []
    at: str | None = code
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found
