"""Packs: what is written comes back, and whatever else is handed in is refused under a code."""

from __future__ import annotations

import io
import os
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import pack
from solver.dr1.encoding import hexdigest, parse_json_file
from solver.dr1.errors import ProtocolError
from tests.dr1.support import FIXTURES, example, refused

FILES = {"1-frame.jsonl": b"{}\n" * 50, "2-seed.json": b"{}\n", "7-events.jsonl": b""}
GOOD = pack.pack(FILES, "full", "d", "sha256")


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of the doubled name that a test wants
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name, content in entries:
                archive.writestr(name, content, method)
    return buffer.getvalue()


def _info(name: str, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


def _encrypted(data: bytes) -> bytes:
    raw = bytearray(data)
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def _self_extracting() -> bytes:
    """Make a pack behind a program, with offsets that count the program."""
    buffer = io.BytesIO(b"#!/bin/sh\n")
    buffer.seek(0, os.SEEK_END)
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("2-seed.json", b"{}\n")
    return buffer.getvalue()


def _lying(declared: int) -> bytes:
    """Make a deflated file whose both headers declare another size than comes out."""
    raw = bytearray(_zip(("2-seed.json", bytes(100_000)), method=zipfile.ZIP_DEFLATED))
    struct.pack_into("<I", raw, 22, declared)
    struct.pack_into("<I", raw, raw.index(b"PK\x01\x02") + 24, declared)
    return bytes(raw)


ONE = _zip(("2-seed.json", b"{}\n"))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "pack-unreadable"),
    "no zip": (b"hello" * 100, "pack-unreadable"),
    "cut off": (GOOD[:-30], "pack-unreadable"),
    "head cut off": (GOOD[10:], "pack-trailing"),
    "one byte more": (GOOD + b"\0", "pack-unreadable"),
    "a comment": (GOOD[:-2] + b"\x05\x00hello", "pack-unreadable"),
    "a program before it": (b"#!/bin/sh\n" + GOOD, "pack-trailing"),
    "a program that the offsets know": (_self_extracting(), "pack-trailing"),
    "two packs in one": (ONE + GOOD, "pack-trailing"),
    "path outside": (_zip(("../2-seed.json", b"")), "pack-name"),
    "absolute path": (_zip(("/2-seed.json", b"")), "pack-name"),
    "windows path": (_zip(("..\\2-seed.json", b"")), "pack-name"),
    "a folder": (_zip(("2-seed.json/", b"")), "pack-name"),
    "in a folder": (_zip(("a/2-seed.json", b"")), "pack-name"),
    "another file": (_zip(("readme.txt", b"")), "pack-name"),
    "other case": (_zip(("2-Seed.json", b"")), "pack-name"),
    "zero byte in the name": (_zip(("2-seed.jsonX", b"")).replace(b"jsonX", b"json\0"), "pack-name"),
    "a link": (_zip((_info("2-seed.json", stat.S_IFLNK | 0o777), b"/etc/passwd")), "pack-name"),
    "a device": (_zip((_info("2-seed.json", stat.S_IFCHR | 0o666), b"")), "pack-name"),
    "the same name twice": (_zip(("2-seed.json", b"a"), ("2-seed.json", b"b")), "pack-twice"),
    "encrypted": (_encrypted(ONE), "pack-encrypted"),
    "other compression": (_zip(("2-seed.json", b"a"), method=zipfile.ZIP_BZIP2), "pack-method"),
    "too many files": (_zip(*((f"{i}", b"") for i in range(21))), "pack-too-many"),
    "long names": (_zip(("x" * 65_000, b""), ("y" * 65_000, b"")), "pack-too-many"),
    "a bomb that says so": (_zip(("2-seed.json", bytes(2_000_000)), method=zipfile.ZIP_DEFLATED), "pack-too-large"),
    "a bomb in parts": (
        _zip(*((f"{n}-seed.json", bytes(900_000)) for n in (2, 5)), ("1-pool.jsonl", bytes(900_000)),
             method=zipfile.ZIP_DEFLATED),
        "pack-too-large",
    ),
    "a bomb that lies": (_lying(10), "pack-unreadable"),
    "less than it says": (_lying(200_000), "pack-unreadable"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_packs_are_refused_under_their_codes(data: bytes, code: str, tmp_path: Path) -> None:
    """Each way to be hostile meets its code, from bytes and from a file."""
    limits = pack.Limits(file=1_000_000, total=2_000_000)
    with refused(code):
        pack.read(data, limits)
    path = tmp_path / "p.zip"
    path.write_bytes(data)
    with refused(code):
        pack.read(path, limits)


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: folder / "absent.zip",
        lambda folder: folder,
        lambda folder: os.mkfifo(folder / "pipe") or folder / "pipe",
        lambda folder: folder / ("x" * 300),
        lambda _folder: "a\0b",
    ],
    ids=["absent", "a folder", "a pipe", "name too long", "zero byte"],
)
def test_paths_that_are_no_file(make: Callable[[Path], Path | str], tmp_path: Path) -> None:
    """Neither an exception of the system nor a wait for ever."""
    with refused("pack-unreadable"):
        pack.read(make(tmp_path))


@given(st.data())
def test_damaged_packs_never_crash(data: st.DataObject) -> None:
    """Bytes changed, cut out, doubled or moved: a pack, or a coded refusal; and never another content for a file."""
    raw = bytearray(data.draw(st.sampled_from([GOOD, _zip(*FILES.items(), method=zipfile.ZIP_DEFLATED)])))
    for _ in range(data.draw(st.integers(1, 4))):
        at, to = (data.draw(st.integers(0, len(raw) - 1)) for _ in range(2))
        match data.draw(st.sampled_from(["set", "cut", "copy"])):
            case "set":
                raw[at] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]))
            case "cut":
                del raw[at : min(to, len(raw) - 20)]
            case _:
                raw[at : at + 8] = raw[to : to + 8]
    try:
        read = pack.read(bytes(raw))
    except ProtocolError as error:
        assert error.code.startswith("pack-")
        return
    whole = {**FILES, pack.MANIFEST: pack.manifest(FILES, "full", "d", "sha256")}
    assert all(whole[name] == content for name, content in read.items() if name in whole)


def test_every_changed_byte_of_the_tail_is_survived() -> None:
    """Every byte of directory and end record, set to seven values: read or refused, no other exception."""
    start = GOOD.index(b"PK\x01\x02")
    refusals = 0
    for at in range(start, len(GOOD)):
        for value in (0, 1, 2, 8, 0x7F, 0x80, 0xFF):
            try:
                pack.read(GOOD[:at] + bytes([value]) + GOOD[at + 1 :])
            except ProtocolError:
                refusals += 1
    assert refusals > 500


@given(
    st.dictionaries(
        st.sampled_from(sorted(set(pack.FILES) - {pack.MANIFEST})), st.binary(max_size=50), max_size=8
    ),
    st.randoms(use_true_random=False),
)
def test_what_is_packed_comes_back(files: dict[str, bytes], shuffle) -> None:
    """Files come back with a manifest of their hashes; the same files in any order give the same bytes."""
    made = pack.pack(files, "full", "d", "sm3")
    read = pack.read(made)
    manifest = parse_json_file(read.pop(pack.MANIFEST))
    assert read == files
    assert manifest == {
        "copy": "full",
        "draw_id": "d",
        "files": {name: hexdigest(content, "sm3") for name, content in files.items()},
        "hash": "sm3",
        "protocol": "dr1",
    }
    items = list(files.items())
    shuffle.shuffle(items)
    assert pack.pack(dict(items), "full", "d", "sm3") == made


def test_bytes_of_a_pack_are_the_same_on_every_machine() -> None:
    """Known answer of our own, so that neither a clock, a platform nor a library's version shows in a pack."""
    assert hexdigest(GOOD) == "45f8f3eb66de59c4d1863b142198725d3f0a3bee29ae1d01206887d36fdf82b8"


def test_example_is_read_and_packed_again() -> None:
    """The example's files by our reader are those by zipfile, and its manifest is the one we would write."""
    files = example()
    assert pack.read(FIXTURES / "example.zip") == files
    assert set(files) == set(pack.FILES)
    inner = {name: data for name, data in files.items() if name != pack.MANIFEST}
    assert pack.manifest(inner, "full", "330400-2026-12", "sha256") == files[pack.MANIFEST]


@pytest.mark.parametrize(
    ("files", "copy", "code"),
    [
        ({"readme.txt": b""}, "full", "pack-name"),
        ({"manifest.json": b""}, "full", "pack-name"),
        ({"1-secrets.json": b""}, "public", "pack-sealed"),
        ({"6-roster.jsonl": b""}, "public", "pack-sealed"),
        ({}, "partial", "pack-copy"),
    ],
)
def test_what_may_not_be_written(files: dict[str, bytes], copy: str, code: str) -> None:
    """No foreign file, no manifest from outside, nothing sealed in a public copy."""
    with refused(code):
        pack.pack(files, copy, "d", "sha256")


def test_the_public_copy_opens_what_the_table_says() -> None:
    """Section 8's last column: at once, after the window, or never as a whole file."""
    opened = {when: {n for n, w in pack.FILES.items() if w == when} for when in pack.FILES.values()}
    assert opened["at once"] == {
        "manifest.json",
        "1-parameters.json",
        "2-seed.json",
        "4-parameters.json",
        "5-seed.json",
    }
    assert opened["after the window"] == {"3-cutoffs.jsonl"}


def test_a_full_copy_is_its_owners_alone(tmp_path: Path) -> None:
    """A full copy holds secrets; a public one is for everybody."""
    pack.write(tmp_path / "full.zip", FILES, "full", "d", "sha256")
    pack.write(tmp_path / "public.zip", {}, "public", "d", "sha256")
    assert (tmp_path / "full.zip").read_bytes() == GOOD
    modes = [stat.S_IMODE((tmp_path / f"{copy}.zip").stat().st_mode) for copy in ("full", "public")]
    assert modes == [0o600, 0o644]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_pack(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk refuses, the pack that stood there stands, and nothing else is left."""
    path = tmp_path / "p.zip"
    pack.write(path, {}, "full", "old", "sha256")
    before = path.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", refuse)
    else:
        monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space"):
        pack.write(path, FILES, "full", "new", "sha256")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
