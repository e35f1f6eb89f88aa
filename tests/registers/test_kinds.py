"""Each register's own rules."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import select

from inspect_engine.registers.importing import parse_map, shipped_map
from inspect_engine.registers.tables import Item, ItemState, ItemVersion, SubItem
from inspect_engine.store import reading
from tests.registers.support import (
    codes_at,
    content,
    new_store,
    take,
    target,
    unified,
    with_places,
    write_csv,
)


def officer(number: int, **more: str) -> dict[str, str]:
    """A sound row of the officers' layout."""
    return {
        "人员编号": f"S{number:03d}",
        "姓名": f"人员{number}",
        "机关代码": "NH",
        "区划代码": "330402",
        "可任组长": "是" if number % 2 else "否",
        "执法证号": f"3304{number:07d}",
        "执法证有效期": "2030-01-01",
        "执法证号2": "",
        "执法证有效期2": "",
        "业务专长": "食品、特种设备",
        "固定检查组代码": "",
        "固定检查组": "",
    } | more


def with_people(folder: Path) -> Engine:
    """A store with places, five officers and five targets."""
    engine = with_places(folder)
    assert take(engine, "officers", write_csv(folder / "o.csv", [officer(n) for n in range(5)])).inserted == 5
    assert take(engine, "targets", write_csv(folder / "t.csv", [target(n) for n in range(5)])).inserted == 5
    return engine


def import_rows(
    engine: Engine, folder: Path, kind: str, rows: list[dict[str, str]], extra: str = ""
) -> object:
    """Import rows under the default map, with lines added to it."""
    columns = shipped_map(f"default-{kind}")
    if extra:
        lines = "\n".join(f"{field} = {list(names)}" for field, names in columns.columns.items())
        columns = parse_map(f'kind = "{kind}"\n{extra}\n[columns]\n{lines}', "map")
    return take(engine, kind, write_csv(folder / f"{kind}-rows.csv", rows), columns)


@settings(max_examples=15)
@given(st.permutations(range(5)))
def test_trees_are_stored_from_the_root(order: list[int]) -> None:
    """Regions and agencies come in any order, children before parents too."""
    from tempfile import TemporaryDirectory

    from tests.registers.support import AGENCIES, REGIONS

    with TemporaryDirectory() as name:
        folder = Path(name)
        engine = new_store(folder)
        assert take(engine, "regions", write_csv(folder / "r.csv", [REGIONS[n] for n in order])).inserted == 5
        chain = [AGENCIES[0]] + [
            AGENCIES[1] | {"机关代码": f"A{n}", "上级机关代码": f"A{n - 1}" if n else "JX"} for n in range(4)
        ]
        assert take(engine, "agencies", write_csv(folder / "a.csv", [chain[n] for n in order])).inserted == 5
        assert take(engine, "agencies", write_csv(folder / "b.csv", chain)).unchanged == 5
        engine.dispose()


def test_trees_have_roots(tmp_path: Path) -> None:
    """A parent that is missing, faulty or below its own child takes everything under it along."""
    from tests.registers.support import AGENCIES

    engine = with_places(tmp_path)
    base = AGENCIES[1]
    rows = [
        base | {"机关代码": "P", "区划代码": "330499"},
        base | {"机关代码": "Q", "上级机关代码": "P"},
        base | {"机关代码": "R", "上级机关代码": "Q"},
        base | {"机关代码": "X", "上级机关代码": "Y"},
        base | {"机关代码": "Y", "上级机关代码": "X"},
        base | {"机关代码": "Z", "上级机关代码": "NH"},
    ]
    path = write_csv(tmp_path / "a.csv", rows)
    expected = {(2, "区划代码", "region-unknown")} | {
        (n, "上级机关代码", "parent-unknown") for n in (3, 4, 5, 6)
    }
    assert codes_at(take(engine, "agencies", path)) == expected
    assert take(engine, "agencies", path, skip=tmp_path / "f.csv").inserted == 1


def test_officers_carry_what_they_hold(tmp_path: Path) -> None:
    """Two certificates, skills and a team are stored, kept on a second import, and replaced when they change."""
    engine = with_places(tmp_path)
    full = officer(0, 执法证号2="B-7", 执法证有效期2="2027-05-05", 固定检查组代码="T1", 固定检查组="一组")
    path = write_csv(tmp_path / "o.csv", [full, officer(1)])
    assert take(engine, "officers", path).inserted == 2
    assert take(engine, "officers", path).unchanged == 2
    held = {row[1:] for row in content(engine, "certificate")["certificate"] if row[0] == 1}
    assert held == {("行政执法证", "33040000000", date(2030, 1, 1)), ("部门执法证", "B-7", date(2027, 5, 5))}
    assert content(engine, "standingteam")["standingteam"] == [("T1", "一组")]
    changed = full | {
        "执法证有效期": "2031-01-01",
        "业务专长": "食品",
        "固定检查组代码": "",
        "固定检查组": "",
    }
    assert take(engine, "officers", write_csv(tmp_path / "p.csv", [changed])).updated == 1
    assert len(content(engine, "personskill")["personskill"]) == 3
    assert content(engine, "teammember")["teammember"] == []


def test_certificates_belong_to_one(tmp_path: Path) -> None:
    """A certificate of two persons is a fault, in the file and against the register; an officer has one at least."""
    engine = with_people(tmp_path)
    rows = [
        officer(5, 执法证号="NEW"),
        officer(6, 执法证号="NEW"),
        officer(7, 执法证号="33040000000"),
        officer(8, 执法证号="", 执法证有效期=""),
        officer(9, 执法证有效期=""),
        officer(10, 机关代码="??"),
    ]
    assert codes_at(import_rows(engine, tmp_path, "officers", rows)) == {  # type: ignore[arg-type]
        (2, "执法证号", "certificate-twice"),
        (3, "执法证号", "certificate-twice"),
        (4, "执法证号", "certificate-held"),
        (5, "执法证号", "officer-without-certificate"),
        (6, "执法证有效期", "half-a-certificate"),
        (7, "机关代码", "agency-unknown"),
    }


@pytest.mark.parametrize(
    "kind",
    ["regions", "agencies", "targets", "officers", "items", "relations", "leave", "calendar", "history"],
)
@settings(max_examples=15)
@given(st.data())
def test_no_row_of_junk_crashes(kind: str, data: st.DataObject) -> None:
    """Rows of arbitrary cells end in a report with faults, whatever is missing; never in another error."""
    from tempfile import TemporaryDirectory

    headings = [names[0] for names in shipped_map(f"default-{kind}").columns.values()]
    cell = st.sampled_from(
        ["", "x", "S001", "NH", "330402", "2026-01-01", "是", unified(3), "REG:1234", "不少于3%", "每年1次"]
    )
    row = st.fixed_dictionaries(dict.fromkeys(headings, cell))
    rows = data.draw(st.lists(row, min_size=1, max_size=4))
    with TemporaryDirectory() as name:
        engine = with_places(Path(name))
        report = take(engine, kind, write_csv(Path(name) / "j.csv", rows))
        assert report.stored == (not report.faults)
        engine.dispose()


def test_relations(tmp_path: Path) -> None:
    """Relations are of one side, known people and grounds; between officers they have no direction."""
    engine = with_people(tmp_path)

    def relation(**more: str) -> dict[str, str]:
        return {
            "人员编号": "S001",
            "检查对象代码": "",
            "另一人员编号": "",
            "回避事由": "近亲属",
            "起始日期": "2020-01-01",
            "终止日期": "",
            "来源": "申报",
        } | more

    good = [
        relation(检查对象代码=unified(0)),
        relation(另一人员编号="S000"),
        relation(另一人员编号="S002", 回避事由="spouse"),
    ]
    path = write_csv(tmp_path / "r.csv", good)
    assert take(engine, "relations", path).inserted == 3
    assert take(engine, "relations", path).unchanged == 3
    turned = relation(人员编号="S000", 另一人员编号="S001")
    assert take(engine, "relations", write_csv(tmp_path / "u.csv", [turned])).unchanged == 1
    ended = relation(检查对象代码=unified(0), 终止日期="2026-01-01")
    assert take(engine, "relations", write_csv(tmp_path / "e.csv", [ended])).updated == 1
    bad = [
        relation(),
        relation(检查对象代码=unified(0), 另一人员编号="S002"),
        relation(另一人员编号="S001"),
        relation(另一人员编号="S099"),
        relation(检查对象代码=unified(99)),
        relation(检查对象代码=unified(0), 回避事由="不喜欢"),
        relation(检查对象代码=unified(0), 终止日期="2019-01-01"),
        relation(检查对象代码="REG:12345"),
    ]
    assert {(row, code) for row, _, code in codes_at(import_rows(engine, tmp_path, "relations", bad))} == {  # type: ignore[arg-type]
        (2, "relation-one-side"),
        (3, "relation-one-side"),
        (4, "relation-self"),
        (5, "person-unknown"),
        (6, "target-unknown"),
        (7, "word-unknown"),
        (8, "ends-before-start"),
        (9, "target-unknown"),
    }


def test_leave_and_history(tmp_path: Path) -> None:
    """Leave has an order of days; past visits refer to what is known, and count once."""
    engine = with_people(tmp_path)
    leave = [{"人员编号": "S001", "首日": "2026-04-01", "末日": "2026-04-03", "事由": "年休"}]
    assert take(engine, "leave", write_csv(tmp_path / "l.csv", leave)).inserted == 1
    assert take(engine, "leave", tmp_path / "l.csv").unchanged == 1
    turned = leave[0] | {"末日": "2026-03-01"}
    unknown = leave[0] | {"人员编号": "S404"}
    report = take(engine, "leave", write_csv(tmp_path / "m.csv", [turned, unknown]))
    assert codes_at(report) == {(2, "末日", "ends-before-start"), (3, "人员编号", "person-unknown")}
    visit = {
        "机关代码": "NH",
        "检查对象代码": unified(0).lower(),
        "检查日期": "2026/1/5",
        "来源": "有因",
        "是否入企": "是",
        "子项编码": "",
        "文号": "",
    }
    assert take(engine, "history", write_csv(tmp_path / "h.csv", [visit])).inserted == 1
    assert take(engine, "history", tmp_path / "h.csv").unchanged == 1
    bad = [
        visit | {"机关代码": "ZZ"},
        visit | {"检查对象代码": unified(77)},
        visit | {"子项编码": "ZZ", "文号": "1"},
    ]
    assert {code for _, _, code in codes_at(take(engine, "history", write_csv(tmp_path / "i.csv", bad)))} == {
        "agency-unknown",
        "target-unknown",
        "sub-item-unknown",
    }


def item(**more: str) -> dict[str, str]:
    """A sound row of the items' layout."""
    return {
        "事项编码": "I1",
        "事项名称": "登记事项检查",
        "领域": "市场监管",
        "子项编码": "I1-1",
        "子项名称": "住所",
        "生效日期": "2025-01-01",
        "失效日期": "",
        "状态": "",
        "抽查依据": "公司法 第三十条",
        "抽查主体": "县级以上",
        "事项类别": "一般",
        "抽查对象": "企业",
        "抽查方式": "现场检查",
        "抽查比例": "不少于3%",
        "抽查频次": "每年1次",
        "检查人员要求": "无需专业岗位资格",
    } | more


def test_a_version_in_force_is_not_written_over(tmp_path: Path) -> None:
    """A change takes a later first day and ends the version before; what stands stays as it was."""
    engine = new_store(tmp_path)
    first = write_csv(tmp_path / "1.csv", [item()])
    assert take(engine, "items", first).inserted == 1
    same_day = take(engine, "items", write_csv(tmp_path / "2.csv", [item(抽查比例="不少于5%")]))
    assert {code for _, _, code in codes_at(same_day)} == {"version-in-force"}
    earlier = take(engine, "items", write_csv(tmp_path / "3.csv", [item(生效日期="2024-01-01")]))
    assert {code for _, _, code in codes_at(earlier)} == {"version-earlier"}
    later = take(
        engine, "items", write_csv(tmp_path / "4.csv", [item(抽查比例="不少于5%", 生效日期="2026-01-01")])
    )
    assert later.inserted == 1
    with reading(engine) as session:
        versions = session.exec(select(ItemVersion).order_by(ItemVersion.number)).all()  # type: ignore[arg-type]
        assert [(v.number, v.ratio, v.starts.year, v.ends and v.ends.year) for v in versions] == [
            (1, 30_000, 2025, 2026),
            (2, 50_000, 2026, None),
        ]
    assert take(engine, "items", first).unchanged == 1
    said = item(抽查比例="不少于5%", 生效日期="2026-01-01", 状态="废止")
    in_place = take(engine, "items", write_csv(tmp_path / "5.csv", [said]))
    assert {code for _, _, code in codes_at(in_place)} == {"version-in-force"}
    repeal = write_csv(tmp_path / "6.csv", [said | {"生效日期": "2026-06-01"}])
    assert take(engine, "items", repeal).inserted == 1
    again = take(engine, "items", write_csv(tmp_path / "7.csv", [item(生效日期="2026-09-01")]))
    assert {code for _, _, code in codes_at(again)} == {"after-repeal"}


def test_rows_without_basis_or_method_become_drafts(tmp_path: Path) -> None:
    """No basis, no inspection: such a row is a draft with a notice, even where it calls itself active."""
    engine = new_store(tmp_path)
    rows = [item(抽查依据="", 状态="有效"), item(子项编码="I1-2", 抽查方式=""), item(子项编码="I1-3")]
    path = write_csv(tmp_path / "i.csv", rows)
    report = take(engine, "items", path)
    assert report.stored
    assert {(n.place.row, n.code) for n in report.notices} == {
        (2, "draft-for-want-of"),
        (3, "draft-for-want-of"),
    }
    with reading(engine) as session:
        states = [version.state for version in session.exec(select(ItemVersion)).all()]
    assert sorted(states) == [ItemState.active, ItemState.draft, ItemState.draft]
    assert take(engine, "items", path).unchanged == 3
    mended = take(engine, "items", write_csv(tmp_path / "j.csv", [item(状态="有效")]))
    assert mended.updated == 1


def test_items_agree_on_their_names(tmp_path: Path) -> None:
    """An item has one name in the file, and a sub-item one item."""
    engine = new_store(tmp_path)
    rows = [item(), item(子项编码="I1-2", 事项名称="别的"), item(事项编码="I2", 子项编码="I1-1")]
    codes = {code for _, _, code in codes_at(take(engine, "items", write_csv(tmp_path / "i.csv", rows)))}
    assert codes == {"item-two-names", "sub-item-twice"}


def test_an_item_without_points_has_one_of_its_own_name(tmp_path: Path) -> None:
    """A row without a sub-item makes one that bears the item's code and name; numbers follow the codes."""
    engine = new_store(tmp_path)
    rows = [item(子项编码="", 子项名称=""), item(子项编码="I1-2")]
    assert take(engine, "items", write_csv(tmp_path / "i.csv", rows)).inserted == 2
    with reading(engine) as session:
        found = session.exec(
            select(Item.name, SubItem.code, SubItem.number, SubItem.name).join(SubItem)
        ).all()  # type: ignore[call-overload]
    assert sorted(found, key=lambda row: row[2]) == [
        ("登记事项检查", "I1", 1, "登记事项检查"),
        ("登记事项检查", "I1-2", 2, "住所"),
    ]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("抽查比例", "抽10户"),
        ("抽查频次", "2次"),
        ("抽查方式", "《公司法》"),
        ("检查人员要求", "1.看;2.问;3.查"),
    ],
)
def test_item_texts_that_say_nothing_are_faults(column: str, text: str, tmp_path: Path) -> None:
    """A text that is none of its column's is a fault of that column."""
    report = take(new_store(tmp_path), "items", write_csv(tmp_path / "i.csv", [item(**{column: text})]))
    assert [(fault.place.row, fault.column) for fault in report.faults] == [(2, column)]
