"""How often two officers meet, and meet again (同行与重复): what theory gives, beside what came out.

The weights promise the chances of single slots alone. Of two officers a, b with chances q_a, q_b on a route they give

    max(0, q_a + q_b - 1)  ≤  P(a and b are on the route)  ≤  min(q_a, q_b)                             (1)

and no more: what lies between is the lottery's doing. So the lottery itself is run N times with seeds that nobody can
have met, seed_n = H(text("dr1-forecast", commitment, n)), n from 1, and of the N rosters
    met_ab,r / N     estimates P(a and b are on r), with the standard error  √(f (1 - f) / N)              (2)
    X_n              is the number of last month's pairs that meet again in roster n                      (3)
    X                the same number in the true roster; were its seed like the others, all N + 1 numbers would be
                     alike, and so
    upper = (1 + |{n: X_n ≥ X}|) / (N + 1)  is at most u with a chance of at most u, for every u            (4)
    lower = (1 + |{n: X_n ≤ X}|) / (N + 1)  likewise
Nothing here is an approximation by a normal law; mean and deviation of X_n are shown for the eye.

Of pairs of officer and body the mean is exact: the sum of q over last month's pairs, since chances of single pairs
add up whatever the lottery does.                                                                        (5)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf, sqrt

from solver.dr1.encoding import hexdigest, text
from solver.dr1.lottery import lottery

#: Lotteries of a forecast, and the weights that all of them together read: a large draw is played less often.
TRIALS, LEAST_TRIALS, WEIGHTS_READ = 200, 20, 2_000_000

#: Deviations that are far where few lotteries were played; and what rounding leaves between equal numbers.
FAR, _CLOSE = 4.0, 1e-9

#: Two codes, the smaller first.
Pair = tuple[str, str]
#: A roster: slot → officer.
Roster = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PairForecast:
    """How surely two officers meet on one route (同行的可预测性).

    Attributes
    ----------
    route : str
        The route where they meet likeliest.
    chance, error : float
        Estimate of (2) and its standard error; the estimate is never above ``most``.
    least, most : float
        Exact bounds (1).
    expected : float
        Routes on which they meet, on average over the forecast's lotteries.
    """

    first: str
    second: str
    route: str
    chance: float
    error: float
    least: float
    most: float
    expected: float


@dataclass(frozen=True, slots=True)
class Repetition:
    """How many of last month's pairs meet again (重复同行), observed and in theory.

    Attributes
    ----------
    before : int
        Pairs of last month that could be counted.
    expected, deviation : float
        Mean and standard deviation; the mean is exact where it can be (5).
    trials : int
        Lotteries behind the deviation and the tails.
    observed : int or None
        None before the lottery.
    upper, lower : float or None
        Exact tails (4).
    """

    before: int
    expected: float
    deviation: float
    trials: int
    observed: int | None = None
    upper: float | None = None
    lower: float | None = None

    @property
    def z(self) -> float | None:
        """Distance from the mean in deviations, for the eye; infinite where nothing varies and yet it differs."""
        if self.observed is None:
            return None
        off = self.observed - self.expected
        if self.deviation == 0:
            return inf * off if abs(off) > _CLOSE else 0.0
        return off / self.deviation

    def odd(self, tail: float) -> bool:
        """Whether a tail is as thin as a threshold, so that somebody should look.

        Where the lotteries are too few to show so thin a tail, the number must lie outside all of theirs, and
        four deviations from the mean: which happens to at most one in 17 whatever the law (Cantelli), and far more seldom
        to a sum of many pairs.
        """
        tails = [one for one in (self.upper, self.lower) if one is not None]
        least = 1 / (self.trials + 1)
        if least <= tail:
            return any(one <= tail for one in tails)
        return any(one <= least + _CLOSE for one in tails) and abs(self.z or 0.0) >= FAR


def trials_for(weights: int) -> int:
    """Lotteries that a forecast of so many weights plays: fewer for a large draw, so that it ends in a minute."""
    return min(TRIALS, max(LEAST_TRIALS, WEIGHTS_READ // max(1, weights)))


def rosters(
    commitment: str,
    slots: Sequence[tuple[str, str]],
    weights: Sequence[tuple[str, str, int]],
    trials: int,
    hash: str = "sha256",  # noqa: A002 - the protocol's own name
) -> Iterator[dict[str, str]]:
    """Play the lottery with seeds of the forecast's own; they are not the draw's, and never can be.

    Parameters
    ----------
    commitment : str
        Of the officers' stage: the same draw always gives the same forecast.
    slots, weights
        As :func:`solver.dr1.lottery.lottery` takes them.
    """
    for number in range(1, trials + 1):
        seed = hexdigest(text("dr1-forecast", commitment, str(number)), hash)
        yield dict(lottery(seed, slots, weights, hash))


def meetings(roster: Roster, route_of: Mapping[str, str]) -> Iterator[tuple[str, Pair]]:
    """Give every route with each pair of its officers."""
    teams: dict[str, list[str]] = {}
    for slot, officer in roster.items():
        teams.setdefault(route_of[slot], []).append(officer)
    for route, team in teams.items():
        for first, second in combinations(sorted(team), 2):
            yield route, (first, second)


def pair_forecasts(
    drawn: Iterable[Roster], route_of: Mapping[str, str], chances: Mapping[str, Mapping[str, float]]
) -> list[PairForecast]:
    """Forecast every pair that meets in one of the rosters, the likeliest meetings first.

    Parameters
    ----------
    chances : mapping
        Route → officer → chance, of :func:`solver.roster.predictability.sent`.
    """
    met: dict[Pair, Counter[str]] = {}
    trials = 0
    for roster in drawn:
        trials += 1
        for route, pair in meetings(roster, route_of):
            met.setdefault(pair, Counter())[route] += 1
    found = [_pair(pair, routes, trials, chances) for pair, routes in met.items()]
    return sorted(found, key=lambda one: (-one.chance, one.first, one.second))


def _pair(
    pair: Pair, routes: Counter[str], trials: int, chances: Mapping[str, Mapping[str, float]]
) -> PairForecast:
    route = min(routes, key=lambda name: (-routes[name], name))
    first, second = (chances[route][one] for one in pair)
    share, most = routes[route] / trials, min(first, second)
    return PairForecast(
        first=pair[0],
        second=pair[1],
        route=route,
        chance=min(share, most),
        error=sqrt(share * (1 - share) / trials),
        least=max(0.0, first + second - 1),
        most=most,
        expected=routes.total() / trials,
    )


def again_together(roster: Roster, route_of: Mapping[str, str], before: Mapping[Pair, int]) -> int:
    """Count last month's pairs that meet in a roster (3).

    Parameters
    ----------
    before : mapping of Pair to int
        Pairs of this month's codes → how many pairs of last month's persons they stand for.
    """
    return sum(before.get(pair, 0) for pair in {pair for _, pair in meetings(roster, route_of)})


def again_at_body(roster: Roster, route_of: Mapping[str, str], before: Mapping[tuple[str, str], int]) -> int:
    """Count last month's pairs of officer and body that meet in a roster.

    Parameters
    ----------
    before : mapping of (officer, route) to int
        How many bodies of the route the officer's persons were at last month.
    """
    return sum(before.get((officer, route_of[slot]), 0) for slot, officer in roster.items())


def repetition(
    counts: Sequence[int], observed: int | None, before: int, expected: float | None = None
) -> Repetition:
    """Hold an observed number against the forecast's (4).

    Parameters
    ----------
    counts : sequence of int
        X_n of every roster of the forecast; at least one.
    expected : float, optional
        Exact mean, where there is one (5).
    """
    trials = len(counts)
    mean = sum(counts) / trials
    deviation = sqrt(sum((x - mean) ** 2 for x in counts) / trials)
    if observed is None:
        return Repetition(before, mean if expected is None else expected, deviation, trials)
    return Repetition(
        before=before,
        expected=mean if expected is None else expected,
        deviation=deviation,
        trials=trials,
        observed=observed,
        upper=(1 + sum(x >= observed for x in counts)) / (trials + 1),
        lower=(1 + sum(x <= observed for x in counts)) / (trials + 1),
    )
