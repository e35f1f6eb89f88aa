"""Two lists side by side: every difference is found, each under its name, and equal lists have none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.lists.compare import FIELDS, Difference, Entry, compare, match, titles
from inspect_engine.lists.sides import Side, abolished_on, entries, side_of
from inspect_engine.lists.versions import change_item_state, change_power_state
from inspect_engine.registers.tables import ItemState, Level
from inspect_engine.rules import rules_of
from inspect_engine.store import reading, writing
from tests.drawing import world
from tests.lists.support import APPROVER, LATER, TODAY, act, power_versions, refused
from tests.registers.support import write_csv

_WORDS = st.sampled_from(["甲", "乙", "丙"])
_BASES = st.lists(st.sampled_from(["《甲法》第一条", "《乙条例》", "《丙办法》第二条"]), max_size=2).map(
    "、".join
)
ENTRIES = st.builds(Entry, st.sampled_from("1234567"), _WORDS, _BASES, _WORDS, _WORDS, _WORDS, _WORDS)
LISTS = st.lists(ENTRIES, max_size=5, unique_by=lambda one: one.code)


def _changes(found: list[Difference]) -> Counter[tuple[str, str]]:
    return Counter((one.code, one.finding) for one in found if one.finding != "stale-basis")


@given(LISTS)
def test_a_list_does_not_differ_from_itself(some: list[Entry]) -> None:
    """Compared with itself in any order, a list has no difference at all."""
    assert compare(some, some[::-1]) == []


@given(LISTS, LISTS)
def test_what_is_missing_one_way_is_extra_the_other(left: list[Entry], right: list[Entry]) -> None:
    """Swapping the sides swaps missing and extra, and keeps what differs by field."""
    there, back = compare(left, right), compare(right, left)
    assert {o.code for o in there if o.finding == "missing"} == {o.code for o in back if o.finding == "extra"}
    assert {o.code for o in there if o.finding == "extra"} == {o.code for o in back if o.finding == "missing"}
    forth = Counter((o.field, o.left, o.right) for o in there if o.finding == "differs")
    assert forth == Counter((o.field, o.right, o.left) for o in back if o.finding == "differs")


@given(LISTS, LISTS)
def test_every_entry_is_accounted_for_once(left: list[Entry], right: list[Entry]) -> None:
    """Pairs and extras hold each entry of both sides once; entries of one code are one pair; other pairs share a name."""
    pairs, extra = match(left, right)
    assert [mine for mine, _ in pairs] == left
    theirs = [entry for _, entry in pairs if entry is not None]
    assert Counter(e.code for e in (*theirs, *extra)) == Counter(e.code for e in right)
    both = {e.code for e in left} & {e.code for e in right}
    for mine, other in pairs:
        if mine.code in both:
            assert other is not None
            assert other.code == mine.code
        elif other is not None:
            assert other.name == mine.name


@given(LISTS, LISTS)
def test_a_name_pairs_only_where_it_is_clear(left: list[Entry], right: list[Entry]) -> None:
    """Entries without a common code are paired exactly where their name is open once on each side."""
    codes = {e.code for e in left} & {e.code for e in right}
    open_names = [Counter(e.name for e in side if e.code not in codes) for side in (left, right)]
    for mine, other in match(left, right)[0]:
        if mine.code not in codes:
            assert (other is not None) == all(names[mine.name] == 1 for names in open_names)


@given(LISTS, st.data())
def test_each_planted_difference_is_found(some: list[Entry], data: st.DataObject) -> None:
    """Entries that are taken out, added or changed in one field are just what is found."""
    right, expected = [], Counter[tuple[str, str]]()
    some = [replace(entry, name=f"{entry.name}{entry.code}") for entry in some]
    for entry in some:
        kind = data.draw(st.sampled_from(["keep", "drop", *FIELDS[1:]]))
        if kind == "drop":
            expected[entry.code, "missing"] += 1
            continue
        if kind != "keep":
            expected[entry.code, "differs"] += 1
        right.append(entry if kind == "keep" else replace(entry, **{kind: "《丁法》第九条"}))
    right.append(Entry("9", "新增"))
    expected["9", "extra"] += 1
    assert _changes(compare(some, right)) == expected


def test_blanks_are_no_difference_and_titles_lose_their_prefix() -> None:
    """Blanks within a cell are no change; 中华人民共和国 before a title is none either."""
    mine, theirs = Entry("1", "甲 乙", "《食品安全法》"), Entry("1", "甲乙", "《食品安全法》 ")
    assert compare([mine], [theirs]) == []
    assert titles("《中华人民共和国食品安全法》第一条、《食品安全法》第二条、《广告法》") == (
        "食品安全法",
        "广告法",
    )


def test_a_stale_basis_is_named_with_its_reason() -> None:
    """A basis is stale where the rules abolished it, on either side, or where the newer list names it nowhere."""
    left = [Entry("1", "a", "《旧法》第一条"), Entry("2", "b", "《甲法》"), Entry("3", "c", "《甲法》")]
    right = [Entry("1", "a", "《新法》第一条"), Entry("2", "b", "《乙法》"), Entry("3", "c", "《甲法》")]
    stale = [one for one in compare(left, right) if one.finding == "stale-basis"]
    assert stale == [Difference("1", "a", "stale-basis", "basis", "旧法", "《新法》第一条")]
    known = compare(left, right, {"旧法": "《新法》第九条", "乙法": "决定"})
    assert [(o.code, o.left, o.right) for o in known if o.finding == "stale-basis"] == [
        ("1", "旧法", "《新法》第九条"),
        ("2", "决定", "乙法"),
    ]


def test_the_abolished_count_from_their_day() -> None:
    """A law is abolished from the day that the rule states, and each entry of the rule says by what."""
    rows = [row for rule in rules_of("abolished-bases") for row in rule.value]
    assert len(rows) >= 4
    for row in rows:
        assert row["name"] in abolished_on(row["since"])
        assert row["by"]
        assert "《" not in row["name"]
        assert row["name"] not in abolished_on(date(row["since"].year - 1, 1, 1))


def test_two_days_of_the_store_differ_by_what_happened_between(tmp_path: Path) -> None:
    """Between two days, the suspended item is missing on the later one, and nothing else differs."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        change_item_state(session, "SJ03-1", ItemState.suspended, LATER, act(), APPROVER)
        sides = [entries(session, "items", Side(day)) for day in (TODAY, LATER)]
        assert len(sides[0]) > 20
        assert [(one.code, one.finding) for one in compare(*sides)] == [("SJ03-1", "missing")]


def test_sides_are_a_level_an_agency_or_all(tmp_path: Path) -> None:
    """A level's list and an agency's hold just the entries that are for it, of items and of powers."""
    engine = world.store_at("empty", tmp_path)
    with writing(engine) as session:
        city = power_versions(session)[0]
        city.level = Level.city
        session.add(city)
        session.flush()
        every = entries(session, "powers", Side(TODAY))
        county = entries(session, "powers", Side(TODAY, "county"))
        assert len(every) == len(county) + 1 == 13
        assert [one.code for one in entries(session, "powers", Side(TODAY, "city"))] == ["QL-SJ-01"]
        own = entries(session, "powers", Side(TODAY, "339902-HB"))
        assert {one.code for one in own} == {"QL-HB-01", "QL-HB-02", "QL-HB-03"}
        items = {one.code[:4] for one in entries(session, "items", Side(TODAY, "339902-SJ"))}
        assert items == {f"SJ{n:02d}" for n in range(2, 11)} - {"SJ09"}  # SJ09 is suspended
        assert entries(session, "items", Side(TODAY, "province")) == []
        change_power_state(session, "QL-SJ-04", ItemState.repealed, LATER, act(), APPROVER)
        then = {one.code[:4] for one in entries(session, "items", Side(LATER, "339902-SJ"))}
        assert items - then == {"SJ05"}
        with refused("lists.unknown-agency"):
            entries(session, "items", Side(TODAY, "nobody"))
        with refused("lists.side-kind"):
            entries(session, "duties", Side(TODAY))


def test_a_file_is_a_side_without_being_stored(tmp_path: Path) -> None:
    """A file in the import's layout compares like a list of the store; a faulty one is refused with its place."""
    engine = world.store_at("empty", tmp_path)
    row = {
        "权力编码": "QL-SJ-03", "权力名称": "食品安全监督检查", "权力类别": "行政检查", "生效日期": "2021-01-01",
        "权力依据": "《食品安全法》第一百一十条", "层级": "市级", "行使主体": "市市场监督管理局",
    }  # fmt: skip
    path = write_csv(tmp_path / "city.csv", [row, row | {"生效日期": "2030-01-01", "层级": "县级"}])
    before = world.dump(engine)
    with reading(engine) as session:
        theirs = entries(session, "powers", side_of(str(path), TODAY))
        assert [(one.code, one.level) for one in theirs] == [("QL-SJ-03", "city")]
        found = compare(entries(session, "powers", Side(TODAY)), theirs)
        assert Counter(one.finding for one in found) == {"missing": 12, "differs": 2}
        assert {one.field for one in found if one.finding == "differs"} == {"level", "body"}
        bad = write_csv(tmp_path / "bad.csv", [row | {"层级": "?"}])
        with refused("lists.side-faulty"):
            entries(session, "powers", side_of(str(bad), TODAY))
    assert world.dump(engine) == before


@pytest.mark.parametrize("text", ["", "@", "city@", "2026-13-01", "no-such-file.csv", "city@x"])
def test_what_is_no_side_is_refused(text: str) -> None:
    """A side is a day, somebody's day or a file."""
    with refused("lists.side"):
        side_of(text, TODAY)


def test_the_workbook_holds_every_difference(tmp_path: Path) -> None:
    """The XLSX of a comparison has a row for each difference, and is the same bytes each time."""
    from inspect_engine.cli.listed import workbook

    found = compare([Entry("1", "=1+1", "《甲法》")], [Entry("1", "乙", "《乙法》"), Entry("2", "丙")])
    assert len(found) >= 3
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook(found))
    assert workbook(found) == path.read_bytes()
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert [row[:3] for row in rows[1:]] == [[one.code, one.name, one.finding] for one in found]
