"""Stores for the tests of draws; the fixture name is the state of the draw in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.drawing.world import store_at

At = Callable[[str], Engine]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[At]:
    """Give stores by state, each its own file; all are closed in the end."""
    made: list[Engine] = []

    def make(state: str) -> Engine:
        made.append(store_at(state, tmp_path, f"{len(made)}-{state}.db"))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()
