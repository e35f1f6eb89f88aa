"""Why a case is short."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from benchmarks.shortage_labels import false_of, missing, pairs_of
from solver.shortage.causes import causes
from solver.shortage.errors import ShortageError
from solver.shortage.problem import Case, checked, tidy
from tests.shortage.cases import D1, D2, drawn, officer, plain, trip


def test_causes_are_true() -> None:
    """A cause is told where and only where slots stay open, and every single relaxation that helps touches one."""
    seen = {"short": 0, "staffed": 0}

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(drawn())
    def law(case: Case) -> None:
        found = causes(case)
        seen["short" if found else "staffed"] += 1
        assert bool(found) == (missing(pairs_of(case)) > 0)
        assert false_of(case, found) == []

    law()
    assert min(seen.values()) > 5


def test_the_rest_is_counted_once_each() -> None:
    """Whoever of the departments is not among a cause's officers is counted under one reason, and so are all."""
    seen = 0

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(drawn())
    def law(case: Case) -> None:
        nonlocal seen
        for cause in causes(tidy(case)):
            of = {one.code for one in case.officers if one.department in cause.departments}
            assert cause.others == len(of - set(cause.officers))
            assert cause.others == sum(n for reason, n in cause.barred if reason != "department")
            assert cause.needed == len(cause.slots) > cause.there
            assert cause.there == len(cause.officers) * len(cause.dates) - sum(n for _, n in cause.lost)
            seen += 1

    law()
    assert seen > 20


def test_the_sentence_can_be_said() -> None:
    """Needed 3, there 2; of 5 others 3 lack the skill and 2 are away: each under the bar that keeps them out."""
    pool = [officer(f"s{i}", skills="lift") for i in range(2)]
    rest = [officer(f"n{i}", lead=True) for i in range(3)]
    away = [officer(f"w{i}", skills="lift", away=D1) for i in range(2)]
    case = plain([*pool, *rest, *away], [trip(f"R{i}", D1, "lift") for i in range(3)])
    (cause,) = causes(case)
    assert (cause.needed, cause.there, cause.skills) == (3, 2, ("lift",))
    assert cause.slots == ("R0-2", "R1-2", "R2-2")
    assert (cause.others, cause.barred) == (5, (("skill", 3), ("away", 2)))


@pytest.mark.parametrize(
    ("reason", "other"),
    [
        ("lead", officer("x", lead=False)),
        ("until", officer("x", until="2026-11-30")),
        ("away", officer("x", away=D1)),
        ("relation", officer("x")),
        ("callable", officer("x", away=D1)),
        ("kin", officer("x")),
    ],
)
def test_each_bar_has_its_name(reason: str, other: object) -> None:
    """An officer who is kept out by one bar alone is counted under that bar."""
    relations = {
        "relation": ({"ground": "shares", "officer": "x", "with": "r"},),
        "kin": tuple({"ground": "kin", "officer": a, "with": "x"} for a in ("a",)),
    }.get(reason, ())
    calls = frozenset({("x", D1)} if reason == "callable" else ())
    pool = [officer("a"), officer("b", lead=False)] if reason != "lead" else [officer("b", lead=False)]
    if reason not in ("kin", "lead"):
        pool = pool[:1]
    case = plain([*pool, other], [trip("R", D1)], relations=relations, callable=calls)  # type: ignore[list-item]
    if reason == "kin":
        case = plain([officer("a"), other], [trip("R", D1)], relations=relations)  # type: ignore[list-item]
    found = [bar for cause in causes(case) for bar, _ in cause.barred]
    assert reason in found


@pytest.mark.parametrize(
    ("code", "case"),
    [
        ("officer-twice", plain([officer("a"), officer("a")], [])),
        ("trip-twice", plain([], [trip("R", D1), trip("R", D2)])),
        ("date-not-allowed", plain([], [trip("R", D1, days=(D2,))])),
        ("callable-unknown", plain([], [], callable=frozenset({("z", D1)}))),
    ],
)
def test_a_case_that_cannot_be_read_is_refused(code: str, case: Case) -> None:
    """Faulty data are an error of their own and never an answer."""
    with pytest.raises(ShortageError) as caught:
        checked(case)
    assert caught.value.code == code
