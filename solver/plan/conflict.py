"""Why there is no plan, and the least that would make one (冲突分析).

Over the rows of model.py, (1) to (7), (9), (10), and months that are shut as rows of their own:

    clash      rows no plan keeps together, found as a core of assumptions and thinned: a row is dropped as long as the
               rest still cannot be kept. What is left is irreducible: without any one of them the others can be.   (1)
    remedies   let row b have a slack s_b ≥ 0 in its unit. Every set of changes that helps moves a row of every clash, so
               for a remedy of one change only the rows of the clash can serve: for each of them min s_b, all other
               rows kept                                                                                            (2)
               and the least of all together, min Σ s_b / limit_b                                                   (3)

Order between classes (2 of model.py) is a rule and no number; it can clash but not be moved.
"""

from __future__ import annotations

from collections.abc import Sequence

from solver.plan.model import DEFINING, Model, Row, build
from solver.plan.problem import PPM, Problem
from solver.plan.result import Bound, Change, Impossible, Remedy, Undecided
from solver.plan.whole import Whole

#: Kinds that no change of numbers moves.
_FIXED = frozenset({*DEFINING, "class-order"})
#: What one unit of a row is, where it is not one body.
_UNIT = {"hours": PPM, "yearly-cap": PPM}


def explain(problem: Problem, work: float) -> Impossible | Undecided:
    """Return the clash and the ranked remedies of a problem without a plan.

    Parameters
    ----------
    problem : Problem
        One that was found to have no plan.
    work : float
        Deterministic work for each search; there are as many as rows in the first core, and as in the clash.
    """
    model = build(problem, closed=True)
    rows = [row for row in model.rows if row.kind not in DEFINING - {"visits"}]
    core = _core(model, rows, work)
    if core is None:
        return Undecided(stage="clash")
    clash, irreducible = _thin(model, rows, core, work)
    remedies = [r for place in clash if (r := _single(model, rows, place, work))]
    joint = _joint(model, rows, work)
    if joint is not None and (len(joint.changes) > 1 or not remedies):
        remedies.append(joint)
    remedies.sort(key=lambda r: (len(r.changes), sum(_share(c) for c in r.changes), r.changes[0].bound))
    return Impossible(
        clash=tuple(_bound(rows[place]) for place in clash), irreducible=irreducible, remedies=tuple(remedies)
    )


def _movable(rows: Sequence[Row]) -> list[int]:
    return [place for place, row in enumerate(rows) if row.kind not in _FIXED]


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
    if rows[place].kind in _FIXED:
        return None
    program = Whole(model, rows, slack={place: _UNIT.get(rows[place].kind, 1)})
    answer, slack = program.slacks({place: 1}, work)
    return _remedy(rows, slack, proved=answer.status == "best")


def _joint(model: Model, rows: Sequence[Row], work: float) -> Remedy | None:
    """Return the moves that are least in proportion to their limits, all together (3)."""
    places = _movable(rows)
    program = Whole(model, rows, slack={p: _UNIT.get(rows[p].kind, 1) for p in places})
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
    limit = row.low if row.low is not None else row.high
    return Bound(kind=row.kind, where=row.where, limit=((limit or 0) + row.past) // _UNIT.get(row.kind, 1))
