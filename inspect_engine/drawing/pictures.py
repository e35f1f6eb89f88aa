"""Pictures of a draw as SVG that any browser shows: bars, a strip of days, and a heat map of chances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from inspect_engine.pictures import SHADES, svg, text

__all__ = ["BOUNDS", "SHADES", "Bar", "bars", "cell_size", "columns", "heat_map"]


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
    return min(16, max(4, (960 - _LEFT) // max(1, columns)))


#: Upper ends of the shades of chances; above the last is the darkest.
BOUNDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.25 + 1e-9, 0.5)

#: Room of a heat map's axes: left of the field, above it, below it [pixels].
_LEFT, _ABOVE, _BELOW = 132, 62, 78
#: Cells at least so large bear the name of each row and column, not of their groups alone [pixels].
_NAMED = 11


def heat_map(
    chances: Sequence[Sequence[float]],
    officers: Sequence[tuple[str, str]],
    routes: Sequence[tuple[str, str]],
    cell: int = 6,
) -> str:
    """Officers down, routes across, each cell the chance that the officer is sent on the route; with axes and legend.

    Cells of one shade are one path, so that 40,000 cells stay below a megabyte.

    Parameters
    ----------
    chances : sequence of rows of float
        Each 0 to 1; zero stays white (barred, or never).
    officers : sequence of (department, code)
        Of the rows; each department is named once, and parted from the next by a line.
    routes : sequence of (date, route)
        Of the columns, likewise.
    """
    width, height = cell * max(1, len(routes)), cell * max(1, len(officers))
    parts = [
        f'<g transform="translate({_LEFT} {_ABOVE})">',
        *_field(chances, cell),
        *_down(officers, cell, width),
        *_across(routes, cell, height),
        "</g>",
        text(_LEFT, 14, "批次，按日期 · routes, by date", "n"),
        text(0, _ABOVE - 6, "人员，按部门 · officers", "n"),
        *_legend(_LEFT, _ABOVE + height + _BELOW - 24),
    ]
    return svg(max(_LEFT + width + 8, _LEFT + 720), _ABOVE + height + _BELOW, parts)


def _field(chances: Sequence[Sequence[float]], cell: int) -> Iterator[str]:
    paths: list[list[str]] = [[] for _ in SHADES]
    for y, row in enumerate(chances):
        for x, chance in enumerate(row):
            if chance > 0:
                paths[_shade(chance)].append(f"M{x * cell} {y * cell}h{cell - 1}v{cell - 1}h-{cell - 1}z")
    yield from (f'<path d="{"".join(path)}" fill="{SHADES[i]}"/>' for i, path in enumerate(paths) if path)


def _groups(names: Sequence[tuple[str, str]]) -> Iterator[tuple[str, int, int]]:
    """Each group with its first place and the place after its last."""
    start = 0
    for group, members in groupby(names, key=lambda name: name[0]):
        end = start + len(list(members))
        yield group, start, end
        start = end


def _down(officers: Sequence[tuple[str, str]], cell: int, width: int) -> Iterator[str]:
    for group, start, end in _groups(officers):
        yield text(-_LEFT, (start + end) * cell / 2 + 4, group)
        if start:
            yield f'<path d="M-60 {start * cell - 0.5}H{width}" stroke="{SHADES[3]}"/>'
    if cell >= _NAMED:
        for y, (_, code) in enumerate(officers):
            yield text(-6, (y + 0.75) * cell, code[:6], "n", "end")


def _across(routes: Sequence[tuple[str, str]], cell: int, height: int) -> Iterator[str]:
    last = -float(_NAMED)
    for group, start, end in _groups(routes):
        x = (start + end) * cell / 2
        if x - last >= _NAMED:  # of dates too near each other for their names, the first is named
            yield _turned(x + 3, -6, group[5:] or group)
            last = x
        if start:
            yield f'<path d="M{start * cell - 0.5} -4V{height}" stroke="{SHADES[1]}"/>'
    if cell >= _NAMED:
        for x, (_, route) in enumerate(routes):
            yield _turned((x + 0.75) * cell, height + 44, route)


def _turned(x: float, y: float, words: str) -> str:
    return f'<g transform="translate({x:g} {y:g}) rotate(-90)">{text(0, 0, words, "n")}</g>'


def _legend(x: int, y: int) -> Iterator[str]:
    """White, and every shade with the chances that it stands for."""
    ends = [f"≤{bound:.0%}" for bound in BOUNDS]
    named = [("#fff", "0 不去 never"), *zip(SHADES, [*ends, f">{BOUNDS[-1]:.0%}"], strict=True)]
    for i, (fill, words) in enumerate(named):
        left = x + (i and 96 + (i - 1) * 66)
        yield f'<rect x="{left}" y="{y}" width="14" height="14" fill="{fill}" stroke="{SHADES[2]}" rx="2"/>'
        yield text(left + 19, y + 11, words, "n")


def _shade(chance: float) -> int:
    """Shade of a chance by :data:`BOUNDS`."""
    return next((i for i, bound in enumerate(BOUNDS) if chance <= bound), len(BOUNDS))
