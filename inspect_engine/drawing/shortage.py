"""A cut in the bureau's own words (人员缺口): which skill, whose officers, which days, needed and there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from solver.dr1.eligibility import Slot
from solver.roster.staffing import Cut


@dataclass(frozen=True, slots=True)
class Shortage:
    """One place where officers are short, for people to read.

    Attributes
    ----------
    what : tuple of str
        ``lead`` or the skills that all slots of the cut ask for; empty where any officer would do.
    departments, regions : tuple of str
    spans : tuple of (date, date)
        The cut's days, in runs without a gap of working days.
    needed, there : int
        Officer-days.
    """

    what: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    spans: tuple[tuple[date, date], ...]
    needed: int
    there: int

    def words(self, language: str) -> str:
        """One sentence, zh or en."""
        zh = language == "zh"
        names = {"lead": "带队" if zh else "leading"}
        what = (
            "、".join(names.get(w, w) for w in self.what)
            if zh
            else ", ".join(names.get(w, w) for w in self.what)
        )
        where = ("、" if zh else ", ").join((*self.departments, *self.regions))
        when = ("、" if zh else ", ").join(_span(first, last) for first, last in self.spans)
        if zh:
            subject = f"{where}{'（' + what + '）' if what else ''}"
            return f"{subject}，{when}：需要 {self.needed} 人日，只有 {self.there} 人日"
        subject = f"{where}{' (' + what + ')' if what else ''}"
        return f"{subject}, {when}: {self.needed} officer-days needed, {self.there} there"


def _span(first: date, last: date) -> str:
    return first.isoformat() if first == last else f"{first.isoformat()}–{last.isoformat()}"


def describe(
    cut: Cut, slots: Mapping[str, Slot], regions: Mapping[str, str], work_days: Sequence[date]
) -> Shortage:
    """Say a cut in the register's words.

    Parameters
    ----------
    slots : mapping of str to Slot
        Every slot of the draw by its name.
    regions : mapping of str to str
        Department → name of the region that its agency answers for.
    work_days : sequence of datetime.date
        Ascending; days next to each other here are one span.
    """
    concerned = [slots[name] for name in cut.slots]
    common = frozenset.intersection(*(one.skills for one in concerned))
    lead = all(one.lead for one in concerned)
    departments = tuple(sorted({one.department for one in concerned}, key=str.encode))
    return Shortage(
        what=(*(("lead",) if lead else ()), *sorted(common, key=str.encode)),
        departments=departments,
        regions=tuple(sorted({regions[d] for d in departments if d in regions}, key=str.encode)),
        spans=tuple(_runs((date.fromisoformat(day) for day in cut.dates), work_days)),
        needed=cut.needed,
        there=cut.there,
    )


def _runs(days: Iterable[date], work_days: Sequence[date]) -> Iterable[tuple[date, date]]:
    place = {day: i for i, day in enumerate(work_days)}
    ordered = sorted(days)
    if not ordered:
        return
    first = ordered[0]
    for before, after in pairwise(ordered):
        if place[after] != place[before] + 1:
            yield first, before
            first = after
    yield first, ordered[-1]
