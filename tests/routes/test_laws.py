"""Laws of day routes, on any problem that can be read."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.routes.clock import fits
from solver.routes.grid import index
from solver.routes.lawful import cost, violations
from solver.routes.problem import Problem
from solver.routes.savings import savings
from solver.routes.solve import plan
from tests.routes.brute import cheapest
from tests.routes.cases import LITTLE, problems


def test_every_answer_is_lawful() -> None:
    """Every answer keeps all eight rules, and the plain checker sees shared, single and over tours."""
    seen: Counter[str] = Counter()

    @given(problems(most=12))
    def law(problem: Problem) -> None:
        tours = plan(problem, LITTLE)
        assert violations(problem, tours) == []
        seen["shared"] += any(len(t.stops) > 1 for t in tours)
        seen["over"] += any(t.over for t in tours)
        seen["agreed"] += any(s.at is not None for s in problem.stops)
        seen["several"] += len(tours) > 1

    law()
    assert min(seen[k] for k in ("shared", "over", "agreed", "several")) > 0


def test_the_order_of_stops_does_not_matter() -> None:
    """The answer is the same whatever the order of the stops."""
    count = 0

    @given(problems(least=2, most=9), st.data())
    def law(problem: Problem, data: st.DataObject) -> None:
        nonlocal count
        other = replace(problem, stops=tuple(data.draw(st.permutations(problem.stops))))
        assert plan(problem, LITTLE) == plan(other, LITTLE)
        count += other.stops != problem.stops

    law()
    assert count > 0


def test_as_cheap_as_trying_everything() -> None:
    """With up to six stops never better than brute force, never worse than savings, and equal in 19 of 20 cases."""
    equal: Counter[bool] = Counter()

    @settings(max_examples=60)
    @given(problems(least=2, most=6))
    def law(problem: Problem) -> None:
        found, best = cost(problem, plan(problem)), cheapest(problem)
        assert found >= best
        fitting = [s for s in problem.stops if fits(problem.crew, problem.matrix, [s])]
        grid = index(problem, fitting)
        alone = plan(replace(problem, stops=tuple(s for s in problem.stops if s not in fitting)))
        assert found <= sum(map(grid.cost, savings(grid))) + cost(problem, alone)
        equal[found == best] += 1

    law()
    assert equal[True] >= 19 * equal[False]
    assert equal[True] > 0


def test_leaving_late_costs_nobody_an_hour() -> None:
    """A tour leaves as late as it can: a visit that begins a second later would bring it back later or break its hours."""
    count = 0

    @given(problems(least=1, most=8))
    def law(problem: Problem) -> None:
        nonlocal count
        stops = {s.name: s for s in problem.stops}
        for tour in plan(problem, LITTLE):
            nexts = [*tour.begins[1:], tour.returns]
            places = [*(stops[n].place for n in tour.stops[1:]), problem.crew.depot]
            for name, begin, after, place in zip(tour.stops, tour.begins, nexts, places, strict=True):
                one = stops[name]
                tight = begin + one.service + int(problem.matrix[one.place, place]) == after
                assert tight or one.at is not None or begin == one.closes - one.service
                count += tight

    law()
    assert count > 0
