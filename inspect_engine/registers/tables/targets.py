"""Targets (检查对象名录库), their permits, and the history of visits to them."""

from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class TargetKind(StrEnum):
    """What is inspected (检查对象类别): bodies, and also products, projects and behaviours (国市监信〔2019〕38号)."""

    enterprise = "enterprise"
    sole_trader = "sole_trader"
    cooperative = "cooperative"
    institution = "institution"
    social_organisation = "social_organisation"
    state_organ = "state_organ"
    other_body = "other_body"
    product = "product"
    project = "project"
    behaviour = "behaviour"


class TargetState(StrEnum):
    """Whether a body can be inspected (存续状态). Only ``live`` bodies are drawn."""

    live = "live"
    suspended = "suspended"
    deregistered = "deregistered"
    licence_revoked = "licence_revoked"
    annulled = "annulled"
    moved_out = "moved_out"


class RiskClass(StrEnum):
    """Credit risk class (信用风险分类, 国市监信发〔2022〕6号), low to high. Never shown in public."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Target(SQLModel, table=True):
    """One target (检查对象), under the key of its real-world body.

    ``key`` is the unified social credit code, or another registered identifier after ``REG:``. The region
    inside a unified code is where the body was *first* registered; ``supervising_region`` is who answers for it
    now. Products, projects and behaviours name the body that answers for them in ``owner_key``. ``opens`` and
    ``closes`` are its hours (营业时间), ``closed_on`` the days of the week on which it is shut (1 Monday to 7).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    kind: TargetKind = Field(sa_type=enum_type(TargetKind))
    owner_key: str | None = Field(default=None, index=True)
    registering_region: str | None = None
    supervising_region: str = Field(foreign_key="region.code", index=True)
    station_code: str | None = Field(default=None, foreign_key="agency.code")
    town_code: str | None = Field(default=None, foreign_key="region.code", index=True)
    industry: str | None = Field(default=None, index=True)
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    opens: time | None = None
    closes: time | None = None
    closed_on: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    state: TargetState = Field(default=TargetState.live, sa_type=enum_type(TargetState))
    established: date | None = None
    risk_class: RiskClass | None = Field(default=None, sa_type=enum_type(RiskClass))
    risk_source: str = ""
    risk_date: date | None = None
    changed_at: datetime


class TargetLabel(SQLModel, table=True):
    """A label of a target (标签), such as a trade or a special library (专项库)."""

    target_id: int = Field(foreign_key="target.id", primary_key=True)
    label: str = Field(primary_key=True, index=True)


class Permit(SQLModel, table=True):
    """A permit of a target (许可证), whose term some frequencies are counted in."""

    __table_args__ = (sa.UniqueConstraint("kind", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    target_id: int = Field(foreign_key="target.id", index=True)
    kind: str
    number: str
    starts: date
    ends: date | None = None


class Origin(StrEnum):
    """Why a visit is made (来源): drawn, for cause (有因), to re-check (复查), by the head's direct order, or on request."""

    draw = "draw"
    reactive = "reactive"
    recheck = "recheck"


class PastVisit(SQLModel, table=True):
    """A visit that was made (检查记录), of whichever system; what caps and frequencies are counted from.

    ``result`` is what it found (检查结果), a code of the rules' ``result-codes``; None where nobody said.
    """

    __table_args__ = (
        sa.UniqueConstraint("agency_code", "target_id", "day", "origin", "reference"),
        sa.Index("pastvisit_target_day", "target_id", "day"),
    )

    id: int | None = Field(default=None, primary_key=True)
    agency_code: str = Field(foreign_key="agency.code")
    target_id: int = Field(foreign_key="target.id")
    day: date
    origin: Origin = Field(sa_type=enum_type(Origin))
    on_site: bool
    sub_item_code: str | None = None
    reference: str = ""
    result: str | None = None
