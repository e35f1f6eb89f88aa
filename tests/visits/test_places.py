"""Streets: read from an address where it names one, under the town, and from nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from inspect_engine.visits.places import street_of

_JIAXING = Path(__file__).parents[3] / "shared" / "data" / "enterprises" / "jiaxing.csv"


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("浙江省嘉兴市南湖区建设街道中山东路12号", "中山东路"),
        ("嘉兴市秀洲区新城街道秀园路 966 号3幢", "秀园路"),
        ("南市街12号", "南市街"),
        ("海盐县武原镇城东大道5号", "城东大道"),
        ("嘉善县天凝镇洪溪村", "洪溪村"),
        ("平湖市当湖街道解放西路南市弄3号", "解放西路"),
        ("桐乡市乌镇镇新华路63号", "新华路"),
        ("海盐县武原街道君原村3幢", "君原村"),
        ("海宁市长安镇320国道旁", "320国道"),
        ("嘉善县陶庄镇", ""),
        ("", ""),
        ("12号", ""),
    ],
)
def test_a_street_is_read_without_its_divisions(address: str, street: str) -> None:
    """What is left of the divisions' names is no part of a street; without a street a village stands in."""
    assert street_of("T", address) == (f"T {street}" if street else "")


def test_one_name_in_two_towns_is_two_streets() -> None:
    """人民路 of one town is not 人民路 of the next: a route in either tells the other nothing."""
    assert street_of("A", "人民路1号") != street_of("B", "人民路2号")
    assert street_of("A", "人民路1号") == street_of("A", "甲县乙镇人民路99号")


@pytest.mark.skipif(not _JIAXING.exists(), reason="the real enterprises are not here")
def test_most_real_addresses_name_a_street() -> None:
    """Of 14,000 real addresses three in four give a street or a village, never a division."""
    with _JIAXING.open(encoding="utf-8") as file:
        found = [street_of("", row["address"]).strip() for row in csv.DictReader(file)]
    assert len(found) > 10_000
    assert sum(bool(one) for one in found) > 0.75 * len(found)
    assert all(2 <= len(one) <= 12 for one in found if one)
    assert not any(one.startswith(("浙江省", "嘉兴市")) or one.endswith("街道") for one in found)
