"""The monthly draw (抽取): its stages, its files byte for byte, and what is secret in it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class DrawState(StrEnum):
    """The last step that was done. The only legal moves are one line down, and to ``void``."""

    new = "new"
    frozen = "frozen"
    seeded = "seeded"
    drawn = "drawn"
    routed = "routed"
    staffed = "staffed"
    reseeded = "reseeded"
    rostered = "rostered"
    void = "void"


class Draw(SQLModel, table=True):
    """One draw of one operator (抽取), numbered and chained from its commitment on; never deleted, never repeated.

    ``settings`` is the order form as it was read: tasks, seed rules, how rosters are made.
    """

    __table_args__ = (sa.UniqueConstraint("operator", "serial"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: str = Field(unique=True)
    operator: str = Field(foreign_key="agency.code", index=True)
    serial: int | None = None
    previous: str = ""
    after: str = ""
    month: str
    hash: str
    state: DrawState = Field(default=DrawState.new, sa_type=enum_type(DrawState))
    settings: dict[str, Any] = Field(sa_type=sa.JSON)
    rules_edition: str
    created_at: datetime
    voided_at: datetime | None = None
    void_ground: str = ""


class DrawTask(SQLModel, table=True):
    """A task of a draw, under the label that it bears in the draw's files."""

    draw_id: int = Field(foreign_key="draw.id", primary_key=True)
    task_id: int = Field(foreign_key="task.id", primary_key=True)
    label: str


class DrawStratum(SQLModel, table=True):
    """What a stratum's label means (分层). The label itself says nothing; this row is never published."""

    __table_args__ = (sa.UniqueConstraint("draw_id", "task", "stratum"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    task: str
    stratum: str
    cells: list[dict[str, Any]] = Field(sa_type=sa.JSON)
    merged: bool = False


class StageName(StrEnum):
    """The two stages of a draw: whom to inspect, and who inspects."""

    targets = "targets"
    officers = "officers"


class DrawContribution(SQLModel, table=True):
    """One contribution to a stage's seed (种子来源), in the order of the seed rule; never changed once given."""

    draw_id: int = Field(foreign_key="draw.id", primary_key=True)
    stage: StageName = Field(sa_type=enum_type(StageName), primary_key=True)
    position: int = Field(primary_key=True)
    value: str
    proof: str = ""
    at: datetime


class DrawWitness(SQLModel, table=True):
    """Somebody who saw a stage's commitment before its seed (见证), as the row that the pack will hold."""

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    stage: StageName = Field(sa_type=enum_type(StageName))
    row: dict[str, Any] = Field(sa_type=sa.JSON)


class DrawChange(SQLModel, table=True):
    """What truly changed of an officer between the stages (变动): away longer, or present after all."""

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    away: list[list[str]] = Field(sa_type=sa.JSON)
    present: list[list[str]] = Field(sa_type=sa.JSON)
    ground: str
    approver: str
    at: datetime


class DrawConsent(SQLModel, table=True):
    """An agency's word that the operator draws for it in a joint draw (联合抽查委托), before anything is frozen."""

    draw_id: int = Field(foreign_key="draw.id", primary_key=True)
    agency_code: str = Field(foreign_key="agency.code", primary_key=True)
    approver: str
    ground: str
    at: datetime


class DrawRemedy(SQLModel, table=True):
    """A remedy chosen where officers were short (人员缺口处置): what it changed, and the effect shown before it was taken."""

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    kind: str
    changes: dict[str, Any] = Field(sa_type=sa.JSON)
    effect: dict[str, Any] = Field(sa_type=sa.JSON)
    ground: str
    approver: str
    at: datetime


class DrawEvent(SQLModel, table=True):
    """A row of ``7-events.jsonl`` (抽取后事件): a substitution, a reserve called in or a body put back, a direct assignment."""

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    kind: str
    row: dict[str, Any] = Field(sa_type=sa.JSON)
    at: datetime


class Substitution(SQLModel, table=True):
    """Who follows an officer that leaves a slot (替换), from the request to its own small lottery (dr1 section 7).

    ``request`` is the parameters of that lottery, committed to before its contributions are known.
    """

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int = Field(foreign_key="draw.id", index=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    request: dict[str, Any] = Field(sa_type=sa.JSON)
    ground: str
    approver: str
    requested_at: datetime
    decided_at: datetime | None = None
    successor: str = ""


class DrawSecret(SQLModel, table=True):
    """Pepper and salt of a draw, apart from everything that those who draw can read."""

    draw_id: int = Field(foreign_key="draw.id", primary_key=True)
    pepper: str
    salt: str


class DrawFile(SQLModel, table=True):
    """One file of the pack, exactly as it was hashed."""

    draw_id: int = Field(foreign_key="draw.id", primary_key=True)
    name: str = Field(primary_key=True)
    content: bytes
