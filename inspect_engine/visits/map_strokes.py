"""How a route looks on a map and in its legend: its hue, its dash and its letter (批次图例); pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from inspect_engine.visits.map_marks import Area
from inspect_engine.visits.outlines import Point

#: After Okabe and Ito, darkened until white reads on each (contrast 4.5 and more); told apart with colour blindness too.
HUES = ("#0068a8", "#b84c00", "#00735a", "#9c3a72", "#6b5200", "#3d4650", "#4a3fb0", "#8e1b1b")
#: Five dashes to eight hues: forty routes a day before a pair comes again, and each has its letter.
DASHES = ("", "8 4", "2.5 3.5", "13 4 2.5 4", "16 6")
#: Width of a line [pixels], and of the legs from and to the station.
_LINE, _LEG = 2.4, 1.5
INK, PAPER, GREY = "#1d2733", "#fff", "#55606c"
#: Half the height of a mark [pixels], and its width for a number of letters.
HIGH = 8.5


@dataclass(frozen=True, slots=True)
class Stroke:
    """A route's look, by its place among the day's."""

    letter: str
    index: int
    direct: bool

    @property
    def hue(self) -> str:
        """Its colour."""
        return HUES[self.index % len(HUES)]

    def line(self, points: list[Point], *, leg: bool = False) -> str:
        """Draw its line over a white edge; a leg from or to the station is thin; that of a direct route is double."""
        if len(points) < 2:
            return ""
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dash = DASHES[self.index % len(DASHES)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        wide = _LEG if leg else _LINE
        shape = f'<path d="{path}" fill="none" stroke-linejoin="round"'
        edge = f'{shape} stroke="{PAPER}" stroke-width="{wide + 2.2:g}" stroke-opacity=".85"/>'
        if self.direct:
            core = f'{shape} stroke="{PAPER}" stroke-width="{wide - 0.6:g}"/>'
            return f'{edge}{shape} stroke="{self.hue}" stroke-width="{wide + 2:g}"{dashed}/>{core}'
        return f'{edge}{shape} stroke="{self.hue}" stroke-width="{wide:g}"{dashed}/>'

    def mark(self, area: Area, words: str, *, own: bool) -> str:
        """Draw a stop: full at the body's own place, hollow at its town's."""
        fill, ink = (self.hue, PAPER) if own else (PAPER, self.hue)
        edge = PAPER if own else self.hue
        return (
            f'<rect x="{area.x - area.half:.1f}" y="{area.y - area.high:.1f}" width="{2 * area.half:g}" '
            f'height="{2 * area.high:g}" rx="{area.high:g}" fill="{fill}" stroke="{edge}" stroke-width="1.4"/>'
            f'<text x="{area.x:.1f}" y="{area.y + 4:.1f}" text-anchor="middle" '
            f'style="font-size:11.5px;font-weight:600;fill:{ink}">{escape(words)}</text>'
        )

    def leader(self, place: Point, area: Area) -> str:
        """Lead from a mark that had to give way to where the visit is."""
        x, y = place
        return (
            f'<path d="M{x:.1f} {y:.1f}L{area.x:.1f} {area.y:.1f}" stroke="{self.hue}" stroke-width=".9"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{self.hue}" stroke="{PAPER}" stroke-width=".8"/>'
        )


def bold(x: float, y: float, words: str, size: int = 13) -> str:
    """Write words in bold."""
    return f'<text x="{x:g}" y="{y:g}" style="font-size:{size}px;font-weight:600">{escape(words)}</text>'


def mark_area(words: str, at: Point) -> Area:
    """The room that a mark takes."""
    return Area(at[0], at[1], 5 + 3.8 * len(words), HIGH)


def station_sign(x: float, y: float, *, own: bool) -> str:
    """A square with a door for a station; hollow where the county's seat stands for it."""
    fill, ink = (INK, PAPER) if own else (PAPER, INK)
    return (
        f'<rect x="{x - 8:.1f}" y="{y - 8:.1f}" width="16" height="16" fill="{fill}" '
        f'stroke="{PAPER if own else INK}" stroke-width="1.5"/>'
        f'<path d="M{x - 3.5:.1f} {y + 4:.1f}V{y - 3.5:.1f}H{x + 3.5:.1f}V{y + 4:.1f}" '
        f'stroke="{ink}" stroke-width="1.5" fill="none"/>'
    )
