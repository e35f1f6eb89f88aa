"""The stream is exactly uniform and its words come in the order of the text."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import stream
from solver.dr1.encoding import digest, text
from tests.dr1.support import VECTORS, hashes, hex64, refused


@pytest.mark.parametrize("case", VECTORS["stream"], ids=lambda case: case["below"])
def test_known_numbers(case: dict[str, object]) -> None:
    """Every known run, in both hashes."""
    for name, known in (("sha256", "first"), ("sm3", "first_sm3")):
        below = stream.Stream(str(case["seed"]), name).below
        assert [str(below(int(str(case["below"])))) for _ in range(12)] == case[known]


def test_uniform_by_exhaustion(monkeypatch: pytest.MonkeyPatch) -> None:
    """With words of 6 bits, for every n: of all first words each value owns equally many, the rest are passed over."""
    monkeypatch.setattr(stream, "_WORDS", 64)
    passed_over = 0
    for n in range(1, 65):
        owners: Counter[int] = Counter()
        for word in range(64):
            one = stream.Stream("")
            rest = iter([word, 0])
            one._next = rest.__next__
            value = one.below(n)
            if next(rest, None) == 0:
                owners[value] += 1
            else:
                passed_over += 1
        assert set(owners.values()) == {64 // n}
        assert set(owners) == set(range(n))
    assert passed_over == sum(64 % n for n in range(1, 65)) > 0


@given(hex64, st.lists(st.integers(1, 2**64) | st.integers(2**63, 2**64), min_size=1, max_size=30), hashes)
def test_words_are_read_in_order(seed: str, asked: list[int], name: str) -> None:
    """Each call goes on where the last one stopped, block after block, counter in decimal."""
    raw = b"".join(digest(text("dr1/stream", seed, str(block)), name) for block in range(60))
    words = [int.from_bytes(raw[i : i + 8], "big") for i in range(0, len(raw), 8)]
    below = stream.Stream(seed, name).below
    for n in asked:
        while (word := words.pop(0)) >= 2**64 // n * n:
            pass
        assert below(n) == word % n


def test_words_are_passed_over() -> None:
    """Just above 2^63 about every second word is passed over, and none is used twice."""
    n = 2**63 + 1
    taken = iter(stream.words("00" * 32))
    kept = [word for word in (next(taken) for _ in range(64)) if word < n]
    below = stream.Stream("00" * 32).below
    assert [below(n) for _ in kept] == kept
    assert 16 < len(kept) < 48


@pytest.mark.parametrize("n", [0, -1, 2**64 + 1])
def test_range(n: int) -> None:
    """Nothing is drawn below less than one or more than 2^64."""
    with refused("stream-range"):
        stream.Stream("00" * 32).below(n)
