"""Ed25519 by the standard library: the RFC's vectors, OpenSSL's verdicts, and the strict corners."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import ed25519
from solver.dr1.encoding import parse_json_file
from solver.dr1.seed import commitment, witness_message
from tests.dr1.support import example

_ORDER = 2**252 + 27742317777372353535851937790883648493
_PRIME = 2**255 - 19


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
            "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da0"
            "85ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac1"
            "8ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_vectors_of_the_rfc(key: str, message: str, signature: str) -> None:
    """RFC 8032 section 7.1, tests 1 to 3."""
    assert ed25519.verify(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
    assert not ed25519.verify(bytes.fromhex(key), bytes.fromhex(message) + b"x", bytes.fromhex(signature))


def _openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=40))
def test_what_openssl_signs_holds(secret: bytes, message: bytes) -> None:
    """Any key, any message."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    key = private.public_key().public_bytes_raw()
    assert ed25519.verify(key, message, private.sign(message))


@given(st.binary(min_size=32, max_size=32), st.data())
def test_any_flipped_bit_fails_here_and_there(secret: bytes, data: st.DataObject) -> None:
    """A flipped bit of key, message or signature: false, as with OpenSSL."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    parts = [bytearray(private.public_key().public_bytes_raw()), bytearray(b"dr1/witness")]
    parts.append(bytearray(private.sign(bytes(parts[1]))))
    part = data.draw(st.sampled_from(parts))
    bit = data.draw(st.integers(0, 8 * len(part) - 1))
    part[bit // 8] ^= 1 << bit % 8
    key, message, signature = map(bytes, parts)
    assert ed25519.verify(key, message, signature) == _openssl(key, message, signature) == False  # noqa: E712


@given(st.binary(max_size=70), st.binary(max_size=5), st.binary(max_size=70))
def test_malformed_input_is_false(key: bytes, message: bytes, signature: bytes) -> None:
    """Bytes of any length are no signature, and never a crash."""
    assert not ed25519.verify(key, message, signature)
    assert not ed25519.verify(key.ljust(32, b"\0")[:32], message, signature.ljust(64, b"\xff")[:64])


def test_a_scalar_past_the_order_is_another_signature() -> None:
    """S and S + L satisfy the same equation; only the first is a signature (malleability)."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    key, signature = private.public_key().public_bytes_raw(), private.sign(b"m")
    scalar = int.from_bytes(signature[32:], "little") + _ORDER
    assert ed25519.verify(key, b"m", signature)
    assert not ed25519.verify(key, b"m", signature[:32] + scalar.to_bytes(32, "little"))


def test_the_order_itself_is_no_scalar() -> None:
    """S = L counts as 0 in the equation and is refused all the same."""
    neutral = (1).to_bytes(32, "little")
    assert ed25519.verify(neutral, b"m", neutral + bytes(32))
    assert not ed25519.verify(neutral, b"m", neutral + _ORDER.to_bytes(32, "little"))


def test_both_coordinates_decide() -> None:
    """Points that agree in x alone, or in y alone, are not the same point.

    With a key of order two the sum differs from the neutral point in y alone, for every message of odd hash; with
    R = -B and S = 1 the two sides differ in x alone.
    """
    neutral, order_two = (1).to_bytes(32, "little"), (_PRIME - 1).to_bytes(32, "little")
    verdicts = set()
    for i in range(16):
        digest = hashlib.sha512(neutral + order_two + bytes([i])).digest()
        even = int.from_bytes(digest, "little") % _ORDER % 2 == 0
        assert ed25519.verify(order_two, bytes([i]), neutral + bytes(32)) == even
        verdicts.add(even)
    assert verdicts == {True, False}
    one = (1).to_bytes(32, "little")
    base = (4 * pow(5, -1, _PRIME) % _PRIME).to_bytes(32, "little")
    opposite = base[:31] + bytes([base[31] | 0x80])
    assert ed25519.verify(neutral, b"m", base + one)
    assert not ed25519.verify(neutral, b"m", opposite + one)


def test_points_have_one_encoding() -> None:
    """The neutral point spelt with y = p + 1, or with a sign that x = 0 cannot have, is none.

    With the neutral point as key and as R, and S = 0, the equation holds for every message: so nothing but the
    encoding decides here.
    """
    neutral = (1).to_bytes(32, "little")
    unreduced = (_PRIME + 1).to_bytes(32, "little")
    signed_zero = (1 | 1 << 255).to_bytes(32, "little")
    zero = bytes(32)
    assert ed25519.verify(neutral, b"m", neutral + zero)
    for odd in (unreduced, signed_zero):
        assert not ed25519.verify(odd, b"m", neutral + zero)
        assert not ed25519.verify(neutral, b"m", odd + zero)


def test_a_y_off_the_curve_is_no_point() -> None:
    """About half of all y have no x; every one of them is refused."""
    found = [y for y in range(40) if ed25519._decode(y.to_bytes(32, "little")) is None]
    assert 2 in found
    assert 10 < len(found) < 30


def test_witnesses_of_the_example() -> None:
    """Each signature in the example pack holds over its stage's commitment, and over no other."""
    files = example()
    held = 0
    for stage, told in (("1-parameters.json", "2-seed.json"), ("4-parameters.json", "5-seed.json")):
        made = commitment(parse_json_file(files[stage]))
        for row in parse_json_file(files[told])["witness"]:  # type: ignore[union-attr]
            key, signature = bytes.fromhex(row["key"]), bytes.fromhex(row["signature"])  # type: ignore[index,call-overload,arg-type]
            assert ed25519.verify(key, witness_message(made, row["at"]), signature)  # type: ignore[index,call-overload,arg-type]
            assert not ed25519.verify(key, witness_message("00" * 32, row["at"]), signature)  # type: ignore[index,call-overload,arg-type]
            held += 1
    assert held == 4
