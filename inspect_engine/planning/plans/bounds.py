"""From the registers and a plan form to the model's problem (计划建模数据): who, how often, with which officers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from inspect_engine.planning.eligible import on_site as on_site_visits
from inspect_engine.planning.in_force import sub_item_code
from inspect_engine.planning.past import past, unseen
from inspect_engine.planning.plans.form import PlanForm, ppm
from inspect_engine.planning.plans.limits import CLASSES, end_of, general_cap, plan_ranges, yearly_cap
from inspect_engine.planning.plans.lines import Line, read_line
from inspect_engine.planning.plans.rates import line_rates
from inspect_engine.planning.plans.so_far import so_far
from inspect_engine.planning.plans.strength import pools
from inspect_engine.planning.plans.terms import on_site
from inspect_engine.planning.tables import TaskKind
from solver.plan.problem import PPM, Batch, Group, Means, Problem, Range, Rate, Task
from solver.plan.rates import Prior
from solver.plan.strength import subsets


@dataclass(frozen=True, slots=True)
class Built:
    """A problem, and what the figures beside it need.

    Attributes
    ----------
    problem : Problem
    unseen : mapping of str to int
        Group → its bodies that nobody visited in the two years before.
    """

    problem: Problem
    unseen: Mapping[str, int]


def build(session: Session, form: PlanForm, day: date) -> Built:
    """Read the registers as they are, for a plan made on ``day``.

    Raises
    ------
    EngineError
        ``plans.item-not-in-force``, ``plans.unknown-agency``, ``plans.department-name``, ``plans.unknown-region``,
        ``plans.after-end``, ``plans.nobody-in-scope``, ``plans.item-department``, and those of
        :func:`inspect_engine.planning.plans.terms.terms`.
    """
    ranges = plan_ranges(session, form)
    lines = [read_line(session, form, spec, ranges) for spec in form.tasks]
    members = _members(lines)
    past_months = so_far(session, form, day)
    problem = Problem(
        classes=CLASSES,
        tasks=tuple(_task(line) for line in lines),
        groups=_groups(session, form, lines, members),
        ranges=tuple(Range(risk_class=c, lowest=low, highest=high) for c, (low, high) in ranges.items()),
        means=_means(session, form, lines),
        rates=_rates(session, form, lines, day),
        yearly_cap=yearly_cap(session, form),
        general_cap=general_cap(session, form),
        last_month=end_of(session, form).month,
        first_month=past_months.first_month,
        done=tuple(one for one in past_months.done if one.task in {line.spec.code for line in lines}),
        set_up=form.set_up,
        held_back=ppm(form.held_back),
        width=ppm(form.width),
        slice=ppm(form.slice),
        give=ppm(form.give),
    )
    long = unseen(session, date(form.year - 2, 1, 1))
    return Built(problem, {_name(key): len(ids & long) for key, ids in members.items()})


def _task(line: Line) -> Task:
    spec, asked = line.spec, line.terms
    uniform = spec.kind is TaskKind.uniform
    least = len(line.bodies) // len(spec.batches) if spec.kind is TaskKind.order else None
    return Task(
        name=spec.code,
        agencies=tuple(sorted({d.agency for d in spec.departments})),
        work=asked.work,
        batches=tuple(
            Batch(months=b.months, least=b.least if least is None else least) for b in spec.batches
        ),
        busy=frozenset(spec.busy),
        form=asked.form,
        ratio=asked.ratio,
        count=asked.count,
        ranges=_uniform(line) if uniform else _stated(line),
        general=asked.general and spec.kind is TaskKind.set,
        per_year=asked.per_year,
        uniform=uniform,
        onsite=on_site(spec),
    )


def _stated(line: Line) -> tuple[Range, ...]:
    ranges = sorted(line.terms.ranges.items())
    return tuple(Range(risk_class=c, lowest=low, highest=high) for c, (low, high) in ranges)


def _uniform(line: Line) -> tuple[Range, ...]:
    """Each class at the slice's ratio, rounded down or up: together they make the slice's whole number."""
    sizes = Counter(risk for _, risk in line.bodies)
    found = []
    for c in CLASSES:
        size = max(1, sizes[c])
        low, high = line.terms.ratio * size // PPM, -(-line.terms.ratio * size // PPM)
        found.append(Range(risk_class=c, lowest=low * PPM // size, highest=-(-high * PPM // size)))
    return tuple(found)


Key = tuple[str, str, frozenset[str]]


def _members(lines: Sequence[Line]) -> dict[Key, set[int]]:
    """(region, class, tasks) → ids of the bodies that are open to exactly these tasks."""
    tasks: dict[int, set[str]] = defaultdict(set)
    where: dict[int, tuple[str, str]] = {}
    for line in lines:
        for one, risk in line.bodies:
            tasks[one.id].add(line.spec.code)
            where[one.id] = (one.region, risk)
    found: dict[Key, set[int]] = defaultdict(set)
    for id_, codes in tasks.items():
        found[(*where[id_], frozenset(codes))].add(id_)
    return dict(sorted(found.items(), key=lambda item: _name(item[0])))


def _name(key: Key) -> str:
    region, risk, codes = key
    return f"{region}-{risk}-{'+'.join(sorted(codes))}"


def _groups(
    session: Session, form: PlanForm, lines: Sequence[Line], members: Mapping[Key, set[int]]
) -> tuple[Group, ...]:
    agencies = {d.agency for line in lines for d in line.spec.departments}
    made: dict[int, Counter[str]] = defaultdict(Counter)
    for (agency, target), times in on_site_visits(session, agencies, form.year).items():
        made[target][agency] += times
    found = []
    for key, ids in members.items():
        region, risk, codes = key
        counts: Counter[str] = Counter()
        for id_ in ids & made.keys():
            counts.update(made[id_])
        found.append(
            Group(
                name=_name(key),
                region=region,
                risk_class=risk,
                size=len(ids),
                tasks=codes,
                visits_made=tuple(sorted(counts.items())),
            )
        )
    return tuple(found)


def _means(session: Session, form: PlanForm, lines: Sequence[Line]) -> tuple[Means, ...]:
    needed: dict[str, set[str]] = defaultdict(set)
    bodies: Counter[str] = Counter()
    for line in lines:
        bodies.update(one.region for one, _ in line.bodies)
        for region in {one.region for one, _ in line.bodies}:
            needed[region] |= {work.skill for work in line.terms.work}
    skills = frozenset(skill for found in needed.values() for skill in found)
    strength = pools(session, end_of(session, form), skills, bodies, form.day_minutes, form.means)
    return subsets(strength, {region: frozenset(found) for region, found in needed.items()})


def _rates(session: Session, form: PlanForm, lines: Sequence[Line], day: date) -> tuple[Rate, ...]:
    until = min(day, date(form.year, 12, 31))
    cells = {line.spec.code: {(risk, one.region) for one, risk in line.bodies} for line in lines}
    items = {line.spec.code: [sub_item_code(session, version) for version, _ in line.items] for line in lines}
    prior = Prior(ppm(form.prior) / PPM, float(form.prior_weight))
    return line_rates(items, cells, past(session, until), prior)
