"""What every page keeps: links that lead somewhere, commands and files that are there, no word about a machine."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise

import typer

from inspect_engine.cli.app import app
from tests.docs.pages import (
    LIVE,
    PAGES,
    ROOT,
    anchors,
    blocks,
    commands,
    inline,
    links,
    page,
    prose,
    section,
    text,
)

PROGRAM = typer.main.get_command(app)


def test_every_relative_link_leads_somewhere() -> None:
    """A link within the documentation names a file that is there and a heading that is in it."""
    seen = 0
    for origin in PAGES:
        for link in links(text(origin)):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (origin.parent / path).resolve() if path else origin
            assert target.exists(), (origin.name, link)
            assert not anchor or anchor in anchors(text(target)), (origin.name, link)
            seen += 1
    assert seen > 40


def test_every_page_can_be_reached() -> None:
    """From the first page, links lead to every page and picture of the documentation."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        here = waiting.pop()
        if here in reached:
            continue
        reached.add(here)
        if here.suffix == ".md":
            found = (link.partition("#")[0] for link in links(text(here)) if not re.match(r"[a-z]+:", link))
            waiting += [(here.parent / path).resolve() for path in found if path]
    assert {*PAGES, *(ROOT / "docs").rglob("*.svg")} <= reached


def test_every_make_target_that_a_page_names_exists() -> None:
    """``make X`` in a page is a target of the Makefile, and every target but the default one is named."""
    makefile = text(ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set()
    for origin in PAGES:
        code = [*"\n".join(blocks(text(origin), "sh")).splitlines(), *inline(text(origin))]
        named |= {words[1] for line in code if (words := line.split())[:1] == ["make"] and len(words) > 1}
    assert named <= targets
    assert targets - named <= {"help"}


def _leaves(command: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, below in getattr(command, "commands", {}).items():
        yield from _leaves(below, (*path, name))
    if not getattr(command, "commands", {}):
        yield path


def _descend(words: list[str]) -> tuple[object, tuple[str, ...], list[str]]:
    here: object = PROGRAM
    for at, word in enumerate(words):
        below = getattr(here, "commands", {})
        if not below:
            return here, tuple(words[:at]), words[at:]
        assert word in below, words
        here = below[word]
    return here, tuple(words), []


def test_every_command_that_a_page_names_exists() -> None:
    """Each command, option and argument in the pages is one of the program's, and every command stands in a page."""
    named = set()
    for origin in PAGES:
        for words in commands(text(origin), "inspect-engine"):
            command, path, rest = _descend(words)
            named.add(path)
            if rest:
                context = command.context_class(command, info_name="inspect-engine")  # type: ignore[attr-defined]
                _, more, _ = command.make_parser(context).parse_args(list(rest))  # type: ignore[attr-defined]
                assert not more, words
    leaves = set(_leaves(PROGRAM))
    assert len(leaves) > 20
    assert leaves <= named


def test_the_checkers_options_exist() -> None:
    """Each option with which a page calls the one-file checker is one of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "solver.dr1", "--help"], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    known = set(re.findall(r"--[a-z]+", told))
    lines = [line for origin in PAGES for body in blocks(text(origin), "sh") for line in body.splitlines()]
    calls = [line for line in lines if "dr1-verify.py" in line and line.startswith("python3")]
    used = {option for line in calls for option in re.findall(r"--[a-z]+", line)}
    assert len(calls) >= 6
    assert used
    assert used <= known


def test_tickets_by_hand_come_out_as_written() -> None:
    """The two ``printf | sha256sum`` commands of the first page give the digests below them, run by a plain shell."""
    vectors = text(ROOT / "fixtures" / "dr1" / "vectors.json")
    ran = 0
    for body in blocks(text(ROOT / "README.md"), "sh"):
        lines = body.splitlines()
        for command, told in pairwise(lines):
            if command.startswith("printf"):
                out = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
                assert out.split()[0] == told.removeprefix("# ")
                assert told.removeprefix("# ") in vectors
                ran += 1
    assert ran == 4


def test_files_that_a_page_names_are_there() -> None:
    """A path in a page is in the repository, or in ``inspect_engine`` where the page says so; ``var`` is made by commands."""
    shape = re.compile(r"[A-Za-z_.][\w.-]*/(?:[\w.-]+/)*(?:[\w-]+\.(?:py|toml|json|md|svg))?")
    seen = 0
    for origin in LIVE:
        for code in inline(text(origin)):
            if shape.fullmatch(code) and not code.startswith(("var/", ".venv")):
                places = [
                    ROOT / code,
                    ROOT / "inspect_engine" / code,
                    ROOT / "inspect_engine" / "rules" / code,
                ]
                assert any(place.exists() for place in places[: 3 if origin.parent.name == "docs" else 1]), (
                    origin.name,
                    code,
                )
                seen += 1
    assert seen > 40


def test_no_page_names_an_index_or_a_machine() -> None:
    """No page names the host of a package index, or a place on somebody's machine."""
    hosts = re.compile(r"pypi|pythonhosted|simple/|--index-url|mirrors?\.|devpi|artifactory", re.IGNORECASE)
    machine = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|opt|Users|mnt)\b|[A-Z]:\\")
    for found in (*PAGES, *(ROOT / "docs").rglob("*.svg")):
        assert not hosts.search(text(found)), found.name
        assert not machine.search(text(found)), found.name


def test_both_languages_of_the_first_page_say_the_same() -> None:
    """The Chinese and the English half lead to the same pages, give the same commands and the same folders."""
    chinese, english = text(ROOT / "README.md").split("\n## In English\n")
    assert re.search("[一-鿿]", chinese.split("\n\n")[2])
    pages = [{link.partition("#")[0] for link in links(half)} - {""} for half in (chinese, english)]
    assert pages[0] == pages[1]
    code = [re.findall(r"^\S+ \S+|^[0-9a-f]{64}", "".join(blocks(h, "sh")), re.M) for h in (chinese, english)]
    assert code[0] == code[1]
    folders = [re.findall(r"^\| (`[^|]+/`) ", prose(half), re.MULTILINE) for half in (chinese, english)]
    assert [re.sub("[、,] ?", " ", one) for one in folders[0]] == [
        re.sub(", ", " ", one) for one in folders[1]
    ]
    assert len(folders[0]) > 5


def test_the_picture_of_the_month_can_be_read() -> None:
    """The picture is well-formed, describes itself in words, and names both stages."""
    root = ET.fromstring(text(ROOT / "docs" / "month.svg"))
    told = " ".join(root.itertext())
    assert root.find("{http://www.w3.org/2000/svg}desc") is not None
    for word in ("第一次承诺", "第二次承诺", "抽对象", "抽人员", "public", "sealed"):
        assert word in told


def test_every_decision_is_listed_and_has_its_parts() -> None:
    """Each decision stands in the index under its number, with context, options, decision and consequences."""
    index = page("adr/README.md")
    files = sorted(path for path in (ROOT / "docs" / "adr").glob("0*.md"))
    assert len(files) >= 6
    for number, path in enumerate(files, 1):
        content = text(path)
        assert path.name.startswith(f"{number:04d}-")
        assert f"[{number}]({path.name})" in index
        assert content.startswith(f"# {number}. ")
        for part in ("Context", "Options", "Decision", "Consequences"):
            assert section(content, part).strip(), (path.name, part)
        assert "Good, because" in content
        assert "Bad, because" in content
