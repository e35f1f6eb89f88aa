"""``make bench`` runs every benchmark, and says so if one does not hold."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from benchmarks import __main__ as everything


def test_every_benchmark_is_listed() -> None:
    """Each module of the folder that can be run by itself is in the list, once."""
    folder = Path(everything.__file__).parent
    runnable = {path.stem for path in folder.glob("*.py") if "__main__" in path.read_text("utf-8")}
    assert sorted(everything.BENCHMARKS) == sorted(runnable - {"__main__"})


@pytest.mark.parametrize("failing", [None, *everything.BENCHMARKS])
def test_one_that_does_not_hold_fails_the_whole(monkeypatch: pytest.MonkeyPatch, failing: str | None) -> None:
    """All are run, also after a failure; the code is 0 only if every one holds."""
    ran = []

    def run(command: list[str], **_: object) -> CompletedProcess[bytes]:
        ran.append(command)
        return CompletedProcess(command, int(command[-1] == f"benchmarks.{failing}"))

    monkeypatch.setattr(everything.subprocess, "run", run)
    assert everything.main() == (failing is not None)
    assert ran == [[sys.executable, "-m", f"benchmarks.{name}"] for name in everything.BENCHMARKS]
