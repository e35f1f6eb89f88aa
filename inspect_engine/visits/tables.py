"""Visits, routes, slots and assignments: who meets whom, on which day, for which items."""

from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from inspect_engine.planning.tables import Method
from inspect_engine.registers.tables import Origin
from inspect_engine.store import enum_type


class VisitState(StrEnum):
    """Where a visit stands (检查状态); one put back is out of its draw, and moved ones stay planned."""

    planned = "planned"
    begun = "begun"
    done = "done"
    put_back = "put_back"
    impossible = "impossible"
    cancelled = "cancelled"


class Visit(SQLModel, table=True):
    """One meeting with one body for all its items (综合查一次), whatever brought it about."""

    __table_args__ = (sa.UniqueConstraint("draw_id", "target_id"),)

    id: int | None = Field(default=None, primary_key=True)
    origin: Origin = Field(sa_type=enum_type(Origin))
    draw_id: int | None = Field(default=None, foreign_key="draw.id", index=True)
    target_id: int = Field(foreign_key="target.id", index=True)
    window_first: date
    window_last: date
    minutes: int
    road: bool
    agreed_day: date | None = None
    agreed_at: time | None = None
    state: VisitState = Field(default=VisitState.planned, sa_type=enum_type(VisitState))
    approval_id: int | None = Field(default=None, foreign_key="approval.id")


class VisitLine(SQLModel, table=True):
    """One item of a visit (检查事项), with the department that answers for it; findings will hang on it."""

    __table_args__ = (sa.UniqueConstraint("visit_id", "task_id", "item_version_id"),)

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    item_version_id: int = Field(foreign_key="itemversion.id")
    department: str
    agency_code: str = Field(foreign_key="agency.code")
    method: Method = Field(sa_type=enum_type(Method))


class Route(SQLModel, table=True):
    """The visits one team makes on one date (检查批次). Desk work goes on routes too, without a road.

    ``minutes`` is the whole day from station to station, ``travel`` the road in it. ``direct`` says that the head names
    its team (直接委派), as the recorded exception: it stands outside the lottery.
    """

    __table_args__ = (sa.UniqueConstraint("draw_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    draw_id: int | None = Field(default=None, foreign_key="draw.id", index=True)
    code: str
    day: date
    road: bool
    minutes: int
    travel: int = 0
    direct: bool = False


class RouteVisit(SQLModel, table=True):
    """A visit's place on a route. A joint visit stands on one route; its departments' slots go there together."""

    route_id: int = Field(foreign_key="route.id", primary_key=True)
    visit_id: int = Field(foreign_key="visit.id", primary_key=True)
    position: int
    begins: time | None = None


class Slot(SQLModel, table=True):
    """One place in a route's team (岗位)."""

    __table_args__ = (sa.UniqueConstraint("route_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    route_id: int = Field(foreign_key="route.id", index=True)
    code: str
    department: str
    lead: bool
    skills: list[str] = Field(sa_type=sa.JSON)


class Mode(StrEnum):
    """How an officer came to a slot (选派方式): by lottery, as a substitute by lottery, or by direct assignment (直接委派)."""

    lottery = "lottery"
    substitute = "substitute"
    direct = "direct"


class Assignment(SQLModel, table=True):
    """An officer in a slot (选派). Nothing is overwritten: who leaves gets an end, who follows a row.

    A standing team drawn as one has a row for each of its members.
    """

    __table_args__ = (
        sa.Index(
            "assignment_one_at_a_time",
            "slot_id",
            "person_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    mode: Mode = Field(sa_type=enum_type(Mode))
    since: datetime
    ended_at: datetime | None = None
    ground: str = ""
    follows_id: int | None = Field(default=None, foreign_key="assignment.id")


class VisitMove(SQLModel, table=True):
    """A visit's new date after the lottery (改期), with ground and approver; the newest row holds.

    ``told_on`` is the day on which the body was told of the date, where the law has it told; never of a name.
    """

    id: int | None = Field(default=None, primary_key=True)
    visit_id: int = Field(foreign_key="visit.id", index=True)
    from_day: date
    to_day: date
    ground: str
    approver: str
    at: datetime
    told_on: date | None = None


class Companion(SQLModel, table=True):
    """An expert beside a team (随行专家): advises, signs nothing, and never fills a slot."""

    route_id: int = Field(foreign_key="route.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    skill: str
    ground: str
    approver: str
    at: datetime
