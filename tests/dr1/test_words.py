"""Every refusal of the protocol has words in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import solver.dr1
from solver.dr1 import words
from solver.dr1.checker import IDS


def test_every_code_that_is_raised_has_words() -> None:
    """A code in the source of solver/dr1 stands in the words, in Chinese and in English."""
    folder = Path(solver.dr1.__file__).parent
    codes = {
        code
        for file in folder.rglob("*.py")
        for code in re.findall(r'ProtocolError\(\s*"([a-z0-9-]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(codes) > 40
    assert {code for code in codes if code not in words.FINDINGS} == set()
    assert all(zh and en and zh != en for zh, en in words.FINDINGS.values())


def test_every_check_has_words() -> None:
    """Each id of the checker is said in both languages, and no words are left over but the deep audit's."""
    from solver.roster.deep import IDS as DEEP

    assert set(IDS) | set(DEEP) == set(words.CHECKS)
