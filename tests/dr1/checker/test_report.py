"""The words, the command, and the checker as one file."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from solver.dr1 import checker, onefile, pack, report, words
from solver.dr1.__main__ import main
from tests.dr1.checker.maker import EXAMPLE, Maker, encoded

DR1 = Path(checker.__file__).parent


@pytest.fixture
def tampered(tmp_path: Path) -> Path:
    """A pack in which one officer of the roster is another."""
    maker = Maker({"6-roster.jsonl": lambda rows: rows[0].update(officer="0" * 16)})
    path = tmp_path / "tampered.zip"
    path.write_bytes(pack.pack(maker.files(), "full", "330400-2026-12", "sha256"))
    return path


def test_every_check_and_every_finding_has_words_in_both_languages() -> None:
    """No id and no code of the checks is without words, and no words are idle."""
    sources = (
        "".join(path.read_text() for path in (DR1 / "checks").glob("*.py")) + (DR1 / "checker.py").read_text()
    )
    codes = set(re.findall(r'\b(?:fault|unseen|remark)\(\s*"([a-z-]+)"', sources))
    assert len(codes) > 90
    assert codes <= set(words.FINDINGS)
    beyond = set(words.CHECKS) - set(checker.IDS)  # the deeper audit, which takes a solver, borrows the words
    assert set(checker.IDS) <= set(words.CHECKS)
    assert all(name.startswith("deep.") for name in beyond)
    assert all(
        zh and en and zh != en for zh, en in (*words.CHECKS.values(), *words.FINDINGS.values(), *words.LIMITS)
    )


def test_a_report_says_no_more_than_was_seen() -> None:
    """A public copy's sum speaks of the checks that were made, and names those that were not."""
    files = {name: data for name, data in Maker().files().items() if name in ("1-parameters.json",)}
    found = checker.check_file(pack.pack(files, "public", "330400-2026-12", "sha256"))
    assert not found.failed
    told = report.text(found, "en")
    assert "cannot be made with this copy" in told
    assert "All" not in report.statement(found, "en")
    assert all(limit in told for _, limit in words.LIMITS)
    assert "public copy" in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_prints_every_check_and_its_outcome(
    capsysbinary: pytest.CaptureFixture[bytes], tampered: Path, language: str
) -> None:
    """The command lists each id; its exit code is 0 when all seen holds, 1 for a fault, 2 for no pack."""
    assert main([str(EXAMPLE), "--lang", language]) == 0
    told = capsysbinary.readouterr().out.decode()
    assert all(f"✓ {id_}" in told for id_ in checker.IDS)
    assert main([str(tampered), "--lang", language]) == 1
    assert "✗ roster.lottery" in capsysbinary.readouterr().out.decode()
    tampered.write_bytes(b"no zip")
    assert main([str(tampered), "--lang", language]) == 2
    assert main([str(tampered.with_name("nowhere.zip"))]) == 2


def test_the_json_has_all_that_the_table_has(
    capsysbinary: pytest.CaptureFixture[bytes], tampered: Path
) -> None:
    """The JSON has one verdict a check with its findings, the witnesses and the limits."""
    assert main([str(tampered), "--json"]) == 1
    told = json.loads(capsysbinary.readouterr().out)
    assert [row["check"] for row in told["verdicts"]] == list(checker.IDS)
    assert {row["check"] for row in told["verdicts"] if row["outcome"] == "fails"} >= {"roster.lottery"}
    assert len(told["witnesses"]) == 4
    assert told["failed"] and not told["complete"]


def test_odd_text_in_a_pack_is_printed_without_a_crash(
    capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    """Braces and percent signs in a pack's words do no harm to the report."""
    strange = {
        **Maker().files(),
        "1-persons.jsonl": encoded("1-persons.jsonl", [{"officer": "{x}", "person": "%d{}"}]),
    }
    path = tmp_path / "odd.zip"
    path.write_bytes(pack.pack(strange, "full", "330400-2026-12", "sha256"))
    assert main([str(path)]) == 1
    assert "{x}" in capsysbinary.readouterr().out.decode()


def test_the_one_file_checks_a_pack_with_nothing_installed(tmp_path: Path, tampered: Path) -> None:
    """Plain isolated python3 in an empty folder runs the one file; it says its own hash; outcomes are the package's."""
    program = tmp_path / "empty" / "dr1-verify.py"
    program.parent.mkdir()
    program.write_bytes(onefile.build())
    own = hashlib.sha256(program.read_bytes()).hexdigest()

    def run(path: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-I", "-S", str(program), str(path), *options]
        return subprocess.run(command, capture_output=True, cwd=program.parent, check=False)

    held, failed = run(EXAMPLE, "--json"), run(tampered, "--lang", "en")
    assert (held.returncode, held.stderr, failed.returncode, failed.stderr) == (0, b"", 1, b"")
    told = json.loads(held.stdout)
    assert told["checker"].endswith(f"sha256:{own}")
    assert told["complete"]
    assert "✗ roster.lottery" in failed.stdout.decode()
    assert own in failed.stdout.decode()
    assert onefile.fingerprint() == f"sha256:{own}"


def test_the_one_file_is_the_same_each_time_and_readable() -> None:
    """The one file's bytes follow from the sources, which stand in it as they are, for Python 3.10 on."""
    built = onefile.build()
    assert built == onefile.build()
    told = built.decode()
    for name, source in onefile.modules().items():
        assert source in told, name
        ast.parse(source, feature_version=(3, 10))


def test_the_checker_imports_the_standard_library_alone() -> None:
    """Every import in the checker is of the standard library or of itself."""
    for name, source in onefile.modules().items():
        for node in ast.walk(ast.parse(source)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for one in names:
                assert one.startswith("solver.dr1") or one.split(".")[0] in sys.stdlib_module_names, (
                    name,
                    one,
                )
