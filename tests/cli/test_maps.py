"""``draw map`` as somebody would type it: files are the user's own, a refusal leaves neither file nor event."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter

import pytest
from sqlmodel import select

import inspect_engine
from inspect_engine.errors import words
from inspect_engine.events.tables import Event
from inspect_engine.store import open_store, reading, sqlite_url
from tests.cli.conftest import Run
from tests.drawing.world import DRAW, store_at


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Path:
    """A home whose store has the small county's draw with its routes."""
    folder = tmp_path / "home"
    folder.mkdir()
    store_at("routed", folder, "engine.db").dispose()
    return folder / "engine.db"


def _looks(home: Path) -> int:
    engine = open_store(sqlite_url(home))
    with reading(engine) as session:
        count = len(session.exec(select(Event).where(Event.kind == "draw.map-made")).all())
    engine.dispose()
    return count


def test_a_day_is_written_once_and_for_its_user_alone(run: Run, home: Path, tmp_path: Path) -> None:
    """Picture and GeoJSON of a day are new files that nobody else may read; each run is one look; the same run, the same bytes."""
    whole = tmp_path / "all.geojson"
    told = run("draw", "map", DRAW, "--geojson", whole, "--json")
    assert told.exit_code == 0, told.output
    rows = json.loads(whole.read_text())["features"]
    days = sorted({row["properties"]["day"] for row in rows if row["properties"]["kind"] == "route"})
    assert json.loads(told.stdout)["days"] == len(days) > 1
    svg, geojson, again = (tmp_path / name for name in ("day.svg", "day.geojson", "again.svg"))
    assert run("draw", "map", DRAW, "--day", days[0], "--svg", svg, "--geojson", geojson).exit_code == 0
    assert run("draw", "map", DRAW, "--day", days[0], "--svg", again, "--region", "339902").exit_code == 0
    assert svg.read_bytes() == again.read_bytes()
    assert svg.read_text().startswith("<svg ")
    assert {path.stat().st_mode & 0o777 for path in (svg, geojson, whole)} == {0o600}
    today = json.loads(geojson.read_text())["features"]
    assert {row["properties"].get("day", days[0]) for row in today} == {days[0]}
    assert _looks(home) == 3


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("maps.no-file", ()),
        ("maps.no-day", ("--svg", "new.svg")),
        ("maps.no-routes", ("--day", "2026-01-05", "--svg", "new.svg")),
        ("maps.unknown-region", ("--region", "110101", "--geojson", "new.geojson")),
        ("drawing.bad-day", ("--day", "2026-13-01", "--svg", "new.svg")),
        ("events.unknown-actor", ("--geojson", "new.geojson", "--as", "路人")),
        ("cli.file-not-written", ("--geojson", "there.geojson")),
        ("cli.file-not-written", ("--geojson", "nowhere/new.geojson")),
        ("cli.file-not-written", ("--day", "2026-12-07", "--svg", "new.svg", "--geojson", "new.svg")),
        ("cli.file-not-written", ("--day", "2026-12-07", "--svg", "new.svg", "--geojson", "there.geojson")),
    ],
)
def test_a_refusal_leaves_nothing(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, options: tuple[str, ...]
) -> None:
    """What is refused is refused by its code in words: no new file, the old one as it was, no look in the log."""
    monkeypatch.chdir(tmp_path)
    Path("there.geojson").write_text("mine")
    before = sorted(path.name for path in tmp_path.iterdir())
    told = run("draw", "map", DRAW, *options, "--json")
    assert told.exit_code == 1
    assert code in told.output
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert Path("there.geojson").read_text() == "mine"
    assert _looks(home) == 0


def test_codes_and_words_are_the_same() -> None:
    """The words and the source name the same codes, in two languages, with a remedy and the same braces."""
    sources = sorted(Path(inspect_engine.__file__).parent.rglob("*.py"))
    named = {
        code
        for path in sources
        for code in re.findall(r'EngineError\(\s*"maps\.([\w-]+)"', path.read_text(encoding="utf-8"))
    }
    table = words("maps")
    assert named == set(table)
    assert len(named) == 5
    for entry in table.values():
        braces = [
            {n for _, n, _, _ in Formatter().parse(entry[key]) if n}
            for key in ("zh", "en", "remedy_zh", "remedy_en")
        ]
        assert braces[0] == braces[1]
        assert braces[2] == braces[3]
