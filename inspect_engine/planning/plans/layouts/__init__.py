"""Plan sheets in the layouts that bureaus use (计划表): read into a plan form, written from one."""

from inspect_engine.planning.plans.layouts.carried import carried, carried_fields
from inspect_engine.planning.plans.layouts.column import LineTotals
from inspect_engine.planning.plans.layouts.faults import SheetError, SheetFault, TakenSheet
from inspect_engine.planning.plans.layouts.layout import Layout, layout_named, shipped_layouts
from inspect_engine.planning.plans.layouts.names import AgencyName, ItemName, Names, names_from, names_of
from inspect_engine.planning.plans.layouts.reading import PlanHeader, read_sheet, take_sheet
from inspect_engine.planning.plans.layouts.writing import write_sheet

__all__ = [
    "AgencyName",
    "ItemName",
    "Layout",
    "LineTotals",
    "Names",
    "PlanHeader",
    "SheetError",
    "SheetFault",
    "TakenSheet",
    "carried",
    "carried_fields",
    "layout_named",
    "names_from",
    "names_of",
    "read_sheet",
    "shipped_layouts",
    "take_sheet",
    "write_sheet",
]
