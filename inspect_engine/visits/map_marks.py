"""Where marks and names go on a map so that none lies on another (标注避让); pure, and the same for the same input."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from inspect_engine.visits.outlines import Point

#: Rings about a place on which a mark looks for room: their step, and how many [pixels].
_STEP, _RINGS, _WAYS = 5.0, 60, 24
#: Room between two marks [pixels].
_GAP = 1.5


@dataclass(frozen=True, slots=True)
class Area:
    """A box by its middle and half its width and height [pixels]."""

    x: float
    y: float
    half: float
    high: float

    def meets(self, other: Area, gap: float = 0.0) -> bool:
        """Whether two boxes overlap, or are nearer than a gap."""
        near = abs(self.x - other.x) < self.half + other.half + gap
        return near and abs(self.y - other.y) < self.high + other.high + gap

    def inside(self, other: Area) -> bool:
        """Whether it lies wholly in another."""
        fits = abs(self.x - other.x) <= other.half - self.half
        return fits and abs(self.y - other.y) <= other.high - self.high

    def moved(self, x: float, y: float) -> Area:
        """Return the same box about another middle."""
        return Area(x, y, self.half, self.high)

    def crossed(self, a: Point, b: Point) -> bool:
        """Whether the line from a to b runs through it: what is left of the line between each pair of sides."""
        low, high = 0.0, 1.0
        for start, end, middle, half in ((a[0], b[0], self.x, self.half), (a[1], b[1], self.y, self.high)):
            if start == end:
                if abs(start - middle) > half:
                    return False
                continue
            one, two = sorted(
                ((middle - half - start) / (end - start), (middle + half - start) / (end - start))
            )
            low, high = max(low, one), min(high, two)
        return low < high


def place_marks(wanted: Sequence[Area], taken: Sequence[Area], room: Area) -> list[Area]:
    """Put each mark at its place, or as near as there is room: marks that stand free stay, the others look about.

    One that finds no room within 300 pixels stays where it is.
    """
    found: dict[int, Area] = {
        i: one
        for i, one in enumerate(wanted)
        if one.inside(room) and not any(one.meets(other, _GAP) for other in _others(wanted, i, taken))
    }
    for i, one in enumerate(wanted):
        if i not in found:
            there = [*taken, *found.values()]
            free = (area for area in _about(one) if area.inside(room) and not _hit(area, there))
            found[i] = next(free, one)
    return [found[i] for i in range(len(wanted))]


def _others(wanted: Sequence[Area], i: int, taken: Sequence[Area]) -> Iterator[Area]:
    yield from taken
    yield from (one for j, one in enumerate(wanted) if j != i)


def _hit(area: Area, there: Iterable[Area]) -> bool:
    return any(area.meets(other, _GAP) for other in there)


def _about(area: Area) -> Iterator[Area]:
    """Boxes about a place, nearest first."""
    yield area
    for ring in range(1, _RINGS + 1):
        for way in range(_WAYS):
            turn = math.tau * way / _WAYS
            yield area.moved(
                area.x + ring * _STEP * math.cos(turn) * 1.25, area.y + ring * _STEP * math.sin(turn)
            )


def place_names(
    wanted: Sequence[Area], taken: Sequence[Area], lines: Sequence[tuple[Point, Point]], room: Area
) -> list[Area | None]:
    """Put each name near its place where neither a mark nor another name stands, off the lines if it can; else nowhere."""
    there, found = [*taken], list[Area | None]()
    for one in wanted:
        spots = [one.moved(one.x + dx * one.half, one.y + dy) for dx, dy in _NEAR]
        free = [area for area in spots if area.inside(room) and not _hit(area, there)]
        clear = [area for area in free if not any(area.crossed(a, b) for a, b in lines)]
        best = next(iter([*clear, *free]), None)
        found.append(best)
        if best is not None:
            there.append(best)
    return found


#: Below, above, right and left of a place, then further off: halves of a width, pixels down.
_NEAR = (
    (0, 12),
    (0, -12),
    (1.2, 0),
    (-1.2, 0),
    (0, 24),
    (0, -24),
    (1.1, 14),
    (-1.1, 14),
    (1.1, -14),
    (-1.1, -14),
)
