"""SM3 written out agrees with the standard's examples and with OpenSSL."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import sm3


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_examples_of_the_standard(message: bytes, digest: str) -> None:
    """GB/T 32905-2016, annex A, examples 1 and 2."""
    assert sm3.pure(message).hex() == digest
    assert sm3.digest(message).hex() == digest


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")
@given(st.binary(max_size=300))
def test_pure_python_is_openssl(data: bytes) -> None:
    """Our own SM3 is OpenSSL's, across block borders."""
    assert sm3.pure(data) == hashlib.new("sm3", data).digest()


@pytest.mark.skipif("sm3" not in hashlib.algorithms_available, reason="this OpenSSL has no SM3")
def test_every_padding_length() -> None:
    """All lengths around the 64-byte block agree."""
    for length in range(130):
        assert sm3.pure(bytes(length)) == hashlib.new("sm3", bytes(length)).digest(), length


def test_without_openssl_the_pure_one_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where OpenSSL refuses the name, digests still come."""

    def refuse(_name: str, _data: bytes = b"") -> object:
        raise ValueError("unsupported hash type sm3")

    monkeypatch.setattr(hashlib, "new", refuse)
    assert sm3._best() is sm3.pure
