"""The fewest choices that let every slot be filled, by cuts (最少变更).

Choices c ∈ {0,1}; of a route r and its days  y_rd ∈ {0,1}, y_rd = 1 − Σ others on its present day.

  min   Σ moves + Σ calls + Σ bodies put back + Σ slots of direct routes + Σ skills dropped                      (0)
  s.t.  Σ_d y_rd = 1                                                                          for each route     (1)
        y_rd + y_qd ≤ 1                 for routes r, q with a street in common, unless both go on d now         (2)
        back_b ≤ back_b'                for the next b' of later rank in each stratum of b; 0 where b cannot be, so
                                        for the first of a stratum, which keeps its chance above zero             (3)
        drop_sk ≤ Σ_e beside_er         over experts e with skill k                                              (4)
        Σ_r beside_er ≤ 1               for each expert and date                                                 (5)
        Σ_{s ∈ S} (y_{r(s)d} − free_s) ≤ |N| + Σ_o call_od             for each day d and officers N             (6)
        free_s ≤ Σ_T open_T,  open_T ≤ c  for each c ∈ T                                                         (7)

In (6), S are the slots which on day d nobody outside N may fill unless something is chosen; N are there uncalled, and o
are those who could fill one of S, or were found with N, once called in; T are the sets of choices that take s away or
let somebody else outside N fill it. By Hall's theorem (6) for all N is what it takes to fill every slot. The rows are not
listed: a solution that leaves a slot open names an N by its minimum cut, whose row it breaks, and the model is solved
again. What no rows so far admit cannot be done at all; the first solution that fills every slot is the least. Kin on one
route are outside of (6): whoever calls this holds the answer against the protocol's own pairs, and it is barred if they
differ                                                                                                            (8)
Of equal ones those that move the routes least, found by solving on with (0) held at its least value k:
  min   Σ (k·w + 1)·|d − d_r| y_rd + (d − d_1) y_rd   over moves, with d_r the present day of r, d_1 the first of
        all days and w the days from it to the last: the least days of moving in all, then the earliest         (10)
A route whose bodies are all put back is not moved besides, though that were a way around a bar:
        y_rd ≤ Σ_{b ∈ r} (1 − back_b)   for each route r and day d but its present one                            (9)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from solver.shortage.choices import Choice, Choices, Needs, Seat
from solver.shortage.graph import matched
from solver.shortage.problem import Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Found:
    """The choices made, and whether fewer are proved not to do (that none are nearer may stay open within the work)."""

    made: Needs
    hosts: tuple[tuple[str, str], ...]
    least: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """No choices do; ``proved`` is false where the work was spent before it was known."""

    proved: bool


def least(
    choices: Choices, streets: Iterable[tuple[str, str]], work: Work, holds: Callable[[Found], bool]
) -> Found | Nothing:
    """Look for the fewest choices, and of as few those that move routes by the fewest days, then to the earliest.

    Parameters
    ----------
    streets : iterable of (route, route)
        Routes that share a street and are not on one day now.
    holds : callable
        The last word on a solution: the whole case, staffed.
    """
    model = _Model(choices, streets)
    first = _seek(choices, model, work, holds)
    if isinstance(first, Nothing) or not model.nearer(first):
        return first
    near = _seek(choices, model, work, holds)
    return first if isinstance(near, Nothing) else replace(near, least=first.least)


def _seek(choices: Choices, model: _Model, work: Work, holds: Callable[[Found], bool]) -> Found | Nothing:
    """Solve, learn and solve again until every slot is filled."""
    exact = not choices.kin
    tried = 0
    for _ in range(work.rounds):
        status, found = model.solve(work)
        if found is None:
            return Nothing(proved=exact and status == "infeasible")
        cuts = _cuts(choices, found.made)
        if not cuts and holds(found):
            return Found(found.made, found.hosts, exact and status == "optimal")
        if not cuts:
            exact, tried = False, tried + 1
            model.bar(found.made)  # (8)
            if tried > work.trials:
                break
        for day, officers in cuts:
            model.learn(day, officers)
    return Nothing(proved=False)


def _cuts(choices: Choices, made: Needs) -> list[tuple[str, frozenset[str]]]:
    """For each day that leaves slots open, the officers of each cut."""
    on: dict[str, dict[str, frozenset[str]]] = {}
    for seat in choices.seats:
        if _goes_on(choices, seat, made) and not seat.gone(made):
            on.setdefault(seat.day, {})[seat.slot.slot] = seat.filled_by(made)
    found: list[tuple[str, frozenset[str]]] = []
    for day in sorted(on):
        may = {slot: sorted(who) for slot, who in on[day].items()}
        holder = matched(may)
        open_slots = sorted(set(may) - set(holder.values()))
        cuts = {_reach(may, holder, slot) for slot in open_slots}
        found.extend((day, officers) for officers in sorted(cuts, key=sorted))
    return found


def _reach(may: Mapping[str, list[str]], holder: Mapping[str, str], start: str) -> frozenset[str]:
    seen, queue = set[str](), [start]
    for slot in queue:
        for code in may[slot]:
            if code not in seen:
                seen.add(code)
                queue.append(holder[code])
    return frozenset(seen)


def _goes_on(choices: Choices, seat: Seat, made: Needs) -> bool:
    days = choices.days_of[seat.route]
    chosen = [day for day in days[1:] if ("move", seat.route, day) in made]
    return (chosen[0] if chosen else days[0]) == seat.day


class _Model:
    """The rows (1) to (5), and those of (6) learnt so far."""

    def __init__(self, choices: Choices, streets: Iterable[tuple[str, str]]) -> None:
        from ortools.sat.python import cp_model

        self._cp = cp_model
        self._choices = choices
        self._model = cp_model.CpModel()
        self._vars: dict[Choice, Any] = {}
        self._open: dict[Needs, Any] = {}
        self._beside: dict[tuple[str, str], Any] = {}
        self._seen: set[tuple[str, frozenset[str]]] = set()
        self._on_day: dict[str, list[Seat]] = {}
        for seat in choices.seats:
            self._on_day.setdefault(seat.day, []).append(seat)
            for needs in (*seat.opens, *seat.goes):
                for choice in sorted(needs):
                    self._var(choice)
        self._days(streets)
        self._ranks()
        self._experts()
        self._aim()

    def _var(self, choice: Choice) -> Any:
        if choice not in self._vars:
            self._vars[choice] = self._model.new_bool_var("/".join(choice))
        return self._vars[choice]

    def _days(self, streets: Iterable[tuple[str, str]]) -> None:
        self._at: dict[tuple[str, str], Any] = {}
        for route, days in sorted(self._choices.days_of.items()):
            others = [self._var(("move", route, day)) for day in days[1:]]
            if others:
                self._model.add_at_most_one(others)  # (1)
            self._at[route, days[0]] = 1 - sum(others)
            self._at.update(zip(((route, day) for day in days[1:]), others, strict=True))
        for a, b in streets:
            for day in self._choices.days_of.get(a, ()):
                if (b, day) in self._at:
                    self._model.add(self._at[a, day] + self._at[b, day] <= 1)  # (2)

    def _ranks(self) -> None:
        for blind, with_it in sorted(self._choices.later.items()):
            mine = self._var(("back", blind))
            if with_it is None:
                self._model.add(mine == 0)  # (3)
                continue
            for other in with_it:
                self._model.add_implication(mine, self._var(("back", other)))  # (3)
        for route, whole in sorted(self._choices.whole.items()):
            stays = [self._var(choice).negated() for choice in sorted(whole)]
            for day in self._choices.days_of[route][1:]:
                self._model.add_bool_or([*stays, self._var(("move", route, day)).negated()])  # (9)

    def _experts(self) -> None:
        routes = {seat.slot.slot: (seat.route, seat.day) for seat in self._choices.seats}
        for choice in sorted(choice for choice in self._vars if choice[0] == "drop"):
            route, _ = routes[choice[1]]
            hosts = self._choices.hosts[route, choice[2]]
            for host in hosts:
                if (host, route) not in self._beside:
                    self._beside[host, route] = self._model.new_bool_var(f"beside/{host}/{route}")
            self._model.add(self._vars[choice] <= sum(self._beside[host, route] for host in hosts))  # (4)
        date = dict(routes.values())
        busy: dict[tuple[str, str], list[Any]] = {}
        for (host, route), var in sorted(self._beside.items(), key=lambda item: item[0]):
            busy.setdefault((host, date[route]), []).append(var)
        for there in busy.values():
            self._model.add_at_most_one(there)  # (5)

    def _aim(self) -> None:
        slots = Counter(seat.route for seat in self._choices.seats)
        self._size = {
            choice: slots[choice[1]] if choice[0] == "direct" else 1 for choice in sorted(self._vars)
        }
        weight = len(self._beside) + 1
        self._model.minimize(  # (0), and of equal ones those with fewer experts
            sum(weight * n * self._vars[choice] for choice, n in self._size.items())
            + sum(var for _, var in sorted(self._beside.items(), key=lambda item: item[0]))
        )

    def nearer(self, found: Found) -> bool:
        """Look on for no more choices that move routes by fewer days; false where none is moved."""
        moves = [choice for choice in self._size if choice[0] == "move"]
        if found.made.isdisjoint(moves):
            return False
        first = {route: date.fromisoformat(days[0]) for route, days in self._choices.days_of.items()}
        to = {choice: date.fromisoformat(choice[2]) for choice in moves}
        far = {choice: abs((to[choice] - first[choice[1]]).days) for choice in moves}
        size = sum(self._size[choice] for choice in found.made)
        start, end = min(to.values()), max(to.values())
        self._model.add(sum(n * self._vars[choice] for choice, n in self._size.items()) <= size)
        self._model.add(
            sum(n * self._vars[choice] for choice, n in far.items())
            <= sum(n for choice, n in far.items() if choice in found.made)
        )
        weight = size * (end - start).days + 1
        self._model.minimize(  # (10)
            sum((weight * far[choice] + (to[choice] - start).days) * self._vars[choice] for choice in moves)
        )
        return True

    def learn(self, day: str, officers: frozenset[str]) -> None:
        """Add the row of a cut, and those of the same slots' kinds on the other days that they may have."""
        self._row(day, officers)
        inside = [seat for seat in self._on_day[day] if seat.may <= officers]
        kinds = {(seat.slot.department, seat.slot.lead, seat.slot.skills) for seat in inside}
        for other in sorted(self._on_day) if any(len(d) > 1 for d in self._choices.days_of.values()) else ():
            like = [
                seat.may
                for seat in self._on_day[other]
                if (seat.slot.department, seat.slot.lead, seat.slot.skills) in kinds
            ]
            self._row(other, frozenset().union(*like))

    def _row(self, day: str, officers: frozenset[str]) -> None:
        if (day, officers) in self._seen:
            return
        self._seen.add((day, officers))
        calls: set[Choice] = {call for code in officers if (call := ("call", code, day)) in self._vars}
        sure = len(officers) - len(calls)
        terms = []
        for seat in self._on_day[day]:
            if not seat.may <= officers:
                continue
            frees = set(seat.goes)
            for needs, who in seat.opens.items():
                if len(needs) == 1 and next(iter(needs))[0] == "call":
                    calls |= needs
                elif not who <= officers:
                    frees.add(needs)
            terms.append(self._filled(seat, frees))
        self._model.add(sum(terms) <= sure + sum(self._vars[c] for c in sorted(calls)))  # (6)

    def _filled(self, seat: Seat, frees: set[Needs]) -> Any:
        at = self._at[seat.route, seat.day]
        least_sets = [n for n in frees if not any(other < n for other in frees)]
        if not least_sets:
            return at
        filled = self._model.new_bool_var("filled")
        opened = [self._opened(needs) for needs in sorted(least_sets, key=sorted)]
        self._model.add(filled >= at - sum(opened))  # (7)
        return filled

    def _opened(self, needs: Needs) -> Any:
        if len(needs) == 1:
            return self._vars[next(iter(needs))]
        if needs not in self._open:
            var = self._model.new_bool_var("open")
            for choice in sorted(needs):
                self._model.add_implication(var, self._vars[choice])  # (7)
            self._open[needs] = var
        return self._open[needs]

    def bar(self, made: Needs) -> None:
        """Never answer just this again."""
        self._model.add_bool_or(
            [var.negated() if choice in made else var for choice, var in sorted(self._vars.items())]
        )

    def solve(self, work: Work) -> tuple[str, Found | None]:
        """Solve with the rows so far."""
        cp = self._cp
        solver = cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.max_deterministic_time = work.deterministic
        status = solver.solve(self._model)
        if status not in (cp.OPTIMAL, cp.FEASIBLE):
            return ("infeasible" if status == cp.INFEASIBLE else "spent"), None
        made = frozenset(choice for choice, var in self._vars.items() if solver.boolean_value(var))
        hosts = tuple(sorted(pair for pair, var in self._beside.items() if solver.boolean_value(var)))
        return ("optimal" if status == cp.OPTIMAL else "feasible"), Found(made, hosts, least=False)
