"""Lists through the import door: versions, what hangs on them, and a second person's approval."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import col, select

from inspect_engine.events.posts import add_posts
from inspect_engine.events.tables import Approval
from inspect_engine.lists.reading import cases_on, duties_on, items_on, powers_on
from inspect_engine.registers.tables import (
    AccountabilityCase,
    Duty,
    ItemListing,
    ItemVersion,
    Level,
    Listing,
    Power,
    PowerKind,
    PowerVersion,
)
from inspect_engine.store import reading, writing
from tests.lists.support import act, last_event, refused, take
from tests.registers.support import codes_at, content, with_places

DAY = date(2026, 6, 1)
TABLES = (
    "power",
    "powerversion",
    "duty",
    "accountabilitycase",
    "itemlisting",
    "item",
    "itemversion",
    "event",
    "approval",
)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """A store with two agencies and the posts."""
    made = with_places(tmp_path)
    with writing(made) as session:
        add_posts(session, act())
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for files."""
    path = tmp_path / "files"
    path.mkdir()
    return path


def power(**more: str) -> dict[str, str]:
    """A sound row of powers."""
    return {
        "权力编码": "Q1", "权力名称": "食品安全监督检查", "权力类别": "行政检查", "生效日期": "2025-01-01", "失效日期": "",
        "状态": "有效", "权力依据": "《食品安全法》第一百一十条", "层级": "县级", "部门简称": "市监", "机关代码": "",
        "行使主体": "县级市场监督管理部门", "调整理由": "",
    } | more  # fmt: skip


def duty(**more: str) -> dict[str, str]:
    """A sound row of duties."""
    return {
        "责任编码": "Z1", "权力编码": "Q1", "生效日期": "2025-01-01", "责任事项": "按计划检查", "责任岗位": "食品岗",
        "责任依据": "《食品安全法》第一百零九条", "每年最少次数": "2",
    } | more  # fmt: skip


def case(**more: str) -> dict[str, str]:
    """A sound row of accountability cases."""
    return {
        "情形编码": "C1", "权力编码": "Q1", "生效日期": "2025-01-01", "追责情形": "未按计划检查",
        "追责依据": "《食品安全法》第一百四十四条",
    } | more  # fmt: skip


def item(**more: str) -> dict[str, str]:
    """A sound row of items."""
    return {
        "事项编码": "I1", "事项名称": "餐饮检查", "领域": "食品", "权力编码": "Q1", "生效日期": "2025-01-01", "状态": "",
        "抽查依据": "《食品安全法》第一百一十条", "层级": "县级", "抽查主体": "县级市场监督管理部门", "事项类别": "重点",
        "抽查对象": "餐饮单位", "抽查方式": "现场检查", "抽查比例": "不少于3%", "抽查频次": "每年1次",
    } | more  # fmt: skip


def listing(**more: str) -> dict[str, str]:
    """A sound row of the three lists."""
    return {"事项编码": "I1", "所属清单": "重点监管", "生效日期": "2025-01-01"} | more


ROWS = {"powers": power, "duties": duty, "cases": case, "items": item, "listings": listing}


def _all(engine: Engine, folder: Path) -> None:
    for kind, row in ROWS.items():
        report = take(engine, kind, folder, [row()])
        assert (report.stored, report.inserted, report.faults) == (True, 1, ())


def test_every_list_is_imported_under_approval(engine: Engine, folder: Path) -> None:
    """Each version bears the import's ground and an approval by a second person; the lists of a day hold them together."""
    _all(engine, folder)
    with reading(engine) as session:
        approvals = {one.id: one for one in session.exec(select(Approval))}
        assert len(approvals) == 5
        used = []
        for model in (PowerVersion, Duty, AccountabilityCase, ItemVersion, ItemListing):
            row = session.exec(select(model)).one()
            assert row.ground == "动态调整"
            used.append(row.approval_id)
        assert sorted(used) == sorted(approvals)
        ((held, version),) = powers_on(session, DAY)
        assert (held.kind, version.level, version.department) == (PowerKind.inspection, Level.county, "市监")
        assert duties_on(session, DAY)[0][1].least_times == 2
        assert cases_on(session, DAY)[0][0].code == "Q1"
        one = items_on(session, DAY)[0]
        assert (one.item.power_code, one.listing) == ("Q1", Listing.key)
        assert items_on(session, date(2024, 12, 31)) == []
    event = last_event(engine)
    assert (event["kind"], event["data"]["approver"], event["ground"]) == (
        "listings.imported",
        "审批岗",
        "动态调整",
    )


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_the_same_file_again_changes_nothing(engine: Engine, folder: Path, kind: str) -> None:
    """A second import of the same rows adds no row, no approval and no event, with or without an approver."""
    _all(engine, folder)
    before = content(engine, *TABLES)
    for approver in ("审批岗", None):
        report = take(engine, kind, folder, [ROWS[kind]()], approver)
        assert (report.stored, report.unchanged, report.event) == (True, 1, None)
    assert content(engine, *TABLES) == before


CHANGES = {
    "powers": {"层级": "市级"},
    "duties": {"责任岗位": "稽查岗"},
    "cases": {"追责情形": "包庇"},
    "items": {"抽查比例": "不少于5%"},
    "listings": {"所属清单": "无事不扰"},
}


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_list_under_approval_takes_no_change_without_one(engine: Engine, folder: Path, kind: str) -> None:
    """Once approved, a list is changed by a second person's word alone; a refused import leaves nothing."""
    _all(engine, folder)
    before = content(engine, *TABLES)
    later = ROWS[kind](**CHANGES[kind], 生效日期="2026-07-01")
    with refused("registers.needs-approval"):
        take(engine, kind, folder, [later], None)
    for approver, fault in (("登记岗", "events.same-person"), ("", "events.unknown-actor")):
        with refused(fault):
            take(engine, kind, folder, [later], approver)
    with refused("events.no-ground"):
        take(engine, kind, folder, [later], ground="")
    assert content(engine, *TABLES) == before
    assert take(engine, kind, folder, [later]).inserted == 1


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_a_version_in_force_is_not_written_over(engine: Engine, folder: Path, kind: str) -> None:
    """A change under the same first day is refused; under a later one it ends the version before; an earlier is refused."""
    _all(engine, folder)
    changed = CHANGES[kind]
    same = take(engine, kind, folder, [ROWS[kind](**changed)])
    assert {code for _, _, code in codes_at(same)} == {"version-in-force"}
    assert take(engine, kind, folder, [ROWS[kind](**changed, 生效日期="2026-07-01")]).inserted == 1
    early = take(engine, kind, folder, [ROWS[kind](**changed, 生效日期="2025-07-01")])
    assert {code for _, _, code in codes_at(early)} == {"version-earlier"}
    models = {
        "powers": PowerVersion, "duties": Duty, "cases": AccountabilityCase, "items": ItemVersion,
        "listings": ItemListing,
    }  # fmt: skip
    with reading(engine) as session:
        model = models[kind]
        spans = [
            (row.number, row.starts, row.ends)
            for row in session.exec(select(model).order_by(col(model.number)))
        ]
    assert spans == [(1, date(2025, 1, 1), date(2026, 7, 1)), (2, date(2026, 7, 1), None)]


def test_versions_of_one_file_may_stand_in_any_order(engine: Engine, folder: Path) -> None:
    """Two versions of a power in one file are stored by their days, whichever row comes first."""
    rows = [power(生效日期="2026-07-01", 层级="市级"), power()]
    assert take(engine, "powers", folder, rows).inserted == 2
    with reading(engine) as session:
        found = session.exec(select(PowerVersion).order_by(col(PowerVersion.number))).all()
        assert [(row.level, row.ends) for row in found] == [
            (Level.county, date(2026, 7, 1)),
            (Level.city, None),
        ]
        assert len(session.exec(select(Power)).all()) == 1


@pytest.mark.parametrize(
    ("kind", "rows", "faults"),
    [
        ("powers", [power(权力类别="什么")], {"word-unknown"}),
        ("powers", [power(机关代码="NOBODY")], {"agency-unknown"}),
        ("powers", [power(权力依据="")], {"cell-empty"}),
        ("powers", [power(失效日期="2025-01-01")], {"ends-before-start"}),
        ("powers", [power(), power(生效日期="2026-01-01", 权力名称="另一名")], {"power-two-names"}),
        ("powers", [power(状态="废止"), power(生效日期="2026-01-01")], {"after-repeal"}),
        ("powers", [power(生效日期="2026-01-01"), power(状态="废止")], {"after-repeal"}),
        ("items", [item(状态="废止"), item(生效日期="2026-01-01")], {"after-repeal"}),
        ("duties", [duty(权力编码="Q9")], {"power-unknown"}),
        ("duties", [duty(每年最少次数="0")], {"number-range"}),
        ("duties", [duty(), duty(权力编码="Q2", 生效日期="2026-01-01")], {"duty-two-powers", "power-unknown"}),
        ("cases", [case(), case(权力编码="Q2", 生效日期="2026-01-01")], {"case-two-powers", "power-unknown"}),
        ("cases", [case(权力编码="Q9")], {"power-unknown"}),
        ("listings", [listing(事项编码="I9")], {"item-unknown"}),
        ("listings", [listing(所属清单="另册")], {"word-unknown"}),
        ("listings", [listing(), listing(所属清单="随机抽查")], {"rows-differ"}),
    ],
)  # fmt: skip
def test_faulty_lists_change_nothing(
    engine: Engine, folder: Path, kind: str, rows: list[dict[str, str]], faults: set[str]
) -> None:
    """A list with a fault is reported with it, and nothing of the file is stored."""
    for needed in {"duties": ("powers",), "cases": ("powers",), "listings": ("items",)}.get(kind, ()):
        take(engine, needed, folder, [ROWS[needed]()])
    before = content(engine, *TABLES)
    report = take(engine, kind, folder, rows)
    assert not report.stored
    assert {code for _, _, code in codes_at(report)} == faults
    assert content(engine, *TABLES) == before


def test_nothing_follows_a_stored_repeal(engine: Engine, folder: Path) -> None:
    """What the register holds as repealed takes no later version; its duty stays on the power that it hung on."""
    _all(engine, folder)
    assert take(engine, "powers", folder, [power(状态="废止", 生效日期="2026-07-01")]).inserted == 1
    again = take(engine, "powers", folder, [power(生效日期="2026-08-01")])
    assert {code for _, _, code in codes_at(again)} == {"after-repeal"}
    assert take(engine, "powers", folder, [power(权力编码="Q2", 权力名称="另一项")]).inserted == 1
    moved = take(engine, "duties", folder, [duty(权力编码="Q2", 生效日期="2026-08-01")])
    assert {code for _, _, code in codes_at(moved)} == {"duty-two-powers"}


def test_an_item_is_on_one_list_at_a_day(engine: Engine, folder: Path) -> None:
    """Along any placements, an item is on exactly one list on each day from its first on."""
    _all(engine, folder)
    for month, name in ((3, "随机抽查"), (6, "无事不扰"), (9, "重点监管")):
        take(engine, "listings", folder, [listing(所属清单=name, 生效日期=f"2026-{month:02d}-01")])
    with reading(engine) as session:
        seen = []
        for month in range(1, 13):
            day = date(2026, month, 1)
            rows = session.exec(select(ItemListing).where(col(ItemListing.starts) <= day)).all()
            there = [row.listing for row in rows if row.ends is None or row.ends > day]
            assert len(there) == 1
            assert items_on(session, day)[0].listing is there[0]
            seen.append(there[0].value)
    assert seen == ["key"] * 2 + ["random"] * 3 + ["undisturbed"] * 3 + ["key"] * 4
