"""``7-events.jsonl``: what happened after a draw, as rows of the pack (抽取后事件)."""

from collections import Counter
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import expect_later, object_of, row_id, spec_of, stamp
from inspect_engine.drawing.tables import Draw, DrawContribution, DrawEvent, Substitution
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from inspect_engine.visits.tables import Assignment, Route, Slot
from solver.dr1.encoding import Row, jsonl

#: Ground of the rows by which the bodies of a direct route leave the lottery: their visits are made all the same.
NAMED = "direct-assignment"


def events_of(session: Session, draw: Draw) -> list[Row]:
    """Rows in the protocol's order: by (at or requested_at, kind), and those that tie as they came."""
    query = select(DrawEvent).where(col(DrawEvent.draw_id) == row_id(draw)).order_by(col(DrawEvent.id))
    rows: list[Row] = [dict(event.row) for event in session.exec(query)]
    return sorted(rows, key=lambda row: (_time(row), str(row["kind"])))


def _time(row: Row) -> str:
    return str(row.get("at", row.get("requested_at")))


def events_file(session: Session, draw: Draw) -> bytes:
    """Bytes of the file; empty where nothing happened."""
    return jsonl(events_of(session, draw))


def counts(session: Session, draw: Draw) -> dict[str, int]:
    """Numbers that a notice states.

    Returns
    -------
    dict of str to int
        ``by_name``, slots filled by name in all: ``direct``, direct assignments in slots of the lottery, and ``named``, slots
        of the ``direct_routes`` that a head has named; ``substitutions`` by lottery, ``open`` requests, ``reserves``
        called in, bodies ``without_reserve``.
    """
    rows = events_of(session, draw)
    kinds = Counter(str(row["kind"]) for row in rows)
    gone = [row for row in rows if row["kind"] == "target" and row["ground"] != NAMED]
    called = sum(row["to"] != "" for row in gone)
    routes = select(sa.func.count()).select_from(Route)
    named = _named_slots(session, draw)
    return {
        "by_name": kinds["direct"] + named,
        "direct": kinds["direct"],
        "direct_routes": session.exec(
            routes.where(col(Route.draw_id) == row_id(draw), col(Route.direct))
        ).one(),
        "named": named,
        "open": sum(one.decided_at is None for one in requests_of(session, draw)),
        "reserves": called,
        "substitutions": kinds["officer"],
        "without_reserve": len(gone) - called,
    }


def _named_slots(session: Session, draw: Draw) -> int:
    """Slots of direct routes with somebody in them; a standing team fills one."""
    return len({one.slot_id for one in _named(session, draw) if one.ended_at is None})


def _named(session: Session, draw: Draw) -> list[Assignment]:
    query = (
        select(Assignment)
        .join(Slot, col(Slot.id) == col(Assignment.slot_id))
        .join(Route, col(Route.id) == col(Slot.route_id))
        .where(col(Route.draw_id) == row_id(draw), col(Route.direct))
    )
    return list(session.exec(query))


def put_event(session: Session, draw: Draw, row: Row, act: Act) -> None:
    """Keep a row; it is never changed afterwards."""
    session.add(DrawEvent(draw_id=row_id(draw), kind=str(row["kind"]), row=dict(row), at=act.at))
    session.flush()


def requests_of(session: Session, draw: Draw) -> list[Substitution]:
    """Every substitution that was asked for, open ones too, in the order of asking."""
    query = (
        select(Substitution).where(col(Substitution.draw_id) == row_id(draw)).order_by(col(Substitution.id))
    )
    return list(session.exec(query))


def expect_in_order(session: Session, draw: Draw, act: Act) -> None:
    """Refuse an act dated before what happened already: a pack's rows are read in the order of their times.

    Raises
    ------
    EngineError
        ``drawing.too-early``.
    """
    expect_later(act.at, str(object_of(session, draw, "5-seed.json")["revealed_at"]))
    asked = requests_of(session, draw)
    times = [_time(row) for row in events_of(session, draw)]
    times += [str(one.request["requested_at"]) for one in asked]
    times += [stamp(one.decided_at) for one in asked if one.decided_at is not None]
    times += [stamp(one.since) for one in _named(session, draw)]
    last = max(times, default="")
    if stamp(act.at) < last:
        raise EngineError("drawing.too-early", at=stamp(act.at), than=last)


def contributions_used(session: Session, values: Iterable[str]) -> list[str]:
    """Those of the contributions that served before, in whatever draw or substitution."""
    used: set[str] = set(session.exec(select(DrawContribution.value)))
    for event in session.exec(select(DrawEvent).where(col(DrawEvent.kind) == "officer")):
        used.update(str(value) for value in event.row["contributions"])
    return [value for value in values if value in used and not value.endswith(":withheld")]


def promised(session: Session, draw: Draw) -> set[str]:
    """Commitments to shares, and rounds of beacons, that the draw's rules name already: none comes back."""
    spec = spec_of(draw)
    rules = [*spec.rule("targets"), *spec.rule("officers")]
    for one in requests_of(session, draw):
        rules += one.request["seed_rule"]
    return set(promises(rules))


def promises(rule: Iterable[Row]) -> Iterator[str]:
    """What a seed rule binds itself to: shares by their commitments, rounds by chain and number."""
    for row in rule:
        if row["kind"] == "share":
            yield str(row["commitment"])
        elif row["kind"] == "drand":
            yield f"{row['chain']}:{row['round']}"
