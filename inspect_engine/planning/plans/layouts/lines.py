"""From the parts that a task's cells say to a line of the plan (计划任务核对): columns that speak of one thing must agree."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date

from pydantic import ValidationError

from inspect_engine.planning.plans.form import BatchSpec, LineSpec, RatioSpec
from inspect_engine.planning.plans.layouts.amounts import Times
from inspect_engine.planning.plans.layouts.column import Parts
from inspect_engine.planning.plans.layouts.wording import is_aimed
from inspect_engine.planning.spec import Scope
from inspect_engine.planning.tables import TaskKind
from inspect_engine.registers.importing.faults import Bad

_MONTHS = {"month": 1, "quarter": 3, "half": 6}


def join(found: Sequence[tuple[str, Parts]]) -> tuple[Parts, list[Bad]]:
    """Put together what the fields of one task say.

    Returns
    -------
    Parts, list of Bad
        ``plans.sheet-differ`` for each field that says of a thing other than a field before it; ``Bad.column`` is the field.
    """
    joined: Parts = {}
    faults: list[Bad] = []
    said: dict[str, str] = {}
    for name, parts in found:
        for part, value in parts.items():
            if part in joined and joined[part] != value:
                if any(bad.column == name for bad in faults):
                    continue
                faults.append(
                    Bad("plans.sheet-differ", column=name, other=said[part], value=_told(joined[part]))
                )
            else:
                joined[part], said[part] = value, name
    return joined, faults


def _told(value: object) -> str:
    return value.value if isinstance(value, TaskKind | RatioSpec) else str(value)


def line_of(parts: Parts, number: int, note: Callable[[Bad], None]) -> LineSpec:
    """Make a line of its parts; ``number`` counts lines from 1 and gives a code where the sheet has none.

    Raises
    ------
    Bad
        ``plans.sheet-frequency-batches``, ``plans.sheet-aimed-scope``, ``plans.sheet-line``; ``Bad.column`` is the field.
    """
    own = {name: value for name, value in parts.items() if not name.startswith("_")}
    own.setdefault("code", f"{number:03d}")
    if "_host" in parts:
        own["departments"] = (parts["_host"], *parts.get("_joiners", ()))
    limits = {n.removeprefix("_scope_"): v for n, v in parts.items() if n.startswith("_scope_")}
    if limits:
        own["scope"] = limits
    if "kind" not in own and "_number" in parts:
        own["ratio"] = RatioSpec(form="count", value=str(parts["_number"]))
    own["batches"] = _spread(own["batches"], parts.get("_times"), note)
    if "_aimed" in parts:
        _check_aim(parts["_aimed"], own.get("scope", Scope()))
    try:
        return LineSpec.model_validate(own)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Bad("plans.sheet-line", column=place.partition(".")[0], value=first["msg"]) from error


def _check_aim(aimed: bool, scope: Scope) -> None:
    """定向 is limited to more than regions, 不定向 is not."""
    if aimed != is_aimed(scope):
        raise Bad("plans.sheet-aimed-scope", column="aimed", value="定向" if aimed else "不定向")


def _spread(
    batches: tuple[BatchSpec, ...], times: Times | None, note: Callable[[Bad], None]
) -> tuple[BatchSpec, ...]:
    """At least as many batches as the frequency asks; one window is divided only by the parts of the year that it names."""
    if times is None:
        return batches
    if times.cap:
        note(Bad("plans.sheet-frequency-cap", column="times", value=times.times))
        return batches
    if times.span == "year":
        return _enough(batches, times.times)
    parts = _parts(batches, _MONTHS[times.span])
    if len(batches) == 1 and times.times == 1:
        return tuple(batches[0].model_copy(update={"first": first, "last": last}) for first, last in parts)
    return _enough(batches, len(parts) * times.times)


def _enough(batches: tuple[BatchSpec, ...], needed: int) -> tuple[BatchSpec, ...]:
    if len(batches) < needed:
        raise Bad("plans.sheet-frequency-batches", column="times", needed=needed, batches=len(batches))
    return batches


def _parts(batches: Sequence[BatchSpec], months: int) -> list[tuple[date, date]]:
    """Parts of the year that the window touches, cut off at its ends."""
    first, last = min(b.first for b in batches), max(b.last for b in batches)
    found = []
    for month in range(1, 13, months):
        end = month + months - 1
        begins = date(first.year, month, 1)
        ends = date(first.year, end, monthrange(first.year, end)[1])
        if begins <= last and ends >= first:
            found.append((max(begins, first), min(ends, last)))
    return found
