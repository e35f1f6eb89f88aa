"""Bundles: a visit on exactly one, of its own kind, within hours and the day's length, on days that suit it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.visits.bundles import Bundle, bundle
from inspect_engine.visits.doors import Door, Roads, Spot, by_coordinates
from inspect_engine.visits.merge import Taken, TaskTerms, VisitDraft, merge
from solver.routes.problem import Work
from tests.visits.drafts import FIRST, TOWNS, task, terms_and_rows

DAYS = tuple(day for day in (FIRST + timedelta(days=n) for n in range(31)) if day.weekday() < 5)
ROADS = Roads(
    speed=35, road=1_300_000, hop=300, town=900, far=1800, begins=32400, length=25200, route=28800, skill=1800
)
LITTLE = Work(solutions=50, rounds=2, labels=50, deterministic=0.05)
Case = tuple[list[VisitDraft], dict[str, Door], list[Bundle]]


@st.composite
def _alike(draw: st.DrawFn) -> tuple[dict[str, TaskTerms], list[Taken]]:
    """Tasks of one department with skills of their own, and bodies drawn for one of them each: they may go together."""
    terms = {
        f"T{i}": task(f"T{i}", lines=(("市监", skill),), minutes=draw(st.integers(5, 90)))
        for i, skill in enumerate(("", "食品", "危化"))
    }
    names = draw(st.lists(st.sampled_from(sorted(terms)), min_size=2, max_size=9))
    rows = [
        Taken(f"{i * 5 % 16:064x}", i + 1, "330402", draw(st.sampled_from(TOWNS)), name, terms[name].window)
        for i, name in enumerate(names)
    ]
    return terms, rows


@st.composite
def bundled(draw: st.DrawFn) -> Case:
    """Visits with doors here and there, some agreed, and their bundles."""
    terms, rows = draw(st.one_of(terms_and_rows(10), _alike()))
    visits = merge(rows, terms)
    doors = {visit.blind: draw(_doors(visit.window)) for visit in visits}
    return visits, doors, routes(visits, doors)


def routes(visits: list[VisitDraft], doors: dict[str, Door]) -> list[Bundle]:
    """Bundle with every unit's station in one place."""
    stations = {(visit.region, visit.lead): Spot(120.75, 30.75) for visit in visits}
    return bundle(visits, doors, stations, DAYS, ROADS, by_coordinates(ROADS), LITTLE)


@st.composite
def _doors(draw: st.DrawFn, window: tuple[date, date]) -> Door:
    agreed = draw(st.sampled_from([None, None, *(day for day in DAYS if window[0] <= day <= window[1])]))
    return Door(
        spot=Spot(draw(st.sampled_from((None, 120.7, 120.8))), 30.75, draw(st.sampled_from(("", "T1")))),
        street=draw(st.sampled_from(("", "中山路"))),
        opens=draw(st.sampled_from((28800, 36000))),
        closes=draw(st.sampled_from((61200, 72000))),
        closed_on=draw(st.sampled_from((frozenset[int](), frozenset({1, 5})))),
        agreed_day=agreed,
        agreed_at=draw(st.sampled_from((None, 37800))) if agreed else None,
    )


laws = settings(derandomize=True, deadline=None, max_examples=40)


@laws
@given(bundled())
def test_every_visit_is_in_exactly_one_bundle(case: Case) -> None:
    """Nobody who was drawn is left out, nobody is visited twice, and no bundle is empty."""
    visits, _, found = case
    assert Counter(v.blind for one in found for v in one.visits) == Counter(v.blind for v in visits)
    assert all(one.visits and one.days for one in found)


@laws
@given(bundled())
def test_a_bundle_is_of_one_kind(case: Case) -> None:
    """One road, region, leading department and size of team; skills may differ."""
    _, _, found = case
    for one in found:
        kinds = {
            (v.road, v.region, v.lead, tuple((p.department, p.slots) for p in v.parties)) for v in one.visits
        }
        assert len(kinds) == 1
        assert one.road == one.visits[0].road


@laws
@given(bundled())
def test_days_and_hours_are_kept(case: Case) -> None:
    """A day of the bundle suits each visit; each begins after it opens, at its agreed hour, and ends before it closes."""
    _, doors, found = case
    for one in found:
        for visit, begins in zip(one.visits, one.begins, strict=True):
            door = doors[visit.blind]
            assert set(one.days) <= set(door.open_days(visit.window, DAYS))
            if one.road:
                assert begins == door.agreed_at if door.agreed_at is not None else begins >= door.opens
                if door.agreed_at is None and visit.minutes * 60 <= door.closes - door.opens:
                    assert begins + visit.minutes * 60 <= door.closes
        assert one.over or one.minutes * 60 <= ROADS.length + 59
        assert not one.over or len(one.visits) == 1


@laws
@given(bundled(), st.data())
def test_the_order_of_the_visits_does_not_matter(case: Case, data: st.DataObject) -> None:
    """Bundles are a function of what was drawn, not of how it is listed."""
    visits, doors, found = case
    assert routes(data.draw(st.permutations(visits)), doors) == found


def _visits(count: int) -> list[VisitDraft]:
    """So many visits of one task, alike but for their blinds."""
    one = task("T1")
    rows = [Taken(f"{i:064x}", i, "330402", TOWNS[0], "T1", one.window) for i in range(1, count + 1)]
    return merge(rows, {"T1": one})


def test_an_agreed_hour_is_kept_on_the_agreed_day() -> None:
    """Of three visits next door one is agreed for half past one on a day: its route is that day's, and it begins then."""
    visits = _visits(3)
    doors = {v.blind: Door(Spot(120.75, 30.75 + i / 100), "", 28800, 64800) for i, v in enumerate(visits)}
    agreed = visits[1].blind
    doors[agreed] = replace(doors[agreed], agreed_day=DAYS[5], agreed_at=48600)
    found = routes(visits, doors)
    (own,) = [one for one in found if agreed in {v.blind for v in one.visits}]
    assert own.days == (5,)
    assert own.begins[[v.blind for v in own.visits].index(agreed)] == 48600


def test_who_opens_in_the_afternoon_is_seen_then() -> None:
    """A body open from one to three is visited between, though it lies next to the station."""
    visits = _visits(4)
    doors = {v.blind: Door(Spot(120.75, 30.75 + i / 50), "", 28800, 64800) for i, v in enumerate(visits)}
    late = visits[0].blind
    doors[late] = replace(doors[late], opens=46800, closes=54000)
    found = routes(visits, doors)
    (begins,) = [b for one in found for v, b in zip(one.visits, one.begins, strict=True) if v.blind == late]
    assert 46800 <= begins <= 54000 - visits[0].minutes * 60


def test_skills_may_differ_on_one_route_at_a_cost() -> None:
    """Two short visits next door, one asking a skill more, share a route: the road of a second team weighs more."""
    plain, skilled = task("T1"), task("T2", lines=(("市监", "食品"),))
    rows = [
        Taken("a" * 64, 1, "330402", TOWNS[0], "T1", plain.window),
        Taken("b" * 64, 2, "330402", TOWNS[0], "T2", skilled.window),
    ]
    visits = merge(rows, {"T1": plain, "T2": skilled})
    doors = {v.blind: Door(Spot(120.75, 30.75 + i / 100), "", 28800, 64800) for i, v in enumerate(visits)}
    assert [len(one.visits) for one in routes(visits, doors)] == [2]
