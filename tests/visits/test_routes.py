"""Routes: lawful teams for all their visits, codes that tell nothing, and what the calendar is told of them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.planning.tables import Method
from inspect_engine.visits.doors import Door, Spot
from inspect_engine.visits.merge import Taken, VisitDraft, merge
from inspect_engine.visits.routes import RouteDraft, outing, quiet_days, team_up
from inspect_engine.visits.teams import needs_of, slots_of
from tests.visits.drafts import FIRST, TOWNS, task
from tests.visits.test_bundles import DAYS, Case, bundled, laws, routes

Planned = tuple[Case, list[RouteDraft]]


@st.composite
def planned(draw: st.DrawFn) -> Planned:
    """Bundles with their teams."""
    case = draw(bundled())
    return case, team_up(case[2], {})


@laws
@given(planned())
def test_every_team_is_lawful(case: Planned) -> None:
    """Two of each department at least, one who leads and is the leading department's; its skills are all the visits' skills."""
    for route in case[1]:
        visit = route.visits[0]
        team = Counter(slot.department for slot in route.slots)
        assert team == {party.department: party.slots for party in visit.parties}
        assert [slot.department for slot in route.slots if slot.lead] == [visit.lead]
        for department in team:
            asked = {
                s for v in route.visits for p in v.parties if p.department == department for s in p.skills
            }
            covered = Counter(s for slot in route.slots if slot.department == department for s in slot.skills)
            assert set(covered) == asked
            assert all(number == 1 for number in covered.values())


@laws
@given(planned())
def test_codes_stand_once_and_tell_no_day(case: Planned) -> None:
    """Codes ascend with the routes' first blinds, not with days or counties; a slot's name stands once in the draw."""
    found = case[1]
    assert [route.code for route in found] == [f"R{i:03d}" for i in range(1, len(found) + 1)]
    first = [min(visit.blind for visit in route.visits) for route in found]
    assert first == sorted(first)
    slots = [slot.code for route in found for slot in route.slots]
    assert len(set(slots)) == len(slots)


def test_the_laws_saw_real_plans() -> None:
    """The cases above hold routes of several visits, skills and departments, on the road and at the desk."""
    seen: Counter[str] = Counter()

    @laws
    @given(planned())
    def look(case: Planned) -> None:
        for route in case[1]:
            seen["several visits"] += len(route.visits) > 1
            seen["several departments"] += len({s.department for s in route.slots}) > 1
            seen["several skills"] += len({v.parties for v in route.visits}) > 1
            seen["desk"] += not route.road
            seen["agreed hours"] += any(case[0][1][v.blind].agreed_at is not None for v in route.visits)

    look()
    assert min(seen.values()) > 0
    assert len(seen) == 5


def test_the_calendar_hears_of_streets_on_the_road_alone() -> None:
    """A route is seen in the streets of its visits; desk work is seen nowhere."""
    terms = {"T1": task("T1"), "T2": task("T2", method=Method.paper)}
    rows = [Taken(f"{i}" * 64, i, "330402", TOWNS[0], f"T{i}", terms["T1"].window) for i in (1, 2)]
    visits = merge(rows, terms)
    doors = {v.blind: Door(Spot(120.75, 30.75), "中山路", 28800, 64800) for v in visits}
    found = team_up(routes(visits, doors), {})
    assert sorted((route.road, tuple(outing(route, doors).streets)) for route in found) == [
        (False, ()),
        (True, ("中山路",)),
    ]
    assert all(outing(route, doors).days == tuple(range(len(DAYS))) for route in found)


def test_visits_that_no_day_suits_together_go_apart() -> None:
    """Two visits of one town whose windows do not meet are two routes, each inside its window."""
    visits: list[VisitDraft] = []
    for i, (first, last) in enumerate(((0, 6), (13, 20))):
        window = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
        one = task("T1", window=window)
        visits += merge([Taken(f"{i}", i, "330402", TOWNS[0], "T1", window)], {"T1": one})
    doors = {v.blind: Door(Spot(120.75, 30.75), "", 28800, 64800) for v in visits}
    early, late = team_up(routes(visits, doors), {})
    assert max(early.days) < min(late.days)


def test_desk_work_needs_no_travel_and_no_opening_hours() -> None:
    """Paper lines of one county fill a day without a minute on the road, though every body is shut by then."""
    terms = {"T1": task("T1", method=Method.paper)}
    rows = [Taken(f"{i:03d}", i, "330402", f"33040200{i % 3}", "T1", terms["T1"].window) for i in range(8)]
    visits = merge(rows, terms)
    doors = {v.blind: Door(Spot(None, None), "", 28800, 30000) for v in visits}
    (route,) = team_up(routes(visits, doors), {})
    assert (route.road, route.minutes, route.travel) == (False, 8 * 50, 0)


def test_needs_count_each_slot_its_lead_and_its_skills() -> None:
    """A team of two with one skill asks a day for two officers, one leader and one with the skill."""
    joint = task("T1", lines=(("市监", "食品"),), slots={"市监": 2})
    (visit,) = merge([Taken("b", 1, "330402", "t", "T1", joint.window)], {"T1": joint})
    assert needs_of(slots_of("R001", [visit])) == {
        ("市监", ""): 2,
        ("市监", "lead"): 1,
        ("市监", "skill:食品"): 1,
    }


@pytest.mark.parametrize(
    ("first", "last", "inside"),
    [([12, 8], [12, 9], ["12-08", "12-09"]), ([12, 30], [1, 3], ["12-30", "12-31"]), ([3, 1], [3, 9], [])],
)
def test_busy_seasons_bind_their_days_alone(first: list[int], last: list[int], inside: list[str]) -> None:
    """A season limits its own days, both ends included, over the new year too; of two the smaller share holds."""
    seasons = [
        {"first": first, "last": last, "share": 500_000},
        {"first": first, "last": first, "share": 400_000},
    ]
    found = quiet_days(seasons, DAYS)
    assert [f"{DAYS[i]:%m-%d}" for i in found] == inside
    assert list(found.values()) == ([400_000] + [500_000] * (len(inside) - 1) if inside else [])
