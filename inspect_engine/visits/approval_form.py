"""What the approval form asks of inspections (行政检查审批表), gathered from the rows of visits.

The fields are those of the ministry's basic format (司法部行政检查文书基本格式文本): basis, task source, items, method,
period, numbers of officers and helpers, and how often the body was inspected this year. Nobody is named, neither body
nor officer: heads decide before the names are released.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from inspect_engine.planning.tables import Method


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One item of a visit, and the task that it comes from (code and name; both empty for an urgent visit)."""

    item: str
    item_name: str
    basis: str
    agency: str
    method: Method
    source: str
    task: str = ""
    task_name: str = ""


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit.

    Attributes
    ----------
    number : int
        By which it is known before names are released.
    period : tuple of datetime.date
        First and last day on which it may be made.
    officers, helpers : int
        How many go.
    times : mapping of str to int
        Agency of the visit → days of this year on which it was on site at the body before; what is absent is none.
    """

    number: int
    period: tuple[date, date]
    officers: int
    helpers: int
    lines: tuple[LineFacts, ...]
    times: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One visit's row of the form (逐次情况)."""

    number: int
    first: date
    last: date
    officers: int
    helpers: int
    items: tuple[str, ...]
    times: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ApprovalForm:
    """The form of one decision (审批表): what all its visits share, each thing once, and a row for each visit.

    Attributes
    ----------
    bases, methods : tuple of str
        Grounds in law (检查依据), and ways of inspecting (检查方式).
    sources : tuple
        Task sources (任务来源): source, task's code and name.
    items : tuple
        Items (检查事项): code and name.
    agencies : tuple of str
        Codes of all agencies that take part.
    first, last : datetime.date
        Period (检查期限): from the first day of any visit to the last of any.
    entries : tuple of Entry
        By number.
    """

    bases: tuple[str, ...]
    sources: tuple[tuple[str, str, str], ...]
    items: tuple[tuple[str, str], ...]
    methods: tuple[str, ...]
    agencies: tuple[str, ...]
    first: date
    last: date
    entries: tuple[Entry, ...]


def approval_form(visits: Sequence[VisitFacts]) -> ApprovalForm:
    """Gather the form of at least one visit; the order of the visits changes nothing."""
    lines = [line for visit in visits for line in visit.lines]
    return ApprovalForm(
        bases=_once(line.basis for line in lines),
        sources=tuple(sorted({(line.source, line.task, line.task_name) for line in lines})),
        items=tuple(sorted({(line.item, line.item_name) for line in lines})),
        methods=_once(line.method.value for line in lines),
        agencies=_once(line.agency for line in lines),
        first=min(visit.period[0] for visit in visits),
        last=max(visit.period[1] for visit in visits),
        entries=tuple(_entry(visit) for visit in sorted(visits, key=lambda visit: visit.number)),
    )


def _entry(visit: VisitFacts) -> Entry:
    agencies = _once(line.agency for line in visit.lines)
    return Entry(
        number=visit.number,
        first=visit.period[0],
        last=visit.period[1],
        officers=visit.officers,
        helpers=visit.helpers,
        items=_once(line.item for line in visit.lines),
        times=tuple((agency, visit.times.get(agency, 0)) for agency in agencies),
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word}))
