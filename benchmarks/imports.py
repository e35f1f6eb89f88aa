"""Import of the 189,026 rows of a province, checked and stored: seconds and memory of a process of its own.

Beside it, in the same run, what a bureau would do without checks: the rows into a table by the database alone.
``python -m benchmarks.imports [DATA]``; three runs of each, medians. The goal is in seconds of the clock; those of the
processor, start-up included, tell how much of that is ours where the machine is shared.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

GOAL = {"seconds": 30.0, "megabytes": 1000.0, "rows": 189_026}
RUNS = 3


def _data(argument: str | None) -> Path:
    return (
        Path(argument or os.environ.get("INSPECT_DATA", "../shared/data")) / "enterprises" / "zhejiang.csv.gz"
    )


def _ours(path: Path, folder: Path) -> dict[str, float]:
    import inspect_engine.schema  # noqa: F401 - all tables must be known
    from inspect_engine.events.log import Act
    from inspect_engine.migrations.run import upgrade
    from inspect_engine.registers.importing import import_file, shipped_map
    from inspect_engine.store import open_store, sqlite_url

    engine = open_store(sqlite_url(folder / "store.db"))
    upgrade(engine)
    act = Act("benchmark", datetime(2026, 1, 1, tzinfo=UTC))
    began = time.perf_counter()
    report = import_file(
        engine,
        "targets",
        path,
        act,
        shipped_map("zhejiang-enterprises"),
        folder / "skipped.csv",
        entropy=lambda: "0" * 64,
    )
    seconds = time.perf_counter() - began
    assert report.stored
    assert report.inserted + report.skipped == report.rows
    return {"seconds": seconds, "rows": report.rows, "skipped": report.skipped}


def _unchecked(path: Path, folder: Path) -> dict[str, float]:
    began = time.perf_counter()
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        heading = next(reader)
        base = sqlite3.connect(folder / "plain.db")
        base.execute(f"CREATE TABLE t ({', '.join(heading)})")
        rows = base.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(heading))})", reader).rowcount
        base.commit()
    return {"seconds": time.perf_counter() - began, "rows": rows, "skipped": 0}


def _measure(which: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.imports", "--one", which, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _one(which: str, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = {"ours": _ours, "unchecked": _unchecked}[which](path, Path(folder))
    found["processor"] = time.process_time()
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


def main(arguments: list[str]) -> int:
    """Measure, print the table and the figures; 0 if the goals hold."""
    if arguments[:1] == ["--one"]:
        _one(arguments[1], Path(arguments[2]))
        return 0
    path = _data(arguments[0] if arguments else None)
    if not path.exists():
        print(
            json.dumps(
                {"figures": {}, "goal": GOAL, "holds": False, "why": f"no {path.name} at the place given"}
            )
        )
        return 1
    runs = {which: [_measure(which, path) for _ in range(RUNS)] for which in ("ours", "unchecked")}
    figures = {
        which: {name: round(statistics.median(run[name] for run in found), 2) for name in found[0]}
        for which, found in runs.items()
    }
    print(f"{'':<28}{'seconds':>10}{'processor':>11}{'MB':>8}{'rows':>10}{'skipped':>10}")
    for which, row in figures.items():
        print(
            f"{which:<28}{row['seconds']:>10}{row['processor']:>11}{row['megabytes']:>8.0f}{row['rows']:>10.0f}{row['skipped']:>10.0f}"
        )
    ours = figures["ours"]
    holds = ours["rows"] == GOAL["rows"] and all(
        ours[name] <= GOAL[name] for name in ("seconds", "megabytes")
    )
    print(json.dumps({"figures": figures, "goal": GOAL, "holds": holds}))
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
