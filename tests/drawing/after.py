"""What happens after a draw, for tests: acts in their order, and the pack that comes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy.engine import Engine
from sqlmodel import Session

from inspect_engine.drawing.after.slots import open_requests
from inspect_engine.drawing.after.standing import standing, stops_of
from inspect_engine.drawing.after.substituting import Asked, Followed, decide, request
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.seeding import Given
from inspect_engine.drawing.steps import find_draw
from inspect_engine.events.log import Act
from inspect_engine.store import reading, writing
from solver.dr1.checker import check
from solver.dr1.encoding import Row
from solver.dr1.pack import manifest
from solver.dr1.verdicts import Outcome, Verdict
from solver.replan.following import Standing
from tests.drawing.world import DRAW, START, act

DICE_RULE: list[Row] = [{"digits": 20, "kind": "dice"}]
APPROVER = "审批岗"


def dice(name: object) -> Given:
    """Roll twenty digits, others for each name."""
    return Given("dice", value=str(int(hashlib.sha256(f"dice {name}".encode()).hexdigest(), 16))[-20:])


def ask(
    session: Session, slot: str, minutes: float, ground: str = "illness", rule: Sequence[Row] = DICE_RULE
) -> Asked:
    """Ask for a follower in a slot."""
    return request(session, DRAW, slot, ground, APPROVER, rule, act(minutes, ground="病假条"))


def follow(engine: Engine, slot: str, minutes: float, ground: str = "illness") -> Followed:
    """Ask for a follower, and decide one minute later."""
    with writing(engine) as session:
        asked = ask(session, slot, minutes, ground)
    with writing(engine) as session:
        return decide(session, asked.substitution, [dice(asked.substitution)], act(minutes + 1))


def now(engine: Engine) -> Standing:
    """How the draw stands, with candidates for all slots."""
    with reading(engine) as session:
        draw = find_draw(session, DRAW)
        return standing(session, draw, START.date(), stops_of(session, draw))


def whole(engine: Engine) -> dict[str, bytes]:
    """Files of the full copy with its manifest."""
    with reading(engine) as session:
        draw = find_draw(session, DRAW)
        held = files_of(session, draw, "full")
        return {"manifest.json": manifest(held, "full", DRAW, draw.hash), **held}


def verdicts(pack: Mapping[str, bytes]) -> dict[str, Verdict]:
    """What a checker says of a pack, by check."""
    return {one.check: one for one in check(pack).verdicts}


def failing(pack: Mapping[str, bytes]) -> set[str]:
    """Checks that fail on a pack."""
    return {name for name, one in verdicts(pack).items() if one.outcome is Outcome.FAILS}


def said(minutes: float, ground: str = "详见附件") -> Act:
    """An act with its ground in words."""
    return act(minutes, ground=ground)


def settle(engine: Engine, minutes: float) -> int:
    """Decide every open request; how many there were."""
    with writing(engine) as session:
        asked = [one.id or 0 for one in open_requests(session, find_draw(session, DRAW))]
        for one in asked:
            decide(session, one, [dice(one)], act(minutes))
    return len(asked)
