"""What lawful weights are, said again from dr1 section 5 in plain whole numbers and exact fractions."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal, localcontext
from math import ceil, floor

from solver.roster.weights import Weighed
from tests.roster.cases import Case

UNIT = 2**32


def faults(case: Case, weighed: Weighed, pair_cap: int) -> list[str]:
    """Everything in which weights and potentials do not obey section 5, in words."""
    found = []
    slot, day, leg, officer = sums(case, weighed)
    caps = {route: weighed.caps.get(route, pair_cap) for _, route, _ in case.slots}
    found += [f"slot {s} sums to {slot[s]}" for s, _, _ in case.slots if slot[s] != UNIT]
    found += [f"day {key} sums to {n}" for key, n in day.items() if n > UNIT]
    found += [f"leg {key} sums to {n}" for key, n in leg.items() if n > caps[key[1]]]
    found += [f"pair {o} {s} is not allowed" for o, s, _ in weighed.weights if (o, s) not in case.pairs]
    found += [f"pair {o} {s} weighs {w}" for o, s, w in weighed.weights if w < 1]
    for name, load in weighed.loads.items():
        if not floor(load) * UNIT <= officer[name] <= ceil(load) * UNIT:
            found.append(f"officer {name}: {officer[name] / UNIT} for a load of {load}")
    return found + _potentials(case, weighed, caps)


def sums(
    case: Case, weighed: Weighed
) -> tuple[Counter[str], Counter[tuple[str, str]], Counter[tuple[str, str]], Counter[str]]:
    """Sums of weights by slot, (officer, date), (officer, route) and officer."""
    slot: Counter[str] = Counter()
    day: Counter[tuple[str, str]] = Counter()
    leg: Counter[tuple[str, str]] = Counter()
    officer: Counter[str] = Counter()
    routes, dates = case.route_of, case.date_of
    for o, s, w in weighed.weights:
        slot[s] += w
        day[o, dates[s]] += w
        leg[o, routes[s]] += w
        officer[o] += w
    return slot, day, leg, officer


def _potentials(case: Case, weighed: Weighed, caps: dict[str, int]) -> list[str]:
    _, day, leg, _ = sums(case, weighed)
    value = {row[:4]: row[4] for row in weighed.potentials}
    found = []
    wanted = {(s, "", "", "") for s, _, _ in case.slots} | {("", o, "", "") for o in case.days}
    wanted |= {("", o, d, "") for (o, d), n in day.items() if n == UNIT}
    wanted |= {("", o, "", r) for (o, r), n in leg.items() if n == caps[r]}
    if set(value) != wanted or len(value) != len(weighed.potentials):
        found.append(f"potential rows differ: {sorted(set(value) ^ wanted)}")
    found += [f"{row} is above zero" for row, v in value.items() if (row[2] or row[3]) and v > 0]
    routes, dates = case.route_of, case.date_of
    for o, s, w in weighed.weights:
        rows = ((s, "", "", ""), ("", o, "", ""), ("", o, dates[s], ""), ("", o, "", routes[s]))
        off = _deviation(sum(value.get(row, 0) for row in rows), w)
        if off > 1:
            found.append(f"pair {o} {s} is {off:.2f} times the tolerance from its potentials")
    return found


def _deviation(total: int, weight: int) -> Decimal:
    """How far a weight is from exp(x), as a share of what is allowed: one part in 10^4 or 4 units."""
    with localcontext() as context:
        context.prec = 40
        exact = (Decimal(total) / UNIT).exp() * UNIT
        return abs(exact - weight) / max(Decimal(4), exact / 10_000)
