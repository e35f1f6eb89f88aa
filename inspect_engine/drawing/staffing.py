"""``draw staff``: who may go where, whether that suffices, and with what chance each goes (选派概率).

All of it is committed before the second seed exists. If officers are short the step refuses, names the place,
and nothing is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_of
from inspect_engine.drawing.changing import change_rows
from inspect_engine.drawing.shortage.case import case_of
from inspect_engine.drawing.shortage.words import Shortage, describe
from inspect_engine.drawing.steps import (
    expect,
    expect_later,
    file_bytes,
    find_draw,
    object_of,
    put_object,
    put_rows,
    refuse_past,
    rows_of,
    spec_of,
    stamp,
)
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.planning.spec import share
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.tables import Agency, Region
from solver.dr1.eligibility import (
    Officer,
    Route,
    allowed_pairs,
    apply_changes,
    officers_of,
    routes_of,
)
from solver.dr1.encoding import Row, lines
from solver.dr1.merkle import root
from solver.dr1.seed import commitment
from solver.roster.caps import in_units
from solver.roster.instance import Instance, build
from solver.roster.staffing import Short
from solver.roster.weights import Weighed, weigh
from solver.roster.whole import NoWholeLoads, drawn_order
from solver.rules import Facts, Violation, broken_weights, facts
from solver.shortage.causes import Cause, causes


def staff(session: Session, draw_id: str, act: Act) -> str:
    """Weigh every allowed pair and commit to the weights.

    Returns
    -------
    str
        The second stage's commitment.

    Raises
    ------
    EngineError
        ``drawing.step-order``; ``drawing.too-early``; ``drawing.short-of-officers`` with each cut in words;
        ``drawing.no-whole-loads`` where the form asks for whole loads and the caps leave none; ``drawing.beacon-past``.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.routed)
    changes = change_rows(session, draw)
    happened = (*changes, *(row for row in events_of(session, draw)))
    for before in (object_of(session, draw, "2-seed.json")["revealed_at"], *(row["at"] for row in happened)):
        expect_later(act.at, str(before))
    put_rows(session, draw, "4-changes.jsonl", changes)
    asked = problem(session, draw)
    cap = in_units(share(spec_of(draw).pair_cap))
    weighed = weigh(asked.instance, cap, order_of(session, draw, asked.instance))
    if isinstance(weighed, Short):
        raise _short(session, draw, weighed, act)
    if isinstance(weighed, NoWholeLoads):
        raise EngineError("drawing.no-whole-loads", draw=draw_id, cap=spec_of(draw).pair_cap)
    refuse_unlawful(broken_weights(asked.facts, weighed.weights, cap, weighed.caps))
    put_rows(session, draw, "4-weights.jsonl", weighed.weight_rows())
    put_rows(session, draw, "4-potentials.jsonl", weighed.potential_rows())
    committed = _commit(session, draw, weighed, cap, act)
    draw.state = DrawState.staffed
    append(
        session,
        act,
        "draw.staffed",
        draw_id,
        {"commitment": committed, "pairs": len(weighed.weights), "raised_caps": len(weighed.caps)},
    )
    return committed


@dataclass(frozen=True, slots=True)
class Problem:
    """The staffing problem of a draw, and the plain facts that its answer is held against."""

    instance: Instance
    routes: tuple[Route, ...]
    facts: Facts


def problem(session: Session, draw: Draw) -> Problem:
    """Read the staffing problem from the draw's own files: what a checker sees is what is solved.

    An officer's days present are counted over the draw's dates, so that the loads, too, can be checked from
    the pack alone.
    """
    officers = apply_changes(
        officers_of(rows_of(session, draw, "1-pool.jsonl")), rows_of(session, draw, "4-changes.jsonl")
    )
    routes = tuple(routes_of(rows_of(session, draw, "4-routes.jsonl")))
    relations = rows_of(session, draw, "1-relations.jsonl")
    seed = str(object_of(session, draw, "2-seed.json")["seed"])
    pairs = allowed_pairs(officers, routes, relations, seed, draw.hash)
    instance = build(
        slots=[(slot.slot, route.route, route.date) for route in routes for slot in route.slots],
        pairs=[(officer, slot) for _, slot, officer in pairs],
        days=days_present(officers, {route.date for route in routes}),
    )
    return Problem(instance, routes, facts(officers, routes, relations))


def order_of(session: Session, draw: Draw, instance: Instance) -> tuple[str, ...] | None:
    """Order in which officers are given a slot more, by the targets' seed; none where the form asks for even loads."""
    if spec_of(draw).loads == "even":
        return None
    seed = str(object_of(session, draw, "2-seed.json")["seed"])
    return drawn_order(instance.officers, seed, draw.hash)


def refuse_unlawful(found: Sequence[Violation]) -> None:
    """Stop where a model's answer breaks a plain rule: nothing is committed that is not lawful.

    Raises
    ------
    EngineError
        ``drawing.unlawful``: a fault of this program, not of its user.
    """
    if found:
        first = found[0]
        raise EngineError(
            "drawing.unlawful", rule=first.rule, officer=first.officer, place=first.place, count=len(found)
        )


def days_present(officers: Sequence[Officer], dates: set[str]) -> dict[str, int]:
    """Count for each officer the dates of the draw on which they are there."""
    return {one.code: sum(one.present_on(day) for day in dates) for one in officers}


def _short(session: Session, draw: Draw, short: Short, act: Act) -> EngineError:
    shortages = shortages_of(session, causes(case_of(session, draw, act.local_day)))
    return EngineError(
        "drawing.short-of-officers",
        draw=draw.draw_id,
        where="；".join(one.words("zh") for one in shortages),
        where_en="; ".join(one.words("en") for one in shortages),
        missing=short.missing,
    )


def shortages_of(session: Session, found: Sequence[Cause]) -> list[Shortage]:
    """Every cause of a staffing that does not suffice, in the registers' words."""
    if not found:
        return []
    days = sorted(date.fromisoformat(day) for cause in found for day in cause.dates)
    calendar = work_days(session, days[0], days[-1])
    regions = _regions(session)
    return [describe(cause, regions, calendar) for cause in found]


def _regions(session: Session) -> Mapping[str, str]:
    query = select(Agency.department, Region.name).join(Region, col(Region.code) == col(Agency.region_code))
    return dict(session.exec(query.where(col(Agency.parent_code).is_(None))).all())


def _commit(session: Session, draw: Draw, weighed: Weighed, cap: int, act: Act) -> str:
    rule = spec_of(draw).rule("officers")
    committed_at = stamp(act.at)
    refuse_past(rule, committed_at)
    names = {
        "changes": "4-changes.jsonl",
        "potentials": "4-potentials.jsonl",
        "routes": "4-routes.jsonl",
        "sample": "3-sample.jsonl",
        "weights": "4-weights.jsonl",
    }
    roots: Row = {
        f"{name}_root": root(lines(file_bytes(session, draw, file)), draw.hash)
        for name, file in names.items()
    }
    parameters: Row = roots | {
        "caps": [{"cap": units, "route": route} for route, units in sorted(weighed.caps.items())],
        "committed_at": committed_at,
        "draw_id": draw.draw_id,
        "hash": draw.hash,
        "pair_cap": cap,
        "protocol": "dr1",
        "seed_rule": list(rule),
        "stage": "officers",
    }
    put_object(session, draw, "4-parameters.json", parameters)
    return commitment(parameters, draw.hash)
