"""What the rows of a file say of each other: two rows for one thing, and things claimed by two."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator

from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.kind import Claim, Identity


class Seen:
    """Rows by identity and by claim, so that the answer does not depend on their order.

    Holds a few hundred bytes a row; the rows themselves lie in the spool.
    """

    def __init__(self) -> None:
        self._rows: dict[Identity, tuple[int, bytes]] = {}
        self._again: list[tuple[Identity, int, bytes]] = []
        self._claims: dict[tuple[str, ...], dict[str, array[int]]] = {}
        self._faults: dict[tuple[str, ...], tuple[str, str]] = {}

    def add(self, row: int, identity: Identity, canonical: bytes, claims: Iterable[Claim]) -> None:
        """Take in one row."""
        digest = hashlib.sha256(canonical).digest()[:16]
        if self._rows.setdefault(identity, (row, digest))[0] != row:
            self._again.append((identity, row, digest))
        for claim in claims:
            self._claims.setdefault(claim.what, {}).setdefault(claim.value, array("L")).append(row)
            self._faults[claim.what] = (claim.fault, claim.column)

    def identities(self) -> Iterable[Identity]:
        """Every identity that a row has."""
        return self._rows.keys()

    def names(self, subject: str) -> dict[str, str]:
        """Undisputed values of all claims about a subject."""
        return {
            what[1]: next(iter(values))
            for what, values in self._claims.items()
            if what[0] == subject and len(values) == 1
        }

    def faults(self) -> Iterator[tuple[int, str, Bad, int]]:
        """Row, field, fault and the other row.

        Of rows that say the same, the first stands. Rows that differ on one body all fall: whichever were kept,
        the order of the file would have chosen (F12).
        """
        yield from self._doubled()
        for what, values in self._claims.items():
            if len(values) < 2:
                continue
            code, column = self._faults[what]
            for value, rows in values.items():
                other = next(n for v, numbers in values.items() if v != value for n in numbers)
                for row in rows:
                    yield row, column, Bad(code, value=what[-1]), other

    def _doubled(self) -> Iterator[tuple[int, str, Bad, int]]:
        groups: dict[Identity, list[tuple[int, bytes]]] = {}
        for identity, row, digest in self._again:
            groups.setdefault(identity, [self._rows[identity]]).append((row, digest))
        for identity, rows in groups.items():
            value = " ".join(part for part in identity if part)
            first = rows[0][0]
            if len({digest for _, digest in rows}) == 1:
                yield from ((row, "", Bad("row-twice", value=value), first) for row, _ in rows[1:])
                continue
            for row, _ in rows:
                other = first if row != first else rows[1][0]
                yield row, "", Bad("rows-differ", value=value), other
