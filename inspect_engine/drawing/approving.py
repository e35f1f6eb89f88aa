"""``draw visits`` and ``draw approve``: a staffed draw's visits under their numbers, and the head's word over them (审批).

A visit's number is its place in the order of blinds, reserves after all others, which says nothing of where or to whom it goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import expect, find_draw, row_id, rows_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.events.tables import Approval
from inspect_engine.registers.tables import Target
from inspect_engine.visits.approval_form import ApprovalForm, approval_form
from inspect_engine.visits.approving import Decided, approve
from inspect_engine.visits.facts import facts_of
from inspect_engine.visits.gate import WAITING
from inspect_engine.visits.tables import Visit

#: Digits of a blind that name a visit, if no other begins with them; a shorter word is a number.
LEAST_BLIND = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A visit as it is named before its release: number from 1, blind; its state and what was decided on it."""

    id: int
    number: int
    blind: str
    state: str
    decision: str


def visits(session: Session, draw_id: str) -> list[Named]:
    """List a draw's visits by number, without a name, a place or a date.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order`` before the draw is rostered.
    """
    return named(session, _staffed(session, draw_id))


def approve_draw(
    session: Session,
    draw_id: str,
    chosen: Sequence[str],
    approver: str,
    act: Act,
    *,
    refused: bool = False,
) -> Decided:
    """Decide on some visits of a draw, or, where none is chosen, on all on which nobody has decided yet.

    Parameters
    ----------
    chosen : sequence of str
        Numbers, or first digits of blinds.

    Raises
    ------
    EngineError
        As :func:`visits`; ``visits.unknown-visit``, ``visits.ambiguous``, and those of
        :func:`inspect_engine.visits.approving.approve`.
    """
    draw = _staffed(session, draw_id)
    there = named(session, draw)
    ids = [one.id for one in chosen_of(there, chosen, draw_id)] if chosen else _open(there)
    return approve(session, ids, approver, act, subject=draw_id, operator=draw.operator, refused=refused)


def form_of(session: Session, draw_id: str, chosen: Sequence[str], day: date) -> ApprovalForm:
    """Gather the approval form of some visits of a draw, or of all on which nobody has decided yet.

    Raises
    ------
    EngineError
        As :func:`approve_draw`; ``visits.none-to-decide`` where no visit is left.
    """
    there = named(session, _staffed(session, draw_id))
    numbers = {one.id: one.number for one in there}
    ids = [one.id for one in chosen_of(there, chosen, draw_id)] if chosen else _open(there)
    if not ids:
        raise EngineError("visits.none-to-decide")
    return approval_form(facts_of(session, {id_: numbers[id_] for id_ in ids}, day))


def _staffed(session: Session, draw_id: str) -> Draw:
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.rostered)
    return draw


def named(session: Session, draw: Draw) -> list[Named]:
    """Number the visits of a draw in the order in which they were stored: those drawn by blind, then reserves as they came in.

    So a number once given stays: a reserve that comes in moves nobody else's.
    """
    blinds = {str(row["key"]): str(row["blind"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    query = (
        select(Visit, Target.key, Approval.decision)
        .join(Target, col(Target.id) == col(Visit.target_id))
        .outerjoin(Approval, col(Approval.id) == col(Visit.approval_id))
        .where(col(Visit.draw_id) == row_id(draw))
    )
    found = session.exec(query.order_by(col(Visit.id)))
    return [
        Named(visit.id or 0, number, blinds[key], visit.state.value, str(decision or ""))
        for number, (visit, key, decision) in enumerate(found, 1)
    ]


def _open(named: Sequence[Named]) -> list[int]:
    """Those that wait for a word: what is over, or out of the draw, needs none."""
    return [one.id for one in named if not one.decision and one.state in WAITING]


def chosen_of(named: Sequence[Named], chosen: Sequence[str], draw_id: str) -> list[Named]:
    """Find visits by number or by the first digits of their blinds.

    Raises
    ------
    EngineError
        ``visits.unknown-visit``, ``visits.ambiguous``.
    """
    found = []
    for word in chosen:
        if len(word) < LEAST_BLIND:
            fits = [one for one in named if str(one.number) == word]
        else:
            fits = [one for one in named if one.blind.startswith(word.lower())]
        if not fits:
            raise EngineError("visits.unknown-visit", visit=word)
        if len(fits) > 1:
            raise EngineError("visits.ambiguous", visit=word, draw=draw_id, count=len(fits))
        found += fits
    return found
