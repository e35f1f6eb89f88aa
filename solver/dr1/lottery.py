"""From weights to one roster, without bias (抽取执法人员; dr1 section 6).

A network of flows in units of 2^-32: pool → officer → (officer, date) → slot. Edges that are not whole are kept in a
forest; an edge that closes a cycle lets chance push flow round it, one way or the other, until an edge of it is
whole. Every expected flow stays as it was, so an officer gets a slot with exactly the published weight.

The forest is rooted: each node knows its parent and the edge to it. A cycle is then the two paths from the new
edge's ends to where they meet, and a link hangs the end with the shorter path to its root below the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from solver.dr1.encoding import hasher, text
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import parse_date
from solver.dr1.stream import Stream

#: One whole: a probability of 1.
UNIT = 2**32

#: Draws an integer from 0 to n - 1; the protocol's stream, or in tests a walk over all outcomes.
Below = Callable[[int], int]


def lottery(
    seed: str,
    slots: Iterable[tuple[str, str]],
    weights: Iterable[tuple[str, str, int]],
    hash: str = "sha256",  # noqa: A002 - the protocol's own name
    below: Below | None = None,
) -> list[tuple[str, str]]:
    """Draw one officer for every slot.

    Parameters
    ----------
    seed : str
        Of the officers' stage.
    slots : iterable of (slot, date)
        Every slot once.
    weights : iterable of (officer, slot, weight)
        Units of 2^-32, each pair once, positive.
    below : callable, optional
        In place of the protocol's stream; for proofs by walking every outcome.

    Returns
    -------
    list of (slot, officer)
        By slot. Each slot once; an officer at most once a date; an officer's number of slots is the sum of
        their weights, rounded down or up.

    Raises
    ------
    ProtocolError
        ``slot-twice``, ``date``, ``weight-slot``, ``weight-twice``, ``weight-range``; ``slot-sum`` where a slot's
        weights are not 2^32 in all; ``date-sum`` where an officer's on one date are more.
    """
    network = _Network(seed, list(slots), list(weights), hash)
    forest = _Forest(network, below or Stream(seed, hash).below)
    for edge in range(len(network.tail)):
        if forest.part[edge]:
            forest.add(edge)
    taken = [(slot, officer) for edge, (officer, slot) in enumerate(network.pairs) if forest.full[edge]]
    return sorted(taken)


class _Network:
    """Nodes and edges in the protocol's order; a node is a whole number, an edge its place in the order.

    Python's order of text is by code point, which is that of UTF-8 bytes.

    Attributes
    ----------
    pairs : list of (officer, slot)
        The first edges, (officer, date) → slot.
    tail, head, flow : list of int
        For every edge.
    """

    def __init__(
        self,
        seed: str,
        slots: list[tuple[str, str]],
        weights: list[tuple[str, str, int]],
        hash_name: str,
    ) -> None:
        date_of = dict(slots)
        if len(date_of) < len(slots):
            raise ProtocolError("slot-twice", slots=len(slots), names=len(date_of))
        for day in set(date_of.values()):
            parse_date(day)
        digest = hasher(hash_name)

        def place(tag: str, name: str) -> tuple[bytes, str]:
            return digest(text(tag, seed, name)), name

        officers = sorted({w[0] for w in weights}, key=lambda code: place("dr1/officer-order", code))
        order = sorted(date_of, key=lambda slot: (date_of[slot], place("dr1/slot-order", slot)))
        officer_at = {code: i for i, code in enumerate(officers)}
        slot_at = {slot: i for i, slot in enumerate(order)}
        rows = sorted(_numbered(weights, officer_at, slot_at))
        dates = [date_of[slot] for slot in order]
        self.pairs = [(officers[o], order[s]) for s, o, _ in rows]
        days = sorted({(dates[s], o) for s, o, _ in rows})
        day_at = {day: i for i, day in enumerate(days)}
        first_day, first_slot = 1 + len(officers), 1 + len(officers) + len(days)
        of_day = [day_at[dates[s], o] for s, o, _ in rows]
        self.tail = [first_day + d for d in of_day] + [1 + o for _, o in days] + [0] * len(officers)
        self.head = (
            [first_slot + s for s, _, _ in rows]
            + [first_day + d for d in range(len(days))]
            + [1 + o for o in range(len(officers))]
        )
        to_slot, to_day = _sums(rows, of_day, len(order), len(days))
        for slot, total in zip(order, to_slot, strict=True):
            if total != UNIT:
                raise ProtocolError("slot-sum", slot=slot, sum=total, wanted=UNIT)
        to_officer = [0] * len(officers)
        for (day, o), total in zip(days, to_day, strict=True):
            if total > UNIT:
                raise ProtocolError("date-sum", officer=officers[o], date=day, sum=total, most=UNIT)
            to_officer[o] += total
        self.flow = [weight for _, _, weight in rows] + to_day + to_officer
        self.nodes = first_slot + len(order)


def _numbered(
    weights: list[tuple[str, str, int]], officer_at: dict[str, int], slot_at: dict[str, int]
) -> list[tuple[int, int, int]]:
    rows = []
    seen = set()
    for officer, slot, weight in weights:
        if slot not in slot_at:
            raise ProtocolError("weight-slot", slot=slot)
        if type(weight) is not int or not 0 < weight <= UNIT:  # a float would be drawn with its own rounding
            raise ProtocolError("weight-range", officer=officer, slot=slot)
        key = slot_at[slot], officer_at[officer]
        if key in seen:
            raise ProtocolError("weight-twice", officer=officer, slot=slot)
        seen.add(key)
        rows.append((*key, weight))
    return rows


def _sums(
    rows: Sequence[tuple[int, int, int]], of_day: Sequence[int], slots: int, days: int
) -> tuple[list[int], list[int]]:
    to_slot, to_day = [0] * slots, [0] * days
    for (slot, _, weight), day in zip(rows, of_day, strict=True):
        to_slot[slot] += weight
        to_day[day] += weight
    return to_slot, to_day


class _Forest:
    """Edges that are not whole, as rooted trees.

    Attributes
    ----------
    part : list of int
        Flow of each edge above its last multiple of 2^32; 0 for a whole edge.
    parent, edge : list of int
        For each node, the node above it and the edge that leads there; -1 at a root.
    full : list of bool
        For the edges into slots, once whole: whether the flow is 2^32.
    """

    __slots__ = ("below", "edge", "full", "head", "parent", "part", "tail")

    def __init__(self, network: _Network, below: Below) -> None:
        self.below = below
        self.tail, self.head = network.tail, network.head
        self.part = [flow % UNIT for flow in network.flow]
        self.full = [flow == UNIT for flow in network.flow[: len(network.pairs)]]
        self.parent = [-1] * network.nodes
        self.edge = [-1] * network.nodes

    def add(self, new: int) -> None:
        """Take in one edge that is not whole; where it closes a cycle, let chance make an edge of it whole."""
        a, b = self.tail[new], self.head[new]
        from_a, from_b = self._to_root(a), self._to_root(b)
        if from_a[-1] != from_b[-1]:
            if len(from_a) <= len(from_b):
                self._hang(from_a, b, new)
            else:
                self._hang(from_b, a, new)
            return
        while len(from_a) > 1 and len(from_b) > 1 and from_a[-2] == from_b[-2]:
            from_a.pop()
            from_b.pop()
        self._push(new, from_a, from_b)

    def _to_root(self, node: int) -> list[int]:
        parent = self.parent
        path = []
        while node >= 0:
            path.append(node)
            node = parent[node]
        return path

    def _hang(self, path: Sequence[int], below: int, new: int) -> None:
        """Make the tree's path start a root, and hang it by the new edge."""
        parent, edge = self.parent, self.edge
        carried = new
        for node in path:
            parent[node], below = below, node
            edge[node], carried = carried, edge[node]

    def _push(self, new: int, from_a: Sequence[int], from_b: Sequence[int]) -> None:
        """Go round the cycle of the new edge and the two paths to where they meet (dr1 section 6).

        The way is along the new edge from tail to head, from there up to the meeting point, and down to the
        tail again: an edge is with the way if its tail comes first on it.
        """
        edge, tail, part = self.edge, self.tail, self.part
        along: list[int] = [new]
        against: list[int] = []
        for node in from_b[:-1]:
            (along if tail[edge[node]] == node else against).append(edge[node])
        for node in from_a[:-1]:
            (against if tail[edge[node]] == node else along).append(edge[node])
        most, least = max(map(part.__getitem__, along)), min(map(part.__getitem__, along))
        if against:
            up = min(UNIT - most, *map(part.__getitem__, against))
            down = min(least, UNIT - max(map(part.__getitem__, against)))
        else:
            up, down = UNIT - most, least
        step = up if self.below(up + down) < down else -down
        for e in along:
            part[e] += step
        for e in against:
            part[e] -= step
        self._settle(new, from_a, from_b)

    def _settle(self, new: int, from_a: Sequence[int], from_b: Sequence[int]) -> None:
        """Drop the cycle's edges that became whole; if the new edge did not, it takes the place of one."""
        part, edge, parent = self.part, self.edge, self.parent
        cut = [node for path in (from_a, from_b) for node in path[:-1] if part[edge[node]] in (0, UNIT)]
        for node in cut:
            self._whole(edge[node])
            parent[node] = edge[node] = -1
        if part[new] in (0, UNIT):
            self._whole(new)
            return
        a_path, b_path = self._to_root(from_a[0]), self._to_root(from_b[0])
        if len(a_path) <= len(b_path):
            self._hang(a_path, from_b[0], new)
        else:
            self._hang(b_path, from_a[0], new)

    def _whole(self, e: int) -> None:
        if e < len(self.full):
            self.full[e] = self.part[e] == UNIT
        self.part[e] = 0
