"""What every command needs from the outside: the store, the clock, entropy, who acts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import Engine

from inspect_engine.cli import show
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.settings import Settings
from inspect_engine.store import address, open_store, refusing
from solver.dr1.errors import ProtocolError


def now() -> datetime:
    """The one place where the command line reads the clock."""
    return datetime.now(UTC)


def entropy() -> str:
    """64 random hex digits from the operating system."""
    return secrets.token_hex(32)


def write_text(path: Path, content: str, mode: int = 0o644) -> None:
    """Write a new file; one that is there is never overwritten.

    Raises
    ------
    EngineError
        ``cli.file-not-written`` when the file is there already or its folder takes none.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise EngineError("cli.file-not-written", path=str(path), fault=error.strerror) from error


def act(actor: str, ground: str = "") -> Act:
    """An act of now."""
    return Act(actor, now(), ground)


def existing() -> Engine:
    """The store of the environment, of whatever schema; refuses where none was made yet."""
    url = address(Settings.from_environment().database_url)
    # SQLite makes an empty file of whatever it is asked to open; a refused command must leave none behind.
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise EngineError("store.not-initialised", path=url.database)
    return open_store(url.render_as_string(hide_password=False))


def engine() -> Engine:
    """The store of the environment; refuses where none was made yet or its schema is older."""
    # alembic is imported by those who open a store only: help must come at once.
    from inspect_engine.migrations.run import is_current

    opened = existing()
    with refusing():
        current = is_current(opened)
    if not current:
        raise EngineError("store.not-current", path=opened.url.render_as_string(hide_password=True))
    return opened


@contextmanager
def refusals(json_wanted: bool) -> Iterator[None]:
    """Turn a refusal into words and exit code 1; what is no refusal is not caught."""
    try:
        yield
    except (EngineError, ProtocolError, OSError) as error:
        show.refuse(coded(error), json_wanted=json_wanted)
        raise SystemExit(1) from error


def coded(error: EngineError | ProtocolError | OSError) -> EngineError:
    """Give a refusal of the protocol, or of a file, the engine's words."""
    if isinstance(error, EngineError):
        return error
    if isinstance(error, ProtocolError):
        said = ", ".join(f"{name}={value}" for name, value in error.params.items()) or "-"
        return EngineError("cli.protocol", fault=error.code, said=said)
    return EngineError("cli.file", path=str(error.filename or "-"), fault=error.strerror or str(error))
