"""The heat map: what it paints is what it was given, and its axes and legend say how to read it."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.drawing.pictures import BOUNDS, SHADES, cell_size, heat_map

SIZES = st.tuples(st.integers(1, 12), st.integers(1, 40))


def _words(picture: str) -> list[str]:
    return [
        text.text or "" for text in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    ]


@given(SIZES, st.data())
def test_every_chance_is_painted_once_in_its_shade(size: tuple[int, int], data: st.DataObject) -> None:
    """So many cells of each shade as chances in its bounds; zeros stay white; the picture is well-formed."""
    rows, columns = size
    chance = st.sampled_from((0.0, 0.005, 0.01, 0.015, 0.03, 0.08, 0.1, 0.25, 0.3, 0.5, 0.51, 1.0))
    chances = [[data.draw(chance) for _ in range(columns)] for _ in range(rows)]
    picture = heat_map(
        chances,
        [("市监", f"{i:016x}") for i in range(rows)],
        [(f"2026-12-{1 + i // 4:02d}", f"R{i:03d}") for i in range(columns)],
        cell_size(columns),
    )
    ElementTree.fromstring(picture)
    painted = {
        fill: path.count("M")
        for path, fill in re.findall(r'<path d="([^"]*)" fill="(#[0-9a-f]+)"/>', picture)
    }
    wanted = Counter(
        SHADES[sum(value > bound for bound in BOUNDS)] for row in chances for value in row if value > 0
    )
    assert painted == wanted


def test_axes_and_legend_are_named() -> None:
    """Each department and date stands once, codes and routes where there is room, and each shade with its chances."""
    officers = [("市监", "aaaaaa11"), ("市监", "bbbbbb11"), ("应急", "cccccc11")]
    routes = [("2026-12-03", "R002"), ("2026-12-03", "R003"), ("2026-12-04", "R001")]
    words = _words(heat_map([[0.1] * 3] * 3, officers, routes, 16))
    assert Counter(words)["市监"] == Counter(words)["应急"] == Counter(words)["12-03"] == 1
    assert {"aaaaaa", "bbbbbb", "cccccc", "R001", "R002", "R003", "12-04"} <= set(words)
    assert {"≤1%", "≤25%", "≤50%", ">50%"} <= set(words)
    assert any("barred" in word or "never" in word for word in words)
    small = _words(heat_map([[0.1] * 3] * 3, officers, routes, 4))
    assert "市监" in small
    assert "aaaaaa" not in small


def test_dates_never_lie_on_each_other() -> None:
    """Where every route has a date of its own and cells are small, dates are named at the least distance of a line."""
    routes = [(f"2026-{1 + i // 28:02d}-{1 + i % 28:02d}", f"R{i:03d}") for i in range(200)]
    picture = heat_map([[0.1] * 200], [("市监", "a" * 16)], routes, cell_size(200))
    places = sorted(float(x) for x in re.findall(r"translate\(([\d.]+) -6\) rotate", picture))
    assert len(places) > 20
    assert min(b - a for a, b in pairwise(places)) >= 11
