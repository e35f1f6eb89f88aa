"""The one door: a lawful day for each outing, a proof that there is none, or neither within the work (排期).

Each aim is a search. What it finds is staffed exactly; a day that cannot be is cut off and the search repeated, so that an
aim is held only at what a lawful answer attains. Should the work be spent, the last lawful days stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from solver.dates.bottleneck import single, together, without_day
from solver.dates.crews import Crowd, Setting, first_crowds, setting_of
from solver.dates.errors import DatesError
from solver.dates.figures import fullness
from solver.dates.lawful import violations
from solver.dates.model import Found, Model, moved
from solver.dates.problem import Dated, NoDate, Problem, Undecided, Work, check
from solver.dates.staffed import crowds_of, lacks_of
from solver.dates.start import start

#: Share of the work that is left which one search may take.
SHARE = 0.4


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
    proved: bool = True
    spent: float = 0.0
    rounds: int = 0

    def run(self) -> Dated | NoDate | Undecided:
        """Meet the aims and read the answer."""
        self.model = Model(self.setting, self.crowds)
        hint = start(self.setting, self.crowds)
        for aim in self._aims():
            cause = self._least(aim, self.best or hint)
            if cause is not None:
                return cause
            if not self.best:
                return Undecided("work", self.rounds)
            if aim:
                self.model.hold(aim, self._value(aim, self.best))
        return self._dated()

    def _aims(self) -> list[str | None]:
        """Any lawful days come first, so that cuts are not paid for with searches for the best."""
        short = self.setting.problem.allow_short
        moving = any(one.stays is not None for one in self.setting.outings)
        first: list[str | None] = ["missing"] if short else [None]
        return first + (["moves"] if moving else []) + ["peak", "even", "early"]

    def _least(self, aim: str | None, hint: Sequence[int]) -> NoDate | None:
        """Meet one aim: search and cut until what is found can be staffed, or the work is spent."""
        while self.rounds < self.work.rounds and self.spent < self.work.deterministic:
            self.rounds += 1
            found = self.model.solve(aim, SHARE * (self.work.deterministic - self.spent), hint)
            self.spent += found.spent
            if found.kind == "none":
                if self.best:
                    raise DatesError("contradiction", aim=aim)
                return single(self.setting, self.crowds) or together(self.setting, self.crowds)
            if found.kind == "unknown":
                break
            if self._staffed(aim, found):
                self.best, self.proved = found.chosen, self.proved and found.kind == "best"
                return None
            hint = self.best or found.chosen
        self.proved = False
        return None

    def _staffed(self, aim: str | None, found: Found) -> bool:
        """Whether no more is missing than the model says; else its crowds are added.

        While what is missing is made small, the best so far is kept in case that the work is spent.
        """
        lacks = lacks_of(self.setting, found.chosen)
        missing = sum(lack.missing for lack in lacks)
        if aim == "missing":
            least = self._value(aim, self.best) if self.best else missing
            self.best = found.chosen if missing <= least else self.best
            allowed = found.value
        else:
            allowed = self._value("missing", self.best) if self.best else 0
        if missing <= allowed:
            return True
        for crowd in crowds_of(self.setting, lacks):
            if crowd not in self.crowds:
                self.crowds.append(crowd)
                self.model.add_crowd(crowd)
        return False

    def _value(self, aim: str, chosen: Sequence[int]) -> int:
        """What an aim comes to, counted anew."""
        setting = self.setting
        if aim == "missing":
            return sum(lack.missing for lack in lacks_of(setting, chosen))
        if aim == "moves":
            return sum(moved(one.stays, d) for one, d in zip(setting.outings, chosen, strict=True))
        if aim == "early":
            return sum(chosen)
        full = [fullness(setting, crew, chosen) for crew in setting.crews]
        return sum(one.peak if aim == "peak" else one.high - one.low for one in full)

    def _dated(self) -> Dated:
        chosen, crews = self.best, self.setting.crews
        lacks = lacks_of(self.setting, chosen)
        full = {crew.department: fullness(self.setting, crew, chosen) for crew in crews}
        return Dated(
            days={one.name: day for one, day in zip(self.setting.outings, chosen, strict=True)},
            moves=self._value("moves", chosen),
            missing=sum(lack.missing for lack in lacks),
            lacks=tuple(sorted(lacks, key=lambda lack: (lack.day, lack.department, lack.slots))),
            peak={name: one.peak for name, one in full.items()},
            spread={name: one.high - one.low for name, one in full.items()},
            optimal=self.proved,
            rounds=self.rounds,
        )
