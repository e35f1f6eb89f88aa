"""What may stand in a field: small predicates, and the exact keys of an object (dr1 section 8).

A predicate takes any JSON value whatever and answers whether it is one of its kind; it never raises.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from solver.dr1.encoding import MAX_INTEGER, Json
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import parse_date, parse_time

Test: TypeAlias = Callable[[Json], bool]
Fields: TypeAlias = Mapping[str, Test]


def anything(value: Json) -> bool:  # noqa: ARG001
    """Accept all: the form is another standard's (a log's checkpoint and proof)."""
    return True


def string(value: Json) -> bool:
    """Accept text, the empty text too."""
    return isinstance(value, str)


def name(value: Json) -> bool:
    """Accept text that is not empty."""
    return isinstance(value, str) and value != ""


def flag(value: Json) -> bool:
    """Accept true and false."""
    return isinstance(value, bool)


def one_of(*values: str) -> Test:
    """Accept just these texts."""
    return lambda value: isinstance(value, str) and value in values


def either(*tests: Test) -> Test:
    """Accept what one of the tests accepts."""
    return lambda value: any(test(value) for test in tests)


empty = one_of("")


def digits(count: int) -> Test:
    """Accept ``count`` lower-case hex digits."""
    match = re.compile(f"[0-9a-f]{{{count}}}").fullmatch
    return lambda value: isinstance(value, str) and match(value) is not None


hex64, code = digits(64), digits(16)


def whole(low: int, high: int = MAX_INTEGER) -> Test:
    """Accept whole numbers from ``low`` to ``high``; true is no number."""
    return lambda value: type(value) is int and low <= value <= high


def date(value: Json) -> bool:
    """Accept a date of the calendar, ``YYYY-MM-DD``."""
    return _parses(parse_date, value)


def time(value: Json) -> bool:
    """Accept a time in UTC, ``YYYY-MM-DDTHH:MM:SSZ``."""
    return _parses(parse_time, value)


def _parses(parse: Callable[[str], object], value: Json) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parse(value)
    except ProtocolError:
        return False
    return True


def base64_text(value: Json) -> bool:
    """Accept base64 of RFC 4648 section 4, not empty."""
    try:
        return name(value) and bool(base64.b64decode(str(value), validate=True))
    except (binascii.Error, ValueError):
        return False


def interval(value: Json) -> bool:
    """Accept ``[from, to]``, two dates in order."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(map(date, value))
        and str(value[0]) <= str(value[1])
    )


def several(test: Test) -> Test:
    """Accept a list of such values, the empty list too."""
    return lambda value: isinstance(value, list) and all(map(test, value))


def some(test: Test) -> Test:
    """Accept a list of at least one such value."""
    return lambda value: isinstance(value, list) and bool(value) and all(map(test, value))


def mapping(test: Test) -> Test:
    """Accept an object under any keys whose values are such."""
    return lambda value: isinstance(value, dict) and all(map(test, value.values()))


def row(fields: Fields) -> Test:
    """Accept an object with exactly these keys."""
    return lambda value: isinstance(value, dict) and wrong_field(value, fields) is None


def by_kind(kinds: Mapping[str, Fields]) -> Test:
    """Accept an object whose ``kind`` says which keys it has."""
    return lambda value: isinstance(value, dict) and wrong_field(value, fields_of(value, kinds)) is None


def fields_of(value: Mapping[str, Json], kinds: Mapping[str, Fields]) -> Fields:
    """Return the fields that go with the object's kind; for an unknown kind, what no object has."""
    kind = value.get("kind")
    known = kinds.get(kind) if isinstance(kind, str) else None
    return known or {"kind": one_of(*kinds)}


def wrong_field(value: Mapping[str, Json], fields: Fields) -> str | None:
    """Return the first key that is wrong, missing or too many, or None."""
    for key, test in fields.items():
        if key not in value or not test(value[key]):
            return key
    if len(value) != len(fields):
        return next(key for key in value if key not in fields)
    return None
