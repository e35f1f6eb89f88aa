"""Figures, edits and simulations that are refused are refused in words."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import solver.plan
from inspect_engine.errors import words

SOURCES = ("figures.py", "simulate.py", "edits.py", "changing.py")


def _raised() -> dict[str, set[str]]:
    """Code → the parameters that each place which raises it gives."""
    found: dict[str, set[str]] = {}
    for name in SOURCES:
        text = (Path(solver.plan.__file__).parent / name).read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "PlanError":
                code = node.args[0]
                assert isinstance(code, ast.Constant) and isinstance(code.value, str)
                given = {str(k.arg) for k in node.keywords}
                found[code.value] = found.get(code.value, given) & given
    return found


def test_every_code_has_words_that_its_parameters_fill() -> None:
    """Each code stands in the words with both languages and remedies, and asks for nothing that it is not given."""
    table = words("plans")
    raised = _raised()
    assert len(raised) >= 15
    for code, given in raised.items():
        assert set(table[code]) == {"zh", "en", "remedy_zh", "remedy_en"}
        for key in ("zh", "en"):
            asked = {name for _, name, _, _ in Formatter().parse(table[code][key]) if name}
            assert asked <= given, (code, key)
