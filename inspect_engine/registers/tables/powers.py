"""Powers (权力清单) with their duties and accountability cases (责任清单), and where each item stands of three lists."""

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.registers.tables.items import ItemState
from inspect_engine.registers.tables.places import Level
from inspect_engine.store import enum_type


class PowerKind(StrEnum):
    """What a power does (权力类别); the ten kinds of 中办发〔2015〕21号."""

    licence = "licence"
    penalty = "penalty"
    coercion = "coercion"
    levy = "levy"
    grant = "grant"
    inspection = "inspection"
    confirmation = "confirmation"
    reward = "reward"
    ruling = "ruling"
    other = "other"


class Listing(StrEnum):
    """Which of the three lists an item stands on (三张清单, 浙市监信〔2025〕1号).

    *undisturbed*: off-site suffices, nobody calls unasked (无事不扰); *key*: public safety, life and health (重点监管);
    *random*: all others (随机抽查).
    """

    undisturbed = "undisturbed"
    random = "random"
    key = "key"


class Power(SQLModel, table=True):
    """One power of the list (权力事项); what the law says of it stands in its versions."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    kind: PowerKind = Field(sa_type=enum_type(PowerKind))


class PowerVersion(SQLModel, table=True):
    """What a power is from one day to another, and whose (权力版本).

    ``starts``–``ends`` is half open. ``agency_code`` names the one body that has the power; without it every agency of
    ``level`` and ``department`` has it, an empty department standing for all. ``subject`` is the list's own wording.
    """

    __table_args__ = (sa.UniqueConstraint("power_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    power_id: int = Field(foreign_key="power.id", index=True)
    number: int
    starts: date
    ends: date | None = None
    state: ItemState = Field(default=ItemState.active, sa_type=enum_type(ItemState))
    basis: str
    level: Level = Field(sa_type=enum_type(Level))
    department: str = ""
    agency_code: str | None = Field(default=None, foreign_key="agency.code", index=True)
    subject: str
    ground: str = ""
    approval_id: int | None = Field(default=None, foreign_key="approval.id")


class Duty(SQLModel, table=True):
    """A duty that goes with a power, from one day to another (责任事项, 责任岗位).

    ``least_times`` is the least number of inspections a year that the duty asks for, where it asks for any.
    ``agency_code`` is who bears it; without it, whoever has the power.
    """

    __table_args__ = (sa.UniqueConstraint("code", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    power_id: int = Field(foreign_key="power.id", index=True)
    code: str = Field(index=True)
    number: int
    starts: date
    ends: date | None = None
    text: str
    post: str
    basis: str
    agency_code: str | None = Field(default=None, foreign_key="agency.code")
    least_times: int | None = None
    ground: str = ""
    approval_id: int | None = Field(default=None, foreign_key="approval.id")


class AccountabilityCase(SQLModel, table=True):
    """A case in which who holds a power is called to account, from one day to another (追责情形)."""

    __table_args__ = (sa.UniqueConstraint("code", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    power_id: int = Field(foreign_key="power.id", index=True)
    code: str = Field(index=True)
    number: int
    starts: date
    ends: date | None = None
    text: str
    basis: str
    agency_code: str | None = Field(default=None, foreign_key="agency.code")
    ground: str = ""
    approval_id: int | None = Field(default=None, foreign_key="approval.id")


class ItemListing(SQLModel, table=True):
    """On which of the three lists an item stands from one day to another (清单归属); never on two at once."""

    __table_args__ = (
        sa.UniqueConstraint("item_id", "number"),
        sa.Index(
            "itemlisting_one_at_a_time",
            "item_id",
            unique=True,
            sqlite_where=sa.text("ends IS NULL"),
            postgresql_where=sa.text("ends IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    item_id: int = Field(foreign_key="item.id", index=True)
    number: int
    starts: date
    ends: date | None = None
    listing: Listing = Field(sa_type=enum_type(Listing))
    ground: str = ""
    approval_id: int | None = Field(default=None, foreign_key="approval.id")
