"""What a caller lends the checker: beacon, keys, time stamps, the draw before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from solver.dr1 import checker, seed
from solver.dr1.encoding import Row
from solver.dr1.errors import ProtocolError
from solver.dr1.means import Means
from solver.dr1.verdicts import Outcome, Verdict
from tests.dr1.checker.maker import DRAND, Maker, encoded, signed

EARLY_ROUND = 1000
CHAIN = DRAND["chain"]


def _verdict(files: dict[str, bytes], check: str, means: Means | None = None) -> Verdict:
    return next(verdict for verdict in checker.check(files, means).verdicts if verdict.check == check)


def _of_2023(number: int) -> dict[str, Any]:
    """Edits that put the first stage into the hour before a recorded round, whose randomness is its last word."""
    at = seed.round_time(CHAIN, number)
    committed, seen = at[:11] + "00:00:00Z", at[:11] + "00:00:05Z"

    def parameters(told: dict[str, Any]) -> None:
        told["committed_at"] = committed
        told["seed_rule"].append({"chain": CHAIN, "kind": "drand", "round": number})

    return {
        "1-parameters.json": parameters,
        "2-seed.json": lambda told: told.update(revealed_at=at, witness=[]),
        "at": seen,
    }


def test_a_beacon_takes_a_library_and_is_believed_only_with_it() -> None:
    """Without a beacon's library its signature is unseen; with one, its word decides; a wrong randomness fails alone."""
    edits = _of_2023(EARLY_ROUND)
    edits.pop("at")
    files = Maker(edits).whole()
    seen = _verdict(files, "targets.beacon")
    assert (seen.outcome, [gap.code for gap in seen.gaps]) == (Outcome.UNSEEN, ["needs-beacon"])
    assert _verdict(files, "targets.times").outcome is Outcome.HOLDS
    asked: list[tuple[str, int]] = []

    def beacon(chain: str, number: int, randomness: str, signature: str, /) -> bool:
        asked.append((chain, number))
        return any(
            row["randomness"] == randomness and row["signature"] == signature for row in DRAND["rounds"]
        )

    assert _verdict(files, "targets.beacon", Means(beacon=beacon)).outcome is Outcome.HOLDS
    assert asked == [(CHAIN, EARLY_ROUND)]
    assert _verdict(files, "targets.beacon", Means(beacon=lambda *_: False)).outcome is Outcome.FAILS


def test_a_beacon_contribution_has_no_room_for_more_text() -> None:
    """A round's contribution with anything between round and randomness is refused: it would be room for more tries."""

    def more(contributions: list[str]) -> None:
        head, _, randomness = contributions[-1].rpartition(":")
        contributions[-1] = f"{head}:try-17:{randomness}"

    edits = _of_2023(EARLY_ROUND)
    edits.pop("at")
    files = Maker({**edits, "2-contributions": more}).whole()
    assert _verdict(files, "targets.contributions").outcome is Outcome.FAILS


def test_a_stage_without_a_tested_witness_is_unwitnessed() -> None:
    """With no witness, or only ones of kinds that cannot be tested here, the stage is unwitnessed and nothing fails."""
    stamp = {"kind": "rfc3161", "name": "时间戳中心", "token": "AAAA"}
    for rows in ([], [stamp], [{"checkpoint": "x", "kind": "log", "name": "log", "proof": []}]):
        files = Maker({"2-seed.json": lambda told, rows=rows: told.update(witness=rows)}).whole()
        report = checker.check(files)
        assert not report.failed
        assert report.unwitnessed == ("targets",)
        assert _verdict(files, "targets.witness").outcome is Outcome.UNSEEN
        assert [witness.tested for witness in report.witnesses if witness.stage == "targets"] == [
            False
        ] * len(rows)


def test_a_time_stamp_counts_where_the_caller_can_test_it() -> None:
    """A lent test of time stamps makes such a witness count, in its time; a false one fails."""
    stamp = {"kind": "rfc3161", "name": "时间戳中心", "token": "AAAA"}
    files = Maker({"2-seed.json": lambda told: told.update(witness=[stamp])}).whole()

    def attests(time: str) -> Means:
        return Means(attests={"rfc3161": lambda _row, _commitment, _hash: time})

    def refuses(row: Row, commitment: str, hash_name: str) -> str:
        raise ProtocolError("stamp-false", name=row["name"])

    assert _verdict(files, "targets.witness", attests("2026-12-01T01:00:30Z")).outcome is Outcome.HOLDS
    assert _verdict(files, "targets.witness", attests("2026-12-01T02:00:00Z")).outcome is Outcome.FAILS
    assert _verdict(files, "targets.witness", Means(attests={"rfc3161": refuses})).outcome is Outcome.FAILS


def test_a_key_is_known_only_where_the_caller_vouches_for_it() -> None:
    """A signature proves a key; that the key is the named witness's is said only where the caller knows it."""
    files = Maker().whole()
    key = signed("0" * 64, "2026-12-01T01:00:30Z")[0]["key"]
    report = checker.check(files, Means(keys={"纪检监察组": key, "公证处": "0" * 64}))
    assert {(w.stage, w.name): w.known for w in report.witnesses} == {
        ("targets", "纪检监察组"): True,
        ("targets", "公证处"): False,
        ("officers", "纪检监察组"): True,
        ("officers", "公证处"): False,
    }
    assert all(witness.tested for witness in report.witnesses)


def _second(**changed: Any) -> tuple[dict[str, bytes], bytes]:
    """A second draw and the first stage's parameters of the one before."""
    before = Maker()
    before.files()
    told = json.loads(json.dumps(before.rows["1-parameters.json"])) | {"draw_id": "330400-2026-11"}
    told |= {"committed_at": "2026-11-01T01:00:00Z"} | changed
    lent = encoded("1-parameters.json", told)

    def follows(parameters: dict[str, Any]) -> None:
        parameters.update(serial=2, previous=seed.commitment(told))

    return Maker({"1-parameters.json": follows}).whole(), lent


def test_the_chain_holds_where_the_draw_before_is_lent() -> None:
    """A later draw's chain is unseen alone, and holds with the parameters of the draw before."""
    files, lent = _second()
    assert _verdict(files, "draw.previous").outcome is Outcome.UNSEEN
    assert _verdict(files, "draw.previous", Means(previous=lent)).outcome is Outcome.HOLDS


@pytest.mark.parametrize(
    "changed",
    [
        {"serial": 2, "previous": "0" * 64},
        {"draw_id": "330400-2026-12"},
        {"committed_at": "2027-01-01T00:00:00Z"},
    ],
)
def test_a_broken_chain_fails(changed: dict[str, Any]) -> None:
    """A draw before with another number, the same name or a later time breaks the chain."""
    files, lent = _second(**changed)
    assert _verdict(files, "draw.previous", Means(previous=lent)).outcome is Outcome.FAILS


@pytest.mark.parametrize("lent", [b"", b"{}\n", b"\xff"])
def test_another_draw_lent_as_the_one_before_fails(lent: bytes) -> None:
    """Bytes that are not the draw before, or nothing at all, break the chain."""
    files, other = _second()
    assert _verdict(files, "draw.previous", Means(previous=lent)).outcome is Outcome.FAILS
    changed = other.replace(b"330400-2026-11", b"330400-2026-10")
    assert _verdict(files, "draw.previous", Means(previous=changed)).outcome is Outcome.FAILS
