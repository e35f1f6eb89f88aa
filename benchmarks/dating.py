"""From drawn to dated: routes and days of a prefecture's month, and of one county with more to do.

    python -m benchmarks.dating            both cases, each in a process of its own
    python -m benchmarks.dating CASE       one case in this process (county, prefecture)

Everything that ``draw routes`` does is timed, from the sealed sample in the store to routes, slots and days in it; the
simple routes that the engine made before are timed and counted beside it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.dating_cases import CASES, DRAW, act, drawn
from benchmarks.report import conclude, table

GOAL = {"prefecture seconds": 180, "prefecture MiB": 2048, "county seconds": 20}
#: What the issue names: visits of each case at least.
VISITS = {"prefecture": 1_000, "county": 300}


def measure(name: str) -> dict[str, Any]:
    """Route and date one case; seconds of the clock and of the processor, and the largest memory [MiB]."""
    from inspect_engine.drawing.routes.routing import plan
    from inspect_engine.store import writing

    with tempfile.TemporaryDirectory() as folder:
        engine = drawn(Path(folder), name)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        clock, processor = time.perf_counter(), time.process_time()
        with writing(engine) as session:
            counts = plan(session, DRAW, act(5))
        spent = time.perf_counter() - clock, time.process_time() - processor
        engine.dispose()
    return {
        "seconds": round(spent[0], 2),
        "processor": round(spent[1], 2),
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "MiB before": before,
        **counts,
    }


def main() -> None:
    """Measure both cases and say whether the goals hold."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1]), ensure_ascii=False))
        return
    found = {name: _apart(name) for name in CASES}
    heads = list(next(iter(found.values())))
    table(["case", *heads], [[name, *(one[head] for head in heads)] for name, one in found.items()])
    figures = {f"{name} {head}": value for name, one in found.items() for head, value in one.items()}
    holds = all(figures[name] <= most for name, most in GOAL.items())
    holds &= all(
        found[name]["visits"] >= least and found[name]["short"] == 0 for name, least in VISITS.items()
    )
    conclude(figures, GOAL | {f"{name} visits": least for name, least in VISITS.items()}, holds=holds)


def _apart(name: str) -> dict[str, Any]:
    """Measure one case in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dating", name], check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
