"""Real inspection histories as cases of planning on the years before and replaying the year after.

A visit is a routine inspection. What is a problem differs by city, and so do its rates:
  Chicago    a critical violation in a canvass inspection
  Toronto    a significant or crucial infraction; ``status`` is a snapshot and no outcome
  San Mateo  a major or critical violation in a ROUTINE inspection
  SF         a score of at most 85 ("Needs Improvement" or "Poor") in a routine inspection
An inspection at most ``FOLLOW_UP`` days after the body's last is left out everywhere as that one's follow-up.
The frame of the year after is who was really inspected in it: of the others no outcome is known.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

#: Days within which an inspection is the last one's follow-up.
FOLLOW_UP = 10
#: Years of findings before the replay that are looked at.
YEARS = 3
#: Bodies of a region below which it is joined with the other small ones.
LEAST = 150
#: The city's risk classes as they stand in the files, from low to high.
CITY = {"chicago": ("3", "2", "1"), "toronto": ("1", "2", "3")}

Row = dict[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """An inspection of a body: whether it found a problem, and the class and inspectors its row tells ("" for none)."""

    day: date
    body: str
    found: bool
    risk_class: str = ""
    inspectors: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a plan may know, and what it is replayed on.

    Parameters
    ----------
    start, end : date
        First and last day of the replay; within one calendar year.
    past : tuple of Visit
        Before ``start``, by day.
    real : tuple of Visit
        From ``start`` to ``end``, by day; every body of the frame has one.
    region : dict of str to str
        Body of the frame → its region.
    classes : tuple of str
        The city's own classes from low to high; empty where it has none.
    scores : dict of str to float
        Body → score that the city published, higher first; empty for none.
    """

    name: str
    start: date
    end: date
    past: tuple[Visit, ...]
    real: tuple[Visit, ...]
    region: dict[str, str]
    classes: tuple[str, ...] = ()
    scores: dict[str, float]

    @property
    def months(self) -> tuple[int, ...]:
        """Months of the replay."""
        return tuple(range(self.start.month, self.end.month + 1))


def routine(visits: Iterable[Visit]) -> Iterator[Visit]:
    """Yield the visits by day: those of one day are one, and those within ``FOLLOW_UP`` days of the last are left out."""
    one: dict[tuple[date, str], Visit] = {}
    for visit in visits:
        key = (visit.day, visit.body)
        one[key] = max(visit, one.get(key, visit), key=lambda v: v.found)
    last: dict[str, date] = {}
    for visit in sorted(one.values()):
        before = last.get(visit.body)
        last[visit.body] = visit.day
        if before is None or visit.day - before > timedelta(FOLLOW_UP):
            yield visit


def case(
    name: str,
    visits: Iterable[Visit],
    region: dict[str, str],
    *,
    start: date,
    end: date,
    scores: dict[str, float] | None = None,
) -> Case:
    """Cut a history in two; regions with few bodies in the frame are joined."""
    kept = list(routine(visits))
    real = tuple(v for v in kept if start <= v.day <= end)
    frame = sorted({v.body for v in real})
    size = Counter(region.get(body, "") for body in frame)
    joined = {b: r if size[r := region.get(b, "")] >= LEAST and r else "other" for b in frame}
    return Case(
        name=name,
        start=start,
        end=end,
        past=tuple(v for v in kept if start.replace(year=start.year - YEARS) <= v.day < start),
        real=real,
        region=joined,
        classes=CITY.get(name.split(maxsplit=1)[0], ()),
        scores=scores or {},
    )


def histories(folder: Path) -> Iterator[Case]:
    """Read the cases, one city after the other."""
    yield from _chicago(_rows(folder / "chicago" / "canvass_inspections.csv"))
    yield _toronto(folder / "toronto")
    yield _san_mateo(folder / "sanmateo")
    yield _san_francisco(folder / "sf")


def _rows(path: Path) -> list[Row]:
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as file
    ):
        return list(csv.DictReader(file))


def _day(row: Row) -> date:
    return date.fromisoformat(row["date"])


def _chicago(rows: list[Row]) -> Iterator[Case]:
    """Yield the whole last year, and the months in which the city tried its score."""
    visits = [
        Visit(_day(r), r["business_id"], int(r["critical"]) > 0, r["risk_class"], r["inspector_group"])
        for r in rows
    ]
    region = {r["business_id"]: r["zip"] for r in rows}
    scored = [r for r in rows if r["published_train"] == "False"]
    days = sorted(map(_day, scored))
    scores = {r["business_id"]: float(r["published_model_score"]) for r in reversed(scored)}
    yield case("chicago 2014", visits, region, start=date(2014, 1, 1), end=date(2014, 12, 31))
    tried = {(r["business_id"], _day(r)) for r in scored}
    own = [v for v in visits if v.day < days[0] or (v.body, v.day) in tried]
    yield case("chicago test months", own, region, start=days[0], end=days[-1], scores=scores)


def _toronto(folder: Path) -> Case:
    visits = [
        Visit(
            _day(r),
            r["business_id"],
            int(r["n_crucial"]) + int(r["n_significant"]) > 0,
            r["min_inspections_per_year"],
        )
        for r in _rows(folder / "inspections.csv.gz")
    ]
    region = {
        r["business_id"]: f"{float(r['lat']):.1f} {float(r['lon']):.1f}" if r["lat"] and r["lon"] else ""
        for r in _rows(folder / "establishments.csv")
    }
    return case("toronto 2012", visits, region, start=date(2012, 1, 1), end=date(2012, 12, 31))


def _san_mateo(folder: Path) -> Case:
    visits = [
        Visit(_day(r), r["business_id"], int(r["major"]) + int(r["critical"]) > 0)
        for r in _rows(folder / "inspections.csv")
        if r["reason"] == "ROUTINE"
    ]
    region = {r["business_id"]: r["city"].casefold() for r in _rows(folder / "facilities.csv")}
    return case("sanmateo 2017", visits, region, start=date(2017, 1, 1), end=date(2017, 12, 31))


def _san_francisco(folder: Path) -> Case:
    visits = [
        Visit(_day(r), r["business_id"], float(r["score"]) <= 85)
        for r in _rows(folder / "inspections.csv")
        if r["type"] == "routine"
    ]
    region = {r["business_id"]: r["postal_code"] for r in _rows(folder / "businesses.csv")}
    return case("sf 2017", visits, region, start=date(2017, 1, 1), end=date(2017, 12, 31))
