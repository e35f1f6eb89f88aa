"""The proof that the weights are those of greatest entropy for their loads (dr1 section 5).

With potentials a(s) of slots, b(o) of officers, c(o,d) ≤ 0 of officers and dates, g(o,r) ≤ 0 of officers and routes:

    c(o,d) stands just where the officer's sum of the date is 2^32        (1)
    g(o,r) stands just where the officer's sum of the route is its cap    (2)
    w(o,s) = exp(a(s) + b(o) + c(o,d) + g(o,r)),  within 10^-4 or 4 units (3)

No float decides (3): where one comes within 10^-9 of the bound, fifty decimal digits do. A bound can never be met
exactly but at exp(0) = 1, for e to any other rational power is irrational (Lindemann).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, localcontext

from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import SECOND
from solver.dr1.checks.evidence import Evidence, number, word
from solver.dr1.checks.frame import POOL
from solver.dr1.checks.routes import ROUTES
from solver.dr1.checks.table import UNIT
from solver.dr1.checks.weights import WEIGHTS, own_caps, places, plan
from solver.dr1.encoding import Row
from solver.dr1.verdicts import Finding, fault, remark

POTENTIALS = "4-potentials.jsonl"
_SHARE, _UNITS = 10_000, 4  # the tolerance: one part in 10^4 of exp(x), or 4 units
_NEAR = 1e-9  # far above a float's error here (about 1e-14), far below what matters
_KINDS = {("slot",), ("officer",), ("officer", "date"), ("officer", "route")}


def _filled(row: Row) -> tuple[str, ...]:
    return tuple(field for field in ("slot", "officer", "date", "route") if row[field] != "")


def _due(e: Evidence) -> set[tuple[str, str, str, str]]:
    """Return the keys (slot, officer, date, route) of just the rows that must stand."""
    sums, caps, common = e.once(plan), own_caps(e), number(e.one(SECOND)["pair_cap"])
    due = {(slot, "", "", "") for slot in sums.slots}
    due |= {("", word(row["officer"]), "", "") for row in e.rows(POOL)}
    due |= {("", o, date, "") for (o, date), total in sums.by_date.items() if total == UNIT}  # (1)
    due |= {("", o, "", r) for (o, r), total in sums.by_route.items() if total == caps.get(r, common)}  # (2)
    return due


def _rows(e: Evidence) -> Iterator[Finding]:
    due = _due(e)
    for at, row in enumerate(e.rows(POTENTIALS), 1):
        kind, where = _filled(row), {"file": POTENTIALS, "row": at}
        if kind not in _KINDS:
            yield fault("potential-kind", **where, filled="+".join(kind))
        elif _key(row) not in due:
            yield fault("potential-idle", **where, **{field: row[field] for field in kind})
        elif len(kind) == 2 and number(row["value"]) > 0:
            yield fault("potential-positive", **where, value=row["value"])
        due.discard(_key(row))
    for key in sorted(due):
        yield fault("potential-missing", **dict(zip(("slot", "officer", "date", "route"), key, strict=True)))


def _key(row: Row) -> tuple[str, str, str, str]:
    return (word(row["slot"]), word(row["officer"]), word(row["date"]), word(row["route"]))


def _optimum(e: Evidence) -> Iterator[Finding]:
    values: Counter[tuple[str, str, str, str]] = Counter()  # what has no row counts as zero
    values.update({_key(row): number(row["value"]) for row in e.rows(POTENTIALS)})
    where, worst = e.once(places), 0.0
    for at, row in enumerate(e.rows(WEIGHTS), 1):
        slot, officer, weight = word(row["slot"]), word(row["officer"]), number(row["weight"])
        if slot not in where:
            continue
        route, date = where[slot]
        x = values[slot, "", "", ""] + values["", officer, "", ""]
        x += values["", officer, date, ""] + values["", officer, "", route]
        excess = _excess(weight, x)
        worst = max(worst, excess)
        if excess > 1 and not within(weight, x):
            yield fault("weight-other", row=at, officer=officer, slot=slot, weight=weight, x=x)
    yield remark("entropy-margin", parts=f"{worst:.2f}")


def _excess(weight: int, x: int) -> float:
    """Return the deviation as a part of the tolerance; just above 1 where a float cannot tell."""
    ideal = math.exp(max(-40.0, min(x / UNIT, 40.0))) * UNIT  # beyond 40, either way, the verdict is plain
    part = abs(weight - ideal) / max(ideal / _SHARE, _UNITS)
    return part if abs(part - 1) > _NEAR * _SHARE else 1 + _NEAR


def within(weight: int, x: int) -> bool:
    """Tell whether ``weight`` is ``exp(x)`` within the tolerance, both in units of 2^-32, to fifty digits."""
    with localcontext() as context:
        context.prec = 50
        ideal = (Decimal(max(-40 * UNIT, min(x, 40 * UNIT))) / UNIT).exp() * UNIT
        return abs(weight - ideal) <= max(ideal / _SHARE, Decimal(_UNITS))


CHECKS = (
    Check("weights.potentials", _rows, needs=(SECOND, POOL, ROUTES, WEIGHTS, POTENTIALS)),
    Check("weights.optimum", _optimum, needs=(ROUTES, WEIGHTS, POTENTIALS), after=("weights.potentials",)),
)
