"""Check a pack with everything this installation has: the beacon's signatures too, and loads when asked (核验)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from inspect_engine.drawing.beacon import verify_beacon
from solver.dr1 import pack as packs
from solver.dr1.checker import check_file
from solver.dr1.errors import ProtocolError
from solver.dr1.means import Means
from solver.dr1.verdicts import Report
from solver.roster.deep import audit

#: What this installation lends the checker: a pairing library for beacons.
MEANS = Means(beacon=verify_beacon)


def verify_file(path: Path, *, deep: bool = False) -> Report:
    """Check a pack's zip; malformed input of any kind is a *fails*, never an exception.

    Parameters
    ----------
    deep : bool
        Recompute even loads and impossible pairs with OR-Tools as well, where the pack holds what that needs and
        nothing else fails: two verdicts more.
    """
    content = path.read_bytes()
    report = check_file(content, MEANS)
    if not deep or report.failed:
        return report
    try:
        files = packs.read(content)
    except ProtocolError:
        return report
    return replace(report, verdicts=(*report.verdicts, *audit(files)))
