"""All tables in one place, for migrations and for whoever opens a store."""

from sqlmodel import SQLModel

import inspect_engine.drawing.tables
import inspect_engine.events.tables
import inspect_engine.planning.plans.tables
import inspect_engine.planning.tables
import inspect_engine.registers.tables
import inspect_engine.visits.approvals
import inspect_engine.visits.tables  # noqa: F401

metadata = SQLModel.metadata
