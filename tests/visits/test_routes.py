"""Routes and dates: nobody is forgotten, no window, working day or day's length is broken, every team is lawful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.planning.tables import Method
from inspect_engine.visits.merge import Taken, VisitDraft, merge
from inspect_engine.visits.routes import TRAVEL_MINUTES, Need, RouteDraft, needs_of, plan_routes, slots_of
from tests.visits.drafts import FIRST, task, terms_and_rows

#: Working days of December 2026: Monday to Friday.
DAYS = tuple(day for day in (FIRST + timedelta(days=n) for n in range(31)) if day.weekday() < 5)
NOBODY: Mapping[date, Mapping[Need, int]] = {}


@st.composite
def planned(draw: st.DrawFn) -> tuple[list[VisitDraft], list[RouteDraft], int]:
    """Visits, their routes, and the length of the day."""
    terms, rows = draw(terms_and_rows(16))
    visits = merge(rows, terms)
    minutes = draw(st.sampled_from((120, 300, 420)))
    present = draw(st.dictionaries(st.sampled_from(DAYS), st.just({("市监", ""): 4, ("应急", ""): 2})))
    return visits, plan_routes(visits, DAYS, present, minutes), minutes


laws = settings(derandomize=True)


@laws
@given(planned())
def test_every_visit_is_on_exactly_one_route(case: tuple[list[VisitDraft], list[RouteDraft], int]) -> None:
    """Nobody who was drawn is left out, and nobody is visited twice."""
    visits, routes, _ = case
    assert Counter(v.blind for r in routes for v in r.visits) == Counter(v.blind for v in visits)
    assert all(route.visits for route in routes)


@laws
@given(planned())
def test_a_route_is_on_a_working_day_that_suits_all_its_visits(
    case: tuple[list[VisitDraft], list[RouteDraft], int],
) -> None:
    """The date is a working day inside the window of each visit; windows here share five working days at least."""
    _, routes, _ = case
    for route in routes:
        assert route.day in DAYS
        assert all(v.window[0] <= route.day <= v.window[1] for v in route.visits)


@laws
@given(planned())
def test_a_route_fits_in_a_day(case: tuple[list[VisitDraft], list[RouteDraft], int]) -> None:
    """Inspecting and travelling fit in the day's length; a visit that is longer alone has a route of its own."""
    _, routes, most = case
    for route in routes:
        hops = [TRAVEL_MINUTES[a.town != b.town] for a, b in pairwise(route.visits)] if route.road else []
        assert route.minutes == sum(v.minutes for v in route.visits) + sum(hops)
        assert route.minutes <= most or len(route.visits) == 1


@laws
@given(planned())
def test_every_team_is_lawful(case: tuple[list[VisitDraft], list[RouteDraft], int]) -> None:
    """Two of each department at least, one who leads and is the leading department's, and each skill once or more."""
    _, routes, _ = case
    for route in routes:
        visit = route.visits[0]
        team = Counter(slot.department for slot in route.slots)
        assert team == {party.department: party.slots for party in visit.parties}
        assert min(team.values()) >= 2
        assert [slot.department for slot in route.slots if slot.lead] == [visit.lead]
        for one in route.visits:
            for party in one.parties:
                covered = {
                    s for slot in route.slots if slot.department == party.department for s in slot.skills
                }
                assert set(party.skills) == covered


@laws
@given(planned())
def test_a_route_is_for_one_set_of_departments_in_one_county(
    case: tuple[list[VisitDraft], list[RouteDraft], int],
) -> None:
    """Visits of a route want the same team, lie in one county, and are all on the road or all desk work."""
    _, routes, _ = case
    for route in routes:
        kinds = {(v.region, v.parties, v.lead, v.road) for v in route.visits}
        assert len(kinds) == 1
        assert route.road is route.visits[0].road


@laws
@given(planned())
def test_codes_stand_once_and_tell_no_day(case: tuple[list[VisitDraft], list[RouteDraft], int]) -> None:
    """Codes ascend with the routes' first blinds, not with days or counties; a slot's name stands once in the draw."""
    _, routes, _ = case
    assert [route.code for route in routes] == [f"R{i:03d}" for i in range(1, len(routes) + 1)]
    first = [min(visit.blind for visit in route.visits) for route in routes]
    assert first == sorted(first)
    slots = [slot.code for route in routes for slot in route.slots]
    assert len(set(slots)) == len(slots)


@laws
@given(planned(), st.randoms(use_true_random=False))
def test_the_order_of_visits_does_not_matter(
    case: tuple[list[VisitDraft], list[RouteDraft], int], random: object
) -> None:
    """The plan depends on the visits alone (F7): shuffled, they give the same routes, dates and codes."""
    visits, _, most = case
    other = list(visits)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert plan_routes(other, DAYS, NOBODY, most) == plan_routes(visits, DAYS, NOBODY, most)


def test_the_laws_saw_real_plans() -> None:
    """The cases above hold routes of several visits, of several departments, on the road and at the desk."""
    seen: Counter[str] = Counter()

    @laws
    @given(planned())
    def look(case: tuple[list[VisitDraft], list[RouteDraft], int]) -> None:
        for route in case[1]:
            seen["several visits"] += len(route.visits) > 1
            seen["several towns"] += route.road and len({v.town for v in route.visits}) > 1
            seen["several departments"] += len({s.department for s in route.slots}) > 1
            seen["desk"] += not route.road
            seen["too long for a day"] += route.minutes > case[2]

    look()
    assert min(seen.values()) > 0
    assert len(seen) == 5


def _visits(number: int, town: str = "330402001", first: int = 0, last: int = 30) -> list[VisitDraft]:
    window = FIRST + timedelta(days=first), FIRST + timedelta(days=last)
    terms = {"T1": task("T1", window=window)}
    rows = [Taken(f"{town}{i:03d}", i, town[:6], town, "T1", window) for i in range(number)]
    return merge(rows, terms)


def test_routes_take_the_days_on_which_people_are_there() -> None:
    """A day with nobody is taken only when there is no other, and full days come last."""
    here = {DAYS[3]: {("市监", ""): 2, ("市监", "lead"): 1}}
    (route,) = plan_routes(_visits(1), DAYS, here, 420)
    assert route.day == DAYS[3]


def test_routes_spread_over_equal_days() -> None:
    """With the same officers each day, so many routes stand on so many days, the earliest first."""
    everyday = {day: {("市监", ""): 9, ("市监", "lead"): 4} for day in DAYS}
    routes = plan_routes(_visits(5), DAYS, everyday, 60)
    assert sorted(route.day for route in routes) == list(DAYS[:5])


def test_towns_are_not_mixed_without_need() -> None:
    """Two towns whose visits fill a day each have a route each."""
    visits = _visits(6) + _visits(6, "330402002")
    routes = plan_routes(visits, DAYS, NOBODY, 420)
    assert [{v.town for v in r.visits} for r in routes] == [{"330402001"}, {"330402002"}]


def test_desk_work_needs_no_travel() -> None:
    """Paper lines of one county fill a day without a minute on the road."""
    terms = {"T1": task("T1", method=Method.paper)}
    rows = [Taken(f"{i:03d}", i, "330402", f"33040200{i % 3}", "T1", terms["T1"].window) for i in range(8)]
    (route,) = plan_routes(merge(rows, terms), DAYS, NOBODY, 420)
    assert (route.road, route.minutes) == (False, 8 * 50)


def test_a_window_without_a_working_day_takes_the_nearest() -> None:
    """A visit that only a Saturday suits is made on the working day nearest to it, never weeks away."""
    saturday = 4  # 5 December 2026
    (route,) = plan_routes(_visits(1, first=saturday, last=saturday), DAYS, NOBODY, 420)
    assert route.day == date(2026, 12, 4)


def test_needs_count_each_slot_its_lead_and_its_skills() -> None:
    """A team of two with one skill asks a day for two officers, one leader and one with the skill."""
    joint = task("T1", lines=(("市监", "食品"),), slots={"市监": 2})
    (visit,) = merge([Taken("b", 1, "330402", "t", "T1", joint.window)], {"T1": joint})
    assert needs_of(slots_of("R001", [visit])) == {
        ("市监", ""): 2,
        ("市监", "lead"): 1,
        ("市监", "skill:食品"): 1,
    }


def test_visits_that_no_day_suits_together_go_apart() -> None:
    """Two visits of one town whose windows do not meet are two routes, each inside its window."""
    early, late = _visits(1, first=0, last=6), _visits(1, "330402002", first=13, last=20)
    routes = plan_routes(early + late, DAYS, NOBODY, 420)
    assert [len(r.visits) for r in routes] == [1, 1]
    assert all(v.window[0] <= r.day <= v.window[1] for r in routes for v in r.visits)


def test_desk_work_is_never_put_on_the_road() -> None:
    """A paper check and a visit on site by the same team in the same town are two routes."""
    terms = {"T1": task("T1"), "T2": task("T2", method=Method.paper)}
    rows = [Taken(name, 1, "330402", "330402001", name, terms[name].window) for name in terms]
    routes = plan_routes(merge(rows, terms), DAYS, NOBODY, 420)
    assert sorted((r.road, [v.blind for v in r.visits]) for r in routes) == [(False, ["T2"]), (True, ["T1"])]


def test_the_slot_that_leads_bears_skills_last() -> None:
    """Few officers both lead and have a skill: a team of two with one skill asks the second slot for it."""
    terms = {"T1": task("T1", lines=(("市监", "食品"),))}
    (visit,) = merge([Taken("b", 1, "330402", "t", "T1", terms["T1"].window)], terms)
    assert [(slot.lead, slot.skills) for slot in slots_of("R", [visit])] == [(True, ()), (False, ("食品",))]
