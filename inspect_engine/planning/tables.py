"""Tasks (抽查任务): what may be drawn, for whom, when, and on whose approval."""

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class Source(StrEnum):
    """On what a task rests (任务来源): a line of the year's plan, or an approved exception (临时任务)."""

    plan = "plan"
    exception = "exception"


class TaskKind(StrEnum):
    """What a task draws (任务类别).

    A *set* draws who is inspected; an *order* draws in which order all are (分批次序, 重点 items of high ratio); a
    *uniform* slice ignores risk, so that it measures without bias (均匀抽样).
    """

    set = "set"
    order = "order"
    uniform = "uniform"


class Method(StrEnum):
    """How a line is inspected (检查方式). Paper and network lines put no visit on the road."""

    onsite = "onsite"
    paper = "paper"
    network = "network"


class Task(SQLModel, table=True):
    """One task (抽查任务) of one month.

    ``scope`` holds what the task is limited to (``regions``, ``kinds``, ``industries``, ``labels``: each a list,
    an empty one limiting nothing) — 定向 when it limits more than regions, 不定向 otherwise. ``strata`` names the
    registers' fields that split it (``class``, ``region``), ``ratios`` the number or ratio for each class.
    Both are kept as they were asked for, so that a draw can be explained from its own words.
    """

    id: int | None = Field(default=None, primary_key=True)
    month: str = Field(index=True)
    code: str
    name: str
    kind: TaskKind = Field(default=TaskKind.set, sa_type=enum_type(TaskKind))
    source: Source = Field(sa_type=enum_type(Source))
    plan_line_id: int | None = Field(default=None, index=True)
    approval_id: int | None = Field(default=None, foreign_key="approval.id")
    method: Method = Field(sa_type=enum_type(Method))
    window_first: date
    window_last: date
    batches: list[list[str]] = Field(default_factory=list, sa_type=sa.JSON)
    group: str = ""
    scope: dict[str, Any] = Field(sa_type=sa.JSON)
    strata: list[str] = Field(sa_type=sa.JSON)
    ratios: dict[str, Any] = Field(sa_type=sa.JSON)
    reserve: int = 0
    substitutes: bool = True
    yearly_cap: int | None = None
    publish_list: bool = False


class TaskDepartment(SQLModel, table=True):
    """A department of a task: its host (牵头部门) or a joiner (参与部门), and the slots it brings to each route."""

    task_id: int = Field(foreign_key="task.id", primary_key=True)
    agency_code: str = Field(foreign_key="agency.code", primary_key=True)
    department: str
    host: bool
    slots: int = 2


class TaskItem(SQLModel, table=True):
    """A sub-item's version that a task inspects, and the department that answers for it."""

    task_id: int = Field(foreign_key="task.id", primary_key=True)
    item_version_id: int = Field(foreign_key="itemversion.id", primary_key=True)
    department: str
