"""How load spread is measured: by hand, and against a second reading in plain fractions."""

from __future__ import annotations

from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.roster import small
from benchmarks.roster_measure import Spread, UnlawfulError, measure, spread
from solver.dr1.eligibility import Officer, Route, Slot
from solver.dr1.encoding import Row
from solver.roster.staffing import Staffed, staff
from solver.rules import facts

DAY = "2026-12-01"


def test_even_loads_have_no_spread() -> None:
    """Slots in proportion to days present are no spread at all, in each department by its own share."""
    department = {"a": "D", "b": "D", "c": "E"}
    assert spread(department, {"a": 20, "b": 10, "c": 5}, {"a": 4, "b": 2, "c": 5}) == Spread(0, 0, 0)


def test_spread_by_hand() -> None:
    """Two officers of ten days with three slots and one: share 1/5, 0.3 and 0.1 a day, each one slot off."""
    found = spread({"a": "D", "b": "D"}, {"a": 10, "b": 10}, {"a": 3, "b": 1})
    assert isclose(found.range, 0.2)
    assert isclose(found.deviation, 0.1)
    assert isclose(found.furthest, 1.0)


def test_days_present_count() -> None:
    """One slot each is uneven where one was there for half as long: share 2/15, 0.1 and 0.2 a day."""
    found = spread({"a": "D", "b": "D"}, {"a": 10, "b": 5}, {"a": 1, "b": 1})
    assert isclose(found.range, 0.1)
    assert isclose(found.deviation**2, (10 * (1 / 30) ** 2 + 5 * (1 / 15) ** 2) / 15)
    assert isclose(found.furthest, 1 / 3)


def test_who_has_nothing_counts() -> None:
    """A usable officer without a slot is the lower end of the range."""
    assert spread({"a": "D", "b": "D"}, {"a": 4, "b": 4}, {"a": 2}).range == 0.5


def test_departments_are_not_mixed() -> None:
    """Departments with different work are each even: the range is within one, and the greatest of theirs."""
    department = {"a": "D", "b": "D", "c": "E", "d": "E"}
    days = dict.fromkeys(department, 10)
    assert spread(department, days, {"a": 5, "b": 5, "c": 1, "d": 1}).range == 0
    assert isclose(spread(department, days, {"a": 6, "b": 5, "c": 1, "d": 3}).range, 0.2)


@given(st.lists(st.tuples(st.integers(1, 22), st.integers(0, 9)), min_size=1, max_size=12))
def test_deviation_is_least_where_the_squares_are(officers: list[tuple[int, int]]) -> None:
    """Σ a (n/a - λ)² = Σ n²/a - N²/A: what a model of squares makes least is what is measured."""
    days = {str(i): a for i, (a, _) in enumerate(officers)}
    slots = {str(i): n for i, (_, n) in enumerate(officers)}
    found = spread(dict.fromkeys(days, "D"), days, slots)
    total, whole = sum(slots.values()), sum(days.values())
    squares = sum(Fraction(slots[o] ** 2, days[o]) for o in days) - Fraction(total**2, whole)
    assert isclose(found.deviation**2 * whole, float(squares), abs_tol=1e-9)


def test_unlawful_rosters_are_not_measured() -> None:
    """Each broken rule refuses the roster, by its name; the lawful one is measured."""
    officers = [
        Officer("a", "D", lead=True, skills=frozenset({"S"}), unit="U", until="2027-12-31", away=()),
        Officer("b", "D", lead=False, skills=frozenset(), unit="U", until="2027-12-31", away=()),
        Officer(
            "c", "D", lead=True, skills=frozenset({"S"}), unit="U", until="2027-12-31", away=((DAY, DAY),)
        ),
        Officer("d", "E", lead=True, skills=frozenset({"S"}), unit="U", until="2027-12-31", away=()),
        Officer("e", "D", lead=True, skills=frozenset({"S"}), unit="U", until="2027-12-31", away=()),
        Officer("f", "D", lead=True, skills=frozenset({"S"}), unit="U", until="2027-12-31", away=()),
        Officer("g", "D", lead=True, skills=frozenset(), unit="U", until="2027-12-31", away=()),
    ]
    slots = (Slot("1", "D", True, frozenset({"S"})), Slot("2", "D", False, frozenset()))
    route = Route("R", DAY, True, ("blind",), slots)
    relations: list[Row] = [
        {"ground": "interest", "officer": "e", "with": "blind"},
        {"ground": "kin", "officer": "b", "with": "f"},
    ]
    known = facts(officers, [route], relations)
    usable = {"a": 1, "b": 1, "f": 1}
    assert measure(known, usable, [("1", "a"), ("2", "b")]).range == 1
    refused = {
        "lead": [("1", "b"), ("2", "a")],
        "skill": [("1", "g"), ("2", "b")],
        "away": [("1", "c"), ("2", "b")],
        "department": [("1", "d"), ("2", "b")],
        "relation": [("1", "e"), ("2", "b")],
        "slot": [("1", "a")],
        "date": [("1", "a"), ("2", "a")],
        "kin": [("1", "f"), ("2", "b")],
    }
    for rule, roster in refused.items():
        with pytest.raises(UnlawfulError, match=f"first: {rule} "):
            measure(known, usable, roster)


def test_a_staffing_of_the_month_is_measured() -> None:
    """A staffing found without any thought of evenness is lawful, and has a spread above zero."""
    month = small()
    staffed = staff(month.instance())
    assert isinstance(staffed, Staffed)
    roster = [(slot, officer) for officer, slot in staffed.roster]
    assert measure(month.facts, month.usable, roster).deviation > 0
