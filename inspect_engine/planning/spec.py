"""The order form of a draw: what ``draw new`` reads from TOML, checked for form before it meets the registers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from inspect_engine.errors import EngineError
from inspect_engine.planning.form_faults import refusal
from inspect_engine.planning.tables import Method, TaskKind
from inspect_engine.registers.tables import TargetKind
from solver.dr1.encoding import Row, check_text
from solver.dr1.errors import ProtocolError


def _plain(value: str) -> str:
    try:
        check_text(value)
    except ProtocolError as error:
        raise ValueError(error.code) from error
    return value


def _clean(value: str) -> str:
    if not value.strip():
        raise ValueError("empty")
    return _plain(value)


#: Few digits and no exponent: ``Fraction`` would take "1e-9999999999" and fill the memory with its zeros.
_SHARE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}|/[0-9]{1,9})?[%‰]?")
_COUNT = re.compile(r"[0-9]{1,9}")


def _share(value: str) -> Fraction:
    """Read ``"5%"``, ``"2‰"``, ``"1/4"`` or ``"0.05"`` exactly."""
    if not _SHARE.fullmatch(value) or re.search("/0+[%‰]?$", value):
        raise ValueError("not a share")
    scale = {"%": 100, "‰": 1000}.get(value[-1:], 1)
    share = Fraction(value.rstrip("%‰")) / scale
    if not 0 <= share <= 1:
        raise ValueError("outside 0 to 1")
    return share


def _cap(value: str) -> str:
    """A share above zero with a denominator up to 1000: finer ones would only lie too close to others."""
    if _share(value) == 0 or _share(value).denominator > 1000:
        raise ValueError("not a share above zero with a denominator up to 1000")
    return value


def share(value: str) -> Fraction:
    """Read a share that the form has already accepted."""
    return _share(value)


Text = Annotated[str, AfterValidator(_clean)]
Plain = Annotated[str, AfterValidator(_plain)]

#: What every database holds and JSON carries.
_MOST = 2**31 - 1


class Form(BaseModel):
    """Frozen, and without a field that nobody asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scope(Form):
    """Whom a task is limited to (抽查范围); an empty list limits nothing.

    ``industries`` are prefixes of GB/T 4754 codes: ``"C14"`` covers ``C1432``; a letter alone covers its section.
    """

    regions: tuple[Text, ...] = ()
    kinds: tuple[TargetKind, ...] = ()
    industries: tuple[Text, ...] = ()
    labels: tuple[Text, ...] = ()


class CellNumber(Form):
    """How many of one class in one region a plan draws (计划抽取数)."""

    risk_class: Literal["A", "B", "C", "D"]
    region: Text
    take: int = Field(ge=0, le=_MOST)


class Ratios(Form):
    """How many of each class (抽查比例): a share or, where ``form`` is ``count``, a number.

    ``all`` serves the classes that are not named, and targets without a class. ``planned`` numbers come from a filed plan
    alone, one for each class and region; who is in neither of its cells is not drawn.
    """

    form: Literal["minimum", "maximum", "exact", "count", "planned"]
    all: str | None = None
    A: str | None = None
    B: str | None = None
    C: str | None = None
    D: str | None = None
    cells: tuple[CellNumber, ...] = ()

    @model_validator(mode="after")
    def _readable(self) -> Ratios:
        stated = [value for value in (self.all, self.A, self.B, self.C, self.D) if value is not None]
        if bool(self.cells) != (self.form == "planned") or (self.cells and stated):
            raise ValueError("a plan's numbers stand in cells, and nothing else does")
        if len({(c.risk_class, c.region) for c in self.cells}) < len(self.cells):
            raise ValueError("two cells are of one class and region")
        if not stated and not self.cells:
            raise ValueError("no class has a number")
        for value in stated:
            self._read(value)
        return self

    def _read(self, value: str) -> Fraction:
        if self.form != "count":
            return _share(value)
        if not _COUNT.fullmatch(value):
            raise ValueError("not a whole number")
        return Fraction(value)

    def of(self, risk_class: str) -> Fraction | None:
        """Share or number asked for one class (``""`` for none); None where neither it nor ``all`` is stated."""
        stated = getattr(self, risk_class, None) if risk_class else None
        value = self.all if stated is None else stated
        return None if value is None else self._read(value)


class Department(Form):
    """A department of a task (牵头或参与部门) and the slots that it brings to each route; none lets the host's suffice."""

    department: Text
    agency: Text
    host: bool = False
    slots: int = Field(default=2, ge=0, le=8)


class ExceptionGround(Form):
    """On whose word a task outside the plan rests (临时任务审批): two persons, and why."""

    ground: Text
    asked_by: Text
    decided_by: Text

    @model_validator(mode="after")
    def _two_persons(self) -> ExceptionGround:
        if self.asked_by == self.decided_by:
            raise ValueError("asked_by and decided_by are one person")
        return self


class TaskSpec(Form):
    """One task of the order form (抽查任务)."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,16}$")]
    name: Text
    items: tuple[Text, ...] = Field(min_length=1)
    kind: TaskKind = TaskKind.set
    method: Method = Method.onsite
    window: tuple[date, date]
    batches: tuple[tuple[date, date], ...] = ()
    group: Plain = ""
    reserve: int = Field(default=0, ge=0, le=_MOST)
    substitutes: bool = True
    yearly_cap: int | None = Field(default=None, ge=1, le=_MOST)
    publish_list: bool = False
    strata: tuple[Literal["class", "region"], ...] = ("class",)
    exception: ExceptionGround | None = None
    plan_line: int | None = Field(default=None, ge=1, le=_MOST)
    scope: Scope = Scope()
    ratios: Ratios
    departments: tuple[Department, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> TaskSpec:
        if self.window[0] > self.window[1]:
            raise ValueError("window ends before it begins")
        if sum(d.host for d in self.departments) != 1:
            raise ValueError("one department must be the host")
        host = next(d for d in self.departments if d.host)
        if host.slots < 1 or sum(d.slots for d in self.departments) < 2:
            raise ValueError("the host brings a slot, and a route has two or more")
        if (self.exception is None) == (self.plan_line is None):
            raise ValueError("a task rests on a plan line or on an approved exception, and on one of them")
        self._check_batches()
        if self.kind is TaskKind.uniform and (self.strata or self.ratios.all is None):
            raise ValueError("a uniform slice has no strata and one ratio for all")
        if self.ratios.cells and (self.plan_line is None or self.strata != ("class", "region")):
            raise ValueError("numbers by cell are a filed plan's, with strata by class and region")
        return self

    def _check_batches(self) -> None:
        if self.batches and self.kind is not TaskKind.order:
            raise ValueError("only an order has batches")
        first, last = self.window
        if not all(first <= begins <= ends <= last for begins, ends in self.batches):
            raise ValueError("a batch lies outside the window, or ends before it begins")


class HandExclusion(Form):
    """A body left out by hand (人工剔除): ground, evidence and a second person are needed, before the commitment."""

    key: Text
    task: Text
    ground: Text
    evidence: Text
    asked_by: Text
    decided_by: Text

    @model_validator(mode="after")
    def _two_persons(self) -> HandExclusion:
        if self.asked_by == self.decided_by:
            raise ValueError("asked_by and decided_by are one person")
        return self


#: Most dice digits that a lottery may ask for: more than any table throws, and no number that cannot be met.
MOST_DICE = 1_000


def many_dice(rule: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Rows of a seed rule that ask for more dice than can be thrown."""
    return [row for row in rule if isinstance(row.get("digits"), int) and int(str(row["digits"])) > MOST_DICE]


class SeedRules(Form):
    """The contributions of both stages, as ``dr1`` section 3 writes them."""

    targets: tuple[dict[str, str | int], ...] = Field(min_length=1)
    officers: tuple[dict[str, str | int], ...] = Field(min_length=1)


class CompositionSpec(Form):
    """Which sorts of officers the slots of one department take, on every route of the draw (人员搭配)."""

    department: Text
    grades: bool = False
    mixed_units: bool = False
    sides: tuple[tuple[Text, ...], ...] = ()
    teams: Literal["none", "only", "mixed"] = "none"

    @model_validator(mode="after")
    def _possible(self) -> CompositionSpec:
        if not (self.grades or self.mixed_units or self.teams != "none"):
            raise ValueError("a composition asks for nothing")
        if self.teams != "none" and (self.grades or self.mixed_units):
            raise ValueError("a standing team has members of many grades and units")
        if self.sides and not self.mixed_units:
            raise ValueError("sides are of mixed units alone")
        if self.sides and (len(self.sides) != 2 or not all(self.sides)):
            raise ValueError("units have two sides, and neither is empty")
        units = [unit for side in self.sides for unit in side]
        if len(set(units)) < len(units):
            raise ValueError("a unit stands twice")
        return self


class JointDays(Form):
    """Days of the week, 1 Monday to 7 Sunday, on which a department is free to go along with others (联合检查日)."""

    department: Text
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1)


class Neighbours(Form):
    """Agencies of neighbouring areas whose officers may be called in (异地借调), and the department that they would come to."""

    department: Text
    agencies: tuple[Text, ...] = Field(min_length=1)


class DrawSpec(Form):
    """One draw (抽取): its tasks, its seed rules, and how the rosters are made."""

    draw_id: Text
    operator: Text
    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    after: Plain = ""
    hash: Literal["sha256", "sm3"] = "sha256"
    pair_cap: Annotated[str, AfterValidator(_cap)] = "1/4"
    loads: Literal["even", "whole"] = "even"
    day_minutes: int = Field(default=420, ge=60, le=720)
    own_station: bool = True
    same_street: bool = False
    joint_days: tuple[JointDays, ...] = ()
    neighbours: tuple[Neighbours, ...] = ()
    rotation: bool = False
    composition: tuple[CompositionSpec, ...] = ()
    seed: SeedRules
    tasks: tuple[TaskSpec, ...] = Field(min_length=1)
    exclusions: tuple[HandExclusion, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> DrawSpec:
        if not any(f"{t.window[0]:%Y-%m}" <= self.month <= f"{t.window[1]:%Y-%m}" for t in self.tasks):
            raise ValueError("no window touches the month")
        codes = [task.code for task in self.tasks]
        if len(set(codes)) < len(codes):
            raise ValueError("two tasks bear one code")
        if unknown := {e.task for e in self.exclusions} - set(codes):
            raise ValueError(f"exclusions name unknown tasks: {sorted(unknown)}")
        if max(t.window[0] for t in self.tasks) > min(t.window[1] for t in self.tasks):
            raise ValueError(
                "the tasks' windows have no day in common, and one body may be drawn by all of them"
            )
        self._check_compositions()
        named = {one.department for one in self.joint_days} | {one.department for one in self.neighbours}
        if unknown := named - {d.department for task in self.tasks for d in task.departments}:
            raise ValueError(
                f"joint days or neighbours are of departments that no task has: {sorted(unknown)}"
            )
        return self

    def _check_compositions(self) -> None:
        names = [one.department for one in self.composition]
        if len(set(names)) < len(names):
            raise ValueError("two compositions are of one department")
        coming = [d for task in self.tasks for d in task.departments if d.slots]
        if idle := set(names) - {d.department for d in coming}:
            raise ValueError(f"a composition is of a department without slots: {sorted(idle)}")
        in_teams = {one.department for one in self.composition if one.teams != "none"}
        if any(d.slots == 1 and d.department not in in_teams for d in coming):
            raise ValueError("a department brings no slot or two and more, or one for its standing team")

    def rule(self, stage: Literal["targets", "officers"]) -> list[Row]:
        """Seed rule of one stage as the protocol's rows."""
        return [dict(row) for row in getattr(self.seed, stage)]


def read_spec(text: str) -> DrawSpec:
    """Read an order form.

    Raises
    ------
    EngineError
        ``planning.spec-toml`` where it is no TOML; those of :func:`spec_of_values`.
    """
    return spec_of_values(read_values(text))


def read_values(text: str) -> dict[str, object]:
    """Read TOML, whatever it says; raises ``planning.spec-toml``."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise EngineError("planning.spec-toml", fault=str(error)) from error


def spec_of_values(values: object) -> DrawSpec:
    """Check plain values as an order form.

    Raises
    ------
    EngineError
        ``planning.spec-form`` with the place and the fault of the first thing that does not fit, and how many more there are.
    """
    try:
        return DrawSpec.model_validate(values)
    except ValidationError as error:
        raise refusal("planning.spec-form", error, values) from error
