"""Each rule of the dates by itself: impossible because of it, and possible without it; and what it is told as."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest

from solver.dates.crews import first_crowds, setting_of
from solver.dates.errors import DatesError
from solver.dates.lawful import violations
from solver.dates.model import Model
from solver.dates.problem import Dated, NoDate, Problem, Undecided, Work
from solver.dates.solve import date_outings
from tests.dates.cases import DAYS, claim, datings, officer, outing, slot

A, B = outing("A", days=(0, 1)), outing("B", days=(0, 1))
BOTH = (slot("J-1"), slot("J-2", "乙"))
JOINT = outing("J", *BOTH, days=(0, 1))
PAIR = (officer("o1"), officer("o2", "乙"))
#: Rule → impossible problem, the same without what makes it so, and the reason.
RULES = {
    "window": (Problem(DAYS, (outing("A", days=()),), PAIR), {"outings": (A,)}, "window"),
    "counts": (Problem(DAYS, (A, B, outing("C", days=(0, 1))), PAIR), {"outings": (A, B)}, "officers"),
    "leave": (
        Problem(DAYS, (outing("A", days=(1,)),), (officer("o1", away="1"),)),
        {"officers": (officer("o1", away="2"),)},
        "officers",
    ),
    "lead": (
        Problem(DAYS, (outing("A", slot("A-1", lead=True)),), (officer("o1", lead=False),)),
        {"officers": (officer("o1"),)},
        "officers",
    ),
    "skill": (
        Problem(DAYS, (outing("A", slot("A-1", skills="食品")),), (officer("o1", skills="计量"),)),
        {"officers": (officer("o1", skills="食品 计量"),)},
        "officers",
    ),
    "tied": (
        Problem(DAYS, (A,), PAIR, frozenset({("o1", "bA")})),
        {"barred": frozenset({("o1", "bB")})},
        "officers",
    ),
    "quiet": (
        Problem(DAYS, (A,), PAIR, quiet={0: Fraction(2, 3), 1: Fraction(2, 3)}),
        {"quiet": {0: Fraction(2, 3)}},
        "quiet",
    ),
    "joint": (
        Problem(DAYS, (JOINT,), PAIR, joint={"甲": frozenset({0}), "乙": frozenset({1, 2})}),
        {"joint": {"甲": frozenset({0})}},
        "joint",
    ),
    "streets": (
        Problem(
            DAYS,
            (outing("A", days=(0,), streets="东"), outing("C", BOTH[1], days=(0,), streets="东西")),
            PAIR,
        ),
        {"apart": False},
        "streets",
    ),
    "fixed": (
        Problem(
            DAYS,
            (outing("A", days=(0, 1), stays=0), outing("B", days=(0, 1), stays=0)),
            PAIR,
            fixed=frozenset("AB"),
        ),
        {"fixed": frozenset("A")},
        "officers",
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_alone(rule: str) -> None:
    """A problem is impossible by one rule, is told so, and is dated when that is lifted; all datings tried agree."""
    problem, lifted, reason = RULES[rule]
    refused = date_outings(problem)
    assert isinstance(refused, NoDate)
    assert refused.reason == reason
    assert all(violations(problem, claim(days)) for days in datings(problem))
    answer = date_outings(replace(problem, **lifted))  # type: ignore[arg-type]
    assert isinstance(answer, Dated)
    assert answer.optimal


def test_joint_days_bind_joint_visits_only() -> None:
    """A department's free days say nothing of its outings without others."""
    answer = date_outings(Problem(DAYS, (outing("A", days=(1,)),), PAIR, joint={"甲": frozenset({0})}))
    assert isinstance(answer, Dated)
    assert answer.days == {"A": 1}


def _crowded(days: tuple[int, ...]) -> Problem:
    """Three bodies that only o1 and o2 are not tied to: every need counted has four officers."""
    outings = tuple(outing(name, days=days) for name in "ABC")
    tied = frozenset(product(("o3", "o4"), ("bA", "bB", "bC")))
    return Problem(DAYS, outings, tuple(officer(f"o{i}") for i in range(1, 5)), tied)


def test_counts_suffice_and_staffing_does_not() -> None:
    """Counts allow all on one day, the exact staffing does not: the days found are staffed, and by a second search."""
    problem = _crowded((0, 1))
    setting = setting_of(problem)
    model = Model(setting, first_crowds(setting))
    for bits in model.x:
        model.program.add(bits[0] == 1)
    assert model.solve(None, 1.0).kind == "best"
    answer = date_outings(problem)
    assert isinstance(answer, Dated)
    assert answer.optimal
    assert sorted(answer.days.values()).count(0) == 2


def test_crowd_is_named() -> None:
    """On one day the same bodies cannot be staffed: the cause is the two officers left, though four are there."""
    answer = date_outings(_crowded((1,)))
    assert isinstance(answer, NoDate)
    assert (answer.reason, answer.names, answer.officers) == ("officers", ("A", "B", "C"), ("o1", "o2"))
    assert (answer.needed, answer.there, answer.days) == (3, 2, (1,))


def test_shortage_is_told_by_day_and_department() -> None:
    """With a shortage allowed, what is missing is told with the slots and the officers who could go."""
    answer = date_outings(replace(_crowded((1,)), allow_short=True))
    assert isinstance(answer, Dated)
    (lack,) = answer.lacks
    assert (answer.missing, lack.day, lack.department, lack.there) == (1, 1, "甲", 2)
    assert lack.slots == ("A-1", "B-1", "C-1")
    assert lack.officers == ("o1", "o2")


def test_a_share_that_is_too_small_is_a_shortage() -> None:
    """What a busy season holds back is missing as well, and said to be its doing."""
    problem = Problem(DAYS, (outing("A", days=(0,)),), PAIR, quiet={0: Fraction(1, 2)}, allow_short=True)
    answer = date_outings(problem)
    assert isinstance(answer, Dated)
    assert [(lack.missing, lack.quiet) for lack in answer.lacks] == [(1, True)]


def test_causes_of_several_rules_are_few() -> None:
    """Where no rule alone is the cause, only the outings that cannot be dated together are named."""
    many = tuple(outing(f"X{i}", slot(f"X{i}-1", "丙")) for i in range(8))
    streets = (outing("A", days=(0, 1), streets="东"), outing("B", BOTH[1], days=(0,), streets="东"))
    third = (outing("C", slot("C-1"), days=(1,)),)
    people = (*PAIR, *(officer(f"x{i}", "丙") for i in range(4)))
    answer = date_outings(Problem(DAYS, (*streets, *third, *many), people))
    assert isinstance(answer, NoDate)
    assert (answer.reason, answer.names) == ("together", ("A", "B", "C"))
    assert (answer.departments, answer.streets) == (("甲",), ("东",))


def test_no_work_is_no_answer() -> None:
    """Without work nothing is said, neither days nor that there are none."""
    assert isinstance(date_outings(Problem(DAYS, (A, B), PAIR), Work(1.0, 0)), Undecided)


def test_empty_problem_is_dated() -> None:
    """No outings need no days."""
    answer = date_outings(Problem(DAYS, (), ()))
    assert isinstance(answer, Dated)
    assert (answer.days, answer.missing, answer.optimal) == ({}, 0, True)


WRONG = {
    "outing-twice": {"outings": (A, A)},
    "slot-twice": {"outings": (A, replace(A, name="B"))},
    "officer-twice": {"officers": (PAIR[0], PAIR[0])},
    "days-order": {"days": DAYS[::-1]},
    "outing-days": {"outings": (outing("A", days=(1, 0)),)},
    "outing-stays": {"outings": (outing("A", stays=7),)},
    "quiet-share": {"quiet": {0: Fraction(3, 2)}},
    "fixed-unknown": {"fixed": frozenset("Z")},
    "fixed-day": {"fixed": frozenset("A")},
}


@pytest.mark.parametrize("code", WRONG)
def test_unreadable_problems_are_refused(code: str) -> None:
    """A problem that cannot be read is refused by its code, whatever else it holds."""
    with pytest.raises(DatesError) as caught:
        date_outings(replace(Problem(DAYS, (A, B), PAIR), **WRONG[code]))  # type: ignore[arg-type]
    assert caught.value.code == code
