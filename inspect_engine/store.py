"""Where rows live: SQLite by default, PostgreSQL when outgrown; one schema for both.

SQLAlchemy's SQLite default begins a transaction only at the first write, so two read-modify-write
transactions can both read the old value and one update is lost without an error. Writers here begin with
``BEGIN IMMEDIATE``; readers with a plain ``BEGIN``, a stable snapshot under WAL.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import Session, create_engine

from inspect_engine.errors import EngineError

#: Readers and writers wait this long for each other before they give up [milliseconds].
BUSY_TIMEOUT = 10_000

_WRITING = "inspect_engine.writing"

#: What SQLite says → the code of the refusal.
_FAILURES = {
    "disk is full": "store.disk-full",
    "disk I/O error": "store.disk-full",
    "database is locked": "store.busy",
    "readonly database": "store.not-writable",
    "unable to open database file": "store.not-writable",
    "file is not a database": "store.not-a-store",
    "connection failed": "store.unreachable",
}


def open_store(url: str) -> Engine:
    """Make the engine of a database address, with what SQLite needs for concurrent writers.

    Parameters
    ----------
    url : str
        SQLAlchemy address, ``sqlite:///var/engine.db`` or ``postgresql+psycopg://…``.

    Returns
    -------
    sqlalchemy.engine.Engine
        Not yet connected.

    Raises
    ------
    EngineError
        ``store.no-driver`` when the address names a database whose driver is not installed.
    """
    try:
        engine = create_engine(url)
    except (ModuleNotFoundError, sa.exc.NoSuchModuleError) as error:
        raise EngineError("store.no-driver", fault=str(error)) from error
    if not url.startswith("sqlite"):
        return engine
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that sees one state of the store and changes nothing."""
    with refusing(), engine.connect() as connection, Session(bind=connection) as session:
        yield session
        session.rollback()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a session whose changes all stand at its end, or none does.

    Services never commit: the whole of a ``with writing(...)`` block is one transaction, so that a change and
    its event are never parted, and a kill at any line leaves the state of before.

    Raises
    ------
    EngineError
        ``store.disk-full`` when the disk has no room, ``store.busy`` when another writer holds the store for
        longer than :data:`BUSY_TIMEOUT`, ``store.not-writable`` when the file cannot be written; nothing is
        changed then.
    """
    with (
        refusing(),
        engine.connect().execution_options(**{_WRITING: True}) as connection,
        connection.begin(),
        Session(bind=connection, autoflush=True) as session,
    ):
        yield session
        session.flush()


@contextmanager
def refusing() -> Iterator[None]:
    """Give the store's own failures a code; any other error of the database is a fault of ours and rises."""
    try:
        yield
    except sa.exc.DatabaseError as error:
        code = next((code for words, code in _FAILURES.items() if words in str(error.orig)), None)
        if code is None:
            raise
        raise EngineError(code) from error


def enum_type(kind: type[StrEnum]) -> sa.Enum:
    """Column type of an enumeration: its value as text, checked by the database as well.

    SQLAlchemy's default stores names and lets SQLite take anything, which makes every later SELECT raise.
    """
    return sa.Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        validate_strings=True,
        create_constraint=True,
        length=24,
        name=kind.__name__.lower(),
    )


def sqlite_url(path: Path) -> str:
    """Address of a SQLite file."""
    return f"sqlite:///{path}"


def make_private(path: Path) -> None:
    """Make an empty SQLite file that its owner alone can read: a store holds pepper and salts.

    SQLite gives the files beside it (``-wal``, ``-shm``) the same permissions.

    Raises
    ------
    EngineError
        ``store.not-writable`` when the folder takes no file.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise EngineError("store.not-writable") from error


def address(url: str) -> sa.URL:
    """Read a database address; ``store.bad-address`` where it is none, without showing what it holds."""
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError:
        # From None: the library's own words repeat the whole address, password and all.
        raise EngineError("store.bad-address") from None


def shown_url(url: str) -> str:
    """A database address that may be shown: without its password."""
    return address(url).render_as_string(hide_password=True)
