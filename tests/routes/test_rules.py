"""Each rule alone: a case that breaks without it, in the answers and in the checker."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from solver.routes.errors import RouteError
from solver.routes.lawful import cost, violations
from solver.routes.problem import Crew, Problem, Tour, Work
from solver.routes.solve import plan
from tests.routes.cases import HOUR, LITTLE, stop, town

A, B = stop("a", 1), stop("b", 2)
TOGETHER = Tour(("a", "b"), (34800, 39000), 34200, 43200, 1800, (0, 1, 2, 3, 4), frozenset())


def _names(problem: Problem, work: Work = LITTLE) -> list[set[str]]:
    return sorted((set(tour.stops) for tour in plan(problem, work)), key=sorted)


def test_nothing_to_do() -> None:
    """No stops, no tours."""
    assert plan(town()) == ()


def test_a_single_stop() -> None:
    """One stop is one tour, out and back."""
    assert plan(town(A)) == (
        Tour(("a",), (9 * HOUR + 600,), 9 * HOUR, 10 * HOUR + 1200, 1200, A.days, frozenset()),
    )


def test_two_that_suit_share_a_tour() -> None:
    """Where nothing forbids it, two stops share a tour: the cases below part them by one rule each."""
    assert _names(town(A, B)) == [{"a", "b"}]


@pytest.mark.parametrize(
    "other",
    [
        replace(B, days=(5, 6)),
        replace(B, service=6 * HOUR),
        replace(A, name="b", at=9 * HOUR + 1200),
        replace(B, opens=9 * HOUR, closes=10 * HOUR + 1200),
        replace(B, opens=16 * HOUR, closes=17 * HOUR, at=16 * HOUR),
    ],
    ids=["days clash", "day too short", "same hour agreed", "both close early", "returns too late"],
)
def test_each_rule_parts_two_stops(other: object) -> None:
    """Days, the length of the day, agreed hours and opening hours each part two stops that would share."""
    first = replace(A, at=9 * HOUR + 1200, closes=10 * HOUR + 1200)
    assert isinstance(other, type(A))
    assert _names(town(first, other)) == [{"a"}, {"b"}]


def test_days_in_a_chain_need_one_in_common() -> None:
    """Neighbours that share a day pairwise are not enough: all stops of a tour need one day."""
    chain = [stop(n, 1, days=days) for n, days in (("a", (0, 1)), ("b", (1, 2)), ("c", (0, 2)))]
    tours = plan(town(*chain))
    assert sorted(len(t.stops) for t in tours) == [1, 2]
    assert violations(town(*chain), tours) == []


def test_days_with_holes_are_no_windows() -> None:
    """Days between the first and the last that are not named are not allowed."""
    assert _names(town(stop("a", 1, days=(0, 9)), stop("b", 1, days=(1, 5)))) == [{"a"}, {"b"}]


def test_an_agreed_hour_is_kept() -> None:
    """The visit begins at its second, and others go round it."""
    problem = town(A, B, stop("c", 3, at=11 * HOUR + 7))
    (tour,) = plan(problem)
    assert tour.begins[tour.stops.index("c")] == 11 * HOUR + 7


def test_too_long_for_the_day_goes_alone() -> None:
    """A stop that no day holds has a tour of its own, marked; the others are not touched by it."""
    tours = plan(town(A, B, stop("long", 3, service=9 * HOUR)))
    assert [(t.stops, t.over) for t in tours if t.over] == [(("long",), True)]
    assert {"a", "b"} in [set(t.stops) for t in tours]


def test_skills_weigh() -> None:
    """Two tours of one skill each are chosen over mixed ones exactly where a skill weighs enough."""
    some = [stop(n, 1, skills=frozenset(n[0])) for n in ("x1", "y1", "x2", "y2")]
    pairs = {frozenset(t.stops) for t in plan(town(*some, length=3 * HOUR, skill=600))}
    assert pairs == {frozenset({"x1", "x2"}), frozenset({"y1", "y2"})}
    assert len(plan(town(*some, length=7 * HOUR, skill=9 * HOUR))) == 2
    assert len(plan(town(*some, length=7 * HOUR, skill=7 * HOUR))) == 1


def test_one_way_roads() -> None:
    """On a matrix that is not symmetric the tour goes round the cheap way."""
    matrix = np.full((4, 4), 1000, dtype=np.int64)
    np.fill_diagonal(matrix, 0)
    for here, there in ((0, 3), (3, 1), (1, 2), (2, 0)):
        matrix[here, there] = 100
    three = tuple(stop(n, i) for i, n in enumerate("abc", 1))
    problem = replace(town(*three), matrix=matrix)
    (tour,) = plan(problem)
    assert tour.stops == ("c", "a", "b")
    assert tour.travel == 400


def test_a_way_round_may_be_quicker() -> None:
    """A stop that is far from the station directly, and near over another, is visited that way."""
    matrix = np.array([[0, 100, 9000], [100, 0, 100], [9000, 100, 0]], dtype=np.int64)
    crew = Crew("unit", 0, 9 * HOUR, 6 * HOUR)
    a, c, b = (stop(n, p) for n, p in (("a", 1), ("c", 1), ("b", 2)))
    (tour,) = plan(Problem((a, b, c), crew, matrix, 0, 8 * HOUR))
    assert tour.stops in (("a", "b", "c"), ("c", "b", "a"))
    assert tour.travel == 400


BROKEN: dict[int, list[tuple[Tour, ...]]] = {
    1: [(replace(TOGETHER, stops=("a",), begins=(34800,)),), (TOGETHER, TOGETHER)],
    2: [(replace(TOGETHER, begins=(34800, 38999)),), (replace(TOGETHER, returns=43199),)],
    4: [(replace(TOGETHER, leaves=32399),), (replace(TOGETHER, returns=9 * HOUR + 7 * HOUR + 1),)],
    5: [(replace(TOGETHER, over=True),)],
    6: [(replace(TOGETHER, days=(0,)),), (replace(TOGETHER, days=()),)],
    7: [(replace(TOGETHER, skills=frozenset("z")),)],
    8: [(replace(TOGETHER, travel=1799),)],
}


@pytest.mark.parametrize(("rule", "tours"), [(r, t) for r, some in BROKEN.items() for t in some])
def test_the_checker_names_the_rule(rule: int, tours: tuple[Tour, ...]) -> None:
    """A lawful tour bent in one place breaks one rule, by its number."""
    assert violations(town(A, B), (TOGETHER,)) == []
    assert {v.rule for v in violations(town(A, B), tours)} == {rule}


def test_the_checker_reads_hours() -> None:
    """Opening, closing and agreed hours are each seen broken (rule 3)."""
    for other in (replace(A, opens=34801), replace(A, closes=38399), replace(A, at=34801)):
        assert [v.rule for v in violations(town(other, B), (TOGETHER,))] == [3]


def test_what_an_answer_costs() -> None:
    """Cost is the road, the tours and the skills beyond the first of each tour."""
    some = town(replace(A, skills=frozenset("xy")), replace(B, skills=frozenset("yz")), skill=5)
    assert cost(some, (TOGETHER,)) == 1800 + 8 * HOUR + 2 * 5


FAULTS = {
    "stop-twice": town(A, A),
    "stop-place": town(stop("a", 6)),
    "stop-service": town(stop("a", 1, service=-1)),
    "stop-days": town(stop("a", 1, days=())),
    "stop-hours": town(stop("a", 1, closes=8 * HOUR + 3599)),
    "stop-agreed": town(stop("a", 1, at=20 * HOUR)),
    "crew-depot": replace(town(A), crew=Crew("unit", 6, 0, HOUR)),
    "crew-length": replace(town(A), crew=Crew("unit", 0, 0, 0)),
    "cost-range": replace(town(A), skill_cost=-1),
    "matrix-shape": replace(town(A), matrix=np.zeros((6, 5), dtype=np.int64)),
    "matrix-range": replace(town(A), matrix=np.full((6, 6), -1, dtype=np.int64)),
}


@pytest.mark.parametrize("code", FAULTS)
def test_faults_are_refused_before_any_work(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fault has its code, and nothing is searched for."""
    monkeypatch.setattr("solver.routes.solve.index", None)
    with pytest.raises(RouteError) as fault:
        plan(FAULTS[code])
    assert fault.value.code == code
