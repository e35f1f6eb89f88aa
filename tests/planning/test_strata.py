"""Laws of strata and their numbers, against brute force and a second way of counting."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.planning.strata import Cell, Form, Stratum, stratify

FORMS: tuple[Form, ...] = get_args(Form)
CLASSES = ("", "A", "B", "C", "D")
REGIONS = ("", "330402", "330411", "330421", "330424")

_shares = st.fractions(0, 1, max_denominator=200) | st.sampled_from([Fraction(1, 100), Fraction(1, 50)])
_places = st.lists(
    st.tuples(st.sampled_from(CLASSES), st.sampled_from(REGIONS)), min_size=1, max_size=9, unique=True
)


@st.composite
def cells(draw: st.DrawFn, form: Form) -> list[Cell]:
    """Cells of a task: one share a class, or a count shared in proportion within the class."""
    places = draw(_places)
    sizes = {place: draw(st.integers(1, 40)) for place in places}
    made = []
    for name in {risk for risk, _ in places}:
        of_class = {place: n for place, n in sizes.items() if place[0] == name}
        total = sum(of_class.values())
        share = (
            Fraction(draw(st.integers(0, total) | st.integers(0, min(total, 2))), total)
            if form == "count"
            else draw(_shares)
        )
        made += [Cell(*place, n, share * n) for place, n in of_class.items()]
    return draw(st.permutations(made))


def _asked(found: list[Stratum]) -> list[Stratum]:
    return [stratum for stratum in found if stratum.quota > 0]


def _place(cell: Cell) -> tuple[str, str]:
    return cell.risk_class, cell.region


def _take(some: tuple[Cell, ...], form: Form) -> int:
    quota = sum((cell.quota for cell in some), Fraction(0))
    return {"minimum": ceil(quota), "maximum": floor(quota), "exact": floor(quota + Fraction(1, 2))}[form]


@pytest.mark.parametrize("form", FORMS)
def test_no_class_is_exempt(form: Form) -> None:
    """Every cell asked for is in a stratum that draws someone, if all together draw someone (不豁免; F18)."""
    seen: Counter[str] = Counter()

    @settings(derandomize=True)
    @given(cells(form))
    def law(given_cells: list[Cell]) -> None:
        found = _asked(stratify(given_cells, form))
        if any(stratum.take for stratum in found):
            assert all(stratum.take for stratum in found)
            seen["merged" if any(stratum.merged for stratum in found) else "apart"] += 1
        elif found:
            assert len(found) == 1
            seen["nobody"] += 1

    law()
    assert seen["apart"]
    assert form == "minimum" or seen["merged"]


@pytest.mark.parametrize("form", FORMS)
def test_cells_are_split_once_and_never_overdrawn(form: Form) -> None:
    """Each cell is in exactly one stratum, an unasked one alone and undrawn, and nobody is drawn twice."""

    @settings(derandomize=True)
    @given(cells(form))
    def law(given_cells: list[Cell]) -> None:
        found = stratify(given_cells, form)
        assert Counter(cell for s in found for cell in s.cells) == Counter(given_cells)
        assert all(0 <= s.take <= s.population for s in found)
        assert all(s.take == 0 and not s.merged for s in found if s.quota == 0)

    law()


@pytest.mark.parametrize("form", FORMS)
def test_only_neighbours_are_merged(form: Form) -> None:
    """A merged stratum is a run without gap in the order of class and region of those asked for."""
    merges: Counter[int] = Counter()

    @settings(derandomize=True)
    @given(cells(form))
    def law(given_cells: list[Cell]) -> None:
        order = sorted(_place(cell) for cell in given_cells if cell.quota > 0)
        for stratum in _asked(stratify(given_cells, form)):
            first = order.index(_place(stratum.cells[0]))
            assert [_place(c) for c in stratum.cells] == order[first : first + len(stratum.cells)]
            merges[len(stratum.cells)] += 1

    law()
    assert form == "minimum" or max(merges) > 1


@pytest.mark.parametrize("form", ["minimum", "maximum", "exact"])
def test_a_stratum_takes_what_its_cells_ask_for_together(form: Form) -> None:
    """A minimum is never undercut, a cap never passed in any stratum or class, an exact share within one half."""

    @settings(derandomize=True)
    @given(cells(form))
    def law(given_cells: list[Cell]) -> None:
        found = _asked(stratify(given_cells, form))
        assert [s.take for s in found] == [_take(s.cells, form) for s in found]
        for name in {cell.risk_class for cell in given_cells}:
            inside = [s for s in found if {c.risk_class for c in s.cells} == {name}]
            quota = sum((s.quota for s in inside), Fraction(0))
            taken = sum(s.take for s in inside)
            assert form != "minimum" or taken >= ceil(quota)
            assert form != "maximum" or taken <= floor(quota)

    law()


def test_a_count_is_drawn_exactly_by_largest_remainders() -> None:
    """The numbers of a class sum to its count, and each cell's is that of Hamilton's method."""
    remainders: Counter[int] = Counter()

    @settings(derandomize=True)
    @given(cells("count"))
    def law(given_cells: list[Cell]) -> None:
        takes = {_place(c): n for c, n in _hamilton(given_cells).items()}
        remainders[sum(n > floor(c.quota) for c, n in _hamilton(given_cells).items())] += 1
        found = stratify(given_cells, "count")
        assert sum(s.take for s in found) == sum((c.quota for c in given_cells), Fraction(0))
        for stratum in found:
            assert stratum.take == sum(takes[_place(cell)] for cell in stratum.cells)

    law()
    assert max(remainders) > 1


def _hamilton(given_cells: list[Cell]) -> dict[Cell, int]:
    """Search, class by class, the set of cells to round up whose remainders are the largest."""
    takes = {cell: floor(cell.quota) for cell in given_cells}
    for name in {cell.risk_class for cell in given_cells}:
        inside = sorted((c for c in given_cells if c.risk_class == name), key=_place)
        missing = sum((c.quota for c in inside), Fraction(0)) - sum(takes[c] for c in inside)
        assert missing.denominator == 1
        choices = combinations(range(len(inside)), int(missing))
        best = max(
            choices,
            key=lambda chosen: (sum(inside[i].quota % 1 for i in chosen), [-i for i in chosen]),
        )
        for i in best:
            takes[inside[i]] += 1
    return takes


@pytest.mark.parametrize("form", ["maximum", "exact"])
def test_no_more_is_merged_than_must_be(form: Form) -> None:
    """In one class there are as many strata as any split into neighbouring runs that all draw someone has."""
    sizes: Counter[int] = Counter()

    @settings(derandomize=True)
    @given(st.lists(st.tuples(st.integers(1, 9), st.fractions(0, 1, max_denominator=12)), max_size=7))
    def law(rows: list[tuple[int, Fraction]]) -> None:
        inside = [Cell("A", f"{i:06d}", n, n * share) for i, (n, share) in enumerate(rows) if share]
        best = _most_runs(tuple(inside), form)
        found = stratify(inside, form)
        assert sum(s.take > 0 for s in found) == best
        sizes[best] += 1

    law()
    assert max(sizes) > 1


def _most_runs(inside: tuple[Cell, ...], form: Form) -> int:
    best = 0
    gaps = range(1, len(inside))
    for number in range(len(inside)):
        for cuts in combinations(gaps, number):
            edges = (0, *cuts, len(inside))
            runs = [inside[a:b] for a, b in pairwise(edges)]
            if all(_take(run, form) > 0 for run in runs):
                best = max(best, len(runs))
    return best


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_cells_does_not_matter(form: Form) -> None:
    """Strata depend on the cells alone, not on the order in which a database gives them (F7)."""

    @settings(derandomize=True)
    @given(cells(form), st.randoms(use_true_random=False))
    def law(given_cells: list[Cell], random: object) -> None:
        other = list(given_cells)
        random.shuffle(other)  # type: ignore[attr-defined]
        assert stratify(other, form) == stratify(given_cells, form)

    law()


def test_a_cap_that_gives_a_class_no_one_joins_it_to_the_next() -> None:
    """5 % of 12 in class A is 0: A and B become one stratum that draws ⌊0.6 + 2⌋, and says that it is merged."""
    a, b = Cell("A", "", 12, Fraction(12, 20)), Cell("B", "", 20, Fraction(2))
    assert stratify([b, a], "maximum") == [Stratum((a, b), 2)]
    assert stratify([b, a], "maximum")[0].merged
    assert [s.take for s in stratify([b, a], "minimum")] == [1, 2]


def test_the_last_class_joins_the_one_before_it() -> None:
    """With nobody after it, a class that draws no one joins the stratum before it, not one further away."""
    a, b, d = (
        Cell("A", "", 100, Fraction(5)),
        Cell("B", "", 30, Fraction(3)),
        Cell("D", "", 3, Fraction(9, 10)),
    )
    assert stratify([a, b, d], "maximum") == [Stratum((a,), 5), Stratum((b, d), 3)]
