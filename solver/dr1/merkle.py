"""Merkle tree hash and inclusion proofs (RFC 6962 sections 2.1 and 2.1.1; dr1 section 2).

A node over ``n`` leaves splits at the largest power of two below ``n``. Built from the leaves up, that is:
pair neighbours on each level and carry an odd last one up unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from solver.dr1.encoding import hasher

_LEAF, _NODE = b"\x00", b"\x01"  # domain separation: no node can be passed off as a leaf


def root(leaves: Iterable[bytes], hash: str = "sha256") -> str:  # noqa: A002 - the protocol's own name
    """Return the root over ``leaves`` in their order, holding no more than one digest a level.

    Raises
    ------
    ProtocolError
        ``hash-unknown``.
    """
    h = hasher(hash)
    stack: list[bytes] = []  # perfect subtrees, larger first
    for count, leaf in enumerate(leaves):
        node = h(_LEAF + leaf)
        while count & 1:  # each 1 bit of the number before is a finished subtree of that size
            node = h(_NODE + stack.pop() + node)
            count >>= 1  # noqa: PLW2901
        stack.append(node)
    if not stack:
        return h(b"").hex()
    node = stack.pop()
    while stack:
        node = h(_NODE + stack.pop() + node)
    return node.hex()


def levels(leaves: Iterable[bytes], hash: str = "sha256") -> list[list[bytes]]:  # noqa: A002
    """Return all nodes level by level, leaf hashes first: make it once to prove many rows of one file."""
    h = hasher(hash)
    rows = [[h(_LEAF + leaf) for leaf in leaves]]
    while len(rows[-1]) > 1:
        below = rows[-1]
        above = [h(_NODE + below[i] + below[i + 1]) for i in range(0, len(below) - 1, 2)]
        rows.append(above + below[len(above) * 2 :])
    return rows


def proof_from(tree: Sequence[Sequence[bytes]], index: int) -> list[str]:
    """Return the audit path of leaf ``index`` (from 0) in a tree made by `levels`.

    Raises
    ------
    IndexError
        If there is no such leaf.
    """
    if not 0 <= index < len(tree[0]):
        raise IndexError(index)
    path = []
    for level in tree[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1].hex())
        index >>= 1
    return path


def inclusion_proof(leaves: Sequence[bytes], index: int, hash: str = "sha256") -> list[str]:  # noqa: A002
    """Return the audit path of one leaf (RFC 6962 section 2.1.1), hex digests from the leaf up.

    Raises
    ------
    IndexError
        If there is no such leaf.
    """
    return proof_from(levels(leaves, hash), index)


def verify_inclusion(
    leaf: bytes,
    index: int,
    size: int,
    proof: Sequence[str],
    root: str,
    hash: str = "sha256",  # noqa: A002
) -> bool:
    """Tell whether ``leaf`` is row ``index`` (from 0) of the ``size`` rows under ``root``.

    Only the exact path convinces: a proof too long, too short or not in lower-case hex does not.
    Source: RFC 9162 section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    h = hasher(hash)
    node, last, rest = h(_LEAF + leaf), size - 1, list(proof)
    while last:
        if index & 1 or index < last:  # a sibling exists on this level
            other = _raw(rest.pop(0)) if rest else None
            if other is None:
                return False
            node = h(_NODE + other + node) if index & 1 else h(_NODE + node + other)
        index, last = index >> 1, last >> 1
    return not rest and node.hex() == root


def _raw(digits: str) -> bytes | None:
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        return None
    return bytes.fromhex(digits)
