"""What an import did, or what kept it from doing anything (导入报告)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from inspect_engine.registers.importing.faults import Fault


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One import.

    Attributes
    ----------
    stored : bool
        False when faults kept everything out; the register is as it was.
    rows : int
        Rows of the file under its headings, blank ones left out.
    inserted, updated, unchanged, skipped : int
        What became of them; they sum to ``rows`` when ``stored``.
    added : int
        Records that the import made beside the file's rows: regions it names, days that complete a year.
    faults : tuple of Fault
        All of them, by place. Not empty with ``stored`` when faulty rows were skipped.
    notices : tuple of Fault
        What to know of rows that were taken.
    ignored : tuple of str
        Headings that the map does not speak of, and hidden sheets.
    root : str
        Merkle root of what changed, as in the event; empty when nothing did.
    event : int or None
        Number of the event; None when nothing changed.
    """

    kind: str
    file: str
    file_hash: str
    stored: bool
    rows: int
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    added: int = 0
    faults: tuple[Fault, ...] = ()
    notices: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()
    root: str = ""
    event: int | None = None

    def shown(self) -> dict[str, Any]:
        """Flat form for JSON."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in {"faults", "notices"}}
        return plain | {
            "ignored": list(self.ignored),
            "faults": [fault.shown() for fault in self.faults],
            "notices": [notice.shown() for notice in self.notices],
        }
