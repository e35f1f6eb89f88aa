"""Every fault has words, and every word a fault."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest

import inspect_engine.registers
from inspect_engine.errors import words
from inspect_engine.registers.importing import KINDS, shipped_map, shipped_maps
from inspect_engine.registers.importing.binding import check_map

SOURCE = Path(inspect_engine.registers.__file__).parent
TEXTS = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}


#: Calls that take a code, and which argument it is.
CALLS = {"EngineError": 0, "Bad": 0, "Claim": 2}


def _codes() -> set[str]:
    """Codes that the source can give: what those calls are made with, and what names a broken cell or code."""
    found: set[str] = set()
    for text in TEXTS.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                inside = ast.walk(node.args[CALLS[node.func.id]])
                found |= {n.value for n in inside if isinstance(n, ast.Constant) and isinstance(n.value, str)}
        found |= set(re.findall(r'"(error-cell|formula-cell|code-(?:length|signs|check))"', text))
    return {code.removeprefix("registers.") for code in found if not code.startswith(("store.", "rules."))}


def test_every_code_has_words_and_every_word_a_code() -> None:
    """The words file and the source name the same codes, each in two languages with a remedy."""
    table = words("registers")
    found = _codes()
    assert len(found) > 60
    assert found == set(table)
    for code, entry in table.items():
        assert set(entry) == {"zh", "en", "remedy_zh", "remedy_en"}, code
        assert all(entry.values()), code


def test_both_languages_say_the_same_things() -> None:
    """The braces of a code are the same in Chinese and in English."""
    for subject in ("registers", "rules"):
        for code, entry in words(subject).items():
            shown = [
                {name for _, name, _, _ in Formatter().parse(entry[key]) if name} for key in ("zh", "en")
            ]
            assert shown[0] == shown[1], code


@pytest.mark.parametrize("name", shipped_maps())
def test_shipped_maps_fit_their_registers(name: str) -> None:
    """Every map that comes along is sound and speaks of fields that its register has."""
    columns = shipped_map(name)
    check_map(KINDS[columns.kind], columns)
    needed = {field.name for field in KINDS[columns.kind].fields if field.required}
    assert needed <= columns.fields()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_default_layouts_have_every_field(kind: str) -> None:
    """A register's own layout has all its columns, each under a Chinese heading and its own name, none twice."""
    columns = shipped_map(f"default-{kind}").columns
    assert set(columns) == {field.name for field in KINDS[kind].fields}
    headings = [heading for names in columns.values() for heading in names]
    assert len(headings) == len(set(headings))
    assert all(names[-1] == field for field, names in columns.items())


def test_no_rule_of_law_stands_in_words_twice() -> None:
    """The words files are TOML that names each code once."""
    for subject in ("registers", "rules"):
        text = (files("inspect_engine") / "words" / f"{subject}.toml").read_text(encoding="utf-8")
        assert len(tomllib.loads(text)) == len(re.findall(r"^\[", text, re.MULTILINE))
