"""What every command needs from the outside: the store, the clock, entropy, who acts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.engine import Engine

from inspect_engine.cli import show
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.settings import Settings
from inspect_engine.store import open_store


def now() -> datetime:
    """The one place where the command line reads the clock."""
    return datetime.now(UTC)


def entropy() -> str:
    """64 random hex digits from the operating system."""
    return secrets.token_hex(32)


def act(actor: str, ground: str = "") -> Act:
    """An act of now."""
    return Act(actor, now(), ground)


def engine() -> Engine:
    """The store of the environment; refuses where none was made yet or its schema is older."""
    # alembic is imported by those who open a store only: help must come at once.
    from inspect_engine.migrations.run import is_current

    settings = Settings.from_environment()
    if settings.database_url.startswith("sqlite") and not (settings.home / "engine.db").exists():
        raise EngineError("store.not-initialised", path=str(settings.home))
    opened = open_store(settings.database_url)
    if not is_current(opened):
        raise EngineError("store.not-initialised", path=settings.database_url)
    return opened


@contextmanager
def refusals(json_wanted: bool) -> Iterator[None]:
    """Turn a refusal into words and exit code 1; nothing else is caught."""
    try:
        yield
    except EngineError as error:
        show.refuse(error, json_wanted=json_wanted)
        raise SystemExit(1) from error
