"""The stream of fair whole numbers that the lottery consumes (dr1 section 6, last paragraph)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from solver.dr1.encoding import hasher, text
from solver.dr1.errors import ProtocolError

_WORDS = 2**64


def words(seed: str, hash: str = "sha256") -> Iterator[int]:  # noqa: A002 - the protocol's own name
    """Yield the endless 64-bit big-endian words, four from each block digest, block 0 first."""
    h = hasher(hash)
    prefix = text("dr1/stream", seed) + b"\n"
    counter = 0
    while True:
        yield from struct.unpack(">4Q", h(prefix + str(counter).encode()))
        counter += 1


class Stream:
    """One stream of draws from a seed; words that one call leaves are the next call's.

    Parameters
    ----------
    seed : str
        The seed of the stage, 64 lower-case hex digits.
    hash : str
        ``sha256`` or ``sm3``.
    """

    __slots__ = ("_next",)

    def __init__(self, seed: str, hash: str = "sha256") -> None:  # noqa: A002
        self._next = words(seed, hash).__next__

    def below(self, n: int) -> int:
        """Return a number uniform on 0 … n-1, taking at least one word.

        ``word % n`` alone would favour small values; words of the incomplete last run are passed over.

        Raises
        ------
        ProtocolError
            ``stream-range`` unless 1 ≤ n ≤ 2^64.
        """
        if not 1 <= n <= _WORDS:
            raise ProtocolError("stream-range", n=n)
        word = self._next()
        limit = _WORDS - _WORDS % n
        while word >= limit:
            word = self._next()
        return word % n
