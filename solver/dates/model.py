"""Which day each outing takes (排期模型).

Data
  i ∈ I, d ∈ D    outings; working days in their order;  D_i days that i may take, departments of a joint visit free (4),
                  alone its own day where it is fixed (6)
  k ∈ K           departments; P_kd their officers there on d;  ρ_d the share of them that may be out, 1 out of season
  s_ik            slots of i that k fills
  N ∈ H_k         crowds: sets of officers of k. Those by need are there from the start: nobody, all, those who lead, those
                  of each skill and of each sort of slot. More come with the cuts of (7).
  w_idN           slots of i whose candidates on d (fit, there and not tied to a body of i) are all of N
  u ∈ U           streets in which no two outings may be seen on one day
Variables
  x_id ∈ {0,1}    i takes day d ∈ D_i
  m_kd ≥ 0        officer-days missing; no variable unless a shortage is allowed, but 0
  p_k, h_k, l_k   fullest day, fullest and emptiest week of k                                 [percent of those there]
Model
        Σ_d x_id = 1                                       ∀ i                  (1), (4), (6)
        Σ_i w_idN x_id ≤ |N ∩ P_kd| + m_kd                 ∀ d, k, N ∈ H_k      (2), (7)
        Σ_i s_ik x_id ≤ ⌊ρ_d |P_kd|⌋ + m_kd                ∀ d, k               (3)
        Σ_{i in u} x_id ≤ 1                                ∀ d, u ∈ U           (5)
Aims, each before the next
        min Σ m_kd                                         officer-days missing (8)
        min Σ_{i: d ≠ stays_i} x_id                        moves                (9)
        min Σ p_k,  100 Σ_i s_ik x_id ≤ p_k max(1, |P_kd|) ∀ d                  (10) peak
        min Σ (h_k - l_k),  l_k Σ_{d ∈ W} |P_kd| ≤ 100 Σ_{d ∈ W, i} s_ik x_id ≤ h_k Σ_{d ∈ W} |P_kd|
                                                           ∀ weeks W            (11) even weeks
        min Σ d x_id                                       early                (12) margin to the deadline

(10), (11) are whole percents, and a sum over departments and not their largest: else one department that is full anyway
would leave the days of all the others to chance. A week in which nobody of k is there is none for (11).
(7): by Hall's theorem a day can be staffed if and only if (2) holds of every set of officers. There are too many to
state, so they are added when days that were found cannot be staffed: N is everybody who could fill one of the slots of
the cut, and the row is stated of all days. What is missing of a day is the most by which one of its crowds is too small
or its share of the season passed by, so m_kd with all crowds is exact.
Aims one after the other, each held at what was found, and not one sum of weights: with five aims the weights would reach
10^17, and a linear relaxation computes with 10^-7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from solver.dates.crews import Crew, Crowd, Setting
from solver.dates.figures import fullness
from solver.dates.staffed import missing_of
from solver.roster.instance import Ints

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: ``best``, ``some``, ``none`` (proved) or ``unknown``; days by index of outing."""

    kind: str
    chosen: tuple[int, ...] = ()
    value: int = 0
    bound: int = 0
    spent: float = 0.0


class Model:
    """The model of one setting; crowds can be added and aims held."""

    def __init__(self, setting: Setting, crowds: Sequence[Crowd]) -> None:
        from ortools.sat.python import cp_model

        self._cp: Any = cp_model
        self.setting = setting
        self.program: Any = cp_model.CpModel()
        self.x = [{d: self.program.new_bool_var("") for d in days} for days in setting.options]
        self.missing: dict[tuple[str, int], IntVar] = {}
        self.crews = {crew.department: crew for crew in setting.crews}
        self.aims: dict[str, Any] = {}
        self.loads: dict[tuple[str, str], tuple[IntVar, ...]] = {}
        self._place()
        for crew in setting.crews:
            self._season(crew)
        for crowd in crowds:
            self.add_crowd(crowd)

    def _place(self) -> None:
        for bits in self.x:
            self.program.add_exactly_one(bits.values())  # (1), (4), (6)
        for who in self.setting.streets.values():
            for day in range(len(self.setting.problem.days)):
                there = [self.x[i][day] for i in who if day in self.x[i]]
                if len(there) > 1:
                    self.program.add_at_most_one(there)  # (5)

    def _season(self, crew: Crew) -> None:
        if self.setting.problem.allow_short:
            for day in range(len(crew.there)):
                top = self._most(crew, day)
                self.missing[crew.department, day] = self.program.new_int_var(0, top, "")
        self._rows(crew, np.repeat(crew.taken[:, None], len(crew.there), axis=1), crew.room)  # (3)

    def add_crowd(self, crowd: Crowd) -> None:
        """State (2) of one crowd on every day."""
        department, codes = crowd
        crew = self.crews[department]
        flags = crew.flags(codes)
        self._rows(crew, crew.inner(flags), crew.size(flags))  # (2), (7)

    def _rows(self, crew: Crew, weight: Ints, room: Ints) -> None:
        for day, most in enumerate(room.tolist()):
            terms = self._terms(crew, weight[:, day].tolist(), day)
            if sum(w for _, w in terms) > most:
                body = self._sum(terms)
                if self.missing:
                    body -= self.missing[crew.department, day]
                self.program.add(body <= most)

    def _terms(self, crew: Crew, weight: Sequence[int], day: int) -> list[tuple[Any, int]]:
        pairs = zip(crew.outings.tolist(), weight, strict=True)
        return [(self.x[i][day], w) for i, w in pairs if w and day in self.x[i]]

    def _sum(self, terms: Sequence[tuple[Any, int]]) -> Any:
        return self._cp.LinearExpr.weighted_sum([bit for bit, _ in terms], [w for _, w in terms])

    def _most(self, crew: Crew, day: int) -> int:
        return sum(w for _, w in self._terms(crew, crew.taken.tolist(), day))

    def _aim(self, name: str) -> Any:
        """The expression of an aim, stated when first asked for."""
        if name not in self.aims:
            if name in ("peak", "even"):
                parts = [getattr(self, f"_{name}")(crew) for crew in self.setting.crews]
                self.aims[name] = sum(parts) if parts else 0
            else:
                self.aims[name] = getattr(self, f"_{name}")()
        return self.aims[name]

    def _missing(self) -> Any:
        return self._sum([(m, 1) for m in self.missing.values()])  # (8)

    def _moves(self) -> Any:
        outings = zip(self.setting.outings, self.x, strict=True)
        return self._sum(
            [(b, 1) for one, bits in outings for d, b in bits.items() if moved(one.stays, d)]
        )  # (9)

    def _early(self) -> Any:
        return self._sum([(bit, d) for bits in self.x for d, bit in bits.items()])  # (12)

    def _peak(self, crew: Crew) -> Any:
        top = self.program.new_int_var(0, 100 * len(crew.slots), "")
        for day, there in enumerate(crew.present.tolist()):
            terms = self._terms(crew, (100 * crew.taken).tolist(), day)
            if terms:
                self.program.add(self._sum(terms) <= max(1, there) * top)  # (10)
        self.loads["peak", crew.department] = (top,)
        return top

    def _even(self, crew: Crew) -> Any:
        high = self.program.new_int_var(0, 100 * len(crew.slots), "")
        low = self.program.new_int_var(0, 100 * len(crew.slots), "")
        self.program.add(high >= low)  # for a department that nobody of is there in any week
        for week in self.setting.weeks:
            there = int(crew.present[list(week)].sum())
            if there:
                load = self._sum([t for d in week for t in self._terms(crew, (100 * crew.taken).tolist(), d)])
                self.program.add(load <= there * high)  # (11)
                self.program.add(load >= there * low)  # (11)
        self.loads["even", crew.department] = (high, low)
        return high - low

    def hold(self, aim: str, most: int) -> None:
        """Keep an aim at what was found."""
        self.program.add(self._aim(aim) <= most)

    def bound(self, aim: str, department: str, least: int) -> None:
        """State what a department attains at best in (10) or (11), as its own model proved."""
        self._aim(aim)
        parts = self.loads[aim, department]
        self.program.add((parts[0] if aim == "peak" else parts[0] - parts[1]) >= least)

    def solve(self, aim: str | None, work: float, hint: Sequence[int] = (), most: int | None = None) -> Found:
        """Search with so much work for the least of an aim; without one, or with the most it may be, for any days."""
        whole: Any = None if aim is None else self._aim(aim)
        program = self.program
        if aim is None or most is not None:
            program.clear_objective()
        else:
            program.minimize(whole)
        self._hint(hint)
        if most is not None:
            program = program.clone()
            program.add(whole <= most)
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = work
        if most is not None:
            solver.parameters.linearization_level = (
                0  # no aim: days that fit are found sooner without relaxation
            )
        return self._read(solver, solver.solve(program), aim=most is None and aim is not None)

    def _read(self, solver: Any, status: Any, *, aim: bool) -> Found:
        spent = float(solver.deterministic_time)
        if status == self._cp.INFEASIBLE:
            return Found("none", spent=spent)
        bound = max(0, ceil(solver.best_objective_bound - 1e-6)) if aim else 0
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return Found("unknown", bound=bound, spent=spent)
        chosen = tuple(next(d for d, bit in bits.items() if solver.boolean_value(bit)) for bits in self.x)
        kind = "best" if status == self._cp.OPTIMAL else "some"
        return Found(kind, chosen, round(solver.objective_value) if aim else 0, bound, spent)

    def _hint(self, chosen: Sequence[int]) -> None:
        """Begin the search at given days, with all that follows from them."""
        self.program.clear_hints()
        for bits, there in zip(self.x, chosen, strict=False):
            for day, bit in bits.items():
                self.program.add_hint(bit, day == there)
        for crew in self.setting.crews if len(chosen) else ():
            full = fullness(self.setting, crew, chosen)
            values = {"peak": (full.peak,), "even": (full.high, full.low)}
            for name, numbers in values.items():
                for variable, value in zip(
                    self.loads.get((name, crew.department), ()), numbers, strict=False
                ):
                    self.program.add_hint(variable, value)
            for day, value in enumerate(missing_of(crew, chosen)) if self.missing else ():
                self.program.add_hint(self.missing[crew.department, day], value)


def moved(stays: int | None, day: int) -> bool:
    """Whether a day is another one than the outing had."""
    return stays is not None and stays != day
