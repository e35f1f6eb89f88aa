"""Who follows an officer that must leave a slot (替换): a small lottery of its own (dr1 section 7)."""

from __future__ import annotations

from collections.abc import Iterable

from solver.dr1.encoding import hexdigest, text


def order(seed: str, slot: str, candidates: Iterable[str], hash: str = "sha256") -> list[str]:  # noqa: A002
    """Rank candidates by (H(text("dr1/substitute", seed, slot, officer)), code); the first one goes.

    Parameters
    ----------
    seed : str
        Seed of the substitution's own draw, whose parameters are the request.
    slot : str
        The slot that is left.
    candidates : Iterable[str]
        Codes allowed and free at the time of the request, in any order.

    Returns
    -------
    list[str]
        All candidates, the one who goes first.
    """
    return sorted(
        candidates, key=lambda code: (hexdigest(text("dr1/substitute", seed, slot, code), hash), code)
    )
