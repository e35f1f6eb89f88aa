"""The plan form (计划表): what ``plan new`` reads, the bureau's bounds and means; the numbers are the model's."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from inspect_engine.errors import EngineError
from inspect_engine.planning.form_faults import refusal
from inspect_engine.planning.spec import Department, Form, Plain, Scope, Text, share
from inspect_engine.planning.tables import Method, TaskKind

#: One, in parts per million.
PPM = 1_000_000


def ppm(value: str) -> int:
    """Parts per million of a share that the form has accepted; finer parts are cut off."""
    return int(share(value) * PPM)


def _is_share(value: str) -> str:
    share(value)
    return value


Share = Annotated[str, AfterValidator(_is_share)]
Month = Annotated[int, Field(ge=1, le=12)]
_Minutes = Annotated[int, Field(ge=0, le=10_000_000)]


class TaskSource(StrEnum):
    """Who set a task going (发起方式): the bureau itself, or an order from above (上级部署)."""

    own = "own"
    superior = "superior"


class BatchSpec(Form):
    """One batch (批次时段): its window, both days included, and the least drawn in it."""

    first: date
    last: date
    least: int = Field(default=1, ge=0, le=1_000_000)

    @model_validator(mode="after")
    def _in_order(self) -> BatchSpec:
        if self.first > self.last:
            raise ValueError("a batch ends before it begins")
        return self

    @property
    def months(self) -> tuple[int, ...]:
        """Months that the window touches; it lies in one year."""
        return tuple(range(self.first.month, self.last.month + 1))


class ClassRanges(Form):
    """Lowest and highest ratio of each class over the year (各风险等级比例区间)."""

    A: tuple[Share, Share] | None = None
    B: tuple[Share, Share] | None = None
    C: tuple[Share, Share] | None = None
    D: tuple[Share, Share] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> ClassRanges:
        if any(low > high for low, high in self.stated().values()):
            raise ValueError("the lowest ratio is above the highest")
        return self

    def stated(self) -> dict[str, tuple[int, int]]:
        """Class → lowest and highest [ppm], of the classes that are stated."""
        pairs = {name: getattr(self, name) for name in ("A", "B", "C", "D")}
        return {name: (ppm(pair[0]), ppm(pair[1])) for name, pair in pairs.items() if pair is not None}


class RatioSpec(Form):
    """A line's ratio over the year (抽查比例) in place of its items': a share, or a number where ``form`` is ``count``."""

    form: Literal["minimum", "maximum", "exact", "count", "free"]
    value: str = "0"

    @model_validator(mode="after")
    def _readable(self) -> RatioSpec:
        if self.form == "count":
            if not (self.value.isascii() and self.value.isdigit() and len(self.value) <= 9):
                raise ValueError("not a whole number")
        else:
            share(self.value)
        return self

    @property
    def ratio(self) -> int:
        """The share [ppm]; 0 where the form is a count."""
        return 0 if self.form == "count" else ppm(self.value)

    @property
    def count(self) -> int:
        """The number; 0 where the form is a share."""
        return int(self.value) if self.form == "count" else 0


class LineSpec(Form):
    """One task of the plan (计划任务)."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,16}$")]
    name: Text
    items: tuple[Text, ...] = Field(min_length=1)
    kind: TaskKind = TaskKind.set
    source: TaskSource = TaskSource.own
    section: Plain = ""
    method: Method = Method.onsite
    batches: tuple[BatchSpec, ...] = Field(min_length=1)
    busy: tuple[Month, ...] = ()
    ratio: RatioSpec | None = None
    ranges: ClassRanges = ClassRanges()
    scope: Scope = Scope()
    departments: tuple[Department, ...] = Field(min_length=1)
    group: Plain = ""
    reserve: int = Field(default=0, ge=0, le=1_000_000)
    substitutes: bool = True
    yearly_cap: int | None = Field(default=None, ge=1, le=1_000)
    publish_list: bool = False
    note: Plain = ""

    @model_validator(mode="after")
    def _consistent(self) -> LineSpec:
        if sum(d.host for d in self.departments) != 1:
            raise ValueError("one department must be the host")
        if next(d for d in self.departments if d.host).slots < 2:
            raise ValueError("the host brings two slots or more")
        if any(d.slots == 1 for d in self.departments):
            raise ValueError("a department brings no slot or two and more")
        if self.kind is not TaskKind.set and (self.ratio or self.ranges.stated()):
            whole = self.ratio is not None and self.kind is TaskKind.uniform and self.ratio.form == "exact"
            if not whole or self.ranges.stated():
                raise ValueError("an order draws all, a uniform slice one exact ratio for all classes")
        if self.kind is TaskKind.uniform and self.ratio is None:
            raise ValueError("a uniform slice states its exact ratio")
        return self

    @property
    def window(self) -> tuple[date, date]:
        """First and last day of all batches."""
        return min(b.first for b in self.batches), max(b.last for b in self.batches)


class ExtraMeans(Form):
    """Officer-days beside the register's (增援力量), called in or taken away: ``days`` may be negative."""

    region: Text
    skill: Text
    month: Month
    days: int = Field(ge=-10_000, le=10_000)


class PlanForm(Form):
    """A year's plan as a bureau states it: bounds, means and tasks.

    What is left out comes from the rules in force on the first day of the year: class ratios, the yearly cap, the cap of
    ordinary items, the plan's end.
    """

    plan: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
    title: Text
    year: int = Field(ge=2015, le=2100)
    operator: Text
    end: date | None = None
    held_back: Share = "20%"
    day_minutes: int = Field(default=420, ge=60, le=720)
    set_up: int = Field(default=40, ge=0, le=480)
    width: Share = "10%"
    slice: Share = "0.5%"
    give: Share = "0.25%"
    ranges: ClassRanges = ClassRanges()
    general_cap: Share | None = None
    yearly_cap: int | None = Field(default=None, ge=1, le=1_000)
    prior: Share = "5%"
    prior_weight: int = Field(default=20, ge=1, le=100_000)
    means: tuple[ExtraMeans, ...] = ()
    tasks: tuple[LineSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> PlanForm:
        codes = [line.code for line in self.tasks]
        if len(set(codes)) < len(codes):
            raise ValueError("two tasks bear one code")
        days = [day for line in self.tasks for b in line.batches for day in (b.first, b.last)]
        if any(day.year != self.year for day in days):
            raise ValueError("a batch lies outside the year")
        if self.end is not None and self.end.year != self.year:
            raise ValueError("the end lies outside the year")
        if share(self.width) == 0:
            raise ValueError("the width of an interval is above zero")
        return self


def read_plan(text: str) -> PlanForm:
    """Read a plan form.

    Raises
    ------
    EngineError
        ``plans.form-toml`` where it is no TOML; ``plans.form`` with the place and the fault of the first thing that does
        not fit, and how many more there are.
    """
    try:
        return plan_of(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise EngineError("plans.form-toml", fault=str(error)) from error


def plan_of(values: object) -> PlanForm:
    """Check plain values as a plan form; raises ``plans.form``."""
    try:
        return PlanForm.model_validate(values)
    except ValidationError as error:
        raise refusal("plans.form", error, values) from error


def shown(part: int, digits: int = 2) -> str:
    """Write parts per million as a percentage, without needless zeros."""
    percent = Fraction(part, PPM // 100)
    text = f"{float(percent):.{digits}f}".rstrip("0").rstrip(".")
    return f"{text}%"
