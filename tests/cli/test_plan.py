"""The year's plan by the commands alone, and what is refused on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fixtures.generate import county
from fixtures.load import load
from fixtures.plans import demo_plan
from inspect_engine.cli import context
from inspect_engine.events.log import Act
from inspect_engine.store import open_store, sqlite_url, writing
from tests.cli.conftest import Run

CODE = "339902-2026"


def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands in the year's first week, and goes on by a minute whenever it is read."""
    minutes = count(1)

    def now() -> datetime:
        return datetime(2026, 1, 5, 1, 0, tzinfo=UTC) + timedelta(minutes=next(minutes))

    monkeypatch.setattr(context, "now", now)


@pytest.fixture
def bureau(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with an invented county's registers, and the plan form beside it."""
    _clock(monkeypatch)
    assert run("init").exit_code == 0
    engine = open_store(sqlite_url(tmp_path / "home" / "engine.db"))
    with writing(engine) as session:
        day = datetime(2026, 1, 5, tzinfo=UTC)
        load(session, county("demo", 3000, 60, day.date()), Act("登记岗", day))
    engine.dispose()
    form = tmp_path / "plan.toml"
    form.write_text(demo_plan(), encoding="utf-8")
    return form


def _done(run: Run, *words: object) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, (words, result.output, result.exception)
    return json.loads(result.stdout)


def _refused(run: Run, code: str, *words: object) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 1, (words, result.output)
    said: dict[str, Any] = json.loads(result.stdout)
    assert said["code"] == code, said
    assert all(said[name] for name in ("zh", "en", "remedy_zh", "remedy_en"))
    return said


def test_a_plan_by_the_commands_alone(run: Run, bureau: Path, tmp_path: Path) -> None:
    """Form, numbers, what-if, simulation, approval, filing, notice, sheet and the month's draw, each by its command."""
    assert _done(run, "plan", "new", bureau)["next"] == "plan solve"
    _refused(run, "plans.not-solved", "plan", "approve", "2026")
    solved = _done(run, "plan", "solve", "2026")
    assert solved["drawn"] > 0
    changes = tmp_path / "changes.toml"
    changes.write_text(
        '[[change]]\nchange = "setting"\nname = "held_back"\nshare = "50%"\n', encoding="utf-8"
    )
    beside = _done(run, "plan", "whatif", "2026", changes, "--out", tmp_path / "whatif")
    assert beside["changes"] == [
        {"kind": "setting", "where": ["held_back"], "before": 200_000, "after": 500_000}
    ]
    assert {p.name for p in (tmp_path / "whatif").iterdir()} >= {"load.svg", "load.csv", "figures.json"}
    told = _done(run, "plan", "simulate", "2026", "--seed", "x", "--years", "3", "--out", tmp_path / "years")
    assert all(cap["most"] <= cap["cap"] for cap in told["caps"])
    assert _done(run, "plan", "simulate", "2026", "--seed", "x", "--years", "3") == told
    _refused(run, "plans.not-filed", "draw", "new", "--plan", "2026", "--month", "3")
    _refused(run, "plans.second-person", "plan", "approve", "2026", "--as", "计划岗")
    _done(run, "plan", "approve", "2026", "--ground", "同意")
    _done(run, "plan", "file", "2026", "--number", "备1号", "--with", "司法局")
    notice = tmp_path / "notice.json"
    assert _done(run, "plan", "publish", "2026", notice)["state"] == "published"
    assert json.loads(notice.read_text(encoding="utf-8"))["filing"]["number"] == "备1号"
    draw = _done(run, "draw", "new", "--plan", "2026", "--month", "3")
    assert draw["draw"] == f"{CODE}-03"
    _refused(run, "drawing.draw-exists", "draw", "new", "--plan", "2026", "--month", "3")
    orders = _done(run, "draw", "new", "--plan", "2026", "--month", "3", "--orders")
    assert orders["tasks"] == 1
    status = _done(run, "plan", "status", "2026")
    assert [v["state"] for v in status["versions"]] == ["published"]
    assert {row["subject"] for row in status["undone"]}


def test_a_plan_sheet_goes_out_and_comes_back(run: Run, bureau: Path, tmp_path: Path) -> None:
    """The complete sheet gives back the very form; a sheet whose columns slid is refused and stores nothing."""
    _done(run, "plan", "new", bureau)
    sheet = tmp_path / "plan.xlsx"
    _done(run, "plan", "export", "2026", sheet)
    words = ("--plan", CODE, "--year", 2026, "--operator", "339902-SJ", "--ground", "表格调整")
    back = _done(run, "plan", "import", sheet, *words)
    assert (back["version"], back["tasks"]) == (1, 8)
    broken = tmp_path / "broken.csv"
    out = tmp_path / "plan.csv"
    _done(run, "plan", "export", "2026", out)
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    broken.write_text("\n".join([*lines[:-1], "," + lines[-1]]), encoding="utf-8")
    result = run("plan", "import", broken, *words, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["faults"]
    assert _done(run, "plan", "status", "2026")["version"] == 1


def test_what_cannot_be_kept_is_named_with_the_smallest_changes(run: Run, bureau: Path) -> None:
    """A plan without hours for a field is refused with the clash and the officer-days that would do, in both languages."""
    form = bureau.read_text(encoding="utf-8")
    lent = "".join(
        f'[[means]]\nregion = "339902"\nskill = "市监/食品"\nmonth = {m}\ndays = -10000\n'
        for m in range(3, 12)
    )
    bureau.write_text(form.replace("[[tasks]]", lent + "\n[[tasks]]", 1), encoding="utf-8")
    _done(run, "plan", "new", bureau)
    result = run("plan", "solve", "2026", "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert said["code"] == "plans.impossible"
    assert said["clash"]
    assert said["remedies"]
    for one in (*said["clash"], *said["remedies"]):
        assert one["zh"]
        assert one["en"]
        assert "{" not in one["zh"] + one["en"]
    shown = run("plan", "solve", "2026")
    assert said["clash"][0]["zh"] in shown.output


WRONG = {
    "plans.nobody-in-scope": ('labels = ["油烟排放"]', 'labels = ["没有这个标签"]'),
    "plans.after-end": ('{ first = "$year-07-01", last = "$year-11-10" }', '{ first = "$year-07-01", last = "$year-12-31" }'),
    "plans.item-not-in-force": ('items = ["SJ04-1"]', 'items = ["SJ99-1"]'),
    "plans.unknown-agency": ('department = "应急", agency = "339902-YJ"', 'department = "应急", agency = "339902-XX"'),
    "plans.department-name": ('department = "应急", agency = "339902-YJ"', 'department = "应急", agency = "339902-HB"'),
    "plans.batches-few": ('{ first = "$year-04-01", last = "$year-06-30" },', ""),
    "plans.ratio-contradicts": ('ratio = { form = "exact", value = "5%" }', 'ratio = { form = "exact", value = "9%" }'),
    "plans.form": ('held_back = "20%"', 'held_back = "120%"'),
    "plans.form-toml": ('held_back = "20%"', 'held_back = 20%'),
}  # fmt: skip


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_plan_is_refused_and_nothing_is_saved(code: str, run: Run, bureau: Path) -> None:
    """Each thing that a plan form can get wrong about the registers is refused with its code; no plan is stored."""
    before, after = (text.replace("$year", "2026") for text in WRONG[code])
    form = bureau.read_text(encoding="utf-8")
    assert before in form
    bureau.write_text(form.replace(before, after), encoding="utf-8")
    _refused(run, code, "plan", "new", bureau)
    assert _done(run, "plan", "status") == []
