"""``7-events.jsonl``: what happened after a draw, as rows of the pack (抽取后事件)."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import expect_later, object_of, row_id, spec_of, stamp
from inspect_engine.drawing.tables import Draw, DrawContribution, DrawEvent, Substitution
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act
from solver.dr1.encoding import Row, jsonl


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
    """Numbers that a notice states: substitutions by lottery, reserves, bodies without one, direct assignments, open requests."""
    rows = events_of(session, draw)
    kinds = Counter(str(row["kind"]) for row in rows)
    called = sum(row["kind"] == "target" and row["to"] != "" for row in rows)
    return {
        "direct": kinds["direct"],
        "open": sum(one.decided_at is None for one in requests_of(session, draw)),
        "reserves": called,
        "substitutions": kinds["officer"],
        "without_reserve": kinds["target"] - called,
    }


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
