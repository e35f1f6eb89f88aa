"""A staffed draw, who asks and who decides, for the tests of approvals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.errors import EngineError
from inspect_engine.registers.tables import Target
from inspect_engine.store import writing
from inspect_engine.visits.approving import may_begin
from inspect_engine.visits.urgent import Urgent
from tests.drawing.world import START, act, dump

HEAD = "审批岗"
ASK = act(20, ground="按年度计划实施")


def refused(engine: Engine, code: str, call: Any) -> None:
    """Assert that a call is refused with a code and changes nothing."""
    before = dump(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        call(session)
    assert caught.value.code == code
    for language in ("zh", "en"):
        assert "{" not in caught.value.message(language) + caught.value.remedy(language)  # type: ignore[arg-type]
    assert dump(engine) == before


def barred(session: Session, visit: int) -> str:
    """Code with which the gate refuses a stored visit, or nothing."""
    try:
        may_begin(session, visit)
    except EngineError as error:
        return error.code
    return ""


def an_urgent(session: Session, **changes: Any) -> Urgent:
    """An urgent inspection that the small county's market bureau may make."""
    target = session.exec(select(Target.key).where(col(Target.supervising_region) == "339902")).first()
    made = Urgent(
        agency="339902-SJ",
        target=str(target),
        items=("SJ03-1", "SJ03-2"),
        day=START.date(),
        officers=3,
        helpers=1,
    )
    return replace(made, **changes)


CAUSE = act(30, ground="举报食物中毒，须即刻检查")
