"""The committed roots: each file is, row for row, the one that was committed to (dr1 sections 2, 3 and 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST, SECOND
from solver.dr1.checks.evidence import Evidence
from solver.dr1.encoding import lines
from solver.dr1.merkle import root
from solver.dr1.verdicts import Finding, fault, remark


def _root(parameters: str, field: str, file: str) -> Callable[[Evidence], Iterator[Finding]]:
    def run(e: Evidence) -> Iterator[Finding]:
        leaves = lines(e.pack[file])
        found = root(leaves, e.hash)
        if found != e.one(parameters)[field]:
            yield fault("root-other", file=file, committed=e.one(parameters)[field], found=found)
        yield remark("rows-counted", count=len(leaves))

    return run


def _check(parameters: str, what: str) -> Check:
    file = f"{'3' if what == 'sample' else parameters[0]}-{what}.jsonl"
    return Check(f"roots.{what}", _root(parameters, f"{what}_root", file), needs=(parameters, file))


CHECKS = (
    *(_check(FIRST, what) for what in ("frame", "exclusions", "pool", "relations")),
    *(_check(SECOND, what) for what in ("sample", "routes", "changes", "weights", "potentials")),
)
