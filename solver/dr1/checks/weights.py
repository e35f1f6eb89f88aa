"""Who may go and with what chance (dr1 section 5): bars, sums of slots and dates, caps of routes.

With w(o,s) the weight of officer o for slot s in units of 2^-32, S(r) the slots of route r, S(d) those of date d:

    w(o,s) is a row only if (o,s) is allowed         (1)
    Σ_o w(o,s)          = 2^32   ∀ s                 (2)
    Σ_{s ∈ S(d)} w(o,s) ≤ 2^32   ∀ o, d              (3)
    Σ_{s ∈ S(r)} w(o,s) ≤ cap(r) ∀ o, r              (4)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from solver.dr1 import eligibility
from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import SECOND
from solver.dr1.checks.evidence import Evidence, number, objects, word
from solver.dr1.checks.frame import POOL, RELATIONS
from solver.dr1.checks.routes import CHANGES, ROUTES
from solver.dr1.checks.seeds import TARGETS
from solver.dr1.checks.table import UNIT
from solver.dr1.verdicts import Finding, fault, remark

WEIGHTS = "4-weights.jsonl"
ALLOWED_NEEDS = (POOL, RELATIONS, TARGETS.seed, CHANGES, ROUTES)


@dataclass(frozen=True, slots=True)
class Plan:
    """Where and when each slot is, and the officers' sums (units of 2^-32).

    Attributes
    ----------
    slots : dict[str, tuple[str, str]]
        Route and date of each slot.
    by_slot : Counter[str]
        Sum of weights of each slot.
    by_date, by_route : Counter[tuple[str, str]]
        Sum of weights of each (officer, date) and (officer, route).
    """

    slots: dict[str, tuple[str, str]]
    by_slot: Counter[str]
    by_date: Counter[tuple[str, str]]
    by_route: Counter[tuple[str, str]]


def places(e: Evidence) -> dict[str, tuple[str, str]]:
    """Return the route and date of each slot."""
    return {
        word(slot["slot"]): (word(row["route"]), word(row["date"]))
        for row in e.rows(ROUTES)
        for slot in objects(row["slots"])
    }


def plan(e: Evidence) -> Plan:
    """Sum the weights; a row of a slot that no route has is the bars' matter and is left out here."""
    sums = Plan(e.once(places), Counter(), Counter(), Counter())
    for row in e.rows(WEIGHTS):
        slot, officer, weight = word(row["slot"]), word(row["officer"]), number(row["weight"])
        if slot in sums.slots:
            route, date = sums.slots[slot]
            sums.by_slot[slot] += weight
            sums.by_date[officer, date] += weight
            sums.by_route[officer, route] += weight
    return sums


def allowed(e: Evidence) -> dict[str, set[str]]:
    """Return the officers allowed in each slot."""
    found: dict[str, set[str]] = {slot: set() for slot in e.once(places)}
    pool = {row["officer"] for row in e.rows(POOL)}
    changes = [row for row in e.rows(CHANGES) if row["officer"] in pool]  # others are the changes' own fault
    officers = eligibility.apply_changes(eligibility.officers_of(e.rows(POOL)), changes)
    routes, seed = eligibility.routes_of(e.rows(ROUTES)), word(e.one(TARGETS.seed)["seed"])
    for _, slot, officer in eligibility.allowed_pairs(officers, routes, e.rows(RELATIONS), seed, e.hash):
        found[slot].add(officer)
    return found


def _bars(e: Evidence) -> Iterator[Finding]:  # (1)
    may, covered = e.once(allowed), 0
    for at, row in enumerate(e.rows(WEIGHTS), 1):
        slot, officer = word(row["slot"]), word(row["officer"])
        if slot not in may:
            yield fault("slot-unknown", file=WEIGHTS, row=at, slot=slot)
        elif officer not in may[slot]:
            yield fault("barred", file=WEIGHTS, row=at, officer=officer, slot=slot)
        else:
            covered += 1
    yield remark("allowed-without-row", count=sum(map(len, may.values())) - covered)


def _slots(e: Evidence) -> Iterator[Finding]:  # (2)
    sums = e.once(plan)
    for slot in sums.slots:
        if sums.by_slot[slot] != UNIT:
            yield fault("slot-sum", slot=slot, sum=sums.by_slot[slot], wanted=UNIT)


def _days(e: Evidence) -> Iterator[Finding]:  # (3)
    for (officer, date), total in e.once(plan).by_date.items():
        if total > UNIT:
            yield fault("date-sum", officer=officer, date=date, sum=total, most=UNIT)


def own_caps(e: Evidence) -> dict[str, int]:
    """Return the caps of the routes that have one of their own."""
    return {word(row["route"]): number(row["cap"]) for row in objects(e.one(SECOND)["caps"])}


def _routes(e: Evidence) -> Iterator[Finding]:  # (4)
    caps, common = own_caps(e), number(e.one(SECOND)["pair_cap"])
    for (officer, route), total in e.once(plan).by_route.items():
        if total > caps.get(route, common):
            yield fault("cap-sum", officer=officer, route=route, sum=total, most=caps.get(route, common))


def _caps(e: Evidence) -> Iterator[Finding]:
    """A route's own cap is above the common one, and the smallest: so somebody reaches it.

    If nobody did, these very weights would keep a smaller one. That no other weights would is for the deeper audit.
    """
    common, most = number(e.one(SECOND)["pair_cap"]), Counter[str]()
    for (_, route), total in e.once(plan).by_route.items():
        most[route] = max(most[route], total)
    routes = {row["route"] for row in e.rows(ROUTES)}
    for route, cap in own_caps(e).items():
        if route not in routes:
            yield fault("cap-route", route=route)
        elif cap <= common:
            yield fault("cap-needless", route=route, cap=cap, common=common)
        elif most[route] < cap - max(cap // 10_000, 4):  # the tolerance that the text grants the weights
            yield fault("cap-not-smallest", route=route, cap=cap, reached=most[route])
        else:
            yield remark("cap-own", route=route, cap=cap)


CHECKS = (
    Check("weights.bars", _bars, needs=(*ALLOWED_NEEDS, WEIGHTS)),
    Check("weights.slots", _slots, needs=(ROUTES, WEIGHTS)),
    Check("weights.days", _days, needs=(ROUTES, WEIGHTS)),
    Check("weights.routes", _routes, needs=(SECOND, ROUTES, WEIGHTS)),
    Check("weights.caps", _caps, needs=(SECOND, ROUTES, WEIGHTS)),
)
