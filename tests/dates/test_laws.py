"""Laws of the dates: what is found is lawful and least, what is refused is impossible, nothing depends on order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.dates.lawful import violations
from solver.dates.problem import Dated, NoDate, Problem
from solver.dates.solve import date_outings
from tests.dates.cases import claim, datings, problems
from tests.dates.oracle import cost, costs

#: More than the profile asks for: each rule must bite in some.
EXAMPLES = max(150, settings.default.max_examples if settings.default else 0)


def _judge(problem: Problem, seen: Counter[str]) -> None:
    answer, least = date_outings(problem), costs(problem)
    if isinstance(answer, NoDate):
        seen[answer.reason] += 1
        assert not least
        return
    assert isinstance(answer, Dated)
    assert not violations(problem, answer)
    assert answer.optimal
    got = cost(problem, dict(answer.days))
    assert (answer.moves, sum(answer.peak.values()), sum(answer.spread.values())) == got[:3]
    assert (answer.missing, *got) == least[0]
    seen["dated"] += 1
    seen["moved"] += answer.moves > 0
    seen["short"] += answer.missing > 0
    seen["chosen"] += least[0] < least[-1]


def test_days_are_lawful_and_least() -> None:
    """Days are found exactly where some dating is lawful, and no lawful one is better, aim by aim."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(problems())
    def law(problem: Problem) -> None:
        _judge(problem, seen)

    law()
    assert seen["chosen"] >= 10
    assert seen["officers"] >= 5


def test_moves_are_fewest() -> None:
    """When outings have a day, the fewest of them leave it, whatever else that costs."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(problems(stays=True))
    def law(problem: Problem) -> None:
        _judge(problem, seen)

    law()
    assert seen["moved"] >= 5
    assert seen["chosen"] >= 10


def test_shortage_is_least() -> None:
    """Where a shortage is allowed, an answer is refused for other rules only, and the fewest officer-days are missing."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(problems(stays=True, allow_short=True))
    def law(problem: Problem) -> None:
        _judge(problem, seen)

    law()
    assert seen["short"] >= 10
    assert seen["officers"] == seen["quiet"] == 0


def test_causes_are_true() -> None:
    """The outings named have no lawful days by themselves, and the slots named cannot all be filled on any days."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(problems())
    def law(problem: Problem) -> None:
        answer = date_outings(problem)
        if not isinstance(answer, NoDate):
            return
        seen[answer.reason] += 1
        named = tuple(one for one in problem.outings if one.name in answer.names)
        alone = replace(problem, outings=named, fixed=problem.fixed & set(answer.names))
        assert not costs(alone)
        if answer.reason == "officers":
            cut = tuple(replace(o, slots=tuple(s for s in o.slots if s.slot in answer.slots)) for o in named)
            bare = replace(alone, outings=cut, quiet={}, apart=False, joint={}, fixed=frozenset())
            bare = _as_options(bare, problem)
            assert all(any(v.rule == 7 for v in violations(bare, claim(days))) for days in datings(bare))
            assert answer.needed > answer.there

    law()
    assert seen["officers"] >= 5
    assert sum(seen.values()) > seen["officers"]


def _as_options(bare: Problem, problem: Problem) -> Problem:
    """Keep the days that joint departments and fixed days leave: the cause is told of these."""
    kept = []
    for one in bare.outings:
        whole = next(o for o in problem.outings if o.name == one.name)
        days = [d for d in one.days if one.name not in problem.fixed or d == whole.stays]
        if len(whole.departments) > 1:
            days = [d for d in days if all(d in problem.joint.get(k, {d}) for k in whole.departments)]
        kept.append(replace(one, days=tuple(days)))
    return replace(bare, outings=tuple(kept))


def test_order_does_not_matter() -> None:
    """Outings, slots, officers and blinds in another order get the same answer."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(problems(stays=True), st.randoms(use_true_random=False))
    def law(problem: Problem, chance: object) -> None:
        def mixed(rows: tuple) -> tuple:  # type: ignore[type-arg]
            rows_list = list(rows)
            chance.shuffle(rows_list)  # type: ignore[attr-defined]
            return tuple(rows_list)

        other = replace(
            problem,
            outings=mixed(tuple(replace(one, slots=mixed(one.slots)) for one in problem.outings)),
            officers=mixed(problem.officers),
        )
        seen["another"] += other != problem
        assert date_outings(problem) == date_outings(other)

    law()
    assert seen["another"] >= 20


def test_another_process_gives_the_same_days() -> None:
    """Another process with another hash seed finds the same days for a problem whose search is cut short."""
    script = (
        "from tests.dates.large import large; from solver.dates.solve import date_outings;"
        "from solver.dates.problem import Work;"
        "print(date_outings(large('same', 80, 40, 1), Work(0.4)))"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert printed[0] == printed[1]
    assert printed[0].startswith("Dated(")


def test_plain_check_sees_every_rule() -> None:
    """Over all datings of all cases, lawful or not, the plain check refuses for each of its rules."""
    seen: Counter[int] = Counter()

    @settings(max_examples=EXAMPLES)
    @given(problems(stays=True))
    def law(problem: Problem) -> None:
        for days in product(*((*one.days, 9) for one in problem.outings)):
            named = dict(zip((one.name for one in problem.outings), days, strict=True))
            seen.update({v.rule for v in violations(problem, claim(named))})

    law()
    assert set(seen) == {1, 2, 3, 4, 5, 6, 7}
