"""Commitments, contributions and seeds: the known ones, and every way to be wrong."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import seed as seeds
from solver.dr1.encoding import Row, parse_json_file, text
from tests.dr1.support import DRAND, VECTORS, example, hashes, hex64, refused

CHAIN = seeds.QUICKNET.chain
DICE: Row = {"digits": 20, "kind": "dice"}
BEACON: Row = {"chain": CHAIN, "kind": "drand", "round": 1000}
VALUE = VECTORS["share"]["value"]
SHARE: Row = {
    "commitment": VECTORS["share"]["commitment"],
    "kind": "share",
    "party": VECTORS["share"]["party"],
}
ROLLED = "dice:" + "0123456789" * 2


def test_known_seed_share_and_witness() -> None:
    """The known answers of section 3, in both hashes where both are given."""
    known = VECTORS["seed"]
    assert seeds.seed(known["commitment"], known["contributions"]) == known["seed"]
    assert seeds.seed(known["commitment"], known["contributions"], "sm3") == known["seed_sm3"]
    assert seeds.share_commitment(SHARE["party"], VALUE) == SHARE["commitment"]  # type: ignore[arg-type]
    witness = VECTORS["witness"]
    message = seeds.witness_message(witness["commitment"], witness["at"])
    assert message.decode() == witness["message"]


def test_example_seeds_follow_from_their_stages() -> None:
    """Both seeds of the example pack: rule lawful, contributions of the rule, seed of the commitment."""
    files = example()
    for stage, told in (("1-parameters.json", "2-seed.json"), ("4-parameters.json", "5-seed.json")):
        parameters, row = parse_json_file(files[stage]), parse_json_file(files[told])
        rule: list[Row] = parameters["seed_rule"]  # type: ignore[assignment]
        contributions: list[str] = row["contributions"]  # type: ignore[assignment]
        seeds.check_rule(rule)
        seeds.check_contributions(rule, contributions)
        assert seeds.seed(seeds.commitment(parameters), contributions) == row["seed"]


@pytest.mark.parametrize(
    "rule",
    [
        [DICE],
        [BEACON],
        [SHARE, DICE],
        [SHARE, BEACON],
        [DICE, SHARE, DICE],
        [BEACON, SHARE, DICE],
        [{**DICE, "digits": 2**53 - 1}],
    ],
)
def test_lawful_rules(rule: list[Row]) -> None:
    """Any order is lawful whose last is dice or a beacon."""
    seeds.check_rule(rule)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ([], "rule-empty"),
        ([SHARE], "rule-last"),
        ([DICE, SHARE], "rule-last"),
        ([{"kind": "coin"}], "rule-kind"),
        ([{}], "rule-kind"),
        ([{"kind": ["dice"]}], "rule-kind"),
        ([{**DICE, "more": 1}], "rule-keys"),
        ([{"kind": "dice"}], "rule-keys"),
        ([{**DICE, "digits": 19}], "rule-dice"),
        ([{**DICE, "digits": True}], "rule-dice"),
        ([{**DICE, "digits": "20"}], "rule-dice"),
        ([{**SHARE, "party": "a:b"}, DICE], "rule-share"),
        ([{**SHARE, "party": 1}, DICE], "rule-share"),
        ([{**SHARE, "party": "a\nb"}, DICE], "text-control"),
        ([{**SHARE, "commitment": VALUE.upper()}, DICE], "rule-share"),
        ([{**SHARE, "commitment": VALUE[:-1]}, DICE], "rule-share"),
        ([SHARE, {**SHARE, "commitment": VALUE}, DICE], "rule-twice"),
        ([SHARE, {**SHARE, "party": "other"}, DICE], "rule-twice"),
        ([BEACON, BEACON], "rule-twice"),
        ([{**BEACON, "round": 0}], "rule-drand"),
        ([{**BEACON, "round": True}], "rule-drand"),
        ([{**BEACON, "chain": CHAIN.upper()}], "rule-drand"),
        ([{**BEACON, "chain": None}], "rule-drand"),
    ],
)
def test_unlawful_rules(rule: list[Row], code: str) -> None:
    """Each way to break a rule has its code."""
    with refused(code):
        seeds.check_rule(rule)


RULE = [SHARE, BEACON, DICE]
RANDOM = DRAND["rounds"][0]["randomness"]
GIVEN = [f"share:{SHARE['party']}:{VALUE}", f"drand:{CHAIN}:1000:{RANDOM}", ROLLED]


def test_builders_make_what_the_rule_asks() -> None:
    """Dice, share and beacon are spelt as the check expects."""
    made = [seeds.share(SHARE, VALUE), seeds.drand(BEACON, RANDOM), seeds.dice("0123456789" * 2, 20)]
    assert made == GIVEN
    seeds.check_contributions(RULE, made)


@pytest.mark.parametrize("value", [None, "", "ab" * 32, VALUE.upper(), VALUE + "0", "withheld"])
def test_a_share_that_does_not_open_is_withheld(value: str | None) -> None:
    """Absent, foreign or misspelt: the draw goes on without it, and says so."""
    given_share = seeds.share(SHARE, value)
    assert given_share == f"share:{SHARE['party']}:withheld"
    seeds.check_contributions(RULE, [given_share, *GIVEN[1:]])


@given(st.sampled_from(["公证处", "纪检监察组", "p", ""]), hex64, hashes)
def test_every_share_opens_its_own_commitment_alone(party: str, value: str, name: str) -> None:
    """What a party committed to is taken; another party's is not, nor another hash's."""
    row: Row = {"commitment": seeds.share_commitment(party, value, name), "kind": "share", "party": party}
    assert seeds.share(row, value, name).endswith(value)
    assert seeds.share({**row, "party": party + "x"}, value, name).endswith("withheld")
    assert seeds.share(row, value, "sm3" if name == "sha256" else "sha256").endswith("withheld")


@pytest.mark.parametrize(
    ("position", "value"),
    [
        (0, f"share:{SHARE['party']}:{'ab' * 32}"),  # does not open: must read withheld
        (0, f"share:other:{VALUE}"),
        (0, "share:withheld"),
        (0, ROLLED),
        (1, f"drand:{CHAIN}:1001:{RANDOM}"),
        (1, f"drand:{CHAIN}:01000:{RANDOM}"),
        (1, f"drand:{CHAIN}:1000:x:{RANDOM}"),  # room for text would be room for tries
        (1, f"drand:{CHAIN}:1000:{RANDOM.upper()}"),
        (1, f"drand:{CHAIN}:1000:{RANDOM}\n"),
        (2, ROLLED + "0"),
        (2, ROLLED[:-1]),
        (2, ROLLED[:-1] + "x"),
        (2, ROLLED[:-1] + "３"),
        (2, ""),
    ],
)
def test_contributions_other_than_the_rules(position: int, value: str) -> None:
    """Nothing but the exact spelling of each rule is taken."""
    given_ones = [*GIVEN]
    given_ones[position] = value
    with refused("contribution"):
        seeds.check_contributions(RULE, given_ones)


def test_contributions_missing_more_or_twice() -> None:
    """As many as the rule has, and none twice."""
    for wrong in (GIVEN[:2], [*GIVEN, ROLLED], []):
        with refused("contributions-count"):
            seeds.check_contributions(RULE, wrong)
    with refused("contribution-twice"):
        seeds.check_contributions([DICE, DICE], [ROLLED, ROLLED])


@pytest.mark.parametrize("digits", ["", "1" * 19, "1" * 21, "1" * 19 + "a", "１" * 20, "1" * 19 + "\n"])
def test_dice_are_exactly_the_digits_asked(digits: str) -> None:
    """Too few, too many or no digits are refused before a seed exists."""
    with refused("dice-digits"):
        seeds.dice(digits, 20)


def test_malformed_randomness_and_shares_are_refused() -> None:
    """A beacon's value and a share are 64 lower-case hex digits."""
    with refused("drand-randomness"):
        seeds.drand(BEACON, RANDOM.upper())
    with refused("share-value"):
        seeds.share_commitment("p", VALUE.upper())


@given(hex64, st.lists(st.sampled_from([ROLLED, *GIVEN]), min_size=1, max_size=4), hashes)
def test_a_seed_depends_on_everything(commitment: str, given_ones: list[str], name: str) -> None:
    """Another commitment, order, number or hash of contributions gives another seed."""
    made = seeds.seed(commitment, given_ones, name)
    others = {seeds.seed(made, given_ones, name), seeds.seed(commitment, [*given_ones, ROLLED], name)}
    others.add(seeds.seed(commitment, given_ones, "sm3" if name == "sha256" else "sha256"))
    if given_ones != given_ones[::-1]:
        others.add(seeds.seed(commitment, given_ones[::-1], name))
    assert made not in others
    assert len(others) >= 3


def test_pinned_chain_is_the_recorded_one() -> None:
    """Key, genesis, period and scheme are those recorded with the real rounds."""
    chain = seeds.CHAINS[DRAND["chain"]]
    assert (chain.public_key, chain.genesis, chain.period, chain.scheme) == (
        DRAND["public_key"],
        DRAND["genesis_time"],
        DRAND["period"],
        DRAND["scheme"],
    )


@pytest.mark.parametrize("row", DRAND["rounds"], ids=lambda row: str(row["round"]))
def test_recorded_rounds(row: dict[str, object]) -> None:
    """Time, message and randomness of real rounds; the curve's part is tested where a library does it."""
    number = int(str(row["round"]))
    at = datetime.fromtimestamp(DRAND["genesis_time"] + (number - 1) * DRAND["period"], UTC)
    assert seeds.round_time(CHAIN, number) == at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert seeds.beacon_message(number) == hashlib.sha256(number.to_bytes(8, "big")).digest()
    assert hashlib.sha256(bytes.fromhex(str(row["signature"]))).hexdigest() == row["randomness"]


def test_a_round_not_after_the_commitment_is_refused() -> None:
    """The very second of the commitment is too early; the second before the round is not."""
    at = seeds.round_time(CHAIN, 1000)
    with refused("beacon-past"):
        seeds.check_not_past(RULE, at)
    seeds.check_not_past(RULE, at[:-3] + f"{int(at[-3:-1]) - 1:02d}Z")
    seeds.check_not_past([SHARE, DICE], "9999-12-31T23:59:59Z")


def test_unknown_chains_and_endless_rounds_are_coded() -> None:
    """No round of an unpinned chain has a time here, and none beyond the calendar."""
    with refused("drand-chain"):
        seeds.round_time("00" * 32, 1)
    with refused("rule-drand"):
        seeds.round_time(CHAIN, 2**53 - 1)


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_come_back(at: datetime) -> None:
    """Writing and reading gives the same second, and order of text is order of time."""
    written = seeds.format_time(at)
    assert seeds.parse_time(written) == at.replace(microsecond=0)
    assert seeds.parse_date(written[:10]) == at.date()


@pytest.mark.parametrize(
    "value",
    [
        "2026-12-01T01:00:00",
        "2026-12-01 01:00:00Z",
        "2026-12-01T01:00:00.0Z",
        "2026-12-01T01:00:00+00:00",
        "2026-12-01T24:00:00Z",
        "2026-12-01T23:59:60Z",
        "2026-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "２026-12-01T01:00:00Z",
        "2026-12-01T01:00:00Z\n",
        None,
        20261201,
    ],
)
def test_other_spellings_of_time(value: str) -> None:
    """A time has one spelling."""
    with refused("time"):
        seeds.parse_time(value)


@pytest.mark.parametrize(
    "value", ["2026-2-1", "20261201", "2026-W01-1", "2026-02-30", "2026-12-01T", "", None]
)
def test_other_spellings_of_dates(value: str) -> None:
    """A date has one spelling; the week dates that Python reads are none."""
    with refused("date"):
        seeds.parse_date(value)


def test_a_time_without_zone_is_not_written() -> None:
    """A naive time would be taken for the writer's own."""
    with refused("time-naive"):
        seeds.format_time(datetime(2026, 12, 1))  # noqa: DTZ001


def test_a_witness_signs_commitment_and_time() -> None:
    """Neither can be moved into the other."""
    assert seeds.witness_message("c", "t") == text("dr1/witness", "c", "t")
    with refused("text-control"):
        seeds.witness_message("c\nt", "u")
