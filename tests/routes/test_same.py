"""The same problem gets the same routes, and every search ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import astuple, replace

from solver.routes.lawful import cost, violations
from solver.routes.problem import Crew, Problem, Stop, Work
from solver.routes.solve import plan
from solver.routes.travel import matrix
from tests.routes.cases import HOUR, LITTLE

_CODE = "from tests.routes.test_same import county, told; print(told(county(40)))"


def county(number: int, at: int | None = None) -> Problem:
    """A county of towns with visits of an hour to two, on days and with skills that differ."""
    places = [(120.0, 30.0)]
    stops = []
    for i in range(number):
        east, north = i * 37 % 50, i * 61 % 40
        places.append((120.0 + east / 250, 30.0 + north / 250))
        days = tuple(range(i % 3, i % 3 + 4))
        length = HOUR + 600 * (i * 7 % 6)
        skills = frozenset({f"k{i % 3}"})
        stops.append(Stop(f"v{i:03d}", i + 1, length, days, 9 * HOUR, 18 * HOUR, skills, "", at))
    return Problem(
        tuple(stops), Crew("unit", 0, 9 * HOUR, 7 * HOUR), matrix(places, 35, 1_300_000), 1800, 28800
    )


def told(problem: Problem) -> str:
    """The answer as text."""
    rows = [[*astuple(t)[:6], sorted(t.skills), t.over] for t in plan(problem, replace(LITTLE, parts=10))]
    return json.dumps(rows)


def test_the_same_in_another_process() -> None:
    """Another process under another hash seed gives the same routes to the letter."""
    here = told(county(40))
    assert len(json.loads(here)) > 5
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([sys.executable, "-c", _CODE], env=env, capture_output=True, check=True)
        assert done.stdout.decode().strip() == here


def test_every_search_ends() -> None:
    """Where no stop can share a tour with another, and no move is possible at all, the search still ends."""
    problem = county(12, at=10 * HOUR)
    assert len(plan(problem)) == 12
    apart = tuple(replace(stop, at=None, days=(i,)) for i, stop in enumerate(problem.stops))
    assert len(plan(replace(problem, stops=apart))) == 12


def test_all_at_one_place() -> None:
    """Stops at the station itself, without length or road, fit one tour."""
    problem = county(30)
    same = tuple(replace(s, place=0, service=0, days=(0,), skills=frozenset()) for s in problem.stops)
    (tour,) = plan(replace(problem, stops=same), LITTLE)
    assert tour.travel == 0
    assert len(tour.stops) == 30


def test_more_days_and_skills_than_a_word_has_bits() -> None:
    """Sets of more than 64 days and skills are kept apart: a stop of day 70 does not meet one of day 6."""
    problem = county(70)
    many = tuple(
        replace(stop, days=(i, 80 + i % 2), skills=frozenset({f"k{i:02d}"}))
        for i, stop in enumerate(problem.stops)
    )
    tours = plan(replace(problem, stops=many, skill_cost=0), LITTLE)
    assert violations(replace(problem, stops=many), tours) == []
    assert max(len(tour.stops) for tour in tours) > 1


def test_more_work_is_never_dearer_here() -> None:
    """Parts solved again only better an answer: the cost falls with their number."""
    problem = county(60)
    costs = [cost(problem, plan(problem, Work(parts=n))) for n in (0, 5, 30)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > costs[-1]
