"""A kill, a full disk, a skip file that cannot be written: the register is as it was, and the step can be repeated."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import event

from inspect_engine.errors import EngineError
from tests.registers.support import content, events, take, target, with_places, write_csv


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_kill_leaves_the_register_as_it_was(share: float, tmp_path: Path) -> None:
    """Killed while it reads or while it stores, an import leaves nothing; the next one does all of it."""
    engine = with_places(tmp_path)
    path = write_csv(tmp_path / "t.csv", [target(n) for n in range(9_000)])
    before, log = content(engine), len(events(engine))
    script = f"""
        import os, signal
        from datetime import UTC, datetime
        from pathlib import Path
        import inspect_engine.schema
        from inspect_engine.events.log import Act
        from inspect_engine.registers.importing import import_file
        from inspect_engine.store import open_store, sqlite_url
        def progress(done, total):
            if done >= {share} * total:
                os.kill(os.getpid(), signal.SIGKILL)
        engine = open_store(sqlite_url(Path({str(tmp_path / "store.db")!r})))
        act = Act("x", datetime(2026, 1, 1, tzinfo=UTC))
        import_file(engine, "targets", Path({str(path)!r}), act, entropy=lambda: "0" * 64, progress=progress)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert content(engine) == before
    assert len(events(engine)) == log
    assert take(engine, "targets", path).inserted == 9_000


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """When the store has no room the import says so, and with room it does all of it."""
    engine = with_places(tmp_path)
    path = write_csv(tmp_path / "t.csv", [target(n) for n in range(5_000)])
    before = content(engine)
    limit = (tmp_path / "store.db").stat().st_size // 4096 + 20

    def no_room(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute(f"PRAGMA max_page_count={limit}")

    engine.dispose()
    event.listen(engine, "connect", no_room)
    with pytest.raises(EngineError) as refused:
        take(engine, "targets", path)
    assert refused.value.code == "store.disk-full"
    event.remove(engine, "connect", no_room)
    engine.dispose()
    assert content(engine) == before
    assert take(engine, "targets", path).inserted == 5_000


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "store.disk-full"), (errno.EACCES, "registers.file-unreadable")]
)
def test_rows_are_not_imported_without_their_skip_file(
    number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the file of faulty rows cannot be finished, nothing is imported and no part of it is left."""
    engine = with_places(tmp_path)
    path = write_csv(tmp_path / "t.csv", [target(0), target(1, 名称="")])

    def fail(_self: Path, _to: Path) -> Path:
        raise OSError(number, "no")

    with monkeypatch.context() as patch, pytest.raises(EngineError) as refused:
        patch.setattr(Path, "replace", fail)
        take(engine, "targets", path, skip=tmp_path / "faulty.csv")
    assert refused.value.code == code
    assert content(engine, "target")["target"] == []
    assert [found.name for found in tmp_path.glob("*faulty*")] == []
    assert take(engine, "targets", path, skip=tmp_path / "faulty.csv").inserted == 1
