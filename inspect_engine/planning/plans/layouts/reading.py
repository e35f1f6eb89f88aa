"""A bureau's plan sheet → a plan form (计划表导入), or every fault of it at its place. Nothing is stored here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import ValidationError

from inspect_engine.planning.plans.form import LineSpec, PlanForm
from inspect_engine.planning.plans.layouts.column import Parts, Reading
from inspect_engine.planning.plans.layouts.columns import COLUMNS, NUMBERS, ROW_COLUMNS
from inspect_engine.planning.plans.layouts.departments import read_departments
from inspect_engine.planning.plans.layouts.faults import SheetFault, TakenSheet, refusal, sheet_fault
from inspect_engine.planning.plans.layouts.grid import Grid, Headings, find_headings, grids
from inspect_engine.planning.plans.layouts.layout import Layout
from inspect_engine.planning.plans.layouts.lines import join, line_of
from inspect_engine.planning.plans.layouts.names import Names
from inspect_engine.planning.plans.layouts.params import read_params
from inspect_engine.planning.plans.layouts.rows import Block, read_body
from inspect_engine.registers.importing.faults import Bad, Fault, Place
from inspect_engine.registers.importing.report import ImportReport
from inspect_engine.registers.importing.source import file_hash, open_source


@dataclass(frozen=True, slots=True)
class PlanHeader:
    """What a bureau's sheet does not say of its plan: code, title, year, and the agency that makes it."""

    plan: str
    title: str
    year: int
    operator: str


@dataclass(slots=True)
class _Run:
    """One sheet on its way."""

    layout: Layout
    header: PlanHeader
    names: Names
    lines: list[LineSpec] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    params: Parts = field(default_factory=dict)
    faults: list[SheetFault] = field(default_factory=list)
    notices: list[SheetFault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rows: int = 0

    def fault(self, grid: Grid, row: int, heading: str, bad: Bad) -> None:
        self.faults.append(sheet_fault(bad, grid.place(row), heading))

    def notice(self, grid: Grid, row: int, heading: str, bad: Bad) -> None:
        self.notices.append(sheet_fault(bad, grid.place(row), heading))


def read_sheet(path: Path, layout: Layout, header: PlanHeader, names: Names) -> PlanForm:
    """Read a plan sheet; the form alone. Raises as :func:`take_sheet`."""
    return take_sheet(path, layout, header, names).form


def take_sheet(path: Path, layout: Layout, header: PlanHeader, names: Names) -> TakenSheet:
    """Read a plan sheet.

    Parameters
    ----------
    path : pathlib.Path
        CSV, compressed CSV or XLSX. Hidden sheets are not read, hidden rows are, as in all imports.
    layout : Layout
        Which columns it has; see :func:`layout_named`.
    header : PlanHeader
        What the sheet does not say; where it does (complete layout), it must say the same.
    names : Names
        What the registers know; see :func:`names_of`.

    Raises
    ------
    SheetError
        ``plans.sheet-faults``, with every fault in its report.
    EngineError
        The file cannot be read at all (``registers.file-…``).
    """
    source = open_source(path)
    run = _Run(layout, header, names)
    for grid in grids(source, path):
        if grid.rows:
            _read_grid(run, grid)
    form = None if run.faults else _form(run)
    report = ImportReport(
        kind="plan",
        file=path.name,
        file_hash=file_hash(path),
        stored=False,
        rows=run.rows,
        faults=_sorted(run.faults),
        notices=_sorted(run.notices),
        ignored=(*run.ignored, *source.hidden),
    )
    if form is None or run.faults:
        raise refusal(report)
    return TakenSheet(form, report)


def _sorted(faults: Sequence[SheetFault]) -> tuple[Fault, ...]:
    return tuple(sorted(dict.fromkeys(faults), key=lambda f: (f.place, f.column, f.code, f.params)))


def _read_grid(run: _Run, grid: Grid) -> None:
    headings, faults = find_headings(grid, run.layout)
    for row, heading, bad in faults:
        run.fault(grid, row, heading, bad)
    if headings is None or faults:
        return
    run.ignored += headings.unused
    if not run.layout.public:
        params, faults = read_params(grid, headings, asdict(run.header))
        run.params |= params
        for row, heading, bad in faults:
            run.fault(grid, row, heading, bad)
    body = read_body(grid, headings, run.layout, NUMBERS)
    run.rows += body.count
    for row, heading, bad in body.faults:
        run.fault(grid, row, heading, bad)
    for row, heading, bad in body.notices:
        run.notice(grid, row, heading, bad)
    for block in body.blocks:
        _Task(run, grid, headings, block).read()


class _Task:
    """One task of the sheet, read cell by cell."""

    def __init__(self, run: _Run, grid: Grid, headings: Headings, block: Block) -> None:
        self._run, self._grid, self._headings, self._block = run, grid, headings, block
        self._sound = True
        self._number = len(run.places) + 1

    def read(self) -> None:
        """Add the line, or its faults."""
        run = self._run
        run.places.append(self._grid.place(self._block.rows[0]))
        found = [(name, self._cell(name)) for name in self._headings.fields if name not in ROW_COLUMNS]
        if run.layout.rows == "department":
            found.append(("department", self._departments()))
        parts, faults = join([(name, said) for name, said in found if said])
        for bad in faults:
            bad.params["other"] = self._headings.heading_of(str(bad.params["other"]))
            self._fault(0, bad.column, bad)
        self._say_aside(parts)
        self._check_amount(parts)
        if not self._sound:
            return
        try:
            run.lines.append(line_of(parts, self._number, self._note_times))
        except Bad as bad:
            self._fault(0, bad.column, bad)

    def _fault(self, row: int, name: str, bad: Bad) -> None:
        self._sound = False
        heading = self._headings.heading_of(name) if name else ""
        self._run.fault(self._grid, self._block.rows[row], heading, bad)

    def _cell(self, name: str) -> Parts:
        """What a field says: once, however many rows the task takes."""
        said = [(number, text[name]) for number, text in enumerate(self._block.texts) if text.get(name)]
        column = COLUMNS[name]
        if any(name not in text for text in self._block.texts):
            self._sound = False  # the cell itself could not be read, and its fault is told
            return {}
        if not said:
            if column.filled and not self._counted(name):
                self._fault(0, name, Bad("cell-empty"))
            return {}
        for number, text in said[1:]:
            if text != said[0][1]:
                self._fault(number, name, Bad("plans.sheet-rows-differ", value=text, other=said[0][1]))
                return {}
        about = Reading(self._run.header.year, self._run.names, exact=not self._run.layout.public)
        try:
            parts = column.read(said[0][1], about)
        except Bad as bad:
            self._fault(said[0][0], name, bad)
            return {}
        except ValidationError as error:
            self._fault(said[0][0], name, Bad("plans.sheet-line", value=error.errors()[0]["msg"]))
            return {}
        for remark in about.aside:
            self._run.notice(self._grid, self._block.rows[0], self._headings.heading_of(name), remark)
        return parts

    def _counted(self, name: str) -> bool:
        """Whether an empty ratio is made up for by a number of bodies."""
        return name in ("amount", "base_amount") and bool(self._block.texts[0].get("total"))

    def _check_amount(self, parts: Parts) -> None:
        """A base alone is no ratio, and does not ask for the items' own."""
        for name in ("amount", "base_amount"):
            if self._sound and name in self._headings.fields and not {"kind", "_number"} & parts.keys():
                self._fault(0, name, Bad("plans.sheet-ratio", value=self._block.texts[0].get(name, "")))

    def _departments(self) -> Parts:
        parts, faults = read_departments(self._block.texts, self._run.names)
        for row, name, bad in faults:
            self._fault(row, name, bad)
        return parts

    def _say_aside(self, parts: Parts) -> None:
        """Bases and numbers come from registers and model: said once for each column, not for each row."""
        for part, names in (("_base", ("base", "base_amount", "population")), ("_number", ("total", "take"))):
            if parts.get(part) is not None and "kind" in parts:
                for name in names:
                    if name in self._headings.fields:
                        heading = self._headings.heading_of(name)
                        self._run.notice(
                            self._grid, self._headings.last, heading, Bad("plans.sheet-number-aside")
                        )

    def _note_times(self, bad: Bad) -> None:
        heading = self._headings.heading_of(bad.column)
        self._run.notice(self._grid, self._block.rows[0], heading, bad)


def _form(run: _Run) -> PlanForm | None:
    """The whole plan; its faults go to the run."""
    start = run.places[0] if run.places else Place(0, "", 1)
    seen: dict[str, Place] = {}
    for line, place in zip(run.lines, run.places, strict=True):
        if line.code in seen:
            bad = Bad("plans.sheet-code-twice", value=line.code, other=seen[line.code])
            run.faults.append(sheet_fault(bad, place, ""))
        seen.setdefault(line.code, place)
    if not run.lines:
        run.faults.append(sheet_fault(Bad("plans.sheet-empty"), start, ""))
    if run.faults:
        return None
    try:
        return PlanForm.model_validate({**run.params, **asdict(run.header), "tasks": tuple(run.lines)})
    except ValidationError as error:
        first = error.errors()[0]
        field_at = ".".join(str(part) for part in first["loc"]) or "-"
        run.faults.append(sheet_fault(Bad("plans.sheet-form", place=field_at, value=first["msg"]), start, ""))
        return None
