"""The checker as one file, by isolated plain Python, on the full pack of a large prefecture's month.

``python -m benchmarks.checker``: each run is a process of its own; seconds by the clock, memory at its highest.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.checker_pack import make
from benchmarks.report import conclude, table, timed
from solver.dr1 import onefile

RUNS = 3
GOAL = {"seconds": 30, "memory_gb": 1.5}


def main() -> None:
    """Make the pack, check it some times, and leave with 0 if time, memory and every check hold."""
    making, (zipped, weights) = timed(make)
    with tempfile.TemporaryDirectory() as folder:
        program, pack = Path(folder, "dr1-verify.py"), Path(folder, "pack.zip")
        program.write_bytes(onefile.build())
        pack.write_bytes(zipped)
        runs = [_run(program, pack) for _ in range(RUNS)]
    seconds, memory = median(run[0] for run in runs), max(run[1] for run in runs)
    figures = {
        "checks_held": min(run[2] for run in runs),
        "checks_unseen": sorted({check for run in runs for check in run[3]}),
        "memory_gb": round(memory, 2),
        "pack_mb": round(len(zipped) / 1e6, 1),
        "seconds": round(seconds, 1),
        "weights": weights,
    }
    table(
        ["run", "seconds", "memory [GB]", "checks that hold"],
        [(at, f"{run[0]:.1f}", f"{run[1]:.2f}", run[2]) for at, run in enumerate(runs, 1)],
    )
    print(f"the pack: {weights} weights, {len(zipped) / 1e6:.0f} MB zipped, made in {making:.0f} s")
    unwitnessed = ["officers.witness", "targets.witness"]  # the pack has none: nothing else is unseen
    holds = (
        seconds <= GOAL["seconds"] and memory <= GOAL["memory_gb"] and figures["checks_unseen"] == unwitnessed
    )
    conclude(figures, GOAL, holds=holds)


def _run(program: Path, pack: Path) -> tuple[float, float, int, list[str]]:
    """Check once: seconds, gigabytes, checks that hold, checks that were not seen; a fault ends the benchmark."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-I", "-S", str(program), str(pack), "--json"], stdout=subprocess.PIPE
    ) as child:
        told = child.stdout.read() if child.stdout else b""
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    report = json.loads(told)
    outcomes = {row["check"]: row["outcome"] for row in report["verdicts"]}
    if child.returncode or "fails" in outcomes.values():
        raise SystemExit(f"the pack is to hold: {[id_ for id_, o in outcomes.items() if o == 'fails']}")
    held = sum(outcome == "holds" for outcome in outcomes.values())
    return seconds, usage.ru_maxrss / 2**20, held, [id_ for id_, o in outcomes.items() if o == "unseen"]


if __name__ == "__main__":
    main()
