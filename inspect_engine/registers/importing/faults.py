"""What is wrong with a file, place by place (导入错误): a stable code, and words in two languages."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_engine.errors import Language, words


class Bad(Exception):  # noqa: N818 - it never leaves this package: the row turns it into a Fault
    """One cell or row that cannot be taken, before its place is known; ``column`` names the field, if one is to blame."""

    def __init__(self, code: str, column: str = "", **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.column = column
        self.params = params


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands: sheet by its order and name (empty for CSV), row as a spreadsheet numbers it, from 1."""

    order: int
    sheet: str
    row: int

    def __str__(self) -> str:
        return f"{self.sheet}!{self.row}" if self.sheet else str(self.row)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file.

    Attributes
    ----------
    place : Place
        Sheet and row.
    column : str
        Heading as the file writes it; empty where the whole row is meant.
    code : str
        Stable code; its words stand in ``words/registers.toml``.
    params : tuple of (str, str)
        Values for the words.
    """

    place: Place
    column: str
    code: str
    params: tuple[tuple[str, str], ...] = ()

    def message(self, language: Language) -> str:
        """What is wrong, in words."""
        return words("registers")[self.code][language].format_map(dict(self.params))

    def remedy(self, language: Language) -> str:
        """What would mend it, in words."""
        return words("registers")[self.code][f"remedy_{language}"].format_map(dict(self.params))

    def shown(self) -> dict[str, str | int]:
        """Flat form for tables and JSON."""
        return {
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.column,
            "code": self.code,
            "zh": self.message("zh"),
            "en": self.message("en"),
        }


def fault_from(bad: Bad, place: Place, column: str) -> Fault:
    """Give a refusal its place; long values are cut, since a report is read by people."""
    params = tuple((name, str(value)[:60]) for name, value in sorted(bad.params.items()))
    return Fault(place, column, bad.code, params)
