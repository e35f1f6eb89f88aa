"""``draw targets``: tickets rank every stratum, and the taken become visits (抽取检查对象)."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import events_of
from inspect_engine.drawing.frame import tasks_of
from inspect_engine.drawing.steps import expect, find_draw, object_of, put_rows, region_of, row_id, rows_of
from inspect_engine.drawing.tables import Draw, DrawState
from inspect_engine.events.log import Act, append
from inspect_engine.planning.tables import Task, TaskDepartment, TaskItem, TaskKind
from inspect_engine.registers.tables import ItemVersion, Origin, Target
from inspect_engine.rules import rule_on
from inspect_engine.visits.merge import Line, Taken, TaskTerms, VisitDraft, merge
from inspect_engine.visits.tables import Visit, VisitLine
from solver.dr1.encoding import Row
from solver.dr1.tickets import draw as draw_sample


def draw_targets(session: Session, draw_id: str, act: Act) -> dict[str, int]:
    """Rank, take, and make one visit for each body.

    Returns
    -------
    dict of str to int
        Counts that may be shown: rows ``taken``, ``reserve`` rows, ``visits``, visits ``joint`` of several tasks.

    Raises
    ------
    EngineError
        ``drawing.step-order``.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.seeded)
    parameters = object_of(session, draw, "1-parameters.json")
    seed = str(object_of(session, draw, "2-seed.json")["seed"])
    frame = [
        (str(row["task"]), str(row["stratum"]), str(row["blind"]))
        for row in rows_of(session, draw, "1-frame.jsonl")
    ]
    sample = draw_sample(frame, _strata(parameters), seed, draw.hash)
    put_rows(session, draw, "3-sample.jsonl", sample.rows)
    put_rows(session, draw, "3-cutoffs.jsonl", sample.cutoffs)
    drafts = visit_drafts(session, draw, sample.rows)
    for draft in drafts:
        _store(session, draw, draft)
    taken = sum(row["taken"] is True for row in sample.rows)
    counts = {
        "joint": sum(len({line.task for line in draft.lines}) > 1 for draft in drafts),
        "reserve": len(sample.rows) - taken,
        "taken": taken,
        "visits": len(drafts),
    }
    draw.state = DrawState.drawn
    append(session, act, "draw.targets-drawn", draw_id, dict(counts))
    return counts


def _strata(parameters: Row) -> list[Row]:
    strata = parameters["strata"]
    if not isinstance(strata, list):
        raise AssertionError("frozen by this engine")
    return [dict(row) for row in strata if isinstance(row, dict)]


def due_rows(session: Session, draw: Draw) -> list[Row]:
    """Rows of the sample that are to be inspected as things stand: the taken, without those gone, with reserves called in."""
    sample = rows_of(session, draw, "3-sample.jsonl")
    due = {_place(row): dict(row) for row in sample if row["taken"] is True}
    waiting = {_place(row): dict(row) for row in sample}
    for event in events_of(session, draw):
        if event["kind"] == "target":
            cell = str(event["task"]), str(event["stratum"])
            due.pop((*cell, str(event["from"])), None)
            if event["to"]:
                due[*cell, str(event["to"])] = waiting[*cell, str(event["to"])] | {"taken": True}
    return [due[place] for place in sorted(due)]


def _place(row: Row) -> tuple[str, str, str]:
    return str(row["task"]), str(row["stratum"]), str(row["blind"])


def visit_drafts(session: Session, draw: Draw, sample: list[Row]) -> list[VisitDraft]:
    """Merge the taken rows of a sample into visits, ordered by blind; the same for the same sample."""
    tasks = dict(tasks_of(session, draw))
    terms = {label: _terms(session, label, task) for label, task in tasks.items()}
    keys = {str(row["blind"]): str(row["key"]) for row in rows_of(session, draw, "1-keys.jsonl")}
    rows = [row for row in sample if row["taken"] is True]
    places = _places(session, {keys[str(row["blind"])] for row in rows})
    sizes = {
        (str(s["task"]), str(s["stratum"])): int(str(s["take"]))
        for s in _strata(object_of(session, draw, "1-parameters.json"))
    }
    taken = []
    for row in rows:
        blind, label = str(row["blind"]), str(row["task"])
        id_, region, town = places[keys[blind]]
        window = _window(tasks[label], int(str(row["rank"])), sizes[label, str(row["stratum"])])
        taken.append(Taken(blind, id_, region, town, label, window))
    day, region = date.fromisoformat(f"{draw.month}-01"), region_of(session, draw.operator)
    return merge(taken, terms, setup=int(rule_on("setup-minutes", day, region).value))


def _window(task: Task, rank: int, take: int) -> tuple[date, date]:
    """Window of a row: the task's, or that of its batch, into which ranks fall in equal parts."""
    if task.kind is TaskKind.order and task.batches:
        first, last = task.batches[(rank - 1) * len(task.batches) // take]
        return date.fromisoformat(first), date.fromisoformat(last)
    return task.window_first, task.window_last


def _places(session: Session, keys: set[str]) -> Mapping[str, tuple[int, str, str]]:
    """Id, supervising region and town of drawn targets by key; in chunks, as databases limit parameters."""
    ordered = sorted(keys)
    found: dict[str, tuple[int, str, str]] = {}
    for start in range(0, len(ordered), 500):
        query = sa.select(
            col(Target.key), col(Target.id), col(Target.supervising_region), col(Target.town_code)
        ).where(col(Target.key).in_(ordered[start : start + 500]))
        for key, id_, region, town in session.execute(query):
            found[key] = (id_ or 0, region, town or "")
    return found


def _terms(session: Session, label: str, task: Task) -> TaskTerms:
    departments = session.exec(select(TaskDepartment).where(col(TaskDepartment.task_id) == task.id)).all()
    agencies = {one.department: one.agency_code for one in departments}
    items = session.exec(
        select(TaskItem, ItemVersion)
        .join(ItemVersion, col(ItemVersion.id) == col(TaskItem.item_version_id))
        .where(col(TaskItem.task_id) == task.id)
    ).all()
    lines = tuple(
        Line(
            task=label,
            item_version_id=item.item_version_id,
            department=item.department,
            agency=agencies[item.department],
            method=task.method,
            skill=version.skill or "",
            minutes=version.minutes,
        )
        for item, version in sorted(items, key=lambda pair: pair[0].item_version_id)
    )
    return TaskTerms(
        label=label,
        window=(task.window_first, task.window_last),
        lines=lines,
        slots={one.department: one.slots for one in departments},
        host=next(one.department for one in departments if one.host),
    )


def _store(session: Session, draw: Draw, draft: VisitDraft) -> None:
    visit = Visit(
        origin=Origin.draw,
        draw_id=row_id(draw),
        target_id=draft.target_id,
        window_first=draft.window[0],
        window_last=draft.window[1],
        minutes=draft.minutes,
        road=draft.road,
    )
    session.add(visit)
    session.flush()
    if visit.id is None:
        raise AssertionError("a flushed row has an id")
    tasks = {label: task.id for label, task in tasks_of(session, draw)}
    for line in draft.lines:
        session.add(
            VisitLine(
                visit_id=visit.id,
                task_id=tasks[line.task],
                item_version_id=line.item_version_id,
                department=line.department,
                agency_code=line.agency,
                method=line.method,
            )
        )
