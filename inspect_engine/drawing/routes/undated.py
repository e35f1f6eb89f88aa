"""Why the routes of a draw have no lawful days, in the bureau's words (无法排期)."""

from __future__ import annotations

from inspect_engine.errors import EngineError
from solver.dates.problem import NoDate, Undecided

#: How many routes a message names; the whole number stands beside.
_NAMED = 6


def undated(found: NoDate | Undecided) -> EngineError:
    """Say what stands against any days.

    Returns
    -------
    EngineError
        ``drawing.undated-joint``, ``drawing.undated-streets``, ``drawing.undated-together``, or
        ``drawing.undated-work`` where the work's limit was reached first.
    """
    if isinstance(found, Undecided):
        return EngineError("drawing.undated-work", rounds=found.rounds)
    shown = ", ".join(found.names[:_NAMED]) + (" …" if len(found.names) > _NAMED else "")
    code = found.reason if found.reason in ("joint", "streets") else "together"
    return EngineError(
        f"drawing.undated-{code}",
        routes=shown,
        count=len(found.names),
        days=len(found.days),
        departments="、".join(found.departments),
        streets="、".join(found.streets),
    )
