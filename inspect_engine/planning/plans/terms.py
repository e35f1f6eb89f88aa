"""What a line's items ask of the year (清单对计划的要求): ratio, ranges, how often, and the work of a visit.

Let a line have items k with ratio bounds and frequencies as the list states them.

    ratio       all minima: the largest; all maxima: the smallest; exact ones must agree. Items whose bounds differ in
                kind leave it to the line to state a ratio that keeps them all                                       (1)
    class       a class's range is the line's, or the items', or the rule's. The list goes before the rule: a class's
                highest is raised to a stated minimum, its lowest lowered to a stated maximum                        (2)
    repeat      a body at most as often as the strictest item allows in a year, once where none says so              (3)
    rounds      at least as many batches as the most demanding minimum of times a year                               (4)
    work        all officers stay for all lines of a visit: minutes Σ_k m_k for each officer; each skill that a
                department's items need takes one of its officers, the others may be any of the department           (5)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from inspect_engine.errors import EngineError
from inspect_engine.planning.in_force import times_a_year
from inspect_engine.planning.plans.form import PPM, LineSpec, shown
from inspect_engine.planning.plans.limits import Pair
from inspect_engine.planning.tables import Method, TaskKind
from inspect_engine.registers.tables import Bound, FrequencyForm, ItemKind, ItemVersion, RatioForm
from solver.plan.problem import RatioForm as Form
from solver.plan.problem import Work


@dataclass(frozen=True, slots=True)
class Terms:
    """What the model is told of a line, by (1) to (5).

    Attributes
    ----------
    form, ratio, count
        The line's ratio over the year; ``ratio`` in ppm.
    ranges : mapping of str to (int, int)
        Class → lowest and highest ratio [ppm].
    general : bool
        Whether an ordinary item (一般检查事项) is in it.
    per_year : fractions.Fraction
        How often a body at most.
    rounds : int
        Least number of batches.
    work : tuple of Work
    """

    form: Form
    ratio: int
    count: int
    ranges: Mapping[str, Pair]
    general: bool
    per_year: Fraction
    rounds: int
    work: tuple[Work, ...]


def terms(line: LineSpec, items: Sequence[tuple[ItemVersion, str]], ranges: Mapping[str, Pair]) -> Terms:
    """Work out a line's terms.

    Parameters
    ----------
    items : sequence of (ItemVersion, str)
        Versions in force over the line's window, each with the department that answers for it.
    ranges : mapping
        Class → range of the plan, for the classes that neither the line nor its items speak of.

    Raises
    ------
    EngineError
        ``plans.ratio-needed``, ``plans.ratio-contradicts``, ``plans.batches-few``.
    """
    versions = [version for version, _ in items]
    form, ratio, count = _ratio(line, versions)
    found = Terms(
        form=form,
        ratio=ratio,
        count=count,
        ranges=_ranges(line, versions, ranges, (form, ratio)),
        general=any(version.kind is ItemKind.general for version in versions),
        per_year=Fraction(min(map(times_a_year, versions), default=1)),  # (3)
        rounds=max(map(_rounds, versions), default=1),
        work=_work(line, items),
    )
    if line.kind is TaskKind.set and len(line.batches) < found.rounds:
        raise EngineError("plans.batches-few", task=line.code, batches=len(line.batches), rounds=found.rounds)
    return found


def _ratio(line: LineSpec, versions: Sequence[ItemVersion]) -> tuple[Form, int, int]:
    """(1)."""
    if line.kind is TaskKind.order:
        return "exact", PPM, 0
    bounds = {(v.ratio_form, v.ratio) for v in versions if v.ratio is not None}
    if line.ratio is not None:
        for form, ratio in sorted(bounds, key=str):
            if not _keeps(line, form, ratio or 0):
                raise EngineError(
                    "plans.ratio-contradicts", task=line.code, form=form.value, ratio=shown(ratio or 0, 4)
                )
        return line.ratio.form, line.ratio.ratio, line.ratio.count
    forms = {form for form, _ in bounds}
    ratios = [ratio for _, ratio in bounds if ratio is not None]
    if not bounds:
        return "free", 0, 0
    if forms == {RatioForm.minimum}:
        return "minimum", max(ratios), 0
    if forms == {RatioForm.maximum}:
        return "maximum", min(ratios), 0
    if forms == {RatioForm.exact} and len(ratios) == 1:
        return "exact", ratios[0], 0
    raise EngineError("plans.ratio-needed", task=line.code)


def _keeps(line: LineSpec, form: RatioForm, ratio: int) -> bool:
    """Whether the line's own ratio keeps an item's; a count is held against it when the bodies are known."""
    if line.ratio is None or line.ratio.form == "count":
        return True
    own, value = line.ratio.form, line.ratio.ratio
    match form:
        case RatioForm.minimum:
            return own in ("minimum", "exact") and value >= ratio
        case RatioForm.maximum:
            return own in ("maximum", "exact") and value <= ratio
        case RatioForm.exact:
            return own == "exact" and value == ratio
        case RatioForm.free | RatioForm.by_class:
            return True


def _ranges(
    line: LineSpec, versions: Sequence[ItemVersion], plan: Mapping[str, Pair], stated: tuple[Form, int]
) -> dict[str, Pair]:
    """(2)."""
    form, ratio = stated
    if line.kind is not TaskKind.set:
        share = PPM if line.kind is TaskKind.order else ratio
        return dict.fromkeys(plan, (share, share))
    listed = _listed(line, versions)
    found = {**plan, **listed, **line.ranges.stated()}
    for name in plan.keys() - line.ranges.stated().keys():
        low, high = found[name]
        if form in ("minimum", "exact"):
            high = max(high, ratio)
        if form in ("maximum", "exact"):
            low = min(low, ratio)
        found[name] = (low, high)
    return found


def _listed(line: LineSpec, versions: Sequence[ItemVersion]) -> dict[str, Pair]:
    """Ranges that the items state by class; where two do, they must say the same, or the line says its own."""
    said = [v.ratio_by_class for v in versions if v.ratio_by_class]
    if any(one != said[0] for one in said):
        if set(line.ranges.stated()) < {"A", "B", "C", "D"}:
            raise EngineError("plans.ratio-needed", task=line.code)
        return {}
    pairs = said[0] if said else {}
    return {name: (p, p) if isinstance(p, int) else (int(p[0]), int(p[1])) for name, p in pairs.items()}


def _rounds(version: ItemVersion) -> int:
    """(4)."""
    demanded = version.frequency_bound in (Bound.minimum, Bound.exact)
    if not demanded or version.frequency_form is not FrequencyForm.per_years:
        return 1
    return max(1, (version.frequency_times or 1) // (version.frequency_years or 1))


def _work(line: LineSpec, items: Sequence[tuple[ItemVersion, str]]) -> tuple[Work, ...]:
    """(5)."""
    minutes = sum(version.minutes for version, _ in items)
    host = next(d.department for d in line.departments if d.host)
    coming = {d.department: d.slots for d in line.departments if d.slots}
    found: list[Work] = []
    for department, slots in coming.items():
        skills = sorted(
            {
                version.skill
                for version, whose in items
                if version.skill and (whose if whose in coming else host) == department
            }
        )[:slots]
        found += [Work(skill=f"{department}/{skill}", minutes=minutes, officers=1) for skill in skills]
        if others := slots - len(skills):
            found.append(Work(skill=department, minutes=minutes * others, officers=others))
    return tuple(found)


def on_site(line: LineSpec) -> bool:
    """Whether the line puts anybody on the road."""
    return line.method is Method.onsite
