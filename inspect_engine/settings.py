"""Where this installation keeps its things; everything else is data in the store or in ``rules/``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from inspect_engine.store import sqlite_url


@dataclass(frozen=True, slots=True)
class Settings:
    """Addresses of one installation.

    Attributes
    ----------
    home : pathlib.Path
        Folder of the store and of what commands write; ``INSPECT_ENGINE_HOME``, by default ``var``.
    database_url : str
        ``DATABASE_URL``; by default a SQLite file in ``home``.
    """

    home: Path
    database_url: str

    @classmethod
    def from_environment(cls) -> Settings:
        """Read the environment once, at the edge."""
        home = Path(os.environ.get("INSPECT_ENGINE_HOME", "var"))
        return cls(home, os.environ.get("DATABASE_URL") or sqlite_url(home / "engine.db"))
