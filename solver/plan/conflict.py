"""Why there is no plan, and the least that would make one (冲突分析).

Over the rows of model.py, (1) to (7), (9), (10), and months that are shut as rows of their own:

    clash      rows no plan keeps together, found as a core of assumptions and thinned: a row is dropped as long as the
               rest still cannot be kept. What is left is irreducible: without any one of them the others can be.   (1)
    remedies   let row b have a slack s_b ≥ 0 in its unit. Every set of changes that helps moves a row of every clash, so
               for a remedy of one change only the rows of the clash can serve: for each of them min s_b, all other
               rows kept                                                                                            (2)
               and the least of all together, min Σ s_b / limit_b                                                   (3)

Order between classes (2 of model.py) is a rule and no number; it can clash but not be moved. With more numbers to decide than a few
hundred this takes hours: there shortage.py answers by linear programs.
"""

from __future__ import annotations

from collections.abc import Sequence

from solver.plan.elastic import UNIT, limit_of
from solver.plan.model import build
from solver.plan.problem import PPM, Problem
from solver.plan.result import Bound, Change, Impossible, Remedy, Undecided
from solver.plan.rows import DEFINING, Model, Row
from solver.plan.shortage import FIXED, shortage
from solver.plan.whole import Whole

#: Numbers to decide, shut months among them, up to which a clash is searched for in whole numbers.
MANY = 400
#: Share of the work for each search of a large problem's remedies.
_FILL = 0.015


def explain(problem: Problem, work: float, many: int = MANY) -> Impossible | Undecided:
    """Return the clash and the ranked remedies of a problem without a plan.

    Parameters
    ----------
    problem : Problem
        One that was found to have no plan.
    work : float
        Deterministic work for each search; there are as many as rows in the first core, and as in the clash.
    many : int
        Numbers to decide above which only linear programs are asked.
    """
    model = build(problem, closed=True)
    rows = [row for row in model.rows if row.kind not in DEFINING - {"visits"}]
    if len(model.draws) > many:
        return _large(model, rows, work)
    core = _core(model, rows, work)
    if core is None:
        return Undecided(stage="clash")
    clash, irreducible = _thin(model, rows, core, work)
    remedies = [r for place in clash if (r := _single(model, rows, place, work))]
    joint = _joint(model, rows, work)
    if joint is not None and (len(joint.changes) > 1 or not remedies):
        remedies.append(joint)
    remedies.sort(key=_rank)
    return Impossible(
        clash=tuple(_bound(rows[place]) for place in clash), irreducible=irreducible, remedies=tuple(remedies)
    )


def _large(model: Model, rows: Sequence[Row], work: float) -> Impossible | Undecided:
    answer = shortage(model, rows, work * _FILL)
    if answer is None:
        return Undecided(stage="clash")
    places, ways = answer
    remedies = [r for moves in ways if (r := _remedy(rows, moves, proved=False))]
    return Impossible(
        clash=tuple(_bound(rows[place]) for place in places),
        irreducible=False,
        remedies=tuple(sorted(remedies, key=_rank)),
    )


def _rank(remedy: Remedy) -> tuple[int, float, Bound]:
    """Fewest changes first, then the smallest in proportion to their limits."""
    return len(remedy.changes), sum(map(_share, remedy.changes)), remedy.changes[0].bound


def _movable(rows: Sequence[Row]) -> list[int]:
    return [place for place, row in enumerate(rows) if row.kind not in FIXED]


def _core(model: Model, rows: Sequence[Row], work: float) -> list[int] | None:
    """Return places of rows that no plan keeps together, or None where that is not proved."""
    switched = [place for place, row in enumerate(rows) if row.kind != "visits"]
    answer = Whole(model, rows, switched=switched).solve(work)
    return list(answer.core) if answer.status == "none" else None


def _thin(model: Model, rows: Sequence[Row], core: list[int], work: float) -> tuple[list[int], bool]:
    """Drop rows as long as the rest clash (1); whether each that stays was proved to be needed."""
    defining = [row for row in rows if row.kind == "visits"]
    kept, proved = list(core), True
    for place in core:
        rest = [p for p in kept if p != place]
        status = Whole(model, [*defining, *(rows[p] for p in rest)]).solve(work).status
        if status == "none":
            kept = rest
        proved &= status != "unknown"
    return kept, proved


def _single(model: Model, rows: Sequence[Row], place: int, work: float) -> Remedy | None:
    """Return the least move of one row that alone makes a plan possible (2)."""
    if rows[place].kind in FIXED:
        return None
    program = Whole(model, rows, slack={place: UNIT.get(rows[place].kind, 1)})
    answer, slack = program.slacks({place: 1}, work)
    return _remedy(rows, slack, proved=answer.status == "best")


def _joint(model: Model, rows: Sequence[Row], work: float) -> Remedy | None:
    """Return the moves that are least in proportion to their limits, all together (3)."""
    places = _movable(rows)
    program = Whole(model, rows, slack={p: UNIT.get(rows[p].kind, 1) for p in places})
    answer, slack = program.slacks({p: PPM // max(1, _bound(rows[p]).limit) for p in places}, work)
    return _remedy(rows, slack, proved=answer.status == "best")


def _remedy(rows: Sequence[Row], slack: dict[int, int], *, proved: bool) -> Remedy | None:
    changes = sorted(
        (Change(bound=_bound(rows[p]), amount=v) for p, v in slack.items()), key=lambda c: c.bound
    )
    return Remedy(changes=tuple(changes), proved=proved) if changes else None


def _share(change: Change) -> float:
    """How large a change is beside its limit."""
    return change.amount / max(1, change.bound.limit)


def _bound(row: Row) -> Bound:
    return Bound(kind=row.kind, where=row.where, limit=limit_of(row))
