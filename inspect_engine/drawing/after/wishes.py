"""What is asked to change after a draw (调整要求): visits by name, all of a day or town, what is left over, an absence."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from inspect_engine.drawing.after.replanning import Wish
from inspect_engine.drawing.after.slots import code_of
from inspect_engine.drawing.after.standing import Stop, held_by, stops_of
from inspect_engine.drawing.approving import chosen_of, visits
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import Draw
from inspect_engine.errors import EngineError
from inspect_engine.visits.tables import VisitState
from solver.dr1.eligibility import routes_of


def visits_to(session: Session, draw_id: str, words: Sequence[str], to: date | None = None) -> Wish:
    """Some visits leave their day, be it for one that is named.

    Parameters
    ----------
    words : sequence of str
        Numbers, or first digits of blinds.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``, ``visits.unknown-visit``, ``visits.ambiguous``,
        ``replans.nothing-to-move`` where no visit is named.
    """
    ids = frozenset(named.id for named in chosen_of(visits(session, draw_id), words, draw_id))
    return Wish(forced=_some(ids, draw_id), to=to)


def off_day(session: Session, draw_id: str, day: date, town: str = "") -> Wish:
    """All visits of a day leave it, or those of one town: an emergency (突发事件).

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``, ``replans.nothing-to-move``.
    """
    found = [
        stop
        for stop in _planned(session, _rostered(session, draw_id))
        if stop.day == day and town in ("", stop.target.town_code)
    ]
    return Wish(forced=_some(_ids(found), draw_id), closed=frozenset({day}))


def left_over(session: Session, draw_id: str, word: str) -> Wish:
    """What comes after a visit on the same route and day leaves that day: the visit took too long (超时).

    Raises
    ------
    EngineError
        As :func:`visits_to`; ``replans.nothing-to-move`` where nothing comes after it.
    """
    draw = _rostered(session, draw_id)
    (named,) = chosen_of(visits(session, draw_id), [word], draw_id)
    long = next((stop for stop in stops_of(session, draw) if stop.visit.id == named.id), None)
    if long is None:
        raise EngineError("replans.nothing-to-move", draw=draw_id)
    after = [
        stop
        for stop in _planned(session, draw)
        if (stop.route, stop.day) == (long.route, long.day) and stop.position > long.position
    ]
    return Wish(forced=_some(_ids(after), draw_id))


def around(session: Session, draw_id: str, officer: str, first: date, last: date) -> Wish:
    """An officer is away: their visits of those days may move, if that saves a substitution.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order``, ``drawing.bad-day``, ``replans.unknown-officer``,
        ``replans.nothing-to-move``.
    """
    draw = _rostered(session, draw_id)
    if first > last:
        raise EngineError("drawing.bad-day", text=f"{first}..{last}")
    code = code_of(session, draw, officer)
    held = held_by(session, draw)
    routes = {
        route.route
        for route in routes_of(rows_of(session, draw, "4-routes.jsonl"))
        for slot in route.slots
        if held[slot.slot] == code
    }
    found = [stop for stop in _planned(session, draw) if stop.route in routes and first <= stop.day <= last]
    days = frozenset(first + timedelta(days=n) for n in range((last - first).days + 1))
    return Wish(free=_some(_ids(found), draw_id), away={code: days})


def _rostered(session: Session, draw_id: str) -> Draw:
    visits(session, draw_id)  # refuses before the officers are drawn
    return find_draw(session, draw_id)


def _planned(session: Session, draw: Draw) -> list[Stop]:
    """Visits that have not begun: only they can move."""
    return [stop for stop in stops_of(session, draw) if stop.visit.state is VisitState.planned]


def _ids(stops: Iterable[Stop]) -> frozenset[int]:
    return frozenset(stop.visit.id or 0 for stop in stops)


def _some(ids: frozenset[int], draw_id: str) -> frozenset[int]:
    if not ids:
        raise EngineError("replans.nothing-to-move", draw=draw_id)
    return ids
