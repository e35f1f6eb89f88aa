"""What the public reads of the lists: all that is in force, nothing that is withheld, the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.lists.public import COLUMNS, public_files, public_lists, publish
from inspect_engine.lists.sheets import csv_bytes, json_bytes, xlsx_bytes
from inspect_engine.lists.shown import shown
from inspect_engine.lists.versions import change_item_state, change_power_state
from inspect_engine.registers.importing import vocabulary
from inspect_engine.registers.tables import ItemState
from inspect_engine.rules import rule_on
from inspect_engine.store import reading, writing
from tests.drawing import world
from tests.lists.support import APPROVER, LATER, TODAY, act, last_event, refused, versions

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)


def test_the_lists_of_a_day_are_whole(tmp_path: Path) -> None:
    """Each list holds every entry in force on the day with its points, placement and power, and none that is not."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_item_state(session, "SJ03-1", ItemState.suspended, LATER, act(), APPROVER)
        change_power_state(session, "QL-HB-01", ItemState.repealed, LATER, act(), APPROVER)
        eve, then = (public_lists(session, day) for day in (LATER - timedelta(1), LATER))
    gone = {row["sub_code"] for row in eve["items"]} - {row["sub_code"] for row in then["items"]}
    assert gone == {"SJ03-1"}
    assert {r["power_code"] for r in eve["powers"]} - {r["power_code"] for r in then["powers"]} == {
        "QL-HB-01"
    }
    assert (len(eve["powers"]), len(eve["duties"]), len(eve["cases"])) == (13, 26, 26)
    assert len(eve["items"]) > 25
    for row in eve["items"]:
        assert row["listing"] in {"undisturbed", "random", "key"}
        assert row["power_code"].startswith("QL-")
        assert row["basis"]
    for name, rows in eve.items():
        assert all(set(row) == set(COLUMNS[name]) for row in rows)


def test_publishing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two publications of one day are equal byte by byte, each an event with the digests of its files."""
    engine = world.store_at("empty", tmp_path)
    made = []
    for minutes in (0, 500):
        with writing(engine) as session:
            made.append(publish(session, TODAY, act(minutes=minutes)))
        event = last_event(engine)
        assert event["kind"] == "list.published"
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in made[-1].files.items()}
        assert event["data"]["files"] == digests
        assert len(digests) == 12
    assert made[0].files == made[1].files
    for name in (
        "items.xlsx",
        "powers.xlsx",
    ):  # a workbook holds the time at which it was made, if nobody fixes it
        with zipfile.ZipFile(io.BytesIO(made[0].files[name])) as book:
            assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


def test_the_three_forms_say_the_same(tmp_path: Path) -> None:
    """CSV, XLSX and JSON of a list hold the same cells, the first two in the words of a list."""
    engine = world.store_at("empty", tmp_path)
    with reading(engine) as session:
        files = public_files(session, TODAY).files
    for name, columns in COLUMNS.items():
        data = json.loads(files[f"{name}.json"])
        assert data["columns"] == dict(columns)
        table = list(csv.reader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(files[f"{name}.xlsx"])
        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
        assert sheet == table
        assert table[0] == list(columns.values())
        assert [[shown(c, row[c]) for c in columns] for row in data["rows"]] == table[1:]
        assert len(table) > 10


def test_no_withheld_field_and_no_inner_word_is_shown(tmp_path: Path) -> None:
    """Neither a withheld field nor a remark, a ground or an approval is in any file, whatever they say."""
    engine = world.store_at("empty", tmp_path)
    secret = "内部消息甲乙丙"
    with writing(engine) as session:
        version = versions(session, "SJ03-1")[0]
        version.note = version.ground = secret
        session.add(version)
    with reading(engine) as session:
        files = public_files(session, TODAY).files
        withheld = set(rule_on("withheld-fields", TODAY).value)
    assert len(withheld) >= 3
    assert not withheld & {column for columns in COLUMNS.values() for column in columns}
    for name in ("items.json", "items.csv"):
        assert secret.encode() not in files[name]
        assert b"SJ03-1" in files[name]


def test_a_withheld_column_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the rules withhold a field that a list has, nothing is published."""
    engine = world.store_at("empty", tmp_path)
    monkeypatch.setitem(COLUMNS["duties"], "risk_class", "风险")  # type: ignore[arg-type]
    monkeypatch.setattr("inspect_engine.lists.public.public_lists", lambda *_: {name: [] for name in COLUMNS})
    before = world.dump(engine)
    with refused("lists.withheld"), writing(engine) as session:
        publish(session, TODAY, act())
    assert world.dump(engine) == before


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=4))
def test_tables_read_back(rows: list[list[str]]) -> None:
    """Any cells come back from CSV and XLSX as they were; in CSV a formula's sign gets a mark before it."""
    read = list(csv.reader(io.StringIO(csv_bytes(rows).decode("utf-8-sig"), newline="")))
    marked = [[f"'{c}" if c[:1] in {"=", "+", "-", "@"} else c for c in row] for row in rows]
    assert read == marked
    assert xlsx_bytes({"a": rows}) == xlsx_bytes({"a": rows})
    assert json.loads(json_bytes(rows)) == rows


def test_words_of_a_list_read_back() -> None:
    """The word that a stored value is shown under is one that the import reads as that value."""
    tables = {
        "level": vocabulary.LEVELS,
        "listing": vocabulary.LISTINGS,
        "state": vocabulary.ITEM_STATES,
        "kind": vocabulary.ITEM_KINDS | vocabulary.POWER_KINDS,
    }
    count = 0
    for column, table in tables.items():
        for value in set(table.values()):
            assert table[shown(column, value)] == value
            count += 1
    assert count > 20
    assert shown("methods", "onsite、paper") == "现场检查、书面检查"
    assert shown("basis", "key") == "key"
