"""The provincial draw as re-made for comparison: the figures that were told of it, and what is wrong with it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from benchmarks.provincial import paged, round_robin, starts_by_row, step_of, systematic


def _rows(population: int, count: int, *, by_page: bool = False) -> dict[int, int]:
    draw = paged if by_page else systematic
    starts = range(step_of(population, count))
    return dict(starts_by_row((draw(population, count, r) for r in starts), population))


def test_told_figures_come_out() -> None:
    """The tails that no start draws are those that were told of the real platform."""
    assert _rows(899, 300)[0] == 299
    assert _rows(299, 100)[0] == 99
    assert _rows(40_065, 1200) == {0: 465, 1: 39_600}


def test_pages_lose_and_double() -> None:
    """With the paging shift 4,625 rows are never drawn and 4,160 at double chance, and no other chance occurs."""
    assert _rows(40_065, 1200, by_page=True) == {0: 4625, 1: 31_280, 2: 4160}


def test_pages_without_a_turn_change_nothing() -> None:
    """Rows that fit on one page are drawn as without pages: the shift comes from turning pages alone."""
    for start in range(step_of(4999, 300)):
        assert paged(4999, 300, start) == systematic(4999, 300, start)


@given(st.data())
def test_tail_is_never_drawn(data: st.DataObject) -> None:
    """Exactly the N - n·step rows at the end have no chance, and every other row has one start (F18)."""
    count = data.draw(st.integers(1, 60))
    population = data.draw(st.integers(count, 900))
    step = step_of(population, count)
    rows = _rows(population, count)
    assert rows.get(0, 0) == population - count * step
    assert rows[1] == count * step


def test_cycle_repeats_its_pairs() -> None:
    """Twelve officers in fixed cyclic order make six pairs and no more, each where two lists say."""
    teams = round_robin(12, 30)
    assert len(set(teams)) == 6
    assert teams[0] == teams[6] == (0, 1)
