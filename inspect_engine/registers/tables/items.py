"""The list of inspection items (随机抽查事项清单): item → sub-item → version."""

from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.registers.tables.places import Level
from inspect_engine.store import enum_type


class ItemKind(StrEnum):
    """Key items have no upper ratio, general items are strictly limited (重点/一般检查事项, 国市监信〔2019〕38号)."""

    key = "key"
    general = "general"


class ItemState(StrEnum):
    """Where a version stands in its life (事项状态)."""

    draft = "draft"
    active = "active"
    suspended = "suspended"
    repealed = "repealed"


class RatioForm(StrEnum):
    """How a list states a ratio (抽查比例): not less than, not more than, exactly, as needed, or by risk class."""

    minimum = "minimum"
    maximum = "maximum"
    exact = "exact"
    free = "free"
    by_class = "by_class"


class Bound(StrEnum):
    """Which side a stated number limits."""

    minimum = "minimum"
    maximum = "maximum"
    exact = "exact"


class FrequencyForm(StrEnum):
    """The span in which the times are counted (抽查频次): years, a permit's term, or as needed."""

    per_years = "per_years"
    permit_term = "permit_term"
    free = "free"


class Item(SQLModel, table=True):
    """One item of the list (抽查事项); what the law says of it stands in its sub-items' versions."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    field: str
    power_code: str | None = Field(default=None, index=True)


class SubItem(SQLModel, table=True):
    """One point of an item (抽查子项、检查要点). An item without points has one that bears its own name."""

    __table_args__ = (sa.UniqueConstraint("item_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    code: str = Field(unique=True)
    number: int
    name: str


class ItemVersion(SQLModel, table=True):
    """What a sub-item says from one day to another (事项版本). Draws keep the version that they used.

    ``ratio`` and the values of ``ratio_by_class`` (``{"A": 10000, …}``; pairs for ranges) are parts per
    million; ``frequency_times`` is counted over ``frequency_years`` years, or the term of a permit.
    ``starts``–``ends`` is half open: in force on ``starts``, no longer on ``ends``.
    """

    __table_args__ = (sa.UniqueConstraint("sub_item_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    sub_item_id: int = Field(foreign_key="subitem.id", index=True)
    number: int
    starts: date
    ends: date | None = None
    state: ItemState = Field(default=ItemState.active, sa_type=enum_type(ItemState))
    basis: str
    level: Level | None = Field(default=None, sa_type=enum_type(Level))
    subject: str
    kind: ItemKind = Field(sa_type=enum_type(ItemKind))
    target_kind: str
    methods: list[str] = Field(sa_type=sa.JSON)
    ratio_form: RatioForm = Field(sa_type=enum_type(RatioForm))
    ratio: int | None = None
    ratio_by_class: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    ratio_text: str = ""
    frequency_form: FrequencyForm = Field(sa_type=enum_type(FrequencyForm))
    frequency_bound: Bound | None = Field(default=None, sa_type=enum_type(Bound))
    frequency_times: int | None = None
    frequency_years: int | None = None
    frequency_text: str = ""
    officer_requirement: str = ""
    skill: str | None = None
    minutes: int = 60
    standard: str = ""
    note: str = ""
    ground: str = ""
    approval_id: int | None = Field(default=None, foreign_key="approval.id")
