"""How well a roster can be foretold (可预测性), from the published weights alone, by one who knows all but the seed.

Let p_os be the chance that officer o gets slot s (weight / 2^32), and for a route r and a date d

    q_or = Σ_{s of r} p_os    the chance that o is sent on r; at most 1                                    (1)
    t_od = Σ_{r on d} q_or    the chance that o is out on d; at most 1                                     (2)

Of any list of chances c_1 … c_n with sum C, read as "which of them is it":
    largest     max c_i: the best single guess                                                           (3)
    effective   2^H, H = -Σ (c_i / C) log2 (c_i / C), between 1 and n                           [number]   (4)
    bound       how many could be there at all; 2^H reaches it only when all have the same chance, which even loads
                and other slots of the day may not allow                                                   (5)
    sureness    1 - H / log2(bound), 0 where nothing better than a blind guess can be made, 1 where all is known  (6)

Per slot the list is p_·s; per body, which shares the fate of its route, q_·r; per officer q_o·.
    named       of a team of k, the part that is named rightly by naming the k likeliest: Σ of the k largest q_or / k  (7)
    guess rate  Σ_s max_o p_os / |S|: the share of slots named rightly by always naming the likeliest       (8)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log2

UNIT = 2**32


@dataclass(frozen=True, slots=True)
class SlotForecast:
    """How well one slot can be foretold.

    Attributes
    ----------
    largest : float
        Chance of the likeliest officer, 0 to 1: the best guess of an insider who knows all but the seed.
    effective : float
        2 to the entropy.
    candidates : int
        Officers with a weight.
    allowed : int
        Officers whom no bar excludes; at least ``candidates``.
    """

    slot: str
    largest: float
    effective: float
    candidates: int
    allowed: int

    @property
    def sureness(self) -> float:
        """How much surer than a blind guess (6), 0 to 1."""
        return sureness(self.effective, self.allowed)

    def poor(self, chance: float, effective: float) -> bool:
        """Whether the slot is easier to guess than thresholds allow."""
        return self.largest > chance or self.effective < effective


@dataclass(frozen=True, slots=True)
class BodyForecast:
    """How well the team that comes to the bodies of one route can be foretold (一户的可预测性).

    Attributes
    ----------
    route : str
        Its bodies share its team.
    largest : float
        Chance of the officer who comes likeliest, 0 to 1.
    effective, sureness : float
        Of the members of the team, one at random (4, 6).
    named : float
        Part of the team that the best guess names (7), 0 to 1.
    candidates, allowed : int
        Officers with a weight on the route, and those whom no bar excludes.
    """

    route: str
    largest: float
    effective: float
    named: float
    candidates: int
    allowed: int

    @property
    def sureness(self) -> float:
        """How much surer than a blind guess (6), 0 to 1."""
        return sureness(self.effective, self.allowed)


@dataclass(frozen=True, slots=True)
class OfficerForecast:
    """How well one officer's month can be foretold (一人的可预测性), to the officer or to whoever watches them.

    Attributes
    ----------
    expected : float
        Slots that they get on average.
    largest, route : float, str
        Chance on the route where they go likeliest, 0 to 1, and that route.
    busiest, date : float, str
        Chance on the date on which they are out likeliest, 0 to 1, and that date.
    effective : float
        Effective number of routes among those they may get (4).
    allowed : int
        Routes that no bar takes from them.
    """

    officer: str
    expected: float
    largest: float
    route: str
    busiest: float
    date: str
    effective: float
    allowed: int

    @property
    def sureness(self) -> float:
        """How much surer than a blind guess (6), 0 to 1."""
        return sureness(self.effective, self.allowed)


def effective_number(chances: Iterable[float]) -> float:
    """2 to the entropy of chances in proportion to their sum (4); 0 where there are none."""
    found = [chance for chance in chances if chance > 0]
    whole = sum(found)
    return 2 ** -sum(c / whole * log2(c / whole) for c in found) if found else 0.0


def sureness(effective: float, bound: int) -> float:
    """1 - H / log2(bound) (6); 1 where there is no choice."""
    return max(0.0, 1 - log2(effective) / log2(bound)) if bound > 1 and effective > 0 else 1.0


def forecast(weights: Iterable[tuple[str, str, int]], allowed: Mapping[str, int]) -> list[SlotForecast]:
    """Forecast every slot, in the order of slots.

    Parameters
    ----------
    weights : iterable of (officer, slot, weight)
        Units of 2^-32, those of a slot summing to 2^32.
    allowed : mapping of str to int
        Slot → number of officers whom no bar excludes.
    """
    chances: dict[str, list[float]] = {}
    for _, slot, weight in weights:
        chances.setdefault(slot, []).append(weight / UNIT)
    return [
        SlotForecast(slot, max(ps), effective_number(ps), len(ps), allowed.get(slot, len(ps)))
        for slot, ps in sorted(chances.items(), key=lambda item: item[0].encode())
    ]


def guess_rate(forecasts: Iterable[SlotForecast]) -> float:
    """Share of slots that an insider names rightly on average, who always bets on the likeliest officer."""
    largest = [one.largest for one in forecasts]
    return sum(largest) / len(largest) if largest else 0.0


def sent(weights: Iterable[tuple[str, str, int]], route_of: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """Route → officer → chance of being sent there (1), in the order of the weights."""
    units: dict[str, dict[str, int]] = {}
    for officer, slot, weight in weights:
        row = units.setdefault(route_of[slot], {})
        row[officer] = row.get(officer, 0) + weight
    return {route: {officer: n / UNIT for officer, n in row.items()} for route, row in units.items()}


def bodies(
    chances: Mapping[str, Mapping[str, float]], team: Mapping[str, int], allowed: Mapping[str, int]
) -> list[BodyForecast]:
    """Forecast the team of every route, in the order of routes.

    Parameters
    ----------
    chances : mapping
        Route → officer → chance, of :func:`sent`.
    team : mapping of str to int
        Route → slots.
    allowed : mapping of str to int
        Route → officers whom no bar excludes from all of its slots.
    """
    found = []
    for route in sorted(chances, key=str.encode):
        ranked = sorted(chances[route].values(), reverse=True)
        size = team[route]
        found.append(
            BodyForecast(
                route=route,
                largest=ranked[0],
                effective=effective_number(ranked),
                named=sum(ranked[:size]) / size,
                candidates=len(ranked),
                allowed=allowed.get(route, len(ranked)),
            )
        )
    return found


def officers(
    chances: Mapping[str, Mapping[str, float]], date_of: Mapping[str, str], allowed: Mapping[str, int]
) -> list[OfficerForecast]:
    """Forecast the month of every officer with a weight, in the order of codes.

    Parameters
    ----------
    chances : mapping
        Route → officer → chance, of :func:`sent`.
    date_of : mapping of str to str
        Route → date.
    allowed : mapping of str to int
        Officer → routes that no bar takes from them.
    """
    months: dict[str, dict[str, float]] = {}
    for route in sorted(chances, key=str.encode):
        for officer, chance in chances[route].items():
            months.setdefault(officer, {})[route] = chance
    return [
        _month(one, months[one], date_of, allowed.get(one, len(months[one])))
        for one in sorted(months, key=str.encode)
    ]


def _month(
    officer: str, routes: Mapping[str, float], date_of: Mapping[str, str], allowed: int
) -> OfficerForecast:
    days: dict[str, float] = {}
    for route, chance in routes.items():
        days[date_of[route]] = days.get(date_of[route], 0.0) + chance
    route, date = max(routes, key=routes.__getitem__), max(days, key=days.__getitem__)
    return OfficerForecast(
        officer=officer,
        expected=sum(routes.values()),
        largest=routes[route],
        route=route,
        busiest=days[date],
        date=date,
        effective=effective_number(routes.values()),
        allowed=allowed,
    )
