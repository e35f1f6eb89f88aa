"""Commitments, contributions and the seed (承诺、随机来源与种子; dr1 section 3).

    commitment = H(JCS(parameters))
    seed       = H(text("dr1/seed", commitment, c1, …, ck))

The parameters name, in order, exactly the contributions that will be taken. Shares come before the last dice or
beacon, so that nobody who holds one sees the outcome while still free to give or withhold it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from solver.dr1.encoding import Json, Row, canonical, check_text, hexdigest, text
from solver.dr1.errors import ProtocolError

#: Fewest dice digits that a stage may rest on.
MIN_DICE = 20

_HEX64 = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Beacon(Protocol):
    """A verifier of beacon signatures that a checker may be handed; the standard library has no pairing."""

    def __call__(self, chain: str, round_number: int, randomness: str, signature: str, /) -> bool:
        """Tell whether the signature is the chain's for that round."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A public beacon whose key is pinned here (公共随机信标).

    Attributes
    ----------
    chain, public_key : str
        Hex, as the beacon publishes them.
    genesis, period : int
        Unix time of round 1, and seconds between rounds.
    """

    chain: str
    public_key: str
    scheme: str
    genesis: int
    period: int


#: drand's quicknet, run by the League of Entropy.
QUICKNET = Chain(
    chain="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510"
        "d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    scheme="bls-unchained-g1-rfc9380",
    genesis=1692803367,
    period=3,
)
CHAINS: Mapping[str, Chain] = {QUICKNET.chain: QUICKNET}


def parse_time(value: str) -> datetime:
    """Read ``YYYY-MM-DDTHH:MM:SSZ`` and nothing else.

    Raises
    ------
    ProtocolError
        ``time``, for leap seconds too.
    """
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ProtocolError("time", value=value)
    try:
        return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise ProtocolError("time", value=value) from None


def format_time(at: datetime) -> str:
    """Write an aware time as the protocol does: UTC, whole seconds (a fraction is cut off)."""
    if at.tzinfo is None:
        raise ProtocolError("time-naive", value=at.isoformat())
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"  # strftime cuts year 999


def parse_date(value: str) -> date:
    """Read ``YYYY-MM-DD`` and nothing else.

    Raises
    ------
    ProtocolError
        ``date``.
    """
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ProtocolError("date", value=value)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ProtocolError("date", value=value) from None


def commitment(parameters: Row, hash: str = "sha256") -> str:  # noqa: A002 - the protocol's own name
    """Commit to a stage's parameters: the hash of their file without its final newline."""
    return hexdigest(canonical(parameters), hash)


def share_commitment(party: str, value: str, hash: str = "sha256") -> str:  # noqa: A002
    """Commitment of a party to its share (``value``: 64 lower-case hex digits)."""
    if not _is_hex64(value):
        raise ProtocolError("share-value", party=party)
    return hexdigest(text("dr1/share", party, value), hash)


def _is_hex64(value: Json) -> bool:
    return isinstance(value, str) and _HEX64.fullmatch(value) is not None


def check_rule(rule: Sequence[Row]) -> None:
    """Refuse a seed rule that the protocol does not allow.

    Raises
    ------
    ProtocolError
        ``rule-empty``, ``rule-kind``, ``rule-keys``, ``rule-last`` (the last is a share), ``rule-twice``
        (one party, commitment or round twice), ``rule-dice``, ``rule-share``, ``rule-drand``.
    """
    if not rule:
        raise ProtocolError("rule-empty")
    seen: set[tuple[str, Json]] = set()
    for position, row in enumerate(rule):
        kind = row.get("kind")
        if not isinstance(kind, str) or kind not in _RULES:
            raise ProtocolError("rule-kind", position=position, kind=kind)
        keys, check, identities = _RULES[kind]
        if set(row) != keys:
            raise ProtocolError("rule-keys", position=position, keys=sorted(row))
        check(row)
        for identity in identities(row):
            if identity in seen:
                raise ProtocolError("rule-twice", position=position)
            seen.add(identity)
    if rule[-1]["kind"] == "share":  # its holder would choose between two known outcomes
        raise ProtocolError("rule-last", kind="share")


def _check_dice(row: Row) -> None:
    digits = row["digits"]
    if type(digits) is not int or digits < MIN_DICE:
        raise ProtocolError("rule-dice", digits=digits)


def _check_share(row: Row) -> None:
    party = row["party"]
    if not isinstance(party, str) or ":" in party or not _is_hex64(row["commitment"]):
        raise ProtocolError("rule-share", party=party)
    check_text(party)


def _check_drand(row: Row) -> None:
    number = row["round"]
    if type(number) is not int or number < 1 or not _is_hex64(row["chain"]):
        raise ProtocolError("rule-drand", chain=row["chain"], round=number)


_Rule = tuple[set[str], Callable[[Row], None], Callable[[Row], list[tuple[str, Json]]]]
_RULES: Mapping[str, _Rule] = {
    "dice": ({"digits", "kind"}, _check_dice, lambda _row: []),
    "share": (
        {"commitment", "kind", "party"},
        _check_share,
        lambda row: [("party", row["party"]), ("commitment", row["commitment"])],
    ),
    "drand": (
        {"chain", "kind", "round"},
        _check_drand,
        lambda row: [("round", f"{row['chain']}:{row['round']}")],
    ),
}


def dice(digits: str, count: int) -> str:
    """Contribution of dice: exactly ``count`` decimal digits; raises ``dice-digits`` otherwise."""
    if not _DIGITS.fullmatch(digits) or len(digits) != count:
        raise ProtocolError("dice-digits", wanted=count, given=len(digits))
    return f"dice:{digits}"


def share(rule: Row, value: str | None, hash: str = "sha256") -> str:  # noqa: A002
    """Contribution of a share; one that is not given, or does not open its commitment, is *withheld*."""
    party = str(rule["party"])
    opens = (
        value is not None and _is_hex64(value) and share_commitment(party, value, hash) == rule["commitment"]
    )
    return f"share:{party}:{value if opens else 'withheld'}"


def drand(rule: Row, randomness: str) -> str:
    """Contribution of a beacon's round; raises ``drand-randomness`` if it is not 64 hex digits."""
    if not _is_hex64(randomness):
        raise ProtocolError("drand-randomness", randomness=randomness)
    return f"drand:{rule['chain']}:{rule['round']}:{randomness}"


def check_contributions(rule: Sequence[Row], contributions: Sequence[str], hash: str = "sha256") -> None:  # noqa: A002
    """Refuse contributions that are not exactly those of the rule, in its order.

    Raises
    ------
    ProtocolError
        ``contributions-count``; ``contribution`` where one is not of its rule's form, or a share does not open
        its commitment (it should read *withheld*); ``contribution-twice``.
    """
    if len(rule) != len(contributions):
        raise ProtocolError("contributions-count", wanted=len(rule), given=len(contributions))
    for position, (row, value) in enumerate(zip(rule, contributions, strict=True)):
        if not _fits(row, value, hash):
            raise ProtocolError("contribution", position=position, kind=row["kind"])
    if len(set(contributions)) < len(contributions):
        raise ProtocolError("contribution-twice")


def _fits(row: Row, value: str, hash_name: str) -> bool:
    kind, _, rest = value.partition(":")
    if kind != row["kind"]:
        return False
    if kind == "dice":
        return len(rest) == row["digits"] and _DIGITS.fullmatch(rest) is not None
    if kind == "share":
        party, _, given = rest.partition(":")
        return party == row["party"] and (given == "withheld" or share(row, given, hash_name) == value)
    head, _, randomness = rest.rpartition(":")
    return head == f"{row['chain']}:{row['round']}" and _is_hex64(randomness)


def seed(commitment: str, contributions: Sequence[str], hash: str = "sha256") -> str:  # noqa: A002
    """Seed of a stage, from its commitment and its contributions in order."""
    return hexdigest(text("dr1/seed", commitment, *contributions), hash)


def witness_message(commitment: str, at: str) -> bytes:
    """Bytes that a witness signs with Ed25519."""
    return text("dr1/witness", commitment, at)


def beacon_message(round_number: int) -> bytes:
    """Bytes that a beacon's round signs: SHA-256 of the round as 8 big-endian bytes."""
    return hashlib.sha256(round_number.to_bytes(8, "big")).digest()


def round_time(chain: str, round_number: int) -> str:
    """Return the time of a beacon's round.

    Raises
    ------
    ProtocolError
        ``drand-chain`` for a chain that is not pinned; ``rule-drand`` for a round beyond the year 9999.
    """
    if chain not in CHAINS:
        raise ProtocolError("drand-chain", chain=chain)
    known = CHAINS[chain]
    try:
        at = datetime.fromtimestamp(known.genesis, UTC) + timedelta(seconds=(round_number - 1) * known.period)
    except OverflowError:
        raise ProtocolError("rule-drand", chain=chain, round=round_number) from None
    return format_time(at)


def check_not_past(rule: Sequence[Row], committed_at: str) -> None:
    """Refuse a rule with a beacon's round that is not after the commitment; raises ``beacon-past``."""
    for row in rule:
        if row["kind"] == "drand":
            time = round_time(str(row["chain"]), int(str(row["round"])))
            if time <= committed_at:
                raise ProtocolError("beacon-past", round=row["round"], time=time, committed_at=committed_at)
