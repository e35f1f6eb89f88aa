"""``draw short`` and ``draw remedy``: why officers are short, what may lawfully be done, and doing it (人员缺口处置).

Each remedy is an explicit choice of a second person's approval; its effect is shown before it is taken, and kept. It is taken
by the mark of what was shown: if anything has changed since, the mark is another and nothing is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from inspect_engine.drawing.routes import route_file
from inspect_engine.drawing.shortage import remedying
from inspect_engine.drawing.shortage.case import case_of, work_of
from inspect_engine.drawing.shortage.words import Shortage
from inspect_engine.drawing.staffing import shortages_of
from inspect_engine.drawing.steps import expect, expect_later, find_draw, object_of, row_id
from inspect_engine.drawing.tables import Draw, DrawRemedy, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import active_actor, approve
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Role
from solver.dr1.encoding import Json, hexdigest
from solver.shortage.changes import Change
from solver.shortage.problem import Case
from solver.shortage.remedies import Remedy, answered, apply

#: Digits of a mark: enough that two offers never share one.
_MARK = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """A remedy as it is shown (处置方案): its kind, the mark by which it is taken, and its effect in figures.

    Attributes
    ----------
    proved : bool
        Whether no smaller one of the kind does.
    """

    kind: str
    mark: str
    size: int
    proved: bool
    effect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Short:
    """Why a draw is short, and what may be done; both empty where it is not.

    Attributes
    ----------
    without : tuple of (kind, proved)
        Kinds that offer nothing, and whether that is proved.
    """

    causes: tuple[Shortage, ...]
    offers: tuple[Offer, ...]
    without: tuple[tuple[str, bool], ...]


def short(session: Session, draw_id: str, today: date) -> Short:
    """Say why a routed draw is short of officers, and offer every kind of remedy that makes it feasible.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``, ``drawing.step-order`` unless routes are made and nothing is staffed yet.
    """
    draw = _routed(session, draw_id)
    case = case_of(session, draw, today)
    found = answered(case, work_of(session, draw))
    return Short(
        causes=tuple(shortages_of(session, found.causes)),
        offers=tuple(_offer(one) for one in found.remedies),
        without=tuple((one.kind, one.proved) for one in found.without),
    )


def take(session: Session, draw_id: str, mark: str, approver: str, act: Act) -> Offer:
    """Take a remedy that was shown.

    Parameters
    ----------
    mark : str
        Of the offer, whole or its first digits.
    act : Act
        With the ground.

    Raises
    ------
    EngineError
        As :func:`short`; ``drawing.not-a-drawer``; ``drawing.remedy-unknown`` where no offer of now has the mark; those of
        :func:`inspect_engine.events.approvals.approve`; ``drawing.too-early``.
    """
    draw = _routed(session, draw_id)
    role = active_actor(session, act.actor).role
    if role is not Role.drawer:
        raise EngineError("drawing.not-a-drawer", actor=act.actor, role=role.value)
    expect_later(act.at, str(object_of(session, draw, "2-seed.json")["revealed_at"]))
    case = case_of(session, draw, act.local_day)
    offers = {_offer(one).mark: one for one in answered(case, work_of(session, draw)).remedies}
    if mark not in offers:
        raise EngineError("drawing.remedy-unknown", draw=draw_id, mark=mark)
    remedy = offers[mark]
    approve(session, act, approver, f"{draw_id}/remedy")
    _do(session, draw, case, remedy, approver, act)
    offer = _offer(remedy)
    session.add(
        DrawRemedy(
            draw_id=row_id(draw),
            kind=remedy.kind,
            changes={"changes": [_plain(one) for one in remedy.changes]},
            effect=dict(offer.effect),
            ground=act.ground,
            approver=approver,
            at=act.at,
        )
    )
    _log(session, draw_id, remedy, approver, act)
    return offer


def _routed(session: Session, draw_id: str) -> Draw:
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.routed)
    return draw


def _do(session: Session, draw: Draw, case: Case, remedy: Remedy, approver: str, act: Act) -> None:
    """Bring the store to what the case is after the remedy: the solver's own word of what a change does is the only one."""
    after = apply(case, remedy)
    remedying.follow(session, draw, after)
    remedying.call_in(session, draw, remedy.changes, approver, act)
    for change in remedy.changes:
        remedying.record(session, draw, change, case, approver, act)
    route_file.write(session, draw)


def _log(session: Session, draw_id: str, remedy: Remedy, approver: str, act: Act) -> None:
    """An event in counts: a ground may tell of a person, and the chain can forget nothing."""
    effect = remedy.effect
    data: dict[str, Json] = {
        "approver": approver,
        "beside": len(effect.beside),
        "by_name": effect.after.by_name - effect.before.by_name,
        "called": effect.officer_days_called,
        "kind": remedy.kind,
        "moved": effect.days_moved,
        "put_back": len(effect.put_back),
        "widened": len(effect.widened),
    }
    append(session, remedying.unspoken(act), "draw.remedy-taken", draw_id, data)


def _offer(remedy: Remedy) -> Offer:
    changes = "\n".join(f"{type(one).__name__} {_plain(one)}" for one in remedy.changes)
    return Offer(
        kind=remedy.kind,
        mark=hexdigest(changes.encode())[:_MARK],
        size=remedy.size,
        proved=remedy.proved,
        effect=_figures(remedy),
    )


def _plain(change: Change) -> dict[str, Any]:
    return {"what": type(change).__name__, **asdict(change)}


def _figures(remedy: Remedy) -> dict[str, Any]:
    """The effect as plain data: counts before and after, and what each touched thing is by its code."""
    effect = remedy.effect
    return {
        "before": asdict(effect.before),
        "after": asdict(effect.after),
        "moved": [asdict(one) for one in effect.moved],
        "called": [
            {"day": one.day, "needed": one.needed, "able": len(one.able), "officers": list(one.chosen)}
            for one in effect.called
        ],
        "widened": [asdict(one) for one in effect.widened],
        "beside": [asdict(one) for one in effect.beside],
        "put_back": len(effect.put_back),
        "strata": [
            {
                "task": one.task,
                "stratum": one.stratum,
                "taken": list(one.taken),
                "chance": [_share(one.before), _share(one.after)],
            }
            for one in effect.strata
        ],
        "by_name": [
            {"route": one.route, "date": one.date, "slots": one.slots, "free": dict(one.free)}
            for one in effect.by_name
        ],
    }


def _share(chance: Fraction | None) -> str:
    return "-" if chance is None else str(chance)
