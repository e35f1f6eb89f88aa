"""Persons (执法检查人员名录库), their certificates, skills, leave and relations."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class Capacity(StrEnum):
    """As what a person comes along: an officer fills a slot, an expert advises (专家), a helper does neither (辅助人员)."""

    officer = "officer"
    expert = "expert"
    helper = "helper"


class Grade(StrEnum):
    """How long a person has done the work, where a team wants one of each (资历): senior or junior."""

    senior = "senior"
    junior = "junior"


class Person(SQLModel, table=True):
    """A person of a bureau (执法人员、专家或辅助人员), under the bureau's stable staff number."""

    id: int | None = Field(default=None, primary_key=True)
    staff_no: str = Field(unique=True)
    name: str
    capacity: Capacity = Field(default=Capacity.officer, sa_type=enum_type(Capacity))
    agency_code: str = Field(foreign_key="agency.code", index=True)
    unit_code: str | None = Field(default=None, foreign_key="agency.code")
    region_code: str = Field(foreign_key="region.code", index=True)
    may_lead: bool = False
    active: bool = True
    grade: Grade | None = Field(default=None, sa_type=enum_type(Grade))


class Certificate(SQLModel, table=True):
    """A licence to enforce (行政执法证). A person may hold several, each with its own expiry."""

    __table_args__ = (sa.UniqueConstraint("kind", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    number: str
    expires: date


class PersonSkill(SQLModel, table=True):
    """A field a person is qualified in (业务专长)."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    skill: str = Field(primary_key=True, index=True)


class StandingTeam(SQLModel, table=True):
    """Officers that are drawn as one (固定检查组)."""

    code: str = Field(primary_key=True)
    name: str


class TeamMember(SQLModel, table=True):
    """Who is in a standing team; a person is in one at the most."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    team_code: str = Field(foreign_key="standingteam.code", index=True)


class Relation(SQLModel, table=True):
    """Why an officer may not meet a target, or two officers not go together (回避关系).

    Exactly one of ``target_id`` and ``other_id`` is filled. ``ends`` is the first day on which it no longer
    bars; without it, it bars for ever.
    """

    __table_args__ = (
        sa.CheckConstraint("(target_id IS NULL) <> (other_id IS NULL)", name="relation_one_side"),
        sa.UniqueConstraint("person_id", "target_id", "other_id", "ground", "starts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    target_id: int | None = Field(default=None, foreign_key="target.id", index=True)
    other_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    ground: str
    starts: date
    ends: date | None = None
    source: str


class Leave(SQLModel, table=True):
    """Days on which a person is away (请假), both ends included."""

    __table_args__ = (sa.UniqueConstraint("person_id", "first", "last"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    first: date
    last: date
    ground: str
