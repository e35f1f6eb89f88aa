"""A day's routes as a picture (批次地图), without a tile server: one map a county, the legend beside them; pure.

Outlines come from the towns' places (:mod:`inspect_engine.visits.outlines`); they are no survey, and the picture says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from inspect_engine.pictures import svg, text
from inspect_engine.visits.map_legend import COLUMN, columns, legend
from inspect_engine.visits.map_panel import (
    HEAD,
    STRIP,
    County,
    Frame,
    counties_of,
    draw_county,
    frame_of,
    strip,
)
from inspect_engine.visits.map_strokes import bold
from inspect_engine.visits.maps import RouteMap

_LEFT, _TOP, _GAP = 24, 84, 16
#: Least height of a column of the legend [pixels].
_LEAST = 660.0
#: A column may be so much longer than the maps before another is begun.
_LONGER = 1.2
_NOTE = (
    "底图由名录中乡镇的坐标生成，仅为示意，不作界线依据；检查只标编号，名称在公布之前封存；用时为排定时的数。",
    "Outlines are generated from the towns' places and are no survey; visits bear numbers only; minutes are as planned.",
)


def draw_map(found: RouteMap) -> str:
    """Draw the map of a day as an SVG file of its own.

    Parameters
    ----------
    found : RouteMap
        Of one day.

    Raises
    ------
    ValueError
        For a map of several days.
    """
    if found.day is None:
        raise ValueError("a picture is of one day")
    counties = counties_of(found)
    panels, wide, high = _panels(counties)
    placed, count, tall = columns(legend(counties), max(_LEAST, high * _LONGER))
    beside = _LEFT + wide + 28
    width, bottom = beside + count * (COLUMN + 16) + 8, _TOP + max(high, tall)
    parts = [
        text(_LEFT, 38, f"{found.day.isoformat()} 检查批次地图 · Routes of the day", "t"),
        text(_LEFT, 62, _subtitle(found), "n"),
        *panels,
        *(
            f'<g transform="translate({beside + x:g} {_TOP + y:g})">{entry.parts}</g>'
            for x, y, entry in placed
        ),
        *(text(_LEFT, bottom + 26 + 18 * i, words, "n") for i, words in enumerate(_NOTE)),
    ]
    return svg(round(width), round(bottom + 60), parts, alone=True) + "\n"


def _subtitle(found: RouteMap) -> str:
    said = [f"抽取 draw {found.draw}", f"外出批次 routes {len(found.routes)}", f"检查 visits {found.visits}"]
    if found.desk_routes:
        said.append(
            f"另有案头批次（不上图）desk routes, not drawn {found.desk_routes}：检查 visits {found.desk_visits}"
        )
    return " · ".join(said)


def _panels(counties: Sequence[County]) -> tuple[list[str], float, float]:
    """Maps in rows, the rows as high as their highest; with the width and height of it all."""
    across, width = _grid(len(counties))
    parts, y = list[str](), 0.0
    for start in range(0, len(counties), across):
        row = counties[start : start + across]
        frames = [frame_of(county, width, _highest(across)) for county in row]
        height = max(frame.height for frame in frames)
        for i, (county, frame) in enumerate(zip(row, frames, strict=True)):
            at = _LEFT + i * (width + _GAP), _TOP + y
            parts.append(_panel(county, frame, at, height, alone=len(counties) == 1))
        y += HEAD + height + STRIP + _GAP
    used = min(across, max(1, len(counties)))
    return parts, used * (width + _GAP) - _GAP, y - _GAP


def _grid(count: int) -> tuple[int, float]:
    """How many maps stand side by side, and how wide each is [pixels]."""
    if count <= 1:
        return 1, 900.0
    return (2, 560.0) if count <= 4 else (3, 430.0)


def _highest(across: int) -> float:
    return {1: 800.0, 2: 560.0}.get(across, 430.0)


def _panel(county: County, frame: Frame, at: tuple[float, float], height: float, *, alone: bool) -> str:
    """One map in its box, with what it is above and its scale beneath."""
    stops = sum(len(route.stops) for route, _ in county.routes)
    said = f"{county.name} · 批次 routes {len(county.routes)} · 检查 visits {stops}"
    top = HEAD + (height - frame.height) / 2
    whole = HEAD + height + STRIP
    return (
        f'<g transform="translate({at[0]:g} {at[1]:.1f})">'
        f'<rect width="{frame.width:g}" height="{whole:.1f}" rx="3" fill="#fff" stroke="#d3dae2"/>'
        f"{bold(14, 22, county.name if alone else said)}"
        f'<g transform="translate(0 {top:.1f})">{draw_county(county, frame)}</g>'
        f"{strip(frame, whole - 12)}</g>"
    )
