"""What joint visits save, against a count of each task gone alone."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings

from inspect_engine.planning.tables import Method
from inspect_engine.visits.figures import figures_of
from inspect_engine.visits.merge import Line, Taken, TaskTerms, VisitDraft, merge
from tests.visits.drafts import terms_and_rows


@settings(derandomize=True)
@given(terms_and_rows())
def test_what_is_saved_is_what_tasks_alone_would_take(
    given_: tuple[dict[str, TaskTerms], list[Taken]],
) -> None:
    """Saved visits and minutes are those of merging each task alone, less those merged; nothing is ever lost."""
    terms, rows = given_
    found = figures_of(merge(rows, terms, setup=17), 17)
    alone = [v for name in terms for v in merge([r for r in rows if r.task == name], terms, setup=17)]
    assert found.visits == found.bodies == len({row.blind for row in rows})
    assert found.alone == len(alone)
    assert found.minutes_alone == sum(v.minutes for v in alone)
    assert found.saved >= 0
    assert found.minutes_saved >= 17 * found.saved
    assert sum(found.hosts.values()) == found.visits


@settings(derandomize=True)
@given(terms_and_rows())
def test_a_joint_visit_is_one_of_two_departments(given_: tuple[dict[str, TaskTerms], list[Taken]]) -> None:
    """The joint rate counts visits to which two departments come or whose items are of two; joiners are all but the host."""
    terms, rows = given_
    visits = merge(rows, terms)
    found = figures_of(visits, 20)
    sizes = []
    for visit in visits:
        own = [terms[row.task] for row in rows if row.blind == visit.blind]
        there = {line.department for one in own for line in one.lines}
        sizes.append(len(there | {d for one in own for d, n in one.slots.items() if n}))
    joint = sum(size > 1 for size in sizes)
    assert found.joint == joint
    assert found.joint_rate == (joint * 1_000_000 // len(visits) if visits else 0)
    assert sum(found.joiners.values()) == sum(size - 1 for size in sizes)


def test_sections_of_one_department_are_counted_apart() -> None:
    """Two sections of one department at one door are no joint visit of departments, but of several units."""
    first = merge([], {})
    assert figures_of(first, 20).joint_rate == 0
    base = Line("T1", 1, "市监", "K1", Method.onsite, "", 10)
    other = Line("T2", 2, "市监", "K2", Method.onsite, "", 10)
    window = date(2026, 12, 1), date(2026, 12, 2)
    visit = VisitDraft("b", 1, "r", "t", window, (base, other), (), "市监", 40)
    found = figures_of([visit], 20)
    assert (found.joint, found.several_units, found.several_tasks, found.saved) == (0, 1, 1, 1)
    assert found.minutes_saved == 20
