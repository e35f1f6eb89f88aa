"""Instances for the routes, each number from a stream of its own: nothing here depends on a library's chance.

county    visits of one county: ten towns, an hour to 140 minutes each, a quarter of them open for some hours only
solomon   families in the manner of Solomon (1987): places at random (R), in clusters (C) or half and half (RC), each with a window
planted   tours that fill the day to the second over roads of one least length; all other roads are longer. No answer has fewer
          tours, since the work and the least roads fill these, nor less road:
            m ≥ ⌈(Σ s + n e) / (H − 2 d + e)⌉,  road ≥ 2 d m + (n − m) e                             (1)
          with d the least road from and to the station, e the least between stops; the planted tours reach it
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import numpy as np

from solver.dr1.stream import Stream
from solver.routes.clock import fits
from solver.routes.problem import Crew, Problem, Stop
from solver.routes.travel import matrix

HOUR, MINUTE = 3600, 60
CREW = Crew("unit", 0, 9 * HOUR, 7 * HOUR)
#: What one route more weighs beside a second on the road: a day of work, and an hour.
ROUTE = 8 * HOUR


def _stream(*name: object) -> Stream:
    return Stream(sha256(" ".join(map(str, name)).encode()).hexdigest())


def county(number: int, name: object, *, days: bool = False) -> tuple[Problem, dict[str, str]]:
    """Visits of one county, and the town of each; with days and skills that differ if asked."""
    chance = _stream("county", number, name)
    towns = [(120 + chance.below(4000) / 10000, 30.5 + chance.below(4000) / 10000) for _ in range(10)]
    places, stops, town_of = [(120.2, 30.7)], [], {}
    for i in range(number):
        town = chance.below(10)
        places.append(tuple(x + (chance.below(600) - 300) / 10000 for x in towns[town]))
        service = MINUTE * (60 + 5 * chance.below(17))
        opens, closes = 9 * HOUR, 18 * HOUR
        if chance.below(4) == 0:
            opens = 9 * HOUR + 1800 * chance.below(6)
            closes = opens + 3 * HOUR + 1800 * chance.below(8)
        first = chance.below(15) if days else 0
        skills = frozenset({f"k{chance.below(3)}", f"k{chance.below(3)}"}) if days else frozenset[str]()
        span = tuple(range(first, first + 4 + chance.below(8))) if days else (0,)
        stops.append(Stop(f"v{i:03d}", i + 1, service, span, opens, closes, skills))
        town_of[f"v{i:03d}"] = f"t{town}"
    made = matrix(places, 35, 1_300_000)
    # VROOM has no routes for stops that no day holds: one that opens too briefly for the way there is open all day.
    fitting = [s if fits(CREW, made, [s]) else replace(s, opens=9 * HOUR, closes=18 * HOUR) for s in stops]
    return Problem(tuple(fitting), CREW, made, 1800 if days else 0, ROUTE), town_of


def solomon(kind: str, number: int) -> Problem:
    """One of the families R, C and RC; a window of one to three hours for each stop, which a route of its own can keep."""
    chance = _stream("solomon", kind, number)
    centres = [(chance.below(4000), chance.below(4000)) for _ in range(8)]
    spots = [(2000, 2000)]
    for i in range(number):
        if kind == "R" or (kind == "RC" and i % 2):
            spots.append((chance.below(4000), chance.below(4000)))
        else:
            x, y = centres[i % 8]
            spots.append((x + chance.below(400) - 200, y + chance.below(400) - 200))
    points = np.array(spots, dtype=np.int64)
    apart = np.sqrt(((points[:, None] - points[None, :]) ** 2).sum(axis=2).astype(np.float64))
    travel = np.ceil(apart - 1e-9).astype(np.int64)
    stops = []
    for i in range(1, number + 1):
        service = MINUTE * (30 + 15 * chance.below(4))
        first = CREW.begins + int(travel[0, i])
        room = CREW.ends - int(travel[i, 0]) - service - first
        opens = first + chance.below(room)
        closes = min(opens + HOUR + 1800 * chance.below(5), first + room) + service
        stops.append(Stop(f"v{i:03d}", i, service, (0,), opens, closes))
    return Problem(tuple(stops), CREW, travel, 0, ROUTE)


def planted(tours: int, name: object) -> tuple[Problem, int]:
    """Hidden tours of four or five stops that fill the day, and the optimum they have (1)."""
    chance = _stream("planted", tours, name)
    depot, least = 1200, 300
    sizes = [4 + chance.below(2) for _ in range(tours)]
    number = sum(sizes)
    travel = np.array(
        [[least + 60 + chance.below(3600) for _ in range(number + 1)] for _ in range(number + 1)],
        dtype=np.int64,
    )
    travel[0, :] = travel[:, 0] = depot
    np.fill_diagonal(travel, 0)
    label = sorted(range(1, number + 1), key=lambda i: sha256(f"{name} {i}".encode()).digest())
    stops, at = [], 0
    for size in sizes:
        left = CREW.length - 2 * depot - (size - 1) * least
        for k in range(size):
            service = (
                left
                - 2400 * (size - k - 1)
                - (0 if k == size - 1 else chance.below(left - 2400 * (size - k - 1) - 2400 + 1))
            )
            left -= service
            if k:
                travel[label[at - 1], label[at]] = least
            stops.append(Stop(f"v{label[at]:03d}", label[at], service, (0,), 9 * HOUR, 18 * HOUR))
            at += 1
    optimum = tours * (ROUTE + 2 * depot) + (number - tours) * least
    work = sum(stop.service for stop in stops) + number * least
    assert tours == -(-work // (CREW.length - 2 * depot + least))  # (1)
    return Problem(tuple(stops), CREW, travel, 0, ROUTE), optimum
