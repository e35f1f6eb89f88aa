"""What makes a seed: contributions in the rule's order, each once, none bad; beacons and witnesses that hold."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files as resources
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Engine

from inspect_engine.drawing.beacon import verify_beacon
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.seeding import Given, SeedState, contribute
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.store import writing
from solver.dr1.checker import check
from solver.dr1.encoding import Row
from solver.dr1.pack import manifest
from solver.dr1.seed import share_commitment
from solver.dr1.verdicts import Outcome
from tests.drawing.conftest import At
from tests.drawing.world import DICE, DRAW, PARTY, SHARE, act, dump, entropy, files, form, open_draw, spec

DRAND = json.loads((resources("fixtures") / "dr1" / "drand.json").read_text())
ROUNDS = DRAND["rounds"]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SHARED, ROLLED = Given("share", PARTY, SHARE), Given("dice", value=DICE["targets"])


def _give(
    engine: Engine, *given: Given, witnesses: tuple[Row, ...] = (), at: float = 3, draw: str = DRAW
) -> SeedState:
    with writing(engine) as session:
        return contribute(session, draw, given, witnesses, act(at))


def _refused(engine: Engine, *given: Given, at: float = 3, **more: Any) -> EngineError:
    """Give what must be refused, and see that no row of any table has changed."""
    before = dump(engine)
    with pytest.raises(EngineError) as caught:
        _give(engine, *given, at=at, **more)
    assert dump(engine) == before
    assert caught.value.message("zh")
    assert caught.value.remedy("en")
    return caught.value


def _commitment(engine: Engine, name: str = "1-parameters.json") -> str:
    return hashlib.sha256(files(engine)[name][:-1]).hexdigest()


def test_the_seed_is_what_the_protocol_says(at: At) -> None:
    """Seed = SHA-256 of the tag, the commitment and the contributions in the rule's order, by hashlib alone."""
    engine = at("frozen")
    made = _give(engine, SHARED, ROLLED)
    fields = ["dr1/seed", _commitment(engine), f"share:{PARTY}:{SHARE}", f"dice:{DICE['targets']}"]
    assert made.seed == hashlib.sha256("\n".join(fields).encode()).hexdigest()
    stored = json.loads(files(engine)["2-seed.json"])
    assert stored["contributions"] == fields[2:]
    assert (stored["seed"], stored["revealed_at"]) == (made.seed, "2026-12-01T01:03:00Z")


def test_one_by_one_makes_the_same_seed_as_all_at_once(at: At) -> None:
    """Contributions given apart or together, shares in any order among themselves, make one seed."""
    apart, together = at("frozen"), at("frozen")
    assert _give(apart, SHARED).seed == ""
    assert _give(apart, ROLLED, at=4).seed == _give(together, SHARED, ROLLED).seed


def _open(engine: Engine, **changes: Any) -> DrawSpec:
    order = spec(**changes)
    with writing(engine) as session:
        open_draw(session, order, act(1, "计划岗"), entropy())
        freeze(session, order.draw_id, act(2))
    return order


def _share(party: str, digit: str) -> dict[str, Any]:
    return {"kind": "share", "party": party, "commitment": share_commitment(party, digit * 64)}


def test_dice_before_a_share_keep_their_place(at: At) -> None:
    """A rule of dice, two shares and dice takes all four in one call, the shares in any order."""
    engine = at("empty")
    rule = [
        {"kind": "dice", "digits": 20},
        _share("甲", "1"),
        _share("乙", "2"),
        {"kind": "dice", "digits": 21},
    ]
    _open(engine, seed={"targets": rule, "officers": [{"kind": "dice", "digits": 20}]})
    two, one = Given("share", "乙", "2" * 64), Given("share", "甲", "1" * 64)
    _give(engine, Given("dice", value="1" * 20), two, one, Given("dice", value="2" * 21))
    stored = json.loads(files(engine)["2-seed.json"])["contributions"]
    assert [value[:7] for value in stored] == ["dice:11", "share:甲", "share:乙", "dice:22"]


@pytest.mark.parametrize("digits", ["", "1" * 19, "1" * 21, "1" * 19 + "a", "1" * 19 + "１", "1" * 19 + " "])
def test_too_few_or_odd_dice_digits_are_refused(at: At, digits: str) -> None:
    """Exactly as many decimal digits as the rule says; nothing is stored otherwise."""
    assert _refused(at("frozen"), SHARED, Given("dice", value=digits)).code == "drawing.dice-digits"


@pytest.mark.parametrize("value", ["", "ac" * 32, "AB" * 32, "ab" * 31, "withheld"])
def test_a_share_that_does_not_open_its_commitment_is_refused(at: At, value: str) -> None:
    """Only the very share that was committed to is taken; the draw then waits, or takes it as withheld."""
    engine = at("frozen")
    assert _refused(engine, Given("share", PARTY, value)).code == "drawing.share-does-not-open"


def test_a_withheld_share_does_not_stop_the_draw(at: At) -> None:
    """A party that gives nothing is written down as withholding, and the seed rests on the others."""
    engine = at("frozen")
    _give(engine, Given("withheld", PARTY), ROLLED)
    assert json.loads(files(engine)["2-seed.json"])["contributions"][0] == f"share:{PARTY}:withheld"


def test_contributions_out_of_the_rules_order_are_refused(at: At) -> None:
    """Dice before the share, a stranger's share, a share twice, more than the rule wants: all refused."""
    engine = at("frozen")
    for given in (
        (ROLLED,),
        (ROLLED, SHARED),
        (Given("share", "别人", SHARE),),
        (SHARED, SHARED),
        (Given("drand", value="0" * 64),),
        (SHARED, ROLLED, Given("dice", value="2" * 20)),
        (Given("coin", value="1"),),
    ):
        assert _refused(engine, *given).code == "drawing.contribution-order"


def test_a_contribution_that_is_given_stays_as_it_is(at: At) -> None:
    """Once stored a share can be neither given again nor withheld after all."""
    engine = at("frozen")
    _give(engine, SHARED)
    assert _refused(engine, SHARED, at=4).code == "drawing.contribution-order"
    assert _refused(engine, Given("withheld", PARTY), at=4).code == "drawing.contribution-order"


def test_no_contribution_serves_twice(at: At) -> None:
    """The first stage's dice are refused in the second: fresh randomness for each stage (F21, dr1 section 3)."""
    error = _refused(at("staffed"), ROLLED, at=7)
    assert error.code == "drawing.contribution-used"


@pytest.mark.parametrize("minutes", [-5, 0, 2])
def test_a_seed_is_never_dated_before_its_commitment(at: At, minutes: float) -> None:
    """A clock set back is refused: such a pack would fail, and so let whoever saw the outcome void the draw (F14)."""
    assert _refused(at("frozen"), SHARED, ROLLED, at=minutes).code == "drawing.too-early"


def test_both_stages_promise_different_shares(at: At) -> None:
    """A share or beacon round that stands in both rules is refused when the draw is opened."""
    engine = at("empty")
    dice = {"kind": "dice", "digits": 20}
    for row in (_share("甲", "1"), {"kind": "drand", "chain": DRAND["chain"], "round": 99_000_000}):
        rule = [row, dice]
        with pytest.raises(EngineError) as caught:
            _open(engine, seed={"targets": rule, "officers": rule})
        assert caught.value.code == "drawing.seed-rule"


@pytest.mark.parametrize(
    "rule",
    [
        [_share("甲", "1")],
        [{"kind": "dice", "digits": 19}],
        [{"kind": "dice", "digits": 20, "more": 1}],
        [{"kind": "coin"}],
        [_share("甲", "1"), _share("甲", "1"), {"kind": "dice", "digits": 20}],
        [{"kind": "drand", "chain": DRAND["chain"], "round": 0}],
    ],
)
def test_an_unlawful_seed_rule_opens_no_draw(at: At, rule: list[dict[str, Any]]) -> None:
    """A rule that a checker would fault never comes to a commitment: the last is a share, too few digits, ..."""
    engine = at("empty")
    before = dump(engine)
    for rules in (
        {"targets": rule, "officers": form()["seed"]["officers"]},
        {"targets": form()["seed"]["targets"], "officers": rule},
    ):
        with pytest.raises(EngineError) as caught:
            _open(engine, seed=rules)
        assert caught.value.code == "drawing.seed-rule"
        assert dump(engine) == before


@pytest.mark.parametrize("stage", ["targets", "officers"])
def test_dice_that_nobody_could_throw_open_no_draw(at: At, stage: str) -> None:
    """A stage that wants more than a thousand dice digits could never be met, and is refused before its commitment."""
    engine = at("empty")
    before = dump(engine)
    for digits in (1_001, 99_999_999_999):
        with pytest.raises(EngineError) as caught:
            _open(engine, seed=form()["seed"] | {stage: [{"kind": "dice", "digits": digits}]})
        assert caught.value.code == "drawing.dice-many"
        assert all(caught.value.message(one) and caught.value.remedy(one) for one in ("zh", "en"))
        assert dump(engine) == before
    _open(engine, seed=form()["seed"] | {stage: [{"kind": "dice", "digits": 1_000}]})


# The beacon


def _turn(hexadecimal: str, at: int) -> str:
    return hexadecimal[:at] + f"{int(hexadecimal[at], 16) ^ 1:x}" + hexadecimal[at + 1 :]


@pytest.mark.parametrize("one", ROUNDS, ids=lambda one: str(one["round"]))
def test_recorded_real_rounds_hold(one: dict[str, Any]) -> None:
    """Rounds that the League of Entropy really published verify against the pinned key."""
    assert verify_beacon(DRAND["chain"], one["round"], one["randomness"], one["signature"])


def test_nothing_else_holds() -> None:
    """Another round, chain, randomness or signature does not, nor another spelling of the same signature."""
    one, two = ROUNDS
    chain, number, value, proof = DRAND["chain"], one["round"], one["randomness"], one["signature"]
    assert not verify_beacon(chain, number + 1, value, proof)
    assert not verify_beacon(_turn(chain, 3), number, value, proof)
    assert not verify_beacon(chain, number, _turn(value, 5), proof)
    assert not verify_beacon(chain, number, two["randomness"], two["signature"])
    for other in (*(_turn(proof, at) for at in (0, 1, 40, 95)), "", proof[:-2], proof.upper(), "00" * 48):
        told = hashlib.sha256(bytes.fromhex(other)).hexdigest()
        assert not verify_beacon(chain, number, told, other)
        assert not verify_beacon(chain, number, value, other)


def _round_time(number: int) -> datetime:
    return datetime.fromtimestamp(DRAND["genesis_time"] + (number - 1) * DRAND["period"], UTC)


def _beacon_draw(engine: Engine, frozen_at: datetime) -> None:
    rule = [{"kind": "drand", "chain": DRAND["chain"], "round": ROUNDS[1]["round"]}]
    order = spec(seed={"targets": rule, "officers": [{"kind": "dice", "digits": 20}]})
    with writing(engine) as session:
        open_draw(session, order, Act("计划岗", frozen_at - timedelta(minutes=1)), entropy())
        freeze(session, DRAW, Act("抽取岗", frozen_at))


def _drand(**changes: str) -> Given:
    row = {"value": ROUNDS[1]["randomness"], "proof": ROUNDS[1]["signature"]} | changes
    return Given("drand", **row)


def test_a_beacon_of_the_future_makes_the_seed(at: At) -> None:
    """A round that came after the commitment is taken with its signature, and a wrong one is refused."""
    engine, then = at("empty"), _round_time(ROUNDS[1]["round"])
    _beacon_draw(engine, then - timedelta(seconds=1))
    before = dump(engine)
    for given in (_drand(proof=_turn(ROUNDS[1]["signature"], 50)), _drand(value="0" * 64), _drand(proof="")):
        with pytest.raises(EngineError) as caught, writing(engine) as session:
            contribute(session, DRAW, [given], [], Act("抽取岗", then + timedelta(seconds=5)))
        assert caught.value.code == "drawing.beacon"
        assert dump(engine) == before
    with writing(engine) as session:
        contribute(session, DRAW, [_drand()], [], Act("抽取岗", then + timedelta(seconds=5)))
    assert json.loads(files(engine)["2-seed.json"])["proofs"] == [ROUNDS[1]["signature"]]
    assert _failing(engine) == []


@pytest.mark.parametrize("late", [0, 1, 100_000])
def test_a_beacon_round_of_the_past_is_refused(at: At, late: int) -> None:
    """Nothing is committed on a round that is known already, not even at its very second."""
    engine = at("empty")
    with pytest.raises(EngineError) as caught:
        _beacon_draw(engine, _round_time(ROUNDS[1]["round"]) + timedelta(seconds=late))
    assert caught.value.code == "drawing.beacon-past"


def _failing(engine: Engine) -> list[str]:
    """Checks that fail on the draw's full pack."""
    held = files(engine)
    pack = {"manifest.json": manifest(held, "full", DRAW, "sha256"), **held}
    return [verdict.check for verdict in check(pack).of(Outcome.FAILS)]


# Witnesses


def _witness(engine: Engine, at: str = "2026-12-01T01:02:30Z", **changes: str) -> Row:
    message = f"dr1/witness\n{changes.pop('commitment', _commitment(engine))}\n{at}".encode()
    row = {
        "at": at,
        "key": KEY.public_key().public_bytes_raw().hex(),
        "kind": "ed25519",
        "name": "公证处",
        "signature": KEY.sign(message).hex(),
    }
    return {**row, **changes}


def test_a_witness_stands_in_the_pack(at: At) -> None:
    """A signature made on another machine before the seed is kept, and a checker tests it and finds it known."""
    engine = at("frozen")
    row = _witness(engine)
    _give(engine, SHARED, ROLLED, witnesses=(row,))
    assert json.loads(files(engine)["2-seed.json"])["witness"] == [row]
    assert _failing(engine) == []


def test_a_witness_may_come_before_the_contributions(at: At) -> None:
    """Witnesses given first, and one by one, stand in the seed's file in canonical order."""
    engine = at("frozen")
    _give(engine, witnesses=(_witness(engine),), at=3)
    _give(engine, SHARED, ROLLED, at=4)
    assert len(json.loads(files(engine)["2-seed.json"])["witness"]) == 1
    assert _failing(engine) == []


def test_witnesses_that_do_not_hold_are_refused(at: At) -> None:
    """Another commitment, another time, another key, an odd form: nothing is stored, not even the contributions."""
    engine = at("frozen")
    good = _witness(engine)
    bad: dict[str, Row] = {
        "another commitment": _witness(engine, commitment="0" * 64),
        "before the commitment": _witness(engine, at="2026-12-01T01:01:59Z"),
        "at the seed's own second": _witness(engine, at="2026-12-01T01:03:00Z"),
        "after the seed": _witness(engine, at="2026-12-01T01:03:01Z"),
        "no time": _witness(engine, at="2026-12-01 01:02:30"),
        "another's time": good | {"at": "2026-12-01T01:02:31Z"},
        "another's key": good | {"key": "11" * 32},
        "capitals": good | {"signature": str(good["signature"]).upper()},
        "a short key": good | {"key": "11" * 31},
        "no hex": good | {"signature": "zz" * 64},
        "another kind": good | {"kind": "rfc3161"},
        "a field too many": good | {"note": "x"},
        "a field too few": {name: value for name, value in good.items() if name != "name"},
        "a number": good | {"name": 7},
        "a name that no log takes": good | {"name": "公证\n处"},
    }
    for way, row in bad.items():
        error = _refused(engine, SHARED, ROLLED, witnesses=(row,))
        assert error.code == ("store.text" if "log" in way else "drawing.witness"), way
    _give(engine, SHARED, ROLLED, witnesses=(good,))


def test_one_key_witnesses_once(at: At) -> None:
    """Two rows by one key are one witness; the second is refused, at once or later."""
    engine = at("frozen")
    two = _witness(engine), _witness(engine, at="2026-12-01T01:02:31Z", name="公证处二")
    assert _refused(engine, SHARED, ROLLED, witnesses=two).code == "drawing.witness"
    _give(engine, witnesses=two[:1])
    assert _refused(engine, SHARED, ROLLED, witnesses=two[1:], at=4).code == "drawing.witness"


def test_an_idle_proof_is_not_kept(at: At) -> None:
    """A proof beside dice, which a checker would fault, does not come into the pack."""
    engine = at("frozen")
    _give(engine, SHARED, Given("dice", value=DICE["targets"], proof="00"))
    assert json.loads(files(engine)["2-seed.json"])["proofs"] == ["", ""]
    assert _failing(engine) == []
