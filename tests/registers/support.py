"""Stores, files and looks into registers for the tests of imports."""

from __future__ import annotations

import atexit
import csv
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import inspect_engine.schema
from inspect_engine.events.log import Act, check_log
from inspect_engine.migrations.run import upgrade
from inspect_engine.registers.codes import ALPHABET, check_sign
from inspect_engine.registers.importing import ColumnMap, ImportReport, import_file
from inspect_engine.store import open_store, reading, sqlite_url

ACT = Act("登记岗", datetime(2026, 4, 1, 1, 0, tzinfo=UTC))
SALT = "5a" * 32

REGIONS = [
    {"区划代码": "330000", "名称": "浙江省"},
    {"区划代码": "330400", "名称": "嘉兴市"},
    {"区划代码": "330402", "名称": "南湖区"},
    {"区划代码": "330411", "名称": "秀洲区"},
    {"区划代码": "330402007", "名称": "建设街道"},
]
AGENCIES = [
    {
        "机关代码": "JX",
        "机关名称": "嘉兴市市场监管局",
        "部门简称": "市监",
        "区划代码": "330400",
        "上级机关代码": "",
    },
    {
        "机关代码": "NH",
        "机关名称": "南湖区市场监管局",
        "部门简称": "市监",
        "区划代码": "330402",
        "上级机关代码": "JX",
    },
]


@cache
def _template(*, places: bool = False) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="registers-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_store(sqlite_url(folder / "template.db"))
    upgrade(engine)
    if places:
        for kind, rows in (("regions", REGIONS), ("agencies", AGENCIES)):
            report = take(engine, kind, write_csv(folder / f"{kind}.csv", rows))
            assert report.stored, report.shown()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return folder / "template.db"


def new_store(folder: Path, name: str = "store.db") -> Engine:
    """A store with the schema and nothing in it."""
    return open_store(sqlite_url(Path(shutil.copy(_template(), folder / name))))


def with_places(folder: Path, name: str = "store.db") -> Engine:
    """A store with a few regions and agencies."""
    return open_store(sqlite_url(Path(shutil.copy(_template(places=True), folder / name))))


def write_csv(path: Path, rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> Path:
    """Write rows under the headings of the first."""
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def take(
    engine: Engine, kind: str, path: Path, columns: ColumnMap | None = None, skip: Path | None = None
) -> ImportReport:
    """Import with the act of the tests."""
    return import_file(engine, kind, path, ACT, columns, skip, entropy=lambda: SALT)


def unified(number: int, prefix: str = "91330402") -> str:
    """A valid unified code for a number."""
    digits = ""
    for _ in range(9):
        number, rest = divmod(number, 31)
        digits = ALPHABET[rest] + digits
    return prefix + digits + check_sign(prefix + digits)


def target(number: int, **more: str) -> dict[str, str]:
    """A sound row of the targets' layout."""
    return {
        "统一社会信用代码": unified(number),
        "名称": f"第{number}号企业",
        "管辖区划代码": "330402",
        "行业代码": "5212",
        "成立日期": "2019-05-06",
        "存续状态": "存续",
    } | more


_REGISTERS = (
    "region", "agency", "workday", "target", "targetlabel", "person", "certificate", "personskill", "standingteam",
    "teammember", "relation", "leave", "item", "subitem", "itemversion", "pastvisit",
)  # fmt: skip
#: Columns that time and order of insertion give, not the file.
_GIVEN = {"id", "changed_at"}


def content(engine: Engine, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of some tables but for their ids, sorted."""
    wanted = tables or _REGISTERS
    found = {}
    with reading(engine) as session:
        for name in wanted:
            table = inspect_engine.schema.metadata.tables[name]
            columns = [column for column in table.columns if column.name not in _GIVEN]
            found[name] = sorted((tuple(row) for row in session.execute(sa.select(*columns))), key=repr)
    return found


def events(engine: Engine) -> list[Any]:
    """All events, after the log was found whole."""
    with reading(engine) as session:
        assert list(check_log(session)) == []
        table = inspect_engine.schema.metadata.tables["event"]
        return list(session.execute(sa.select(table).order_by(table.c.seq)))


def codes_at(report: ImportReport) -> set[tuple[int, str, str]]:
    """Faults as row, column, code."""
    return {(fault.place.row, fault.column, fault.code) for fault in report.faults}


def data(*parts: str) -> Path:
    """A file of the real data, or a skipped test."""
    folder = Path(os.environ.get("INSPECT_DATA", Path(__file__).parents[2] / ".." / "shared" / "data"))
    path = folder.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data are absent: set INSPECT_DATA to a folder with {'/'.join(parts)}")
    return path


def rows_of(path: Path) -> Iterable[dict[str, str]]:
    """Rows of a UTF-8 CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)
