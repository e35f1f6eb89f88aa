"""Plan sheets: what is written comes back, nothing of risk classes is published, and the same form gives the same bytes."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_engine.errors import EngineError
from inspect_engine.planning.plans.form import LineSpec, PlanForm, plan_of
from inspect_engine.planning.plans.layouts import (
    ItemName,
    LineTotals,
    carried,
    carried_fields,
    layout_named,
    names_from,
    shipped_layouts,
    write_sheet,
)
from inspect_engine.planning.plans.layouts.params import PARAMS
from tests.planning.sheets import (
    AGENCIES,
    BUREAUS,
    HEADER,
    ITEMS,
    NAMES,
    REGIONS,
    forms,
    nasty,
    same,
    take,
    tame,
    totals,
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
