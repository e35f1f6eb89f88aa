"""Regions and agencies, both trees; and the calendar of working days."""

from datetime import date
from enum import StrEnum

from sqlmodel import Field, SQLModel

from inspect_engine.store import enum_type


class Level(StrEnum):
    """Level of government (层级)."""

    nation = "nation"
    province = "province"
    city = "city"
    county = "county"
    town = "town"
    village = "village"


class Region(SQLModel, table=True):
    """A division (行政区划), GB/T 2260 down to counties (6 digits), GB/T 10114 for towns (9 digits)."""

    code: str = Field(primary_key=True)
    name: str
    level: Level = Field(sa_type=enum_type(Level))
    parent_code: str | None = Field(default=None, foreign_key="region.code", index=True)
    lon: float | None = None
    lat: float | None = None


class AgencyKind(StrEnum):
    """What a node of the agency tree is (机构性质)."""

    agency = "agency"
    section = "section"
    station = "station"
    team = "team"


class Agency(SQLModel, table=True):
    """An agency or a part of one (执法机关及其科室、所队).

    ``department`` is the short name under which its officers stand in a draw (``市监``); parts inherit it.
    """

    code: str = Field(primary_key=True)
    name: str
    department: str = Field(index=True)
    kind: AgencyKind = Field(default=AgencyKind.agency, sa_type=enum_type(AgencyKind))
    level: Level = Field(default=Level.county, sa_type=enum_type(Level))
    region_code: str = Field(foreign_key="region.code", index=True)
    parent_code: str | None = Field(default=None, foreign_key="agency.code", index=True)
    lon: float | None = None
    lat: float | None = None


class WorkDay(SQLModel, table=True):
    """One day of the Chinese calendar (工作日历): holidays and make-up days (调休) included."""

    day: date = Field(primary_key=True)
    works: bool
    name: str = ""
    source: str
