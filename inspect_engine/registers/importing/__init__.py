"""Import of registers from CSV and XLSX (名录导入): one door, one report, all or nothing."""

from inspect_engine.registers.importing.door import import_file
from inspect_engine.registers.importing.faults import Fault, Place
from inspect_engine.registers.importing.kinds import KINDS
from inspect_engine.registers.importing.maps import ColumnMap, load_map, parse_map, shipped_map, shipped_maps
from inspect_engine.registers.importing.report import ImportReport

__all__ = [
    "KINDS",
    "ColumnMap",
    "Fault",
    "ImportReport",
    "Place",
    "import_file",
    "load_map",
    "parse_map",
    "shipped_map",
    "shipped_maps",
]
