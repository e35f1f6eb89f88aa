"""What is answered about a draw before its release leaves a trace (查询留痕): nobody asks in silence who goes where.

A plan is shown to who may act on it alone, and the log counts what was shown. A question that is refused is logged as
well, since a refusal tells something too. The log has no name, no code, no slot, no body, no day.
"""

from collections.abc import Callable
from typing import Literal, TypeVar

from sqlmodel import Session

from inspect_engine.drawing.after.replanning import Plan, Wish, propose
from inspect_engine.drawing.after.slots import opened, unspoken
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from solver.dr1.encoding import Row

_T = TypeVar("_T")

#: What a question is about. An absence and a town would tell who goes, or where a body is, if visits were listed.
About = Literal["absence", "emergency", "leave", "move", "over-long", "town"]

#: Those whose plan is shown in counts and new days until it is taken.
VEILED: frozenset[About] = frozenset({"absence", "town"})

#: Refusals that name a body; about what is veiled the same is said without it.
_NAMING = ("replans.no-day", "replans.day-not-allowed", "replans.not-movable")


def answered(
    session: Session, draw_id: str, about: About, ask: Callable[[Session], _T], act: Act
) -> _T | EngineError:
    """Answer a question about a draw; a refusal is given back, so that what the log says of it is kept.

    Raises
    ------
    EngineError
        Those of :func:`inspect_engine.drawing.after.slots.opened`: who may not act is told nothing.
    """
    draw = opened(session, draw_id, act)
    attempt = session.begin_nested()
    try:
        found = ask(session)
    except EngineError as error:
        attempt.rollback()
        data: Row = {"about": about, "refused": error.code}
        append(session, unspoken(act), "draw.question-refused", draw.draw_id, data)
        return error
    attempt.commit()
    return found


def show(session: Session, draw_id: str, wish: Callable[[Session], Wish], about: About, act: Act) -> Plan:
    """Find the plan of a wish, and log that it was shown.

    Raises
    ------
    EngineError
        As :func:`inspect_engine.drawing.after.replanning.propose`, and those of the wish; about what is veiled no
        refusal names a slot or a body.
    """
    draw = opened(session, draw_id, act)
    asked = wish(session)
    try:
        plan = propose(session, draw, asked, act.local_day)
    except EngineError as error:
        if about in VEILED and error.code == "replans.open":
            raise EngineError("replans.open-there") from error
        if about in VEILED and error.code in _NAMING:
            raise EngineError("replans.nowhere", visits=len(asked.forced | asked.free)) from error
        raise
    data: Row = {"about": about, "aside": [*sorted(asked.aside)], **plan.counts}
    append(session, unspoken(act), "draw.plan-shown", draw_id, data)
    return plan
