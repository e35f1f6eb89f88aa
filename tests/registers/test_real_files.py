"""The real files: what is wrong in them is found, the rest is taken."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlmodel import select

from inspect_engine.registers.importing import parse_map, shipped_map
from inspect_engine.registers.importing.faults import Bad
from inspect_engine.registers.importing.frequencies import parse_frequency
from inspect_engine.registers.importing.itemtexts import needs_skill
from inspect_engine.registers.importing.kinds.targets import key_of
from inspect_engine.registers.importing.ratios import parse_ratio
from inspect_engine.registers.tables import (
    Bound,
    FrequencyForm,
    ItemVersion,
    RatioForm,
    SubItem,
    Target,
    TargetKind,
)
from inspect_engine.store import reading
from tests.registers.support import codes_at, content, data, new_store, rows_of, take

ITEMS = ("items", "zhejiang_check_items_2017.csv")
BOUNDS = {
    "min": "minimum",
    "max": "maximum",
    "exact": "exact",
    "free": "free",
    "max_in_permit_term": "maximum",
}

#: Rows where the list's derived columns read the text otherwise than we do, and why we stay with ours.
RATIO_APART = {
    "ZJ17-70": "10%，其中重点检查单位不低于8%: the list says 'at least', but 10% stands alone and 'at least' is said of the 8%",
}
FREQUENCY_APART = {"ZJ17-09": "1—2次/年: the list says 'exactly 2'; it is 'at most 2'"}
#: Rows that speak to the province first; the list's columns hold the province's number.
PROVINCE = {"ZJ17-71", "ZJ17-72", "ZJ17-73"}


def test_jiaxing(tmp_path: Path) -> None:
    """14,273 rows with one wrong code: nothing is imported; skipped, 14,272 are, under the counties that supervise."""
    path = data("enterprises", "jiaxing.csv")
    engine, columns = new_store(tmp_path), shipped_map("jiaxing-enterprises")
    refused = take(engine, "targets", path, columns)
    assert (refused.rows, refused.stored) == (14_273, False)
    assert codes_at(refused) == {(10_068, "uscc", "code-check")}
    assert content(engine, "target")["target"] == []
    taken = take(engine, "targets", path, columns, tmp_path / "faulty.csv")
    assert (taken.inserted, taken.skipped) == (14_272, 1)
    assert take(engine, "targets", path, columns, tmp_path / "again.csv").event is None
    expected = Counter(r["district_code"] or "330400" for n, r in enumerate(rows_of(path)) if n + 2 != 10_068)
    towns = sum(1 for n, r in enumerate(rows_of(path)) if r["town_code"] and n + 2 != 10_068)
    with reading(engine) as session:
        found = session.exec(select(Target)).all()
        assert Counter(target.supervising_region for target in found) == expected
        assert sum(target.town_code is not None for target in found) == towns
        kinds = Counter(target.kind for target in found)
    assert kinds[TargetKind.sole_trader] == 332
    assert kinds[TargetKind.cooperative] == 183


def test_items(tmp_path: Path) -> None:
    """79 rows: the five misaligned ones are faults by their content alone, the other 74 are versions."""
    path = data(*ITEMS)
    engine, columns = new_store(tmp_path), shipped_map("zhejiang-items")
    refused = take(engine, "items", path, columns)
    marked = {n + 2 for n, row in enumerate(rows_of(path)) if row["source_row_misaligned"]}
    assert len(marked) == 5
    assert {fault.place.row for fault in refused.faults} == marked
    assert content(engine, "itemversion")["itemversion"] == []
    taken = take(engine, "items", path, columns, tmp_path / "faulty.xlsx")
    assert (taken.inserted, taken.skipped) == (74, 5)
    assert {n.place.row for n in taken.notices} == {51, 54}  # one without a basis, one without a method
    rows = list(rows_of(path))
    assert sum(1 for row in rows if row["抽查子项"]) == 59
    sound = [row for n, row in enumerate(rows) if n + 2 not in marked]
    with reading(engine) as session:
        versions = {s.code: v for s, v in session.exec(select(SubItem, ItemVersion).join(ItemVersion)).all()}
        assert {row["row_id"] for row in sound} == set(versions)
        for row in sound:
            version = versions[row["row_id"]]
            assert (version.skill is not None) == (row["needs_qualification"] == "Y"), row["row_id"]
            assert version.ratio_text == row["抽查比例"]


def test_ratios_agree_with_the_lists_own_columns() -> None:
    """Ratios read from the Chinese text are those of the list's derived columns, but where that is wrong."""
    agreed = apart = 0
    for row in rows_of(data(*ITEMS)):
        found = parse_ratio(row["抽查比例"], "province" if row["row_id"] in PROVINCE else "county")
        percent = "" if found.share is None else f"{found.share / 10_000:g}"
        same = (found.form.value, percent) == (BOUNDS[row["ratio_bound"]], row["ratio_pct"])
        assert same != (row["row_id"] in RATIO_APART), row["row_id"]
        agreed, apart = agreed + same, apart + (not same)
    assert (agreed, apart) == (78, len(RATIO_APART))


def test_frequencies_agree_with_the_lists_own_columns() -> None:
    """Frequencies read from the Chinese text are those of the list's derived columns, but where that is wrong."""
    agreed = apart = 0
    for row in rows_of(data(*ITEMS)):
        found = parse_frequency(row["抽查频次"])
        yearly = "" if found.times is None else f"{found.times / (found.years or 1):g}"
        bound = {"county_monthly;city_yearly_1": "exact"}.get(row["freq_bound"]) or BOUNDS[row["freq_bound"]]
        ours = "free" if found.bound is None else found.bound.value
        same = (ours, yearly) == (bound, row["freq_per_year"])
        assert same != (row["row_id"] in FREQUENCY_APART), row["row_id"]
        assert (found.form == FrequencyForm.permit_term) == (row["freq_bound"] == "max_in_permit_term")
        agreed, apart = agreed + same, apart + (not same)
    assert (agreed, apart) == (78, len(FREQUENCY_APART))


def test_what_the_county_reads() -> None:
    """Texts that speak to levels apart are read for the level that imports."""
    texts = {row["row_id"]: row["抽查比例"] for row in rows_of(data(*ITEMS))}
    assert {parse_ratio(texts[row], "county").form for row in PROVINCE} == {RatioForm.free}
    monthly = next(row["抽查频次"] for row in rows_of(data(*ITEMS)) if "每月" in row["抽查频次"])
    assert [parse_frequency(monthly, level).times for level in ("county", "city")] == [12, 1]
    assert parse_frequency(monthly).bound == Bound.exact


def test_requirements_of_the_list_are_skills() -> None:
    """Rows that need a qualification get a skill, and only those."""
    read = 0
    for row in rows_of(data(*ITEMS)):
        if row["needs_qualification"]:
            assert (needs_skill(row["检查人员要求"]) is not None) == (row["needs_qualification"] == "Y")
            read += 1
    assert read == 76


def test_invalid_codes() -> None:
    """1,679 wrong codes: none is taken without the map; with it the old numbers are, the 191 damaged ones never."""
    taken = refused = 0
    for row in rows_of(data("enterprises", "invalid_codes.csv")):
        code = row["code_as_published"].upper()
        with pytest.raises(Bad):
            key_of(code, None, "refuse")
        if len(code) == 18:
            with pytest.raises(Bad, match=r"code-(check|signs)"):
                key_of(code, None, "REG")
            refused += 1
        else:
            assert key_of(code, None, "REG") == f"REG:{code}"
            taken += 1
    assert (taken, refused) == (1_488, 191)


def test_invalid_codes_as_a_file(tmp_path: Path) -> None:
    """The same through the door: every faulty row is reported, and old numbers enter where the map says so."""
    text = (
        'kind = "targets"\nmake_regions = true\n{}\n[columns]\nkey = "code_as_published"\nname = "code_as_published"\n'
        '[defaults]\nsupervising_region = "320000"'
    )
    path = data("enterprises", "invalid_codes.csv")
    refused = take(new_store(tmp_path, "a.db"), "targets", path, parse_map(text.format(""), "map"))
    assert len({fault.place.row for fault in refused.faults}) == refused.rows == 1_679
    columns = parse_map(text.format('registration_numbers = "REG"'), "map")
    taken = take(new_store(tmp_path, "b.db"), "targets", path, columns, tmp_path / "faulty.csv")
    assert {fault.code for fault in taken.faults} <= {"code-check", "code-signs", "row-twice"}
    assert taken.inserted + taken.skipped == 1_679
    assert sum(fault.code != "row-twice" for fault in taken.faults) == 191
