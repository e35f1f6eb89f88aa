"""The ``list`` commands as somebody would type them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from typer.testing import CliRunner, Result

from fixtures.files import write
from fixtures.generate import county
from inspect_engine.cli.app import app

Run = Callable[..., Result]
APPROVED = ("--ground", "2026 年度清单", "--approver", "审批岗")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command with its home in a folder of the test's own."""
    monkeypatch.setenv("INSPECT_ENGINE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    """A store whose registers and lists came through the commands."""
    assert run("init").exit_code == 0
    lists = {"powers", "duties", "cases", "items", "listings"}
    files = write(county("cli", 60, 12), tmp_path / "files")
    taken = 0
    for one in files:
        if one.kind in lists:
            result = run("list", "import", one.kind, one.path, *APPROVED)
            taken += 1
        elif one.kind in {"regions", "agencies", "officers"}:
            result = run("import", one.kind, one.path)
        assert result.exit_code == 0, result.output
    assert taken == 5
    return run


def answer(result: Result) -> Any:
    """What a command printed as JSON."""
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.output)


def test_imported_lists_are_whole(filled: Run) -> None:
    """Lists that came in under approval have nothing to mend; a plain import of items is refused from then on."""
    assert answer(filled("list", "check", "--day", "2026-12-01", "--json"))["findings"] == []
    result = filled("list", "check", "--day", "2026-12-01")
    assert result.exit_code == 0
    assert "版本未经审批" in result.output


def test_an_approved_list_is_closed_to_plain_imports(filled: Run, tmp_path: Path) -> None:
    """``import items`` of a changed file is refused in both languages, and the list stays as it was."""
    text = "事项编码,事项名称,领域,生效日期,抽查依据,抽查主体,事项类别,抽查对象,抽查方式,抽查比例,抽查频次\n"
    path = tmp_path / "more.csv"
    path.write_text(
        f"{text}N1,新,新,2026-01-01,《新法》,县级部门,一般,企业,现场检查,3%,每年1次\n", encoding="utf-8"
    )
    before = answer(filled("list", "compare", "2026-12-01", "2026-12-01", "--json"))["entries"]
    refused = filled("import", "items", path)
    assert refused.exit_code == 1
    assert "registers.needs-approval" in refused.output
    assert answer(filled("list", "compare", "2026-12-01", "2026-12-01", "--json"))["entries"] == before
    assert filled("list", "import", "items", path, *APPROVED).exit_code == 0


def test_a_state_is_changed_and_compared(filled: Run, tmp_path: Path) -> None:
    """A suspension by the command shows as missing in the comparison of its days, on screen, in JSON and as XLSX."""
    said = answer(
        filled("list", "state", "item", "SJ03-1", "暂停", "--from-day", "2099-01-01", *APPROVED, "--json")
    )
    assert (said["state"], said["changed"], said["open"]) == ("suspended", ["SJ03-1"], [])
    book = tmp_path / "x.xlsx"
    words = ("list", "compare", "2098-12-31", "2099-01-01", "--xlsx", book)
    found = answer(filled(*words, "--json"))["differences"]
    assert [(one["code"], one["finding"]) for one in found] == [("SJ03-1", "missing")]
    rows = python_calamine.CalamineWorkbook.from_path(str(book)).get_sheet_by_index(0).to_python()
    assert rows[1][0] == "SJ03-1"
    assert "SJ03-1" in filled(*words).output
    assert filled("list", "state", "power", "QL-SJ-01", "废止", *APPROVED).exit_code == 0


def test_publishing_writes_files_that_stay_the_same(filled: Run, tmp_path: Path) -> None:
    """Twelve files are written, the same bytes at the second time, and no half-written file is left."""
    folder = tmp_path / "public"
    for _ in range(2):
        made = answer(filled("list", "publish", folder, "--day", "2026-12-01", "--json"))
        assert made["powers"] == 13
        now = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert sorted(now) == made["files"]
        assert len(now) == 12
        before = now
    assert before == now
    later = filled("list", "publish", folder, "--day", "2026-12-02")
    assert later.exit_code == 0, later.output


def test_files_of_others_are_not_written_over(filled: Run, tmp_path: Path) -> None:
    """A folder with anybody's own ``items.csv`` is refused whole: it stays, nothing is written, no event is kept."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "items.csv").write_text("mine", encoding="utf-8")
    before = answer(filled("log", "fsck", "--json"))
    refused = filled("list", "publish", folder)
    assert refused.exit_code == 1
    assert "lists.foreign-file" in refused.output
    assert [(path.name, path.read_text(encoding="utf-8")) for path in folder.iterdir()] == [
        ("items.csv", "mine")
    ]
    assert answer(filled("log", "fsck", "--json")) == before


def test_a_dry_handing_down_stores_nothing(filled: Run) -> None:
    """A handing down to who has the power already, or is not below, is refused with its words."""
    words = (
        "list",
        "handdown",
        "QL-SJ-03",
        "--to",
        "339902-SJ",
        "--from-day",
        "2099-01-01",
        *APPROVED,
        "--dry",
    )
    result = filled(*words)
    assert result.exit_code == 1
    assert "lists.handdown-up" in result.output


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("lists.state-word", ("list", "state", "item", "SJ03-1", "死", *APPROVED)),
        ("lists.bad-day", ("list", "check", "--day", "明天")),
        ("lists.bad-day", ("list", "publish", "x", "--day", "2026-02-30")),
        ("lists.side", ("list", "compare", "2026-01-01", "nothing")),
        ("lists.unknown-item", ("list", "state", "item", "X", "暂停", *APPROVED)),
        ("lists.unknown-power", ("list", "state", "power", "X", "暂停", *APPROVED)),
        (
            "lists.unknown-power",
            ("list", "handdown", "X", "--to", "Y", "--from-day", "2099-01-01", *APPROVED),
        ),
        ("plans.unknown-plan", ("list", "check", "--plan", "X")),
    ],
)
def test_refusals_have_words_and_change_nothing(
    run: Run, tmp_path: Path, code: str, words: tuple[str, ...]
) -> None:
    """Each bad input is refused with its code in both languages and exit code 1, and no file is made."""
    assert run("init").exit_code == 0
    result = run(*words)
    assert result.exit_code == 1, result.output
    assert isinstance(result.exception, SystemExit)
    assert code in result.output
    assert answer(run("log", "fsck", "--json")) is not None
    assert not Path("x").exists()
