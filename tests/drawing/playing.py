"""Draws of one's own making, played from an order form to a state, at any time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.rostering import draw_officers
from inspect_engine.drawing.routes.routing import plan
from inspect_engine.drawing.sampling import draw_targets
from inspect_engine.drawing.seeding import Given, contribute
from inspect_engine.drawing.staffing import staff
from inspect_engine.drawing.tables import DrawState
from inspect_engine.events.log import Act
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.registers.tables import Leave, Person, StandingTeam, TeamMember
from inspect_engine.store import writing
from solver.dr1.seed import share_commitment
from tests.drawing.world import PARTY, START, digits, entropy, open_draw


def play_form(
    engine: Engine, values: dict[str, Any], until: str = "rostered", start: datetime = START, dice: str = ""
) -> str:
    """Play a form up to a state, a minute a step, with shares and dice of its own. Return the draw's id.

    ``dice`` are those of the officers, 20 digits.
    """
    share = hashlib.sha256(f"share {values['draw_id']}".encode()).hexdigest()
    first, second = digits(values["draw_id"], 2)
    rules: list[dict[str, Any]] = [
        {"kind": "share", "party": PARTY, "commitment": share_commitment(PARTY, share)}
    ]
    rules.append({"kind": "dice", "digits": 20})
    seed = values["seed"] | {"targets": rules}
    spec = DrawSpec.model_validate(values | {"seed": seed})
    officers = Given("dice", value=dice or second)
    given = [Given("share", PARTY, share), Given("dice", value=first)]
    steps: list[Callable[[Session, Act], object]] = [
        lambda s, a: open_draw(s, spec, a, entropy(spec.draw_id)),
        lambda s, a: freeze(s, spec.draw_id, a),
        lambda s, a: contribute(s, spec.draw_id, given, [], a),
        lambda s, a: draw_targets(s, spec.draw_id, a),
        lambda s, a: plan(s, spec.draw_id, a),
        lambda s, a: staff(s, spec.draw_id, a),
        lambda s, a: contribute(s, spec.draw_id, [officers], [], a),
        lambda s, a: draw_officers(s, spec.draw_id, a),
    ]
    states = [state.value for state in DrawState]
    for minute, step in enumerate(steps[: states.index(until) + 1], 1):
        with writing(engine) as session:
            step(session, Act("抽取岗", start + timedelta(minutes=minute), ""))
    return spec.draw_id


def officers_of_department(session: Session, department: str) -> list[Person]:
    """Officers with a certificate of a department in the first county, by staff number."""
    from inspect_engine.registers.officers import members

    day = START.date()
    return [one.person for one in members(session, [department], day, day)]


def pair_up(engine: Engine, department: str, *, leave: int = 0) -> dict[str, list[str]]:
    """Make standing teams of two of a department, the last ``leave`` officers staying single, and end all leave.

    Returns team → staff numbers.
    """
    made: dict[str, list[str]] = {}
    with writing(engine) as session:
        session.execute(sa.delete(TeamMember))
        session.execute(sa.delete(StandingTeam))
        session.execute(sa.delete(Leave))
        people = officers_of_department(session, department)
        leaders = [p for p in people if p.may_lead]
        others = [p for p in people if not p.may_lead]
        ordered = [p for pair in zip(leaders, others, strict=False) for p in pair]
        ordered = ordered[: len(ordered) - leave]
        for i in range(0, len(ordered) - 1, 2):
            code = f"{department}-{i // 2 + 1}"
            session.add(StandingTeam(code=code, name=code))
            session.flush()
            for person in ordered[i : i + 2]:
                session.add(TeamMember(person_id=person.id or 0, team_code=code))
                made.setdefault(code, []).append(person.staff_no)
    return made


def by_staff_no(session: Session, staff_no: str) -> Person:
    """Find a person."""
    return session.exec(select(Person).where(col(Person.staff_no) == staff_no)).one()
