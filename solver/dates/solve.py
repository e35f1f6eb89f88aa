"""The one door: a lawful day for each outing, a proof that there is none, or neither within the work (排期).

Each aim is a search. What it finds is staffed exactly; a day that cannot be is cut off and the search repeated, so that an
aim is held only at what a lawful answer attains. Should the work be spent, the last lawful days stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from solver.dates.bottleneck import single, together, without_day
from solver.dates.crews import Crew, Crowd, Setting, first_crowds, setting_of
from solver.dates.errors import DatesError
from solver.dates.figures import fullness
from solver.dates.lawful import violations
from solver.dates.model import Model
from solver.dates.parts import alone, around, model_of
from solver.dates.problem import Dated, NoDate, Problem, Undecided, Work, check
from solver.dates.staffed import crowds_of, lacks_of
from solver.dates.start import start
from solver.dates.worth import worth

#: Share of the work that is left which one search may take.
SHARE = 0.4

#: Share of all the work that one search of one department may take.
PART = 0.06


def date_outings(problem: Problem, work: Work | None = None) -> Dated | NoDate | Undecided:
    """Give each outing its day.

    Returns
    -------
    Dated
        Lawful by the plain check; with ``allow_short`` perhaps with officer-days missing, as few as were found.
    NoDate
        Proof that no days are lawful, with its cause.
    Undecided
        The work was spent first.

    Raises
    ------
    DatesError
        As :func:`~solver.dates.problem.check`; ``unlawful`` if the answer fails the plain check.
    """
    check(problem)
    setting = setting_of(problem)
    crowds = first_crowds(setting)
    cause = without_day(setting) or single(setting, crowds)
    if cause is not None:
        return cause
    answer = _Search(setting, crowds, work or Work()).run()
    if isinstance(answer, Dated) and (wrong := violations(problem, answer)):
        raise DatesError("unlawful", rule=wrong[0].rule, where=wrong[0].where)
    return answer


@dataclass
class _Search:
    """Aims met one after the other, with what has been found so far."""

    setting: Setting
    crowds: list[Crowd]
    work: Work
    model: Model = field(init=False)
    best: tuple[int, ...] = ()
    dated: bool = False
    held: dict[str, int] = field(default_factory=dict)
    bounds: dict[str, dict[str, int]] = field(default_factory=dict)
    proved: bool = True
    spent: float = 0.0
    rounds: int = 0

    def run(self) -> Dated | NoDate | Undecided:
        """Meet the aims and read the answer."""
        self.model = Model(self.setting, self.crowds)
        hint = start(self.setting, self.crowds)
        for aim in self._aims():
            cause = self._meet(aim, self.best if self.dated else hint)
            if cause is not None:
                return cause
            if not self.dated:
                return Undecided("work", self.rounds)
            if aim:
                self.held[aim] = worth(self.setting, aim, self.best)
                self.model.hold(aim, self.held[aim])
        return self._dated()

    def _aims(self) -> list[str | None]:
        """Any lawful days come first, so that cuts are not paid for with searches for the best."""
        short = self.setting.problem.allow_short
        moving = any(one.stays is not None for one in self.setting.outings)
        first: list[str | None] = ["missing"] if short else [None]
        return first + (["moves"] if moving else []) + ["peak", "even", "early"]

    def _meet(self, aim: str | None, hint: Sequence[int]) -> NoDate | None:
        """Meet one aim, by departments first where days are known, and then by the whole."""
        if aim in ("peak", "even"):
            self._bound(aim)
        if aim and self.dated:
            for crew in self.setting.crews:
                self._better(aim, crew)
        if aim in ("peak", "even"):
            least = sum(self.bounds[aim].values())
            if worth(self.setting, aim, self.best) == least or self._attained(aim, least):
                return None
        return self._least(aim, self.best if self.dated else hint)

    def _bound(self, aim: str) -> None:
        """Find what each department attains at best if there were no other."""
        found = self.bounds[aim] = {}
        for crew in self.setting.crews:
            if self.spent >= self.work.deterministic:
                found[crew.department] = 0
                continue
            part = alone(self.setting, crew)
            held = {name: self._share(name, crew) for name in self.held}
            answer = model_of(part, self.crowds, held).solve(aim, PART * self.work.deterministic)
            self.spent += answer.spent
            found[crew.department] = answer.value if answer.kind == "best" else answer.bound
            self.model.bound(aim, crew.department, found[crew.department])

    def _share(self, aim: str, crew: Crew) -> int:
        """The most that a department can have of a held aim, the others being at their best."""
        others = (v for name, v in self.bounds.get(aim, {}).items() if name != crew.department)
        return self.held[aim] - sum(others)

    def _better(self, aim: str, crew: Crew) -> None:
        """Choose the days of one department's own outings anew while all others stand."""
        part, own = around(self.setting, crew, self.best), crew.outings.tolist()
        now = [self.best[i] for i in own]
        held = {name: worth(part, name, now) for name in self.held}
        while self._working():
            found = model_of(part, self.crowds, held).solve(aim, PART * self.work.deterministic, now)
            self.spent += found.spent
            if found.kind not in ("best", "some") or worth(part, aim, found.chosen) >= worth(part, aim, now):
                return
            chosen = list(self.best)
            for i, day in zip(own, found.chosen, strict=True):
                chosen[i] = day
            if self._staffed(aim, tuple(chosen), 0):
                self.best = tuple(chosen)
                return

    def _attained(self, aim: str, least: int) -> bool:
        """Whether days are found at which all departments are at their best at once."""
        while self._working():
            found = self.model.solve(aim, self._some_work() / 2, self.best, most=least)
            self.spent += found.spent
            if found.kind in ("none", "unknown"):
                return False
            if self._staffed(aim, found.chosen, 0):
                self.best = found.chosen
                return True
        return False

    def _least(self, aim: str | None, hint: Sequence[int]) -> NoDate | None:
        """Meet one aim: search and cut until what is found can be staffed, or the work is spent."""
        while self._working():
            work = self._some_work() if aim else self.work.deterministic - self.spent
            found = self.model.solve(aim, work, hint)
            self.spent += found.spent
            if found.kind == "none":
                if self.dated:
                    raise DatesError("contradiction", aim=aim)
                return single(self.setting, self.crowds) or together(self.setting, self.crowds)
            if found.kind == "unknown":
                break
            if self._staffed(aim, found.chosen, found.value):
                self.best, self.dated = found.chosen, True
                self.proved &= found.kind == "best"
                return None
            hint = self.best if self.dated else found.chosen
        self.proved = False
        return None

    def _working(self) -> bool:
        """Whether another search may be made; it is counted."""
        self.rounds += 1
        return self.rounds <= self.work.rounds and self.spent < self.work.deterministic

    def _some_work(self) -> float:
        return SHARE * (self.work.deterministic - self.spent)

    def _staffed(self, aim: str | None, chosen: tuple[int, ...], said: int) -> bool:
        """Whether no more is missing than may be; else the crowds that are too small are added.

        While what is missing is made small, the best so far is kept in case that the work is spent.
        """
        lacks = lacks_of(self.setting, chosen)
        missing = sum(lack.missing for lack in lacks)
        if aim == "missing" and (not self.dated or missing < worth(self.setting, aim, self.best)):
            self.best, self.dated = chosen, True
        if missing <= (said if aim == "missing" else self.held.get("missing", 0)):
            return True
        for crowd in crowds_of(self.setting, lacks):
            if crowd not in self.crowds:
                self.crowds.append(crowd)
                self.model.add_crowd(crowd)
        return False

    def _dated(self) -> Dated:
        chosen = self.best
        lacks = lacks_of(self.setting, chosen)
        full = {crew.department: fullness(self.setting, crew, chosen) for crew in self.setting.crews}
        return Dated(
            days={one.name: day for one, day in zip(self.setting.outings, chosen, strict=True)},
            moves=worth(self.setting, "moves", chosen),
            missing=sum(lack.missing for lack in lacks),
            lacks=tuple(sorted(lacks, key=lambda lack: (lack.day, lack.department, lack.slots))),
            peak={name: one.peak for name, one in full.items()},
            spread={name: one.high - one.low for name, one in full.items()},
            optimal=self.proved,
            rounds=self.rounds,
        )
