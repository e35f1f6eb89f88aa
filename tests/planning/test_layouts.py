"""Plan sheets: what is written comes back, nothing of risk classes is published, and the same form gives the same bytes."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.form import LineSpec, PlanForm, plan_of
from inspect_engine.planning.plans.layouts import (
    ItemName,
    LineTotals,
    carried,
    carried_fields,
    layout_named,
    names_from,
    names_of,
    read_sheet,
    shipped_layouts,
    write_sheet,
)
from inspect_engine.planning.plans.layouts.amounts import parse_base, parse_classes, parse_times
from inspect_engine.planning.plans.layouts.params import PARAMS
from inspect_engine.planning.plans.layouts.windows import parse_windows
from inspect_engine.planning.plans.layouts.wording import parse_method, parse_scope, parse_source
from tests.planning.sheets import (
    AGENCIES,
    BUREAUS,
    HEADER,
    ITEMS,
    NAMES,
    REGIONS,
    SOUND,
    faults,
    forms,
    nasty,
    registers,
    same,
    sheet,
    take,
    tame,
    totals,
    write_csv,
    write_xlsx,
)

_QUIET = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_complete_layout_loses_nothing(suffix: str, tmp_path: Path) -> None:
    """Written in the complete layout and read again, every plan form is the same, whatever signs its texts hold."""
    seen: Counter[str] = Counter()

    @_QUIET
    @given(st.data())
    def law(data: st.DataObject) -> None:
        form = data.draw(forms(nasty(), nasty_codes=True))
        path = tmp_path / f"plan.{suffix}"
        write_sheet(path, layout_named("full"), form, data.draw(totals(form)), NAMES)
        assert same(take(path, "full").form, form)
        for line in form.tasks:
            seen[line.kind.value] += 1
            seen["quoted"] += line.name != line.name.strip() or '"' in line.name
            seen["joint"] += len(line.departments) > 1
            seen["ranges"] += bool(line.ranges.stated())

    law()
    assert min(seen[what] for what in ("set", "order", "uniform", "quoted", "joint", "ranges")) > 10


@pytest.mark.parametrize("layout", BUREAUS)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_bureaus_layout_gives_back_what_it_carries(layout: str, suffix: str, tmp_path: Path) -> None:
    """Written in a bureau's layout and read again, a plan form is the same in what the layout carries."""
    seen: Counter[str] = Counter()

    @_QUIET
    @given(st.data())
    def law(data: st.DataObject) -> None:
        form = data.draw(forms(tame()))
        path, shown = tmp_path / f"plan.{suffix}", layout_named(layout)
        write_sheet(path, shown, form, data.draw(totals(form)), NAMES)
        assert same(take(path, layout).form, carried(form, shown))
        for line in form.tasks:
            seen["joint"] += len(line.departments) > 1
            seen["batches"] += len(line.batches) > 1
            seen[line.kind.value] += 1

    law()
    assert min(seen[what] for what in ("joint", "batches", "set", "order", "uniform")) > 10


PAGE = Path(__file__).resolve().parents[2] / "docs" / "plan.md"


def test_a_layout_carries_what_its_page_says() -> None:
    """The page's table has every layout with its columns and the fields that it carries; the complete one carries all."""
    text = PAGE.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` [^|]*\| ([^|]*\|[^|]*) \|$", text, re.MULTILINE))
    for layout in BUREAUS:
        headings, _, fields = rows[layout].partition("|")
        assert headings.strip().split("、") == [texts[0] for texts in layout_named(layout).columns.values()]
        assert set(re.findall(r"`(\w+)`", fields)) == carried_fields(layout_named(layout))
    assert "full" in rows
    assert carried_fields(layout_named("full")) == set(LineSpec.model_fields)
    told = re.findall(r"^\| (\S+) \| `(\w+)` \|$", text, re.MULTILINE)
    assert dict(told) == {param.label: name for name, param in PARAMS.items()}
    assert set(PARAMS) == set(PlanForm.model_fields) - {"tasks"}


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


def _plan(**line: Any) -> PlanForm:
    task = {
        "code": "T1",
        "name": "不定向抽查",
        "items": ["SJ01-1"],
        "batches": [{"first": "2026-03-01", "last": "2026-10-31"}],
        "ranges": {"A": ["0.7%", "1.3%"], "B": ["3.1%", "3.1%"], "C": ["10%", "20%"], "D": ["57%", "100%"]},
        "departments": [{"department": "市监", "agency": "330400SJ", "host": True}],
    }
    head = {"plan": HEADER.plan, "title": HEADER.title, "year": HEADER.year, "operator": HEADER.operator}
    return plan_of(head | {"tasks": [task | line]})


@pytest.mark.parametrize("layout", BUREAUS)
def test_nothing_of_risk_classes_is_published(layout: str, tmp_path: Path) -> None:
    """A public layout shows no class and no ratio of one; 池州's says that ratios rise and no more."""
    path = tmp_path / "plan.csv"
    write_sheet(path, layout_named(layout), _plan(), {"T1": LineTotals(40065, 1200, {3: 1200})}, NAMES)
    text = path.read_text(encoding="utf-8-sig")
    assert "1200户" in text or "40065户" in text
    for secret in ("0.7", "1.3", "3.1", "57", "A类", "D类"):
        assert secret not in text
    assert ("按信用风险等级递增" in text) == (layout == "chizhou")
    write_sheet(path, layout_named("full"), _plan(), {}, NAMES)
    assert "A类0.7%~1.3%" in path.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("layout", shipped_layouts())
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_same_plan_gives_the_same_bytes(layout: str, suffix: str, tmp_path: Path) -> None:
    """Two exports are equal to the byte; another date of making changes the workbook and nothing that is read."""
    one, two, three = (tmp_path / f"{name}.{suffix}" for name in "abc")
    form, numbers = _plan(), {"T1": LineTotals(40065, 1200)}
    write_sheet(one, layout_named(layout), form, numbers, NAMES)
    write_sheet(two, layout_named(layout), form, numbers, NAMES)
    write_sheet(three, layout_named(layout), form, numbers, NAMES, made=date(2026, 7, 1))
    assert one.read_bytes() == two.read_bytes()
    assert (one.read_bytes() == three.read_bytes()) == (suffix == "csv")
    assert same(take(one, layout).form, take(three, layout).form)


@pytest.mark.parametrize("sign", "=+-@")
@pytest.mark.parametrize("layout", shipped_layouts())
def test_no_cell_is_a_formula(sign: str, layout: str, tmp_path: Path) -> None:
    """A text that begins like a formula is text in the file, and comes back as it was."""
    form = _plan(name=f"{sign}cmd|' /C calc'!A0", note=f"{sign}1+1")
    path = tmp_path / "plan.csv"
    write_sheet(path, layout_named(layout), form, {}, NAMES)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for row in csv.reader(stream) for cell in row]
    assert any(cell == f"\t{form.tasks[0].name}" for cell in cells)
    assert not [cell for cell in cells if cell[:1] in set("=+-@")]
    assert take(path, layout).form.tasks[0].name == form.tasks[0].name
    book = tmp_path / "plan.xlsx"
    write_sheet(book, layout_named(layout), form, {}, NAMES)
    with zipfile.ZipFile(book) as parts:
        assert not re.search(rb"<f[ >]", parts.read("xl/worksheets/sheet1.xml"))
    assert take(book, layout).form.tasks[0].name == form.tasks[0].name


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


def test_only_a_whole_file_replaces_a_file(tmp_path: Path) -> None:
    """What cannot be written as it stands is refused by code, and the file of before stays as it was."""
    path = tmp_path / "plan.csv"
    path.write_text("before", encoding="utf-8")
    for bad in ({"scope": {"labels": ["一人、多照"]}}, {"name": " 抽查 "}, {"note": "字" * 5000}):
        layout = "full" if "note" in bad else "yangjiang"
        with pytest.raises(EngineError) as caught:
            write_sheet(path, layout_named(layout), _plan(**bad), {}, NAMES)
        assert caught.value.code == "plans.sheet-unwritable"
    with pytest.raises(EngineError) as caught:
        write_sheet(tmp_path / "plan.ods", layout_named("full"), _plan(), {})
    assert caught.value.code == "plans.sheet-file-kind"
    with pytest.raises(EngineError) as caught:
        write_sheet(tmp_path / "no" / "plan.csv", layout_named("full"), _plan(), {})
    assert caught.value.code == "plans.sheet-unsaved"
    assert [p.name for p in tmp_path.iterdir()] == ["plan.csv"]
    assert path.read_text(encoding="utf-8") == "before"
    with pytest.raises(EngineError) as caught:
        layout_named("nowhere")
    assert caught.value.code == "plans.sheet-layout-unknown"


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


@pytest.mark.parametrize("layout", BUREAUS)
def test_what_is_written_by_name_leads_back(layout: str, tmp_path: Path) -> None:
    """Whatever the registers call things, a sheet written with their names gives back the same codes, or fails to be written."""
    seen: Counter[str] = Counter()
    words = nasty() | st.sampled_from(
        ["1.检查", "甲局牵头", "甲、乙", "（一）甲", "甲局", "检查", "330402", "SJ01-1", "市监"]
    )

    @_QUIET
    @given(st.data())
    def law(data: st.DataObject) -> None:
        items = [
            ItemName(i.code, data.draw(words), tuple((c, data.draw(words)) for c, _ in i.points))
            for i in ITEMS
        ]
        agencies = [replace(agency, name=data.draw(words)) for agency in AGENCIES]
        names = names_from(items, agencies, [(code, data.draw(words)) for code, _ in REGIONS])
        form, path = data.draw(forms(tame())), tmp_path / "plan.csv"
        try:
            write_sheet(path, layout_named(layout), form, {}, names)
        except EngineError as error:
            assert error.code == "plans.sheet-unwritable"
            seen["unwritable"] += 1
            return
        assert same(take(path, layout, names=names).form, carried(form, layout_named(layout)))
        text = path.read_text(encoding="utf-8-sig")
        seen["named"] += any(
            names.name_of("item", item.partition("@")[0]) in text for t in form.tasks for item in t.items
        )

    law()
    assert seen["named"] > 10


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
