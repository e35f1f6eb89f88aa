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
    """One draw of one operator (抽取), numbered and chained; never deleted, never repeated."""

    __table_args__ = (sa.UniqueConstraint("operator", "serial"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: str = Field(unique=True)
    operator: str = Field(foreign_key="agency.code", index=True)
    serial: int
    previous: str
    after: str
    month: str
    hash: str
    state: DrawState = Field(default=DrawState.new, sa_type=enum_type(DrawState))
    settings: dict[str, Any] = Field(sa_type=sa.JSON)
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
