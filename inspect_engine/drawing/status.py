"""``draw status``: where a draw stands, in figures that may be shown to anybody in the bureau (进度)."""

from collections import Counter
from typing import Any

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_of
from inspect_engine.drawing.steps import NEXT_STEP, find_draw, object_of, rows_of
from inspect_engine.drawing.tables import Draw, DrawFile, DrawRemedy, DrawState, DrawStratum
from solver.dr1.seed import commitment


def status(session: Session, draw_id: str) -> dict[str, Any]:
    """Tell where one draw stands: state, next step, commitments, seeds and counts; no name and no class.

    Raises
    ------
    EngineError
        ``drawing.unknown-draw``.
    """
    draw = find_draw(session, draw_id)
    there = set(session.exec(select(DrawFile.name).where(col(DrawFile.draw_id) == draw.id)))
    facts: dict[str, Any] = {
        "draw": draw.draw_id,
        "state": draw.state.value,
        "next": "-" if draw.state is DrawState.void else NEXT_STEP[draw.state],
        "serial": draw.serial or "-",
    }
    if draw.after:
        facts["after"] = draw.after
    if draw.state is DrawState.void:
        facts["ground"] = draw.void_ground
    for name, label in (("1-parameters.json", "targets"), ("4-parameters.json", "officers")):
        if name in there:
            facts[f"commitment of {label}"] = commitment(object_of(session, draw, name), draw.hash)
    for name, label in (("2-seed.json", "targets"), ("5-seed.json", "officers")):
        if name in there:
            made = object_of(session, draw, name)
            witnesses = made["witness"]
            facts[f"seed of {label}"] = made["seed"]
            facts[f"witnesses of {label}"] = len(witnesses) if isinstance(witnesses, list) else 0
    facts.update(_counts(session, draw, there))
    return facts


def _counts(session: Session, draw: Draw, there: set[str]) -> dict[str, Any]:
    counts: dict[str, Any] = {}
    if "1-frame.jsonl" in there:
        reasons = Counter(str(row["reason"]) for row in rows_of(session, draw, "1-exclusions.jsonl"))
        counts["frame rows"] = len(rows_of(session, draw, "1-frame.jsonl"))
        counts["excluded"] = ", ".join(f"{reason} {n}" for reason, n in sorted(reasons.items())) or "-"
        counts["pool"] = len(rows_of(session, draw, "1-pool.jsonl"))
        merged = session.exec(
            select(DrawStratum).where(col(DrawStratum.draw_id) == draw.id, col(DrawStratum.merged))
        ).all()
        counts["merged strata"] = ", ".join(f"{m.task}/{m.stratum} ({len(m.cells)})" for m in merged) or "-"
    if "3-sample.jsonl" in there:
        counts["taken rows"] = sum(row["taken"] is True for row in rows_of(session, draw, "3-sample.jsonl"))
    if "4-routes.jsonl" in there:
        counts["routes"] = len(rows_of(session, draw, "4-routes.jsonl"))
    if remedies := _remedies(session, draw):
        counts["remedies"] = remedies
    gone = sum(row["kind"] == "target" and not row["to"] for row in events_of(session, draw))
    if gone:
        counts["rows out of the lottery"] = gone
    if "6-roster.jsonl" in there:
        counts["slots filled"] = len(rows_of(session, draw, "6-roster.jsonl"))
    return counts


def _remedies(session: Session, draw: Draw) -> str:
    """How shortages of this draw were met: each kind with its size."""
    query = select(DrawRemedy).where(col(DrawRemedy.draw_id) == draw.id).order_by(col(DrawRemedy.id))
    return ", ".join(f"{one.kind} {len(one.changes['changes'])}" for one in session.exec(query))


def all_draws(session: Session) -> list[dict[str, Any]]:
    """List every draw there ever was, void ones too, in the order of their opening."""
    return [
        {
            "draw": draw.draw_id,
            "month": draw.month,
            "serial": draw.serial or "-",
            "state": draw.state.value,
            "next": "-" if draw.state is DrawState.void else NEXT_STEP[draw.state],
        }
        for draw in session.exec(select(Draw).order_by(col(Draw.id)))
    ]
