"""A plan being set down: columns, the rows' sums, and what the next step costs (逐步填充的账页)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from solver.plan.problem import PPM
from solver.plan.rows import DEFINING, Model

#: What a minute above the relaxation's largest month costs beside one below it.
_PEAK_PRICE = 20
#: Minutes that a whole yearly cap of a group is priced at, so that visits fall together where the cap is near.
_CAP_PRICE = 100_000


@dataclass(frozen=True, slots=True)
class Move:
    """A step on one column with all that follows from it."""

    step: int
    changes: tuple[tuple[int, int], ...]
    rows: tuple[tuple[int, int], ...]
    peaks: tuple[tuple[int, int], ...]
    cost: float
    found: int


class Sheet:
    """Columns and the rows' sums, kept in step."""

    def __init__(self, model: Model, wanted: Sequence[float]) -> None:
        self.model = model
        self.value = [0] * len(model.tops)
        kept = [row for row in model.rows if row.kind not in DEFINING]
        self.rows = kept
        self.sum = [0] * len(kept)
        self.high = [row.high for row in kept]
        #: Whether classes must be in order (2) at every step; while totals are set down it is enough that they end so.
        self.ordered = False
        self.order = [row.kind == "class-order" for row in kept]
        self.caps = [row.kind == "yearly-cap" for row in kept]
        self.hours = [row.kind == "hours" for row in kept]
        self.peaks = [row for row in model.rows if row.kind == "peak"]
        #: Minutes [1/1,000,000] of the relaxation's largest month of the region, and of this plan's month so far.
        self.peak_high = [-row.terms[-1][1] * wanted[row.terms[-1][0]] for row in self.peaks]
        self.peak_sum = [0] * len(self.peaks)
        self.in_peak: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, row in enumerate(self.peaks):
            for x, c in row.terms[:-1]:
                self.in_peak[x].append((place, c))
        self.of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, row in enumerate(kept):
            for x, c in row.terms:
                self.of[x].append((place, c))
        self.above: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for row in model.rows:
            if row.kind == "visits":
                (part, a), (whole, b) = row.terms
                self.above[part].append((whole, a, -b))
        self.months: dict[int, list[int]] = defaultdict(list)
        for (j, _), x in model.draws.items():
            self.months[j].append(x)
        self.found = {x: -c for x, c in model.aims[0].terms}

    def drawn(self, cell: int) -> int:
        """Return the cell's number over the year."""
        return sum(self.value[x] for x in self.months[cell])

    def _changes(self, column: int, step: int) -> dict[int, int]:
        """New values of the column and of the fractions that it lifts."""
        new = {column: self.value[column] + step}
        lifted = [column]
        while lifted:
            part = lifted.pop()
            for whole, a, b in self.above[part]:
                least = -(-a * new[part] // b)
                if least > new.get(whole, self.value[whole]):
                    new[whole] = least
                    lifted.append(whole)
        return new

    def move(self, column: int, step: int) -> Move | None:
        """Return the step with its price, or None where a row or the population forbids it."""
        if self.value[column] + step > self.model.tops[column]:
            return None
        new = self._changes(column, step)
        rows: dict[int, int] = defaultdict(int)
        for x, v in new.items():
            for place, c in self.of[x]:
                rows[place] += c * (v - self.value[x])
        cost = 0.0
        for place, more in rows.items():
            high = self.high[place]
            if high is None or more <= 0 or (self.order[place] and not self.ordered):
                continue
            if self.sum[place] + more > high:
                return None
            if self.caps[place]:
                cost += _CAP_PRICE * more / high * (self.sum[place] + more) / high
            if self.hours[place]:
                cost += more / PPM * (1 + self.sum[place] / high)
        peaks = self._peaks(new)
        cost += sum(self._above(place, more) for place, more in peaks) / PPM * _PEAK_PRICE
        return Move(
            step, tuple(new.items()), tuple(rows.items()), peaks, cost, self.found.get(column, 0) * step
        )

    def _peaks(self, new: dict[int, int]) -> tuple[tuple[int, int], ...]:
        """Minutes that new values add to their months [1/1,000,000]."""
        more: dict[int, int] = defaultdict(int)
        for x, v in new.items():
            for place, c in self.in_peak[x]:
                more[place] += c * (v - self.value[x])
        return tuple(more.items())

    def _above(self, place: int, more: int) -> float:
        """How much of what is added to a month lies above the relaxation's largest one."""
        now, high = self.peak_sum[place], self.peak_high[place]
        return max(0.0, now + more - high) - max(0.0, now - high)

    def cheapest(self, columns: Sequence[int], step: int) -> Move | None:
        """Return the step in the month where it costs least (1)."""
        moves = [move for x in columns if (move := self.move(x, step))]
        return min(moves, key=lambda m: (m.cost, m.changes), default=None)

    def apply(self, move: Move) -> None:
        """Do it."""
        for x, v in move.changes:
            self.value[x] = v
        for place, more in move.rows:
            self.sum[place] += more
        for place, more in move.peaks:
            self.peak_sum[place] += more

    def kept(self) -> bool:
        """Whether every row is kept, the minima too."""
        return all(
            (row.low is None or total >= row.low) and (row.high is None or total <= row.high)
            for row, total in zip(self.rows, self.sum, strict=True)
        )

    def columns(self) -> tuple[int, ...]:
        """Return the columns, with what is short (11) and the largest months (12) counted."""
        for row in self.model.rows:
            if row.kind == "interval":
                (short, _), *terms = row.terms
                self.value[short] = max(0, (row.low or 0) - sum(self.value[x] for x, _ in terms))
            if row.kind == "peak":
                *terms, (peak, c) = row.terms
                minutes = -(-sum(self.value[x] * a for x, a in terms) // -c)
                self.value[peak] = max(self.value[peak], minutes)
        return tuple(self.value)
