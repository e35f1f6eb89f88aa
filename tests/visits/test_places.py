"""Where a body stands and in which street: never a guess, never the same street for two towns."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_engine.visits.places import Exactness, place_of, street_of

_REAL = Path(__file__).parents[3] / "shared" / "data" / "enterprises" / "jiaxing.csv"
_DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@pytest.mark.parametrize(
    ("address", "street"),
    [
        ("嘉兴市中环西路东侧,城南南路西侧华天国贸广场3幢1101室", "中环西路"),
        ("嘉兴市秀洲区王江泾镇虹阳集镇天虹路62号", "天虹路"),
        ("硖石街道人民路12号", "人民路"),
        ("硖石街道", ""),
        ("台州市路桥区新安南街3号", "新安南街"),
        ("海宁市许巷镇前进村龙河组", "前进村"),
        ("嘉兴市虹泰公寓沿320国道商用房9号", "320国道"),
        ("平湖市当湖街道城西路5号(320国道旁)", "城西路"),
        ("渔市街7号", "渔市街"),
        ("集贸市场路8号", "集贸市场路"),
        ("桐乡市崇福镇茅桥埭村兴民路", "兴民路"),
        ("新村路１２号", "新村路"),
        ("嘉兴市协和广场1幢北-1416室", ""),
        ("", ""),
    ],
)
def test_the_street_of_an_address(address: str, street: str) -> None:
    """Divisions before a street are cut off, a street's own name never is; where none is named, none is guessed."""
    assert street_of("", address) == street


def test_the_same_name_in_two_towns_is_two_streets() -> None:
    """Every town has its 人民路; what cannot be read is no street anywhere."""
    assert street_of("330402001", "人民路1号") != street_of("330402002", "人民路1号")
    assert street_of("330402001", "人民路1号") == street_of("330402001", "溪桥县 人民路 88 号")
    assert street_of("330402001", "不详") == ""


@pytest.mark.skipif(not _REAL.exists(), reason="the shared data are not here")
def test_streets_of_real_addresses() -> None:
    """Of 14,273 real addresses those with a road sign are read, and no street holds a number or a division's mark."""
    with _REAL.open(encoding="utf-8") as file:
        addresses = [row["address"] for row in csv.DictReader(file)]
    streets = [street_of("", address) for address in addresses]
    plain = [(s, a) for s, a in zip(streets, addresses, strict=True) if "路" in a]
    assert len(plain) > 6_000
    assert sum(bool(street) for street, _ in plain) > 0.98 * len(plain)
    assert all(street in address for street, address in plain if address.isascii())
    heads = [s for s in streets if s.startswith(("嘉兴市", "浙江省", "海宁市", "南湖区"))]
    assert not heads


@given(_DEGREES, st.none() | _DEGREES, st.none() | _DEGREES)
def test_the_nearest_knowledge_is_used(
    own: tuple[float, float], town: tuple[float, float] | None, region: tuple[float, float] | None
) -> None:
    """Own coordinates before the town's before the region's; half a pair is none; without all, no place is made up."""
    assert place_of(*own, town, region).exactness is Exactness.own
    fallen = place_of(own[0], None, town, region)
    assert fallen == place_of(None, None, town, region)
    degrees = town or region
    assert (fallen.lon, fallen.lat) == (degrees or (None, None))
    named = Exactness.town if town else Exactness.region if region else Exactness.unknown
    assert fallen.exactness is named
