"""Pictures of a plan: what they show is what their data say, and it can be read."""

from __future__ import annotations

import csv
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from inspect_engine.pictures import OVER
from inspect_engine.planning import charts
from inspect_engine.planning.charts import Chart
from inspect_engine.planning.plots import tick, wide
from solver.plan.figures import Load, figures
from solver.plan.simulate import simulate
from tests.plan import planned

TOLD = figures(planned.problem(), planned.NUMBERS, {})
LESS = figures(planned.problem(), planned.NUMBERS[:9], {})
YEARS = simulate(planned.problem(2), planned.NUMBERS, "charts", 3)
CHARTS = (
    charts.load(TOLD),
    charts.coverage(TOLD),
    charts.found(TOLD, LESS),
    charts.visits(TOLD),
    charts.visits(TOLD, LESS),
    charts.simulated(YEARS),
    charts.burden(YEARS),
)


def _elements(chart: Chart, name: str) -> list[ET.Element]:
    return ET.fromstring(chart.svg).findall(f".//{{http://www.w3.org/2000/svg}}{name}")


def _words(chart: Chart) -> list[str]:
    return [one.text or "" for one in _elements(chart, "text")]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_all_words_lie_within_the_picture(chart: Chart) -> None:
    """Every word begins and ends inside the frame, and every box lies in it."""
    frame = ET.fromstring(chart.svg)
    width, height = float(frame.attrib["width"]), float(frame.attrib["height"])
    for one in _elements(chart, "text"):
        long = wide(one.text or "") * (17 / 13 if one.attrib.get("class") == "t" else 1)
        start = (
            float(one.attrib["x"])
            - {"middle": 0.5, "end": 1.0}.get(one.attrib.get("text-anchor", ""), 0.0) * long
        )
        assert start >= 0, one.text
        assert start + long <= width, one.text
        assert 10 <= float(one.attrib["y"]) <= height
    boxes = _elements(chart, "rect")
    assert len(boxes) > 3
    for one in boxes:
        x, y = float(one.attrib.get("x", 0)), float(one.attrib.get("y", 0))
        assert min(x, y) >= 0
        assert x + float(one.attrib["width"]) <= width
        assert y + float(one.attrib["height"]) <= height


def test_load_shows_its_shares_and_what_is_over() -> None:
    """A square tells minutes over usable minutes; where there are more, or nobody, it is red."""
    one = TOLD.loads[0]
    loads = (
        Load(region="a", skills=("食品",), month=3, minutes=50.0, usable=100),
        Load(region="a", skills=("食品",), month=4, minutes=150.0, usable=100),
        Load(region="b", skills=("食品",), month=4, minutes=1.0, usable=0),
        Load(region="b", skills=("食品",), month=5, minutes=0.0, usable=0),
    )
    chart = charts.load(replace(TOLD, loads=loads), {"a": "南湖区"})
    words = _words(chart)
    assert {"50%", "150%", "无人", "南湖区", "b", "食品"} <= set(words)
    red = [r for r in _elements(chart, "rect") if r.attrib.get("fill") == OVER]
    assert len(red) == 2 + 1  # two squares, and the legend's
    assert chart.rows[1] == ("南湖区", "食品", 3, 50.0, 100)
    assert len(chart.rows) == 1 + len(loads)
    assert (one.region, "+".join(one.skills), one.month, round(one.minutes, 1), one.usable) in charts.load(
        TOLD
    ).rows


def test_load_shows_the_tightest_sum_of_skills() -> None:
    """Of the sums of several skills a region's last line has the one that is filled most; all are in the data."""
    loads = tuple(
        Load(region="a", skills=skills, month=3, minutes=minutes, usable=100)
        for skills, minutes in ((("p",), 10.0), (("q",), 20.0), (("p", "q"), 30.0), (("p", "r"), 77.0))
    )
    chart = charts.load(replace(TOLD, loads=loads))
    words = _words(chart)
    assert "77%" in words
    assert "30%" not in words
    assert words.index("p") < words.index("q") < words.index("多专长合计（最紧）")
    assert len(chart.rows) == 5


def test_coverage_is_drawn_over_open() -> None:
    """Each square of a region and class has its numbers; who is not there has none."""
    chart = charts.coverage(TOLD)
    assert "60/100" not in _words(chart)
    cells = [c for c in TOLD.cells if (c.region, c.risk_class) == ("南湖", "D")]
    drawn, there = sum(c.drawn for c in cells), sum(c.open for c in cells)
    assert f"{drawn}/{there}" in _words(chart)
    assert f"{drawn / there:.1%}" in _words(chart)
    assert {(row[0], row[1]) for row in chart.rows[1:]} == {("南湖", "A"), ("南湖", "D"), ("秀洲", "A")}


def test_columns_stand_as_high_as_their_numbers() -> None:
    """Heights go with the values, one scale for both plans; the data are the figures."""
    chart = charts.visits(TOLD, LESS)
    assert chart.rows[0] == ("month", "调整前", "调整后")
    assert [row[1] for row in chart.rows[1:]] == [round(m.visits, 3) for m in TOLD.months]
    assert [row[2] for row in chart.rows[1:]] == [round(m.visits, 3) for m in LESS.months]
    values = [v for a, b in zip(TOLD.months, LESS.months, strict=True) for v in (a.visits, b.visits) if v]
    heights = [
        float(r.attrib["height"])
        for r in _elements(chart, "rect")
        if r.attrib.get("x") and float(r.attrib["height"]) != 14
    ]
    assert len(heights) == len(values) > 4
    scale = heights[0] / values[0]
    assert heights == [pytest.approx(scale * v, rel=1e-4) for v in values]
    words = [
        t
        for t in _elements(chart, "text")
        if (t.text or "").isdigit() and t.attrib.get("text-anchor") == "end"
    ]
    axis = {float(t.text or ""): float(t.attrib["y"]) for t in words}
    assert scale == pytest.approx((axis[0] - min(axis.values())) / max(axis), rel=1e-4)
    assert [row[1:] for row in charts.found(TOLD).rows[1:]] == [(round(m.found, 3),) for m in TOLD.months]


def test_simulated_years_stand_beside_the_plan() -> None:
    """Each month's two columns are the sums over regions of what the simulation has."""
    rows = charts.simulated(YEARS).rows
    assert rows[0] == ("month", "计划预期", "模拟 3 年平均")
    for t, expected, mean in rows[1:]:
        assert expected == round(sum(r.expected for r in YEARS.visits if r.month == t), 3)
        assert mean == round(sum(r.mean for r in YEARS.visits if r.month == t), 3)
    assert sum(float(row[2]) for row in rows[1:]) > 100


def test_burden_is_of_whole_classes() -> None:
    """The shares of a class's firms by visits sum to one, and the picture says how many years it has seen."""
    chart = charts.burden(YEARS)
    for c in ("A", "D"):
        assert sum(float(row[3]) for row in chart.rows[1:] if row[0] == c) == pytest.approx(1, abs=1e-5)
    assert any("模拟 3 年" in words and "上限 2 次" in words for words in _words(chart))


@pytest.mark.parametrize(
    ("top", "step"), [(0, 1), (4, 1), (7, 1), (8, 2), (19, 2), (20, 5), (911, 200), (0.4, 0.1), (5000, 1000)]
)
def test_axis_has_whole_steps(top: float, step: float) -> None:
    """An axis has four to ten steps of 1, 2 or 5 times a power of ten."""
    assert tick(top) == pytest.approx(step)
    assert not top or 4 <= top / tick(top) < 10.001


def test_files_are_a_picture_and_its_data(tmp_path: Path) -> None:
    """Each chart is one SVG and one CSV that a spreadsheet opens as UTF-8; no text becomes a formula."""
    odd = charts.load(TOLD, {"南湖": "=1+1", "秀洲": "<秀>&洲"})
    paths = charts.write(tmp_path, [odd])
    assert [p.name for p in paths] == ["load.svg", "load.csv"]
    raw = paths[1].read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == len(odd.rows)
    assert {row[0] for row in rows[1:]} == {"'=1+1", "<秀>&洲"}
    assert "<秀>&洲" in _words(odd)
    assert paths[0].read_text("utf-8") == odd.svg


def test_an_empty_plan_can_be_shown() -> None:
    """A plan of no numbers has its pictures too."""
    empty = figures(planned.problem(), (), {})
    shown = [charts.load(empty), charts.coverage(empty), charts.found(empty), charts.visits(empty, empty)]
    assert all(ET.fromstring(chart.svg) is not None and len(chart.rows) > 1 for chart in shown)
