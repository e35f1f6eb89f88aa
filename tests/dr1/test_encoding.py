"""Laws of text, hashes and canonical JSON."""

from __future__ import annotations

import contextlib
import hashlib
import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from solver.dr1 import encoding
from solver.dr1.errors import ProtocolError
from tests.dr1 import oracle
from tests.dr1.support import VECTORS, hashes, refused


def _lawful(value: str) -> bool:
    return all(c >= " " and c != "\x7f" for c in value) and unicodedata.is_normalized("NFC", value)


fields = st.text(st.characters(exclude_categories=("Cs",)), max_size=8).filter(_lawful)
keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=4)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | fields,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("case", VECTORS["jcs"], ids=range(len(VECTORS["jcs"])))
def test_known_canonical_forms(case: dict[str, object]) -> None:
    """Each known value has the known hash of its canonical form."""
    assert encoding.hexdigest(encoding.canonical(case["value"])) == case["sha256"]


@pytest.mark.parametrize("literal", VECTORS["refused_json"])
def test_known_refusals(literal: str) -> None:
    """Each JSON text that the known answers refuse is refused."""
    with pytest.raises(ProtocolError):
        encoding.parse(literal.encode())


@given(values)
def test_parse_undoes_canonical(value: encoding.Json) -> None:
    """Parsing what was written gives the value back, of the same types."""
    assert repr(encoding.parse(encoding.canonical(value))) == repr(
        json.loads(json.dumps(value, sort_keys=True))
    )


@given(values, st.data())
def test_one_form_alone_is_read(value: encoding.Json, data: st.DataObject) -> None:
    """Every other spelling of a value is refused: spaces, escapes, a byte order mark."""
    form = encoding.canonical(value)
    at = data.draw(st.integers(0, len(form)))
    other = data.draw(
        st.sampled_from([b" " + form, form + b"\n", b"\xef\xbb\xbf" + form, form[:at] + b" " + form[at:]])
    )
    escaped = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    for spelling in {other, escaped} - {form}:
        try:
            read = encoding.parse(spelling)
        except ProtocolError:
            continue
        assert (
            encoding.canonical(read) == spelling
        )  # a space inside a string makes another value, not another form
        assert read != value


@given(st.binary(max_size=40) | st.text('{}[]",:ae01-.\\ntrufls ', max_size=20).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """No input brings another exception than the protocol's, and what is read is the one form of its value."""
    with contextlib.suppress(ProtocolError):
        assert encoding.canonical(encoding.parse(data)) == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * 100_000, "json-depth"),
        (b"[" * 100 + b"]" * 100, "json-depth"),
        (b'{"a":' * 100_000, "json-depth"),
        (b"9" * 10_000, "json-syntax"),
        (b"-9007199254740992", "json-number"),
        (b"1E400", "json-number"),
        (b"-Infinity", "json-number"),
        (b'"\\ud800"', "text-surrogate"),
        (b'"\x7f"', "text-control"),
        (b'"\\u0000"', "text-control"),
        ('"e\u0301"'.encode(), "text-not-nfc"),
        ('"é"'.encode("latin-1"), "json-syntax"),
        (b'"\xed\xa0\x80"', "json-syntax"),
        (b'{"\\u0001":1}', "text-control"),
        (b'{"a":1,"a":1}', "json-not-canonical"),
        (b'"\\u0041"', "json-not-canonical"),
        (b'"\\/"', "json-not-canonical"),
        (b"", "json-syntax"),
    ],
)
def test_hostile_json_is_refused_under_its_code(data: bytes, code: str) -> None:
    """Deep, huge, doubled or misspelt JSON meets a coded refusal."""
    with refused(code):
        encoding.parse(data)


@pytest.mark.parametrize("value", [1.0, (1,), b"x", {1: 2}, {"é": 1}, 2**53, {"a": {1}}])
def test_values_beyond_the_protocol_are_not_written(value: object) -> None:
    """A float, tuple, big number or odd key is refused before it is hashed."""
    with pytest.raises(ProtocolError):
        encoding.canonical(value)  # type: ignore[arg-type]


@given(st.lists(fields, max_size=4), st.lists(fields, max_size=4))
def test_text_is_unambiguous(a: list[str], b: list[str]) -> None:
    """Two lists of fields have one text only if they are the same list (of at least one field)."""
    a, b = ["tag", *a], ["tag", *b]
    assert (encoding.text(*a) == encoding.text(*b)) == (a == b)


@given(st.text(st.characters(), max_size=5))
def test_text_takes_exactly_the_lawful(value: str) -> None:
    """Text is refused if and only if it has a control character or surrogate, or is not NFC."""
    lawful = _lawful(value) and not any("\ud800" <= c <= "\udfff" for c in value)
    try:
        encoding.text(value)
    except ProtocolError:
        assert not lawful
    else:
        assert lawful


@given(st.lists(fields, max_size=6))
def test_order_of_strings_is_order_of_bytes(names: list[str]) -> None:
    """Python's order of lawful text is the protocol's, astral characters included."""
    assert sorted(names) == sorted(names, key=str.encode)
    assert sorted(["\U00020bb7", "\uff5e"]) == ["\uff5e", "\U00020bb7"]  # UTF-16 would have it the other way


@given(st.lists(st.dictionaries(keys, values, max_size=3), max_size=4))
def test_rows_come_back_from_their_file(rows: list[encoding.Row]) -> None:
    """Lines are the rows' canonical forms, and reading undoes writing."""
    data = encoding.jsonl(rows)
    assert encoding.lines(data) == [encoding.canonical(row) for row in rows]
    assert [encoding.canonical(row) for row in encoding.parse_jsonl(data)] == encoding.lines(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{}", "jsonl-newline"),
        (b"{}\n{}", "jsonl-newline"),
        (b"\n", "json-syntax"),
        (b"{}\r\n", "json-not-canonical"),
        (b"[]\n", "json-not-object"),
        (b"{}\n\n", "json-syntax"),
    ],
)
def test_odd_lines_are_refused(data: bytes, code: str) -> None:
    """An unended, empty or foreign line is no row."""
    with refused(code):
        encoding.parse_jsonl(data)


def test_a_json_file_is_one_object_and_one_newline() -> None:
    """Neither a missing newline nor a second one passes."""
    assert encoding.parse_json_file(encoding.json_file({"a": 1})) == {"a": 1}
    with refused("json-newline"):
        encoding.parse_json_file(b'{"a":1}')
    with refused("json-not-canonical"):
        encoding.parse_json_file(b'{"a":1}\n\n')


@given(st.binary(max_size=200), hashes)
def test_hashes_are_those_they_name(data: bytes, name: str) -> None:
    """H is the named hash in lower-case hex; an unknown name is refused."""
    assert encoding.hexdigest(data, name) == hashlib.new(name, data).hexdigest()
    assert encoding.digest(data, name).hex() == encoding.hexdigest(data, name)
    with refused("hash-unknown"):
        encoding.digest(data, "md5")


def test_depth_is_bounded_alike_in_reading_and_writing() -> None:
    """A value of the greatest depth is read and written; one level more is refused, both ways."""
    deepest = b"[" * encoding.MAX_DEPTH + b"]" * encoding.MAX_DEPTH
    value = encoding.parse(deepest)
    assert encoding.canonical(value) == deepest
    with refused("json-depth"):
        encoding.parse(b"[" + deepest + b"]")
    with refused("json-depth"):
        encoding.canonical([value])


@given(values, values)
@example(True, 1)
@example("1", 1)
@example(None, "null")
@example([[]], [])
@example(["a", "b"], ["a,b"])
def test_different_values_have_different_bytes(one: encoding.Json, other: encoding.Json) -> None:
    """Two values are written alike only if they are the same value, True not being 1; the bytes are the oracle's."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (encoding.canonical(one) == encoding.canonical(other)) == same
    assert encoding.canonical(one) == oracle.jcs(one).encode()
