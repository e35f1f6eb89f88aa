"""A small register of names, plan forms drawn by chance, and sheets written cell by cell."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session

from inspect_engine.errors import Language
from inspect_engine.planning.plans.form import PlanForm
from inspect_engine.planning.plans.layouts import (
    AgencyName,
    ItemName,
    LineTotals,
    Names,
    PlanHeader,
    SheetError,
    TakenSheet,
    layout_named,
    names_from,
    take_sheet,
)
from inspect_engine.planning.spec import Form, share
from inspect_engine.registers.tables import (
    Agency,
    AgencyKind,
    FrequencyForm,
    Item,
    ItemKind,
    ItemVersion,
    Level,
    RatioForm,
    Region,
    SubItem,
)
from inspect_engine.schema import metadata
from inspect_engine.store import open_store, sqlite_url, writing
from solver.dr1.encoding import check_text
from solver.dr1.errors import ProtocolError

YEAR = 2026
HEADER = PlanHeader("JX-2026", "嘉兴市2026年度抽查计划", YEAR, "330400SJ")
LANGUAGES: tuple[Language, Language] = ("zh", "en")
BUREAUS = ("shanggao", "chizhou", "yangjiang", "wuwei")

ITEMS = (
    ItemName("SJ01", "营业执照规范使用情况的检查", (("SJ01-1", "营业执照规范使用情况的检查"),)),
    ItemName(
        "SJ02", "登记事项检查", (("SJ02-1", "名称规范使用情况的检查"), ("SJ02-2", "住所、经营场所的检查"))
    ),
    ItemName("SJ03", "食品销售监督检查", (("SJ03-1", "资质"), ("SJ03-2", "现场检查"))),
    ItemName("XF01", "消防安全检查", (("XF01-1", "消防设施"), ("XF01-2", "现场检查"))),
    ItemName("JY01", "办学行为检查", (("JY01-1", "办学行为检查"),)),
)
AGENCIES = (
    AgencyName("330400SJ", "嘉兴市市场监督管理局", "市监"),
    AgencyName("330402SJ", "南湖区市场监督管理局", "市监"),
    AgencyName("330400XF", "嘉兴市消防救援支队", "消防"),
    AgencyName("330400JY", "嘉兴市教育局", "教育"),
    AgencyName("330400SJ07", "信用监管处", "市监", "330400SJ"),
)
REGIONS = (("330400", "嘉兴市"), ("330402", "南湖区"), ("330411", "秀洲区"))
NAMES = names_from(ITEMS, AGENCIES, REGIONS)
DEPARTMENTS = {agency.code: agency.department for agency in AGENCIES if not agency.above}
POINTS = [code for item in ITEMS for code, _ in item.points]

#: What sheets are known to change: signs of formulas and lists, blanks, hidden and private signs, look-alikes.
_NASTY = (
    list("检查市监A1一")
    + list("=+-@\"'；;、，,。/\\×（）()[]{}%‰~.:：")
    + [" ", "\u3000", "\u202e", "\ufffd", "\ue000", "𠮷", "é"]
) + ["_x000D_", "合计", "12户", "3%", "null"]


def _is_text(value: str) -> bool:
    try:
        check_text(value)
    except ProtocolError:
        return False
    return bool(value.strip())


def nasty() -> st.SearchStrategy[str]:
    """Texts of the form, among them all that sheets are known to change."""
    return st.lists(st.sampled_from(_NASTY), min_size=1, max_size=6).map("".join).filter(_is_text)


_TAME = st.sampled_from(
    ["食品经营", "一人多照", "C14", "市场主体", "2026年度不定向抽查", "“双随机”检查", "=联合抽查", "-", "A类"]
)
_SHARES = st.sampled_from(["0%", "3%", "2‰", "0.05", "1/4", "1", "0", "33.3%", "100%"])


def shares() -> st.SearchStrategy[str]:
    """Shares in every way of writing them."""
    return _SHARES


def _pair(draw: st.DrawFn) -> tuple[str, str]:
    low, high = sorted((draw(_SHARES), draw(_SHARES)), key=share)
    return low, high


@st.composite
def ranges(draw: st.DrawFn) -> dict[str, tuple[str, str]]:
    """Ranges of some classes, none upside down."""
    return {name: _pair(draw) for name in "ABCD" if draw(st.booleans())}


@st.composite
def _batch(draw: st.DrawFn) -> dict[str, Any]:
    day = st.integers(0, 364).map(lambda n: date(YEAR, 1, 1) + timedelta(days=n))
    months = st.integers(1, 12)
    if draw(st.booleans()):
        first, last = sorted((draw(months), draw(months)))
        span = (
            date(YEAR, first, 1),
            (date(YEAR, last, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1),
        )
    else:
        low, high = sorted((draw(day), draw(day)))
        span = low, high
    return {"first": span[0], "last": span[1], "least": draw(st.sampled_from([1, 1, 0, 20]))}


@st.composite
def _amount(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["set", "set", "set", "order", "uniform"]))
    if kind == "order":
        return {"kind": kind}
    if kind == "uniform":
        return {"kind": kind, "ratio": {"form": "exact", "value": draw(_SHARES)}}
    form = draw(st.sampled_from(["", "minimum", "maximum", "exact", "count", "free"]))
    if not form:
        return {"kind": kind}
    value = str(draw(st.integers(0, 10**6))) if form == "count" else draw(_SHARES)
    return {"kind": kind, "ratio": {"form": form, "value": value}}


@st.composite
def lines(
    draw: st.DrawFn, texts: st.SearchStrategy[str], agencies: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    """A line without its code; ``agencies`` are pairs of department and code, of which some come."""
    coming = draw(
        st.lists(st.sampled_from(list(agencies)), min_size=1, max_size=3, unique_by=lambda pair: pair[1])
    )
    host = draw(st.integers(0, len(coming) - 1))
    amount = draw(_amount())
    line: dict[str, Any] = amount | {
        "name": draw(texts),
        "items": draw(st.lists(st.sampled_from(POINTS), min_size=1, max_size=4)),
        "source": draw(st.sampled_from(["own", "superior"])),
        "section": draw(st.just("") | texts),
        "method": draw(st.sampled_from(["onsite", "paper", "network"])),
        "batches": draw(st.lists(_batch(), min_size=1, max_size=3)),
        "busy": draw(st.lists(st.integers(1, 12), max_size=2)),
        "scope": {
            "regions": draw(st.lists(st.sampled_from([code for code, _ in REGIONS]), max_size=2)),
            "kinds": draw(st.lists(st.sampled_from(["enterprise", "sole_trader", "product"]), max_size=2)),
            "industries": draw(st.lists(texts, max_size=2)),
            "labels": draw(st.lists(texts, max_size=2)),
        },
        "departments": [
            {
                "department": d,
                "agency": a,
                "host": n == host,
                "slots": draw(st.sampled_from([2, 3] if n == host else [0, 2])),
            }
            for n, (d, a) in enumerate(coming)
        ],
        "group": draw(st.just("") | texts),
        "reserve": draw(st.integers(0, 9)),
        "substitutes": draw(st.booleans()),
        "yearly_cap": draw(st.none() | st.integers(1, 3)),
        "publish_list": draw(st.booleans()),
        "note": draw(st.just("") | texts),
    }
    others = [d for n, (d, _) in enumerate(coming) if n != host]
    marked: bool = draw(st.booleans())
    if others and marked:
        line["items"].append("JY01-1@" + draw(st.sampled_from(others)))
    if amount["kind"] == "set":
        line["ranges"] = draw(ranges())
    return line


@st.composite
def forms(draw: st.DrawFn, texts: st.SearchStrategy[str], *, nasty_codes: bool = False) -> PlanForm:
    """A plan form; with ``nasty_codes`` departments and agencies bear texts by chance too."""
    agencies = [(department, code) for code, department in DEPARTMENTS.items()]
    if nasty_codes:
        agencies += draw(st.lists(st.tuples(texts.filter(lambda t: "@" not in t), texts), max_size=3))
    tasks = draw(st.lists(lines(texts, agencies), min_size=1, max_size=4))
    head = {name: getattr(HEADER, name) for name in ("plan", "title", "year", "operator")}
    means = st.fixed_dictionaries(
        {
            "region": texts,
            "skill": texts | st.just("市监/食品"),
            "month": st.integers(1, 12),
            "days": st.integers(-9, 9),
        }
    )
    return PlanForm.model_validate(
        head
        | {
            "end": draw(st.none() | st.just(date(YEAR, 11, 10))),
            "held_back": draw(_SHARES),
            "day_minutes": draw(st.integers(60, 720)),
            "set_up": draw(st.integers(0, 480)),
            "width": draw(_SHARES.filter(lambda s: s not in ("0", "0%"))),
            "slice": draw(_SHARES),
            "give": draw(_SHARES),
            "ranges": draw(ranges()),
            "general_cap": draw(st.none() | _SHARES),
            "yearly_cap": draw(st.none() | st.integers(1, 9)),
            "prior": draw(_SHARES),
            "prior_weight": draw(st.integers(1, 99)),
            "means": draw(st.lists(means, max_size=2)),
            "tasks": [task | {"code": f"T{number}"} for number, task in enumerate(tasks, start=1)],
        }
    )


def tame() -> st.SearchStrategy[str]:
    """Texts as bureaus write them."""
    return _TAME


@st.composite
def totals(draw: st.DrawFn, form: PlanForm) -> dict[str, LineTotals]:
    """Numbers of some of a form's lines."""
    found = {}
    for line in form.tasks:
        if draw(st.booleans()):
            months = draw(st.dictionaries(st.integers(1, 12), st.integers(1, 50), max_size=3))
            found[line.code] = LineTotals(draw(st.integers(100, 10**6)), sum(months.values()), months)
    return found


def same(one: Form, other: Form) -> bool:
    """Whether two forms say the same, field by field."""
    return one.model_dump() == other.model_dump()


def take(path: Path, layout: str, header: PlanHeader = HEADER, names: Names = NAMES) -> TakenSheet:
    """Read a sheet."""
    return take_sheet(path, layout_named(layout), header, names)


def faults(path: Path, layout: str, header: PlanHeader = HEADER) -> list[tuple[int, str, str]]:
    """Row, heading and code of every fault of a sheet; empty where it is taken. Each has words and a remedy."""
    try:
        take(path, layout, header)
    except SheetError as error:
        assert all(error.message(language) and error.remedy(language) for language in LANGUAGES)
        for fault in error.report.faults:
            assert all(fault.message(language) and fault.remedy(language) for language in LANGUAGES)
        return [(f.place.row, f.column, f.code.removeprefix("plans.")) for f in error.report.faults]
    return []


#: A sound row of each bureau's layout: field → text.
SOUND: dict[str, dict[str, str]] = {
    "shanggao": {
        "number": "1",
        "departments": "嘉兴市市场监督管理局",
        "name": "对食品销售者的行政检查",
        "items": "食品销售监督检查",
        "batches": "1月—12月",
        "section": "食品股",
        "amount": "10%",
        "times": ">=1",
        "total": "2户",
    },
    "chizhou": {
        "number": "1",
        "name": "2026年度市场监管部门不定向抽查",
        "items": "营业执照规范使用情况的检查；名称规范使用情况的检查；住所、经营场所的检查",
        "source_section": "上级部署（信用监管科、网络交易监管科）",
        "joiners": "",
        "host": "嘉兴市市场监督管理局",
        "base_amount": "全市抽查基数约40065户（动态更新），抽查比例不低于3%。",
        "total": "1200户",
        "classes": "根据通用型信用风险分类结果，对A、B、C、D类企业分别递加比例抽取。",
        "batches": "2026年3月至10月（各地根据实际情况分阶段开展）",
        "note": "",
    },
    "yangjiang": {
        "number": "1",
        "name": "2026年校外培训机构抽查",
        "aimed": "定向",
        "items": "1.办学行为检查。2.消防设施。",
        "scope": "企业、社会组织；标签：校外培训",
        "amount": "100%",
        "total": "1家",
        "batches": "2026年9月",
        "departments": "嘉兴市教育局牵头，嘉兴市消防救援支队配合",
    },
    "wuwei": {
        "number": "1",
        "sector": "校外培训",
        "name": "校外培训机构部门联合抽查",
        "department": "嘉兴市教育局",
        "row_items": "办学行为检查",
        "scope": "企业",
        "agencies": "嘉兴市教育局",
        "roles": "嘉兴市教育局牵头",
        "amount": "不低于5%",
        "batches": "分两批次；第一批3-5月，第二批9月1日-10月15日",
        "note": "",
        "base": "基数：7，抽查比例：不低于5%",
    },
}


def sheet(layout: str, *rows: dict[str, str], title: bool = True) -> list[list[Any]]:
    """A bureau's sheet: title, headings and rows, each the sound row with some fields changed."""
    columns = layout_named(layout).columns
    above = [["双随机抽查计划"]] if title else []
    return [
        *above,
        [texts[0] for texts in columns.values()],
        *([(SOUND[layout] | row)[name] for name in columns] for row in rows),
    ]


def write_csv(path: Path, table: Sequence[Sequence[Any]]) -> Path:
    """Write a table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(table)
    return path


def write_xlsx(
    path: Path,
    table: Sequence[Sequence[Any]],
    merges: Sequence[tuple[int, int, int, int]] = (),
    hidden: bool = False,
) -> Path:
    """Write a table as XLSX; ``merges`` are (top, left, bottom, right) with rows from 1 and columns from 0."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        page = book.add_worksheet("计划")
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    page.write_datetime(number, column, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                elif str(cell).startswith("=SUM"):
                    page.write_formula(number, column, cell)
                else:
                    page.write(number, column, cell)
        for top, left, bottom, right in merges:
            kept = table[top - 1][left] if left < len(table[top - 1]) else ""
            page.merge_range(top - 1, left, bottom - 1, right, kept)
        if hidden:
            other = book.add_worksheet("旧计划")
            other.write(0, 0, "别的内容")
            other.hide()
    return path


def registers(folder: Path) -> tuple[Engine, date]:
    """A store with the names above, the first item in force until 2027 only; and a day of the plan's year."""
    engine = open_store(sqlite_url(folder / "names.db"))
    metadata.create_all(engine)
    with writing(engine) as session:
        session.add(Region(code="330400", name="嘉兴市", level=Level.city))
        session.flush()
        for code, name in REGIONS[1:]:
            session.add(Region(code=code, name=name, level=Level.county, parent_code="330400"))
        session.flush()
        for one in sorted(AGENCIES, key=lambda a: a.above):
            session.add(
                Agency(
                    code=one.code,
                    name=one.name,
                    department=one.department,
                    kind=AgencyKind.section if one.above else AgencyKind.agency,
                    region_code="330400",
                    parent_code=one.above or None,
                )
            )
            session.flush()
        for item in ITEMS:
            _add_item(session, item, ends=date(2027, 1, 1) if item.code == "SJ01" else None)
    return engine, date(YEAR, 1, 1)


def _add_item(session: Session, item: ItemName, ends: date | None) -> None:
    stored = Item(code=item.code, name=item.name, field="市监")
    session.add(stored)
    session.flush()
    for number, (code, name) in enumerate(item.points, start=1):
        point = SubItem(item_id=stored.id or 0, code=code, number=number, name=name)
        session.add(point)
        session.flush()
        session.add(
            ItemVersion(
                sub_item_id=point.id or 0,
                number=1,
                starts=date(2020, 1, 1),
                ends=ends,
                basis="依据",
                subject="市监",
                kind=ItemKind.general,
                target_kind="企业",
                methods=["onsite"],
                ratio_form=RatioForm.free,
                frequency_form=FrequencyForm.free,
            )
        )
