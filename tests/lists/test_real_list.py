"""A real provincial list: imported under approval, published, and compared with a changed copy of itself."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

from inspect_engine.events.posts import add_posts
from inspect_engine.lists.check import check_lists
from inspect_engine.lists.compare import compare
from inspect_engine.lists.public import public_lists
from inspect_engine.lists.sides import Side, abolished_on, entries
from inspect_engine.registers.importing import import_file, shipped_map
from inspect_engine.store import reading, writing
from tests.lists.support import act
from tests.registers.support import data, new_store, rows_of

DAY = date(2026, 6, 1)


def test_a_real_list_and_a_changed_copy(tmp_path: Path) -> None:
    """Of 79 rows the 74 that have not slid are taken; a copy with five planted changes differs in just those."""
    path = data("items", "zhejiang_check_items_2017.csv")
    engine = new_store(tmp_path)
    with writing(engine) as session:
        add_posts(session, act())
    columns = shipped_map("zhejiang-items")
    report = import_file(
        engine, "items", path, act("首次列入"), columns, tmp_path / "slid.csv",
        entropy=lambda: "5a" * 32, approver="审批岗",
    )  # fmt: skip
    assert (report.stored, report.rows, report.inserted, report.skipped) == (True, 79, 74, 5)
    slid = {row["row_id"] for row in rows_of(tmp_path / "slid.csv")}
    rows = [row for row in rows_of(path) if row["row_id"] not in slid]
    assert len(rows) == 74
    with reading(engine) as session:
        mine = entries(session, "items", Side(DAY))
        whole = _write(tmp_path / "same.csv", rows)
        assert compare(mine, entries(session, "items", Side(DAY, path=whole), columns)) == []
        changed = _write(tmp_path / "changed.csv", _changed(rows))
        found = compare(mine, entries(session, "items", Side(DAY, path=changed), columns))
        stale = compare(mine, mine, abolished_on(DAY))
        checked = Counter(one.rule for one in check_lists(session, DAY))
        public = public_lists(session, DAY)["items"]
    assert [(o.code, o.finding, o.field) for o in found if o.finding != "stale-basis"] == [
        (rows[0]["row_id"], "missing", ""),
        (rows[5]["row_id"], "differs", "basis"),
        (rows[6]["row_id"], "differs", "body"),
        (rows[7]["row_id"], "differs", "ratio"),
        ("ZJ17-99", "extra", ""),
    ]
    named = [one for one in stale if one.finding == "stale-basis"]
    assert len(named) == len({(o.code, o.left) for o in named if o.left in abolished_on(DAY)}) * 2
    assert checked["stale-basis"] == len(named) // 2 > 0
    assert checked["not-approved"] == 0
    assert len(public) == len(mine) > 60


def _changed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    made = [dict(row) for row in rows[1:]]
    made[4]["抽查依据"] = "《新法》第一条"
    made[5]["抽查主体"] = "市级市场监管部门"
    made[6]["抽查比例"] = "不少于99%"
    return [*made, made[0] | {"row_id": "ZJ17-99", "抽查子项": "新增要点"}]


def _write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path
