"""One pack, one reading: archives that another zip reader would see differently are refused.

There are three ways to read a zip: by its directory, by the zip64 directory where a locator stands, and by the
stream of heads from the front. A pack on which they differ could show an auditor other files than the checker.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from solver.dr1 import pack
from solver.dr1.errors import ProtocolError
from tests.dr1.support import FIXTURES, refused

FILES = {"1-pool.jsonl": b"A\n", "2-seed.json": b"B\n" * 9, "7-events.jsonl": b""}
END = "<4s4H2IH"


class Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes CRC and sizes after each content."""

    def __init__(self) -> None:
        self.made = b""

    def writable(self) -> bool:
        """Only that."""
        return True

    def write(self, data: bytes) -> int:
        """Append."""
        self.made += bytes(data)
        return len(data)


def _zip(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _parts(raw: bytes) -> tuple[bytes, list[bytes]]:
    """Split an archive into its records and the entries of its directory."""
    at = start = struct.unpack(END, raw[-22:])[6]
    entries = []
    while raw[at : at + 4] == b"PK\x01\x02":
        size = 46 + sum(struct.unpack_from("<3H", raw, at + 28))
        entries.append(raw[at : at + size])
        at += size
    return raw[:start], entries


def _join(records: bytes, entries: list[bytes], count: int | None = None) -> bytes:
    directory, told = b"".join(entries), len(entries) if count is None else count
    end = struct.pack(END, b"PK\x05\x06", 0, 0, told, told, len(directory), len(records), 0)
    return records + directory + end


def _with_second_directory() -> bytes:
    """Hide the directory of other files, zip64 records before it told, in the comment of the plain one's entry."""
    hidden, (other,) = _parts(_zip({"1-pool.jsonl": b"OTHER"}))
    shown, (entry,) = _parts(_zip({"2-seed.json": b"PLAIN"}))
    plain = bytearray(entry)
    struct.pack_into("<I", plain, 42, len(hidden))
    struct.pack_into("<H", plain, 32, len(other) + 56 + 20)
    at = len(hidden + shown + plain)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(other), at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + len(other), 1)
    return _join(hidden + shown, [bytes(plain) + other + end64 + locator])


def _directory_told_elsewhere() -> bytes:
    """Tell all offsets 46 bytes too far: who counts from the end, as zipfile does, finds everything in its place."""
    raw = bytearray(_join(RECORDS, ENTRIES))
    struct.pack_into("<I", raw, len(raw) - 6, len(RECORDS) + 46)
    for at in (raw.index(entry) for entry in ENTRIES):
        struct.pack_into("<I", raw, at + 42, struct.unpack_from("<I", raw, at + 42)[0] + 46)
    return bytes(raw)


def _patched(at: int, value: bytes) -> bytes:
    raw = _zip(FILES)
    return raw[:at] + value + raw[at + len(value) :]


RECORDS, ENTRIES = _parts(_zip(FILES))
SPLIT = {
    "a record that the directory leaves out": (_join(RECORDS, [ENTRIES[0], ENTRIES[2]]), "pack-trailing"),
    "the last record left out": (_join(RECORDS, ENTRIES[:2]), "pack-trailing"),
    "the first record left out": (_join(RECORDS, ENTRIES[1:]), "pack-trailing"),
    "bytes between": (_join(RECORDS + b"more", ENTRIES), "pack-trailing"),
    "one record for two entries": (
        _join(RECORDS, [*ENTRIES, ENTRIES[0].replace(b"1-pool", b"1-keys")]),
        "pack-trailing",
    ),
    "fewer counted than are there": (_join(RECORDS, ENTRIES, 2), "pack-unreadable"),
    "more counted than are there": (_join(RECORDS, ENTRIES, 4), "pack-unreadable"),
    "a comment that is not there": (_zip(FILES)[:-2] + b"\x01\x00", "pack-unreadable"),
    "a directory told elsewhere": (_directory_told_elsewhere(), "pack-trailing"),
    "a second directory": (_with_second_directory(), "pack-unreadable"),
    "a head with another method": (_patched(8, b"\x08\x00"), "pack-unreadable"),
    "a head with another CRC": (_patched(14, b"\x01\x02\x03\x04"), "pack-unreadable"),
    "a head with another packed size": (_patched(18, b"\x01"), "pack-unreadable"),
    "a head with another size": (_patched(22, b"\x01"), "pack-unreadable"),
    "a head with another name": (_patched(30, b"2"), "pack-unreadable"),
    "a head with another mark": (_patched(2, b"\x07"), "pack-unreadable"),
}


@pytest.mark.parametrize(("data", "code"), SPLIT.values(), ids=SPLIT)
def test_packs_with_two_readings_are_refused(data: bytes, code: str) -> None:
    """Directory, zip64 directory and stream of heads must tell the same files."""
    with refused(code):
        pack.read(data)


def test_python_alone_would_read_the_hidden_directory() -> None:
    """The trick is real: zipfile follows the locator to files that the plain directory does not name."""
    with zipfile.ZipFile(io.BytesIO(_with_second_directory())) as archive:
        assert archive.namelist() == ["1-pool.jsonl"]
    assert _parts(_with_second_directory())[1][0][46:].startswith(b"2-seed.json")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_packs_of_other_writers_are_read(method: int) -> None:
    """A pack zipped anew by another program, to a file or through a pipe, is the same pack."""
    assert pack.read(_zip(FILES, method)) == FILES
    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w", method) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    assert pipe.made[6] & 8
    assert pack.read(pipe.made) == FILES


def test_sizes_after_the_content_may_have_no_mark() -> None:
    """The record after a streamed content begins with a mark or not (APPNOTE 4.3.9.3); both are read."""
    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w") as archive:
        archive.writestr("2-seed.json", b"{}\n")
    records, entries = _parts(pipe.made)
    unmarked = records.replace(b"PK\x07\x08", b"")
    assert len(records) - len(unmarked) == 4
    assert pack.read(_join(unmarked, entries)) == {"2-seed.json": b"{}\n"}


def test_no_byte_of_a_deflated_pack_can_crash_the_reader() -> None:
    """Each byte set to each of eight values: the same files, or a coded refusal."""
    raw = _zip(FILES, zipfile.ZIP_DEFLATED)
    codes = Counter()
    for at in range(len(raw)):
        for value in (0, 1, 2, 8, 0x20, 0x7F, 0x80, 0xFF):
            try:
                assert pack.read(raw[:at] + bytes([value]) + raw[at + 1 :]) == FILES
            except ProtocolError as error:
                codes[error.code] += 1
    assert {"pack-unreadable", "pack-trailing", "pack-name", "pack-method"} <= set(codes)
    assert all(code.startswith("pack-") for code in codes)


def test_the_example_zipped_anew_is_read(tmp_path: Path) -> None:
    """What python's own command line makes of the example's files is read with the same content."""
    with zipfile.ZipFile(FIXTURES / "example.zip") as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    command = [sys.executable, "-m", "zipfile", "-c", "anew.zip", *names]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert pack.read(tmp_path / "anew.zip") == pack.read(FIXTURES / "example.zip")
