"""What standing teams cost: both ways are weighed on the same routes, and each figure is what it says."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.drawing.forecast.predictable import weights_of
from inspect_engine.drawing.forecast.team_cost import cost_of_teams, opened_up, side_of
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.store import reading
from inspect_engine.visits.teams import SINGLE, TEAM
from solver.dr1.eligibility import Route, Slot
from solver.roster.predictability import UNIT
from tests.drawing.conftest import At
from tests.drawing.playing import pair_up, play_form
from tests.drawing.test_teams import HOST, _form


def test_without_teams_there_is_no_cost(at: At) -> None:
    """A form that asks for no teams has nothing to compare."""
    with reading(at("staffed")) as session:
        assert cost_of_teams(session, find_draw(session, "330000-2026-12").draw_id) is None


def test_teams_are_guessed_more_surely_than_the_same_people_singly(at: At) -> None:
    """On the same routes with about as many people out, teams leave fewer codes and fewer effective candidates."""
    engine = at("empty")
    pair_up(engine, HOST, leave=4)
    draw_id = play_form(engine, _form("only"))
    with reading(engine) as session:
        cost = cost_of_teams(session, draw_id)
        draw = find_draw(session, draw_id)
        weights = weights_of(session, draw)
        pool = rows_of(session, draw, "1-pool.jsonl")
    assert cost is not None
    assert cost.singles is not None
    assert cost.teams.slots == len({slot for _, slot, _ in weights})
    assert cost.teams.codes <= len(pool) < cost.singles.codes
    assert cost.singles.slots == 2 * cost.teams.slots
    assert abs(cost.singles.persons - cost.teams.persons) < 1e-6
    assert cost.singles.effective > cost.teams.effective
    assert cost.singles.guessed < cost.teams.guessed
    assert cost.singles.largest <= cost.teams.largest
    assert [len(row) for row in cost.rows()] == [len(cost.HEADS)] * 2


def test_mixed_teams_are_compared_too(at: At) -> None:
    """A team beside a single officer is opened into three places, and the report has both rows."""
    engine = at("empty")
    pair_up(engine, HOST, leave=4)
    draw_id = play_form(engine, _form("mixed"))
    with reading(engine) as session:
        cost = cost_of_teams(session, draw_id)
    assert cost is not None
    assert cost.singles is not None
    assert 2 * cost.singles.slots == 3 * cost.teams.slots
    assert abs(cost.singles.persons - cost.teams.persons) < 1e-6


@given(
    st.lists(st.lists(st.integers(1, 50), min_size=1, max_size=5), min_size=1, max_size=4),
    st.lists(st.integers(1, 4), min_size=5, max_size=5),
)
def test_the_guess_per_person_is_that_of_the_best_names(shares: list[list[int]], sizes: list[int]) -> None:
    """Persons named rightly over persons out, by trying every code for every slot."""
    weights = [
        (f"o{i}", f"s{j}", UNIT * part // sum(row))
        for j, row in enumerate(shares)
        for i, part in enumerate(row)
    ]
    people = {f"o{i}": size for i, size in enumerate(sizes)}
    by_slot: dict[str, list[float]] = defaultdict(list)
    for officer, slot, weight in weights:
        by_slot[slot].append(weight / UNIT * people[officer])
    found = side_of(weights, people)
    out = sum(map(sum, by_slot.values()))
    assert abs(found.persons - out) < 1e-9
    assert abs(found.guessed - sum(map(max, by_slot.values())) / out) < 1e-9
    assert found.largest == max(weight for _, _, weight in weights) / UNIT


def test_a_team_is_opened_into_its_members() -> None:
    """The first of the members' places leads, the last has the skills, no sort is left; other departments stay."""
    slots = (
        Slot("R1-1", HOST, True, frozenset({"食品", TEAM})),
        Slot("R1-2", HOST, False, frozenset({SINGLE})),
        Slot("R1-3", "应急", False, frozenset({"危化"})),
    )
    opened = opened_up(Route("R1", "2026-12-03", True, ("b",), slots), {HOST}, {"R1-1": 3, "R1-2": 1})
    assert [(s.slot, s.lead, s.skills) for s in opened.slots] == [
        ("R1-1/1", True, frozenset()),
        ("R1-1/2", False, frozenset()),
        ("R1-1/3", False, frozenset({"食品"})),
        ("R1-2/1", False, frozenset()),
        ("R1-3", False, frozenset({"危化"})),
    ]
