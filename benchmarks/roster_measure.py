"""How unevenly a roster spreads its work (工作量差距): one plain function for every roster, whoever made it.

Of department d let U_d be the officers whom no bar keeps from all of the month's slots, a_o their days present, n_o the
slots that they have, and

    λ_d = Σ_{U_d} n_o / Σ_{U_d} a_o           the even share, in proportion to days present  [slots a day]    (1)
    range      max_d (max_{U_d} n_o / a_o - min_{U_d} n_o / a_o)                             [slots a day]    (2)
    deviation  √(Σ_o a_o (n_o / a_o - λ_d)² / Σ_o a_o), o of all departments                 [slots a day]    (3)
    furthest   max_o |n_o - λ_d a_o|                                                         [slots]          (4)

(3) is what an even-load model makes least: for a given number of slots it is least where Σ n_o² / a_o is. Nothing here
knows that rosters are whole: an officer with three days at λ = 1/2 is half a slot off whatever they get.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from solver.rules import Facts, broken_roster


@dataclass(frozen=True, slots=True)
class Spread:
    """Range (2), deviation (3) and the officer who is furthest from their share (4)."""

    range: float
    deviation: float
    furthest: float


class UnlawfulError(ValueError):
    """A roster that breaks a plain rule is not measured: an even one would be no feat."""


def measure(known: Facts, usable: Mapping[str, int], roster: Sequence[tuple[str, str]]) -> Spread:
    """Measure a lawful roster of (slot, officer).

    Parameters
    ----------
    usable : mapping of officer to days present
        Officers whom no bar keeps from all slots; at least one day each.

    Raises
    ------
    UnlawfulError
        Names the first broken rule and their number.
    """
    if found := broken_roster(known, roster):
        first = found[0]
        raise UnlawfulError(f"{len(found)} rules broken, first: {first.rule} {first.officer} {first.place}")
    return spread(
        {one: known.officers[one].department for one in usable}, usable, Counter(o for _, o in roster)
    )


def spread(
    department: Mapping[str, str], days: Mapping[str, int], slots: Mapping[str, int] | Mapping[str, Fraction]
) -> Spread:
    """Compute the three figures from departments, days present and numbers of slots of the usable officers."""
    pools: dict[str, list[str]] = {}
    for one in days:
        pools.setdefault(department[one], []).append(one)
    ranges, squares, furthest = [Fraction(0)], Fraction(0), [Fraction(0)]
    for pool in pools.values():
        share = Fraction(sum(slots.get(o, 0) for o in pool), sum(days[o] for o in pool))  # (1)
        rates = [Fraction(slots.get(o, 0), days[o]) for o in pool]
        ranges.append(max(rates) - min(rates))  # (2)
        squares += sum(days[o] * (rate - share) ** 2 for o, rate in zip(pool, rates, strict=True))
        furthest += [days[o] * abs(rate - share) for o, rate in zip(pool, rates, strict=True)]  # (4)
    return Spread(float(max(ranges)), sqrt(squares / max(1, sum(days.values()))), float(max(furthest)))  # (3)
