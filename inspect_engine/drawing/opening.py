"""``draw new``: an order form meets the registers, or is refused whole (立项)."""

from collections.abc import Callable
from typing import Literal

from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import row_id
from inspect_engine.drawing.tables import Draw, DrawSecret, DrawState, DrawTask
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Actor, Approval, Decision
from inspect_engine.lists.body import check_body
from inspect_engine.planning.in_force import version_in_force
from inspect_engine.planning.plans.monthly import check_line
from inspect_engine.planning.spec import MOST_DICE, DrawSpec, ExceptionGround, TaskSpec, many_dice
from inspect_engine.planning.tables import Source, Task, TaskDepartment, TaskItem
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.tables import Agency, Region, Target
from inspect_engine.rules import codes_of, edition
from solver.dr1.errors import ProtocolError
from solver.dr1.seed import check_rule

#: 64 random hex digits at each call; the operating system's at the edge, fixed in tests.
Entropy = Callable[[], str]

_STAGES: tuple[Literal["targets", "officers"], ...] = ("targets", "officers")


def open_draw(session: Session, spec: DrawSpec, act: Act, entropy: Entropy) -> Draw:
    """Check an order form against the registers and store it as a new draw.

    Raises
    ------
    EngineError
        ``drawing.draw-exists``, ``drawing.unknown-agency``, ``drawing.seed-rule``, ``drawing.after``,
        ``drawing.unfollowed-void``, ``planning.item-not-in-force`` and the others of ``words/planning.toml``.
    """
    _check_new(session, spec)
    draw = Draw(
        draw_id=spec.draw_id,
        operator=spec.operator,
        after=spec.after,
        month=spec.month,
        hash=spec.hash,
        state=DrawState.new,
        settings=spec.model_dump(mode="json"),
        rules_edition=edition(),
        created_at=act.at,
    )
    session.add(draw)
    session.flush()
    session.add(DrawSecret(draw_id=row_id(draw), pepper=entropy(), salt=entropy()))
    for task in spec.tasks:
        _open_task(session, draw, task, spec.month, act)
    _check_exclusions(session, spec)
    append(
        session,
        act,
        "draw.opened",
        spec.draw_id,
        {"after": spec.after, "month": spec.month, "operator": spec.operator, "tasks": len(spec.tasks)},
    )
    return draw


def _check_new(session: Session, spec: DrawSpec) -> None:
    if session.exec(select(Draw.id).where(col(Draw.draw_id) == spec.draw_id)).first() is not None:
        raise EngineError("drawing.draw-exists", draw=spec.draw_id)
    for agency in (spec.operator, *(code for one in spec.neighbours for code in one.agencies)):
        if session.get(Agency, agency) is None:
            raise EngineError("drawing.unknown-agency", agency=agency)
    for stage in _STAGES:
        try:
            check_rule(spec.rule(stage))
        except ProtocolError as error:
            raise EngineError("drawing.seed-rule", stage=stage, fault=str(error)) from error
        for row in many_dice(spec.rule(stage)):
            raise EngineError("drawing.dice-many", stage=stage, digits=row["digits"], most=MOST_DICE)
    _check_fresh(spec)
    _check_predecessor(session, spec)
    first, last = min(t.window[0] for t in spec.tasks), max(t.window[1] for t in spec.tasks)
    days = work_days(session, first, last)
    shared = max(t.window[0] for t in spec.tasks), min(t.window[1] for t in spec.tasks)
    for task in spec.tasks:
        for window in (task.window, *task.batches, shared):  # one body may be drawn by all of them
            if not any(window[0] <= day <= window[1] for day in days):
                raise EngineError("planning.no-work-day", task=task.code, first=window[0], last=window[1])


def _check_fresh(spec: DrawSpec) -> None:
    """No share and no beacon's round serves both stages: a checker would fault the second use, too late to mend."""
    first, second = (
        {row.get("commitment", row.get("round")) for row in spec.rule(stage) if row["kind"] != "dice"}
        for stage in _STAGES
    )
    if first & second:
        raise EngineError("drawing.seed-rule", stage="officers", fault="used in both stages")


def _check_predecessor(session: Session, spec: DrawSpec) -> None:
    """A void draw is followed openly (F14): whoever draws its tasks again names it.

    The month is a label and decides nothing here: two draws are of the same tasks where a task of one has a code or
    an item of the other's in windows that overlap.
    """
    drawn = session.exec(select(Draw).where(col(Draw.operator) == spec.operator)).all()
    before = {draw.draw_id: (draw, shared) for draw in drawn if (shared := _shared(draw, spec))}
    for draw, shared in before.values():
        if draw.state is not DrawState.void:
            raise EngineError("drawing.task-drawn-already", draw=draw.draw_id, tasks=", ".join(shared))
    void = [draw.draw_id for draw, _ in before.values() if draw.serial is not None]
    if spec.after and spec.after not in void:
        raise EngineError("drawing.after", draw=spec.after)
    kept = [draw for draw in drawn if draw.state is not DrawState.void or draw.serial is not None]
    followed = {draw.after for draw in kept}  # one dropped before its own commitment has followed nothing
    loose = [draw for draw in void if draw not in followed]
    if not spec.after and loose:
        raise EngineError("drawing.unfollowed-void", draw=loose[0])


def _shared(draw: Draw, spec: DrawSpec) -> list[str]:
    """Codes of the form's tasks that a stored draw has drawn already, in windows that overlap."""
    return sorted(
        {
            task.code
            for task in spec.tasks
            for other in draw.settings["tasks"]
            if task.window[0].isoformat() <= other["window"][1]
            and other["window"][0] <= task.window[1].isoformat()
            and (task.code == other["code"] or set(task.items) == set(other["items"]))
        }
    )


def _open_task(session: Session, draw: Draw, spec: TaskSpec, month: str, act: Act) -> None:
    approval = _approve(session, draw, spec, act)
    task = Task(
        month=month,
        code=spec.code,
        name=spec.name,
        kind=spec.kind,
        source=Source.exception if spec.exception else Source.plan,
        plan_line_id=spec.plan_line,
        approval_id=approval,
        method=spec.method,
        window_first=spec.window[0],
        window_last=spec.window[1],
        batches=[[day.isoformat() for day in batch] for batch in spec.batches],
        group=spec.group,
        scope=spec.scope.model_dump(mode="json"),
        strata=list(spec.strata),
        ratios=spec.ratios.model_dump(mode="json"),
        reserve=spec.reserve,
        substitutes=spec.substitutes,
        yearly_cap=spec.yearly_cap,
        publish_list=spec.publish_list,
    )
    session.add(task)
    session.flush()
    _check_scope(session, spec)
    if task.id is None:
        raise AssertionError("a flushed row has an id")
    session.add(DrawTask(draw_id=row_id(draw), task_id=task.id, label=spec.code))
    _add_departments(session, spec, task.id)
    _add_items(session, spec, task.id)


def _approve(session: Session, draw: Draw, spec: TaskSpec, act: Act) -> int | None:
    if spec.exception is None:
        check_line(session, spec, draw.operator, draw.month)
        return None
    stated: ExceptionGround = spec.exception
    approval = Approval(
        subject=f"{draw.draw_id}/{spec.code}",
        asked_by=actor_id(session, stated.asked_by),
        decided_by=actor_id(session, stated.decided_by),
        decision=Decision.approved,
        ground=stated.ground,
        at=act.at,
    )
    session.add(approval)
    session.flush()
    return approval.id


def actor_id(session: Session, name: str) -> int:
    """Id of an active actor.

    Raises
    ------
    EngineError
        ``drawing.unknown-actor``.
    """
    found = session.exec(select(Actor.id).where(col(Actor.name) == name, col(Actor.active))).first()
    if found is None:
        raise EngineError("drawing.unknown-actor", actor=name)
    return found


def _check_scope(session: Session, spec: TaskSpec) -> None:
    for region in spec.scope.regions:
        if session.get(Region, region) is None:
            raise EngineError("planning.unknown-region", task=spec.code, region=region)


def _add_departments(session: Session, spec: TaskSpec, task_id: int) -> None:
    for one in spec.departments:
        agency = session.get(Agency, one.agency)
        if agency is None:
            raise EngineError("drawing.unknown-agency", agency=one.agency)
        if agency.department != one.department:
            raise EngineError(
                "planning.department-name",
                task=spec.code,
                agency=one.agency,
                given=one.department,
                registered=agency.department,
            )
        session.add(
            TaskDepartment(
                task_id=task_id,
                agency_code=one.agency,
                department=one.department,
                host=one.host,
                slots=one.slots,
            )
        )


def _add_items(session: Session, spec: TaskSpec, task_id: int) -> None:
    """Each item is in force on every day of the window, for the body that answers for it (清单之外无权力)."""
    ordered = sorted(
        spec.departments, key=lambda one: one.host
    )  # of two agencies of one department, the host acts
    departments = {one.department: one.agency for one in ordered}
    host = ordered[-1].department
    for named in spec.items:
        code, _, department = named.partition("@")
        if department and department not in departments:
            raise EngineError("planning.item-department", task=spec.code, item=code, department=department)
        version = version_in_force(session, code, *spec.window)
        if version is None or version.id is None:
            raise EngineError("planning.item-not-in-force", task=spec.code, item=code, day=spec.window[0])
        check_body(session, spec.code, departments[department or host], version, spec.window)
        session.add(TaskItem(task_id=task_id, item_version_id=version.id, department=department or host))


def _check_exclusions(session: Session, spec: DrawSpec) -> None:
    """F4: each hand exclusion has a ground of the rules, evidence, and a second person."""
    for one in spec.exclusions:
        if session.exec(select(Target.id).where(col(Target.key) == one.key)).first() is None:
            raise EngineError("drawing.unknown-target", key=one.key)
        if codes_of("exclusion-grounds").get(one.ground, {}).get("automatic") != "no":
            raise EngineError("drawing.exclusion-ground", key=one.key, ground=one.ground)
        actor_id(session, one.asked_by)
        actor_id(session, one.decided_by)
