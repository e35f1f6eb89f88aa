"""``draw freeze``: the frame, the exclusions, the pool and the relations become bytes, and the bytes a commitment.

Until this transaction ends nothing is committed and a repeat gives other bytes only in ``committed_at``; once it
has ended, nothing of the inputs can change.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, select

from inspect_engine.drawing.frame import TaskFrame, frame_task, tasks_of
from inspect_engine.drawing.joint.consenting import require_consents
from inspect_engine.drawing.people.compositions import compositions_of
from inspect_engine.drawing.people.entries import check_entries, entries_of
from inspect_engine.drawing.people.pool import Pool, freeze_pool, freeze_relations
from inspect_engine.drawing.people.rotation import last_visits
from inspect_engine.drawing.steps import (
    expect,
    file_bytes,
    find_draw,
    object_of,
    put_object,
    put_rows,
    refuse_past,
    region_of,
    row_id,
    secrets_of,
    spec_of,
    stamp,
)
from inspect_engine.drawing.tables import Draw, DrawState, DrawStratum
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.planning.spec import DrawSpec
from inspect_engine.planning.tables import TaskDepartment
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.officers import Member, members, neighbours
from inspect_engine.rules import rule_on
from solver.dr1.encoding import Row, lines
from solver.dr1.merkle import root
from solver.dr1.seed import commitment
from solver.dr1.tickets import blind, nonce, pepper_commitment, salt_commitment


def freeze(session: Session, draw_id: str, act: Act) -> str:
    """Freeze the inputs of a draw and commit to them.

    Returns
    -------
    str
        The commitment, 64 hex digits, to be shown to witnesses and published at once.

    Raises
    ------
    EngineError
        ``drawing.step-order``, ``joint.consent-missing``, ``drawing.window-passed``, ``drawing.beacon-past``, and those of
        :func:`inspect_engine.drawing.frame.frame_task`, :func:`inspect_engine.drawing.people.entries.entries_of`,
        :func:`inspect_engine.drawing.people.entries.check_entries` and
        :func:`inspect_engine.drawing.people.pool.freeze_relations`.
    """
    draw = find_draw(session, draw_id)
    expect(draw, DrawState.new)
    require_consents(session, draw)
    spec = spec_of(draw)
    secrets = secrets_of(session, draw)
    _expect_days(session, spec, act.local_day)
    draw.serial, draw.previous = _number(session, draw)
    frames = [
        frame_task(session, spec, label, task, secrets.pepper) for label, task in tasks_of(session, draw)
    ]
    blinds = _freeze_targets(session, draw, frames, secrets.pepper)
    window = min(f.task.window_first for f in frames), max(f.task.window_last for f in frames)
    pool = _freeze_people(session, draw, spec, blinds, window)
    parameters = _parameters(session, draw, spec, frames, act)
    committed = commitment(parameters, draw.hash)
    draw.state = DrawState.frozen
    append(
        session,
        act,
        "draw.frozen",
        draw_id,
        {
            "commitment": committed,
            "exclusions": dict(Counter(reason for f in frames for reason in f.excluded.values())),
            "frame_rows": parameters["frame_rows"],
            "pool": len(pool.rows),
            "serial": draw.serial,
        },
    )
    return committed


def _expect_days(session: Session, spec: DrawSpec, today: date) -> None:
    """Nothing is committed to that could only be inspected in the past."""
    for window in (w for task in spec.tasks for w in (task.window, *task.batches)):
        if not any(day > today for day in work_days(session, *window)):
            raise EngineError("drawing.window-passed", first=window[0], last=window[1])


def _number(session: Session, draw: Draw) -> tuple[int, str]:
    """Serial of this draw, and the first-stage commitment of the one before."""
    last = session.exec(
        select(Draw)
        .where(col(Draw.operator) == draw.operator, col(Draw.serial).is_not(None))
        .order_by(col(Draw.serial).desc())
    ).first()
    if last is None or last.serial is None:
        return 1, ""
    return last.serial + 1, commitment(object_of(session, last, "1-parameters.json"), last.hash)


def _freeze_targets(session: Session, draw: Draw, frames: Sequence[TaskFrame], pepper: str) -> dict[str, str]:
    keys = {key for f in frames for s in f.strata for key in s.keys} | {
        key for f in frames for key in f.excluded
    }
    blinds = {key: blind(nonce(pepper, key, draw.hash), draw.hash) for key in sorted(keys)}
    key_rows: list[Row] = [{"blind": b, "key": key} for key, b in sorted(blinds.items(), key=lambda i: i[1])]
    put_rows(session, draw, "1-keys.jsonl", key_rows)
    put_rows(
        session,
        draw,
        "1-frame.jsonl",
        [
            {"blind": b, "stratum": s.label, "task": f.label}
            for f in frames
            for s in sorted(f.strata, key=lambda s: s.label)
            for b in sorted(blinds[key] for key in s.keys)
        ],
    )
    put_rows(
        session,
        draw,
        "1-exclusions.jsonl",
        [
            {"blind": b, "reason": reason, "task": f.label}
            for f in frames
            for b, reason in sorted((blinds[key], reason) for key, reason in f.excluded.items())
        ],
    )
    _keep_meanings(session, draw, frames)
    return blinds


def _keep_meanings(session: Session, draw: Draw, frames: Sequence[TaskFrame]) -> None:
    """Keep what each stratum's label means, for those who may know its classes and regions."""
    for f in frames:
        for s in f.strata:
            session.add(
                DrawStratum(
                    draw_id=row_id(draw),
                    task=f.label,
                    stratum=s.label,
                    cells=[
                        {
                            "class": cell.risk_class,
                            "population": cell.population,
                            "quota": str(cell.quota),
                            "region": cell.region,
                        }
                        for cell in s.stratum.cells
                    ],
                    merged=s.stratum.merged,
                )
            )


def _freeze_people(
    session: Session, draw: Draw, spec: DrawSpec, blinds: dict[str, str], window: tuple[date, date]
) -> Pool:
    needed = _departments(session, draw)
    people = members(session, sorted(needed), *window)
    least = rule_on("team-size", window[0], region_of(session, draw.operator)).value
    check_entries(
        entries_of(session, people, spec.composition, least=least), needed, compositions_of(spec), window[0]
    )
    callable_in = _neighbours(session, spec, {one.person.staff_no for one in people}, window)
    entries = entries_of(session, [*people, *callable_in], spec.composition, least=least)
    pool = freeze_pool(entries, secrets_of(session, draw).salt, draw.hash)
    put_rows(session, draw, "1-pool.jsonl", pool.rows)
    put_rows(session, draw, "1-persons.jsonl", pool.persons)
    relations = freeze_relations(
        session,
        [one for entry in entries for one in entry.members],
        pool.codes,
        blinds,
        window,
        own_station=spec.own_station,
        last_visits=last_visits(session, draw.operator, draw.serial) if spec.rotation else (),
    )
    put_rows(session, draw, "1-relations.jsonl", relations)
    return pool


def _neighbours(
    session: Session, spec: DrawSpec, own: Collection[str], window: tuple[date, date]
) -> list[Member]:
    """Officers who may be called in; nobody stands in the pool twice."""
    found: dict[str, Member] = {}
    for asked in spec.neighbours:
        for one in neighbours(session, asked.agencies, asked.department, *window):
            if one.person.staff_no in found or one.person.staff_no in own:
                raise EngineError("drawing.neighbour-twice", staff_no=one.person.staff_no)
            found[one.person.staff_no] = one
    return list(found.values())


def _departments(session: Session, draw: Draw) -> dict[str, tuple[int, bool]]:
    """Departments that bring slots: how many at once, and whether they host (and so lead)."""
    needed: dict[str, tuple[int, bool]] = {}
    for _, task in tasks_of(session, draw):
        for one in session.exec(select(TaskDepartment).where(col(TaskDepartment.task_id) == task.id)):
            if one.slots:
                slots, host = needed.get(one.department, (0, False))
                needed[one.department] = max(slots, one.slots), host or one.host
    return needed


def _parameters(session: Session, draw: Draw, spec: DrawSpec, frames: Sequence[TaskFrame], act: Act) -> Row:
    secrets = secrets_of(session, draw)
    roots = {
        name: root(lines(file_bytes(session, draw, f"1-{name}.jsonl")), draw.hash)
        for name in ("exclusions", "frame", "pool", "relations")
    }
    rule = spec.rule("targets")
    committed_at = stamp(act.at)
    refuse_past(rule, committed_at)
    parameters: Row = {
        "after": draw.after,
        "committed_at": committed_at,
        "draw_id": draw.draw_id,
        "exclusions_root": roots["exclusions"],
        "frame_root": roots["frame"],
        "frame_rows": sum(len(s.keys) for f in frames for s in f.strata),
        "hash": draw.hash,
        "pepper_commitment": pepper_commitment(secrets.pepper, draw.hash),
        "pool_root": roots["pool"],
        "previous": draw.previous,
        "protocol": "dr1",
        "relations_root": roots["relations"],
        "salt_commitment": salt_commitment(secrets.salt, draw.hash),
        "seed_rule": list(rule),
        "serial": draw.serial,
        "stage": "targets",
        "strata": [
            {
                "group": f.task.group,
                "population": s.stratum.population,
                "reserve": min(f.task.reserve, s.stratum.population - s.stratum.take),
                "stratum": s.label,
                "take": s.stratum.take,
                "task": f.label,
            }
            for f in frames
            for s in sorted(f.strata, key=lambda s: s.label)
        ],
    }
    put_object(session, draw, "1-parameters.json", parameters)
    put_object(session, draw, "1-secrets.json", {"pepper": secrets.pepper, "salt": secrets.salt})
    return parameters
