"""Why a large problem has no plan, by linear programs alone (大规模问题的冲突分析).

CP-SAT proves a prefecture's clash in hours, if at all. Here
    clash      rows with a dual of elastic.py (2), proved in whole numbers; each is dropped in turn, and what the dual of the rest
               still proves is kept. That nothing more could be dropped is not said: whole numbers were not asked          (1)
    remedies   for the rows of the clash that a small change of helps most, y_b · limit_b: the least s_b with all other rows
               kept; and the least of all together, Σ s_b / limit_b                                         (2)
               rounded up to whole units, and a little more where that does not suffice: a plan is filled in for each (3)
A remedy whose plan was not found is not proposed. That a smaller change would not do is proved of fractions only as far as
(2) goes, so none is said to be proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from solver.plan.elastic import UNIT, Elastic, Stretched, clash, proved
from solver.plan.fill import fill
from solver.plan.rows import DEFINING, Model, Row

#: Kinds that no change of numbers moves.
FIXED = frozenset({*DEFINING, "class-order"})
#: Rows of a clash that are tried as a remedy by themselves.
_SINGLE = 4
#: What is added to the least changes of fractions, in shares of them, until a plan in whole numbers is found.
_MORE = (0.05, 0.3, 1.0)
#: Rows of a clash that are tried one by one for dropping.
_TRIES = 40
#: Kinds that are tried for dropping first: what a bureau would least expect.
_DROP = ("class-order", "slice", "region-maximum", "repeat", "yearly-cap", "closed", "class-maximum")

#: A remedy: place of a row → by how much it moves, in its unit.
Moves = dict[int, int]


def shortage(model: Model, rows: Sequence[Row], work: float) -> tuple[list[int], list[Moves]] | None:
    """Return the places of a clash (1) and remedies (3); None where no clash is proved.

    Parameters
    ----------
    rows : sequence of Row
        Those of the model that bind, with the rows (8) that they stand on.
    work : float
        Deterministic work for each search within a filling.
    """
    movable = [place for place, row in enumerate(rows) if row.kind not in FIXED]
    program = Elastic(model, dict(enumerate(rows)), movable)
    whole = program.stretch()
    support = proved(model, program.rows, whole) if whole else None
    if whole is None or support is None:
        return None
    found = _thin(model, rows, support)
    return found, _remedies(model, rows, program, whole, found, work)


def _thin(model: Model, rows: Sequence[Row], support: list[int]) -> list[int]:
    """Drop rows as long as the rest are proved to clash (1), by rows (8) of the last proof alone: others are not needed."""
    kept = support
    for gone in _order(rows, support):
        if not gone.isdisjoint(kept):
            rest = {p: rows[p] for p in kept if p not in gone}
            kept = clash(model, rest, [p for p in rest if rows[p].kind not in FIXED]) or kept
    return sorted(p for p in kept if rows[p].kind != "visits")


def _order(rows: Sequence[Row], support: list[int]) -> list[set[int]]:
    """What is tried for dropping: all rows of a kind, then all of a task or region, then so many rows one by one."""
    bound = [p for p in support if rows[p].kind != "visits"]
    kinds = [{p for p in bound if rows[p].kind == kind} for kind in _DROP]
    parts: dict[tuple[str, str], set[int]] = {}
    for p in bound:
        parts.setdefault((rows[p].kind, rows[p].where[0]), set()).add(p)
    return [*filter(None, kinds), *parts.values(), *({p} for p in bound[:_TRIES])]


def _remedies(
    model: Model,
    rows: Sequence[Row],
    program: Elastic,
    whole: Stretched,
    found: Sequence[int],
    work: float,
) -> list[Moves]:
    """Single changes first (2), then the least of all together; each with a plan that it makes possible (3)."""
    ranked = sorted(
        (p for p in found if p in program.slack),
        key=lambda p: (-abs(whole.duals.get(p, 0.0)) / program.weight(p), p),
    )
    ways = [one for p in ranked[:_SINGLE] if (one := program.stretch({p}))]
    proposed = [moves for one in (*ways, whole) if (moves := _possible(model, rows, one, work))]
    return [moves for at, moves in enumerate(proposed) if moves not in proposed[:at]]


def _possible(model: Model, rows: Sequence[Row], way: Stretched, work: float) -> Moves | None:
    """Return the changes in whole units with which a plan is found, or None."""
    for more in _MORE:
        moves = {p: ceil(amount * (1 + more) - 1e-6) for p, amount in way.slacks.items() if amount > 1e-6}
        if moves and fill(moved(model, rows, moves), way.columns, work) is not None:
            return moves
    return None


def moved(model: Model, rows: Sequence[Row], moves: Mapping[int, int]) -> Model:
    """The model with limits of some rows moved: minima down, maxima and means up."""
    new = {id(rows[p]): _moved(rows[p], amount * UNIT.get(rows[p].kind, 1)) for p, amount in moves.items()}
    return replace(model, rows=tuple(new.get(id(row), row) for row in model.rows))


def _moved(row: Row, amount: int) -> Row:
    if row.low is not None:
        return replace(row, low=row.low - amount)
    return replace(row, high=(row.high or 0) + amount)
