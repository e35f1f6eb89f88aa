"""Shrunk rates: between the child's own and the parent's, closer to its own the more it was inspected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.plan.errors import PlanError
from solver.plan.rates import Past, Prior, shrink

PASTS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda p: Past(min(p), max(p))),
    min_size=1,
    max_size=6,
)


@given(PASTS, st.floats(0.01, 0.99), st.floats(0.5, 50))
def test_between_own_rate_and_parents(pasts: list[Past], rate: float, weight: float) -> None:
    """Every rate lies between the child's own share and the parent's mean."""
    children = {str(i): past for i, past in enumerate(pasts)}
    found, inspected = sum(p.found for p in pasts), sum(p.inspected for p in pasts)
    mean = (weight * rate + found) / (weight + inspected)
    for name, one in shrink(children, Prior(rate, weight)).items():
        own = children[name].found / children[name].inspected if children[name].inspected else mean
        assert min(own, mean) - 1e-12 <= one.rate <= max(own, mean) + 1e-12


def test_no_findings_give_the_prior() -> None:
    """Before any inspection the plain prior is the rate."""
    assert shrink({"a": Past(0, 0), "b": Past(0, 0)}, Prior(0.2, 5)) == {
        "a": Prior(0.2, 5),
        "b": Prior(0.2, 5),
    }


def test_children_alike_get_the_parents_rate_and_unlike_ones_their_own() -> None:
    """What differs by no more than chance is one rate; what differs by far more stays nearly as seen."""
    alike = shrink({"a": Past(20, 100), "b": Past(21, 100)}, Prior(0.2, 1))
    assert alike["a"].rate == alike["b"].rate
    unlike = shrink({"a": Past(100, 1000), "b": Past(900, 1000)}, Prior(0.5, 1))
    assert unlike["a"].rate == pytest.approx(0.1, abs=0.005)
    small = shrink({"a": Past(100, 1000), "b": Past(900, 1000), "c": Past(0, 1)}, Prior(0.5, 1))
    assert 0.1 < small["c"].rate < 0.5


def test_more_found_than_inspected_is_refused() -> None:
    """Contradictory findings are refused with their place."""
    with pytest.raises(PlanError) as error:
        shrink({"a": Past(2, 1)}, Prior(0.5, 1))
    assert error.value.code == "found-over-inspected"
