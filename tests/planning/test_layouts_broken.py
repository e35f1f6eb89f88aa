"""Broken plan sheets: each planted fault is found at its place, by its code, and all of a sheet's faults at once."""

from __future__ import annotations

import ast
import csv
import re
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from inspect_engine.errors import EngineError, words
from inspect_engine.planning.plans.layouts import PlanHeader, SheetError, layout_named, write_sheet
from inspect_engine.planning.plans.layouts.columns import COLUMNS, ROW_COLUMNS
from inspect_engine.planning.plans.layouts.layout import shipped_layouts
from tests.planning.sheets import BUREAUS, HEADER, SOUND, faults, sheet, take, write_csv, write_xlsx

#: Layout, field, what is planted there, and the code of the fault in that cell.
CELLS = (
    ("shanggao", "departments", "", "cell-empty"),
    ("shanggao", "departments", "某某局", "sheet-agency-unknown"),
    ("shanggao", "departments", "市监", "sheet-ambiguous"),
    ("shanggao", "departments", "嘉兴市市场监督管理局、嘉兴市教育局", "sheet-host"),
    ("shanggao", "departments", "嘉兴市市场监督管理局（牵头）、嘉兴市教育局（牵头）", "sheet-host"),
    ("shanggao", "name", "", "cell-empty"),
    ("shanggao", "name", "10%", "sheet-shifted"),
    ("shanggao", "name", "12户", "sheet-shifted"),
    ("shanggao", "items", "清单之外的检查", "sheet-item-unknown"),
    ("shanggao", "items", "现场检查", "sheet-ambiguous"),
    ("shanggao", "items", "资质；清单之外的检查", "sheet-item-unknown"),
    ("shanggao", "batches", "", "cell-empty"),
    ("shanggao", "batches", "适时", "sheet-window"),
    ("shanggao", "batches", "6月底前", "sheet-window"),
    ("shanggao", "batches", "第一批2026年7月20日前完成", "sheet-window"),
    ("shanggao", "batches", "2月30日-3月1日", "sheet-window"),
    ("shanggao", "batches", "3-13月", "sheet-window"),
    ("shanggao", "batches", "2026-03-10", "sheet-window-day"),
    ("shanggao", "batches", "2025年3-10月", "sheet-window-year"),
    ("shanggao", "batches", "2025年11月-2026年3月", "sheet-window-year"),
    ("shanggao", "batches", "10-3月", "sheet-window-order"),
    ("shanggao", "amount", "3", "sheet-ratio-unit"),
    ("shanggao", "amount", "130%", "sheet-ratio-range"),
    ("shanggao", "amount", ">3%", "sheet-ratio"),
    ("shanggao", "amount", "约3%", "sheet-ratio"),
    ("shanggao", "amount", "3%或5%", "sheet-ratio"),
    ("shanggao", "amount", "3%-5%", "sheet-ratio"),
    ("shanggao", "amount", "不低于3%以下", "sheet-ratio"),
    ("shanggao", "amount", "不低于5%（不分等级均匀抽取）", "sheet-ratio"),
    ("shanggao", "amount", "至少12户", "sheet-count-bound"),
    ("shanggao", "times", "经常", "sheet-frequency"),
    ("shanggao", "times", "0次", "sheet-frequency"),
    ("shanggao", "times", ">=2", "sheet-frequency-batches"),
    ("shanggao", "times", "每季度2次", "sheet-frequency-batches"),
    ("shanggao", "total", "若干", "sheet-number"),
    ("shanggao", "total", "10%", "sheet-number"),
    ("chizhou", "source_section", "市级统一组织发起（信用监管科）", "sheet-source"),
    ("chizhou", "joiners", "县级市场监管部门", "sheet-agency-unknown"),
    ("chizhou", "base_amount", "领取许可证书的机构", "sheet-ratio"),
    ("chizhou", "classes", "守信5%、警示10%、失信20%", "sheet-classes"),
    ("chizhou", "classes", "不涉及信用风险分类", "sheet-classes"),
    ("chizhou", "classes", "对A、B、C、D类分别按1%、3%抽取", "sheet-classes"),
    ("chizhou", "classes", "A类1%、A类3%", "sheet-classes"),
    ("chizhou", "classes", "A类5%—3%", "sheet-classes-order"),
    ("chizhou", "classes", "A类1%、D类130%", "sheet-ratio-range"),
    ("yangjiang", "aimed", "专项", "sheet-aimed"),
    ("yangjiang", "aimed", "不定向", "sheet-aimed-scope"),
    ("yangjiang", "scope", "持有许可证的融资担保公司", "sheet-scope"),
    ("yangjiang", "scope", "区域：某区；企业", "sheet-region-unknown"),
    ("wuwei", "department", "", "cell-empty"),
    ("wuwei", "department", "教育行政部门", "sheet-agency-unknown"),
    ("wuwei", "row_items", "", "cell-empty"),
    ("wuwei", "row_items", "现场检查", "sheet-ambiguous"),
    ("wuwei", "agencies", "嘉兴市市场监督管理局", "sheet-parties-differ"),
    ("wuwei", "roles", "嘉兴市市场监督管理局牵头，嘉兴市教育局配合", "sheet-parties-differ"),
    ("wuwei", "base", "基数：7，抽查比例：100%", "sheet-differ"),
)


@pytest.mark.parametrize(("layout", "field", "planted", "code"), CELLS)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_not_understood_is_a_fault_in_its_cell(
    layout: str, field: str, planted: str, code: str, suffix: str, tmp_path: Path
) -> None:
    """A cell that says what nobody can be sure of is named by row and heading, and its neighbours are not."""
    rows: list[dict[str, str]] = [{}, {"number": "2", "name": "另一任务", field: planted}]
    write = write_csv if suffix == "csv" else write_xlsx
    path = write(tmp_path / f"plan.{suffix}", sheet(layout, *rows))
    heading = layout_named(layout).columns[field][0]
    assert faults(path, layout) == [(4, heading, code)]


def test_a_base_without_a_ratio_is_a_fault(tmp_path: Path) -> None:
    """基数 alone says nothing of how many, and is no plan to take the items' own ratio."""
    path = write_csv(tmp_path / "plan.csv", sheet("chizhou", {"base_amount": "基数40065户", "total": ""}))
    assert faults(path, "chizhou") == [(3, "抽查基数和比例", "sheet-ratio")]


def test_a_sheets_faults_are_told_at_once_and_by_place(tmp_path: Path) -> None:
    """One refusal names every fault of every row in order; one fault keeps all rows out."""
    rows = [
        {"batches": "适时", "amount": "3"},
        {},
        {"departments": "某某局", "items": "无此事项", "total": "若干"},
    ]
    path = write_csv(tmp_path / "plan.csv", sheet("shanggao", *rows))
    assert faults(path, "shanggao") == [
        (3, "抽查比例", "sheet-ratio-unit"),
        (3, "计划开展时间", "sheet-window"),
        (5, "抽查数量", "sheet-number"),
        (5, "检查主体", "sheet-agency-unknown"),
        (5, "检查内容", "sheet-item-unknown"),
    ]
    with pytest.raises(SheetError) as caught:
        take(path, "shanggao")
    assert caught.value.code == "plans.sheet-faults"
    assert not caught.value.report.stored
    assert "3 抽查比例" in caught.value.message("zh")
    assert "3% 或 3户" in caught.value.remedy("zh")


def _merged(
    tmp_path: Path, merges: list[tuple[int, int, int, int]], count: int = 3
) -> list[tuple[int, str, str]]:
    rows = [{"number": str(n), "name": f"任务{'甲乙丙'[n - 1]}"} for n in range(1, count + 1)]
    return faults(write_xlsx(tmp_path / "plan.xlsx", sheet("shanggao", *rows), merges), "shanggao")


def test_merges_that_leave_it_unclear_are_faults(tmp_path: Path) -> None:
    """Numbers and names merged over tasks, cells merged across columns and headings over rows: each at its place."""
    assert _merged(tmp_path, [(1, 0, 1, 8), (3, 1, 5, 1), (3, 5, 4, 5)]) == []
    assert (3, "抽查比例", "sheet-merged-number") in _merged(tmp_path, [(3, 6, 4, 6)])
    assert (4, "抽查频次", "sheet-merged-number") in _merged(tmp_path, [(4, 7, 5, 7)])
    assert (3, "抽查数量", "sheet-merged-number") in _merged(tmp_path, [(3, 8, 5, 8)])
    assert (3, "年度计划名称", "sheet-merged-task") in _merged(tmp_path, [(3, 2, 4, 2)])
    assert (3, "序号", "sheet-merged-task") in _merged(tmp_path, [(3, 0, 4, 0)])
    assert (4, "年度计划名称", "sheet-merged-across") in _merged(tmp_path, [(4, 2, 4, 3)])
    assert (3, "抽查比例", "sheet-merged-across") in _merged(tmp_path, [(3, 6, 4, 7)])
    assert (2, "抽查比例", "sheet-merged-heading") in _merged(tmp_path, [(2, 6, 4, 6)])


def test_a_number_merged_over_one_tasks_rows_is_taken(tmp_path: Path) -> None:
    """In 无为's layout a ratio over the rows of one task is that task's; over two tasks it is a fault."""
    both = {
        "agencies": "嘉兴市教育局、嘉兴市消防救援支队",
        "roles": "嘉兴市教育局牵头，嘉兴市消防救援支队配合",
    }
    fire = both | {"department": "嘉兴市消防救援支队", "row_items": "消防设施"}
    table = sheet("wuwei", both, fire, {"number": "2", "name": "另一任务"})
    assert (
        faults(write_xlsx(tmp_path / "a.xlsx", table, [(3, 8, 4, 8), (3, 0, 4, 0), (3, 2, 4, 2)]), "wuwei")
        == []
    )
    found = faults(write_xlsx(tmp_path / "b.xlsx", table, [(3, 8, 5, 8)]), "wuwei")
    assert found == [(3, "抽查比例", "sheet-merged-number")]


def test_rows_of_one_task_must_agree(tmp_path: Path) -> None:
    """Rows of one task that state two ratios are a fault in the second of them."""
    both = {
        "agencies": "嘉兴市教育局、嘉兴市消防救援支队",
        "roles": "嘉兴市教育局牵头，嘉兴市消防救援支队配合",
    }
    fire = both | {"department": "嘉兴市消防救援支队", "row_items": "消防设施", "amount": "不低于9%"}
    path = write_csv(tmp_path / "plan.csv", sheet("wuwei", both, fire))
    assert faults(path, "wuwei") == [(4, "抽查比例", "sheet-rows-differ")]
    silent = [both | {"roles": ""}, fire | {"roles": "", "amount": SOUND["wuwei"]["amount"]}]
    assert faults(write_csv(path, sheet("wuwei", *silent)), "wuwei") == [(3, "责任分工", "sheet-host")]


def test_headings_that_are_missing_or_twice_are_told(tmp_path: Path) -> None:
    """A sheet without its headings, with one missing, or with one twice, is refused at the row of its headings."""
    table = sheet("chizhou", {})
    assert faults(write_csv(tmp_path / "a.csv", table[2:]), "chizhou") == [(1, "", "sheet-no-headings")]
    for field in ("name", "items", "base_amount", "batches"):
        column = list(SOUND["chizhou"]).index(field)
        other = [list(row) for row in table]
        other[1][column] = "别的"
        assert faults(write_csv(tmp_path / "b.csv", other), "chizhou") == [(2, "", "column-missing")], field
    twice = [[*row, row[1]] if n else row for n, row in enumerate(table)]
    assert faults(write_csv(tmp_path / "c.csv", twice), "chizhou") == [(2, "抽查任务名称", "heading-twice")]
    assert faults(write_csv(tmp_path / "d.csv", table), "shanggao")[0][2] == "column-missing"


def test_headings_shifted_against_their_rows_are_faults(tmp_path: Path) -> None:
    """Headings one column to the left or right of what stands under them: every row is a fault, none is taken."""
    count = 0
    for layout in BUREAUS:
        table = sheet(layout, {}, {"number": "2", "name": "另一任务"})
        for number, heads in enumerate(([*table[1][1:], ""], ["", *table[1]])):
            other = [table[0], heads, *(([*row, ""]) for row in table[2:])]
            found = faults(write_csv(tmp_path / f"{layout}{number}.csv", other), layout)
            assert {3, 4} <= {row for row, _, _ in found}, (layout, heads, found)
            count += 1
    assert count == 2 * len(BUREAUS)


def test_traps_of_spreadsheets_are_faults(tmp_path: Path) -> None:
    """Formulas, dates made of 3-10, cells under no heading, short rows and hidden signs are named at their places."""

    def book(name: str, column: int, cell: Any) -> list[tuple[int, str, str]]:
        table: list[list[Any]] = sheet("shanggao", {})
        table[2] = [*table[2][:column], cell, *table[2][column + 1 :]]
        return faults(write_xlsx(tmp_path / f"{name}.xlsx", table), "shanggao")

    assert book("formula", 8, "=SUM(A1:A3)") == [(3, "抽查数量", "formula-cell")]
    assert book("date", 4, date(2026, 3, 10)) == [(3, "计划开展时间", "sheet-window-day")]
    assert book("ratio", 6, 3) == [(3, "抽查比例", "sheet-ratio-unit")]
    assert book("percent", 6, 0.05) == []
    assert book("beyond", 9, "x") == [(3, "", "cell-without-heading")]
    assert book("hidden", 2, "抽查\u202e计划") == [(3, "年度计划名称", "control-character")]
    short = sheet("shanggao", {})
    short[2].pop()
    assert faults(write_csv(tmp_path / "short.csv", short), "shanggao") == [(3, "", "row-short")]
    assert faults(write_csv(tmp_path / "none.csv", sheet("shanggao")), "shanggao") == [(1, "", "sheet-empty")]
    with pytest.raises(EngineError) as caught:
        take(tmp_path / "nothing.csv", "shanggao")
    assert caught.value.code == "registers.file-unreadable"


def _full(tmp_path: Path) -> list[list[str]]:
    """The complete sheet of a sound plan, as rows."""
    form = take(write_csv(tmp_path / "sound.csv", sheet("shanggao", {}, {"number": "2"})), "shanggao").form
    write_sheet(tmp_path / "full.csv", layout_named("full"), form, {})
    with (tmp_path / "full.csv").open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


#: Field of the complete layout, what is planted, code.
FULL_CELLS = (
    ("code", "任务一", "sheet-code"),
    ("name", '"抽查', "sheet-quoted"),
    ("items", '"SJ01-1；SJ02-1', "sheet-quoted"),
    ("departments", "市监@330400SJ×2×3", "sheet-agency-unknown"),
    ("departments", '"330400SJ', "sheet-quoted"),
    ("departments", '""@330400SJ×2（牵头）', "sheet-line"),
    ("source", "省里", "sheet-source"),
    ("method", "现场检查、书面检查", "sheet-method"),
    ("busy", "13月", "sheet-months"),
    ("classes", "A类", "sheet-classes"),
    ("regions", "某区", "sheet-region-unknown"),
    ("kinds", "公司", "sheet-scope"),
    ("reserve", "-1", "sheet-number"),
    ("substitutes", "可以", "sheet-whether"),
    ("population", "很多", "sheet-number"),
)


@pytest.mark.parametrize(("field", "planted", "code"), FULL_CELLS)
def test_faults_of_the_complete_layout(field: str, planted: str, code: str, tmp_path: Path) -> None:
    """In the complete layout too every cell that is not understood is named."""
    table = _full(tmp_path)
    head = next(n for n, row in enumerate(table) if row[0] == "任务编号")
    heading = layout_named("full").columns[field][0]
    table[head + 1][table[head].index(heading)] = planted
    assert faults(write_csv(tmp_path / "plan.csv", table), "full") == [(head + 2, heading, code)]


def test_faults_beside_the_tasks(tmp_path: Path) -> None:
    """Values of the plan that do not fit, unknown ones, another header, codes twice, and lines that break the form."""
    table = _full(tmp_path)
    head = next(n for n, row in enumerate(table) if row[0] == "任务编号")
    at = {row[0]: n for n, row in enumerate(table[:head])}

    def changed(row: int, column: int, text: str) -> list[tuple[int, str, str]]:
        other = [list(cells) for cells in table]
        other[row][column] = text
        return faults(write_csv(tmp_path / "plan.csv", other), "full")

    assert faults(write_csv(tmp_path / "plan.csv", table), "full") == []
    assert changed(at["预留力量"], 1, "120%") == [(at["预留力量"] + 1, "预留力量", "sheet-param")]
    assert changed(at["每日分钟"], 1, "七小时") == [(at["每日分钟"] + 1, "每日分钟", "sheet-param")]
    assert changed(at["预留力量"], 0, "别的") == [(at["预留力量"] + 1, "别的", "sheet-param-unknown")]
    assert changed(at["年度"], 1, "2025") == [(at["年度"] + 1, "年度", "sheet-header-differs")]
    assert changed(at["每日分钟"], 1, "5000") == [(head + 2, "", "sheet-form")]
    assert changed(head + 2, 0, "001") == [(head + 3, "", "sheet-code-twice")]
    column = table[head].index("部门")
    assert changed(head + 1, column, "市监@330400SJ×1（牵头）") == [(head + 2, "", "sheet-line")]
    other_year = PlanHeader(HEADER.plan, HEADER.title, 2027, HEADER.operator)
    path = write_csv(tmp_path / "plan.csv", table)
    assert (at["年度"] + 1, "年度", "sheet-header-differs") in faults(path, "full", other_year)


SOURCE = Path(str(files("inspect_engine"))) / "planning" / "plans" / "layouts"


def test_every_code_has_words_and_every_word_a_code() -> None:
    """The words of sheets and the source name the same codes, in two languages with the same braces and a remedy."""
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^plans\.(sheet-[a-z-]+)$", node.value))
    table = {code: entry for code, entry in words("plans").items() if code.startswith("sheet-")}
    assert len(found) > 40
    assert found == set(table)
    for code, entry in table.items():
        assert set(entry) == {"zh", "en", "remedy_zh", "remedy_en"}, code
        for one, other in (("zh", "en"), ("remedy_zh", "remedy_en")):
            braces = [
                {name for _, name, _, _ in Formatter().parse(entry[key]) if name} for key in (one, other)
            ]
            assert braces[0] == braces[1], code


@pytest.mark.parametrize("name", shipped_layouts())
def test_shipped_layouts_are_sound(name: str) -> None:
    """A layout speaks of known columns alone, no heading leads to two of them, and what may be missing is one of its own."""
    layout = layout_named(name)
    assert set(layout.known) <= set(COLUMNS) | set(ROW_COLUMNS)
    headings = [heading for texts in layout.known.values() for heading in texts]
    assert len(headings) == len(set(headings))
    assert set(layout.optional) <= set(layout.columns)
    assert {"name", "batches"} <= set(layout.needed)
    assert layout.title.format(year=2026).count("2026") == 1
