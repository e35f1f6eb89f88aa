"""Which day each visit takes instead (改期模型).

V are the visits that may move, D(v) the days that v may take, d(v) where it stands, m(v) = min(minutes, L) with L the
length of a day; R are their routes, S(r) the slots of a route and h(s) the holder of a slot; C(s) are those who could
follow in it; A(o) are the days on which o is there and in no route that stays whole; M(r,d) are the minutes of visits of
r that stay on day d. All variables are 0 or 1:

    x(v,d) = 1  visit v takes day d ∈ D(v)
    u(r,d) = 1  route r goes on day d
    y(s)   = 1  the holder of s leaves it
    z(s,c) = 1  c ∈ C(s) could follow in s
    b(r,q) = 1  routes r and q go on one day

    Σ_d x(v,d) = 1                                         ∀ v                       (1)
    u(r,d) ≥ x(v,d),  u(r,d) = 1 where M(r,d) > 0          ∀ v of r, d               (2)
    Σ_{v of r} m(v) x(v,d) ≤ L - M(r,d)                    ∀ r, d not over           (3)
    x(v,d) = 0                                             ∀ v of r, d ≠ d(v) over   (3')
    u(r,d) ≤ y(s)                                          ∀ s ∈ S(r), d ∉ A(h(s))   (4)
    Σ_c z(s,c) = y(s)                                      ∀ s                       (5)
    z(s,c) + u(r,d) ≤ 1                                    ∀ s ∈ S(r), d ∉ A(c)      (6)
    b(r,q) ≥ u(r,d) + u(q,d) - 1,  b(r,r) = 1              ∀ r, q, d                 (7)
    g(s,o) + g(t,o) + b(r,q) ≤ 2                           ∀ s ∈ S(r), t ∈ S(q), o   (8)
    x(v,d) + x(w,d) ≤ 1                     ∀ d, v of r, w of q ≠ r in one street    (9)

with g(s,o) = 1 - y(s) for the holder of s and z(s,o) for all others: who goes in two slots does so on two days;
where a day is over if it is too long for its visits already: it may stay as it is but takes nothing more. As m(v) is L
at most, a visit longer than a day goes alone. Kept small, one after the other:

    Σ y(s);  Σ_v Σ_{d ≠ d(v)} x(v,d);  Σ_v Σ_d |d - d(v)| x(v,d);  the day of each visit in the order of names;
    y(s) in the order of names;  the follower of each slot in the order of names     (10)

The last two lines make the answer one alone, whichever way the search went. Days are met some at a time, as the
digits of one number. Where nobody need leave, the followers are left out of the program: they would only slow it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import log2
from typing import TYPE_CHECKING, Any

from solver.replan.errors import ReplanError
from solver.replan.problem import Answer, Problem, Slot, Visit, over

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import IntVar

#: Deterministic work of each of the stages of (10) [CP-SAT's own units, about a second each].
WORK = 10.0

#: Binary digits of the number as which choices are met some at a time: CP-SAT sums it exactly, and quickly.
_LARGEST = 18

#: A name, and the variable by which each value of it is chosen; a value without one is chosen by none.
_Choice = tuple[str, Mapping[int, "IntVar"]]


class Model:
    """The model of one problem, whose objectives are met one after the other."""

    def __init__(self, problem: Problem, *, followed: bool = True) -> None:
        from ortools.sat.python import cp_model

        self._cp: Any = cp_model
        self.problem = problem
        self.model: Any = cp_model.CpModel()
        self.proved = True
        self.days = sorted({day for visit in problem.visits for day in visit.days} | _pinned(problem))
        self.visits = sorted(problem.visits, key=lambda v: v.name)
        self.slots = sorted(problem.slots, key=lambda s: s.name)
        self.routes = sorted({v.route for v in self.visits} | {s.route for s in self.slots})
        self.x = {(v.name, d): self._bit(f"x {v.name} {d}") for v in self.visits for d in v.days}
        self.u = {(r, d): self._bit(f"u {r} {d}") for r in self.routes for d in self.days}
        self.y = {s.name: self._bit(f"y {s.name}") for s in self.slots}
        self.z = {(s.name, c): self._bit(f"z {s.name} {c}") for s in self.slots for c in _ranked(s, followed)}
        self._place()
        self._teams()
        self._once()
        self._apart()

    def _bit(self, name: str) -> IntVar:
        made: IntVar = self.model.new_bool_var(name)
        return made

    def _place(self) -> None:
        for visit in self.visits:
            self.model.add_exactly_one([self.x[visit.name, day] for day in visit.days])  # (1)
        for route in self.routes:
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
            codes = [code for name, code in self.z if name == slot.name]
            self.model.add(sum(self.z[slot.name, code] for code in codes) == self.y[slot.name])  # (5)
            for code in codes:
                for day in set(self.days) - self.problem.able.get(code, frozenset()):
                    self.model.add(self.z[slot.name, code] + self.u[slot.route, day] <= 1)  # (6)

    def _once(self) -> None:
        going: dict[str, list[tuple[str, Any]]] = {}
        for slot in self.slots:
            going.setdefault(slot.holder, []).append((slot.route, 1 - self.y[slot.name]))
            for name, code in self.z:
                if name == slot.name:
                    going.setdefault(code, []).append((slot.route, self.z[name, code]))
        shared: dict[tuple[str, str], Any] = {}
        for one in going.values():
            for (route, goes), (other, too) in combinations(one, 2):
                self.model.add(goes + too + self._together(route, other, shared) <= 2)  # (8)

    def _apart(self) -> None:
        for one, other in combinations([visit for visit in self.visits if visit.street], 2):
            if one.street == other.street and one.route != other.route:
                for day in sorted(set(one.days) & set(other.days)):
                    self.model.add(self.x[one.name, day] + self.x[other.name, day] <= 1)  # (9)

    def _together(self, route: str, other: str, shared: dict[tuple[str, str], Any]) -> Any:
        """Whether two routes go on one day."""
        if route == other:
            return 1
        pair = min(route, other), max(route, other)
        if pair not in shared:
            shared[pair] = self._bit(f"b {pair[0]} {pair[1]}")
            for day in self.days:
                self.model.add(shared[pair] >= self.u[route, day] + self.u[other, day] - 1)  # (7)
        return shared[pair]

    def least(self, what: Any) -> int:
        """Make a sum as small as can be, and keep it so from then on (10).

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
        """Meet all of (10) and read the answer."""
        self.least(sum(self.y.values()))
        moves = [(v, d) for v in self.visits for d in v.days if d != v.day]
        self.least(sum(self.x[v.name, d] for v, d in moves))
        self.least(sum(abs(d - v.day) * self.x[v.name, d] for v, d in moves))
        days = self._in_order(
            [(v.name, {d: self.x[v.name, d] for d in v.days}) for v in self.visits], self.days
        )
        choices = [(s.name, {1: self.y[s.name]}) for s in self.slots if self.z_of(s)]
        gone = [name for name, left in self._in_order(choices, [0, 1]).items() if left]
        return Answer(days, tuple(sorted(gone)), {}, self.proved)

    def followers(self) -> dict[str, str]:
        """Who could follow in each slot of a problem whose days are settled: the first of the names."""
        self.least(sum(self.y.values()))
        ranked = [(s.name, self.z_of(s)) for s in self.slots if self.z_of(s)]
        choices = [(name, {i: self.z[name, code] for i, code in enumerate(codes)}) for name, codes in ranked]
        found = self._in_order(choices, range(max((len(codes) for _, codes in ranked), default=0)))
        return {name: codes[found[name]] for name, codes in ranked}

    def z_of(self, slot: Slot) -> list[str]:
        """Who could follow in a slot, in order."""
        return [code for name, code in self.z if name == slot.name]

    def _in_order(self, choices: Sequence[_Choice], values: Sequence[int]) -> dict[str, int]:
        """Make what is chosen as small as can be, the first choice before the others, some at a time."""
        found, base, at = {}, max(len(values), 2), {value: i for i, value in enumerate(values)}
        size = max(1, int(_LARGEST // log2(base)))
        for start in range(0, len(choices), size):
            some = choices[start : start + size]
            total = self.least(
                sum(
                    at[value] * base ** (len(some) - 1 - n) * bit
                    for n, (_, bits) in enumerate(some)
                    for value, bit in bits.items()
                )
            )
            for name, _ in reversed(some):
                total, digit = divmod(total, base)
                found[name] = values[digit]
        return found


def best(problem: Problem) -> Answer:
    """Find the least answer: without followers where nobody need leave, else with them.

    Raises
    ------
    ReplanError
        ``nowhere``, ``work``.
    """
    try:
        return Model(problem, followed=False).answer()
    except ReplanError as error:
        if error.code != "nowhere":
            raise
    answer = Model(problem).answer()
    settled = replace(
        problem,
        visits=tuple(replace(v, days=(answer.days[v.name],)) for v in problem.visits),
        slots=tuple(
            s if s.name in answer.leaving else replace(s, candidates=frozenset()) for s in problem.slots
        ),
    )
    last = Model(settled)
    return replace(answer, followers=last.followers(), proved=answer.proved and last.proved)


def _ranked(slot: Slot, followed: bool) -> list[str]:
    return sorted(slot.candidates) if followed else []


def _pinned(problem: Problem) -> set[int]:
    return {day for days in problem.pinned.values() for day in days}
