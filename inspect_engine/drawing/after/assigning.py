"""``draw direct``: somebody is sent directly (直接委派), as the recorded exception that the notice counts.

It is allowed where nobody can be drawn, or where an emergency cannot wait for a lottery; never of anybody whom the
pack or a relation bars, or who is sent elsewhere.
"""

from sqlmodel import Session

from inspect_engine.drawing.after.events_file import counts, put_event
from inspect_engine.drawing.after.slots import (
    check_ground,
    code_of,
    hand_over,
    opened,
    slot_id,
    stands,
    unspoken,
)
from inspect_engine.drawing.after.standing import stops_of
from inspect_engine.drawing.steps import stamp
from inspect_engine.errors import EngineError
from inspect_engine.events.approvals import approve
from inspect_engine.events.log import Act, append
from inspect_engine.visits.tables import Mode
from solver.dr1.encoding import Row
from solver.replan.following import candidates


def direct(
    session: Session,
    draw_id: str,
    slot: str,
    to: str,
    ground: str,
    approver: str,
    act: Act,
    *,
    emergency: bool = False,
) -> int:
    """Send somebody directly, as the recorded exception (直接委派).

    Parameters
    ----------
    to : str
        Staff number or code of somebody whom the pack allows in the slot and who is free; who is on leave may be
        called back.
    emergency : bool
        That the case cannot wait for a lottery; else it is allowed only where nobody can be drawn.

    Returns
    -------
    int
        Slots that the draw has filled by name so far: the number that its notice states.

    Raises
    ------
    EngineError
        As :func:`request`; ``replans.unknown-officer``, ``replans.lottery-first`` where somebody can be drawn,
        ``replans.direct-barred`` where the pack or a relation bars the officer, or another slot has them.
    """
    draw = opened(session, draw_id, act)
    check_ground(ground, "leaving-grounds", "relation-grounds")
    code = code_of(session, draw, to)
    now, _ = stands(session, draw, slot, stops_of(session, draw), act)
    if not emergency and candidates(now, slot):
        raise EngineError("replans.lottery-first", slot=slot, count=len(candidates(now, slot)))
    if code not in candidates(now, slot, absent_too=True):
        raise EngineError("replans.direct-barred", slot=slot)
    approve(session, act, approver, f"{draw_id}/{slot}/direct")
    basis = "emergency" if emergency else "no-candidate"
    row: Row = {
        "approver": approver,
        "at": stamp(act.at),
        "from": now.held[slot],
        "ground": f"{ground}/{basis}",
        "kind": "direct",
        "slot": slot,
        "to": code,
    }
    hand_over(
        session,
        draw,
        slot_id(session, draw, slot),
        (now.held[slot], code),
        Mode.direct,
        str(row["ground"]),
        act,
    )
    put_event(session, draw, row, act)
    count = counts(session, draw)["by_name"]
    data: Row = {"approver": approver, "basis": basis, "count": count}
    append(session, unspoken(act), "draw.assigned-directly", draw_id, data)
    return count
