"""Files as they come: encodings, spreadsheets and their traps, broken files. Each refused with a code, nothing changed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from inspect_engine.errors import EngineError
from inspect_engine.registers.importing import parse_map
from tests.registers.support import codes_at, content, take, target, unified, with_places, write_csv

HEADINGS = ["统一社会信用代码", "名称", "管辖区划代码", "成立日期"]


def row(number: int) -> list[Any]:
    """A sound row under the headings."""
    return [unified(number), f"企业{number}", "330402", "2020-01-02"]


def book(path: Path, fill: Callable[[Any, Any], None]) -> Path:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(str(path)) as made:
        fill(made, made.add_worksheet("名录"))
    return path


def plain(rows: list[list[Any]], top: int = 0, left: int = 0) -> Callable[[Any, Any], None]:
    """Fill a sheet with headings and rows from a corner."""

    def fill(_: Any, sheet: Any) -> None:
        for number, cells in enumerate([HEADINGS, *rows]):
            sheet.write_row(top + number, left, cells)

    return fill


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_encodings_make_one_register(encoding: str, name: str, tmp_path: Path) -> None:
    """UTF-8 with and without mark and GB 18030, plain or compressed, with rare characters, read alike."""
    engine = with_places(tmp_path)
    rows = [target(0, 名称="𠮷祥㵲饭店"), target(1)]
    path = write_csv(tmp_path / "plain.csv", rows, encoding)
    if name.endswith(".gz"):
        path = tmp_path / name
        path.write_bytes(gzip.compress((tmp_path / "plain.csv").read_bytes()))
    assert take(engine, "targets", path).inserted == 2
    assert {found[1] for found in content(engine, "target")["target"]} == {"𠮷祥㵲饭店", "第1号企业"}


def test_forms_of_one_text_are_one_text(tmp_path: Path) -> None:
    """Decomposed letters, U+3000 and tabs at the ends and full-width codes are no change."""
    engine = with_places(tmp_path)
    take(engine, "targets", write_csv(tmp_path / "a.csv", [target(0, 名称="Café é 店")]))
    code = "".join(chr(ord(sign) + 0xFEE0) for sign in unified(0))
    again = target(0, 名称="\u3000Café e\u0301 店 \t", 统一社会信用代码=f"\t{code}\u3000")
    assert take(engine, "targets", write_csv(tmp_path / "b.csv", [again])).unchanged == 1


BROKEN = [
    ("empty.csv", b"", "file-empty"),
    ("empty.csv.gz", gzip.compress(b""), "file-empty"),
    ("nul.csv", "名称\0,x\n".encode(), "file-encoding"),
    ("utf16.csv", "名称,代码\n".encode("utf-16"), "file-encoding"),
    ("neither.csv", "名称\n".encode() + b"\xff\xff\xff\n", "file-encoding"),
    ("mixed.csv", "名称甲\n".encode() + "名称甲乙丙\n".encode("gb18030") + b"\x81", "file-encoding"),
    ("cut.csv.gz", gzip.compress("名称,代码\n".encode() * 5000)[:-30], "file-truncated"),
    ("rot.csv.gz", b"\x1f\x8b\x08\x00" + b"\x77" * 60, "file-truncated"),
    ("nozip.csv.gz", "名称\n".encode(), "file-truncated"),
    ("quote.csv", '统一社会信用代码,名称,管辖区划代码\n9133,"open,330402\n'.encode(), "file-broken"),
    ("half.csv", "名称,甲乙".encode()[:-1], "file-encoding"),
    ("page.pdf", b"%PDF", "file-kind"),
    ("text.xlsx", "名称\n".encode(), "file-broken"),
    ("cut.xlsx", b"PK\x03\x04" + b"\0" * 200, "file-broken"),
]


@pytest.mark.parametrize(("name", "content_", "code"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_broken_files_are_refused(name: str, content_: bytes, code: str, tmp_path: Path) -> None:
    """What cannot be read as a whole is refused with its code; nothing of it is imported."""
    engine = with_places(tmp_path)
    path = tmp_path / name
    path.write_bytes(content_)
    with pytest.raises(EngineError) as refused:
        take(engine, "targets", path)
    assert refused.value.code == f"registers.{code}"
    assert "{" not in refused.value.message("zh") + refused.value.remedy("en")
    assert content(engine, "target")["target"] == []


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file is an error of ours, not Python's."""
    with pytest.raises(EngineError, match="file-unreadable"):
        take(with_places(tmp_path), "targets", tmp_path / "none.csv")


def test_a_truncated_sheet_never_half_imports(tmp_path: Path) -> None:
    """A workbook cut anywhere is refused or has nothing to import, wherever the cut falls."""
    engine = with_places(tmp_path)
    whole = book(tmp_path / "whole.xlsx", plain([row(n) for n in range(50)])).read_bytes()
    refused = 0
    for share in (0.2, 0.5, 0.8, 0.99):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(EngineError):
            take(engine, "targets", path)
        refused += 1
    assert refused == 4
    assert content(engine, "target")["target"] == []


def test_headings_that_do_not_serve(tmp_path: Path) -> None:
    """Missing and doubled headings stop everything, also where faulty rows are to be skipped."""
    engine = with_places(tmp_path)
    path = tmp_path / "t.csv"
    path.write_text(f"统一社会信用代码,名称,名称\n{unified(0)},甲,乙\n", encoding="utf-8")
    for skip in (None, tmp_path / "faulty.csv"):
        report = take(engine, "targets", path, skip=skip)
        assert codes_at(report) == {(1, "名称", "heading-twice"), (1, "supervising_region", "column-missing")}
        assert not report.stored
    assert not (tmp_path / "faulty.csv").exists()


def test_rows_that_slid(tmp_path: Path) -> None:
    """A row shorter or longer than its headings is a fault, never a guess."""
    engine = with_places(tmp_path)
    path = tmp_path / "t.csv"
    lines = [",".join(HEADINGS), ",".join(row(0)), ",".join(row(1)[:3]), ",".join([*row(2), "x"]), "", ",,,"]
    path.write_text("\n".join(lines), encoding="utf-8")
    report = take(engine, "targets", path)
    assert codes_at(report) == {(3, "", "row-short"), (4, "", "cell-without-heading")}
    assert report.rows == 3


@pytest.mark.parametrize("length", [5_000, 1_000_000])
def test_a_cell_of_a_million_signs(length: int, tmp_path: Path) -> None:
    """A huge cell is one fault of one row, and is not repeated in the report."""
    engine = with_places(tmp_path)
    report = take(
        engine, "targets", write_csv(tmp_path / "t.csv", [target(0, 名称="长" * length), target(1)])
    )
    assert codes_at(report) == {(2, "名称", "cell-too-long")}
    assert len(report.faults[0].message("zh")) < 200


@pytest.mark.parametrize(("top", "left"), [(0, 0), (4, 3)])
def test_rows_are_numbered_as_a_spreadsheet_shows_them(top: int, left: int, tmp_path: Path) -> None:
    """The row of a fault is the one on the screen, wherever the table stands on the sheet."""
    engine = with_places(tmp_path)
    rows = [row(0), [*row(1)[:3], "昨天"], [unified(2), "=1+1", *row(2)[2:]]]
    report = take(engine, "targets", book(tmp_path / "t.xlsx", plain(rows, top, left)))
    assert {(f.place.sheet, f.place.row, f.column, f.code) for f in report.faults} == {
        ("名录", top + 3, "成立日期", "date-shape"),
        ("名录", top + 4, "名称", "formula-cell"),
    }


def test_headings_alone_are_no_fault(tmp_path: Path) -> None:
    """A workbook with headings and no rows has nothing to say; one without anything is empty."""
    engine = with_places(tmp_path)
    report = take(engine, "targets", book(tmp_path / "t.xlsx", plain([])))
    assert (report.stored, report.rows) == (True, 0)
    with pytest.raises(EngineError, match="file-empty"):
        take(engine, "targets", book(tmp_path / "e.xlsx", lambda _made, _sheet: None))


def test_spreadsheets_read_as_csv(tmp_path: Path) -> None:
    """Dates as dates, several sheets, numbers in text columns: the register is the one that a CSV makes."""
    engine, other = with_places(tmp_path), with_places(tmp_path, "other.db")

    def fill(made: Any, sheet: Any) -> None:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, row(0)[:3])
        sheet.write_datetime(1, 3, date(2020, 1, 2), day)
        second = made.add_worksheet("二")
        second.write_row(0, 0, HEADINGS)
        second.write_row(1, 0, row(1))
        second.write_number(1, 1, 7)
        made.add_worksheet("空")
        hidden = made.add_worksheet("旧")
        hidden.write_row(0, 0, ["别的"])
        hidden.hide()

    report = take(engine, "targets", book(tmp_path / "t.xlsx", fill))
    assert (report.stored, report.inserted, report.ignored) == (True, 2, ("旧",))
    lines = [",".join(HEADINGS), ",".join(row(0)), ",".join([unified(1), "7", *row(1)[2:]])]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    take(other, "targets", path)
    assert content(engine) == content(other)


def test_spreadsheet_traps_are_faults(tmp_path: Path) -> None:
    """Codes as numbers, error cells, formulas, spans of time and merged rows are refused, each by its name."""
    engine = with_places(tmp_path)

    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, HEADINGS)
        for n in range(6):
            sheet.write_row(n + 1, 0, row(n))
        sheet.write_number(1, 0, 911101051234567890)
        sheet.write_number(2, 2, 330402)
        sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(4, 3, '="2020-01-02"', None, "2020-01-02")
        sheet.write_datetime(
            5, 1, __import__("datetime").timedelta(hours=30), made.add_format({"num_format": "[h]:mm"})
        )
        sheet.merge_range(6, 1, 7, 1, "合并")
        sheet.write_row(7, 2, row(7)[2:])
        sheet.write(7, 0, unified(7))

    report = take(engine, "targets", book(tmp_path / "t.xlsx", fill))
    found = codes_at(report)
    assert found >= {
        (2, "统一社会信用代码", "code-as-number"),
        (3, "管辖区划代码", "code-as-number"),
        (4, "名称", "formula-cell"),
        (5, "成立日期", "formula-cell"),
        (6, "名称", "cell-is-duration"),
        (7, "", "merged-cells"),
        (8, "", "merged-cells"),
    }
    assert content(engine, "target")["target"] == []


def test_error_cells_without_a_formula(tmp_path: Path) -> None:
    """An error pasted as a value is no empty cell, though the reader gives it as one."""
    engine = with_places(tmp_path)
    path = book(tmp_path / "t.xlsx", plain([row(0)]))
    _replace(
        path, "xl/worksheets/sheet1.xml", b'<c r="D2" t="s"><v>7</v></c>', b'<c r="D2" t="e"><v>#N/A</v></c>'
    )
    assert codes_at(take(engine, "targets", path)) == {(2, "成立日期", "error-cell")}


def _replace(path: Path, part: str, old: bytes, new: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(path) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)


def test_a_title_over_merged_headings(tmp_path: Path) -> None:
    """A title merged across the table takes the headings' place: that is said, and nothing guessed."""
    engine = with_places(tmp_path)

    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "检查对象名录")
        sheet.write_row(1, 0, HEADINGS)
        sheet.write_row(2, 0, row(0))

    report = take(engine, "targets", book(tmp_path / "t.xlsx", fill))
    assert {(1, "", "merged-cells"), (1, "name", "column-missing")} <= codes_at(report)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook that would unpack beyond the limit is refused by its directory alone."""
    from inspect_engine.registers.importing import xlsxfile

    path = book(tmp_path / "t.xlsx", plain([row(0)]))
    monkeypatch.setattr(xlsxfile, "_LARGEST", 1000)
    with pytest.raises(EngineError, match="file-too-large"):
        take(with_places(tmp_path), "targets", path)


def test_entities_do_not_grow(tmp_path: Path) -> None:
    """A workbook whose XML multiplies itself by entities is refused in no time."""
    path = book(tmp_path / "t.xlsx", plain([row(0)]))
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, (b"&%c;" % (97 + n)) * 10) for n in range(9)
    )
    _replace(path, "xl/workbook.xml", b"<workbook ", lol + b"]><workbook ")
    _replace(path, "xl/workbook.xml", b'name="\xe5\x90\x8d\xe5\xbd\x95"', b'name="&j;"')
    with pytest.raises(EngineError, match="file-broken"):
        take(with_places(tmp_path), "targets", path)


def test_skip_files(tmp_path: Path) -> None:
    """A skip file must not exist, must be CSV or XLSX, and one CSV cannot hold two sheets."""
    engine = with_places(tmp_path)
    path = write_csv(tmp_path / "t.csv", [target(0), target(1, 名称="")])
    with pytest.raises(EngineError, match="skip-file-exists"):
        take(engine, "targets", path, skip=path)
    with pytest.raises(EngineError, match="skip-file-kind"):
        take(engine, "targets", path, skip=tmp_path / "faulty.txt")

    def two(made: Any, sheet: Any) -> None:
        for page in (sheet, made.add_worksheet("二")):
            page.write_row(0, 0, HEADINGS)
            page.write_row(1, 0, [*row(0)[:1], "", *row(0)[2:]])

    sheets = book(tmp_path / "two.xlsx", two)
    with pytest.raises(EngineError, match="skip-file-sheets"):
        take(engine, "targets", sheets, skip=tmp_path / "faulty.csv")
    assert content(engine, "target")["target"] == []
    report = take(engine, "targets", sheets, skip=tmp_path / "faulty.xlsx")
    assert (report.stored, report.skipped) == (True, 2)
    again = take(engine, "targets", tmp_path / "faulty.xlsx")
    assert {(f.place.sheet, f.place.row) for f in again.faults} == {("名录", 2), ("二", 2)}


@pytest.mark.parametrize(
    "text",
    [
        "kind = ",
        'name = "x"',
        'kind = "targets"\n[columns]\nkey = 3',
        'kind = "targets"\ncolour = "red"',
        'kind = "targets"\nregistration_numbers = "yes"',
        'kind = "targets"\nmake_regions = "true"',
        'kind = "targets"\n[joins]\nkey = "a"',
        'kind = "targets"\n[values.kind]\n"a" = 1',
    ],
)
def test_broken_maps_are_refused(text: str) -> None:
    """A map that is no map is refused with the reason."""
    with pytest.raises(EngineError, match="map-broken"):
        parse_map(text, "m.toml")


def test_maps_for_something_else_are_refused(tmp_path: Path) -> None:
    """A map for another register, or with a field that there is not, is refused before the file is opened."""
    engine, nowhere = with_places(tmp_path), tmp_path / "none.csv"
    with pytest.raises(EngineError, match="map-kind"):
        take(engine, "officers", nowhere, parse_map('kind = "targets"', "m"))
    with pytest.raises(EngineError, match="colour"):
        take(engine, "targets", nowhere, parse_map('kind = "targets"\n[columns]\ncolour = "x"', "m"))
    with pytest.raises(EngineError, match="kind-unknown"):
        take(engine, "dogs", nowhere)
