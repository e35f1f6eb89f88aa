"""What must be done (法定职责必须为): minima of the lists that a year's plan leaves undone.

Let an item i in force ask for a least ratio ρ_i over the year, of each class c a least ratio ρ_ic, and for t_i times in
y_i years, b_i of them done in the y_i − 1 years before; let the plan's lines ℓ of the item draw the shares r_ℓ and r_ℓc
of its bodies in n_ℓ rounds. Then it is undone where

    no line plans it, and ρ_i, some ρ_ic or t_i − b_i is above zero         absent   (1)
    Σ_ℓ r_ℓ + h_i < ρ_i                                                      ratio    (2)
    Σ_ℓ r_ℓc + h_ic < ρ_ic for a class                                       class    (3)
    Σ_ℓ n_ℓ < t_i − b_i                                                      times    (4)

and a duty d, of a power with the items I_d, that asks for m_d inspections a year, where

    Σ_{i ∈ I_d} Σ_ℓ n_ℓ < m_d                                                duty     (5)

where h_i is half a body of the item's base for a ratio that the list states exactly, since the nearest whole number of
bodies keeps it, and 0 for a least one; h_ic likewise. "Not more than" and "as needed" ask for nothing. A line whose
share is not known yet is taken at its word, so that (2) and (3) pass over items that have such a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Minimum:
    """What an item asks for at least (事项下限).

    Attributes
    ----------
    ratio : int
        ρ [ppm]; 0 where it asks for none.
    by_class : mapping of str to int
        Class → ρ [ppm].
    exact : frozenset of str
        Classes whose ρ is stated exactly; the empty word stands for the ratio over all.
    times, years : int
        t times in y years; 0 times where it asks for none.
    """

    item: str
    ratio: int = 0
    by_class: Mapping[str, int] = field(default_factory=dict)
    times: int = 0
    years: int = 1
    exact: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LeastTimes:
    """A duty with a least number of inspections a year (责任事项的每年最少次数), and the items of its power."""

    duty: str
    power: str
    times: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One line of a plan for one item (计划任务): whether it is planned at all, in how many rounds, and what it draws.

    Attributes
    ----------
    ratio : int or None
        Share of the item's bodies [ppm]; None while it is not known.
    by_class : mapping of str to int or None
        Class → share [ppm] of the item's bodies of that class.
    half : mapping of str to int
        Class → half a body of the item's base of that class [ppm]; the empty word for the whole base.
    """

    item: str
    planned: bool = True
    rounds: int = 1
    ratio: int | None = None
    by_class: Mapping[str, int] | None = None
    half: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Undone:
    """A minimum that the plan does not reach (未落实的法定职责): which rule, what it asks and what is planned [ppm or times]."""

    subject: str
    rule: str
    asked: int
    planned: int
    risk_class: str = ""


def undone(
    minima: Iterable[Minimum],
    duties: Iterable[LeastTimes],
    lines: Iterable[PlannedLine],
    before: Mapping[str, int] = _NONE,
) -> tuple[Undone, ...]:
    """Find what the plan leaves undone, by (1) to (5), in the order of items and duties.

    Parameters
    ----------
    before : mapping of str to int
        b_i, by item; 0 for items that it does not name.
    """
    planned: dict[str, list[PlannedLine]] = {}
    for line in lines:
        if line.planned:
            planned.setdefault(line.item, []).append(line)
    found = [
        one
        for minimum in minima
        for one in _of_item(minimum, planned.get(minimum.item, ()), before.get(minimum.item, 0))
    ]
    return tuple(sorted([*found, *(one for duty in duties for one in _of_duty(duty, planned))]))


def _of_item(asked: Minimum, lines: Sequence[PlannedLine], done: int) -> Iterator[Undone]:
    times = max(0, asked.times - done)
    if not lines:
        if asked.ratio or any(asked.by_class.values()) or times:
            most = max([asked.ratio, *asked.by_class.values()])
            yield Undone(asked.item, "absent", most or times, 0)  # (1)
        return
    ratios = [line.ratio for line in lines if line.ratio is not None]
    if len(ratios) == len(lines) and sum(ratios) + _half(asked, lines, "") < asked.ratio:
        yield Undone(asked.item, "ratio", asked.ratio, sum(ratios))  # (2)
    classes = [line.by_class for line in lines if line.by_class is not None]
    if len(classes) == len(lines):
        for name, least in sorted(asked.by_class.items()):
            there = sum(shares.get(name, 0) for shares in classes)
            if there + _half(asked, lines, name) < least:
                yield Undone(asked.item, "class", least, there, name)  # (3)
    rounds = sum(line.rounds for line in lines)
    if rounds < times:
        yield Undone(asked.item, "times", times, rounds)  # (4)


def _half(asked: Minimum, lines: Sequence[PlannedLine], name: str) -> int:
    return max(line.half.get(name, 0) for line in lines) if name in asked.exact else 0


def _of_duty(asked: LeastTimes, planned: Mapping[str, Sequence[PlannedLine]]) -> Iterator[Undone]:
    rounds = sum(line.rounds for item in asked.items for line in planned.get(item, ()))
    if rounds < asked.times:
        yield Undone(asked.duty, "duty", asked.times, rounds)  # (5)
