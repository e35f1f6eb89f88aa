"""A month by the commands alone, from an empty folder to two checked packs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from fixtures.files import write
from fixtures.generate import county
from fixtures.tasks import Party, demo_form
from inspect_engine.cli import context, witness
from tests.cli.conftest import Run


def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that stands before the month's window, and goes on by a minute whenever it is read."""
    minutes = count(1)

    def now() -> datetime:
        return datetime(2026, 12, 1, 1, 0, tzinfo=UTC) + timedelta(minutes=next(minutes))

    monkeypatch.setattr(context, "now", now)
    monkeypatch.setattr(witness, "now", now)


#: Registers that change under a second person's approval alone.
LISTS = frozenset({"powers", "duties", "cases", "items", "listings"})


def _map(kind: str, folder: Path) -> list[object]:
    """Old registration numbers stand in the generated register; a map says that they are keys."""
    if kind != "targets":
        return []
    from inspect_engine.registers.importing import maps

    shipped = Path(maps.__file__).parent
    found = next(shipped.parent.rglob("default-targets.toml"))
    path = folder / "map.toml"
    path.write_text('registration_numbers = "REG"\n' + found.read_text(encoding="utf-8"), encoding="utf-8")
    return ["--map", path]


def test_a_month_by_the_commands_alone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command's JSON parses, both packs verify, and one byte that is flipped makes the check fail."""
    _clock(monkeypatch)

    def done(*words: object) -> Any:
        result = run(*words, "--json")
        assert result.exit_code == 0, (words, result.output, result.exception)
        return json.loads(result.stdout)

    done("init")
    for one in write(county("commands", 1500, 60), tmp_path / "files"):
        approved = ("--ground", "首次列入", "--approver", "审批岗") if one.kind in LISTS else ()
        words = ("list", "import") if one.kind in LISTS else ("import",)
        report = done(*words, one.kind, one.path, *approved, *_map(one.kind, tmp_path))
        assert report["inserted"] == report["rows"] > 0, one.kind
    share = done("witness", "share", "--party", "公证处", "--out", tmp_path / "share")
    secret = (tmp_path / "share").read_text(encoding="ascii").strip()
    form = tmp_path / "form.toml"
    form.write_text(demo_form([Party("公证处", share["commitment"])]), encoding="utf-8")
    draw = done("draw", "new", form)["draw"]
    assert "drawing.step-order" in run("draw", "report", draw).output
    missing = [row["agency"] for row in done("draw", "consents", draw)]
    assert "joint.consent-missing" in run("draw", "freeze", draw).output
    for agency in missing:
        done("draw", "head", agency, f"{agency}局长")
        ground = ("--ground", "联合抽查方案")
        done("draw", "consent", draw, agency, "--approver", f"{agency}局长", *ground)
    done("witness", "keygen", tmp_path / "key")

    def signed(commitment: str, name: str) -> Path:
        out = tmp_path / name
        done("witness", "sign", commitment, "--key", tmp_path / "key", "--name", "公证处", "--out", out)
        return out

    first = signed(done("draw", "freeze", draw)["commitment"], "first.json")
    dice = ("--dice", "31415926535897932384")
    seeded = done("draw", "seed", draw, "--share", f"公证处={secret}", *dice, "--witness", first)
    assert len(seeded["seed"]) == 64
    done("draw", "targets", draw)
    done("draw", "routes", draw)
    second = signed(done("draw", "staff", draw)["commitment"], "second.json")
    assert done("draw", "report", draw)["worst"]
    rows = tmp_path / "rows.csv"
    assert done("draw", "report", draw, "--csv", rows, "--trials", "20")["trials"] == 20
    assert {"slot", "body", "officer", "pair"} <= {
        line.split(",")[0] for line in rows.read_text().splitlines()
    }
    early = run("draw", "report", draw, "--html", tmp_path / "report.html")
    assert (early.exit_code, "drawing.step-order" in early.output) == (1, True)
    done("draw", "seed", draw, "--dice", "27182818284590452353", "--witness", second)
    done("draw", "officers", draw)
    done("draw", "report", draw, "--html", tmp_path / "report.html")
    assert draw in (tmp_path / "report.html").read_text(encoding="utf-8")
    done("draw", "status", draw)
    assert [row["draw"] for row in done("draw", "status")] == [draw]
    full, public = tmp_path / "full.zip", tmp_path / "public.zip"
    done("draw", "pack", draw, full)
    done("draw", "pack", draw, public, "--public")
    done("verify", full)
    done("verify", public)
    assert done("log", "fsck")["holds"]
    assert done("log", "list")
    raw = bytearray(full.read_bytes())
    raw[len(raw) // 2] ^= 1
    full.write_bytes(raw)
    assert run("verify", full).exit_code == 1
