"""Approvals by the commands alone: nobody is named, and each refusal has its words."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from inspect_engine.cli import context
from inspect_engine.registers.tables import Person, Target
from inspect_engine.store import open_store, reading, sqlite_url
from tests.cli.conftest import Run
from tests.drawing.world import DRAW, START, store_at

GROUND = ("--ground", "按计划实施", "--approver", "审批岗")


class Clock:
    """A clock that stands still until it is set."""

    at = START

    def __call__(self) -> datetime:
        """Tell the time that was set."""
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The commands' clock."""
    made = Clock()
    for module in ("context", "approvals"):
        monkeypatch.setattr(f"inspect_engine.cli.{module}.now", made)
    assert context.now() == START
    return made


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Path:
    """A home whose store has the small county's draw with its officers drawn."""
    folder = tmp_path / "home"
    folder.mkdir()
    store_at("rostered", folder, "engine.db").dispose()
    return folder / "engine.db"


def done(run: Run, *words: object) -> Any:
    """Run a command that succeeds; its JSON."""
    result = run("draw", *words, "--json")
    assert result.exit_code == 0, (words, result.output, result.exception)
    return json.loads(result.stdout)


def refused(run: Run, code: str, *words: object) -> None:
    """Run a command that is refused with a code in both languages."""
    result = run("draw", *words, "--json")
    assert result.exit_code == 1, (words, result.output, result.exception)
    told = json.loads(result.stdout)
    assert told["code"] == code
    assert all(told[name] for name in ("zh", "en", "remedy_zh", "remedy_en"))


def test_a_draw_is_approved_by_commands(run: Run, home: Path, clock: Clock) -> None:
    """List, form, a refusal of one, approval of the rest; a second decision is refused, and nobody is named."""
    listed = done(run, "visits", DRAW)
    assert [row["visit"] for row in listed] == list(range(1, len(listed) + 1))
    assert {row["decision"] for row in listed} == {"-"}
    form = done(run, "approval", DRAW)
    assert [entry["number"] for entry in form["entries"]] == [row["visit"] for row in listed]
    one = done(
        run, "approve", DRAW, "--visit", "2", "--refuse", "--ground", "该户已停业", "--approver", "审批岗"
    )
    assert one["visits"] == 1
    refused(run, "visits.decided-already", "approve", DRAW, "--visit", listed[1]["blind"], *GROUND)
    assert done(run, "approve", DRAW, *GROUND)["visits"] == len(listed) - 1
    assert [row["decision"] for row in done(run, "visits", DRAW)] == ["approved", "refused"] + [
        "approved"
    ] * (len(listed) - 2)
    refused(run, "visits.none-to-decide", "approve", DRAW, *GROUND)
    refused(run, "visits.none-to-decide", "approval", DRAW)
    shown = [run("draw", "visits", DRAW), run("draw", "approval", DRAW, "--visit", "1"), run("log", "list")]
    assert [result.exit_code for result in shown] == [0, 0, 0]
    said = "".join(result.output for result in shown) + json.dumps([listed, form], ensure_ascii=False)
    with reading(open_store(sqlite_url(home))) as session:
        secret = {text for row in session.exec(select(Target)) for text in (row.name, row.key)}
        secret |= {text for row in session.exec(select(Person)) for text in (row.name, row.staff_no)}
    assert len(secret) > 500
    assert [text for text in secret if len(text) > 1 and text in said] == []


def test_an_urgent_inspection_by_commands(run: Run, home: Path, clock: Clock) -> None:
    """Reported, overdue after its day, made up late, and then no longer overdue; a drawn visit is no urgent one."""
    with reading(open_store(sqlite_url(home))) as session:
        key = session.exec(select(Target.key).where(col(Target.supervising_region) == "339902")).first()
    report = ("urgent", "339902-SJ", key, "--item", "SJ03-1", "--ground", "举报", "--team", 3, 1)
    made = done(run, *report)
    assert made["due"] == "2026-12-02"
    assert done(run, "overdue") == []
    clock.at = START + timedelta(days=2)
    assert done(run, "overdue") == [made]
    assert done(run, "overdue", "--on", "2026-12-02") == []
    refused(run, "visits.not-urgent", "make-up", 1, *GROUND)
    told = done(run, "make-up", made["visit"], *GROUND)
    assert (told["visits"], told["late"]) == (1, 1)
    assert done(run, "overdue") == []
    assert run("draw", "overdue").exit_code == 0
    refused(run, "visits.decided-already", "make-up", made["visit"], *GROUND, "--refuse")


def test_bad_words_are_refused(run: Run, home: Path, clock: Clock) -> None:
    """A day that is none, a draw and a visit that there are not, an asker who decides: each has its code."""
    refused(run, "drawing.bad-day", "overdue", "--on", "2026-13-01")
    refused(run, "drawing.unknown-draw", "visits", "X")
    refused(run, "visits.unknown-visit", "approve", DRAW, "--visit", "99", *GROUND)
    refused(run, "events.same-person", "approve", DRAW, *GROUND, "--as", "审批岗")
    refused(run, "visits.not-an-approver", "approve", DRAW, "--ground", "x", "--approver", "计划岗")
