"""``draw events``: what happened after a draw and what is still to be done, in slots, codes' counts and dates; no name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import counts
from inspect_engine.drawing.after.slots import open_requests
from inspect_engine.drawing.after.standing import Stop, for_the_head, standing, stops_of
from inspect_engine.drawing.approving import visits
from inspect_engine.drawing.steps import find_draw, row_id
from inspect_engine.drawing.tables import Draw
from inspect_engine.visits.tables import Route, Slot
from solver.dr1.seed import commitment
from solver.replan.following import Standing, needs


def overview(session: Session, draw_id: str, today: date) -> dict[str, Any]:
    """Tell what happened after a draw.

    Returns
    -------
    dict of str to Any
        ``counts`` as a notice states them; ``open`` requests; ``needs``, slots with visits to come whose holder
        cannot go, and those of direct routes that nobody is named for (``unnamed``); ``direct`` routes with visits to
        come; ``moves`` of visits that are still to be made.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``.
    """
    numbers = {one.id: one.number for one in visits(session, draw_id)}
    draw = find_draw(session, draw_id)
    stops, outside = stops_of(session, draw), stops_of(session, draw, direct=True)
    moved = [stop for stop in (*stops, *outside) if stop.live and stop.day != stop.frozen]
    routes = _direct(session, draw, outside)
    return {
        "counts": {**counts(session, draw), "moved": len(moved)},
        "open": _open(session, draw),
        "needs": _needs(session, draw, standing(session, draw, today, stops, routes=()), stops, routes),
        "direct": [
            {"route": code, "day": days, "slots": len(slots)}
            for code, (days, slots) in sorted(routes.items())
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


def _direct(session: Session, draw: Draw, stops: Iterable[Stop]) -> dict[str, tuple[str, list[str]]]:
    """Direct routes with visits to come: their day, and their slots by name."""
    days = {stop.route: stop.day.isoformat() for stop in stops if stop.live}
    query = (
        select(Route.code, Slot.code)
        .join(Slot, col(Slot.route_id) == col(Route.id))
        .where(col(Route.draw_id) == row_id(draw), col(Route.code).in_(days))
    )
    found: dict[str, tuple[str, list[str]]] = {code: (day, []) for code, day in days.items()}
    for route, slot in session.exec(query.order_by(col(Slot.code))):
        found[route][1].append(slot)
    return found


def _needs(
    session: Session,
    draw: Draw,
    now: Standing,
    stops: Iterable[Stop],
    routes: Mapping[str, tuple[str, list[str]]],
) -> list[Mapping[str, Any]]:
    """Slots that want somebody; whoever the head may call in is judged as there in the slots that the head names."""
    slots = {slot for _, own in routes.values() for slot in own}
    named = replace(now, officers=for_the_head(session, draw, stops))
    frozen = [need for need in needs(now) if now.places[need.slot].frozen]
    found = [*frozen, *(need for need in needs(named) if need.slot in slots)]
    rows = {need.slot: need.reason for need in found} | dict.fromkeys(slots - now.held.keys(), "unnamed")
    return [{"slot": slot, "reason": reason} for slot, reason in sorted(rows.items())]


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
