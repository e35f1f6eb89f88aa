"""Laws of the plain rules: each rule alone is broken by what it forbids, and a lawful answer breaks none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from solver.dr1 import pack as packs
from solver.dr1.eligibility import allowed_pairs, apply_changes, officers_of, routes_of
from solver.dr1.encoding import Row, parse_json_file, parse_jsonl
from solver.rules import Facts, broken_pair, broken_roster, broken_weights, facts

EXAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "dr1" / "example.zip"
FILES = packs.read(EXAMPLE)


def _rows(name: str) -> list[Row]:
    return parse_jsonl(FILES[name])


@pytest.fixture(scope="module")
def known() -> Facts:
    """Facts of the example pack."""
    officers = apply_changes(officers_of(_rows("1-pool.jsonl")), _rows("4-changes.jsonl"))
    return facts(officers, routes_of(_rows("4-routes.jsonl")), _rows("1-relations.jsonl"))


@pytest.fixture(scope="module")
def roster() -> list[tuple[str, str]]:
    """Roster of the example pack."""
    return [(str(row["slot"]), str(row["officer"])) for row in _rows("6-roster.jsonl")]


@pytest.fixture(scope="module")
def weights() -> list[tuple[str, str, int]]:
    """Weights of the example pack."""
    return [(str(r["officer"]), str(r["slot"]), int(str(r["weight"]))) for r in _rows("4-weights.jsonl")]


def test_the_example_breaks_no_rule(
    known: Facts, roster: list[tuple[str, str]], weights: list[tuple[str, str, int]]
) -> None:
    """A pack in which every check holds has a lawful roster and lawful weights."""
    cap = int(str(parse_json_file(FILES["4-parameters.json"])["pair_cap"]))
    assert len(roster) > 10
    assert broken_roster(known, roster) == []
    assert broken_weights(known, weights, cap, {}) == []


def test_pairs_that_break_no_rule_are_the_allowed_ones(known: Facts) -> None:
    """The plain rules and the protocol's own list agree on every pair but those that kin decide."""
    seed = str(parse_json_file(FILES["2-seed.json"])["seed"])
    routes = routes_of(_rows("4-routes.jsonl"))
    listed = allowed_pairs(list(known.officers.values()), routes, _rows("1-relations.jsonl"), seed)
    allowed = {(officer, slot) for _, slot, officer in listed}
    free = {(o, s) for o in known.officers for s in known.places if not list(broken_pair(known, o, s))}
    kin = {code for pair in known.kin for code in pair}
    assert allowed <= free
    assert {officer for officer, _ in free - allowed} <= kin
    assert len(allowed) > 200


@pytest.mark.parametrize("rule", ["department", "lead", "skill", "away", "relation"])
def test_each_bar_is_found(rule: str, known: Facts, roster: list[tuple[str, str]]) -> None:
    """An officer changed in one respect breaks just that rule."""
    slot, code = next(
        (s, o)
        for s, o in roster
        if known.places[s][1].lead or rule != "lead"
        if known.places[s][1].skills or rule != "skill"
    )
    route = known.places[slot][0]
    one = known.officers[code]
    changed = {
        "department": replace(one, department="别的"),
        "lead": replace(one, lead=False),
        "skill": replace(one, skills=frozenset()),
        "away": replace(one, away=((route.date, route.date),)),
        "relation": one,
    }[rule]
    tied = known.tied | {(code, route.blinds[0])} if rule == "relation" else known.tied
    other = replace(known, officers={**known.officers, code: changed}, tied=frozenset(tied))
    assert [fault.rule for fault in broken_pair(other, code, slot)] == [rule]


def test_slots_dates_kin_and_caps_are_found(
    known: Facts, roster: list[tuple[str, str]], weights: list[tuple[str, str, int]]
) -> None:
    """A slot left out or filled twice, two slots a date, kin together, a cap passed: each is named."""
    slot, officer = roster[0]
    assert {f.rule for f in broken_roster(known, roster[1:])} == {"slot"}
    assert {"slot", "date"} <= {f.rule for f in broken_roster(known, [*roster, (slot, officer)])}
    route = known.places[slot][0].route
    mate = next(o for s, o in roster[1:] if known.places[s][0].route == route)
    together = replace(known, kin=((officer, mate),))
    assert {f.rule for f in broken_roster(together, roster)} == {"kin"}
    assert "cap" in {f.rule for f in broken_weights(known, weights, 2**20, {})}
    assert {f.rule for f in broken_weights(known, weights[1:], 2**31, {})} == {"slot"}
