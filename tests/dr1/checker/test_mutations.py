"""Tampering of any kind: the pack fails or, where the protocol leaves a word free, stays lawful; nothing ever raises."""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solver.dr1 import checker, pack
from solver.dr1.verdicts import Outcome, Report
from tests.dr1.checker.maker import Maker, dumps, repaired, with_manifest

NIGHT = os.environ.get("HYPOTHESIS_PROFILE") == "night"

#: What may be written otherwise and leaves a lawful pack, even of a forger who holds the witnesses' keys.
FREE = {
    *(
        (file, f"witness/{at}/name") for file in ("2-seed.json", "5-seed.json") for at in (0, 1)
    ),  # unsigned: keys sign
    ("2-seed.json", "witness"),  # one of two left out: the other still proves the time
    ("5-seed.json", "witness"),
    ("7-events.jsonl", "approver"),  # the operator's words, which no root and no seed covers
    ("7-events.jsonl", "ground"),
    ("7-events.jsonl", "at"),  # the operator's clock, in its order
    ("7-events.jsonl", "decided_at"),
    ("7-events.jsonl", "to"),  # "" alone: recorded, and no reserve takes the place
}


@cache
def _lawful() -> dict[str, bytes]:
    return Maker().whole()


def _fails(files: dict[str, bytes]) -> bool:
    return checker.check(files).failed


def _values(value: Any) -> list[Any]:
    """Return what to write in a value's place: of other types, out of range, and of its own type but another."""
    strange = [None, [], {}, 1.5, "\u0001", "e\u0301", -1, 2**53, 10**400]
    if isinstance(value, bool):
        return [not value, 0, "true", None]
    if isinstance(value, int):
        return [value + 1, value - 1, True, str(value), *strange[:4], *strange[6:]]
    if isinstance(value, str):
        near = chr(ord(value[0]) ^ 1) + value[1:] if value else "0"
        return ["", near, value + "x", value.upper() + "'", 0, True, *strange]
    if isinstance(value, list):
        return [value[:-1], value * 2, value[::-1], [*value, None], [[value]], "", 0, None]
    return [None, [], "", 0, {**value, "x": 1}]


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value inside, the outermost lists at their first and last places."""
    if at:
        yield at
    if isinstance(value, dict):
        for key in value:
            yield from _paths(value[key], (*at, key))
    elif isinstance(value, list):
        for place in {0: 0, len(value) - 1: 0} if value else ():
            yield from _paths(value[place], (*at, place))


def _changed(row: Any, path: tuple[Any, ...], new: Any) -> Any:
    row = copy.deepcopy(row)
    inner = row
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return row


def _edits(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each change of a value in a few rows of a file: first, middle and last."""
    rows = data.splitlines()
    for at in sorted({0, len(rows) // 2, len(rows) - 1}):
        row = json.loads(rows[at])
        for path in _paths(row):
            old = row
            for key in path:
                old = old[key]
            for new in _values(old):
                if new != old or type(new) is not type(old):
                    line = dumps(_changed(row, path, new))
                    yield "/".join(map(str, path)), b"\n".join([*rows[:at], line, *rows[at + 1 :]]) + b"\n"


def _sampled(data: bytes, of_256: int) -> bool:
    """Take so many changes of 256, by their hash; all of them at night."""
    return NIGHT or hashlib.sha256(data).digest()[0] < of_256


def test_a_changed_value_fails_even_when_all_is_repaired() -> None:
    """No value in any file can be changed unseen by a forger who repairs roots, seeds, signatures and manifest."""
    ran: Counter[str] = Counter()
    passed = set()
    for name in sorted(set(_lawful()) - {"manifest.json"}):
        for what, data in _edits(_lawful()[name]):
            if not _sampled(data, 30):
                continue
            forged = repaired({**_lawful(), name: data})
            if forged == _lawful():  # the change was of what the repair makes anew
                continue
            ran[name] += 1
            if not _fails(forged):
                passed.add((name, what))
    assert passed <= FREE
    assert len(ran) == 19
    assert sum(ran.values()) > (3500 if NIGHT else 400), ran


def test_a_changed_value_fails_without_repair() -> None:
    """Any changed value fails by its file's hash alone, in the manifest too."""
    ran = 0
    for name in sorted(_lawful()):
        for what, data in _edits(_lawful()[name]):
            if not _sampled(data, 16):
                continue
            ran += 1
            assert _fails({**_lawful(), name: data}), (name, what)
    assert ran > (3500 if NIGHT else 200)


def test_rows_dropped_doubled_or_swapped_fail() -> None:
    """In each file, a row that is left out, doubled or moved is found, whatever is repaired."""
    ran = 0
    for name in sorted(_lawful()):
        if not name.endswith(".jsonl"):
            continue
        rows = _lawful()[name].splitlines(keepends=True)
        for at in sorted({0, len(rows) // 2, len(rows) - 1}):
            dropped, doubled = rows[:at] + rows[at + 1 :], rows[: at + 1] + rows[at:]
            half = len(dropped) // 2
            moved = [*dropped[:half], rows[at], *dropped[half:]]
            for how, new in (("dropped", dropped), ("doubled", doubled), ("moved", moved)):
                if new == rows or (name == "7-events.jsonl" and how == "dropped"):
                    continue  # an event that is left out leaves a lawful pack: a pack proves no completeness of events
                ran += 1
                assert _fails(repaired({**_lawful(), name: b"".join(new)})), (name, at, how)
    assert ran > 100


def test_a_file_left_out_is_never_passed_over() -> None:
    """A full copy that lacks a file fails; only the last steps together may be not there yet, and are then named."""
    for name in sorted(_lawful()):
        files = {other: data for other, data in _lawful().items() if other != name}
        report = checker.check(files if name == "manifest.json" else with_manifest(_without_manifest(files)))
        if name == "7-events.jsonl":
            assert not report.failed
            assert not report.complete
        else:
            assert report.failed, name


def _without_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if name != "manifest.json"}


def test_a_file_emptied_or_of_noise_fails() -> None:
    """Empty files, newlines, deep nesting, huge numbers, odd text and other files' content all fail, and do not raise."""
    noise = [
        b"",
        b"\n",
        b"{}\n",
        b"[" * 100_000 + b"\n",
        b"[" * 20_000 + b"]" * 20_000 + b"\n",
        b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"\n",
        b"1" * 10_000 + b"\n",
        b"NaN\n",
        b'{"weight":1e400}\n',
        b"\xff\xfe\n",
        b'"\\ud800"\n',
        b'{"\xc3\xa9":1}\n',
        b"\x00" * 1000,
        b"null\n" * 50,
    ]
    ran = 0
    for name in sorted(_lawful()):
        for data in (*noise, _lawful()["1-pool.jsonl"]):
            if data != _lawful()[name] and not (
                name in ("7-events.jsonl", "4-changes.jsonl") and data == b""
            ):
                ran += 1
                files = {**_lawful(), name: data}
                if name != "manifest.json":  # so that the file's own form, not its hash, has to be found
                    files = with_manifest(_without_manifest(files))
                assert _fails(files), (name, data[:40])
    assert ran > 250


@given(st.data())
@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    max_examples=150 if not NIGHT else 20_000,
)
def test_any_flipped_byte_fails(data: st.DataObject) -> None:
    """Any bit of any file, flipped, is found: by its hash, and by what it says where the manifest is made anew."""
    name = data.draw(st.sampled_from(sorted(_lawful())))
    content = bytearray(_lawful()[name])
    content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    files = {**_lawful(), name: bytes(content)}
    assert _fails(files)
    if name not in ("manifest.json", "7-events.jsonl", "2-seed.json", "5-seed.json"):
        assert _fails(with_manifest(_without_manifest(files)))
    else:
        checker.check(with_manifest(_without_manifest(files)))


@given(st.dictionaries(st.sampled_from(sorted(pack.FILES)), st.binary(max_size=200)))
def test_arbitrary_bytes_never_raise(files: dict[str, bytes]) -> None:
    """Whatever the files hold, there is a report, with one verdict a check, and it fails."""
    report = checker.check(files)
    assert report.failed
    assert [verdict.check for verdict in report.verdicts] == list(checker.IDS)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.text(max_size=8)
    | st.sampled_from(["2026-12-01", "0" * 64, "kin"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["kind", "slot", "at", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.data())
def test_arbitrary_json_in_a_row_never_raises(data: st.DataObject) -> None:
    """A field that holds any JSON whatever gives a report, in all files, with all repaired that can be."""
    name = data.draw(st.sampled_from(sorted(set(_lawful()) - {"manifest.json"})))
    rows = _lawful()[name].splitlines()
    at = data.draw(st.integers(0, len(rows) - 1))
    row = json.loads(rows[at])
    path = data.draw(st.sampled_from(list(_paths(row))))
    rows[at] = dumps(_changed(row, path, data.draw(_JSON)))
    report: Report = checker.check(repaired({**_lawful(), name: b"\n".join(rows) + b"\n"}))
    assert len(report.verdicts) == len(checker.IDS)


def test_hostile_zips_fail_by_their_container() -> None:
    """A bomb, a cut zip, odd names and no zip at all each fail one check, with the reason."""
    whole = pack.pack(_without_manifest(_lawful()), "full", "330400-2026-12", "sha256")
    assert checker.check_file(whole).complete
    bomb = pack.pack({"1-frame.jsonl": b"\n" * 3_000_000}, "full", "x", "sha256")
    for data, limits in (
        (b"", checker.LIMITS),
        (b"PK", checker.LIMITS),
        (whole[:-30], checker.LIMITS),
        (whole.replace(b"1-keys.jsonl", b"../../keys.x"), checker.LIMITS),
        (bomb, pack.Limits(file=1_000_000, total=1_000_000)),
    ):
        report = checker.check_file(data, limits=limits)
        assert [(v.check, v.outcome) for v in report.verdicts] == [("files.container", Outcome.FAILS)]


def test_a_file_of_newlines_is_refused_by_their_number() -> None:
    """A file of millions of empty rows is refused without a reader's memory for each of them."""
    files = {**_lawful(), "1-frame.jsonl": b"\n" * 6_000_000}
    faults = [f.code for v in checker.check(files).verdicts if v.check == "files.form" for f in v.faults]
    assert faults == ["rows-too-many"]
