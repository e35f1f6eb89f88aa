"""The deeper audit of a full pack (深度核验): what takes a flow computation and is beyond the plain checker.

``deep.loads``  the officers' sums of weights are the even loads, between their floor and ceiling; or they are all the whole
                loads that the targets' seed draws, to the unit. A remark says which.
``deep.caps``   no route's cap was raised above the smallest that can be kept
``deep.zeros``  an allowed pair without weight is zero in every staffing with these loads, and no other is
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor

from solver.dr1.eligibility import allowed_pairs, apply_changes, officers_of, routes_of
from solver.dr1.encoding import Row, parse_json_file, parse_jsonl
from solver.dr1.verdicts import Finding, Verdict, fault, judge, remark, unseen
from solver.roster.caps import UNIT, in_units, smallest_caps
from solver.roster.instance import Instance, build
from solver.roster.loads import even_loads
from solver.roster.staffing import Short, staff
from solver.roster.support import support
from solver.roster.whole import NoWholeLoads, drawn_order, hold, whole_loads

IDS = ("deep.caps", "deep.loads", "deep.zeros")

_NEEDS = (
    "1-pool.jsonl",
    "1-relations.jsonl",
    "2-seed.json",
    "4-changes.jsonl",
    "4-parameters.json",
    "4-routes.jsonl",
    "4-weights.jsonl",
)


def audit(files: Mapping[str, bytes]) -> tuple[Verdict, ...]:
    """Recompute caps, loads and impossible pairs of a pack in which every plain check holds.

    Parameters
    ----------
    files : mapping of str to bytes
        Files of the pack; what a copy lacks cannot be checked here.
    """
    missing = [name for name in _NEEDS if name not in files]
    if missing:
        return tuple(judge(check, [unseen("sealed", file=name) for name in missing]) for check in IDS)
    instance = instance_of(files)
    if isinstance(staff(instance), Short):
        return tuple(judge(check, [fault("short-of-officers")]) for check in IDS)
    parameters = parse_json_file(files["4-parameters.json"])
    caps = smallest_caps(instance, _whole(parameters["pair_cap"]))
    even = even_loads(instance, caps)
    weights = parse_jsonl(files["4-weights.jsonl"])
    found = list(_loads(instance, even.loads, weights))
    which = "loads-even"
    if found and (
        held := _whole_instead(instance, caps, weights, parse_json_file(files["2-seed.json"]), parameters)
    ):
        instance, even, found, which = held, even_loads(held, caps), [], "loads-whole"
    possible = set(instance.pair_names(support(instance, even).pair))
    return (
        judge(IDS[0], _caps(instance, caps, parameters)),
        judge(IDS[1], found or [remark(which)]),
        judge(IDS[2], _zeros(possible, weights, len(instance.pair_slot))),
    )


def instance_of(files: Mapping[str, bytes]) -> Instance:
    """Read the staffing problem of a pack; an officer's days are the draw's dates on which they are present."""
    rows = {name: parse_jsonl(files[name]) for name in _NEEDS if name.endswith(".jsonl")}
    officers = apply_changes(officers_of(rows["1-pool.jsonl"]), rows["4-changes.jsonl"])
    routes = routes_of(rows["4-routes.jsonl"])
    parameters, seed = parse_json_file(files["4-parameters.json"]), parse_json_file(files["2-seed.json"])
    pairs = allowed_pairs(
        officers, routes, rows["1-relations.jsonl"], str(seed["seed"]), str(parameters["hash"])
    )
    dates = {route.date for route in routes}
    return build(
        slots=[(slot.slot, route.route, route.date) for route in routes for slot in route.slots],
        pairs=[(officer, slot) for _, slot, officer in pairs],
        days={one.code: sum(one.present_on(day) for day in dates) for one in officers},
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _caps(instance: Instance, caps: tuple[Fraction, ...], parameters: Row) -> Iterator[Finding]:
    pair_cap = _whole(parameters["pair_cap"])
    least = {route: in_units(cap) for route, cap in zip(instance.routes, caps, strict=True)}
    raised = {route: cap for route, cap in least.items() if cap > pair_cap}
    listed = parameters["caps"]
    stated = {
        str(row["route"]): _whole(row["cap"])
        for row in (listed if isinstance(listed, list) else [])
        if isinstance(row, dict)
    }
    for route in sorted(raised.keys() | stated.keys()):
        if stated.get(route) != raised.get(route):
            least_cap = least.get(route, 0)
            yield fault("cap-not-least", route=route, stated=stated.get(route, 0), least=least_cap)


def _whole_instead(
    instance: Instance, caps: tuple[Fraction, ...], weights: list[Row], seed: Row, parameters: Row
) -> Instance | None:
    """The problem held to its whole loads, if the weights sum to these; none if they sum to something else."""
    total = _totals(weights)
    if any(units % UNIT for units in total.values()):
        return None
    order = drawn_order(instance.officers, str(seed["seed"]), str(parameters["hash"]))
    loads = whole_loads(instance, caps, order)
    if isinstance(loads, NoWholeLoads):
        return None
    same = all(total[o] == n * UNIT for o, n in zip(instance.officers, loads, strict=True))
    return hold(instance, loads) if same else None


def _totals(weights: list[Row]) -> Counter[str]:
    total: Counter[str] = Counter()
    for row in weights:
        total[str(row["officer"])] += _whole(row["weight"])
    return total


def _loads(instance: Instance, loads: tuple[Fraction, ...], weights: list[Row]) -> Iterator[Finding]:
    total = _totals(weights)
    for officer, load in zip(instance.officers, loads, strict=True):
        if (
            not floor(load) * UNIT <= total[officer] <= ceil(load) * UNIT
            or abs(total[officer] - load * UNIT) > len(instance.slots) + load * UNIT / 1000
        ):
            yield fault("load-uneven", officer=officer, load=str(load), given=total[officer])


def _zeros(possible: set[tuple[str, str]], weights: list[Row], allowed: int) -> Iterator[Finding]:
    given = {(str(row["officer"]), str(row["slot"])) for row in weights}
    for officer, slot in sorted(possible - given):
        yield fault("pair-possible", officer=officer, slot=slot)
    for officer, slot in sorted(given - possible):
        yield fault("pair-impossible", officer=officer, slot=slot)
    yield remark("pairs-zero-in-all", count=allowed - len(possible))
