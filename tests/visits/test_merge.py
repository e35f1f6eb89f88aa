"""One body, one visit: all its items, the right departments, a window that keeps every duty."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.planning.tables import Method
from inspect_engine.visits.merge import SETUP_MINUTES, Line, Taken, TaskTerms, VisitDraft, merge
from tests.visits.drafts import FIRST, task, terms_and_rows


@settings(derandomize=True)
@given(terms_and_rows())
def test_every_drawn_row_is_in_exactly_one_visit(given_: tuple[dict[str, TaskTerms], list[Taken]]) -> None:
    """Each body has one visit, which holds the lines of all its tasks and of no other, each once."""
    terms, rows = given_
    visits = merge(rows, terms)
    assert [v.blind for v in visits] == sorted({row.blind for row in rows})
    for visit in visits:
        own = [row.task for row in rows if row.blind == visit.blind]
        expected = Counter(line for name in own for line in terms[name].lines)
        assert Counter(visit.lines) == expected
        once: dict[tuple[str, int, Method], int] = {}
        for line in visit.lines:
            key = line.agency, line.item_version_id, line.method
            once[key] = max(line.minutes, once.get(key, 0))
        assert visit.minutes == SETUP_MINUTES + sum(once.values())
        alone = sum(SETUP_MINUTES + sum(line.minutes for line in terms[name].lines) for name in own)
        assert visit.minutes <= alone


@settings(derandomize=True)
@given(terms_and_rows(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(
    given_: tuple[dict[str, TaskTerms], list[Taken]], random: object
) -> None:
    """The visits depend on which rows were drawn, not on the order of a file (F7)."""
    terms, rows = given_
    other = list(rows)
    random.shuffle(other)  # type: ignore[attr-defined]
    assert merge(other, terms) == merge(rows, terms)


@settings(derandomize=True)
@given(terms_and_rows())
def test_departments_come_with_what_was_asked_for(
    given_: tuple[dict[str, TaskTerms], list[Taken]],
) -> None:
    """A department that brings slots to any of the body's tasks comes, once, with the larger number, two at least."""
    terms, rows = given_
    for visit in merge(rows, terms):
        own = [terms[row.task] for row in rows if row.blind == visit.blind]
        asked = {d: max(t.slots.get(d, 0) for t in own) for t in own for d in t.slots}
        assert {p.department: p.slots for p in visit.parties} == {d: n for d, n in asked.items() if n}
        assert visit.lead in {t.host for t in own}
        assert visit.lead in {p.department for p in visit.parties}


def test_skills_are_covered_by_who_comes() -> None:
    """The skill of each line falls to its department, or to the leading one where the host's slots suffice."""
    joint = task(
        "T1",
        lines=(("市监", "食品"), ("应急", "危化"), ("环保", "大气"), ("市监", "")),
        slots={"市监": 2, "应急": 2, "环保": 0},
    )
    (visit,) = merge([Taken("b", 1, "r", "t", "T1", joint.window)], {"T1": joint})
    assert {p.department: p.skills for p in visit.parties} == {"市监": ("大气", "食品"), "应急": ("危化",)}


@settings(derandomize=True)
@given(terms_and_rows())
def test_no_skill_is_lost(given_: tuple[dict[str, TaskTerms], list[Taken]]) -> None:
    """Between them the parties cover each skill that any line of the visit needs, and no other."""
    terms, rows = given_
    for visit in merge(rows, terms):
        covered = {skill for party in visit.parties for skill in party.skills}
        assert covered == {line.skill for line in visit.lines if line.skill}


def _window(first: int, last: int) -> tuple[date, date]:
    return FIRST + timedelta(days=first), FIRST + timedelta(days=last)


def _merged(rows: list[tuple[str, tuple[int, int], tuple[int, int]]]) -> tuple[date, date]:
    terms = {name: task(name, window=_window(*window)) for name, window, _ in rows}
    taken = [Taken("b", 1, "r", "t", name, _window(*own)) for name, _, own in rows]
    return merge(taken, terms)[0].window


def test_a_visit_keeps_every_tasks_window() -> None:
    """The window of a joint visit is what the tasks' windows have in common."""
    assert _merged([("T1", (0, 20), (0, 20)), ("T2", (5, 30), (5, 30))]) == _window(5, 20)


def test_a_batch_is_a_wish_and_a_window_a_duty() -> None:
    """A batch that shares no day with another task's window gives way; one that does is kept."""
    order = ("T2", (0, 30), (21, 30))
    assert _merged([("T1", (0, 10), (0, 10)), order]) == _window(0, 10)
    assert _merged([("T1", (0, 25), (0, 25)), order]) == _window(21, 25)


def test_two_batches_apart_keep_the_first() -> None:
    """Where two batches share no day and no window is a duty, the visit is made in the first task's batch."""
    assert _merged([("T1", (0, 30), (0, 10)), ("T2", (0, 30), (21, 30))]) == _window(0, 10)


@pytest.mark.parametrize(("methods", "road"), [("pn", False), ("po", True), ("o", True), ("n", False)])
def test_only_a_line_on_site_puts_a_visit_on_the_road(methods: str, road: bool) -> None:
    """Paper and network lines are desk work; one line on site makes the whole visit a journey."""
    kinds = {"p": Method.paper, "n": Method.network, "o": Method.onsite}
    lines = tuple(Line("T1", i, "市监", "NH", kinds[m], "", 30) for i, m in enumerate(methods))
    visit = VisitDraft("b", 1, "r", "t", _window(0, 1), lines, (), "市监", 50)
    assert visit.road is road


def test_equal_hosts_are_decided_by_name() -> None:
    """Who hosts most of the body's tasks leads, the first by name among equals: never the order of a file."""
    terms = {
        name: task(name, lines=((host, ""),), slots={host: 2}, host=host)
        for name, host in (("T1", "环保"), ("T2", "应急"), ("T3", "环保"))
    }
    rows = [Taken("b", 1, "r", "t", name, terms[name].window) for name in terms]
    assert merge(rows, terms)[0].lead == "环保"
    assert merge(rows[:2], terms)[0].lead == min("环保", "应急")


def test_an_item_of_two_tasks_is_inspected_once() -> None:
    """Both tasks keep their line, the minutes count once; another agency's, or another way of inspecting, is more work."""
    terms = {name: task(name, minutes=30) for name in ("T1", "T2")}
    rows = [Taken("b", 1, "r", "t", name, terms[name].window) for name in terms]
    (visit,) = merge(rows, terms, setup=15)
    assert [line.task for line in visit.lines] == ["T1", "T2"]
    assert visit.minutes == 15 + 30
    paper = {**terms, "T2": task("T2", minutes=30, method=Method.paper)}
    assert merge(rows, paper, setup=15)[0].minutes == 15 + 60
    other = {**terms, "T2": task("T2", minutes=30, lines=(("应急", ""),), host="应急")}
    (joint,) = merge(rows, other, setup=15)
    assert (joint.minutes, joint.lead, joint.joiners) == (
        15 + 60,
        min("应急", "市监"),
        (max("应急", "市监"),),
    )
