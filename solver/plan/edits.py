"""Changes of a problem's bounds and means that a bureau asks about (计划假设): a closed union, read from plain tables.

A table names its kind under ``change``; shares are texts as in the plan form, ``"5%"``, ``"1/4"``, ``"0.05"``:

    means-add     region, skills, minutes (below zero: taken away), months
    means-scale   by, region, skill, months                left out: all regions, officers of all skills, all months
    range         risk_class, lowest, highest, task        left out: the ranges of all tasks
    ratio         task, form, and ratio or count
    frequency     task, per_year
    busy          task, months
    window        task, batch (1, 2, …), months
    setting       name, and share or count
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from fractions import Fraction

from solver.plan.errors import PlanError
from solver.plan.problem import PPM, RatioForm

_SHARE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?[%‰]?|[0-9]{1,9}/[0-9]{1,9}", re.ASCII)
_YEAR = tuple(range(1, 13))
_FORMS = ("minimum", "maximum", "exact", "count", "free")

#: Settings that are shares [ppm], and those that are counts.
SHARES = frozenset({"general_cap", "held_back", "width", "slice", "give"})
COUNTS = frozenset({"yearly_cap", "last_month", "set_up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansAdd:
    """Officers with just these skills come, or go where ``minutes`` a month is below zero (增减人员)."""

    region: str
    skills: frozenset[str]
    minutes: int
    months: tuple[int, ...] = _YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansScale:
    """Officers' time is ``by`` [ppm] of what it was; of one skill, their time for that skill alone (调整工时)."""

    by: int
    region: str = ""
    skill: str = ""
    months: tuple[int, ...] = _YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeSet:
    """A class's range [ppm], of one task or of all that have none of their own."""

    risk_class: str
    lowest: int
    highest: int
    task: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioSet:
    """An item's ratio over the year, ``ratio`` [ppm] or ``count`` as its form has it."""

    task: str
    form: RatioForm
    ratio: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencySet:
    """How often an item may be inspected at one body in a year."""

    task: str
    per_year: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class BusySet:
    """The busy months of a task's field, in place of what they were."""

    task: str
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSet:
    """The months of a task's batch, counted from 1."""

    task: str
    batch: int
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingSet:
    """A number of the whole problem by its name: one of ``SHARES`` [ppm] or of ``COUNTS``."""

    name: str
    value: int


Edit = MeansAdd | MeansScale | RangeSet | RatioSet | FrequencySet | BusySet | WindowSet | SettingSet


def parse(tables: Iterable[Mapping[str, object]]) -> tuple[Edit, ...]:
    """Read edits from tables of a TOML or JSON file, in their order.

    Raises
    ------
    PlanError
        ``edit-unknown`` for a kind that is none; ``edit-field`` for a field that is missing, unknown or of another
        form, with its place, counted from 1.
    """
    return tuple(_edit(place, table) for place, table in enumerate(tables, 1))


def share(value: object) -> Fraction:
    """Read a share as the plan form has it, of any size; raises ``ValueError``."""
    if not isinstance(value, str) or not _SHARE.fullmatch(value) or re.search("/0+$", value):
        raise ValueError(value)
    return Fraction(value.rstrip("%‰")) / {"%": 100, "‰": 1000}.get(value[-1], 1)


def _ppm(value: object) -> int:
    return int(share(value) * PPM)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(value)
    return value


def _whole(value: object) -> int:
    if type(value) is not int or abs(value) > 2**31:
        raise ValueError(value)
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise ValueError(value)
    return list(value)


def _months(value: object) -> tuple[int, ...]:
    months = [_whole(one) for one in _list(value)]
    if len(set(months)) < len(months) or not all(1 <= m <= 12 for m in months):
        raise ValueError(value)
    return tuple(sorted(months))


def _some_months(value: object) -> tuple[int, ...]:
    if not (months := _months(value)):
        raise ValueError(value)
    return months


def _skills(value: object) -> frozenset[str]:
    if not (skills := frozenset(_text(one) for one in _list(value))):
        raise ValueError(value)
    return skills


def _form(value: object) -> RatioForm:
    for form in _FORMS:
        if value == form:
            return form  # type: ignore[return-value]
    raise ValueError(value)


_Readers = Mapping[str, Callable[[object], object]]
_KINDS: Mapping[str, tuple[type, _Readers]] = {
    "means-add": (
        MeansAdd,
        {"region": _text, "skills": _skills, "minutes": _whole, "months": _some_months},
    ),
    "means-scale": (MeansScale, {"by": _ppm, "region": _text, "skill": _text, "months": _some_months}),
    "range": (RangeSet, {"risk_class": _text, "lowest": _ppm, "highest": _ppm, "task": _text}),
    "ratio": (RatioSet, {"task": _text, "form": _form, "ratio": _ppm, "count": _whole}),
    "frequency": (FrequencySet, {"task": _text, "per_year": share}),
    "busy": (BusySet, {"task": _text, "months": _months}),
    "window": (WindowSet, {"task": _text, "batch": _whole, "months": _some_months}),
}


def _edit(place: int, table: Mapping[str, object]) -> Edit:
    kind = table.get("change")
    values = {name: value for name, value in table.items() if name != "change"}
    if kind == "setting":
        return _setting(place, values)
    if not isinstance(kind, str) or kind not in _KINDS:
        raise PlanError("edit-unknown", place=place, kind=kind)
    made, readers = _KINDS[kind]
    needed = {f.name for f in fields(made) if f.default is MISSING}
    if odd := sorted((values.keys() - readers.keys()) | (needed - values.keys())):
        raise PlanError("edit-field", place=place, field=odd[0], value=values.get(odd[0]))
    edit: Edit = made(**{name: _read(place, name, readers[name], value) for name, value in values.items()})
    return edit


def _read(place: int, name: str, reader: Callable[[object], object], value: object) -> object:
    try:
        return reader(value)
    except ValueError:
        raise PlanError("edit-field", place=place, field=name, value=value) from None


def _setting(place: int, values: Mapping[str, object]) -> SettingSet:
    name = values.get("name")
    if not isinstance(name, str) or name not in SHARES | COUNTS:
        raise PlanError("edit-field", place=place, field="name", value=name)
    field = "share" if name in SHARES else "count"
    if odd := sorted((values.keys() - {"name", field}) | ({field} - values.keys())):
        raise PlanError("edit-field", place=place, field=odd[0], value=values.get(odd[0]))
    value = _read(place, field, _ppm if field == "share" else _whole, values[field])
    return SettingSet(name=name, value=int(str(value)))
