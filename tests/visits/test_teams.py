"""Teams: which slots a route has, what each asks, and that nothing of what is wanted is lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.visits.merge import Taken, TaskTerms, VisitDraft, merge
from inspect_engine.visits.teams import (
    JUNIOR,
    LABELS,
    SENIOR,
    SIDES,
    SINGLE,
    TEAM,
    Composition,
    Teams,
    needs_of,
    skills_of,
    slots_of,
)
from tests.visits.drafts import task, terms_and_rows


def _visit(blind: str = "b", slots: int = 2, skills: tuple[str, ...] = ("食品",)) -> VisitDraft:
    terms = task("T1", lines=tuple(("市监", skill) for skill in skills), slots={"市监": slots})
    (visit,) = merge([Taken(blind, 1, "330402", "t", "T1", terms.window)], {"T1": terms})
    return visit


COMPOSITIONS = st.builds(Composition, st.booleans(), st.booleans(), st.just(Teams.none)) | st.builds(
    Composition, st.just(False), st.just(False), st.sampled_from(Teams)
)


def test_slots_cover_the_skills_of_all_visits() -> None:
    """Two visits of one route that ask different skills get one team that has them all, the last slot first."""
    visits = [_visit("a", skills=("食品",)), _visit("b", skills=("计量", "食品"))]
    assert skills_of(visits, "市监") == ("计量", "食品")
    assert [slot.skills for slot in slots_of("R1", visits)] == [("食品",), ("计量",)]


@given(terms_and_rows(), st.dictionaries(st.sampled_from(("市监", "应急", "环保")), COMPOSITIONS))
def test_no_skill_and_no_slot_is_lost(
    made: tuple[dict[str, TaskTerms], list[Taken]], compositions: dict[str, Composition]
) -> None:
    """Whatever sorts are asked: the same slots, just one leads, and each department's skills are all covered."""
    terms, rows = made
    visits = merge(rows, terms)
    assert visits
    for visit in visits:
        slots = slots_of("R1", [visit], compositions)
        assert Counter(s.department for s in slots) == {p.department: p.slots for p in visit.parties}
        assert [s.lead for s in slots] == [True] + [False] * (len(slots) - 1)
        for party in visit.parties:
            asked = {x for s in slots if s.department == party.department for x in s.skills} - LABELS
            assert asked == {*party.skills}
        plain = slots_of("R1", [visit])
        assert [{*s.skills} - LABELS for s in slots] == [{*s.skills} for s in plain]


def test_a_senior_leads_and_a_junior_follows() -> None:
    """With grades the first slot takes a senior, the second a junior, a third anybody."""
    slots = slots_of("R1", [_visit(slots=3, skills=("",))], {"市监": Composition(grades=True)})
    assert [(s.lead, s.skills) for s in slots] == [(True, (SENIOR,)), (False, (JUNIOR,)), (False, ())]


def test_each_side_leads_on_half_of_the_routes() -> None:
    """Both sides have a slot on every route, and over the hexadecimal digits each comes first on eight of sixteen."""
    firsts: Counter[str] = Counter()
    for digit in "0123456789abcdef":
        slots = slots_of(
            "R1", [_visit("f" * 63 + digit, skills=("",))], {"市监": Composition(mixed_units=True)}
        )
        assert {label for s in slots for label in s.skills} == {*SIDES}
        firsts[slots[0].skills[0]] += 1
    assert firsts == {SIDES[0]: 8, SIDES[1]: 8}


def test_a_team_comes_first_and_single_officers_after() -> None:
    """Mixed teams: one slot of a standing team, then single officers; only teams: no label is needed."""
    mixed = slots_of("R1", [_visit(slots=3, skills=("",))], {"市监": Composition(teams=Teams.mixed)})
    assert [s.skills for s in mixed] == [(TEAM,), (SINGLE,), (SINGLE,)]
    alone = slots_of("R1", [_visit(skills=("",))], {"市监": Composition(teams=Teams.only)})
    assert [s.skills for s in alone] == [(), ()]


def test_a_sort_counts_as_a_need_of_the_day() -> None:
    """What a slot's sort asks is counted beside its skills, so that days without seniors are not taken."""
    needs = needs_of(slots_of("R1", [_visit()], {"市监": Composition(grades=True)}))
    assert needs["市监", f"skill:{SENIOR}"] == 1
    assert needs["市监", f"skill:{JUNIOR}"] == 1
    assert needs["市监", "skill:食品"] == 1
