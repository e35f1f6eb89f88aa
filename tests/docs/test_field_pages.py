"""The pages on order forms, registers, checks and words say what the code says."""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter

import pytest

from inspect_engine.planning import spec
from inspect_engine.planning.spec import DrawSpec, read_spec
from inspect_engine.registers.importing import KINDS
from inspect_engine.registers.importing.binding import check_map
from inspect_engine.registers.importing.kinds import kind_named
from inspect_engine.registers.importing.maps import parse_map, shipped_map, shipped_maps
from solver.dr1 import checker
from solver.dr1 import pack as packs
from solver.dr1.encoding import canonical, parse_json_file
from solver.dr1.pack import FILES
from solver.dr1.seed import check_rule
from solver.dr1.verdicts import Outcome
from solver.roster import deep
from tests.docs.pages import ROOT, blocks, inline, page, rows, section, text

FORM = page("order-form.md")
REGISTERS = page("registers-and-import.md")
CHECKING = page("checking-a-draw.md")


def _example() -> DrawSpec:
    return read_spec(blocks(FORM, "toml")[0])


def test_the_example_form_is_read() -> None:
    """The full example of an order form is one that ``draw new`` reads, with seed rules that the protocol allows."""
    form = _example()
    assert {task.kind.value for task in form.tasks} == {"set", "order", "uniform"}
    assert any("@" in item for task in form.tasks for item in task.items)
    check_rule(form.rule("targets"))
    check_rule(form.rule("officers"))


@pytest.mark.parametrize(
    ("head", "form"),
    [
        ("抽取 · The draw", "DrawSpec"),
        ("任务 · A task", "TaskSpec"),
        ("[tasks.scope]", "Scope"),
        ("[tasks.ratios]", "Ratios"),
        ("[[tasks.departments]]", "Department"),
        ("[[composition]]", "CompositionSpec"),
        ("[[joint_days]]", "JointDays"),
        ("[[neighbours]]", "Neighbours"),
        ("[[exclusions]]", "HandExclusion"),
    ],
)
def test_every_field_of_the_form_stands_in_its_table(head: str, form: str) -> None:
    """Each table of the page names just the fields of its part of the form, and marks those that are needed."""
    fields = getattr(spec, form).model_fields
    part = section(FORM, head)
    if head == "任务 · A task":
        part = part[: part.index("\n### ")]
    told = {name: row for row in rows(part) for name in re.findall(r"`(\w+)`", row[0])}
    assert set(told) == set(fields)
    if form in {"DrawSpec", "TaskSpec", "Department"}:
        needed = {name for name, row in told.items() if row[1] == "是"}
        assert needed == {name for name, field in fields.items() if field.is_required()}


def test_the_example_shows_every_field() -> None:
    """Every field of the form stands in the example, but for the two that exclude what it shows."""
    given = set(re.findall(r"^(?:\[+)?(?:tasks\.)?(\w+)", blocks(FORM, "toml")[0], re.MULTILINE))
    forms = (
        spec.DrawSpec,
        spec.CompositionSpec,
        spec.JointDays,
        spec.Neighbours,
        spec.TaskSpec,
        spec.Scope,
        spec.Ratios,
        spec.Department,
        spec.HandExclusion,
    )
    fields = {name for form in forms for name in form.model_fields}
    assert fields - given == {"after", "plan_line", "cells"}


def _column_rows(kind: str) -> list[list[str]]:
    found = rows(section(section(REGISTERS, "各名录的列"), f"· `{kind}`"))
    return found[2:]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_column_of_a_register_stands_in_its_table(kind: str) -> None:
    """A register's table has its fields in order, every heading that its own map knows, and the needed ones marked."""
    told, fields, own = _column_rows(kind), kind_named(kind).fields, shipped_map(f"default-{kind}")
    assert [row[1] for row in told] == [f"`{field.name}`" for field in fields]
    for row, field in zip(told, fields, strict=True):
        assert row[0].split("、") == [head for head in own.columns[field.name] if head != field.name]
        assert (row[2] == "是") == field.required, field.name


def test_the_example_map_is_read_and_shipped_maps_are_named() -> None:
    """The example of a column map fits its register; the maps that come along are named, each of them."""
    example = parse_map(blocks(REGISTERS, "toml")[0], "example")
    check_map(kind_named(example.kind), example)
    foreign = {name for name in shipped_maps() if not name.startswith("default-")}
    assert foreign
    assert foreign <= set(inline(REGISTERS))


def test_every_fault_in_the_table_is_one_of_the_words() -> None:
    """The fault codes that the page explains are codes of the import."""
    known = set(re.findall(r'^\["(.+)"\]', text(ROOT / "inspect_engine/words/registers.toml"), re.MULTILINE))
    table = rows(section(REGISTERS, "有错就一行不进"))[2:]
    told = {code for row in table for code in re.findall(r"`([\w-]+)`", row[0])}
    assert len(told) > 10
    assert told <= known


def _checks() -> dict[str, list[str]]:
    return {row[0].strip("`"): row for row in rows(CHECKING) if re.fullmatch(r"`\w+\.\w+`", row[0])}


def test_every_check_stands_once() -> None:
    """The page has each check of the checker and of the deeper audit once, and no other."""
    told = Counter(row[0].strip("`") for row in rows(CHECKING) if re.fullmatch(r"`\w+\.\w+`", row[0]))
    assert told == Counter((*checker.IDS, *deep.IDS))


def test_what_a_public_copy_shows_is_marked() -> None:
    """The checks marked public are just those that hold on a public copy, at once and after the window."""
    full = dict(packs.read(ROOT / "fixtures/dr1/example.zip", checker.LIMITS))
    marked = {name for name, row in _checks().items() if row[-1].startswith("yes")}
    assert checker.check(full).complete
    at_once = tuple(name for name, opens in FILES.items() if opens == "at once" and name in full)
    after = tuple(name for name, opens in FILES.items() if opens == "after the window")
    for names in (at_once, at_once + after):
        report = checker.check(_public(full, names))
        assert not report.failed
        assert {verdict.check for verdict in report.of(Outcome.HOLDS)} == marked
    assert 20 < len(marked) < len(checker.IDS)


def _public(full: dict[str, bytes], names: tuple[str, ...]) -> dict[str, bytes]:
    files = {name: full[name] for name in names if name != "manifest.json"}
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = parse_json_file(full["manifest.json"]) | {"copy": "public", "files": listed}
    return files | {"manifest.json": canonical(manifest) + b"\n"}


_TABLES = (
    "registers/tables/*.py",
    "planning/tables.py",
    "visits/tables.py",
    "drawing/tables.py",
    "events/tables.py",
)
_CHINESE = re.compile(r"[（(]([^()（）]*[一-鿿][^()（）]*)[)）]")


def _terms() -> list[tuple[str, str]]:
    """Chinese terms of the first lines of the tables' class docstrings, documents' numbers left out."""
    found = []
    for pattern in _TABLES:
        for path in sorted((ROOT / "inspect_engine").glob(pattern)):
            for node in ast.walk(ast.parse(text(path))):
                if isinstance(node, ast.ClassDef):
                    first = (ast.get_docstring(node) or "").partition("\n")[0]
                    parts = [
                        part for term in _CHINESE.findall(first) for part in re.split(r"[、,/或]\s*", term)
                    ]
                    found += [(node.name, part) for part in parts if "〔" not in part]
    return found


def test_every_term_of_a_table_stands_in_the_glossary() -> None:
    """The Chinese term by which a table's class is explained has its line in the glossary."""
    terms = [row[0] for row in rows(page("glossary.md"))]
    found = _terms()
    assert len(found) > 50
    missing = [(name, term) for name, term in found if not any(term in line for line in terms)]
    assert not missing


def test_glossary_lines_are_whole_and_stand_once() -> None:
    """Every line of the glossary has a Chinese and an English term, a definition and a source; no term stands twice."""
    lines = [row for row in rows(page("glossary.md")) if row[0] != "中文" and not row[0].startswith("---")]
    assert len(lines) > 80
    assert all(len(row) == 4 and all(row) for row in lines)
    terms = Counter(term for row in lines for term in row[0].split("、") if row[0] != "双随机、一公开")
    assert not [term for term, count in terms.items() if count > 1]
