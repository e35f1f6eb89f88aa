"""Can every slot be filled at all, and if not, where is it short (人员是否够用).

Model
  x_os ∈ {0,1},  Σ_o x_os = 1 ∀ s  (1),   Σ_{s on d} x_os ≤ 1 ∀ o, d  (2)
A flow of units: day (o, d) → slot. By Kőnig and Hall it fills all slots unless some slots S have fewer than |S|
officer-days N(S) that may take them; then S is the answer, not a number alone.

From a slot left open, follow: to the officer-days that may take it, from each of these to the slot it holds, and
so on. The slots reached are a cut with |N(S)| = |S| - 1, and every one of them can be left open in place of the first:
so no slot of a cut can be dropped without losing exactly one of what is missing. Cuts that overlap are one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching

from solver.roster.instance import Instance, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Slots that no lawful roster can fill together.

    Parameters
    ----------
    slots, officers, dates : tuple of str
        The slots, all officers who may fill one of them (on its date), and their dates; each sorted.
    needed : int
        Officer-days that the slots need, one each.
    there : int
        Officer-days there are, less than needed.
    """

    slots: tuple[str, ...]
    officers: tuple[str, ...]
    dates: tuple[str, ...]
    needed: int
    there: int


@dataclass(frozen=True, slots=True)
class Staffed:
    """Every slot can be filled; ``roster`` does it, one officer a slot (a witness, and never the draw)."""

    roster: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Short:
    """Not every slot can be filled; the cuts share no slot, and what is missing is the sum of theirs."""

    cuts: tuple[Cut, ...]

    @property
    def missing(self) -> int:
        """Least number of slots that stay open."""
        return sum(cut.needed - cut.there for cut in self.cuts)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cut on one date, in indices."""

    slots: tuple[int, ...]
    days: tuple[int, ...]


def staff(instance: Instance) -> Staffed | Short:
    """Fill all slots, or say which cannot be filled together."""
    day_of = instance.leg_day[instance.pair_leg]
    shape = (len(instance.slots), len(instance.day_date))
    ones = np.ones(len(day_of), dtype=np.int8)
    may = csr_array((ones, (instance.pair_slot, day_of)), shape=shape)
    if shape[0] == 0:
        return Staffed(())
    held = (
        maximum_bipartite_matching(may, perm_type="column")  # (1), (2)
        if len(day_of)
        else np.full(shape[0], -1)
    )
    if (held >= 0).all():
        who = instance.day_officer[held].tolist()
        return Staffed(tuple((instance.officers[o], instance.slots[s]) for s, o in enumerate(who)))
    return Short(_cuts(instance, may, np.asarray(held, dtype=np.int64)))


def _cuts(instance: Instance, may: csr_array, held: Ints) -> tuple[Cut, ...]:
    holder = {int(day): slot for slot, day in enumerate(held.tolist()) if day >= 0}
    pieces: list[_Piece] = []
    for slot in np.flatnonzero(held < 0).tolist():
        pieces = _absorb(pieces, _reach(slot, may, holder))
    cuts = [_named(instance, group) for group in _over_dates(instance, pieces)]
    return tuple(sorted(cuts, key=lambda cut: (cut.dates, cut.slots)))


def _reach(start: int, may: csr_array, holder: dict[int, int]) -> _Piece:
    """Everything on alternating paths from one open slot; each officer-day met holds a slot, or it could be filled."""
    slots, days, queue = {start}, set[int](), [start]
    while queue:
        slot = queue.pop()
        for day in may.indices[may.indptr[slot] : may.indptr[slot + 1]].tolist():
            if day not in days:
                days.add(day)
                if holder[day] not in slots:
                    slots.add(holder[day])
                    queue.append(holder[day])
    return _Piece(tuple(sorted(slots)), tuple(sorted(days)))


def _absorb(pieces: list[_Piece], new: _Piece) -> list[_Piece]:
    """Add a piece, made one with those that share a slot with it."""
    apart = [p for p in pieces if set(p.slots).isdisjoint(new.slots)]
    overlap = [p for p in pieces if not set(p.slots).isdisjoint(new.slots)]
    slots = {s for p in [*overlap, new] for s in p.slots}
    days = {d for p in [*overlap, new] for d in p.days}
    return [*apart, _Piece(tuple(sorted(slots)), tuple(sorted(days)))]


def _over_dates(instance: Instance, pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces of several dates are told as one where the officers of one are among the other's.

    So that a week that is short of the same six people is one sentence, though one of them is away on Tuesday.
    A piece without any officer stays alone: nothing says that it concerns the same skill.
    """
    groups: list[tuple[set[int], list[_Piece]]] = []
    by_size = sorted(pieces, key=lambda p: (-len(p.days), p.slots))
    for piece in by_size:
        officers = set(instance.day_officer[list(piece.days)].tolist()) if piece.days else set()
        home = next((group for who, group in groups if officers and officers <= who), None)
        if home is None:
            groups.append((officers, [piece]))
        else:
            home.append(piece)
    return [group for _, group in groups]


def _named(instance: Instance, group: list[_Piece]) -> Cut:
    slots = sorted(s for piece in group for s in piece.slots)
    days = [d for piece in group for d in piece.days]
    officers = sorted({int(instance.day_officer[d]) for d in days})
    dates = sorted({int(instance.slot_date[s]) for s in slots})
    return Cut(
        slots=tuple(instance.slots[s] for s in slots),
        officers=tuple(instance.officers[o] for o in officers),
        dates=tuple(instance.dates[d] for d in dates),
        needed=len(slots),
        there=len(days),
    )
