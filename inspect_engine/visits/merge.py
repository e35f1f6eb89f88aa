"""One door, many items (综合查一次): all that is drawn of one body becomes one visit.

A visit has every line of the body's tasks; its window is what the tasks' windows have in common; its time is one
shared set-up (说明来意、亮证) and the minutes of all lines. An item that two tasks of one agency ask for is inspected once: both
keep their line, and its minutes count once. Each department with slots in any of the tasks comes
with the larger number it was asked for, and covers the skills of its own lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from inspect_engine.planning.tables import Method

#: The rule ``setup-minutes`` as it is shipped: minutes of every visit that serve all its lines together.
SETUP_MINUTES = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One item to inspect at one body (检查事项), before it is a row."""

    task: str
    item_version_id: int
    department: str
    agency: str
    method: Method
    skill: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Party:
    """What one department brings (参与部门): how many slots, and which skills they must cover between them."""

    department: str
    slots: int
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskTerms:
    """What a task says about its visits: its window, its lines, its departments (name → slots), its host."""

    label: str
    window: tuple[date, date]
    lines: tuple[Line, ...]
    slots: Mapping[str, int]
    host: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A drawn row: a body, by its blind, taken for one task in one window (the task's, or its batch's)."""

    blind: str
    target_id: int
    region: str
    town: str
    task: str
    window: tuple[date, date]


@dataclass(frozen=True, slots=True)
class VisitDraft:
    """One visit before it has a route (检查)."""

    blind: str
    target_id: int
    region: str
    town: str
    window: tuple[date, date]
    lines: tuple[Line, ...]
    parties: tuple[Party, ...]
    lead: str
    minutes: int

    @property
    def joiners(self) -> tuple[str, ...]:
        """Departments beside the leading one that come, or whose items are inspected (参与部门)."""
        there = {party.department for party in self.parties} | {line.department for line in self.lines}
        return tuple(sorted(there - {self.lead}))

    @property
    def road(self) -> bool:
        """Whether anybody must go there; paper and network lines alone are desk work."""
        return any(line.method is Method.onsite for line in self.lines)


def merge(
    taken: Iterable[Taken], tasks: Mapping[str, TaskTerms], *, setup: int = SETUP_MINUTES
) -> list[VisitDraft]:
    """Make one visit for each drawn body, ordered by blind.

    A batch of an order task is a wish, a set task's window a duty: where they have no day in common, the
    visit keeps the window that is the duty, or the first batch.

    Parameters
    ----------
    setup : int
        Minutes of every visit that serve all its lines together; rule ``setup-minutes``.
    """
    rows: dict[str, list[Taken]] = {}
    for row in taken:
        rows.setdefault(row.blind, []).append(row)
    return [_visit(sorted(rows[blind], key=lambda r: r.task), tasks, setup) for blind in sorted(rows)]


def _visit(rows: list[Taken], tasks: Mapping[str, TaskTerms], setup: int) -> VisitDraft:
    terms = [tasks[row.task] for row in rows]
    lines = tuple(line for term in terms for line in term.lines)
    parties = _parties(terms, lines)
    return VisitDraft(
        blind=rows[0].blind,
        target_id=rows[0].target_id,
        region=rows[0].region,
        town=rows[0].town,
        window=_common(rows, tasks),
        lines=lines,
        parties=parties,
        lead=_lead(terms),
        minutes=setup + work_minutes(lines),
    )


def work_minutes(lines: Iterable[Line]) -> int:
    """Minutes of lines: what one agency inspects for two tasks in one way takes its time once, the longer of the two."""
    longest: dict[tuple[str, int, Method], int] = {}
    for line in lines:
        key = line.agency, line.item_version_id, line.method
        longest[key] = max(longest.get(key, 0), line.minutes)
    return sum(longest.values())


def _lead(terms: list[TaskTerms]) -> str:
    """Department that leads: the host of most of the body's tasks, the first by name among equals."""
    hosts = [term.host for term in terms]
    return min(set(hosts), key=lambda host: (-hosts.count(host), host))


def _parties(terms: list[TaskTerms], lines: tuple[Line, ...]) -> tuple[Party, ...]:
    slots: dict[str, int] = {}
    for term in terms:
        for department, number in term.slots.items():
            slots[department] = max(slots.get(department, 0), number)
    coming = sorted(department for department, number in slots.items() if number > 0)
    covered = {line.department if slots.get(line.department) else _lead(terms): set[str]() for line in lines}
    for line in lines:
        if line.skill:
            covered[line.department if slots.get(line.department) else _lead(terms)].add(line.skill)
    return tuple(Party(d, slots[d], tuple(sorted(covered.get(d, ())))) for d in coming)


def _common(rows: list[Taken], tasks: Mapping[str, TaskTerms]) -> tuple[date, date]:
    """Days that suit all rows; batches give way where they cannot all be kept."""
    duty = [row.window for row in rows if row.window == tasks[row.task].window]
    for windows in ([row.window for row in rows], duty, [rows[0].window]):
        if windows:
            first, last = max(w[0] for w in windows), min(w[1] for w in windows)
            if first <= last:
                return first, last
    raise AssertionError("a window of one row begins before it ends")
