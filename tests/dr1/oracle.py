"""The protocol a second time, slow and to the letter of its text, importing nothing of the product.

Where the product is clever (rooted forest, heap, stack of subtrees), this is a literal transcription: it is
what the fast code is compared with, so nothing here may be made faster than it is plain.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

UNIT = 2**32


def h(data: bytes, name: str = "sha256") -> bytes:
    """H of section 2, raw."""
    return hashlib.new(name, data).digest()


def text(*fields: str) -> bytes:
    """Fields joined by newlines (section 2)."""
    return "\n".join(fields).encode()


def tagged(name: str, *fields: str) -> str:
    """H(text(fields)) in hex."""
    return h(text(*fields), name).hex()


def jcs(value: object) -> str:
    """RFC 8785 for what the protocol lets pass: whole numbers, ASCII keys, no control characters."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    assert isinstance(value, dict)
    return "{" + ",".join(jcs(key) + ":" + jcs(value[key]) for key in sorted(value)) + "}"


def merkle_root(leaves: Sequence[bytes], name: str = "sha256") -> bytes:
    """MTH of RFC 6962 section 2.1, as it is written there."""
    n = len(leaves)
    if n == 0:
        return h(b"", name)
    if n == 1:
        return h(b"\x00" + leaves[0], name)
    k = _split(n)
    return h(b"\x01" + merkle_root(leaves[:k], name) + merkle_root(leaves[k:], name), name)


def merkle_path(m: int, leaves: Sequence[bytes], name: str = "sha256") -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, as it is written there."""
    n = len(leaves)
    if n == 1:
        return []
    k = _split(n)
    if m < k:
        return [*merkle_path(m, leaves[:k], name), merkle_root(leaves[k:], name)]
    return [*merkle_path(m - k, leaves[k:], name), merkle_root(leaves[:k], name)]


def _split(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def words(seed: str, name: str = "sha256") -> Iterator[int]:
    """64-bit words of section 6's stream."""
    counter = 0
    while True:
        block = h(text("dr1/stream", seed, str(counter)), name)
        for at in (0, 8, 16, 24):
            yield int.from_bytes(block[at : at + 8], "big")
        counter += 1


def below(stream: Iterator[int], n: int) -> int:
    """below(n) of section 6: pass over words of the incomplete last run."""
    for word in stream:
        if word < (2**64 // n) * n:
            return word % n
    raise AssertionError("the stream has no end")


def draw(
    frame: Sequence[tuple[str, str, str]],
    strata: Sequence[dict[str, object]],
    seed: str,
    name: str = "sha256",
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Rows of 3-sample.jsonl and 3-cutoffs.jsonl by sorting everything (section 4)."""
    sample, cutoffs = [], []
    for cell in sorted(strata, key=lambda c: (str(c["task"]), str(c["stratum"]))):
        task, stratum, take = cell["task"], cell["stratum"], int(str(cell["take"]))
        ranked = sorted(
            (tagged(name, "dr1/ticket", seed, str(cell["group"]), b), b)
            for t, s, b in frame
            if (t, s) == (task, stratum)
        )
        for rank, (_, body) in enumerate(ranked[: take + int(str(cell["reserve"]))], 1):
            row = {"blind": body, "rank": rank, "stratum": stratum, "taken": rank <= take, "task": task}
            sample.append(row)
        cutoffs.append({"cutoff": ranked[take - 1][0] if take else "", "stratum": stratum, "task": task})
    return sample, cutoffs


Node = tuple[str, ...]
Edge = tuple[Node, Node]


def lottery(
    seed: str,
    slots: Sequence[tuple[str, str]],
    weights: Sequence[tuple[str, str, int]],
    name: str = "sha256",
    draw_below: Callable[[int], int] | None = None,
) -> list[tuple[str, str]]:
    """Return the roster of section 6, sentence by sentence."""
    stream = words(seed, name)
    draw_below = draw_below or (lambda n: below(stream, n))
    date_of = dict(slots)

    def officer_order(o: str) -> tuple[str, bytes]:
        return tagged(name, "dr1/officer-order", seed, o), o.encode()

    def slot_order(s: str) -> tuple[str, str, bytes]:
        return date_of[s], tagged(name, "dr1/slot-order", seed, s), s.encode()

    into_slot = sorted(
        ((("day", o, date_of[s]), ("slot", s)) for o, s, _ in weights),
        key=lambda e: (slot_order(e[1][1]), officer_order(e[0][1])),
    )
    into_day = sorted(
        {(("officer", e[0][1]), e[0]) for e in into_slot}, key=lambda e: (e[1][2], officer_order(e[1][1]))
    )
    into_officer = sorted({(("pool",), e[0]) for e in into_day}, key=lambda e: officer_order(e[1][1]))
    flow: dict[Edge, int] = {(("day", o, date_of[s]), ("slot", s)): w for o, s, w in weights}
    for e in into_day + into_officer:  # officers' days first, so that their own sums are there
        flow[e] = sum(f for (tail, _), f in flow.items() if tail == e[1])
    kept: list[Edge] = []
    for e in into_slot + into_day + into_officer:
        if flow[e] % UNIT:
            way = _path(kept, e[1], e[0])
            kept.append(e)
            if way is not None:
                _round(flow, [(e, 1), *way], draw_below)
                kept = [k for k in kept if flow[k] % UNIT]
    assert not kept
    return sorted(((s, o) for (tail, (_, s)), o in _full(flow)), key=lambda p: p[0].encode())


def _full(flow: dict[Edge, int]) -> list[tuple[Edge, str]]:
    return [(e, e[0][1]) for e, f in flow.items() if e[1][0] == "slot" and f == UNIT]


def _path(kept: Sequence[Edge], start: Node, goal: Node) -> list[tuple[Edge, int]] | None:
    """Edges from start to goal read without direction; 1 if the tail is met first, -1 if the head is."""
    trail: list[tuple[Node, list[tuple[Edge, int]]]] = [(start, [])]
    met = {start}
    for node, way in trail:
        if node == goal:
            return way
        for tail, head in kept:
            for near, far, sign in ((tail, head, 1), (head, tail, -1)):
                if near == node and far not in met:
                    met.add(far)
                    trail.append((far, [*way, ((tail, head), sign)]))
    return None


def _round(
    flow: dict[Edge, int], cycle: Sequence[tuple[Edge, int]], draw_below: Callable[[int], int]
) -> None:
    def distance(e: Edge, rising: bool) -> int:
        return UNIT - flow[e] % UNIT if rising else flow[e] % UNIT

    up = min(distance(e, sign == 1) for e, sign in cycle)
    down = min(distance(e, sign == -1) for e, sign in cycle)
    amount = up if draw_below(up + down) < down else -down
    for e, sign in cycle:
        flow[e] += sign * amount
