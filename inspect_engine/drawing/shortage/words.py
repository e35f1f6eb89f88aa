"""A shortage in the bureau's own words (人员缺口): which skill, whose officers, which days, and why nobody else can.

The proof is the minimum cut: slots that take more officer-days than there are of those who may fill them. What makes it
understood is where all the others of the department are: without the skill, on leave, to be recused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from solver.shortage.causes import Cause

#: Why an officer of the department may not fill the slot, by the solver's reasons.
_WHY = {
    "lead": ("不能带队", "may not lead"),
    "skill": ("无此专长", "lack the skill"),
    "until": ("证件到期", "have no valid certificate then"),
    "callable": ("异地待调", "are of neighbouring areas and could be called in"),
    "away": ("不在岗", "are away"),
    "relation": ("须回避", "are to be recused"),
    "kin": ("因近亲属回避", "are kept off by a relative"),
    "department": ("属其他部门", "are of other departments"),
}


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
    others : int
        Officers of the departments who may fill none of the slots.
    barred : tuple of (reason, int)
        Where these others are.
    """

    what: tuple[str, ...]
    departments: tuple[str, ...]
    regions: tuple[str, ...]
    spans: tuple[tuple[date, date], ...]
    needed: int
    there: int
    others: int
    barred: tuple[tuple[str, int], ...]

    def words(self, language: str) -> str:
        """One sentence, zh or en."""
        return self._zh() if language == "zh" else self._en()

    def _zh(self) -> str:
        what = "、".join("带队" if w == "lead" else w for w in self.what)
        where = "、".join((*self.departments, *self.regions)) + (f"（{what}）" if what else "")
        said = f"{where}，{_spans(self.spans, '、')}：需要 {self.needed} 人日，只有 {self.there} 人日"
        why = "，".join(f"{number} 人{_WHY[reason][0]}" for reason, number in self._own())
        return f"{said}；该部门另有 {self.others} 人：{why}" if why else said

    def _en(self) -> str:
        what = ", ".join("leading" if w == "lead" else w for w in self.what)
        where = ", ".join((*self.departments, *self.regions)) + (f" ({what})" if what else "")
        said = f"{where}, {_spans(self.spans, ', ')}: {self.needed} officer-days needed, {self.there} there"
        why = ", ".join(f"{number} {_WHY[reason][1]}" for reason, number in self._own())
        return f"{said}; of the department's {self.others} others {why}" if why else said

    def _own(self) -> Iterable[tuple[str, int]]:
        """Reasons of the department's own officers; what other departments could do is no reason of a cut."""
        return ((reason, number) for reason, number in self.barred if reason != "department")


def _spans(spans: Sequence[tuple[date, date]], comma: str) -> str:
    return comma.join(
        first.isoformat() if first == last else f"{first.isoformat()}–{last.isoformat()}"
        for first, last in spans
    )


def describe(cause: Cause, regions: Mapping[str, str], work_days: Sequence[date]) -> Shortage:
    """Say a cause in the register's words.

    Parameters
    ----------
    regions : mapping of str to str
        Department → name of the region that its agency answers for.
    work_days : sequence of datetime.date
        Ascending; days next to each other here are one span.
    """
    return Shortage(
        what=(*(("lead",) if cause.lead else ()), *sorted(cause.skills, key=str.encode)),
        departments=cause.departments,
        regions=tuple(sorted({regions[d] for d in cause.departments if d in regions}, key=str.encode)),
        spans=tuple(_runs((date.fromisoformat(day) for day in cause.dates), work_days)),
        needed=cause.needed,
        there=cause.there,
        others=cause.others,
        barred=cause.barred,
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
