"""The lottery as section 6 tells it, word for word, and slowly: the oracle of the fast one.

Named nodes, a set of edges, a search for the one cycle; whole flows, no remainders, no rooted trees.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from solver.dr1.encoding import hexdigest, text

UNIT = 2**32

Node = tuple[str, ...]
Edge = tuple[Node, Node]


def slow_lottery(
    seed: str,
    slots: Sequence[tuple[str, str]],
    weights: Sequence[tuple[str, str, int]],
    name: str,
    below: Callable[[int], int],
) -> list[tuple[str, str]]:
    """Return the roster by slot."""
    flow, order = _network(seed, dict(slots), weights, name)
    kept: list[Edge] = []
    for edge in order:
        if flow[edge] % UNIT == 0:
            continue
        way = _path(kept, edge[1], edge[0])
        kept.append(edge)
        if way is not None:
            _go_round([(edge, True), *way], flow, below)
            kept = [one for one in kept if flow[one] % UNIT]
    assert not kept
    assert all(value % UNIT == 0 for value in flow.values())
    return sorted((e[1][1], e[0][1]) for e in order if e[1][0] == "slot" and flow[e] == UNIT)


def _network(
    seed: str, date_of: dict[str, str], weights: Sequence[tuple[str, str, int]], name: str
) -> tuple[dict[Edge, int], list[Edge]]:
    def officer_key(code: str) -> tuple[str, str]:
        return hexdigest(text("dr1/officer-order", seed, code), name), code

    def slot_key(slot: str) -> tuple[str, str, str]:
        return date_of[slot], hexdigest(text("dr1/slot-order", seed, slot), name), slot

    flow: dict[Edge, int] = {}
    for officer, slot, weight in weights:
        day = ("day", officer, date_of[slot])
        flow[day, ("slot", slot)] = weight
        for edge in ((("officer", officer), day), (("pool",), ("officer", officer))):
            flow[edge] = flow.get(edge, 0) + weight
    into_slots = [e for e in flow if e[1][0] == "slot"]
    into_days = [e for e in flow if e[1][0] == "day"]
    into_officers = [e for e in flow if e[1][0] == "officer"]
    into_slots.sort(key=lambda e: (slot_key(e[1][1]), officer_key(e[0][1])))
    into_days.sort(key=lambda e: (e[1][2], officer_key(e[1][1])))
    into_officers.sort(key=lambda e: officer_key(e[1][1]))
    return flow, into_slots + into_days + into_officers


def _path(edges: list[Edge], start: Node, end: Node) -> list[tuple[Edge, bool]] | None:
    """Return the edges from start to end, each with whether it is met tail first; None if there is no way."""
    ways: dict[Node, list[tuple[Edge, bool]]] = {start: []}
    reached = [start]
    for node in reached:
        for edge in edges:
            for here, there, with_it in ((*edge, True), (edge[1], edge[0], False)):
                if here == node and there not in ways:
                    ways[there] = [*ways[node], (edge, with_it)]
                    reached.append(there)
    return ways.get(end)


def _go_round(cycle: list[tuple[Edge, bool]], flow: dict[Edge, int], below: Callable[[int], int]) -> None:
    def to_next(edge: Edge) -> int:
        return UNIT - flow[edge] % UNIT

    def to_last(edge: Edge) -> int:
        return flow[edge] % UNIT

    up = min(to_next(edge) if with_it else to_last(edge) for edge, with_it in cycle)
    down = min(to_last(edge) if with_it else to_next(edge) for edge, with_it in cycle)
    step = up if below(up + down) < down else -down
    for edge, with_it in cycle:
        flow[edge] += step if with_it else -step
