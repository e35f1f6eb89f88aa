"""What past visits found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import inspect_engine.schema
from inspect_engine.errors import EngineError
from inspect_engine.migrations.run import _config as config_of
from inspect_engine.migrations.run import upgrade
from inspect_engine.registers.results import problem_of
from inspect_engine.rules import codes_of
from tests.registers.support import (
    codes_at,
    content,
    data,
    rows_of,
    take,
    target,
    unified,
    with_places,
    write_csv,
)

CODES = codes_of("result-codes")
#: Classes of the collected table → of the rules.
_CLASSES = {
    "ok": "ok",
    "ok_no_activity": "idle",
    "problem": "problem",
    "problem_corrected": "corrected",
    "problem_abnormal_list": "abnormal",
    "problem_serious": "serious",
    "not_checkable": "closed",
}


def visit(**more: str) -> dict[str, str]:
    """A sound row of the history's layout."""
    return {
        "机关代码": "NH",
        "检查对象代码": unified(1),
        "检查日期": "2026-01-05",
        "来源": "抽查",
        "是否入企": "是",
        "子项编码": "",
        "文号": "",
        "检查结果": "R2017-1",
    } | more


def test_every_code_tells_whether_it_is_a_problem() -> None:
    """A code is its scheme and sign; ok and idle are no problem, closed says nothing, all else is one."""
    assert len(CODES) == 26
    for code, entry in CODES.items():
        assert code == f"R{entry['scheme']}-{entry['code']}"
        assert entry["zh"]
        assert entry["en"]
        expected = {"ok": False, "idle": False, "closed": None}.get(entry["class"], True)
        assert problem_of(code) is expected, code
    assert {problem_of(code) for code in CODES} == {True, False, None}
    with pytest.raises(EngineError, match=r"registers\.result-unknown"):
        problem_of("2017-1")


def test_the_codes_are_those_that_bureaus_used() -> None:
    """Both generations of the collected table stand in the rules, word for word, and none beside them."""
    rows = list(rows_of(data("items", "result_codes.csv")))
    assert rows
    collected = {
        (row["scheme"][-4:], row["code"], row["text"], _CLASSES[row["class_derived"]]) for row in rows
    }
    assert collected == {(e["scheme"], e["code"], e["zh"], e["class"]) for e in CODES.values()}


def test_results_are_imported_and_may_be_made_up_later(tmp_path: Path) -> None:
    """A visit takes its result with it, one that comes later is a change, and a file without the column is silent."""
    engine = with_places(tmp_path)
    take(engine, "targets", write_csv(tmp_path / "t.csv", [target(1)]))
    bare = {name: value for name, value in visit().items() if name != "检查结果"}
    assert take(engine, "history", write_csv(tmp_path / "a.csv", [bare])).inserted == 1
    assert content(engine, "pastvisit")["pastvisit"][0][-1] is None
    assert take(engine, "history", write_csv(tmp_path / "b.csv", [visit(检查结果="r2017-b")])).updated == 1
    assert content(engine, "pastvisit")["pastvisit"][0][-1] == "R2017-B"
    assert take(engine, "history", tmp_path / "b.csv").unchanged == 1
    assert take(engine, "history", tmp_path / "a.csv").unchanged == 1


def test_an_unknown_result_is_a_fault_with_its_place(tmp_path: Path) -> None:
    """A code of no scheme, and one that a spreadsheet made a month of, stop the file and leave the register."""
    engine = with_places(tmp_path)
    take(engine, "targets", write_csv(tmp_path / "t.csv", [target(1)]))
    rows = [visit(), visit(文号="1", 检查结果="R2017-2"), visit(文号="2", 检查结果="B")]
    report = take(engine, "history", write_csv(tmp_path / "a.csv", rows))
    assert codes_at(report) == {(3, "检查结果", "result-unknown"), (4, "检查结果", "result-unknown")}
    assert content(engine, "pastvisit")["pastvisit"] == []


def test_a_store_of_before_keeps_its_visits(tmp_path: Path) -> None:
    """The migration adds the result to visits that are there already, says nothing of them, and can be undone."""
    engine = with_places(tmp_path)
    take(engine, "targets", write_csv(tmp_path / "t.csv", [target(1)]))
    take(engine, "history", write_csv(tmp_path / "h.csv", [visit()]))
    command.downgrade(config_of(engine), "0004")
    with engine.connect() as connection:
        names = {column["name"] for column in sa.inspect(connection).get_columns("pastvisit")}
        assert "result" not in names
        assert not sa.inspect(connection).has_table("urgentvisit")
    upgrade(engine)
    (row,) = content(engine, "pastvisit")["pastvisit"]
    assert row[-1] is None
    assert date(2026, 1, 5) in row
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), inspect_engine.schema.metadata) == []
