"""What a caller may lend the checker, so that it sees further than the standard library does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from solver.dr1.encoding import Row
from solver.dr1.seed import Beacon

Attest: TypeAlias = Callable[[Row, str, str], str]
"""``(witness, commitment, hash) -> time``: the time it proves; raises ProtocolError where the proof is false."""


@dataclass(frozen=True, slots=True)
class Means:
    """Lent knowledge; with none of it, what depends on it *cannot be checked here*.

    Attributes
    ----------
    beacon : Beacon | None
        Tests the signature of a beacon's round (BLS is not in the standard library).
    keys : Mapping[str, str]
        Public keys (hex) of witnesses by name, where the caller knows them from elsewhere.
    attests : Mapping[str, Attest]
        Tests of witnesses of kind ``rfc3161`` or ``log``, by kind.
    previous : bytes | None
        ``1-parameters.json`` of the draw before.
    """

    beacon: Beacon | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    attests: Mapping[str, Attest] = field(default_factory=dict)
    previous: bytes | None = None
