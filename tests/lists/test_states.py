"""The life of items and powers: which state follows which."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.lists.versions import may_follow, states_after
from inspect_engine.registers.states import breaks_repeal
from inspect_engine.registers.tables import ItemState

#: The whole table, written out once more by hand.
ALLOWED = {
    ("draft", "active"),
    ("active", "suspended"),
    ("active", "repealed"),
    ("suspended", "active"),
    ("suspended", "repealed"),
}
STATES = st.sampled_from(list(ItemState))


def test_the_table_is_the_one_that_was_meant() -> None:
    """Of all pairs of states just the five allowed ones may follow each other."""
    pairs = list(product(ItemState, ItemState))
    assert len(pairs) == 16
    assert {(a.value, b.value) for a, b in pairs if may_follow(a, b)} == ALLOWED
    for state in ItemState:
        assert set(states_after(state)) == {other for other in ItemState if may_follow(state, other)}


@given(st.lists(STATES, min_size=1, max_size=12))
def test_nothing_leaves_repealed_and_nothing_becomes_a_draft(wishes: list[ItemState]) -> None:
    """Along any walk of allowed moves, repealed is the end, and a draft stands only at the beginning."""
    walk = [ItemState.draft]
    for wish in wishes:
        if may_follow(walk[-1], wish):
            walk.append(wish)
    assert ItemState.draft not in walk[1:]
    assert ItemState.repealed not in walk[:-1]


@given(
    st.dictionaries(st.integers(1, 9), STATES, max_size=5),
    st.integers(1, 9),
    STATES,
)
def test_a_repeal_is_the_last_version(stored: dict[int, ItemState], day: int, state: ItemState) -> None:
    """A version breaks a history if and only if, put in its place, some version follows a repealed one."""
    history = {f"2026-01-{d:02d}": s.value for d, s in stored.items() if d != day}
    whole = sorted({**history, f"2026-01-{day:02d}": state.value}.items())
    own = f"2026-01-{day:02d}"
    broken = any(
        first == "repealed" and own in {d, later}
        for i, (d, first) in enumerate(whole)
        for later, _ in whole[i + 1 :]
    )
    assert (breaks_repeal(history, own, state) is not None) == broken
