"""Refusals: a code, words in both languages, exit code 1; never a traceback, never a loss."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.main import get_command

from inspect_engine import store
from inspect_engine.cli.app import app
from tests.cli.conftest import Run

HEX = "ab" * 32


def refused(run: Run, code: str, *words: object) -> None:
    """A command is refused with that code, in both languages, with exit code 1."""
    result = run(*words)
    assert result.exit_code == 1, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit), result.exception
    lines = [line for line in result.output.splitlines() if line.strip()]
    assert code in result.output
    assert any("\u4e00" <= one <= "\u9fff" for one in lines[0])
    assert len(lines) >= 4
    assert any(one.isascii() and one.isalpha() for one in lines[2])


def test_demo_deletes_nothing_of_others(run: Run, tmp_path: Path) -> None:
    """A folder that holds anybody's file is refused, and every file in it stays."""
    (tmp_path / "thesis.txt").write_text("mine")
    (tmp_path / "pack.zip").write_text("older")
    refused(run, "cli.foreign-files", "demo", "--out", tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    assert (tmp_path / "pack.zip").read_text() == "older"


@pytest.mark.parametrize("odd", ["[/x]", "[red]x", "[/]", "\\[", "{x}", "%s"])
def test_user_text_shows_as_it_is(run: Run, odd: str) -> None:
    """What a user types is never read as markup: it comes back letter by letter."""
    assert run("init").exit_code == 0
    result = run("draw", "status", odd)
    assert result.exit_code == 1
    assert "drawing.unknown-draw" in result.output
    assert odd in result.output


def test_a_refused_command_makes_no_store(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no store is, a command says so and leaves no file, at home or at another address."""
    refused(run, "store.not-initialised", "draw", "status")
    assert not (tmp_path / "home").exists()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    refused(run, "store.not-initialised", "draw", "status")
    assert not (tmp_path / "other.db").exists()


def test_the_store_is_private_and_made_once(run: Run, tmp_path: Path) -> None:
    """Pepper and salts are in a file that its owner alone reads; a second init is refused."""
    assert run("init").exit_code == 0
    assert (tmp_path / "home" / "engine.db").stat().st_mode & 0o777 == 0o600
    refused(run, "store.already-initialised", "init")


def test_a_home_that_takes_no_file(run: Run, tmp_path: Path) -> None:
    """A home that is a file is refused."""
    (tmp_path / "home").write_text("a file")
    refused(run, "store.not-writable", "init")


def test_a_busy_store(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that holds the store for too long makes the next one give up in words."""
    assert run("init").exit_code == 0
    monkeypatch.setattr(store, "BUSY_TIMEOUT", 50)
    other = sqlite3.connect(tmp_path / "home" / "engine.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused(run, "store.busy", "draw", "freeze", "x")
    other.close()


def test_no_result_before_the_commit(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit that fails prints no result."""
    from inspect_engine.drawing import service

    assert run("init").exit_code == 0
    monkeypatch.setattr(service, "draw_targets", lambda *_: {"drawn": 4711})

    def full_disk(_connection: sa.Connection) -> None:
        raise sa.exc.OperationalError("COMMIT", {}, sqlite3.OperationalError("database or disk is full"))

    assert "4711" in run("draw", "targets", "x").output
    sa.event.listen(sa.engine.Engine, "commit", full_disk)
    try:
        result = run("draw", "targets", "x")
    finally:
        sa.event.remove(sa.engine.Engine, "commit", full_disk)
    assert result.exit_code == 1
    assert "4711" not in result.output
    assert "store.disk-full" in result.output


@pytest.mark.parametrize(
    ("commitment", "name", "code"),
    [("AB" * 32, "甲", "cli.commitment"), ("ab", "甲", "cli.commitment"), (HEX, "a\nb", "cli.name")],
)
def test_a_witness_signs_only_what_can_stand(
    run: Run, tmp_path: Path, commitment: str, name: str, code: str
) -> None:
    """A commitment of another form, or a name with control characters, is not signed."""
    assert run("witness", "keygen", tmp_path / "key").exit_code == 0
    out = tmp_path / "w.json"
    words = ("witness", "sign", commitment, "--key", tmp_path / "key", "--name", name, "--out", out)
    refused(run, code, *words)
    assert not out.exists()


def test_files_are_made_once(run: Run, tmp_path: Path) -> None:
    """Key, share and signature overwrite nothing; secrets are read by their owner alone."""
    key, share, out = tmp_path / "key", tmp_path / "share", tmp_path / "w.json"
    commands = (
        ("witness", "keygen", key),
        ("witness", "share", "--party", "甲", "--out", share),
        ("witness", "sign", HEX, "--key", key, "--name", "甲", "--out", out),
    )
    for words in commands:
        assert run(*words).exit_code == 0
        before = Path(str(words[-1])).read_bytes()
        refused(run, "cli.file-not-written", *words)
        assert Path(str(words[-1])).read_bytes() == before
    assert {one.stat().st_mode & 0o777 for one in (key, share)} == {0o600}
    missing = tmp_path / "nowhere" / "w.json"
    refused(run, "cli.file-not-written", *commands[2][:-1], missing)


def test_a_refusal_in_json(run: Run) -> None:
    """With --json a refusal is JSON with words and remedies in both languages."""
    said = json.loads(run("draw", "status", "--json").stdout)
    assert said["code"] == "store.not-initialised"
    assert all(said[name] for name in ("zh", "en", "remedy_zh", "remedy_en"))


def test_no_password_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The password of an address never reaches the screen."""
    url = "postgresql+psycopg://u:hunter2@127.0.0.1:1/x"
    assert "hunter2" not in store.shown_url(url)
    monkeypatch.setenv("DATABASE_URL", url)
    result = run("draw", "status")
    assert "hunter2" not in result.output
    # Where the driver is not installed, that is what the refusal says.
    assert "store.unreachable" in result.output or "store.no-driver" in result.output
    monkeypatch.setenv("DATABASE_URL", "u:hunter2@[/x]")
    result = run("draw", "status")
    assert "hunter2" not in result.output
    assert "store.bad-address" in result.output


def _paths(command: object, words: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    children = getattr(command, "commands", {})
    found = [words] if not children else []
    for name, child in children.items():
        found += _paths(child, (*words, name))
    return found


COMMANDS = _paths(get_command(app))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_is_in_both_languages(run: Run, words: tuple[str, ...]) -> None:
    """Every command says in Chinese and in English what it does."""
    said = run(*words, "--help").output
    assert any("\u4e00" <= one <= "\u9fff" for one in said)
    assert any(one.isascii() and one.isalpha() for one in said.replace("--", ""))


def test_no_traceback_on_odd_input(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Odd words and files make a refusal or a usage error of every command, never a traceback."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # some commands write where they are told to
    assert run("init").exit_code == 0
    odd = tmp_path / "odd.csv"
    odd.write_bytes(b"\xff\xfe\x00[/x]\n")
    tried = 0
    for words in COMMANDS:
        if words in (("demo",), ("init",)):
            continue
        for arguments in ((), ("[/x]",), (odd,), ("",), ("x", "y"), (odd, odd)):
            result = run(*words, *arguments)
            tried += 1
            assert result.exception is None or isinstance(result.exception, SystemExit), (words, arguments)
            assert "Traceback" not in result.output
    assert tried > 100


@pytest.mark.parametrize(("targets", "officers", "code"), [(1, 6, 1), (0, 60, 2), (100, 5, 2)])
def test_a_demo_that_cannot_be_drawn(
    run: Run, tmp_path: Path, targets: int, officers: int, code: int
) -> None:
    """A county too small for the demo is refused in words, not with a traceback."""
    result = run("demo", "--out", tmp_path / "demo", "--targets", targets, "--officers", officers)
    assert result.exit_code == code, (result.output, result.exception)
    assert isinstance(result.exception, SystemExit)
    assert "→" in result.output or "Usage" in result.output
