"""Counts of simulated years, each made of what was drawn and nothing else (模拟统计)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any

from solver.plan import leaving
from solver.plan.figures import Figures
from solver.plan.lawful import group_visits
from solver.plan.shares import MONTHS, minutes
from solver.plan.simulated import Burden, Cap, Compared, Taken
from solver.plan.year import Frame, Place, Year

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray


class _Sum:
    """Values of the years, summed, and their squares."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        import numpy as np

        self.first, self.second, self.count = np.zeros(shape), np.zeros(shape), 0

    def add(self, values: NDArray[Any]) -> None:
        self.first += values
        self.second += values.astype(float) ** 2
        self.count += 1

    def mean(self, *at: int) -> float:
        return float(self.first[at]) / self.count

    def error(self, *at: int) -> float:
        apart = float(self.second[at]) - float(self.first[at]) ** 2 / self.count
        return sqrt(max(0.0, apart) / (self.count - 1) / self.count)


class Tally:
    """Sums over the years that were added."""

    def __init__(self, frame: Frame, unseen: Mapping[str, int]) -> None:
        import numpy as np

        self.frame, self.problem = frame, frame.problem
        self.regions = sorted({g.region for g in frame.groups})
        self.skills = sorted({w.skill for task in self.problem.tasks for w in task.work})
        self._region = np.array([self.regions.index(g.region) for g in frame.groups])
        place = np.arange(len(frame.keys)) - np.searchsorted(frame.group, frame.group)
        self._long = place < np.array([unseen.get(g.name, 0) for g in frame.groups])[frame.group]
        self._cells = tuple(frame.book.size)
        self._of_group = _Sum((len(frame.groups), 12))
        self._of_region = _Sum((len(self.regions), 12))
        self._minutes = _Sum((len(self.regions), len(self.skills), 12))
        self._unseen = _Sum((len(self.regions),))
        self._at_cap = _Sum((len(frame.agencies),))
        self._most = np.zeros(len(frame.agencies), int)
        self._drawn: Counter[tuple[str, str, str]] = Counter()
        self._burden: Counter[tuple[str, int]] = Counter()
        self.shorts: Counter[Place] = Counter()
        self._lacking: Counter[tuple[str, str, str]] = Counter()
        self._above = {g.name: leaving.year(frame.book, g) for g in frame.groups}

    def add(self, year: Year) -> None:
        """Count one year."""
        import numpy as np

        visited = np.any(year.drawn[:, self.frame.onsite], axis=1)
        groups = self._by_group(visited)
        self._of_group.add(groups.T)
        self._of_region.add(self._by_region(groups).T)
        self._minutes.add(self._worked(year))
        self._count_cells(year)
        times = visited.sum(axis=0)
        missed = np.bincount(self.frame.group, self._long & (times == 0), len(self.frame.groups))
        self._unseen.add(self._by_region(missed[None])[0])
        self._count_burden(times)
        self._at_cap.add((year.made >= self.problem.yearly_cap).sum(axis=1))
        self._most = np.maximum(self._most, year.made.max(axis=1, initial=0))

    def _by_group(self, values: NDArray[Any]) -> NDArray[float64]:
        """[month, body] summed to [month, group]."""
        import numpy as np

        count = len(self.frame.groups)
        return np.array([np.bincount(self.frame.group, row, count) for row in values])

    def _by_region(self, values: NDArray[Any]) -> NDArray[float64]:
        """[month, group] summed to [month, region]."""
        import numpy as np

        return np.array([np.bincount(self._region, row, len(self.regions)) for row in values])

    def _worked(self, year: Year) -> NDArray[float64]:
        """[region, skill, month] of the minutes: each task's own, and of each visit the set-up of its largest task."""
        import numpy as np

        found = np.zeros((len(self.regions), len(self.skills), 12))
        for s, skill in enumerate(self.skills):
            spent = np.zeros((12, len(self.frame.keys)), int)
            officers = np.zeros_like(spent)
            for i, task in enumerate(self.problem.tasks):
                for one in task.work:
                    if one.skill == skill:
                        spent += one.minutes * year.drawn[:, i]
                        if task.onsite:
                            np.maximum(officers, one.officers * year.drawn[:, i], out=officers)
            whole = spent + self.problem.set_up * officers
            found[:, s] = self._by_region(self._by_group(whole)).T
        return found

    def _count_cells(self, year: Year) -> None:
        by_task = year.drawn.sum(axis=0)
        for i, task in enumerate(self.problem.tasks):
            counts = self._by_group(by_task[i][None])[0]
            for g, count in zip(self.frame.groups, counts, strict=True):
                self._drawn[task.name, g.risk_class, g.region] += int(count)
        for place, lacking in year.short.items():
            self.shorts[place] += 1
            self._lacking[place[:3]] += lacking

    def _count_burden(self, times: NDArray[Any]) -> None:
        import numpy as np

        classes = np.array([self.problem.classes.index(g.risk_class) for g in self.frame.groups])
        of_body = classes[self.frame.group]
        for place, name in enumerate(self.problem.classes):
            for visits, bodies in enumerate(np.bincount(times[of_body == place])):
                self._burden[name, visits] += int(bodies)

    @property
    def _years(self) -> int:
        return self._of_group.count

    def cells(self, told: Figures) -> tuple[Taken, ...]:
        """Cells, in the order of the figures."""
        keys = {(p.task, p.risk_class, p.region): p for p in told.cells}
        return tuple(
            Taken(
                task=key[0],
                risk_class=key[1],
                region=key[2],
                open=part.open,
                planned=part.drawn,
                drawn=self._drawn[key] / self._years,
                lacking=self._lacking[key] / self._years,
            )
            for key, part in keys.items()
        )

    def groups(self) -> tuple[Compared, ...]:
        """Visits of each group and month, as (group,)."""
        told = group_visits(self.problem, self.frame.numbers)
        return tuple(
            Compared(
                where=(group.name,),
                month=t,
                expected=float(told[group.name, t]),
                above=self._above[group.name][t],
                mean=self._of_group.mean(place, t - 1),
                error=self._of_group.error(place, t - 1),
            )
            for place, group in enumerate(self.frame.groups)
            for t in MONTHS
        )

    def visits(self, told: Figures) -> tuple[Compared, ...]:
        """Visits of each region and month."""
        bound: dict[tuple[str, int], float] = defaultdict(float)
        for group in self.frame.groups:
            for t in MONTHS:
                bound[group.region, t] += self._above[group.name][t]
        return tuple(
            Compared(
                where=(one.region,),
                month=one.month,
                expected=one.visits,
                above=bound[one.region, one.month],
                mean=self._of_region.mean(self.regions.index(one.region), one.month - 1),
                error=self._of_region.error(self.regions.index(one.region), one.month - 1),
            )
            for one in told.visits
        )

    def minutes(self) -> tuple[Compared, ...]:
        """Minutes of each region, skill and month."""
        told = minutes(self.problem, self.frame.numbers)
        above = self._minutes_above()
        return tuple(
            Compared(
                where=(region, skill),
                month=t,
                expected=float(told.get((region, skill, t), 0)),
                above=above.get((region, skill, t), 0.0),
                mean=self._minutes.mean(r, s, t - 1),
                error=self._minutes.error(r, s, t - 1),
            )
            for r, region in enumerate(self.regions)
            for s, skill in enumerate(self.skills)
            for t in MONTHS
        )

    def _minutes_above(self) -> dict[tuple[str, str, int], float]:
        found: dict[tuple[str, str, int], float] = defaultdict(float)
        for group in self.frame.groups:
            skills = {skill for name in group.tasks for skill in self.frame.book.tasks[name].skills}
            for skill in sorted(skills):
                for t, officers in leaving.officers(self.frame.book, group, skill).items():
                    found[group.region, skill, t] += self.problem.set_up * officers
        return found

    def burden(self) -> tuple[Burden, ...]:
        """Bodies by class and number of visits, from 0 to the most that any class has."""
        most = max((visits for _, visits in self._burden), default=0)
        return tuple(
            Burden(risk_class=c, visits=v, bodies=self._burden[c, v] / self._years)
            for c in self.problem.classes
            for v in range(most + 1)
        )

    def caps(self) -> tuple[Cap, ...]:
        """Caps by agency."""
        return tuple(
            Cap(
                agency=agency,
                cap=self.problem.yearly_cap,
                most=int(self._most[a]),
                at_cap=self._at_cap.mean(a),
            )
            for a, agency in enumerate(self.frame.agencies)
        )

    def unseen(self, told: Figures) -> tuple[Compared, ...]:
        """Bodies not seen in three years, by region."""
        return tuple(
            Compared(
                where=(one.region,),
                month=12,
                expected=one.after,
                above=None,
                mean=self._unseen.mean(self.regions.index(one.region)),
                error=self._unseen.error(self.regions.index(one.region)),
            )
            for one in told.unseen
        )
