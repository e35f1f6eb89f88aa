"""Known answers of an independent reading of the protocol's text, all of them, under both hashes."""

from __future__ import annotations

import json
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from solver.dr1 import eligibility, encoding, merkle, seed, sm3, substitution, tickets
from solver.dr1.errors import ProtocolError
from solver.dr1.lottery import lottery
from solver.dr1.stream import Stream
from tests.dr1 import oracle

VECTORS = json.loads((Path(__file__).parents[2] / "fixtures/dr1/vectors.json").read_text("utf-8"))
HASHES = ("sha256", "sm3")


def _hash_of(field: str) -> str:
    return "sm3" if field.endswith("_sm3") else "sha256"


def _answers(case: dict[str, object], field: str) -> list[tuple[str, object]]:
    return [(_hash_of(f), case[f]) for f in (field, field + "_sm3") if f in case]


def test_no_part_of_the_vectors_is_left_out() -> None:
    """Every part of the file has a test below, and as many cases as these tests were written for."""
    counts = {part: len(cases) for part, cases in VECTORS.items() if isinstance(cases, list)}
    assert counts == {"jcs": 5, "refused_json": 11, "ticket": 18, "merkle": 7, "stream": 8, "lottery": 5}
    assert set(VECTORS) - set(counts) == {
        "protocol", "seed", "share", "secrets", "officer", "witness", "draw", "substitute",
    }  # fmt: skip
    assert sum(len(case["runs"]) for case in VECTORS["lottery"]) == 40
    assert json.dumps(VECTORS).count("_sm3") == 75


@pytest.mark.parametrize("case", VECTORS["jcs"])
def test_canonical_json(case: dict[str, object]) -> None:
    """Canonical bytes hash as recorded, ours and the oracle's."""
    assert encoding.hexdigest(encoding.canonical(case["value"])) == case["sha256"]
    assert oracle.h(oracle.jcs(case["value"]).encode()).hex() == case["sha256"]


@pytest.mark.parametrize("text", VECTORS["refused_json"])
def test_refused_json(text: str) -> None:
    """What is no canonical JSON of the protocol is refused with a code."""
    with pytest.raises(ProtocolError, match=r"^(json|text)-"):
        encoding.parse(text.encode())


def test_seed_share_and_witness() -> None:
    """A seed is of its commitment and contributions in order; a share of its party; a witness signs both."""
    case, share, witness = VECTORS["seed"], VECTORS["share"], VECTORS["witness"]
    for name, answer in _answers(case, "seed"):
        assert seed.seed(case["commitment"], case["contributions"], name) == answer
    assert seed.share_commitment(share["party"], share["value"]) == share["commitment"]
    assert seed.witness_message(witness["commitment"], witness["at"]) == witness["message"].encode()


def test_secrets_and_officer_code() -> None:
    """Pepper and salt hash to their commitments, a person to a code."""
    secrets, officer = VECTORS["secrets"], VECTORS["officer"]
    for name, answer in _answers(secrets, "pepper_commitment"):
        assert tickets.pepper_commitment(secrets["pepper"], name) == answer
    for name, answer in _answers(secrets, "salt_commitment"):
        assert tickets.salt_commitment(secrets["salt"], name) == answer
    for name, answer in _answers(officer, "code"):
        assert tickets.officer_code(officer["salt"], officer["person"], name) == answer


@pytest.mark.parametrize("case", VECTORS["ticket"])
def test_nonce_blind_and_ticket(case: dict[str, str]) -> None:
    """A body's nonce, blind and ticket follow from pepper, key, seed and group."""
    nonce = tickets.nonce(case["pepper"], case["key"])
    blind = tickets.blind(nonce)
    assert (nonce, blind) == (case["nonce"], case["blind"])
    assert tickets.ticket(case["seed"], case["group"], blind) == case["ticket"]
    of_sm3 = tickets.blind(tickets.nonce(case["pepper"], case["key"], "sm3"), "sm3")
    assert tickets.ticket(case["seed"], case["group"], of_sm3, "sm3") == case["ticket_sm3"]


@pytest.mark.parametrize("case", VECTORS["merkle"])
def test_merkle_root(case: dict[str, object]) -> None:
    """Roots of small trees."""
    leaves = [leaf.encode() for leaf in case["leaves"]]
    for name, answer in _answers(case, "root"):
        assert merkle.root(leaves, name) == answer == oracle.merkle_root(leaves, name).hex()


@pytest.mark.parametrize("case", VECTORS["stream"])
def test_stream(case: dict[str, object]) -> None:
    """First numbers below n, from 1 to 2^64, of a fresh stream."""
    n = int(case["below"])
    for name, answer in _answers(case, "first"):
        assert len(answer) == 12
        ours, theirs = Stream(case["seed"], name), oracle.words(case["seed"], name)
        assert [str(ours.below(n)) for _ in answer] == answer
        assert [str(oracle.below(theirs, n)) for _ in answer] == answer


def test_draw_of_targets() -> None:
    """The sample of forty rows in six strata, and the root of their file."""
    case = VECTORS["draw"]
    frame = [(row["task"], row["stratum"], row["blind"]) for row in case["frame"]]
    assert tickets.draw(frame, case["strata"], case["seed"]).rows == case["sample"]
    assert oracle.draw(frame, case["strata"], case["seed"])[0] == case["sample"]
    lines = encoding.lines(encoding.jsonl(case["frame"]))
    assert merkle.root(lines) == case["frame_root"]


@pytest.mark.parametrize("case", VECTORS["lottery"])
@pytest.mark.parametrize("draws", [lottery, oracle.lottery])
def test_lottery(case: dict[str, object], draws: object) -> None:
    """Rosters of five networks under eight seeds and two hashes."""
    slots = [(s["slot"], s["date"]) for s in case["slots"]]
    weights = [(w["officer"], w["slot"], w["weight"]) for w in case["weights"]]
    for run in case["runs"]:
        for name in HASHES:
            roster = run["roster" if name == "sha256" else "roster_sm3"]
            found = draws(run["seed"], slots, weights, name)
            assert sorted(found) == sorted((row["slot"], row["officer"]) for row in roster)


def test_substitute() -> None:
    """The order of five candidates for a left slot."""
    case = VECTORS["substitute"]
    for name, answer in _answers(case, "order"):
        assert substitution.order(case["seed"], case["slot"], case["candidates"], name) == answer


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
@pytest.mark.parametrize("hashes", [sm3.pure, partial(encoding.digest, hash="sm3")])
def test_sm3_of_the_standard(message: bytes, answer: str, hashes: object) -> None:
    """SM3 gives the examples of GB/T 32905-2016 annex A, with OpenSSL and without."""
    assert hashes(message).hex() == answer


def test_sm3_written_out_equals_openssl() -> None:
    """Our own SM3 and OpenSSL's agree at every length over three blocks, so at each way of padding."""
    stream = b"".join(oracle.h(str(i).encode()) for i in range(7))
    lengths = list(islice(range(len(stream)), 200))
    assert len(lengths) == 200
    for length in lengths:
        assert sm3.pure(stream[:length]) == oracle.h(stream[:length], "sm3"), length


@pytest.mark.parametrize("name", HASHES)
def test_every_tagged_hash_is_the_draws_own(name: str) -> None:
    """No hash of the protocol stays SHA-256 where the draw's is SM3; tags and fields are those of the text."""
    for found, fields in (
        (tickets.pepper_commitment("p", name), ("dr1/pepper", "p")),
        (tickets.salt_commitment("s", name), ("dr1/salt", "s")),
        (tickets.nonce("p", "k", name), ("dr1/nonce", "p", "k")),
        (tickets.blind("n", name), ("dr1/blind", "n")),
        (tickets.ticket("s", "g", "b", name), ("dr1/ticket", "s", "g", "b")),
        (seed.share_commitment("p", "0" * 64, name), ("dr1/share", "p", "0" * 64)),
        (seed.seed("c", ["x", "y"], name), ("dr1/seed", "c", "x", "y")),
        (eligibility.kin_hash("s", "b", "o", name), ("dr1/kin", "s", "b", "o")),
    ):
        assert found == oracle.tagged(name, *fields)
    assert tickets.officer_code("s", "p", name) == oracle.tagged(name, "dr1/officer", "s", "p")[:16]
    assert seed.commitment({"b": 1, "a": "x"}, name) == oracle.h(b'{"a":"x","b":1}', name).hex()
