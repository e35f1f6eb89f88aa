"""Byte forms of the protocol: text, hashes, canonical JSON and JSON lines (dr1 section 2).

All order in the protocol is by UTF-8 bytes. Python compares strings by code point, and for text without
surrogates, which is all that passes here, the two orders are the same: plain ``sorted`` is right.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeAlias

from solver.dr1 import sm3
from solver.dr1.errors import ProtocolError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
Row: TypeAlias = "dict[str, Json]"

HASHES = ("sha256", "sm3")
MAX_INTEGER = 2**53 - 1  # RFC 8785 section 3.2.2.3: beyond it, readers that use doubles would differ
MAX_DEPTH = 32  # the protocol's own files nest five deep


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def hasher(hash: str = "sha256") -> Callable[[bytes], bytes]:  # noqa: A002 - the protocol's own name
    """Return the function from bytes to the raw 32-byte digest that ``hash`` names.

    Raises
    ------
    ProtocolError
        ``hash-unknown`` for any name outside ``HASHES``.
    """
    if hash == "sha256":
        return _sha256
    if hash == "sm3":
        return sm3.digest
    raise ProtocolError("hash-unknown", hash=hash)


def digest(data: bytes, hash: str = "sha256") -> bytes:  # noqa: A002
    """Return the raw 32-byte digest of ``data``."""
    return hasher(hash)(data)


def hexdigest(data: bytes, hash: str = "sha256") -> str:  # noqa: A002
    """Return ``H(data)``: 64 lower-case hex digits."""
    return hasher(hash)(data).hex()


def check_text(value: str) -> None:
    """Refuse what is not protocol text.

    Raises
    ------
    ProtocolError
        ``text-control`` for U+0000-U+001F and U+007F, ``text-surrogate`` for a lone surrogate,
        ``text-not-nfc`` for what Unicode normal form C would change.
    """
    if value.isascii() and value.isprintable():
        return
    if any(c < " " or c == "\x7f" for c in value):
        raise ProtocolError("text-control", value=value)
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise ProtocolError("text-surrogate", value=value)
    if not unicodedata.is_normalized("NFC", value):
        raise ProtocolError("text-not-nfc", value=value)


def text(*fields: str) -> bytes:
    """Join fields by one newline, with none at the end; no field can hold one, so nothing is ambiguous.

    Raises
    ------
    ProtocolError
        As `check_text`.
    """
    for field in fields:
        check_text(field)
    return "\n".join(fields).encode()


_dump = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def canonical(value: Json) -> bytes:
    """Return the RFC 8785 form of a value; numbers are whole and keys ASCII, so sorting by code point is JCS.

    Raises
    ------
    ProtocolError
        ``json-type``, ``json-key``, ``json-number``, ``json-depth``, or as `check_text`.
    """
    _check(value)
    return _dump(value).encode()


def _check(value: Json) -> None:
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ProtocolError("json-depth", limit=MAX_DEPTH)


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict):
        _check_keys(value)
        return value.values()
    elif isinstance(value, list):
        return value
    elif value is None or isinstance(value, bool):
        pass
    elif not isinstance(value, int):
        raise ProtocolError("json-type", type=type(value).__name__)
    elif abs(value) > MAX_INTEGER:
        raise ProtocolError("json-number", limit=MAX_INTEGER)
    return ()


def _check_keys(value: dict[str, Json]) -> None:
    for key in value:
        if not isinstance(key, str) or not key.isascii():
            raise ProtocolError("json-key", key=key)
        check_text(key)


def _refuse_number(literal: str) -> Json:
    raise ProtocolError("json-number", literal=literal[:40])


_decode = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number).decode


def parse(data: bytes) -> Json:
    """Read canonical JSON; anything that `canonical` would not write byte for byte is refused.

    Doubled keys, spaces, wrong order, ``-0`` and needless escapes all fall to that one comparison.

    Raises
    ------
    ProtocolError
        ``json-syntax``, ``json-not-canonical``, or as `canonical`; never another exception.
    """
    try:
        value: Json = _decode(data.decode())
    except ProtocolError:
        raise
    except RecursionError:
        raise ProtocolError("json-depth", limit=MAX_DEPTH) from None
    except ValueError as error:  # syntax, not UTF-8, or an integer beyond Python's digit limit
        raise ProtocolError("json-syntax", reason=str(error)[:80]) from None
    if canonical(value) != data:
        raise ProtocolError("json-not-canonical", data=data[:80])
    return value


def parse_object(data: bytes) -> Row:
    """Read one canonical JSON object.

    Raises
    ------
    ProtocolError
        ``json-not-object``, or as `parse`.
    """
    value = parse(data)
    if not isinstance(value, dict):
        raise ProtocolError("json-not-object", data=data[:80])
    return value


def json_file(row: Row) -> bytes:
    """Return the bytes of a ``.json`` file: one canonical object and one newline."""
    return canonical(row) + b"\n"


def parse_json_file(data: bytes) -> Row:
    """Read a ``.json`` file.

    Raises
    ------
    ProtocolError
        ``json-newline`` where it does not end in a newline, or as `parse_object`.
    """
    if not data.endswith(b"\n"):
        raise ProtocolError("json-newline")
    return parse_object(data[:-1])


def jsonl(rows: Iterable[Row]) -> bytes:
    """Return the bytes of a ``.jsonl`` file: canonical objects, each ended by one newline."""
    return b"".join(canonical(row) + b"\n" for row in rows)


def lines(data: bytes) -> list[bytes]:
    """Split a ``.jsonl`` file into its lines without their newlines: the leaves of its root.

    Raises
    ------
    ProtocolError
        ``jsonl-newline`` where the last line is not ended.
    """
    if not data:
        return []
    if not data.endswith(b"\n"):
        raise ProtocolError("jsonl-newline")
    return data[:-1].split(b"\n")


def parse_jsonl(data: bytes) -> list[Row]:
    """Read all rows of a ``.jsonl`` file.

    Raises
    ------
    ProtocolError
        As `lines` and `parse_object`.
    """
    return [parse_object(line) for line in lines(data)]
