"""What past visits found, and who was not visited (既往检查的发现与覆盖): what the year's plan learns from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col

from inspect_engine.registers.results import problem_of
from inspect_engine.registers.tables import Origin, PastVisit, Target, TargetState
from inspect_engine.rules import rule_on
from solver.plan.rates import Past

#: (sub-item, class, region).
Cell = tuple[str, str, str]


def past(session: Session, until: date) -> dict[Cell, Past]:
    """Count bodies inspected, and those with a problem, by sub-item, class and region.

    A body counts once for each day and sub-item, whatever number of papers tells of it, and has a problem where any
    of them does. Visits for cause are left out: they go where a problem is suspected, and would tell a rate that a
    draw never meets. So are visits without a result or a sub-item, and those that met nobody (注销、迁出…).

    Parameters
    ----------
    until : datetime.date
        Visits of this day and later do not count.

    Returns
    -------
    dict
        Cells with at least one inspection. Class and region are those of *today*: the register keeps no class of an
        earlier day, so that a body moved up for what was found counts in its new class and makes that class look
        worse than it was when it was drawn. A body without a class counts in the rule's ``unclassified-as``.

    Raises
    ------
    EngineError
        ``registers.result-unknown`` for a code that the rules no longer have.
    """
    usual = str(rule_on("unclassified-as", until).value)
    seen: dict[tuple[int, date, str], tuple[Cell, bool]] = {}
    for target, day, item, code, risk, region in session.execute(_results(until)):
        problem = problem_of(code)
        if problem is None:
            continue
        _, before = seen.get((target, day, item), (None, False))
        seen[target, day, item] = ((item, risk or usual, region), before or problem)
    return _counted(seen.values())


def _results(until: date) -> sa.Select[int, date, str | None, str, str | None, str]:
    return (
        sa.select(
            col(PastVisit.target_id),
            col(PastVisit.day),
            col(PastVisit.sub_item_code),
            sa.func.coalesce(col(PastVisit.result), ""),
            col(Target.risk_class),
            col(Target.supervising_region),
        )
        .join(Target, col(Target.id) == col(PastVisit.target_id))
        .where(
            col(PastVisit.origin) == Origin.draw,
            col(PastVisit.day) < until,
            col(PastVisit.sub_item_code).is_not(None),
            col(PastVisit.result).is_not(None),
        )
    )


def _counted(seen: Iterable[tuple[Cell, bool]]) -> dict[Cell, Past]:
    inspected: Counter[Cell] = Counter()
    found: Counter[Cell] = Counter()
    for cell, problem in seen:
        inspected[cell] += 1
        found[cell] += problem
    return {cell: Past(found[cell], inspected[cell]) for cell in sorted(inspected)}


def unseen(session: Session, since: date) -> set[int]:
    """Ids of live targets that nobody has visited on site on ``since`` or later, for whatever reason (未检查对象)."""
    seen = (
        sa.select(col(PastVisit.id))
        .where(
            col(PastVisit.target_id) == col(Target.id),
            col(PastVisit.on_site),
            col(PastVisit.day) >= since,
        )
        .exists()
    )
    query = sa.select(col(Target.id)).where(col(Target.state) == TargetState.live, ~seen)
    return {id_ for id_ in session.execute(query).scalars() if id_ is not None}
