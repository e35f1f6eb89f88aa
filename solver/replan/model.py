"""Which day each visit takes instead (改期模型).

V are the visits that may move, D(v) the days that v may take, d(v) where it stands, m(v) = min(minutes, L) with L the
length of a day; R are their routes, S(r) the slots of a route and h(s) the holder of a slot; C(s) are those who could
follow in it; A(o) are the days on which o is there and in no route that stays whole; M(r,d) are the minutes of visits of
r that stay on day d. All variables are 0 or 1:

    x(v,d) = 1  visit v takes day d ∈ D(v)
    u(r,d) = 1  route r goes on day d
    y(s)   = 1  the holder of s leaves it
    z(s,c) = 1  c ∈ C(s) could follow in s
    k(s,d) = 1  h(s) goes in s on day d
    w(s,c,d) = 1  c goes in s on day d

    Σ_d x(v,d) = 1                                         ∀ v                       (1)
    u(r,d) ≥ x(v,d),  u(r,d) = 1 where M(r,d) > 0          ∀ v of r, d               (2)
    Σ_{v of r} m(v) x(v,d) ≤ L - M(r,d)                    ∀ r, d not over           (3)
    x(v,d) = 0                                             ∀ v of r, d ≠ d(v) over   (3')
    u(r,d) ≤ y(s)                                          ∀ s ∈ S(r), d ∉ A(h(s))   (4)
    Σ_c z(s,c) = y(s)                                      ∀ s                       (5)
    z(s,c) + u(r,d) ≤ 1                                    ∀ s ∈ S(r), d ∉ A(c)      (6)
    k(s,d) ≥ u(r,d) - y(s),  w(s,c,d) ≥ u(r,d) + z(s,c) - 1                          (7)
    Σ_{s: h(s) = o} k(s,d) + Σ_{s: o ∈ C(s)} w(s,o,d) ≤ 1  ∀ o, d                    (8)

where a day is over if it is too long for its visits already: it may stay as it is but takes nothing more. As m(v) is L
at most, a visit longer than a day goes alone. Kept small, one after the other:

    Σ y(s);  Σ_v Σ_{d ≠ d(v)} x(v,d);  Σ_v Σ_d |d - d(v)| x(v,d);  the day of each visit in the order of names;
    y(s) and the follower of each slot in the order of names                         (9)

The last line makes the answer one alone, whichever way the search went.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from solver.replan.errors import ReplanError
from solver.replan.problem import Answer, Problem, Visit, over

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar

#: Deterministic work of each of the stages of (9) [CP-SAT's own units, about a second each].
WORK = 10.0


class Model:
    """The model of one problem, whose objectives are met one after the other."""

    def __init__(self, problem: Problem) -> None:
        from ortools.sat.python import cp_model

        self._cp: Any = cp_model
        self.problem = problem
        self.model: Any = cp_model.CpModel()
        self.proved = True
        self.days = sorted({day for visit in problem.visits for day in visit.days} | _pinned(problem))
        self.visits = sorted(problem.visits, key=lambda v: v.name)
        self.slots = sorted(problem.slots, key=lambda s: s.name)
        self.x = {(v.name, d): self._bit(f"x {v.name} {d}") for v in self.visits for d in v.days}
        self.u = {(r, d): self._bit(f"u {r} {d}") for r in self._routes() for d in self.days}
        self.y = {s.name: self._bit(f"y {s.name}") for s in self.slots}
        self.z = {(s.name, c): self._bit(f"z {s.name} {c}") for s in self.slots for c in sorted(s.candidates)}
        self._place()
        self._teams()
        self._once()

    def _routes(self) -> list[str]:
        return sorted({v.route for v in self.visits} | {s.route for s in self.slots})

    def _bit(self, name: str) -> IntVar:
        made: IntVar = self.model.new_bool_var(name)
        return made

    def _place(self) -> None:
        for visit in self.visits:
            self.model.add_exactly_one([self.x[visit.name, day] for day in visit.days])  # (1)
        for route in self._routes():
            own = [visit for visit in self.visits if visit.route == route]
            for day in self.days:
                self._day(route, day, own)

    def _day(self, route: str, day: int, own: Sequence[Visit]) -> None:
        length, stays = self.problem.length, self.problem.pinned.get(route, {}).get(day, 0)
        there = [visit for visit in own if day in visit.days]
        for visit in there:
            self.model.add_implication(self.x[visit.name, day], self.u[route, day])  # (2)
        if stays:
            self.model.add(self.u[route, day] == 1)  # (2)
        if over(self.problem, route, day):
            for visit in there:
                if visit.day != day:
                    self.model.add(self.x[visit.name, day] == 0)  # (3')
        else:
            total = sum(min(v.minutes, length) * self.x[v.name, day] for v in there)
            self.model.add(total <= length - stays)  # (3)

    def _teams(self) -> None:
        for slot in self.slots:
            held = self.problem.able.get(slot.holder, frozenset())
            for day in self.days:
                if day not in held:
                    self.model.add_implication(self.u[slot.route, day], self.y[slot.name])  # (4)
            followers = [self.z[slot.name, code] for code in sorted(slot.candidates)]
            self.model.add(sum(followers) == self.y[slot.name])  # (5)
            for code in sorted(slot.candidates):
                for day in set(self.days) - self.problem.able.get(code, frozenset()):
                    self.model.add(self.z[slot.name, code] + self.u[slot.route, day] <= 1)  # (6)

    def _once(self) -> None:
        going: dict[tuple[str, int], list[IntVar]] = {}
        for slot in self.slots:
            for day in self.days:
                u = self.u[slot.route, day]
                keeps = self._bit(f"k {slot.name} {day}")
                self.model.add(keeps >= u - self.y[slot.name])  # (7)
                going.setdefault((slot.holder, day), []).append(keeps)
                for code in sorted(slot.candidates):
                    goes = self._bit(f"w {slot.name} {code} {day}")
                    self.model.add(goes >= u + self.z[slot.name, code] - 1)  # (7)
                    going.setdefault((code, day), []).append(goes)
        for bits in going.values():
            self.model.add_at_most_one(bits)  # (8)

    def least(self, what: Any) -> int:
        """Make a sum as small as can be, and keep it so from then on (9).

        Raises
        ------
        ReplanError
            ``nowhere`` where no answer is lawful, ``work`` where none was found within the limit.
        """
        self.model.minimize(what)
        solver = self._solver()
        status = solver.solve(self.model)
        if status == self._cp.INFEASIBLE:
            raise ReplanError("nowhere", visits=len(self.visits))
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            raise ReplanError("work", visits=len(self.visits))
        self.proved &= status == self._cp.OPTIMAL
        found = round(solver.objective_value)
        self.model.add(what <= found)
        self.model.clear_hints()
        for bit in (*self.x.values(), *self.u.values(), *self.y.values(), *self.z.values()):
            self.model.add_hint(bit, solver.value(bit))
        return int(found)

    def _solver(self) -> Any:
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.max_deterministic_time = WORK
        return solver

    def answer(self) -> Answer:
        """Meet all of (9) and read the answer."""
        moves = [(v, d) for v in self.visits for d in v.days if d != v.day]
        self.least(sum(self.y.values()))
        self.least(sum(self.x[v.name, d] for v, d in moves))
        self.least(sum(abs(d - v.day) * self.x[v.name, d] for v, d in moves))
        days = {v.name: self.least(sum(d * self.x[v.name, d] for d in v.days)) for v in self.visits}
        leaving, followers = [], {}
        for slot in self.slots:
            if self.least(self.y[slot.name]):
                leaving.append(slot.name)
                ranked = sorted(slot.candidates)
                at = self.least(sum(i * self.z[slot.name, code] for i, code in enumerate(ranked)))
                followers[slot.name] = ranked[at]
        return Answer(days, tuple(leaving), followers, self.proved)


def _pinned(problem: Problem) -> set[int]:
    return {day for days in problem.pinned.values() for day in days}
