"""Pictures of a draw as SVG that any browser shows: bars, a strip of days, and a heat map of chances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from inspect_engine.pictures import SHADES, svg

__all__ = ["SHADES", "Bar", "bars", "cell_size", "columns", "heat_map"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a part of a whole, both counts."""

    label: str
    part: int
    whole: int


def bars(rows: Sequence[Bar], width: int = 960) -> str:
    """Horizontal bars: their lengths go with the root of the whole, the dark part is its share of the bar.

    On a plain scale one large stratum would leave the others as hairlines; what matters is the share in each.
    """
    longest = max((bar.whole for bar in rows), default=1) or 1
    room = width - 300
    parts = []
    for i, bar in enumerate(rows):
        y = 8 + i * 26
        whole = max(4.0, room * (bar.whole / longest) ** 0.5) if bar.whole else 0.0
        part = max(2.0, whole * bar.part / bar.whole) if bar.part else 0.0
        share = f"{bar.part} / {bar.whole} · {bar.part / max(1, bar.whole):.1%}"
        parts.append(
            f'<text x="110" y="{y + 13}" text-anchor="end">{escape(bar.label)}</text>'
            f'<rect x="120" y="{y}" width="{whole:.1f}" height="18" fill="{SHADES[1]}" rx="2"/>'
            f'<rect x="120" y="{y}" width="{part:.1f}" height="18" fill="{SHADES[5]}" rx="2"/>'
            f'<text x="{128 + whole:.1f}" y="{y + 13}" class="n">{share}</text>'
        )
    return svg(width, 16 + 26 * len(rows), parts)


def columns(rows: Sequence[tuple[str, int]], width: int = 960) -> str:
    """Columns, one a day, with the number on top."""
    tallest = max((n for _, n in rows), default=1) or 1
    step = min(48.0, (width - 20) / max(1, len(rows)))
    parts = []
    for i, (label, n) in enumerate(rows):
        height = round(110 * n / tallest)
        x = 10 + i * step
        parts.append(
            f'<rect x="{x:.1f}" y="{130 - height}" width="{step * 0.72:.1f}" height="{height}" '
            f'fill="{SHADES[4]}" rx="2"/>'
            f'<text x="{x + step * 0.36:.1f}" y="{124 - height}" text-anchor="middle" class="n">{n}</text>'
            f'<text x="{x + step * 0.36:.1f}" y="146" text-anchor="middle" class="n">{escape(label)}</text>'
        )
    return svg(width, 156, parts)


def cell_size(columns: int) -> int:
    """Side of a heat map's cell that fills a page's width with so many columns, 4 to 16."""
    return min(16, max(4, 960 // max(1, columns)))


def heat_map(chances: Sequence[Sequence[float]], cell: int = 6) -> str:
    """Officers down, routes across, each cell the chance that the officer is sent on the route.

    Cells of one shade are one path, so that 40,000 cells stay below a megabyte.

    Parameters
    ----------
    chances : sequence of rows of float
        Each 0 to 1; zero stays white (barred, or never).
    """
    paths: list[list[str]] = [[] for _ in SHADES]
    for y, row in enumerate(chances):
        for x, chance in enumerate(row):
            if chance > 0:
                paths[_shade(chance)].append(f"M{x * cell} {y * cell}h{cell - 1}v{cell - 1}h-{cell - 1}z")
    parts = [f'<path d="{"".join(path)}" fill="{SHADES[i]}"/>' for i, path in enumerate(paths) if path]
    width = cell * max((len(row) for row in chances), default=1)
    return svg(width, cell * max(1, len(chances)), parts)


def _shade(chance: float) -> int:
    """Shade of a chance: up to 1 %, 2 %, 4 %, 8 %, 16 %, 25 %, 50 %, and above."""
    bounds = (0.01, 0.02, 0.04, 0.08, 0.16, 0.25 + 1e-9, 0.5)
    return next((i for i, bound in enumerate(bounds) if chance <= bound), len(bounds))
