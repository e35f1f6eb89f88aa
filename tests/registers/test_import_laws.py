"""Laws of every import: all or nothing, once is enough, order is nothing, faults where they are."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_engine.events.tables import EventPayload
from inspect_engine.registers.importing import parse_map
from inspect_engine.registers.importing.fields import record_bytes
from inspect_engine.registers.importing.storing import read_payload
from inspect_engine.store import reading
from solver.dr1 import merkle
from solver.dr1.encoding import canonical, parse
from tests.registers.support import (
    SALT,
    codes_at,
    content,
    events,
    new_store,
    take,
    target,
    unified,
    with_places,
    write_csv,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from(["", "名称", 'a"b\\', "\ue000", "𠮷"]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["key", "name", "labels", "lon"]), json_values))
def test_records_are_written_canonically(record: dict[str, object]) -> None:
    """The quick encoding of records is the protocol's canonical one, byte for byte."""
    assert record_bytes(record) == canonical(record)  # type: ignore[arg-type]


def test_import_twice_is_import_once(tmp_path: Path) -> None:
    """The second import of a file changes no row and adds no event."""
    engine = with_places(tmp_path)
    path = write_csv(tmp_path / "t.csv", [target(n, 标签="食品、餐饮") for n in range(50)])
    first = take(engine, "targets", path)
    before, log = content(engine), len(events(engine))
    second = take(engine, "targets", path)
    assert (first.inserted, first.unchanged) == (50, 0)
    assert (second.inserted, second.updated, second.unchanged, second.event) == (0, 0, 50, None)
    assert content(engine) == before
    assert len(events(engine)) == log


@settings(max_examples=15)
@given(st.permutations(range(12)))
def test_order_of_rows_is_nothing(order: list[int]) -> None:
    """Rows in any order make the same register and the same Merkle root."""
    rows = [target(n, 名称=f"企业{n}") for n in range(12)]
    with TemporaryDirectory() as name:
        folder = Path(name)
        reports, contents = [], []
        for index, some in enumerate((rows, [rows[n] for n in order])):
            engine = with_places(folder, f"{index}.db")
            reports.append(take(engine, "targets", write_csv(folder / f"{index}.csv", some)))
            contents.append(content(engine))
            engine.dispose()
    assert reports[0].inserted == 12
    assert contents[0] == contents[1]
    assert reports[0].root == reports[1].root


#: Ways to spoil a sound row: column, what stands there then, and the fault that must come of it.
SPOILERS = [
    (
        "统一社会信用代码",
        lambda row: row["统一社会信用代码"][:17] + ("0" if row["统一社会信用代码"][17] != "0" else "1"),
        "code-check",
    ),
    ("统一社会信用代码", lambda _: "320404000009558", "old-number"),
    ("统一社会信用代码", lambda _: "9.1330402E+17", "code-as-number"),
    ("统一社会信用代码", lambda _: "", "key-missing"),
    ("名称", lambda _: "  \u3000", "cell-empty"),
    ("名称", lambda _: "企\x07业", "control-character"),
    ("名称", lambda _: "企\u202e业", "control-character"),
    ("名称", lambda _: "企\ufffd业", "lost-character"),
    ("管辖区划代码", lambda _: "99", "region-shape"),
    ("管辖区划代码", lambda _: "330499", "region-unknown"),
    ("行业代码", lambda _: "U1", "industry-shape"),
    ("成立日期", lambda _: "2019-02-30", "date-shape"),
    ("成立日期", lambda _: "0019-02-03", "date-range"),
    ("存续状态", lambda _: "不明", "word-unknown"),
]


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 19), st.sampled_from(SPOILERS), min_size=1, max_size=8))
def test_planted_faults_are_reported_where_they_are(plan: dict[int, tuple[str, object, str]]) -> None:
    """A file with k spoiled rows reports exactly those places, and nothing is imported; skipped, the rest is."""
    rows = [target(n) for n in range(20)]
    expected = set()
    for n, (column, spoil, code) in plan.items():
        rows[n] = rows[n] | {column: spoil(rows[n])}  # type: ignore[operator]
        expected.add((n + 2, column, code))
    with TemporaryDirectory() as name:
        folder = Path(name)
        engine = with_places(folder)
        before = content(engine)
        path = write_csv(folder / "t.csv", rows)
        report = take(engine, "targets", path)
        assert codes_at(report) == expected
        assert not report.stored
        assert content(engine) == before
        rest = take(engine, "targets", path, skip=folder / "faulty.csv")
        assert (rest.inserted, rest.skipped) == (20 - len(plan), len(plan))
        engine.dispose()


def test_one_report_holds_all_faults_of_a_row(tmp_path: Path) -> None:
    """A row that is wrong in its cells, in the file and against the register says all of it at once."""
    engine = with_places(tmp_path)
    rows = [
        target(0, 成立日期="昨天", 行业代码="U1", 管辖区划代码="330499"),
        target(1, 管辖区划代码="330499"),
        target(1, 名称="另一个", 管辖区划代码="330498"),
    ]
    assert codes_at(take(engine, "targets", write_csv(tmp_path / "t.csv", rows))) == {
        (2, "成立日期", "date-shape"),
        (2, "行业代码", "industry-shape"),
        (2, "管辖区划代码", "region-unknown"),
        (3, "", "rows-differ"),
        (3, "管辖区划代码", "region-unknown"),
        (4, "", "rows-differ"),
        (4, "管辖区划代码", "region-unknown"),
    }


def test_skipped_rows_can_be_mended_and_imported(tmp_path: Path) -> None:
    """The file of faulty rows, with its rows mended, imports without another map."""
    engine = with_places(tmp_path)
    rows = [target(n) for n in range(5)]
    rows[3]["成立日期"] = "昨天"
    skipped = tmp_path / "faulty.csv"
    take(engine, "targets", write_csv(tmp_path / "t.csv", rows), skip=skipped)
    text = skipped.read_text(encoding="utf-8-sig")
    assert "date-shape" in text
    assert len(text.splitlines()) == 2
    skipped.write_text(text.replace("昨天", "2020-01-02"), encoding="utf-8")
    report = take(engine, "targets", skipped)
    assert (report.stored, report.inserted) == (True, 1)
    assert len(content(engine, "target")["target"]) == 5


def test_f12_one_body_has_one_chance(tmp_path: Path) -> None:
    """F12: two rows of one body that differ both fall, in whatever letters its code is written; twins keep one row."""
    engine = with_places(tmp_path)
    code = next(unified(n) for n in range(1000) if "X" in unified(n))
    rows = [
        target(0, 统一社会信用代码=code, 名称="甲"),
        target(1),
        target(0, 统一社会信用代码=code.lower(), 名称="乙"),
        target(1),
    ]
    path = write_csv(tmp_path / "t.csv", rows)
    report = take(engine, "targets", path)
    assert codes_at(report) == {(2, "", "rows-differ"), (4, "", "rows-differ"), (5, "", "row-twice")}
    assert "第 4 行" in next(f for f in report.faults if f.place.row == 2).message("zh")
    rest = take(engine, "targets", path, skip=tmp_path / "faulty.xlsx")
    assert (rest.inserted, rest.skipped) == (1, 3)


def test_f12_a_new_code_is_not_a_new_body(tmp_path: Path) -> None:
    """F12: a body that stands under its old number cannot enter again under its unified code."""
    engine = with_places(tmp_path)
    take_old = parse_map(
        'kind = "targets"\nregistration_numbers = "REG"\n[columns]\nkey = "统一社会信用代码"\nname = "名称"\n'
        'supervising_region = "管辖区划代码"\nregistration_number = "注册号"',
        "map",
    )
    old = write_csv(tmp_path / "old.csv", [target(0, 统一社会信用代码="", 注册号="330402000009558")])
    assert take(engine, "targets", old, take_old).inserted == 1
    new = write_csv(tmp_path / "new.csv", [target(1, 注册号="330402000009558"), target(2, 注册号="")])
    assert codes_at(take(engine, "targets", new, take_old)) == {(2, "注册号", "target-two-keys")}
    both = write_csv(
        tmp_path / "both.csv",
        [target(3, 注册号="330402000000001"), target(4, 统一社会信用代码="", 注册号="330402000000001")],
    )
    faults = take(engine, "targets", both, take_old)
    assert {fault.code for fault in faults.faults} == {"target-two-keys"}
    assert {fault.place.row for fault in faults.faults} == {2, 3}


def test_f28_a_class_needs_its_evidence(tmp_path: Path) -> None:
    """F28: a risk class without source and date is a fault."""
    engine = with_places(tmp_path)
    rows = [
        target(0, 信用风险等级="C", 风险等级来源="", 风险等级日期=""),
        target(1, 信用风险等级="C类", 风险等级来源="省平台", 风险等级日期="2026/3/1"),
    ]
    report = take(engine, "targets", write_csv(tmp_path / "t.csv", rows))
    assert codes_at(report) == {(2, "信用风险等级", "risk-without-evidence")}


def test_updates_keep_what_was_before(tmp_path: Path) -> None:
    """A changed row is an update; the event holds counts and a root, the payload both values, and no event a name."""
    engine = with_places(tmp_path)
    take(engine, "targets", write_csv(tmp_path / "a.csv", [target(n) for n in range(3)]))
    rows = [target(0), target(1, 名称="王小明食品店"), target(2), target(3, 名称="李雷烟杂店")]
    report = take(engine, "targets", write_csv(tmp_path / "b.csv", rows))
    assert (report.inserted, report.updated, report.unchanged) == (1, 1, 2)
    last = events(engine)[-1]
    body = parse(last.body)
    assert isinstance(body, dict)
    assert body["kind"] == "targets.imported"
    assert body["data"] == {
        "added": 0, "file": report.file_hash, "inserted": 1, "root": report.root, "skipped": 0, "unchanged": 2, "updated": 1,
    }  # fmt: skip
    assert all("王小明" not in e.body.decode() and "李雷" not in e.body.decode() for e in events(engine))
    with reading(engine) as session:
        payload = session.get_one(EventPayload, last.seq)
        assert payload.content is not None
        lines = [json.loads(line) for line in read_payload(payload.content).splitlines()]
    assert lines[0] == {"inserted": 1, "kind": "targets", "updated": 1}
    assert [(line["before"]["name"], line["after"]["name"]) for line in lines[1:]] == [
        ("第1号企业", "王小明食品店")
    ]
    changed = sorted((unified(n), n) for n in (1, 3))
    full = dict(_leaves(content(engine, "target")))
    assert set(full) >= {key for key, _ in changed}
    assert report.root == merkle.root(SALT.encode() + b"\n" + full[key] for key, _ in changed)


def _leaves(found: dict[str, list[tuple[object, ...]]]) -> list[tuple[str, bytes]]:
    """Canonical rows of the targets in the store, made anew from the columns."""
    import inspect_engine.schema

    table = inspect_engine.schema.metadata.tables["target"]
    names = [column.name for column in table.columns if column.name not in {"id", "changed_at"}]
    rows = []
    for values in found["target"]:
        row = {n: v.isoformat() if hasattr(v, "isoformat") else v for n, v in zip(names, values, strict=True)}
        rows.append((str(row["key"]), canonical(row | {"labels": []})))  # type: ignore[arg-type]
    return rows


def test_a_column_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    """Columns that a second file lacks keep their values; an empty cell of a column that is there clears it."""
    engine = with_places(tmp_path)
    take(engine, "targets", write_csv(tmp_path / "a.csv", [target(0, 地址="嘉兴路1号", 标签="食品")]))
    short = [{name: target(0)[name] for name in ("统一社会信用代码", "名称", "管辖区划代码")}]
    assert take(engine, "targets", write_csv(tmp_path / "b.csv", short)).unchanged == 1
    emptied = [short[0] | {"地址": "", "标签": ""}]
    assert take(engine, "targets", write_csv(tmp_path / "c.csv", emptied)).updated == 1
    assert content(engine, "targetlabel")["targetlabel"] == []


def test_regions_are_made_where_the_map_says_so(tmp_path: Path) -> None:
    """Regions that the file names are made as a tree; without leave in the map they are faults."""
    engine = new_store(tmp_path)
    rows = [target(0, 乡镇街道代码="330402007", 乡镇街道="建设街道")]
    path = write_csv(tmp_path / "t.csv", rows)
    assert {c for _, _, c in codes_at(take(engine, "targets", path))} == {"region-unknown"}
    columns = (
        'kind = "targets"\nmake_regions = true\n[columns]\nkey = "统一社会信用代码"\nname = "名称"\n'
        'supervising_region = "管辖区划代码"\ntown_code = "乡镇街道代码"\ntown_name = "乡镇街道"\n'
        '[regions]\n"330402" = "南湖区"\n"330400" = "嘉兴市"'
    )
    report = take(engine, "targets", path, parse_map(columns, "map"))
    assert (report.inserted, report.added) == (1, 4)
    made = {row[0]: (row[1], row[3]) for row in content(engine, "region")["region"]}
    assert made == {
        "330000": ("330000", None),
        "330400": ("嘉兴市", "330000"),
        "330402": ("南湖区", "330400"),
        "330402007": ("建设街道", "330402"),
    }


def test_progress_is_told_and_ends_whole(tmp_path: Path) -> None:
    """Progress never runs backwards and ends with all work done."""
    from inspect_engine.registers.importing import import_file
    from tests.registers.support import ACT

    engine = with_places(tmp_path)
    path = write_csv(tmp_path / "t.csv", [target(n) for n in range(4500)])
    seen: list[tuple[int, int]] = []
    import_file(engine, "targets", path, ACT, entropy=lambda: SALT, progress=lambda *work: seen.append(work))
    assert len(seen) >= 6
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize(
    "kind",
    ["regions", "agencies", "targets", "officers", "items", "relations", "leave", "calendar", "history"],
)
def test_an_empty_register_is_imported_as_nothing(kind: str, tmp_path: Path) -> None:
    """Headings without rows are a file with nothing to say: stored, no event."""
    from inspect_engine.registers.importing import shipped_map

    headings = ",".join(names[0] for names in shipped_map(f"default-{kind}").columns.values())
    path = tmp_path / "t.csv"
    path.write_text(headings + "\n", encoding="utf-8")
    report = take(new_store(tmp_path), kind, path)
    assert (report.stored, report.rows, report.event) == (True, 0, None)
