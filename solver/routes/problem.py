"""Visits that may share day routes, and the unit that drives them (检查批次问题).

One problem holds visits that want the same departments and leave from the same station. All times are whole seconds, of a
duration or of the day. A place is a row of the matrix of travel times, which need be neither symmetric nor metric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solver.routes.errors import RouteError

Ints = NDArray[np.int64]

#: Largest time and cost; sums of some thousands of them stay far inside 64 bits.
LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit as the road sees it (检查).

    Parameters
    ----------
    name : str
        One of its kind in the problem; answers speak of it, and ties fall by it.
    place : int
        Row of the matrix.
    service : int
        Length of the visit [s], at least 0.
    days : tuple of int
        Indices of the working days on which it may be made, ascending, at least one.
    opens, closes : int
        Second of the day at which the visit begins at the earliest and has ended at the latest.
    skills : frozenset of str
        Skills (专业) that its team must cover.
    street : str
        Street that the dates keep apart; the routes do not read it.
    at : int, optional
        Agreed hour (双预约): the second of the day at which the visit begins.
    """

    name: str
    place: int
    service: int
    days: tuple[int, ...]
    opens: int
    closes: int
    skills: frozenset[str] = frozenset()
    street: str = ""
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Crew:
    """The station and the working day of the unit (出发单位).

    Parameters
    ----------
    name : str
    depot : int
        Row of the matrix at which every route begins and ends.
    begins, length : int
        When a day's work begins [second of the day] and how long it is [s], at least 1.
    """

    name: str
    depot: int
    begins: int
    length: int

    @property
    def ends(self) -> int:
        """Second of the day at which all must be back."""
        return self.begins + self.length


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is to be put on day routes.

    Parameters
    ----------
    stops : tuple of Stop
        In any order; the answer does not depend on it.
    crew : Crew
    matrix : int64[n, n]
        Seconds from place to place, 0 to 10^9.
    skill_cost, route_cost : int
        What one skill more on a route, and one route more, weigh beside a second on the road; at least 0.
    """

    stops: tuple[Stop, ...]
    crew: Crew
    matrix: Ints
    skill_cost: int
    route_cost: int


@dataclass(frozen=True, slots=True)
class Work:
    """Limit of the work, in counts alone: the same problem gets the same routes however slow the machine is.

    Parameters
    ----------
    solutions : int
        Solutions of one local search by OR-Tools routing.
    rounds : int
        Rounds of pricing, each of which makes new routes.
    labels : int
        Partial routes kept for each number of stops in a round.
    dives : int
        Whole answers made from relaxations.
    parts : int
        Parts of the best answer that are solved again.
    deterministic : float
        Deterministic work of CP-SAT for each choice among routes [its units, some seconds each].
    """

    solutions: int = 1000
    rounds: int = 40
    labels: int = 2000
    dives: int = 2
    parts: int = 60
    deterministic: float = 0.1


@dataclass(frozen=True, slots=True)
class Tour:
    """One day route (检查批次) without its date.

    Parameters
    ----------
    stops : tuple of str
        Names in the order of the road.
    begins : tuple of int
        Second of the day at which each visit begins.
    leaves, returns : int
        Seconds of the day at the station; ``leaves`` is as late as a return no later allows.
    travel : int
        Seconds on the road.
    days : tuple of int
        Days that suit all its stops, never empty.
    skills : frozenset of str
        Skills of all its stops.
    over : bool
        Whether it is a single stop too long for the day: then alone may it leave early or return late.
    """

    stops: tuple[str, ...]
    begins: tuple[int, ...]
    leaves: int
    returns: int
    travel: int
    days: tuple[int, ...]
    skills: frozenset[str]
    over: bool = False


def check(problem: Problem) -> None:
    """Refuse a problem that cannot be read or has a stop that can never be served.

    Raises
    ------
    RouteError
        ``matrix-shape``, ``matrix-range``, ``crew-depot``, ``crew-length``, ``cost-range``, ``stop-twice``, ``stop-place``,
        ``stop-service``, ``stop-days``, ``stop-hours`` (open for less than the visit takes), ``stop-agreed`` (the agreed
        hour is outside the opening hours).
    """
    size = _check_matrix(problem.matrix)
    crew = problem.crew
    if not 0 <= crew.depot < size:
        raise RouteError("crew-depot", depot=crew.depot, places=size)
    if not (0 <= crew.begins <= LARGEST and 1 <= crew.length <= LARGEST):
        raise RouteError("crew-length", begins=crew.begins, length=crew.length)
    for cost in (problem.skill_cost, problem.route_cost):
        if not 0 <= cost <= LARGEST:
            raise RouteError("cost-range", cost=cost)
    seen: set[str] = set()
    for stop in problem.stops:
        if stop.name in seen:
            raise RouteError("stop-twice", stop=stop.name)
        seen.add(stop.name)
        _check_stop(stop, size)


def _check_matrix(matrix: Ints) -> int:
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.dtype != np.int64:
        raise RouteError("matrix-shape", shape=matrix.shape, type=str(matrix.dtype))
    if matrix.size and not (int(matrix.min()) >= 0 and int(matrix.max()) <= LARGEST):
        raise RouteError("matrix-range", least=int(matrix.min()), largest=int(matrix.max()))
    return int(matrix.shape[0])


def _check_stop(stop: Stop, size: int) -> None:
    if not 0 <= stop.place < size:
        raise RouteError("stop-place", stop=stop.name, place=stop.place, places=size)
    if not 0 <= stop.service <= LARGEST:
        raise RouteError("stop-service", stop=stop.name, service=stop.service)
    if (
        not stop.days
        or stop.days[0] < 0
        or any(a >= b for a, b in zip(stop.days, stop.days[1:], strict=False))
    ):
        raise RouteError("stop-days", stop=stop.name, days=stop.days)
    if not (stop.opens >= 0 and stop.closes <= LARGEST and stop.closes - stop.opens >= stop.service):
        raise RouteError(
            "stop-hours", stop=stop.name, opens=stop.opens, closes=stop.closes, service=stop.service
        )
    if stop.at is not None and not stop.opens <= stop.at <= stop.closes - stop.service:
        raise RouteError("stop-agreed", stop=stop.name, at=stop.at, opens=stop.opens, closes=stop.closes)
