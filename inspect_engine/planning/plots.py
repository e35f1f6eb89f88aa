"""Two kinds of picture: squares in rows and columns, and columns in groups over an axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10

from inspect_engine.pictures import SHADES, box, is_dark, svg, text

#: Fills of one to four series beside each other, far enough apart to tell in print.
_FILLS = {
    1: (SHADES[4],),
    2: (SHADES[2], SHADES[5]),
    3: (SHADES[1], SHADES[3], SHADES[6]),
    4: (SHADES[1], SHADES[3], SHADES[5], SHADES[7]),
}
_WIDTH, _HIGH, _LEFT, _TOP = 960, 300, 64, 84


@dataclass(frozen=True, slots=True)
class Square:
    """A square's words and fill; ``below`` in small under the words."""

    words: str
    fill: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Values under one name, one a group, each ≥ 0."""

    name: str
    values: tuple[float, ...]


def wide(words: str) -> float:
    """Width of words in 13-pixel type, a Chinese sign taking twice a Latin one's."""
    return sum(13 if ord(sign) > 0x2E7F else 7.5 for sign in words)


def matrix(
    title: str,
    rows: Sequence[str],
    heads: Sequence[str],
    squares: Sequence[Sequence[Square | None]],
    legend: Sequence[tuple[str, str]],
    *,
    cell: int = 58,
    blocks: Mapping[int, str] | None = None,
    note: str = "",
) -> str:
    """Draw squares under their heads; an empty one stays white.

    Parameters
    ----------
    legend : sequence of (fill, words)
    cell : int
        Width of a square.
    blocks : mapping of int to str
        First row of a block, set off from the one above → its name, to the left of the rows' own.
    """
    named = blocks or {}
    left = 24 + max((wide(row) for row in rows), default=0.0)
    left += 12 + max(wide(words) for words in named.values()) if named else 0
    high = 40 if any(one and one.below for row in squares for one in row) else 22
    parts = [text(12, 28, title, "t"), text(12, 50, note, "n")] if note else [text(12, 28, title, "t")]
    top = 84 if note else 64
    parts += [text(left + (j + 0.5) * cell, top - 8, head, "n", "middle") for j, head in enumerate(heads)]
    y = top
    for i, row in enumerate(rows):
        y += 8 if i and i in named else 0
        parts += [text(12, y + high / 2 + 5, named[i])] if i in named else []
        parts.append(text(left - 10, y + high / 2 + 5, row, anchor="end"))
        parts += [_square(left + j * cell, y, cell, high, one) for j, one in enumerate(squares[i]) if one]
        y += high
    width = max(left + cell * len(heads) + 16, _legend_width(legend) + 24, 24 + 17 * len(title))
    parts += _legend(legend, 12, y + 16)
    return svg(round(width), y + 46, parts, alone=True)


def _square(x: float, y: float, width: int, height: int, one: Square) -> str:
    white = " w" if is_dark(one.fill) else ""
    middle = x + width / 2
    words = text(middle, y + (17 if one.below else height / 2 + 4), one.words, f"c{white}", "middle")
    below = text(middle, y + 32, one.below, f"c{white}", "middle") if one.below else ""
    return box(x, y, width - 2, height - 2, one.fill) + words + below


def _legend_width(legend: Sequence[tuple[str, str]]) -> float:
    return sum(44 + wide(words) for _, words in legend)


def _legend(legend: Sequence[tuple[str, str]], x: float, y: float) -> list[str]:
    parts = []
    for fill, words in legend:
        parts += [box(x, y, 18, 14, fill), text(x + 24, y + 12, words, "n")]
        x += 44 + wide(words)
    return parts


def columns(title: str, unit: str, groups: Sequence[str], series: Sequence[Series], *, note: str = "") -> str:
    """Draw columns over an axis with whole steps, one group beside the other, each with its number on top.

    Parameters
    ----------
    series : sequence of Series
        One to four; each has a value for every group.
    """
    top = max((value for one in series for value in one.values), default=0.0)
    step = tick(top)
    ticks = max(1, -floor(-top / step))
    scale = _HIGH / (ticks * step)
    bottom = _TOP + _HIGH
    parts = [text(12, 28, title, "t"), text(12, 52, note, "n"), text(_LEFT - 8, _TOP - 14, unit, "n", "end")]
    for k in range(ticks + 1):
        y = bottom - k * step * scale
        parts.append(f'<path d="M{_LEFT} {y:g}H{_WIDTH - 16}" stroke="#dfe4ea"/>')
        parts.append(text(_LEFT - 8, y + 4, f"{k * step:g}", "n", "end"))
    each = (_WIDTH - 16 - _LEFT) / max(1, len(groups))
    fills = _FILLS[len(series)]
    for g, words in enumerate(groups):
        middle = _LEFT + (g + 0.5) * each
        parts.append(text(middle, bottom + 20, words, "n", "middle"))
        parts += _columns(
            middle,
            min(0.78 * each, 200),
            bottom,
            scale,
            [(s.values[g], f) for s, f in zip(series, fills, strict=True)],
        )
    named = [(fill, one.name) for one, fill in zip(series, fills, strict=True)]
    if len(named) > 1:
        parts += _legend(named, _WIDTH - 16 - _legend_width(named), 18)
    return svg(_WIDTH, bottom + 36, parts, alone=True)


def _columns(
    middle: float, width: float, bottom: float, scale: float, values: Sequence[tuple[float, str]]
) -> list[str]:
    each = width / len(values)
    parts = []
    for k, (value, fill) in enumerate(values):
        x, high = middle - width / 2 + k * each, value * scale
        if value > 0:
            parts.append(box(x + 1, bottom - high, each - 2, high, fill))
            parts.append(text(x + each / 2, bottom - high - 5, short(value), "n", "middle"))
    return parts


def tick(top: float) -> float:
    """Step of an axis up to ``top``, 1, 2 or 5 times a power of ten, that gives four to ten steps."""
    if top <= 0:
        return 1.0
    power = 10.0 ** floor(log10(top / 4))
    return float(next(k * power for k in (5, 2, 1) if k * power <= top / 4 * (1 + 1e-9)))


def short(value: float) -> str:
    """A number in at most four signs where it can be: a decimal below ten, none above."""
    return f"{value:.1f}" if value < 10 else f"{value:.0f}"
