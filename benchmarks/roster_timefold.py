"""The roster as a Timefold model: the same rules, one roster as even as it finds in its time.

Variable: the officer of each slot, from those whom no bar excludes, so that (1) to (5) of ``solver.rules`` cannot be
broken and its search is spared all of that; (6) is kept since every slot is given someone. Hard: (7) one slot a
date, (8) kin not on one route. Soft, one of two:

    balance   Timefold's own load-balance collector, for each department, over slots per day present       (10)
    squares   Σ_o n_o² / a_o, what ``benchmarks.roster_measure`` (3) is made of                            (11)

No ``from __future__ import annotations`` here: Timefold reads the classes' types as they are.
"""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import lcm
from typing import Annotated, Any

from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import HardSoftDecimalScore, constraint_provider

from benchmarks.roster_cases import Month

#: Its overloads say nothing of lambdas with two arguments, which it takes all the same.
score: Any = importlib.import_module("timefold.solver.score")


@dataclass
class Officer:
    """An officer who may fill something; ``rate`` is what one slot adds to their load, in proportion to 1 / a_o."""

    code: Annotated[str, PlanningId]
    department: str
    rate: int


@dataclass
class Kin:
    """Two officers who may not meet on a route."""

    one: Officer
    other: Officer


@planning_entity
@dataclass
class Place:
    """A slot, with those who may fill it."""

    slot: Annotated[str, PlanningId]
    route: str
    date: str
    allowed: Annotated[list[Officer], ValueRangeProvider] = field(default_factory=list)
    officer: Annotated[Officer | None, PlanningVariable] = field(default=None)


@planning_solution
@dataclass
class Roster:
    """What Timefold is given, and gives back."""

    officers: Annotated[list[Officer], ProblemFactCollectionProperty]
    kin: Annotated[list[Kin], ProblemFactCollectionProperty]
    places: Annotated[list[Place], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftDecimalScore | None, PlanningScore] = field(default=None)


@constraint_provider
def by_balance(factory: Any) -> list[Any]:
    """Hard rules and Timefold's collector (10)."""
    return [_one_a_date(factory), _no_kin(factory), _balance(factory)]


@constraint_provider
def by_squares(factory: Any) -> list[Any]:
    """Hard rules and the sum of squares (11)."""
    return [_one_a_date(factory), _no_kin(factory), _squares(factory)]


def _one_a_date(factory: Any) -> Any:
    return (
        factory.for_each_unique_pair(
            Place,
            score.Joiners.equal(lambda place: place.officer),
            score.Joiners.equal(lambda place: place.date),
        )
        .penalize(HardSoftDecimalScore.ONE_HARD)
        .as_constraint("one slot a date")  # (7)
    )


def _no_kin(factory: Any) -> Any:
    return (
        factory.for_each(Kin)
        .join(Place, score.Joiners.equal(lambda kin: kin.one, lambda place: place.officer))
        .join(
            Place,
            score.Joiners.equal(lambda kin, _: kin.other, lambda other: other.officer),
            score.Joiners.equal(lambda _, place: place.route, lambda other: other.route),
        )
        .penalize(HardSoftDecimalScore.ONE_HARD)
        .as_constraint("kin not on one route")  # (8)
    )


def _loads(factory: Any) -> Any:
    """(officer, slots), also of those who have none."""
    return (
        factory.for_each(Place)
        .group_by(lambda place: place.officer, score.ConstraintCollectors.count())
        .complement(Officer, lambda _: 0)
    )


def _balance(factory: Any) -> Any:
    return (
        _loads(factory)
        .group_by(
            lambda officer, _: officer.department,
            score.ConstraintCollectors.load_balance(
                lambda officer, _: officer, lambda officer, count: count * officer.rate
            ),
        )
        .penalize_decimal(HardSoftDecimalScore.ONE_SOFT, lambda _, balance: balance.unfairness())
        .as_constraint("even loads by balance")  # (10)
    )


def _squares(factory: Any) -> Any:
    return (
        _loads(factory)
        .penalize(HardSoftDecimalScore.ONE_SOFT, lambda officer, count: count * count * officer.rate)
        .as_constraint("even loads by squares")  # (11)
    )


OBJECTIVES: Mapping[str, Callable[[Any], list[Any]]] = {
    "balance": by_balance,
    "squares": by_squares,
}


def solve(month: Month, objective: str, seconds: float) -> list[tuple[str, str]]:
    """Search for so many seconds of Timefold's own clock, and give its roster of (slot, officer).

    Parameters
    ----------
    objective : str
        A key of ``OBJECTIVES``.
    """
    config = SolverConfig(
        solution_class=Roster,
        entity_class_list=[Place],
        score_director_factory_config=ScoreDirectorFactoryConfig(
            constraint_provider_function=OBJECTIVES[objective]
        ),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=round(seconds * 1000))),
    )
    answer = SolverFactory.create(config).build_solver().solve(problem(month))
    return [(place.slot, place.officer.code) for place in answer.places if place.officer is not None]


def problem(month: Month) -> Roster:
    """Hand the month over: officers who may fill something, kin, and slots with those who may fill them."""
    allowed: dict[str, list[str]] = {slot: [] for slot, _, _ in month.slots}
    for officer, slot in month.single_pairs():
        allowed[slot].append(officer)
    days = month.usable
    scale = lcm(*days.values())
    who = {
        code: Officer(code, month.facts.officers[code].department, scale // present)
        for code, present in days.items()
    }
    kin = [Kin(who[a], who[b]) for a, b in month.facts.kin if a in who and b in who]
    places = [
        Place(slot, route, date, [who[code] for code in allowed[slot]]) for slot, route, date in month.slots
    ]
    return Roster(list(who.values()), kin, places)
