"""Every refusal of replanning has words in both languages, and no words stand without a refusal."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import inspect_engine
from inspect_engine.errors import words
from inspect_engine.rules import codes_of, rule_on
from tests.drawing.world import START

ROOT = Path(inspect_engine.__file__).parent
TEXT = "".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py")))


def test_codes_and_words_are_the_same() -> None:
    """The words file and the source name the same codes, each in two languages with a remedy and the same braces."""
    named = set(re.findall(r'EngineError\(\s*"replans\.([\w-]+)"', TEXT))
    table = words("replans")
    assert len(named) > 15
    assert named == set(table)
    for code, entry in table.items():
        assert set(entry) == {"zh", "en", "remedy_zh", "remedy_en"}, code
        assert all(entry.values()), code
        braces = [{n for _, n, _, _ in Formatter().parse(entry[key]) if n} for key in ("zh", "en")]
        assert braces[0] == braces[1], code


def test_grounds_have_words_in_both_languages() -> None:
    """Each ground of leaving, closing, moving and sending directly is said in Chinese and in English."""
    seen = 0
    for name in ("leaving-grounds", "closed-grounds", "moving-grounds", "direct-grounds"):
        for code, entry in codes_of(name).items():
            assert re.search("[一-鿿]", entry["zh"]), code
            assert entry["en"], code
            seen += 1
    assert seen > 15
    assert rule_on("mass-absence", START.date()).value["least"] >= 2
    assert rule_on("few-candidates", START.date()).value >= 2
