"""What all pictures share: one hue, and an SVG that a page embeds or a browser opens by itself."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

#: From nothing to all; readable in print and with colour blindness (one hue, lightness falling).
SHADES = ("#eef3f8", "#d3e2f0", "#a9c8e2", "#78a9cf", "#4a86b8", "#2a659b", "#164878", "#0b2d52")
#: More than there is.
OVER = "#b3261e"

# A file of its own has no page around it to set its type: families that hold Chinese, on whichever system it is opened.
_STYLE = (
    "<style>text{font:13px 'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif;fill:#1d2733}"
    ".t{font-size:17px;font-weight:600}.n{font-size:12px;fill:#55606c}.w{fill:#fff}.c{font-size:12px}</style>"
)


def svg(width: int, height: int, parts: Sequence[str], *, alone: bool = False) -> str:
    """Put parts into one picture; ``alone`` gives it the type and the white ground of a file of its own."""
    ground = f'{_STYLE}<rect width="{width}" height="{height}" fill="#fff"/>' if alone else ""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg">{ground}{"".join(parts)}</svg>'
    )


def text(
    x: float, y: float, words: str, kind: str = "", anchor: Literal["start", "middle", "end"] = "start"
) -> str:
    """Write words; ``kind`` names classes: ``t`` title, ``n`` note, ``c`` in a cell, ``w`` white."""
    named = f' class="{kind}"' if kind else ""
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:g}"{named}{placed}>{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Draw a filled box."""
    return f'<rect x="{x:.6g}" y="{y:.6g}" width="{width:.6g}" height="{height:.6g}" fill="{fill}" rx="2"/>'


def is_dark(fill: str) -> bool:
    """Whether words on it must be white."""
    return fill == OVER or fill in SHADES[4:]
