"""One year of draws from a plan (模拟年度抽取): the months' draws of dr1, one after the other, on bodies without names.

Month by month, each body has one ticket for all tasks, ticket(seed of the month, "plan", group/number) of dr1 section 4, and
each cell takes its number of smallest tickets among the bodies that may still be drawn:
  * drawn for the task in this year less often than it may be, ⌈per_year⌉: whom an item that comes once in two years visited the
    year before is not in the plan's data;
  * and, where the task is on site, below the yearly cap of each of its agencies.
What is drawn in one month is one visit of the body, and counts once to each agency with an on-site task among it.
Visits that the registers hold already are taken to lie on as few bodies as can be, as the plan's (10) does; which they are is
chance too. Months before the problem's first are drawn as well, since it must be known who has left a task; the visits of
those months are among the registers'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from solver.dr1.encoding import hasher, hexdigest, text
from solver.plan.leaving import times
from solver.plan.problem import Problem
from solver.plan.result import Number
from solver.plan.shares import Shares, of_year

if TYPE_CHECKING:
    from numpy import bool_, int16, int64
    from numpy.typing import NDArray

#: Key of a number: task, class, region, month.
Place = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Year:
    """What a year's draws came to.

    Attributes
    ----------
    drawn : array of bool
        [month - 1, task, body], tasks in the problem's order, bodies in the frame's.
    made : array of int16
        [agency, body], on-site visits of the year, those the registers held already among them.
    short : mapping
        Number's place → bodies that it lacked, where too few were left to draw.
    """

    drawn: NDArray[bool_]
    made: NDArray[int16]
    short: dict[Place, int]


class Frame:
    """The bodies of a problem in blocks of one class and region, and what the plan draws of them.

    Attributes
    ----------
    keys : list of bytes
        ``group/number`` of each body, in the order of its place.
    group : array of int64
        Each body's group, as its place in ``groups``.
    """

    def __init__(self, problem: Problem, numbers: Iterable[Number]) -> None:
        import numpy as np

        self.problem = problem
        self.numbers = of_year(problem, numbers)
        self.book = Shares(problem, self.numbers)
        self.groups = sorted(problem.groups, key=lambda g: (g.risk_class, g.region))
        self.keys = [text(f"{g.name}/{n}") for g in self.groups for n in range(g.size)]
        self.group = np.repeat(np.arange(len(self.groups)), [g.size for g in self.groups])
        self.agencies = sorted({a for task in problem.tasks for a in task.agencies})
        self.onsite = np.array([task.onsite for task in problem.tasks], bool)
        #: [agency, task], whether a visit of the task is one of the agency's.
        self.of_agency = np.array(
            [[task.onsite and a in task.agencies for task in problem.tasks] for a in self.agencies], bool
        ).reshape(len(self.agencies), len(problem.tasks))
        self._most = [times(self.book, task.name) for task in problem.tasks]
        self._open = np.array(
            [[task.name in g.tasks for g in self.groups] for task in problem.tasks], bool
        ).reshape(len(problem.tasks), len(self.groups))[:, self.group]
        self._blocks = self._sliced()

    def _sliced(self) -> dict[tuple[str, str], slice]:
        first, found = 0, dict[tuple[str, str], slice]()
        for g in self.groups:
            start = found.get((g.risk_class, g.region), slice(first, first)).start
            found[g.risk_class, g.region] = slice(start, first := first + g.size)
        return found

    def tickets(self, seed: str, month: int) -> NDArray[int64]:
        """Return the bodies' tickets of the month by their rank, smallest first, as dr1 would order them."""
        import numpy as np

        prefix, digest = text("dr1/ticket", _month_seed(seed, month), "plan") + b"\n", hasher()
        raw = b"".join([digest(prefix + key)[:8] for key in self.keys])
        # Eight bytes of thirty-two: two bodies that agree in them are met once in 10^11 months; order then decides.
        order = np.argsort(np.frombuffer(raw, ">u8").astype(np.uint64), kind="stable")
        rank = np.empty(len(order), np.int64)
        rank[order] = np.arange(len(order))
        return rank

    def draw(self, seed: str) -> Year:
        """Draw the months one after the other."""
        import numpy as np

        drawn = np.zeros((12, len(self.problem.tasks), len(self.keys)), bool)
        made = self._made_before(seed)
        often = np.zeros(drawn.shape[1:], np.int16)
        short: dict[Place, int] = {}
        for month in sorted({key[3] for key, take in self.book.take.items() if take}):
            rank = self.tickets(seed, month)
            below = made < self.problem.yearly_cap
            for (c, r), block in self._blocks.items():
                order = np.argsort(rank[block])
                for i, task in enumerate(self.problem.tasks):
                    if take := self.book.take.get((task.name, c, r, month), 0):
                        may = self._open[i, block] & (often[i, block] < self._most[i])
                        may &= below[self.of_agency[:, i], block].all(axis=0)
                        picked = order[may[order]][:take]
                        drawn[month - 1, i, block.start + picked] = True
                        if len(picked) < take:
                            short[task.name, c, r, month] = take - len(picked)
            often += drawn[month - 1]
            if month >= self.problem.first_month:  # of those before it the registers tell
                for a, mine in enumerate(self.of_agency):
                    made[a] += drawn[month - 1, mine].any(axis=0)
        return Year(drawn, made, short)

    def _made_before(self, seed: str) -> NDArray[int16]:
        """[agency, body] of the visits that the registers hold: on as few bodies of a group as can be."""
        import numpy as np

        made = np.zeros((len(self.agencies), len(self.keys)), np.int16)
        held = [(place, a, n) for place, g in enumerate(self.groups) for a, n in g.visits_made if n]
        if not held:
            return made
        rank, cap = self.tickets(seed, 0), self.problem.yearly_cap
        for place, agency, count in held:
            if agency in self.agencies:
                bodies = np.flatnonzero(self.group == place)
                ordered = bodies[np.argsort(rank[bodies])]
                spread = np.clip(count - cap * np.arange(len(ordered)), 0, cap)
                made[self.agencies.index(agency), ordered] = spread
        return made


def seed_of(seed: str, replicate: int) -> str:
    """Return the seed of one year among several from one seed, 64 hex digits."""
    return hexdigest(text("plan/simulate", seed, str(replicate)))


def _month_seed(seed: str, month: int) -> str:
    return hexdigest(text("plan/simulate/month", seed, str(month)))
