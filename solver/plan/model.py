"""The year's numbers: how many, of whom, when (年度抽查计划的数量模型).

Data
  i, c, r, t   tasks, risk classes from low to high, regions, months
  M_i          months in which i may draw: in a window, out of season, before the end date
  N_icr        bodies of a cell; N_ic, N_i their sums
  s ∈ S        groups of bodies of one class and region open to the same tasks T(s); |s| bodies
  q ∈ i        the skills that a task takes; a ∈ i the agencies whose visit it is; on-site tasks alone make visits
  H_rQt        officer-minutes of those who can do some skill of Q, less the share held back
  m_iq, o_iq   minutes of a body in a task of all officers of a skill, and how many of them go
  m_0          minutes of a visit's set-up for each of them;  o_sqt = max o_iq over the tasks of s that may draw in t
  D_icr        what was drawn in months that are past; it counts in every sum over the year
  ρ_icr        expected share of inspected bodies with a problem
  k            visits a year by one agency to one body
  g_ic         number that makes the 90 % interval of the class's rate no wider than the stated width:
               g = n_0 / (1 + (n_0 - 1) / N_ic),  n_0 = z² p (1 - p) / (width / 2)²,  p = max(ρ_ic, width / 2)
Variables
  n_icrt ∈ {0..N_icr}   number drawn, t ∈ M_i                                [bodies]
  F_Qcrt ∈ [0,1]        largest fraction that the tasks Q draw of their cells in c, r   [ppm, rounded up]
  d_ic ≥ 0              what g_ic is short of;  e_r ≥ 0  largest month's work of a region [minutes]
Model, with Y_icr = D_icr + Σ_t n_icrt and Y_ic, Y_i its sums
        L_ic ≤ Y_ic ≤ U_ic                                      ∀ i, c          (1)  the class's range; L ≥ 1
        Y_ic / N_ic ≤ Y_ic' / N_ic'                             c before c'     (2)  not falling from A to D, i no slice
        lowest_i ≤ Y_i ≤ highest_i                              ∀ i             (3)  the item's ratio, in its form
        Y_i ≤ cap · N_i                                         i ordinary      (4)  一般事项 cap
        Y_icr ≥ ⌊slice · N_icr⌋                                 ∀ i, c, r       (5)  the uniform slice
        Y_icr ≤ min(⌈highest · N_icr⌉, ⌈times_i · N_icr⌉)       ∀ i, c, r       (6)  no region above the class's range,
                                                                                 nor an item above its own frequency
        Σ_{t ∈ batch, c, r} n_icrt ≥ least                      ∀ i, batch      (7)  batches
        F_Qcrt ≥ n_icrt / N_icr, i ∈ Q;  F_Q ≥ F_Q', Q' ⊂ Q     ∀ c, r, t       (8)  shared tickets, see visits.py
        Σ_{q ∈ Q} W_rqt ≤ H_rQt                                 ∀ r, Q, t       (9)  means, with the work of a skill
             W_rqt = Σ_i m_iq n_icrt + m_0 Σ_s o_sqt |s| F_qst                        F_qst of s's on-site tasks with q
        |s| (Σ_{t' < t} F_ast' + k F_ast) ≤ left_sa             ∀ s, a, t       (10) yearly cap; of its tasks of agency a
             left_sa = k |s| - made_sa + k - 1, and 0 where every body has been visited k times
        d_ic ≥ g_ic - Y_ic                                      ∀ i, c          (11)
        Σ_q W_rqt ≤ e_r                                         ∀ r, t          (12)
Aims, each before the next
        minima kept: (1), (3), (5), (7) are no aims but bounds; what cannot keep them is impossible, see conflict.py
        max Σ ρ_icr n_icrt        (13) problems found; the officer-hours at hand are what they are, so this is problems
                                       per officer-hour of the means. Problems per hour *used* was rejected: its best
                                       plan stops at the minima, and more officers would find nothing more.
        min Σ d_ic / g_ic         (14) information
        min Σ e_r                 (15) evenness
        min Σ |s| F_T(s)st        (16) visits
An aim may give a stated share of its best value for those after it: held to the last unit, (13) would leave the others nothing.

(10): of v visits, those made and those before t, at most ⌊v / k⌋ bodies of s have reached the cap, and those left must bear
month t: k n_t ≤ k |s| - k ⌊v / k⌋, and k ⌊v / k⌋ ≥ v - (k - 1). It is stated of expectations;
the cap itself is kept body by body, when the frame is frozen.
(9) and (10) are given what rounding F up may add, one ppm of a fraction, so that no plan is lost to it; a plan may pass them
by as much, and lawful.py allows it.
U_ic = max(⌊highest · N_ic⌋, L_ic): where a class is so small that no whole number lies in its range, the minimum wins.
Likewise highest_i, an exact number and the cap of (4) are never below the fewest that (1) and (2) ask for of any item: one of
the lowest class that has bodies, and of each class above in proportion.
Numbers are whole throughout, so that the linear relaxation, CP-SAT and the plain check read one and the same row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import ceil, gcd

from solver.plan.limits import class_limits, fewest, item_limits, left, needed, up, usable
from solver.plan.problem import PPM, Group, Problem, cells, months_of, range_of
from solver.plan.rows import Aim, Model, Row

#: Region, skills together, month.
_Sum = tuple[str, frozenset[str], int]


def build(problem: Problem, *, closed: bool = False) -> Model:
    """State the model; with ``closed``, months that are shut have columns too, each shut by a row of its own."""
    return _Builder(problem, closed).model()


def _summed(terms: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the terms with one coefficient a column."""
    total: dict[int, int] = defaultdict(int)
    for column, coefficient in terms:
        total[column] += coefficient
    return list(total.items())


def _telling(have: dict[_Sum, int]) -> dict[_Sum, int]:
    """Leave out sums of skills that a larger sum with no more minutes makes needless."""
    by_month: dict[tuple[str, int], list[tuple[frozenset[str], int]]] = defaultdict(list)
    for (r, skills, t), minutes in have.items():
        by_month[r, t].append((skills, minutes))
    return {
        (r, skills, t): minutes
        for (r, skills, t), minutes in have.items()
        if not any(skills < other and more <= minutes for other, more in by_month[r, t])
    }


class _Builder:
    """Columns first, then the rows in the order of their numbers."""

    def __init__(self, problem: Problem, closed: bool) -> None:
        self.problem = problem
        self.closed = closed
        self.tasks = {t.name: t for t in problem.tasks}
        self.cells = cells(problem)
        self.place = {cell.key: j for j, cell in enumerate(self.cells)}
        self.tops: list[int] = []
        self.units: list[int] = []
        self.rows: list[Row] = []
        self.months = {
            t.name: tuple(range(problem.first_month, 13)) if closed else months_of(problem, t)
            for t in problem.tasks
        }
        self.draws = {
            (j, t): self._column(cell.population)
            for j, cell in enumerate(self.cells)
            for t in self.months[cell.task.name]
        }
        self.fractions: dict[tuple[frozenset[str], str, str, int], int] = {}
        self.rate = {(r.task, r.risk_class, r.region): r.rate for r in problem.rates}
        self.done: dict[int, dict[int, int]] = defaultdict(dict)
        for d in problem.done:
            if (j := self.place.get((d.task, d.risk_class, d.region))) is not None:
                self.done[j][d.month] = self.done[j].get(d.month, 0) + d.take

    def model(self) -> Model:
        self._classes()
        self._items()
        self._cells()
        self._batches()
        if self.closed:
            self._closed()
        work = self._means()
        self._caps()
        aims = (self._found(), self._information(), self._evenness(work), self._fewest())
        return Model(
            classes=self.problem.classes,
            cells=self.cells,
            draws=self.draws,
            units=tuple(self.units),
            tops=tuple(self.tops),
            rows=tuple(self.rows),
            aims=aims,
        )

    def _column(self, top: int, unit: int = 1) -> int:
        self.tops.append(top)
        self.units.append(unit)
        return len(self.tops) - 1

    def _add(
        self,
        kind: str,
        where: Iterable[object],
        terms: Iterable[tuple[int, int]],
        past: int = 0,
        *,
        low: int | None = None,
        high: int | None = None,
    ) -> None:
        """Add a row; ``past`` is what its sum has already from months that are past."""
        low, high = (None if limit is None else limit - past for limit in (low, high))
        self.rows.append(Row(kind, tuple(map(str, where)), tuple(terms), low, high, past))

    def _of(self, cell_places: Iterable[int], months: Iterable[int] | None = None) -> list[int]:
        """Columns of the cells, in all their months or in the given ones."""
        return [
            self.draws[j, t]
            for j in cell_places
            for t in (self.months[self.cells[j].task.name] if months is None else months)
            if (j, t) in self.draws
        ]

    def _past(self, cell_places: Iterable[int], months: Iterable[int] = range(1, 13)) -> int:
        """What was drawn of the cells in months that are past."""
        when = set(months)
        return sum(n for j in cell_places for t, n in self.done[j].items() if t in when)

    def _by(self, *fields: str) -> dict[tuple[str, ...], list[int]]:
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for j, cell in enumerate(self.cells):
            key = dict(zip(("task", "class", "region"), cell.key, strict=True))
            found[tuple(key[f] for f in fields)].append(j)
        return found

    def _population(self, places: Iterable[int]) -> int:
        return sum(self.cells[j].population for j in places)

    def _classes(self) -> None:
        by = self._by("task", "class")
        for (name, c), places in by.items():
            low, high = class_limits(self.problem, self.tasks[name], c, self._population(places))
            terms, past = [(x, 1) for x in self._of(places)], self._past(places)
            self._add("class-minimum", (name, c), terms, past, low=low)  # (1)
            self._add("class-maximum", (name, c), terms, past, high=high)  # (1)
        for name in (t.name for t in self.problem.tasks if not t.uniform):
            there = [c for c in self.problem.classes if (name, c) in by]
            for one, other in pairwise(there):
                low_size, high_size = self._population(by[name, one]), self._population(by[name, other])
                terms = [(x, high_size) for x in self._of(by[name, one])]
                terms += [(x, -low_size) for x in self._of(by[name, other])]
                past = high_size * self._past(by[name, one]) - low_size * self._past(by[name, other])
                self._add("class-order", (name, one, other), terms, past, high=0)  # (2)

    def _items(self) -> None:
        by = self._by("task", "class")
        for (name,), places in self._by("task").items():
            task, terms, past = self.tasks[name], [(x, 1) for x in self._of(places)], self._past(places)
            sizes = [n for c in self.problem.classes if (n := self._population(by.get((name, c), ())))]
            low, high = item_limits(task, sizes)
            if low is not None:
                self._add("item-minimum", (name,), terms, past, low=low)  # (3)
            if high is not None:
                self._add("item-maximum", (name,), terms, past, high=high)  # (3)
            if task.general:
                most = max(fewest(sizes), self.problem.general_cap * sum(sizes) // PPM)
                self._add("general-cap", (name,), terms, past, high=most)  # (4)

    def _cells(self) -> None:
        for j, cell in enumerate(self.cells):
            terms, past = [(x, 1) for x in self._of([j])], self._past([j])
            low = self.problem.slice * cell.population // PPM
            if low:
                self._add("slice", cell.key, terms, past, low=low)  # (5)
            most = range_of(self.problem, cell.task, cell.risk_class).highest
            self._add("region-maximum", cell.key, terms, past, high=up(most, cell.population))  # (6)
            self._add("repeat", cell.key, terms, past, high=ceil(cell.task.per_year * cell.population))  # (6)

    def _batches(self) -> None:
        for (name,), places in self._by("task").items():
            for b, batch in enumerate(self.tasks[name].batches, 1):
                terms = [(x, 1) for x in self._of(places, batch.months)]
                if batch.least:
                    past = self._past(places, batch.months)
                    self._add("batch", (name, b), terms, past, low=batch.least)  # (7)

    def _closed(self) -> None:
        for (name,), places in self._by("task").items():
            for t in sorted(set(self.months[name]) - set(months_of(self.problem, self.tasks[name]))):
                self._add("closed", (name, t), [(x, 1) for x in self._of(places, [t])], high=0)

    def _fraction(self, tasks: frozenset[str], risk_class: str, region: str, month: int) -> int:
        """Column of F_Qcrt, made with its rows when first asked for; larger sets stand on those of their skills."""
        key = (tasks, risk_class, region, month)
        if key not in self.fractions:
            # By the first skill alone: a task of two skills would else stand in two parts, or a part be the whole.
            first = {name: min(self.tasks[name].skills) for name in tasks}
            parts = [
                frozenset(n for n in tasks if first[n] == skill) for skill in sorted(set(first.values()))
            ]
            below = [self._fraction(q, risk_class, region, month) for q in parts] if len(parts) > 1 else []
            largest = self.fractions[key] = self._column(PPM, PPM)
            for q, part in zip(parts, below, strict=False):
                self._add(
                    "visits", (*sorted(q), risk_class, region, month), [(part, 1), (largest, -1)], high=0
                )  # (8)
            for name in () if below else sorted(tasks):
                j = self.place[name, risk_class, region]
                by = gcd(self.cells[j].population, PPM)
                terms = [(self.draws[j, month], PPM // by), (largest, -self.cells[j].population // by)]
                self._add("visits", (name, risk_class, region, month), terms, high=0)  # (8)
        return self.fractions[key]

    def _visit(self, group: Group, tasks: frozenset[str], month: int) -> int:
        return self._fraction(tasks, group.risk_class, group.region, month)

    def _open(self, group: Group, month: int, *, skill: str = "", agency: str = "") -> frozenset[str]:
        """On-site tasks of the group that may draw in the month, of one skill or agency where asked."""
        tasks = (self.tasks[name] for name in group.tasks if month in self.months[name])
        return frozenset(
            t.name
            for t in tasks
            if t.onsite and (not skill or skill in t.skills) and (not agency or agency in t.agencies)
        )

    def _means(self) -> dict[tuple[str, int], list[tuple[int, int]]]:
        """Rows (9); returns the work of each region and month, over all skills [1/1,000,000 minutes]."""
        work = self._work()
        bounded = {(m.region, skill, m.month) for m in self.problem.means for skill in m.skills}
        have = {(m.region, m.skills, m.month): m.minutes for m in self.problem.means}
        have |= {(r, frozenset({q}), t): 0 for r, q, t in work if (r, q, t) not in bounded}
        if not self.closed:  # where a plan is explained, a bound that is moved may uncover the one below it
            have = _telling(have)
        for (r, skills, t), minutes in sorted(
            have.items(), key=lambda one: (one[0][0], sorted(one[0][1]), one[0][2])
        ):
            terms = _summed(term for q in sorted(skills) for term in work.get((r, q, t), ()))
            if terms:
                limit = PPM * usable(self.problem, minutes) + self._rounding(terms)
                self._add("hours", (r, "+".join(sorted(skills)), t), terms, high=limit)  # (9)
        whole: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
        for (r, _, t), each in sorted(work.items()):
            whole[r, t] += each
        return whole

    def _work(self) -> dict[tuple[str, str, int], list[tuple[int, int]]]:
        """W of (9) for each region, skill and month [1/1,000,000 minutes]."""
        work: dict[tuple[str, str, int], list[tuple[int, int]]] = defaultdict(list)
        for (j, t), x in self.draws.items():
            cell = self.cells[j]
            for asked in cell.task.work:
                work[cell.region, asked.skill, t].append((x, PPM * asked.minutes))
        for group in self.problem.groups:
            for skill in sorted({skill for name in group.tasks for skill in self.tasks[name].skills}):
                for t in range(self.problem.first_month, 13):
                    if tasks := self._open(group, t, skill=skill):
                        officers = max(one.officers for n in tasks if (one := self.tasks[n].asks(skill)))
                        f = self._visit(group, tasks, t)
                        work[group.region, skill, t].append((f, officers * self.problem.set_up * group.size))
        return work

    def _caps(self) -> None:
        k = self.problem.yearly_cap
        for group in self.problem.groups:
            for agency in sorted({a for name in group.tasks for a in self.tasks[name].agencies}):
                made = group.made(agency)
                if k * self._most(group, agency) <= k * group.size - made:
                    continue  # (10) holds whatever is drawn: k times the year's visits is no less than its left side
                before: list[int] = []
                for t in range(self.problem.first_month, 13):
                    if tasks := self._open(group, t, agency=agency):
                        f = self._visit(group, tasks, t)
                        terms = _summed([*((v, group.size) for v in before), (f, k * group.size)])
                        limit = PPM * left(k, group.size, made) + self._rounding(terms)
                        self._add("yearly-cap", (group.name, agency, t), terms, high=limit)  # (10)
                        before.append(f)

    def _rounding(self, terms: Iterable[tuple[int, int]]) -> int:
        """Return what rounding fractions up to a ppm may add to a row: without it, exact thirds would be forbidden."""
        return sum(c for x, c in terms if self.units[x] == PPM)

    def _most(self, group: Group, agency: str) -> float:
        """Most visits that the tasks could make to the group in the year, by (6) alone, none shared."""
        most = 0.0
        for task in (self.tasks[name] for name in group.tasks):
            if agency in task.agencies and task.onsite:
                size = self.cells[self.place[task.name, group.risk_class, group.region]].population
                top = up(range_of(self.problem, task, group.risk_class).highest, size)
                most += group.size * min(top, ceil(task.per_year * size)) / size + 1e-4
        return most

    def _found(self) -> Aim:
        terms = ((x, -self.rate.get(self.cells[j].key, 0)) for (j, _), x in self.draws.items())
        return Aim("found", tuple(one for one in terms if one[1]), -1)  # (13)

    def _information(self) -> Aim:
        short = []
        for key, places in self._by("task", "class").items():
            size = self._population(places)
            rate = sum(self.rate.get(self.cells[j].key, 0) * self.cells[j].population for j in places) // size
            goal = needed(size, rate, self.problem.width)
            d = self._column(goal)
            terms = [(d, 1), *((x, 1) for x in self._of(places))]
            self._add("interval", key, terms, self._past(places), low=goal)  # (11)
            short.append((d, PPM // goal))
        return Aim("information", tuple(short), 1)  # (14)

    def _evenness(self, work: dict[tuple[str, int], list[tuple[int, int]]]) -> Aim:
        most: dict[str, int] = {}
        for (r, t), terms in sorted(work.items()):
            if r not in most:
                most[r] = self._column(sum(m.minutes for m in self.problem.means if m.region == r) + 1)
            if terms:
                self._add("peak", (r, t), [*_summed(terms), (most[r], -PPM)], high=0)  # (12)
        return Aim("evenness", tuple((e, 1) for e in most.values()), 1)  # (15)

    def _fewest(self) -> Aim:
        terms = _summed(
            (self._visit(group, tasks, t), group.size)
            for group in self.problem.groups
            for t in range(self.problem.first_month, 13)
            if (tasks := self._open(group, t))
        )
        return Aim("visits", tuple(terms), 1)  # (16)
