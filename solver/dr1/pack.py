"""The pack: the files of a draw in one zip, read with suspicion and written the same each time (dr1 section 8)."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from solver.dr1.encoding import hexdigest, json_file
from solver.dr1.errors import ProtocolError

MANIFEST = "manifest.json"

#: Every file that a pack may hold, in the order of the draw.
FILES = (
    MANIFEST,
    "1-parameters.json",
    "1-secrets.json",
    "1-keys.jsonl",
    "1-persons.jsonl",
    "1-frame.jsonl",
    "1-exclusions.jsonl",
    "1-pool.jsonl",
    "1-relations.jsonl",
    "2-seed.json",
    "3-sample.jsonl",
    "3-cutoffs.jsonl",
    "4-parameters.json",
    "4-changes.jsonl",
    "4-routes.jsonl",
    "4-weights.jsonl",
    "4-potentials.jsonl",
    "5-seed.json",
    "6-roster.jsonl",
    "7-events.jsonl",
)

#: Files that no public copy ever holds.
NEVER_PUBLIC = frozenset(
    {"1-secrets.json", "1-keys.jsonl", "1-persons.jsonl", "1-frame.jsonl", "1-relations.jsonl"}
)


@dataclass(frozen=True)
class Limits:
    """How much a reader is willing to unpack [bytes].

    Attributes
    ----------
    file, total : int
        Of one file, and of all together, unpacked; a prefecture's pack of 250,000 weights has 60 MB.
    """

    file: int = 2_000_000_000
    total: int = 4_000_000_000


def read(source: str | Path | bytes, limits: Limits = Limits()) -> dict[str, bytes]:
    """Unpack a zip that may be hostile.

    Raises
    ------
    ProtocolError
        ``pack-unreadable`` (no zip, or damaged), ``pack-name`` (not a file of the protocol: paths, folders, odd
        names), ``pack-twice``, ``pack-encrypted``, ``pack-method``, ``pack-too-large`` (by what it says or
        by what comes out).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            infos = archive.infolist()
            _check_directory(infos, limits)
            return {info.filename: _unpack(archive, info, limits) for info in infos}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        if isinstance(error, ProtocolError):
            raise
        raise ProtocolError("pack-unreadable", fault=type(error).__name__) from None
    except (RuntimeError, MemoryError, OverflowError) as error:
        raise ProtocolError("pack-unreadable", fault=type(error).__name__) from None


def _check_directory(infos: list[zipfile.ZipInfo], limits: Limits) -> None:
    seen = set()
    for info in infos:
        if info.filename not in FILES or info.orig_filename != info.filename:
            raise ProtocolError("pack-name", name=info.filename[:80])
        if info.filename in seen:
            raise ProtocolError("pack-twice", name=info.filename)
        seen.add(info.filename)
        if info.flag_bits & 1:
            raise ProtocolError("pack-encrypted", name=info.filename)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ProtocolError("pack-method", name=info.filename)
        if info.external_attr >> 28 not in (0, 8):
            raise ProtocolError("pack-name", name=info.filename)
        if info.file_size > limits.file:
            raise ProtocolError("pack-too-large", name=info.filename, size=info.file_size)
    total = sum(info.file_size for info in infos)
    if total > limits.total:
        raise ProtocolError("pack-too-large", name="", size=total)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    """Read no more than the directory announced: a bomb that lies about its size stops here."""
    with archive.open(info) as file:
        content = file.read(info.file_size + 1)
    if len(content) != info.file_size or len(content) > limits.file:
        raise ProtocolError("pack-too-large", name=info.filename, size=len(content))
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
    """Make the zip of a copy; the same files give the same bytes, whatever the day."""
    for name in files:
        if name not in FILES or name == MANIFEST:
            raise ProtocolError("pack-name", name=name[:80])
    whole = {**files, MANIFEST: manifest(files, copy, draw_id, hash)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(whole):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            archive.writestr(info, whole[name])
    return buffer.getvalue()


def write(path: str | Path, files: Mapping[str, bytes], copy: str, draw_id: str, hash: str) -> None:  # noqa: A002
    """Write a copy's zip whole or not at all: a kill or a full disk leaves what stood there before.

    Raises
    ------
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
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
