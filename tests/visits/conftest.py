"""The small county's draw with its officers drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from tests.drawing.world import store_at


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Engine]:
    """A store of the test's own."""
    engine = store_at("rostered", tmp_path)
    yield engine
    engine.dispose()
