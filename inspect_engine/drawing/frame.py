"""The frame of a draw (抽样框): each task's scope, sifted and split into strata under labels that say nothing."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlmodel import Session, col, select

from inspect_engine.drawing.steps import region_of
from inspect_engine.drawing.tables import Draw, DrawTask
from inspect_engine.errors import EngineError
from inspect_engine.planning.eligible import Candidate, Eligibility, capped, frequent, in_scope, sift
from inspect_engine.planning.plans.drawn import drawn_already
from inspect_engine.planning.plans.limits import class_of
from inspect_engine.planning.spec import DrawSpec, Ratios, Scope
from inspect_engine.planning.strata import Cell, Form, Stratum, stratify
from inspect_engine.planning.tables import Method, Task, TaskDepartment, TaskItem, TaskKind
from inspect_engine.registers.tables import ItemVersion
from inspect_engine.rules import rule_on
from solver.dr1.encoding import hexdigest, text


@dataclass(frozen=True, slots=True)
class LabelledStratum:
    """A stratum under its label, with the keys of its targets by key."""

    label: str
    stratum: Stratum
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TaskFrame:
    """One task's part of the frame."""

    label: str
    task: Task
    strata: tuple[LabelledStratum, ...]
    excluded: Mapping[str, str]


def tasks_of(session: Session, draw: Draw) -> list[tuple[str, Task]]:
    """Tasks of a draw with their labels, by label."""
    query = (
        select(DrawTask.label, Task)
        .join(Task, col(Task.id) == col(DrawTask.task_id))
        .where(col(DrawTask.draw_id) == draw.id)
    )
    return sorted(((label, task) for label, task in session.exec(query)), key=lambda pair: pair[0].encode())


def frame_task(session: Session, spec: DrawSpec, label: str, task: Task, pepper: str) -> TaskFrame:
    """Sift one task's scope and split it.

    Raises
    ------
    EngineError
        ``planning.empty-task`` where nobody is eligible, ``planning.nothing-drawn`` where all strata together
        would draw no one, ``planning.class-without-ratio``, ``planning.count-too-large``.
    """
    found = _sifted(session, spec, label, task)
    if not found.eligible:
        raise EngineError("planning.empty-task", task=label, scope=len(found.excluded))
    strata = stratify(_cells(label, task, found.eligible), _form(task))
    if task.kind is TaskKind.order:
        strata = [Stratum(s.cells, s.population) for s in strata]
    if not any(stratum.take for stratum in strata):
        raise EngineError("planning.nothing-drawn", task=label, population=len(found.eligible))
    return TaskFrame(label, task, tuple(_label(strata, task, found.eligible, pepper)), found.excluded)


def _form(task: Task) -> Form:
    stated = Ratios.model_validate(task.ratios).form
    return "exact" if task.kind is TaskKind.order or stated == "planned" else stated


def _sifted(session: Session, spec: DrawSpec, label: str, task: Task) -> Eligibility:
    agencies = session.exec(
        select(TaskDepartment.agency_code).where(col(TaskDepartment.task_id) == task.id)
    ).all()
    versions = session.exec(
        select(ItemVersion)
        .join(TaskItem, col(TaskItem.item_version_id) == col(ItemVersion.id))
        .where(col(TaskItem.task_id) == task.id)
    ).all()
    by_hand = {one.key: one.ground for one in spec.exclusions if one.task == label}
    year = task.window_first.year
    legal = int(rule_on("yearly-cap", task.window_first, region_of(session, spec.operator)).value)
    cap = min(
        task.yearly_cap or legal, legal
    )  # a form may ask for fewer visits than the law allows, never for more
    on_site = task.method is Method.onsite
    return sift(
        in_scope(session, Scope.model_validate(task.scope)),
        by_hand=by_hand,
        capped_ids=capped(session, agencies, year, cap) if on_site else set(),
        frequent_ids=frequent(session, versions, task.window_last) | drawn_already(session, task),
    )


def _cell_of(task: Task, one: Candidate) -> tuple[str, str]:
    risk = class_of(one, task.window_first.year) if task.ratios.get("form") == "planned" else one.risk_class
    return (
        risk if "class" in task.strata else "",
        one.region if "region" in task.strata else "",
    )


def _cells(label: str, task: Task, eligible: Sequence[Candidate]) -> Iterable[Cell]:
    sizes = Counter(_cell_of(task, one) for one in eligible)
    ratios = Ratios.model_validate(task.ratios)
    if ratios.cells:
        takes: dict[tuple[str, str], int] = {(c.risk_class, c.region): c.take for c in ratios.cells}
        # Where fewer are eligible than the plan foresaw, all of them are drawn: stratify caps at the population.
        yield from (Cell(*cell, size, Fraction(takes.get(cell, 0))) for cell, size in sizes.items())
        return
    classes: Counter[str] = Counter()
    for (risk_class, _), size in sizes.items():
        classes[risk_class] += size
    for (risk_class, region), size in sizes.items():
        asked = Fraction(1) if task.kind is TaskKind.order else ratios.of(risk_class)
        if asked is None:
            raise EngineError("planning.class-without-ratio", task=label, risk_class=risk_class or "-")
        if ratios.form == "count" and task.kind is not TaskKind.order:
            if asked > classes[risk_class]:
                raise EngineError(
                    "planning.count-too-large",
                    task=label,
                    risk_class=risk_class or "-",
                    count=int(asked),
                    there=classes[risk_class],
                )
            asked /= classes[risk_class]
        yield Cell(risk_class, region, size, asked * size)


def _label(
    strata: Sequence[Stratum], task: Task, eligible: Sequence[Candidate], pepper: str
) -> Iterable[LabelledStratum]:
    """Number the strata in an order that only the pepper knows: a label then tells no class and no region."""
    place = {(cell.risk_class, cell.region): i for i, stratum in enumerate(strata) for cell in stratum.cells}
    keys: list[list[str]] = [[] for _ in strata]
    for one in eligible:
        keys[place[_cell_of(task, one)]].append(one.key)
    shuffled = sorted(range(len(strata)), key=lambda i: hexdigest(text("label", pepper, task.code, str(i))))
    width = max(2, len(str(len(strata))))
    for number_, i in enumerate(shuffled, 1):
        yield LabelledStratum(f"S{number_:0{width}d}", strata[i], tuple(keys[i]))
