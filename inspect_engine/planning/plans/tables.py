"""The year's plan (年度抽查计划): its versions, their lines, and how many are drawn of whom and when."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class PlanState(StrEnum):
    """Where a version of a plan stands (计划状态).

    draft → approved → filed → published; a *refused* one was not approved, a *replaced* one has given way to a later
    version that was filed. Only a filed or published version is in force and can draw.
    """

    draft = "draft"
    approved = "approved"
    filed = "filed"
    published = "published"
    refused = "refused"
    replaced = "replaced"


class Plan(SQLModel, table=True):
    """One bureau's plan for one year (年度抽查计划); what it says stands in its versions."""

    __table_args__ = (sa.UniqueConstraint("operator", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    year: int = Field(index=True)
    operator: str = Field(foreign_key="agency.code")
    region_code: str = Field(foreign_key="region.code")


class PlanVersion(SQLModel, table=True):
    """One version of a plan (计划版本); each change makes a new one, with its ground, and is approved and filed anew.

    ``form`` is the plan form as it was accepted. ``problem`` is what the registers gave the model on the day on which the
    numbers were made, and ``answer`` what the model said of them: each aim with its value and the bound that no lawful
    plan passes; both null until solved.
    """

    __table_args__ = (
        sa.UniqueConstraint("plan_id", "number"),
        sa.UniqueConstraint("filed_with", "filing_number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    plan_id: int = Field(foreign_key="plan.id", index=True)
    number: int
    state: PlanState = Field(default=PlanState.draft, sa_type=enum_type(PlanState))
    form: dict[str, Any] = Field(sa_type=sa.JSON)
    problem: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    answer: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    ground: str
    made_by: str
    made_at: datetime
    rules_edition: str
    approval_id: int | None = Field(default=None, foreign_key="approval.id")
    filing_number: str | None = None
    filed_with: str | None = None
    filed_on: date | None = None
    published_at: datetime | None = None


class PlanLine(SQLModel, table=True):
    """One task of a plan's version (计划任务). ``body`` is its part of the form."""

    __table_args__ = (sa.UniqueConstraint("version_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    version_id: int = Field(foreign_key="planversion.id", index=True)
    number: int
    code: str
    name: str
    body: dict[str, Any] = Field(sa_type=sa.JSON)


class PlanCell(SQLModel, table=True):
    """Bodies of one class in one region that a line may draw (基数) on the day when the plan was solved.

    ``rate`` is the expected share of them with a problem [ppm]. Never public: it tells of classes.
    """

    line_id: int = Field(foreign_key="planline.id", primary_key=True)
    risk_class: str = Field(primary_key=True)
    region: str = Field(primary_key=True)
    population: int
    rate: int


class PlanNumber(SQLModel, table=True):
    """How many of a cell a line draws in a month (抽取数); months without a row draw nobody."""

    line_id: int = Field(foreign_key="planline.id", primary_key=True)
    risk_class: str = Field(primary_key=True)
    region: str = Field(primary_key=True)
    month: int = Field(primary_key=True)
    take: int
