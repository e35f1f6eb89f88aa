"""Who follows is the known order, and depends on nothing but seed, slot and code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from solver.dr1.encoding import hexdigest, text
from solver.dr1.substitution import order
from tests.dr1.support import VECTORS, hashes, hex64

codes = st.lists(st.sampled_from([f"{i:016x}" for i in range(40)]), unique=True, max_size=12)


def test_known_order() -> None:
    """The known answer."""
    case = VECTORS["substitute"]
    assert order(case["seed"], case["slot"], case["candidates"]) == case["order"]


@given(hex64, codes, st.randoms(use_true_random=False), hashes)
def test_order_of_candidates_does_not_matter(seed: str, given_codes: list[str], shuffle, name: str) -> None:
    """The least hash goes first, however the candidates are listed."""
    ranked = order(seed, "R1-1", given_codes, name)
    assert sorted(ranked) == sorted(given_codes)
    shuffle.shuffle(given_codes)
    assert order(seed, "R1-1", given_codes, name) == ranked
    hashed = [hexdigest(text("dr1/substitute", seed, "R1-1", code), name) for code in ranked]
    assert hashed == sorted(hashed)


@given(hex64, codes.filter(len), st.data())
def test_striking_a_candidate_moves_no_other(seed: str, given_codes: list[str], data: st.DataObject) -> None:
    """Without one candidate the others keep their order."""
    gone = data.draw(st.sampled_from(given_codes))
    rest = [code for code in order(seed, "s", given_codes) if code != gone]
    assert order(seed, "s", [code for code in given_codes if code != gone]) == rest
