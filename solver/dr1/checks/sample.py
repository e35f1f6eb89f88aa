"""The draw of targets, made again (dr1 section 4): sample, ranks, taken, reserves and cutoffs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from solver.dr1 import tickets
from solver.dr1.checks.check import Check
from solver.dr1.checks.draw import FIRST
from solver.dr1.checks.evidence import Evidence, number, objects, word
from solver.dr1.checks.frame import FRAME
from solver.dr1.checks.seeds import TARGETS
from solver.dr1.encoding import Row
from solver.dr1.verdicts import Finding, brief, fault, remark

SAMPLE, CUTOFFS = "3-sample.jsonl", "3-cutoffs.jsonl"


def _drawn(e: Evidence) -> tickets.Sample:
    rows = ((word(row["task"]), word(row["stratum"]), word(row["blind"])) for row in e.rows(FRAME))
    return tickets.draw(rows, objects(e.one(FIRST)["strata"]), word(e.one(TARGETS.seed)["seed"]), e.hash)


def _sample(e: Evidence) -> Iterator[Finding]:
    yield from differences(SAMPLE, e.rows(SAMPLE), e.once(_drawn).rows)
    yield remark("drawn", count=len({row["blind"] for row in e.rows(SAMPLE) if row["taken"]}))


def _cutoffs(e: Evidence) -> Iterator[Finding]:
    """Without the frame, only the rows' places can be seen: one a stratum, empty just where none is taken."""
    takes = {(row["task"], row["stratum"]): number(row["take"]) for row in objects(e.one(FIRST)["strata"])}
    told = {(row["task"], row["stratum"]): row["cutoff"] for row in e.rows(CUTOFFS)}
    if set(takes) != set(told) or any((told[key] == "") != (take == 0) for key, take in takes.items()):
        yield fault("cutoffs-strata", wanted=len(takes), given=len(told))
        return
    gaps = [gap for name in (FRAME, TARGETS.seed) if (gap := e.gap(name))]
    yield from gaps or differences(CUTOFFS, e.rows(CUTOFFS), e.once(_drawn).cutoffs)


def differences(file: str, told: Sequence[Row], found: Sequence[Row]) -> Iterator[Finding]:
    """Find the rows in which a file differs from what follows from its inputs."""
    for at, (one, two) in enumerate(zip(told, found, strict=False), 1):
        for field in two:
            if one[field] != two[field]:
                yield fault(
                    "row-other",
                    file=file,
                    row=at,
                    field=field,
                    told=brief(one[field]),
                    found=brief(two[field]),
                )
    if len(told) != len(found):
        yield fault("rows-count", file=file, told=len(told), found=len(found))


_AFTER = ("files.once", "frame.strata", "frame.populations")

CHECKS = (
    Check("sample.rows", _sample, needs=(FIRST, FRAME, TARGETS.seed, SAMPLE), after=_AFTER),
    Check("sample.cutoffs", _cutoffs, needs=(FIRST, CUTOFFS), after=_AFTER),
)
