"""Actors, approvals and the append-only log of every change (留痕)."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class Role(StrEnum):
    """What an actor is trusted with (角色)."""

    registrar = "registrar"
    planner = "planner"
    drawer = "drawer"
    approver = "approver"
    officer = "officer"
    reviewer = "reviewer"
    publisher = "publisher"
    supervisor = "supervisor"
    auditor = "auditor"
    integrator = "integrator"
    administrator = "administrator"


class Actor(SQLModel, table=True):
    """Who acts (操作人): a person of the bureau, or another system. A person may hold several roles as several actors."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    role: Role = Field(sa_type=enum_type(Role))
    person_id: int | None = Field(default=None, foreign_key="person.id")
    agency_code: str | None = Field(default=None, foreign_key="agency.code")
    active: bool = True


class Decision(StrEnum):
    """What an approver said (审批结论)."""

    approved = "approved"
    refused = "refused"


class Approval(SQLModel, table=True):
    """One decision of a second person over one act (审批). Who acts never approves."""

    __table_args__ = (sa.CheckConstraint("asked_by <> decided_by", name="approval_second_person"),)

    id: int | None = Field(default=None, primary_key=True)
    subject: str = Field(index=True)
    asked_by: int = Field(foreign_key="actor.id")
    decided_by: int = Field(foreign_key="actor.id")
    decision: Decision = Field(sa_type=enum_type(Decision))
    ground: str
    at: datetime


class Event(SQLModel, table=True):
    """One change, kept as the canonical bytes that were hashed; never updated, never deleted.

    ``body`` is RFC 8785 JSON with ``seq``, ``at``, ``actor``, ``kind``, ``subject``, ``ground``, ``data``,
    ``personal`` (the salted hash of what stands apart, or empty) and ``previous`` (the hash of the body before).
    The other columns repeat what queries need; ``log fsck`` compares them.
    """

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    kind: str = Field(index=True)
    subject: str = Field(index=True)
    body: bytes
    hash: str = Field(unique=True)


class EventPayload(SQLModel, table=True):
    """Personal data of an event (个人信息载荷), apart from its bytes so that retention rules can erase it."""

    seq: int = Field(primary_key=True, foreign_key="event.seq")
    salt: str
    content: bytes | None = None
    erased_at: datetime | None = None
