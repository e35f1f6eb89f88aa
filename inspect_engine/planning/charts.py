"""Pictures of a plan, each one SVG and its data as CSV (计划图表): load, coverage, findings, visits, burden of firms."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from inspect_engine.pictures import OVER, SHADES
from inspect_engine.planning.plots import Series, Square, columns, matrix
from solver.plan.figures import Figures, Load
from solver.plan.simulated import Simulated

_MONTHS = range(1, 13)
_LOAD_STEPS = (0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9)
# Off the ratios that ranges end at, so that a body more or less does not change a shade.
_COVERAGE_STEPS = (0.01, 0.03, 0.07, 0.15, 0.3, 0.5, 0.8)
_MISSING = "—"


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture under its file's name, and the rows that it shows, the first their heads."""

    name: str
    svg: str
    rows: tuple[tuple[str | int | float, ...], ...]

    def csv(self) -> str:
        """Return the rows as CSV; text that a spreadsheet would take for a formula is kept text."""
        out = StringIO()
        csv.writer(out, lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in self.rows)
        return out.getvalue()


def _plain(cell: str | int | float) -> str | int | float:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def write(folder: Path, charts: Iterable[Chart]) -> list[Path]:
    """Write each chart's two files into a folder that is there, and return their paths.

    The CSV begins with the mark by which spreadsheets know UTF-8.
    """
    paths = []
    for chart in charts:
        for suffix, content, encoding in ((".svg", chart.svg, "utf-8"), (".csv", chart.csv(), "utf-8-sig")):
            path = folder / f"{chart.name}{suffix}"
            path.write_bytes(content.encode(encoding))
            paths.append(path)
    return paths


def load(told: Figures, names: Mapping[str, str] | None = None) -> Chart:
    """Officer-minutes as a share of those usable, region and skill down, months across; over 100 % in red.

    Where means of several skills together are listed, the region's last line has the tightest of them.

    Parameters
    ----------
    names : mapping of str to str
        Region's code → its name; a code without one stands as it is.
    """
    called = names or {}
    lines: dict[tuple[str, str], dict[int, Load]] = defaultdict(dict)
    for one in told.loads:
        where = one.region, one.skills[0] if len(one.skills) == 1 else ""
        before = lines[where].get(one.month)
        if before is None or _filled(one) > _filled(before):
            lines[where][one.month] = one
    order = sorted(lines, key=lambda line: (line[0], line[1] == "", line[1]))
    squares = [[_load_square(lines[line].get(t)) for t in _MONTHS] for line in order]
    blocks = {i: called.get(r, r) for i, (r, _) in enumerate(order) if not i or r != order[i - 1][0]}
    legend = [(SHADES[i], f"≤{top:.0%}") for i, top in enumerate((*_LOAD_STEPS, 1.0))] + [(OVER, "超出")]
    return Chart(
        "load",
        matrix(
            "各区域、专长、月份的工作量占可用工时",
            [skill or "多专长合计（最紧）" for _, skill in order],
            [f"{t}月" for t in _MONTHS],
            squares,
            legend,
            blocks=blocks,
        ),
        (
            ("region", "skills", "month", "minutes", "usable"),
            *(
                (
                    called.get(one.region, one.region),
                    "+".join(one.skills),
                    one.month,
                    round(one.minutes, 1),
                    one.usable,
                )
                for one in told.loads
            ),
        ),
    )


def _filled(one: Load) -> float:
    """Minutes over usable minutes; endless where there is work and nobody for it."""
    if one.usable:
        return one.minutes / one.usable
    return float("inf") if one.minutes > 0 else 0.0


def _load_square(one: Load | None) -> Square | None:
    if one is None or not one.minutes:
        return None
    share = _filled(one)
    if share > 1 + 5e-4:
        return Square("无人" if share == float("inf") else f"{share:.0%}", OVER)
    return Square(f"{share:.0%}", _shade(share, _LOAD_STEPS))


def _shade(share: float, steps: Sequence[float]) -> str:
    return SHADES[next((i for i, step in enumerate(steps) if share <= step), len(steps))]


def coverage(told: Figures, names: Mapping[str, str] | None = None) -> Chart:
    """Share of the open bodies drawn over the year, all tasks together, regions down and classes across."""
    called = names or {}
    drawn: dict[tuple[str, str], int] = defaultdict(int)
    there: dict[tuple[str, str], int] = defaultdict(int)
    for cell in told.cells:
        drawn[cell.region, cell.risk_class] += cell.drawn
        there[cell.region, cell.risk_class] += cell.open
    regions, classes = [p.name for p in told.regions], [p.name for p in told.classes]
    squares = [[_coverage_square(drawn[r, c], there[r, c]) for c in classes] for r in regions]
    legend = [(SHADES[i], f"≤{top:.0%}") for i, top in enumerate((*_COVERAGE_STEPS, 1.0))]
    return Chart(
        "coverage",
        matrix(
            "各区域、风险等级的年度抽查覆盖率",
            [called.get(r, r) for r in regions],
            [f"{c} 类" for c in classes],
            squares,
            legend,
            cell=96,
            note="抽取次数 ÷ 各任务可抽对象之和",
        ),
        (
            ("region", "class", "drawn", "open", "coverage"),
            *(
                (called.get(r, r), c, drawn[r, c], there[r, c], round(drawn[r, c] / there[r, c], 6))
                for r in regions
                for c in classes
                if there[r, c]
            ),
        ),
    )


def _coverage_square(drawn: int, there: int) -> Square | None:
    if not there:
        return None
    share = drawn / there
    return Square(f"{share:.1%}", _shade(share, _COVERAGE_STEPS), f"{drawn}/{there}")


def found(before: Figures, after: Figures | None = None) -> Chart:
    """Problems expected to be found, month by month; of two plans side by side."""
    return _monthly("found", "各月预计发现问题数", "件", _plans("found", before, after))


def visits(before: Figures, after: Figures | None = None) -> Chart:
    """Expected visits, month by month; of two plans side by side."""
    return _monthly("visits", "各月预计检查户次", "户次", _plans("visits", before, after))


def _plans(field: str, before: Figures, after: Figures | None) -> list[Series]:
    def of(told: Figures) -> tuple[float, ...]:
        return tuple(float(getattr(month, field)) for month in told.months)

    if after is None:
        return [Series("计划", of(before))]
    return [Series("调整前", of(before)), Series("调整后", of(after))]


def _monthly(name: str, title: str, unit: str, series: Sequence[Series]) -> Chart:
    return Chart(
        name,
        columns(title, unit, [f"{t}月" for t in _MONTHS], series),
        (
            ("month", *(one.name for one in series)),
            *((t, *(round(one.values[t - 1], 3) for one in series)) for t in _MONTHS),
        ),
    )


def simulated(told: Simulated) -> Chart:
    """Visits, month by month: as the plan counts them, and the mean of the simulated years."""
    planned, drawn = [0.0] * 12, [0.0] * 12
    for row in told.visits:
        planned[row.month - 1] += row.expected
        drawn[row.month - 1] += row.mean
    series = [Series("计划预期", tuple(planned)), Series(f"模拟 {told.replicates} 年平均", tuple(drawn))]
    return _monthly("simulated", "各月检查户次：计划预期与模拟", "户次", series)


def burden(told: Simulated) -> Chart:
    """Of each class, the share of firms by the number of visits that they had in a simulated year."""
    classes = list(dict.fromkeys(row.risk_class for row in told.burden))
    of = {(row.risk_class, row.visits): row.bodies for row in told.burden}
    times = sorted({visits for _, visits in of})
    size = {c: sum(of[c, v] for v in times) for c in classes}
    series = [
        Series(f"{c} 类", tuple(100 * of[c, v] / size[c] if size[c] else 0.0 for v in times)) for c in classes
    ]
    note = f"模拟 {told.replicates} 年的平均；年度频次上限 {max((c.cap for c in told.caps), default=0)} 次（按机关计）"
    return Chart(
        "burden",
        columns("企业全年迎检次数的分布", "%", [f"{v} 次" for v in times], series, note=note),
        (
            ("class", "visits", "bodies", "share"),
            *(
                (c, v, round(of[c, v], 3), round(of[c, v] / size[c], 6) if size[c] else _MISSING)
                for c in classes
                for v in times
            ),
        ),
    )
