"""Items with hardly any bodies: one of each class in order can always be drawn."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from solver.plan.limits import fewest


@given(st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_fewest_is_the_fewest(sizes: list[int]) -> None:
    """No numbers of at least one each, in no falling ratio, sum to less; some sum to just that."""
    sums = [
        sum(numbers)
        for numbers in product(*(range(1, n + 1) for n in sizes))
        if all(a * n <= b * m for (a, m), (b, n) in pairwise(zip(numbers, sizes, strict=True)))
    ]
    assert fewest(sizes) == min(sums)
