"""The checker of packs (核验): each check under a stable id, one of three verdicts, and never more than was seen.

It reads a pack alone. What the standard library cannot do (a beacon's pairing, a time stamp's certificate) is lent
through `Means`; without it that check says *cannot be checked here*. No input whatever makes it raise (dr1 section 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from solver.dr1 import pack as packs
from solver.dr1.checks import (
    draw,
    events,
    files,
    frame,
    potentials,
    roots,
    roster,
    routes,
    sample,
    secrets,
    seeds,
    weights,
    witnesses,
)
from solver.dr1.checks.check import Check
from solver.dr1.checks.evidence import Evidence
from solver.dr1.errors import ProtocolError
from solver.dr1.means import Means
from solver.dr1.verdicts import Report, Verdict, judge, refused, remark

VERSION = "1.0.0"

CONTAINER = "files.container"

#: A prefecture's pack has 60 MB; a bomb is to end before the memory does.
LIMITS = packs.Limits(file=400_000_000, total=800_000_000)

CHECKS: tuple[Check, ...] = (
    *files.CHECKS,
    *draw.CHECKS,
    *roots.CHECKS,
    *frame.CHECKS,
    *secrets.CHECKS,
    *seeds.checks_of(seeds.TARGETS),
    witnesses.check_of(seeds.TARGETS),
    *sample.CHECKS,
    *routes.CHECKS,
    *weights.CHECKS,
    *potentials.CHECKS,
    *seeds.checks_of(seeds.OFFICERS),
    witnesses.check_of(seeds.OFFICERS),
    *seeds.BETWEEN,
    *roster.CHECKS,
    *events.CHECKS,
)

#: The stable ids of all checks, in the order of a report.
IDS: tuple[str, ...] = (CONTAINER, *(one.id for one in CHECKS))


def check(pack: Mapping[str, bytes], means: Means | None = None) -> Report:
    """Check a pack that has been unpacked.

    Parameters
    ----------
    pack : Mapping[str, bytes]
        Content of each file by name.
    means : Means, optional
        What the caller lends to see further.

    Returns
    -------
    Report
        One verdict for each of `IDS`; nothing is raised, whatever the pack holds.
    """
    evidence = Evidence(pack, means or Means())
    done = {CONTAINER: judge(CONTAINER, [remark("files-read", count=len(pack))])}
    for one in CHECKS:
        done[one.id] = one.verdict(evidence, done)
    return Report(evidence.copy, evidence.draw_id, evidence.hash, evidence.reached, tuple(done.values()))


def check_file(
    source: str | Path | bytes, means: Means | None = None, limits: packs.Limits = LIMITS
) -> Report:
    """Check a pack as it comes, a zip file or its bytes; one that cannot be opened fails `files.container`."""
    try:
        content = packs.read(source, limits)
    except ProtocolError as error:
        verdict: Verdict = judge(CONTAINER, [refused(error)])
        return Report("unknown", "", "", 0, (verdict,))
    return check(content, means)
