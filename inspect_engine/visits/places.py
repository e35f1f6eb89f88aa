"""Where a body stands on the map and in which street (检查地点), from what its register knows; pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

#: Degrees of longitude and latitude.
Degrees = tuple[float, float]

_HAN = r"[\u4e00-\u9fff]"
_ROAD = r"(?:大道|公路|路|街(?!道)|巷(?!镇)|弄|胡同)"
# Divisions and development zones at the head of an address; a market (市场) is no city, an estate no district.
_HEAD = re.compile(rf"({_HAN}{{2,10}}?)(?:省|市(?!场)|(?<![社小])区|县|街道|镇|乡)(?=.)")
_IN_A_ROAD = re.compile(rf"{_HAN}{_ROAD}")
# What a road name would be left as: 渔市街7号 without 渔市. A district may begin so too (路桥区).
_CUT = re.compile(rf"{_ROAD}(?!桥)")
_NUMBERED = re.compile(r"[A-Z]?\d+(?:国道|省道|县道)")
_NAMED = re.compile(rf"{_HAN}{{1,16}}?{_ROAD}")
_BEFORE = re.compile(r"村|社区|小区|(?:工业|产业|科技|创业|商贸|开发)(?:园区?|区|城)|市场(?!路)")
_HAMLET = re.compile(rf"{_HAN}{{1,6}}?(?:村|里(?!面)|坊|社区|小区)")


class Exactness(StrEnum):
    """Whose place stands for a body's (坐标来源): its own, its town's, its region's, or none is known."""

    own = "own"
    town = "town"
    region = "region"
    unknown = "unknown"


@dataclass(frozen=True, slots=True)
class Place:
    """Degrees, east and north positive; both None where none are known."""

    lon: float | None
    lat: float | None
    exactness: Exactness


def place_of(lon: float | None, lat: float | None, town: Degrees | None, region: Degrees | None) -> Place:
    """Find where a body stands: at its own coordinates, else its town's, else its region's; half a pair is none."""
    if lon is not None and lat is not None:
        return Place(lon, lat, Exactness.own)
    if town is not None:
        return Place(*town, Exactness.town)
    if region is not None:
        return Place(*region, Exactness.region)
    return Place(None, None, Exactness.unknown)


def street_of(town: str, address: str) -> str:
    """Read the street (路、街、巷、弄) of an address, or the village (村、里、坊、社区、小区) where it names none.

    Parameters
    ----------
    town : str
        Code or name of the town, since every town has its 人民路; it goes before the street.

    Returns
    -------
    str
        Empty where neither can be read. Of two streets at a corner it is the first.
    """
    words = re.sub(r"\s|\([^)]*\)", "", unicodedata.normalize("NFKC", address))
    words = _without_head(words)
    found = _numbered(words) or _named(words) or _hamlet(words)
    return f"{town} {found}".strip() if found else ""


def _without_head(words: str) -> str:
    """Cut off divisions, one by one, as long as no street would lose its name."""
    while head := _HEAD.match(words):
        rest = words[head.end() :]
        if _IN_A_ROAD.search(head[0]) or _CUT.match(rest):
            break
        words = rest
    return words


def _numbered(words: str) -> str:
    """A trunk road (国道、省道、县道), unless a street is named before it."""
    found, street = _NUMBERED.search(words), _NAMED.search(words)
    return found[0] if found and not (street and street.start() < found.start()) else ""


def _named(words: str) -> str:
    found = _NAMED.search(words)
    if not found:
        return ""
    own = _BEFORE.split(found[0])[-1]
    return found[0] if re.fullmatch(_ROAD, own) else own


def _hamlet(words: str) -> str:
    found = _HAMLET.search(words)
    return found[0] if found else ""
