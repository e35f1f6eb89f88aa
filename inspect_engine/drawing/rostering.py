"""``draw officers``: the lottery fills every slot (抽取执法人员), with exactly the chances committed to."""

from sqlmodel import Session, col, select

from inspect_engine.drawing.staffing import problem, refuse_unlawful
from inspect_engine.drawing.steps import expect, find_draw, object_of, put_rows, rows_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.events.log import Act, append
from inspect_engine.registers.tables import Person
from inspect_engine.visits.tables import Assignment, Mode, Route, Slot
from solver.dr1.eligibility import routes_of
from solver.dr1.lottery import lottery
from solver.rules import broken_roster


def draw_officers(session: Session, draw_id: str, act: Act) -> dict[str, int]:
    """Run the lottery and store the assignments.

    Returns
    -------
    dict of str to int
        Counts that may be shown: ``slots`` and ``officers`` that were drawn at least once. No name, no code.

    Raises
    ------
    EngineError
        ``drawing.step-order``.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.reseeded)
    seed = str(object_of(session, draw, "5-seed.json")["seed"])
    routes = routes_of(rows_of(session, draw, "4-routes.jsonl"))
    slots = [(slot.slot, route.date) for route in routes for slot in route.slots]
    weights = [
        (str(row["officer"]), str(row["slot"]), int(str(row["weight"])))
        for row in rows_of(session, draw, "4-weights.jsonl")
    ]
    roster = lottery(seed, slots, weights, draw.hash)
    refuse_unlawful(broken_roster(problem(session, draw).facts, roster))
    put_rows(
        session, draw, "6-roster.jsonl", [{"officer": officer, "slot": slot} for slot, officer in roster]
    )
    _assign(session, draw, dict(roster), act)
    draw.state = DrawState.rostered
    counts = {"officers": len({officer for _, officer in roster}), "slots": len(roster)}
    append(session, act, "draw.rostered", draw_id, dict(counts))
    return counts


def people_of(session: Session, draw: Draw) -> dict[str, tuple[int, ...]]:
    """Officer's code → persons, through the sealed table of the draw; a standing team's code has several."""
    ids = dict(session.exec(select(Person.staff_no, Person.id)).all())
    return {
        str(row["officer"]): tuple(ids[staff_no] or 0 for staff_no in str(row["person"]).split(" "))
        for row in rows_of(session, draw, "1-persons.jsonl")
    }


def _assign(session: Session, draw: Draw, roster: dict[str, str], act: Act) -> None:
    people = people_of(session, draw)
    query = (
        select(Slot)
        .join(Route, col(Route.id) == col(Slot.route_id))
        .where(col(Route.draw_id) == draw.id, col(Route.direct).is_(False))
        .order_by(col(Slot.id))
    )
    for slot in session.exec(query):
        if slot.id is None:
            raise AssertionError("a stored row has an id")
        for person in people[roster[slot.code]]:
            session.add(Assignment(slot_id=slot.id, person_id=person, mode=Mode.lottery, since=act.at))
