"""Each check, tried by a pack that is wrong in just its matter."""

from __future__ import annotations

import pytest

from solver.dr1 import checker
from solver.dr1.verdicts import Outcome
from tests.dr1.checker.maker import EXAMPLE, Maker
from tests.dr1.checker.planted import PLANTED, Build

#: Checks with tests of their own: the zip itself, the draw before, and the one that asks rather than accuses.
ELSEWHERE = {"files.container", "draw.previous", "events.asked"}


def _failed(files: dict[str, bytes]) -> set[str]:
    return {verdict.check for verdict in checker.check(files).of(Outcome.FAILS)}


def test_every_check_holds_on_the_example() -> None:
    """The example pack, made by an independent reading of the protocol, holds in every check."""
    report = checker.check_file(EXAMPLE)
    assert [verdict.check for verdict in report.verdicts if verdict.outcome is not Outcome.HOLDS] == []
    assert report.complete


@pytest.mark.parametrize("hash_name", ["sha256", "sm3"])
def test_every_check_holds_on_a_lawful_pack(hash_name: str) -> None:
    """A pack made step by step holds in every check, with either hash: what the planted faults spoil is sound."""
    report = checker.check(Maker(hash=hash_name).whole())
    assert [verdict.check for verdict in report.verdicts if verdict.outcome is not Outcome.HOLDS] == []
    assert report.hash == hash_name


CASES = [(name, build) for name, builds in PLANTED.items() for build in builds]


@pytest.mark.parametrize(("name", "build"), CASES, ids=[f"{name}-{at}" for at, (name, _) in enumerate(CASES)])
def test_a_planted_fault_fails_just_its_check(name: str, build: Build) -> None:
    """A pack wrong in one thing fails the check of that thing, and no other."""
    assert _failed(build()) == {name}


def test_every_check_has_its_planted_fault() -> None:
    """No check stands that no planted fault has tripped."""
    assert set(PLANTED) | ELSEWHERE == set(checker.IDS)
