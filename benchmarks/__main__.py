"""Every benchmark, one after the other, each in a process of its own: ``python -m benchmarks``."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = (
    "fairness",
    "draw",
    "imports",
    "lottery",
    "checker",
    "plan",
    "histories",
    "roster",
    "routes",
    "dating",
    "shortage",
)


def main() -> int:
    """Run all, also after one that does not hold; 0 if every one holds."""
    failed = []
    for name in BENCHMARKS:
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        if done.returncode:
            failed.append(name)
    print("== all hold" if not failed else f"== do not hold: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
