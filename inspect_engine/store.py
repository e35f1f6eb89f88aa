"""Where rows live: SQLite by default, PostgreSQL when outgrown; one schema for both.

SQLAlchemy's SQLite default begins a transaction only at the first write, so two read-modify-write
transactions can both read the old value and one update is lost without an error. Writers here begin with
``BEGIN IMMEDIATE``; readers with a plain ``BEGIN``, a stable snapshot under WAL.
"""

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
    """
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url)
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
    with engine.connect() as connection, Session(bind=connection) as session:
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
        ``store.disk-full`` when the disk has no room; nothing is changed then.
    """
    with engine.connect().execution_options(**{_WRITING: True}) as connection:
        try:
            with connection.begin(), Session(bind=connection, autoflush=True) as session:
                yield session
                session.flush()
        except sa.exc.OperationalError as error:
            if "disk is full" in str(error.orig) or "disk I/O error" in str(error.orig):
                raise EngineError("store.disk-full") from error
            raise


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
