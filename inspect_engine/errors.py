"""Errors of the engine: a stable code and parameters; words stand in ``words/*.toml``, one file a subject.

An error says what is wrong and what would mend it, in Chinese and English. Status codes and exit codes
belong to the edge (command line, API), never here.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]


class EngineError(Exception):
    """A refusal with a stable code.

    Parameters
    ----------
    code : str
        ``subject.words-joined-by-hyphens``; the subject names the words file (``drawing.step-order``).
    **params : object
        Values for the braces in the words.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by code and parameters, so that the error crosses process borders."""
        return (_rebuild, (type(self), self.code, self.params))

    def __str__(self) -> str:
        """Chinese words first, since users read them in logs too."""
        return f"[{self.code}] {self.message('zh')}"

    def message(self, language: Language) -> str:
        """What is wrong, in words."""
        return _word(self.code, language).format_map(_Shown(self.params))

    def remedy(self, language: Language) -> str:
        """What would mend it, in words."""
        return _word(self.code, f"remedy_{language}").format_map(_Shown(self.params))


class _Shown(dict[str, object]):
    """Parameters for the words; one that is missing shows its own name instead of raising."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _rebuild(kind: type[EngineError], code: str, params: dict[str, object]) -> EngineError:
    return kind(code, **params)


@cache
def words(subject: str) -> dict[str, dict[str, str]]:
    """Words of one subject: code without the subject → ``zh``, ``en``, ``remedy_zh``, ``remedy_en``."""
    path = files("inspect_engine") / "words" / f"{subject}.toml"
    table: dict[str, dict[str, str]] = tomllib.loads(path.read_text(encoding="utf-8"))
    return table


def _word(code: str, key: str) -> str:
    subject, _, name = code.partition(".")
    return words(subject)[name][key]
