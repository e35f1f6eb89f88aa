"""What can be done with the registers: import, list what they hold, keep the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, SQLModel, col, func, select

from inspect_engine.registers.calendar import known_years, seed_calendar, work_days
from inspect_engine.registers.importing import ImportReport, import_file, load_map, shipped_map, shipped_maps
from inspect_engine.registers.tables import (
    Agency,
    ItemVersion,
    Leave,
    PastVisit,
    Person,
    Region,
    Relation,
    Target,
)

__all__ = [
    "Count",
    "ImportReport",
    "counts",
    "import_file",
    "known_years",
    "load_map",
    "seed_calendar",
    "shipped_map",
    "shipped_maps",
    "targets_by_region",
    "work_days",
]

_TABLES: tuple[tuple[str, type[SQLModel]], ...] = (
    ("regions", Region),
    ("agencies", Agency),
    ("targets", Target),
    ("officers", Person),
    ("items", ItemVersion),
    ("relations", Relation),
    ("leave", Leave),
    ("history", PastVisit),
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows a register has."""

    register: str
    rows: int


def counts(session: Session) -> tuple[Count, ...]:
    """Rows of every register."""
    return tuple(
        Count(name, session.exec(select(func.count()).select_from(table)).one()) for name, table in _TABLES
    )


def targets_by_region(session: Session) -> dict[str, int]:
    """Targets by supervising region (管辖地), by code."""
    region = col(Target.supervising_region)
    query = select(region, func.count()).group_by(region).order_by(region)
    return dict(session.exec(query).all())
