"""The same problem gives the same plan in every process, whatever order its sets come in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from dataclasses import replace
from benchmarks.plan_cases import Size, prefecture
from solver.plan.solve import solve
from tests.plan import cases

small = Size(counties=("330402", "330411"), tasks=6, bodies=400, officers=20, trades=3)
print(solve(cases.tiny()))
print(solve(prefecture(small), small=0))
tight = prefecture(small)
short = tuple(replace(m, minutes=m.minutes // 50) for m in tight.means)
print(solve(replace(tight, means=short), small=0))
"""


def _said(hash_seed: str) -> list[str]:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        check=True,
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)},
    )
    return done.stdout.splitlines()


def test_hash_seeds_change_nothing() -> None:
    """A small plan, a filled one and a clash come out word for word the same under different hash seeds."""
    first, second = _said("1"), _said("2")
    assert [line.split("(")[0] for line in first] == ["Solved", "Solved", "Impossible"]
    assert first == second
