"""What the tests of the protocol share: known answers, refusals by code, strategies for lawful values."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import strategies as st

from solver.dr1.encoding import HASHES
from solver.dr1.errors import ProtocolError

FIXTURES = Path(__file__).parents[2] / "fixtures" / "dr1"
VECTORS = json.loads((FIXTURES / "vectors.json").read_text(encoding="utf-8"))
DRAND = json.loads((FIXTURES / "drand.json").read_text(encoding="utf-8"))

hashes = st.sampled_from(HASHES)
hex64 = st.integers(0, 2**256 - 1).map("{:064x}".format)


def example() -> dict[str, bytes]:
    """Read the example pack by zipfile alone."""
    with zipfile.ZipFile(FIXTURES / "example.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@contextmanager
def refused(code: str) -> Iterator[None]:
    """Expect a refusal under just this code."""
    with pytest.raises(ProtocolError) as caught:
        yield
    assert caught.value.code == code, caught.value
