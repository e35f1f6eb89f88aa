"""The lists as the public may read them (清单公示): items, powers, duties, cases, as data for a page and as tables.

Names of files and of columns are stable. Nothing of the rules' ``withheld-fields`` is in them, nor grounds, approvals
and remarks, which speak of the bureau's inner work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, append
from inspect_engine.events.tables import Event
from inspect_engine.lists.reading import cases_on, duties_on, items_on, powers_on
from inspect_engine.lists.sheets import csv_bytes, json_bytes, xlsx_bytes
from inspect_engine.lists.shown import shown
from inspect_engine.registers.tables import Agency
from inspect_engine.rules import rule_on
from solver.dr1.encoding import Json, parse

#: Column → heading, of each list in the order of its columns.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "items": {
        "item_code": "事项编码",
        "item_name": "事项名称",
        "field": "领域",
        "sub_code": "子项编码",
        "sub_name": "检查要点",
        "standard": "检查标准",
        "basis": "抽查依据",
        "level": "层级",
        "subject": "抽查主体",
        "kind": "事项类别",
        "target_kind": "抽查对象",
        "methods": "抽查方式",
        "ratio": "抽查比例",
        "frequency": "抽查频次",
        "officer_requirement": "检查人员要求",
        "listing": "所属清单",
        "power_code": "权力编码",
        "starts": "生效日期",
    },
    "powers": {
        "power_code": "权力编码",
        "power_name": "权力名称",
        "kind": "权力类别",
        "basis": "权力依据",
        "level": "层级",
        "department": "部门",
        "body": "行使主体",
        "starts": "生效日期",
    },
    "duties": {
        "duty_code": "责任编码",
        "power_code": "权力编码",
        "power_name": "权力名称",
        "text": "责任事项",
        "post": "责任岗位",
        "basis": "责任依据",
        "least_times": "每年最少次数",
        "starts": "生效日期",
    },
    "cases": {
        "case_code": "情形编码",
        "power_code": "权力编码",
        "power_name": "权力名称",
        "text": "追责情形",
        "basis": "追责依据",
        "starts": "生效日期",
    },
}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """What is to be published of a day: file name → bytes, in the order of names."""

    day: date
    files: Mapping[str, bytes]
    rows: Mapping[str, int]


def publish(session: Session, day: date, act: Act) -> Published:
    """Make the public files of a day, and keep their digests in an event.

    Raises
    ------
    EngineError
        ``lists.withheld`` where a column of a list may not be shown on that day.
    """
    made = public_files(session, day)
    digests: dict[str, Json] = {
        name: hashlib.sha256(content).hexdigest() for name, content in made.files.items()
    }
    append(session, act, "list.published", day.isoformat(), {"files": digests, "rows": {**made.rows}})
    return made


def check_foreign(session: Session, folder: Path, made: Published) -> None:
    """Refuse to write over files that this store never published.

    Raises
    ------
    EngineError
        ``lists.foreign-file``.
    """
    own: set[str] = set()
    for event in session.exec(select(Event).where(Event.kind == "list.published")):
        body: Any = parse(event.body)
        own.update(body["data"]["files"].values())
    for name in made.files:
        path = folder / name
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() not in own:
            raise EngineError("lists.foreign-file", path=str(path))


def public_files(session: Session, day: date) -> Published:
    """The files without an event; raises as :func:`publish`."""
    lists = public_lists(session, day)
    _check_withheld(day)
    files: dict[str, bytes] = {}
    for name, rows in lists.items():
        columns = COLUMNS[name]
        table = [
            list(columns.values()),
            *([shown(column, row[column]) for column in columns] for row in rows),
        ]
        files[f"{name}.csv"] = csv_bytes(table)
        files[f"{name}.json"] = json_bytes({"columns": columns, "day": day.isoformat(), "rows": rows})
        files[f"{name}.xlsx"] = xlsx_bytes({name: table})
    return Published(day, dict(sorted(files.items())), {name: len(rows) for name, rows in lists.items()})


def _check_withheld(day: date) -> None:
    withheld = set(rule_on("withheld-fields", day).value)
    for name, columns in COLUMNS.items():
        for column in columns:
            if column in withheld:
                raise EngineError("lists.withheld", list=name, field=column)


def public_lists(session: Session, day: date) -> dict[str, list[Row]]:
    """Rows of every list on a day, under the columns of :data:`COLUMNS`, in the order of codes."""
    agencies = {agency.code: agency.name for agency in session.exec(select(Agency))}
    return {
        "items": _items(session, day),
        "powers": [
            {
                "power_code": power.code,
                "power_name": power.name,
                "kind": power.kind.value,
                "basis": version.basis,
                "level": version.level.value,
                "department": version.department,
                "body": agencies.get(version.agency_code or "", version.subject),
                "starts": version.starts.isoformat(),
            }
            for power, version in powers_on(session, day)
        ],
        "duties": [
            {
                "duty_code": duty.code,
                "power_code": power.code,
                "power_name": power.name,
                "text": duty.text,
                "post": duty.post,
                "basis": duty.basis,
                "least_times": str(duty.least_times or ""),
                "starts": duty.starts.isoformat(),
            }
            for power, duty in duties_on(session, day)
        ],
        "cases": [
            {
                "case_code": case.code,
                "power_code": power.code,
                "power_name": power.name,
                "text": case.text,
                "basis": case.basis,
                "starts": case.starts.isoformat(),
            }
            for power, case in cases_on(session, day)
        ],
    }


def _items(session: Session, day: date) -> list[Row]:
    return [
        {
            "item_code": one.item.code,
            "item_name": one.item.name,
            "field": one.item.field,
            "sub_code": one.point.code,
            "sub_name": one.point.name,
            "standard": one.version.standard,
            "basis": one.version.basis,
            "level": one.version.level.value if one.version.level else "",
            "subject": one.version.subject,
            "kind": one.version.kind.value,
            "target_kind": one.version.target_kind,
            "methods": "、".join(one.version.methods),
            "ratio": one.version.ratio_text,
            "frequency": one.version.frequency_text,
            "officer_requirement": one.version.officer_requirement,
            "listing": one.listing.value if one.listing else "",
            "power_code": one.item.power_code or "",
            "starts": one.version.starts.isoformat(),
        }
        for one in items_on(session, day)
    ]
