"""Who may follow, and who cannot go: each rule by the one case that only it decides."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from solver.dr1.eligibility import Officer
from solver.replan.following import Place, Standing, candidates, followers, needs

FROZEN, NOW, OTHER = "2026-12-03", "2026-12-10", "2026-12-17"


def officer(code: str, **changes: Any) -> Officer:
    """An officer who is always there."""
    return replace(Officer(code, "市监", True, frozenset(), "u", "2030-01-01", ()), **changes)


def place(slot: str, frozen: str, *days: str, blinds: frozenset[str] = frozenset({"x"})) -> Place:
    """A slot of the route that its name begins with."""
    return Place(slot, slot[:1], frozen, frozenset(days), blinds)


def stands(**changes: Any) -> Standing:
    """Slots r1 and r2, moved from their frozen date; s1 elsewhere; c is free for all."""
    made = Standing(
        places={
            "r1": place("r1", FROZEN, NOW),
            "r2": place("r2", FROZEN, NOW),
            "s1": place("s1", OTHER, OTHER),
        },
        held={"r1": "a", "r2": "b", "s1": "d"},
        may={"r1": frozenset("abcd")},
        officers={code: officer(code) for code in "abcd"},
        tied=frozenset(),
        kin=frozenset(),
    )
    return replace(made, **changes)


def moved(*days: str, frozen: str = OTHER) -> dict[str, Place]:
    """The places with s1 on other days."""
    return {**stands().places, "s1": place("s1", frozen, *days)}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, ["c", "d"]),
        ({"may": {"r1": frozenset("abd")}}, ["d"]),
        ({"may": {}}, []),
        ({"places": moved(OTHER, frozen=FROZEN)}, ["c"]),  # a checker sees d on the frozen date
        ({"places": moved(NOW)}, ["c"]),  # and nobody but the store on the new one
        ({"places": moved()}, ["c", "d"]),
        ({"officers": {**stands().officers, "c": officer("c", away=((NOW, NOW),))}}, ["d"]),
        ({"officers": {**stands().officers, "c": officer("c", away=((FROZEN, FROZEN),))}}, ["c", "d"]),
        ({"officers": {**stands().officers, "c": officer("c", until=FROZEN)}}, ["d"]),
        ({"tied": frozenset({("c", "x")})}, ["d"]),
        ({"tied": frozenset({("c", "y")})}, ["c", "d"]),
        ({"kin": frozenset({("b", "c")})}, ["d"]),
        ({"kin": frozenset({("a", "c")})}, ["c", "d"]),
    ],
)
def test_each_rule_decides(change: dict[str, Any], found: list[str]) -> None:
    """One fact at a time is changed, and just the officer whom it concerns is out."""
    assert candidates(stands(**change), "r1") == found


def test_who_is_on_leave_may_be_called_back_but_not_without_a_certificate() -> None:
    """For a direct assignment leave does not count; a certificate that has ended does."""
    ill = {**stands().officers, "c": officer("c", away=((NOW, NOW),))}
    over = {**stands().officers, "c": officer("c", until=FROZEN)}
    assert candidates(stands(officers=ill), "r1", absent_too=True) == ["c", "d"]
    assert candidates(stands(officers=over), "r1", absent_too=True) == ["d"]


def test_followers_leave_the_days_open() -> None:
    """Without days, who is away or busy on the new one still counts; who is busy on the frozen one does not."""
    ill = {**stands().officers, "c": officer("c", away=((NOW, NOW),))}
    assert followers(stands(officers=ill, places=moved(NOW)), "r1") == ["c", "d"]
    assert followers(stands(places=moved(OTHER, frozen=FROZEN)), "r1") == ["c"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"officers": {**stands().officers, "a": officer("a", away=((NOW, NOW),))}}, [("r1", "a", "away")]),
        ({"tied": frozenset({("b", "x")})}, [("r2", "b", "related")]),
        ({"kin": frozenset({("a", "b")})}, [("r1", "a", "kin"), ("r2", "b", "kin")]),
        (
            {"held": {"r1": "a", "r2": "b", "s1": "a"}, "places": moved(NOW)},
            [("r1", "a", "busy"), ("s1", "a", "busy")],
        ),
        ({"held": {"r1": "a", "r2": "b", "s1": "a"}, "places": moved(OTHER, frozen=FROZEN)}, []),
    ],
)
def test_each_need_is_seen(change: dict[str, Any], found: list[tuple[str, str, str]]) -> None:
    """A holder who is away, tied, kin to the team or in two places is named; a past date needs nobody."""
    assert [(one.slot, one.officer, one.reason) for one in needs(stands(**change))] == found
