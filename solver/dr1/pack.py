"""The pack: the files of a draw in one zip, read with suspicion and written the same each time (dr1 section 8)."""

from __future__ import annotations

import io
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from solver.dr1.encoding import hexdigest, json_file
from solver.dr1.errors import ProtocolError

MANIFEST = "manifest.json"

#: When the public copy may hold a file whole; rows and counts that go into notices are another matter.
Opening = Literal["at once", "after the window", "never whole"]

#: Every file that a pack may hold, in the order of the draw, with its opening.
FILES: Mapping[str, Opening] = {
    MANIFEST: "at once",
    "1-parameters.json": "at once",
    "1-secrets.json": "never whole",
    "1-keys.jsonl": "never whole",
    "1-persons.jsonl": "never whole",
    "1-frame.jsonl": "never whole",
    "1-exclusions.jsonl": "never whole",
    "1-pool.jsonl": "never whole",
    "1-relations.jsonl": "never whole",
    "2-seed.json": "at once",
    "3-sample.jsonl": "never whole",
    "3-cutoffs.jsonl": "after the window",
    "4-parameters.json": "at once",
    "4-changes.jsonl": "never whole",
    "4-routes.jsonl": "never whole",
    "4-weights.jsonl": "never whole",
    "4-potentials.jsonl": "never whole",
    "5-seed.json": "at once",
    "6-roster.jsonl": "never whole",
    "7-events.jsonl": "never whole",
}

_END = struct.Struct("<4s4H2IH")  # end of central directory record, APPNOTE 4.3.16
_ZIP64 = struct.Struct(
    "<4sLQL"
)  # its locator, which readers look for just before that record, APPNOTE 4.3.15
_LOCAL = struct.Struct(
    "<4s2xHH4x3L2H"
)  # head of a file: mark, flags, method, CRC, sizes, lengths, APPNOTE 4.3.7
_MAX_DIRECTORY = 64 * 1024  # bytes for the names of all files; ours take 2 KiB

#: What zipfile and zlib raise on damaged input; MemoryError for a size that the limits let pass and the machine not.
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, NotImplementedError,
    RuntimeError, OverflowError, MemoryError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a reader is willing to unpack [bytes].

    Attributes
    ----------
    file, total : int
        Of one file, and of all together, unpacked; a prefecture's pack of 250,000 weights has 60 MB.
    """

    file: int = 400_000_000
    total: int = 800_000_000


def read(source: str | Path | bytes, limits: Limits = Limits()) -> dict[str, bytes]:
    """Unpack a zip that may be hostile.

    Raises
    ------
    ProtocolError
        ``pack-unreadable`` (missing, no file, no zip, or damaged), ``pack-trailing`` (bytes outside the
        records, where another reader may find another pack), ``pack-too-many`` (more files than
        the protocol has), ``pack-name`` (not a file of the protocol: paths, folders, links, odd names),
        ``pack-twice``, ``pack-encrypted``, ``pack-method``, ``pack-too-large`` (by what it says or by what
        comes out); never another exception.
    """
    try:
        with _open(source) as file:
            count = _check_end(file)
            file.seek(0)
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
                _check_directory(infos, limits)
                if len(infos) != count:
                    raise ProtocolError("pack-unreadable", fault="count")
                _check_records(file, infos, archive.start_dir)
                return {info.filename: _unpack(archive, info) for info in infos}
    except ProtocolError:
        raise
    except _DAMAGE as error:
        raise ProtocolError("pack-unreadable", fault=type(error).__name__) from None


def _open(source: str | Path | bytes) -> IO[bytes]:
    if isinstance(source, bytes):
        return io.BytesIO(source)
    path = Path(source)
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would make the reader wait for ever
        raise ProtocolError("pack-unreadable", fault="not a file")
    return path.open("rb")


def _check_end(file: IO[bytes]) -> int:
    """Judge the last record before zipfile reads the directory that it points to; return its number of files."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - _ZIP64.size))
    tail = file.read()
    if len(tail) < _END.size:
        raise ProtocolError("pack-unreadable", fault="too short")
    mark, _, _, _, count, directory, start, comment = _END.unpack(tail[-_END.size :])
    if tail.startswith(
        b"PK\x06\x07"
    ):  # zipfile would follow it to another directory, other readers would not
        raise ProtocolError("pack-unreadable", fault="zip64")
    if mark != b"PK\x05\x06" or comment:
        raise ProtocolError("pack-unreadable", fault="end record")
    if count > len(FILES) or directory > _MAX_DIRECTORY:
        raise ProtocolError("pack-too-many", files=count, most=len(FILES))
    if start + directory + _END.size != size:
        raise ProtocolError("pack-trailing", bytes=size - start - directory - _END.size)
    return int(count)


def _check_directory(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    seen = set()
    for info in infos:
        _check_entry(info, limits)
        if info.filename in seen:
            raise ProtocolError("pack-twice", name=info.filename)
        seen.add(info.filename)
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        raise ProtocolError("pack-too-large", name="", size=total)


def _check_records(file: IO[bytes], infos: list[zipfile.ZipInfo], end: int) -> None:
    """Refuse gaps, overlaps and heads unlike the directory: a reader of the stream would see other files there."""
    at = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset != at:
            raise ProtocolError("pack-trailing", bytes=info.header_offset - at)
        file.seek(at)
        mark, flags, method, crc, packed, size, name, extra = _LOCAL.unpack(file.read(_LOCAL.size))
        told = (info.CRC, info.compress_size, info.file_size)
        streamed = bool(flags & 8)  # CRC and sizes follow the content instead
        if (
            mark != b"PK\x03\x04"
            or method != info.compress_type
            or not (streamed or (crc, packed, size) == told)
        ):
            raise ProtocolError("pack-unreadable", fault="head", name=info.filename)
        at += _LOCAL.size + name + extra + info.compress_size
        if streamed:
            file.seek(at)
            at += 16 if file.read(4) == b"PK\x07\x08" else 12
    if at != end:
        raise ProtocolError("pack-trailing", bytes=end - at)


def _check_entry(info: zipfile.ZipInfo, limits: Limits) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if info.filename not in FILES or info.orig_filename != info.filename or kind not in (0, stat.S_IFREG):
        raise ProtocolError("pack-name", name=info.orig_filename[:80])
    if info.flag_bits & 0x41:  # bit 0: encrypted; bit 6: strongly
        raise ProtocolError("pack-encrypted", name=info.filename)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ProtocolError("pack-method", name=info.filename)
    if info.file_size > limits.file:
        raise ProtocolError("pack-too-large", name=info.filename, size=info.file_size)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Read no more than the directory announced: a bomb that lies about its size stops here."""
    with archive.open(info) as file:
        content = file.read(info.file_size)
    if len(content) != info.file_size:
        raise ProtocolError("pack-unreadable", fault="short", name=info.filename)
    return content


def manifest(files: Mapping[str, bytes], copy: str, draw_id: str, hash: str) -> bytes:  # noqa: A002
    """Write the manifest of a copy: the hash of every other file in it."""
    return json_file(
        {
            "copy": copy,
            "draw_id": draw_id,
            "files": {name: hexdigest(content, hash) for name, content in files.items()},
            "hash": hash,
            "protocol": "dr1",
        }
    )


def pack(files: Mapping[str, bytes], copy: str, draw_id: str, hash: str) -> bytes:  # noqa: A002
    """Make the zip of a copy; the same files give the same bytes, whatever the day and the machine.

    Stored, not deflated: zlib's builds differ in their bytes, and hash digits shrink by half at best.

    Raises
    ------
    ProtocolError
        ``pack-copy``; ``pack-name``; ``pack-sealed`` for a file that no public copy may hold whole.
    """
    if copy not in ("full", "public"):
        raise ProtocolError("pack-copy", copy=copy)
    for name in files:
        if name not in FILES or name == MANIFEST:
            raise ProtocolError("pack-name", name=name[:80])
        if copy == "public" and FILES[name] == "never whole":
            raise ProtocolError("pack-sealed", name=name)
    whole = {**files, MANIFEST: manifest(files, copy, draw_id, hash)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED, allowZip64=False) as archive:
        for name in sorted(whole):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system = 3  # Unix, whatever machine writes
            info.external_attr = 0o100644 << 16
            archive.writestr(info, whole[name])
    return buffer.getvalue()


def write(path: str | Path, files: Mapping[str, bytes], copy: str, draw_id: str, hash: str) -> None:  # noqa: A002
    """Write a copy's zip whole or not at all: a kill or a full disk leaves what stood there before.

    A full copy holds secrets and persons, so only its owner may read it.

    Raises
    ------
    ProtocolError
        As `pack`.
    OSError
        Where the disk refuses; nothing is left behind.
    """
    target = Path(path)
    content = pack(files, copy, draw_id, hash)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644 if copy == "public" else 0o600)
        Path(name).replace(target)
        _sync(target.parent)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _sync(folder: Path) -> None:
    """Make the new name last: without it, a power cut may bring the old file back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
