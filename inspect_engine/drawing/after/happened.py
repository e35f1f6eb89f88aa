"""``draw events``: what happened after a draw and what is still to be done, in slots, codes' counts and dates; no name."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from inspect_engine.drawing.after.events_file import counts
from inspect_engine.drawing.after.slots import open_requests
from inspect_engine.drawing.after.standing import standing, stops_of
from inspect_engine.drawing.approving import visits
from inspect_engine.drawing.steps import find_draw
from inspect_engine.drawing.tables import Draw
from solver.dr1.seed import commitment
from solver.replan.following import needs


def overview(session: Session, draw_id: str, today: date) -> dict[str, Any]:
    """Tell what happened after a draw.

    Returns
    -------
    dict of str to Any
        ``counts`` as a notice states them; ``open`` requests; ``needs``, slots with visits to come whose holder
        cannot go; ``moves`` of visits that are still to be made.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``.
    """
    numbers = {one.id: one.number for one in visits(session, draw_id)}
    draw = find_draw(session, draw_id)
    stops = stops_of(session, draw)
    moved = [stop for stop in stops if stop.live and stop.day != stop.frozen]
    return {
        "counts": {**counts(session, draw), "moved": len(moved)},
        "open": _open(session, draw),
        "needs": [
            {"slot": need.slot, "reason": need.reason}
            for need in needs(standing(session, draw, today, stops, routes=()))
        ],
        "moves": [
            {
                "visit": numbers[stop.visit.id or 0],
                "blind": stop.blind,
                "from": stop.frozen.isoformat(),
                "to": stop.day.isoformat(),
            }
            for stop in sorted(moved, key=lambda one: one.blind)
        ],
    }


def _open(session: Session, draw: Draw) -> list[Mapping[str, Any]]:
    return [
        {
            "substitution": one.id,
            "slot": one.request["slot"],
            "candidates": len(one.request["candidates"]),
            "commitment": commitment(dict(one.request), draw.hash),
        }
        for one in open_requests(session, draw)
    ]
