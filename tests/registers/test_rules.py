"""Rules as data."""

from __future__ import annotations

from datetime import date

import pytest

from inspect_engine.errors import EngineError
from inspect_engine.rules import Rule, codes_of, edition, rule_on, rules_of
from inspect_engine.rules.loader import MARKS, _all

DAY = date(2026, 4, 1)
KEYS = sorted({rule.key for rule in _all()})


@pytest.mark.parametrize("key", KEYS)
def test_every_rule_has_a_source_and_a_mark(key: str) -> None:
    """No number stands without saying where it is from and how certain it is; spans are not empty."""
    for rule in rules_of(key):
        assert rule.source
        assert rule.mark in MARKS
        assert rule.starts is None or rule.ends is None or rule.starts < rule.ends


@pytest.mark.parametrize("key", KEYS)
def test_versions_do_not_contradict(key: str) -> None:
    """No two versions for one place are in force on one day from one first day on."""
    places = [(rule.place, rule.starts) for rule in rules_of(key)]
    assert len(places) == len(set(places))


def test_the_narrower_and_the_later_wins() -> None:
    """Of rules in force, the one for the narrowest place counts, and of those the one that began last."""
    assert rule_on("yearly-cap", DAY, "330421").place == "330421"
    assert rule_on("yearly-cap", DAY, "330402").place == ""
    assert rule_on("yearly-cap", DAY).value == 2


def test_a_rule_not_in_force_is_no_rule() -> None:
    """Before its first day a rule is refused, and so is a rule that there is not."""
    with pytest.raises(EngineError, match="not-in-force"):
        rule_on("yearly-cap", date(2020, 1, 1))
    with pytest.raises(EngineError, match=r"rules\.unknown"):
        rule_on("speed-limit", DAY)
    with pytest.raises(EngineError, match=r"rules\.unknown"):
        codes_of("colours")


def test_spans_are_half_open() -> None:
    """A rule holds on its first day and no longer on its end."""
    rule = Rule("k", 1, "3304", date(2026, 1, 1), date(2026, 2, 1), "s", "house")
    assert [rule.holds(date(2026, m, 1), "330402") for m in (1, 2)] == [True, False]
    assert not rule.holds(date(2025, 12, 31), "330402")
    assert not rule.holds(DAY, "3301")


def test_no_class_is_exempt() -> None:
    """Every class has a floor above zero, floors rise with risk, and none is above its ceiling."""
    ranges = rule_on("class-ratios", DAY).value
    lows = [ranges[name][0] for name in "ABCD"]
    assert lows[0] > 0
    assert lows == sorted(lows)
    assert all(low <= high <= 1_000_000 for low, high in ranges.values())


def test_teams_and_deadlines() -> None:
    """The numbers that the rest of the product asks for are there, and of the right kind."""
    assert rule_on("team-size", DAY).value >= 2
    assert 0 < rule_on("pair-cap", DAY).value <= 1_000_000
    assert rule_on("result-days", DAY).value == 20
    assert set(rule_on("predictability", DAY).value) == {"chance", "effective"}
    assert "risk_class" in rule_on("withheld-fields", DAY).value


@pytest.mark.parametrize("name", ["relation-grounds", "exclusion-grounds"])
def test_codes_speak_two_languages(name: str) -> None:
    """Every code of a list has words in both languages, and no two codes the same."""
    entries = codes_of(name)
    assert len(entries) > 5
    for language in ("zh", "en"):
        said = [entry[language] for entry in entries.values()]
        assert all(said)
        assert len(set(said)) == len(said)


def test_the_edition_is_a_hash_of_the_files() -> None:
    """The edition is 64 hex digits and the same each time it is asked for."""
    assert len(edition()) == 64
    assert edition() == edition()
