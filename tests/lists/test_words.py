"""Every refusal of the lists has words in both languages, and no words stand without a refusal."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import inspect_engine
from inspect_engine.errors import words

ROOT = Path(inspect_engine.__file__).parent
TEXT = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py")))


@pytest.mark.parametrize("subject", ["lists", "events"])
def test_codes_and_words_are_the_same(subject: str) -> None:
    """The words file and the source name the same codes, each in two languages with a remedy and the same braces."""
    named = set(re.findall(rf'EngineError\(\s*"{subject}\.([\w-]+)"', TEXT))
    table = words(subject)
    assert len(named) >= 3
    assert named == set(table)
    for code, entry in table.items():
        assert set(entry) == {"zh", "en", "remedy_zh", "remedy_en"}, code
        assert all(entry.values()), code
        braces = [{n for _, n, _, _ in Formatter().parse(entry[key]) if n} for key in ("zh", "en")]
        assert braces[0] == braces[1], code
