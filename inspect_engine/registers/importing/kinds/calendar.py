"""Days of the working calendar (工作日历): whole years, or a notice's exceptions where the map says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, cast

from inspect_engine.registers.importing import fields
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.fields import Field, Record
from inspect_engine.registers.importing.kind import Identity, Kind
from inspect_engine.registers.importing.maps import ColumnMap
from inspect_engine.registers.importing.references import References
from inspect_engine.registers.importing.stores import TableStore, from_day, table_of, to_day
from inspect_engine.registers.tables import WorkDay


def _identity(record: Record) -> Identity:
    return (cast("str", record["day"]),)


def _probe(record: Record, _refs: References) -> date | None:
    return to_day(record["day"])


def _to_row(record: Record, _refs: References) -> dict[str, Any]:
    return record | {"day": to_day(record["day"])}


def _to_record(row: Mapping[str, Any], _refs: References) -> Record:
    return dict(row) | {"day": from_day(row["day"])}


def _build(values: Record, _map: ColumnMap) -> Record:
    return {name: value for name, value in values.items() if value is not None}


def _whole(records: Sequence[Record], refs: References, columns: ColumnMap) -> Iterator[Record | Bad]:
    """Whole years only: half a year in the table would pass for a known one.

    A notice of the State Council names holidays and make-up days alone; ``fill_years = true`` adds the ordinary
    days of the week, under the source of the file's first day.
    """
    given = {str(record["day"]) for record in records}
    source = str(min(records, key=lambda record: str(record["day"]))["source"]) if records else ""
    for year in sorted({int(day[:4]) for day in given}):
        stored = {day.isoformat() for day in refs.days_of(year)}
        missing = [day for day in days_of_year(year) if day.isoformat() not in given | stored]
        if missing and not columns.fill_years:
            yield Bad(
                "calendar-year-incomplete", column="day", year=year, missing=len(missing), first=missing[0]
            )
        elif missing:
            for day in missing:
                yield {"day": day.isoformat(), "works": day.weekday() < 5, "name": "", "source": source}


def days_of_year(year: int) -> list[date]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


CALENDAR = Kind(
    name="calendar",
    fields=(
        Field("day", fields.day, required=True),
        Field("works", fields.truth, required=True),
        Field("name", fields.text),
        Field("source", fields.text, required=True),
    ),
    build=_build,
    identity=_identity,
    complete=lambda record: {"name": ""} | record,
    whole=_whole,
    store=TableStore(table_of(WorkDay), "day", "day", _probe, _identity, _to_row, _to_record),
)
