"""What one door for all saves (综合查一次成效): joint rate, visits and minutes saved; counts only, before any release.

A visit is joint (联合) where items of two or more departments are inspected, or two or more departments come. It is set beside
what there would have been had each task gone alone: one visit with a set-up of its own for each task and body.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from inspect_engine.visits.merge import Line, VisitDraft, work_minutes


@dataclass(frozen=True, slots=True)
class JointFigures:
    """Counts over a draw's visits.

    Attributes
    ----------
    visits, bodies : int
        Equal as long as each body is visited once.
    joint, several_tasks, several_units : int
        Visits of two departments or more, of two tasks or more, and of two agencies or sections or more of one department.
    alone : int
        Visits had each task gone alone.
    minutes, minutes_alone : int
        Spent at bodies, and had each task gone alone.
    hosts, joiners : mapping of str to int
        Department → visits that it leads, and that it joins.
    """

    visits: int
    bodies: int
    joint: int
    several_tasks: int
    several_units: int
    alone: int
    minutes: int
    minutes_alone: int
    hosts: Mapping[str, int]
    joiners: Mapping[str, int]

    @property
    def joint_rate(self) -> int:
        """Share of joint visits [ppm] (联合监管率), 0 where there is no visit; rounded down, so that it flatters nobody."""
        return self.joint * 1_000_000 // self.visits if self.visits else 0

    @property
    def saved(self) -> int:
        """Visits saved."""
        return self.alone - self.visits

    @property
    def minutes_saved(self) -> int:
        """Minutes saved at bodies; the road saved is not in it."""
        return self.minutes_alone - self.minutes


def figures_of(drafts: Iterable[VisitDraft], setup: int) -> JointFigures:
    """Count over visits; ``setup`` is the minutes that each visit takes beside its lines."""
    visits = list(drafts)
    tasks = [_by_task(visit) for visit in visits]
    return JointFigures(
        visits=len(visits),
        bodies=len({visit.target_id for visit in visits}),
        joint=sum(bool(visit.joiners) for visit in visits),
        several_tasks=sum(len(one) > 1 for one in tasks),
        several_units=sum(_several_units(visit) for visit in visits),
        alone=sum(len(one) for one in tasks),
        minutes=sum(visit.minutes for visit in visits),
        minutes_alone=sum(setup + work_minutes(lines) for one in tasks for lines in one.values()),
        hosts=dict(sorted(Counter(visit.lead for visit in visits).items())),
        joiners=dict(sorted(Counter(d for visit in visits for d in visit.joiners).items())),
    )


def _by_task(visit: VisitDraft) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in visit.lines:
        found[line.task].append(line)
    return found


def _several_units(visit: VisitDraft) -> bool:
    units: dict[str, set[str]] = defaultdict(set)
    for line in visit.lines:
        units[line.department].add(line.agency)
    return any(len(one) > 1 for one in units.values())
