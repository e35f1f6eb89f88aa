"""The simple routes that the engine made at first, for comparison: by town, up to a day's hours.

Visits that want the same departments, slots and skills in one county go together. In the order of their towns
they fill a route until the day is full or no day suits all of them. Routes then take days one after another:
each the working day on which the departments it needs are least used, the earliest among equals. Nobody is
known yet who goes; chance comes later, and serves people, not places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from inspect_engine.visits.merge import VisitDraft
from inspect_engine.visits.teams import Need, SlotDraft, needs_of, slots_of

#: Minutes between two visits of a route in one town or in two; no map is asked here.
TRAVEL_MINUTES = (15, 30)


@dataclass(frozen=True, slots=True)
class RouteDraft:
    """The visits of one team on one day (检查批次), in the order of the road."""

    code: str
    day: date
    road: bool
    visits: tuple[VisitDraft, ...]
    slots: tuple[SlotDraft, ...]
    minutes: int


def plan_routes(
    visits: Iterable[VisitDraft],
    work_days: Sequence[date],
    present: Mapping[date, Mapping[Need, int]],
    day_minutes: int,
) -> list[RouteDraft]:
    """Put every visit on exactly one route with one date.

    Parameters
    ----------
    visits : iterable of VisitDraft
        In any order; the result does not depend on it.
    work_days : sequence of datetime.date
        Working days that cover all windows, ascending.
    present : mapping
        Day → need → officers who are there; what is missing counts as none.
    day_minutes : int
        Length of a day's work [minutes]; a longer visit gets a route of its own.

    Returns
    -------
    list of RouteDraft
        Coded ``R001``… by their first blinds, which only the pepper knows: the codes of routes with few
        candidates are public before the visits (``caps``), and must tell neither day nor county. A visit whose
        window has no working day stands on the nearest one; only a batch of an order can bring that about.
    """
    groups = sorted(visits, key=_order)
    bundles = [
        bundle
        for _, group in groupby(groups, key=_kind)
        for bundle in _bundles(list(group), work_days, day_minutes)
    ]
    used: Counter[tuple[date, Need]] = Counter()
    dated = [
        (_take_day(bundle, work_days, present, used), bundle)
        for bundle in sorted(bundles, key=lambda b: (len(_days(b, work_days)), _order(b[0])))
    ]
    dated.sort(key=lambda pair: min(visit.blind for visit in pair[1]))
    width = max(3, len(str(len(dated))))
    return [_route(f"R{i:0{width}d}", day, bundle) for i, (day, bundle) in enumerate(dated, 1)]


def _kind(visit: VisitDraft) -> tuple[object, ...]:
    return visit.road, visit.region, visit.lead, [(p.department, p.slots, p.skills) for p in visit.parties]


def _order(visit: VisitDraft) -> tuple[object, ...]:
    return *_kind(visit), visit.window, visit.town, visit.blind


def _bundles(
    visits: list[VisitDraft], work_days: Sequence[date], day_minutes: int
) -> Iterable[list[VisitDraft]]:
    bundle: list[VisitDraft] = []
    for visit in visits:
        longer = [*bundle, visit]
        if bundle and (_minutes(longer) > day_minutes or not _days(longer, work_days)):
            yield bundle
            longer = [visit]
        bundle = longer
    yield bundle


def _minutes(visits: Sequence[VisitDraft]) -> int:
    travel = sum(TRAVEL_MINUTES[a.town != b.town] for a, b in pairwise(visits) if a.road)
    return travel + sum(visit.minutes for visit in visits)


def _days(visits: Sequence[VisitDraft], work_days: Sequence[date]) -> list[date]:
    first, last = max(v.window[0] for v in visits), min(v.window[1] for v in visits)
    return [day for day in work_days if first <= day <= last]


def _nearest(visits: Sequence[VisitDraft], work_days: Sequence[date]) -> date:
    """Working day nearest to a window that holds none, the earlier of two."""
    first, last = max(v.window[0] for v in visits), min(v.window[1] for v in visits)
    return min(work_days, key=lambda day: (max(first - day, day - last), day))


def _take_day(
    bundle: list[VisitDraft],
    work_days: Sequence[date],
    present: Mapping[date, Mapping[Need, int]],
    used: Counter[tuple[date, Need]],
) -> date:
    needs = needs_of(slots_of("", bundle))

    def strain(day: date) -> tuple[float, date]:
        there = present.get(day, {})
        worst = max((used[day, need] + n) / max(there.get(need, 0), 1e-9) for need, n in needs.items())
        return worst, day

    day = min(_days(bundle, work_days) or [_nearest(bundle, work_days)], key=strain)
    used.update({(day, need): n for need, n in needs.items()})
    return day


def _route(code: str, day: date, bundle: list[VisitDraft]) -> RouteDraft:
    return RouteDraft(code, day, bundle[0].road, tuple(bundle), slots_of(code, bundle), _minutes(bundle))
