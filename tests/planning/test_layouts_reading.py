"""Plan sheets as bureaus write them: what is understood, what is left aside, what is never guessed."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.layouts import (
    layout_named,
    names_of,
    read_sheet,
    write_sheet,
)
from inspect_engine.planning.plans.layouts.amounts import parse_base, parse_classes, parse_times
from inspect_engine.planning.plans.layouts.windows import parse_windows
from inspect_engine.planning.plans.layouts.wording import parse_method, parse_scope, parse_source
from tests.planning.sheets import (
    BUREAUS,
    HEADER,
    NAMES,
    SOUND,
    faults,
    nasty,
    registers,
    same,
    sheet,
    take,
    write_csv,
    write_xlsx,
)

_QUIET = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "plan.md"


@pytest.mark.parametrize("layout", BUREAUS)
def test_rows_as_bureaus_publish_them_are_understood(layout: str, tmp_path: Path) -> None:
    """The texts of published plans give the numbers that they mean; what is left aside is told."""
    found = take(write_csv(tmp_path / "plan.csv", sheet(layout, {})), layout)
    line = found.form.tasks[0]
    told = {
        "shanggao": ("exact", "10%", 1),
        "chizhou": ("minimum", "3%", 1),
        "yangjiang": ("exact", "100%", 1),
    }
    form, value, batches = told.get(layout, ("minimum", "5%", 2))
    assert line.ratio is not None
    assert (line.ratio.form, line.ratio.value, len(line.batches)) == (form, value, batches)
    if layout == "chizhou":
        assert line.items == ("SJ01-1", "SJ02-1", "SJ02-2")
        assert (line.source.value, line.section) == ("superior", "信用监管科、网络交易监管科")
        assert line.window == (date(2026, 3, 1), date(2026, 10, 31))
    if layout == "yangjiang":
        assert [(d.agency, d.host) for d in line.departments] == [("330400JY", True), ("330400XF", False)]
        assert line.scope.labels == ("校外培训",)
    if layout == "shanggao":
        assert line.items == ("SJ03-1", "SJ03-2")
    codes = {notice.code for notice in found.report.notices}
    assert "plans.sheet-number-aside" in codes
    assert ("plans.sheet-remark" in codes) == (layout in ("chizhou", "wuwei"))
    assert found.report.rows == 1


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("食品销售\n监督检查", ("SJ03-1", "SJ03-2")),
        ("资质\n消防设施", ("SJ03-1", "XF01-1")),
        ("1.资质\n2.住所、经营场所的检查", ("SJ03-1", "SJ02-2")),
        ("1.资质。2.消防设施。", ("SJ03-1", "XF01-1")),
        ("（1）资质；（2）XF01-2", ("SJ03-1", "XF01-2")),
        ("资质、消防设施", ("SJ03-1", "XF01-1")),
        ("营业执照规范使用 情况的检查", ("SJ01-1",)),
    ],
)
def test_items_are_divided_in_every_usual_way(text: str, items: tuple[str, ...], tmp_path: Path) -> None:
    """Items stand on lines, behind numbers or between signs; a name broken over two lines is one name."""
    path = write_csv(tmp_path / "plan.csv", sheet("shanggao", {"items": text}))
    assert take(path, "shanggao").form.tasks[0].items == items


def test_a_task_takes_a_row_for_each_department(tmp_path: Path) -> None:
    """In 无为's layout merged and repeated names make one task, whose items belong to the department of their row."""
    rows = [
        {
            "agencies": "嘉兴市教育局、嘉兴市消防救援支队",
            "roles": "嘉兴市教育局牵头发起，嘉兴市消防救援支队按职责分工配合",
        },
        {"department": "嘉兴市消防救援支队", "row_items": "消防设施；XF01-2"},
    ]
    rows[1] = rows[0] | rows[1]
    other = {
        "number": "2",
        "name": "食品销售者抽查",
        "department": "嘉兴市市场监督管理局",
        "row_items": "资质",
    }
    other |= {"agencies": "嘉兴市市场监督管理局", "roles": ""}
    table = sheet("wuwei", *rows, other)
    repeated = take(write_csv(tmp_path / "plan.csv", table), "wuwei").form
    shared = [n for n in range(12) if n not in (3, 4)]
    for column in shared:
        table[3][column] = ""
    merged = take(write_xlsx(tmp_path / "plan.xlsx", table, [(3, c, 4, c) for c in shared]), "wuwei").form
    assert same(merged, repeated)
    assert [line.items for line in merged.tasks] == [("JY01-1", "XF01-1@消防", "XF01-2@消防"), ("SJ03-1",)]
    assert [d.host for d in merged.tasks[0].departments] == [True, False]


def test_a_merged_text_holds_for_each_of_its_rows(tmp_path: Path) -> None:
    """A body merged over three tasks is each task's; the sheet reads as if it were written out."""
    rows = [{"number": str(n), "name": f"任务{n}甲"} for n in (1, 2, 3)]
    table = sheet("shanggao", *rows)
    written = take(write_csv(tmp_path / "plan.csv", table), "shanggao").form
    table[3][1] = table[4][1] = ""
    merged = take(write_xlsx(tmp_path / "plan.xlsx", table, [(3, 1, 5, 1)]), "shanggao").form
    assert same(merged, written)
    assert len(merged.tasks) == 3


def test_headings_are_found_below_titles_and_in_two_rows(tmp_path: Path) -> None:
    """Titles and notes above do not hide the headings, nor does a heading over several columns with their own below."""
    plain = sheet("shanggao", {})
    want = take(write_csv(tmp_path / "a.csv", plain), "shanggao").form
    above = [["附件1"], ["上高县2026年计划", "", ""], [], ["单位：嘉兴市", "", "日期：2026年"]]
    assert same(take(write_csv(tmp_path / "b.csv", above + plain[1:]), "shanggao").form, want)
    upper = [*plain[1][:6], "抽查要求", "", ""]
    lower = ["", "", "", "", "", "", "比例", "抽查\n频次", "抽查 数量"]
    two = [plain[0], upper, lower, *plain[2:]]
    merges = [(1, 0, 1, 8), *((2, c, 3, c) for c in range(6)), (2, 6, 2, 8)]
    assert same(take(write_xlsx(tmp_path / "c.xlsx", two, merges), "shanggao").form, want)
    assert same(take(write_csv(tmp_path / "d.csv", two), "shanggao").form, want)


def test_totals_notes_and_hidden_sheets_are_left_aside_and_told(tmp_path: Path) -> None:
    """Rows of totals and notes are no tasks, hidden sheets are not read; the report says so."""
    table = [
        *sheet("shanggao", {}),
        ["合  计", "", "", "", "", "", "", "", "2户"],
        ["备注：以实际抽查数为准", *[""] * 8],
    ]
    found = take(
        write_xlsx(tmp_path / "plan.xlsx", table, [(4, 0, 4, 3), (5, 0, 5, 8)], hidden=True), "shanggao"
    )
    assert len(found.form.tasks) == 1
    told = [(n.place.row, n.code) for n in found.report.notices]
    assert (4, "plans.sheet-total-row") in told
    assert (5, "plans.sheet-note-row") in told
    assert "旧计划" in found.report.ignored


@pytest.mark.parametrize("layout", BUREAUS)
def test_columns_that_a_layout_also_understands(layout: str, tmp_path: Path) -> None:
    """A sheet may have columns that its layout does not write: they are read where they stand."""
    also = {"method": "书面检查", "code": "SJ-07", "scope": "企业", "note": "见附件"}
    known = {name: text for name, text in also.items() if name in layout_named(layout).also}
    table = sheet(layout, {})
    table[1] += [layout_named(layout).also[name][0] for name in known]
    table[2] += list(known.values())
    line = take(write_csv(tmp_path / "plan.csv", table), layout).form.tasks[0]
    assert (line.code, line.method.value) == ("SJ-07", "paper")
    assert line.note == ("见附件" if "note" in known else "")
    assert ("scope" not in known) or [kind.value for kind in line.scope.kinds] == ["enterprise"]


def test_texts_of_the_page_are_understood() -> None:
    """Every text that the page says is understood, is."""
    table = PAGE.read_text(encoding="utf-8").partition("### 看得懂的写法")[2].partition("\n\n名称")[0]
    rows = re.findall(r"^\| ([^|]*) \| ([^|]*) \| [^|]* \|$", table, re.MULTILINE)
    readers: dict[str, Callable[[str], object]] = {
        "时间段": lambda text: parse_windows(text, 2026),
        "比例": parse_base,
        "频次": parse_times,
        "信用风险要求": parse_classes,
        "发起方式": parse_source,
        "检查方式": parse_method,
        "检查对象": lambda text: parse_scope(text, NAMES),
    }
    count, column = 0, ""
    for named, texts in rows:
        column = named or column
        for text in re.findall("`([^`]+)`", texts):
            if column in readers:
                readers[column](text)
                count += 1
    assert count > 25


@pytest.mark.parametrize("layout", BUREAUS)
@pytest.mark.parametrize("by", [1, -1])
def test_a_row_that_has_slid_is_never_taken(layout: str, by: int, tmp_path: Path) -> None:
    """A row one column off to either side is a fault in that row, from whichever column it has slid."""
    count = 0
    whole = sheet(layout, {}, {"number": "2", "name": "另一任务"})
    for start in range(1, len(whole[1])):
        table = [list(row) for row in whole]
        row = table[3]
        table[3] = [*row[:start], "", *row[start:-1]] if by > 0 else [*row[:start], *row[start + 1 :], ""]
        if table[3] == row or not any(row[start:]):
            continue
        name = list(SOUND[layout])[start]
        if (
            set(row[start:]) <= {"", SOUND[layout].get("total", ""), SOUND[layout].get("base", "")}
            or name == "note"
        ):
            continue
        found = faults(write_csv(tmp_path / "plan.csv", table), layout)
        assert found, (start, table[3])
        assert {place for place, _, _ in found} == {4}, (start, found)
        count += 1
    assert count >= 6


def test_names_come_from_the_registers_of_that_day(tmp_path: Path) -> None:
    """Items in force on the day have names, others have none; sections lead to their agency."""
    engine, day = registers(tmp_path)
    with Session(engine) as session:
        names, later = names_of(session, day), names_of(session, date(2030, 1, 1))
    assert names.item("营业执照规范使用情况的检查") == ("SJ01-1",)
    assert names.item("登记事项检查") == ("SJ02-1", "SJ02-2")
    assert names.agency("信用监管处") == ("市监", "330400SJ", "信用监管处")
    assert names.region("南湖区") == "330402"
    assert "SJ01" not in later.items
    assert later.item("登记事项检查") == ("SJ02-1", "SJ02-2")
    form = read_sheet(
        write_csv(tmp_path / "p.csv", sheet("shanggao", {"items": "SJ01"})),
        layout_named("shanggao"),
        HEADER,
        names,
    )
    assert form.tasks[0].items == ("SJ01-1",)


def test_a_spoilt_sheet_is_taken_or_refused_and_never_crashes(tmp_path: Path) -> None:
    """Whatever stands in the cells, out comes a form or faults with places and words in both languages."""
    seen: Counter[bool] = Counter()
    form = take(write_csv(tmp_path / "sound.csv", sheet("shanggao", {})), "shanggao").form
    write_sheet(tmp_path / "full.csv", layout_named("full"), form, {})
    with (tmp_path / "full.csv").open(encoding="utf-8-sig", newline="") as stream:
        full = list(csv.reader(stream))
    cells = st.sampled_from(
        [
            "",
            "=1",
            "3%",
            "12户",
            "全年",
            "嘉兴市教育局",
            "\x00",
            "\u202e",
            "1/0",
            "-",
            "（",
            "A类",
            "合计",
            '"',
            "①",
            "9" * 30,
        ]
    )

    @_QUIET
    @given(st.data())
    def law(data: st.DataObject) -> None:
        layout = data.draw(st.sampled_from((*BUREAUS, "full", "full")))
        table = [list(row) for row in full]
        if layout != "full":
            table = sheet(layout, {}, {"number": "2", "name": "另一任务"})
        for _ in range(data.draw(st.integers(1, 3))):
            row = len(table) - 1 if data.draw(st.booleans()) else data.draw(st.integers(0, len(table) - 1))
            column = data.draw(st.integers(0, len(table[row]) - 1))
            table[row][column] = data.draw(cells | nasty())
        path = write_csv(tmp_path / "plan.csv", table)
        try:
            seen[bool(faults(path, layout))] += 1
        except EngineError as error:  # a zero byte makes it no text file at all
            assert error.code == "registers.file-encoding"

    law()
    assert min(seen[True], seen[False]) > 10
