"""The pages of the documentation, and what can be read from them by machine: links, code, tables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PAGES = (
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
)

#: The protocol is another text's copy, and decisions speak of the day they were made on.
LIVE = tuple(page for page in PAGES if page.parent.name not in {"protocol", "adr"})

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def text(page: Path) -> str:
    """Return a page's text."""
    return page.read_text(encoding="utf-8")


def page(name: str) -> str:
    """Return the text of a page of ``docs/``."""
    return text(ROOT / "docs" / name)


def blocks(content: str, language: str) -> list[str]:
    """Return the fenced blocks of one language."""
    return [body for found, body in _FENCE.findall(content) if found == language]


def prose(content: str) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", content)


def inline(content: str) -> list[str]:
    """Return the inline code of a page."""
    return _INLINE.findall(prose(content))


def links(content: str) -> list[str]:
    """Return where a page's links and pictures lead."""
    return _LINK.findall(_INLINE.sub("", prose(content)))


def anchors(content: str) -> set[str]:
    """Return the anchors of a page's headings, made as the usual hosts make them."""
    heads = re.findall(r"^#+ (.+)$", prose(content), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def commands(content: str, program: str) -> Iterator[list[str]]:
    """Yield the words after ``program`` wherever a page tells somebody to run it; in blocks first."""
    for line in "".join(blocks(content, "sh")).splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == [program]:
            yield words[1:]
    for code in inline(content):
        words = code.split()
        if words[0] == program:
            yield words[1:]


def rows(content: str) -> list[list[str]]:
    """Return the cells of all table rows, heads and rules included."""
    lines = [line for line in prose(content).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def section(content: str, start: str) -> str:
    """Return a page from the heading with that text up to the next heading of its rank or above."""
    match = re.search(rf"^(#+) [^\n]*{re.escape(start)}[^\n]*$", content, re.MULTILINE)
    assert match is not None, start
    rest = content[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest
