"""What planning comes to: solved, impossible with its proof, or undecided (规划结论)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """How many of a cell are drawn in a month; cells and months without one draw nobody."""

    task: str
    risk_class: str
    region: str
    month: int
    take: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One aim of the plan.

    Parameters
    ----------
    name : str
        ``found`` (problems found, larger is better), ``information`` (classes' shortfalls, as shares of what they need),
        ``evenness`` (largest month's officer-minutes, summed over regions), ``visits`` (expected visits).
    value : float
        Of the plan, recomputed from its numbers.
    bound : float
        No lawful plan that keeps the aims before within what they may give is better; a plan that does not keep them
        may pass it. The first aim's bound holds for every lawful plan.
    """

    name: str
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the plan may be from the best, as a share of the bound; 0 where both are 0."""
        apart = abs(self.value - self.bound)
        return apart / abs(self.bound) if self.bound else float(apart > 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """A plan that keeps every bound: its numbers in order, and its aims in theirs."""

    numbers: tuple[Number, ...]
    aims: tuple[Reached, ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Bound:
    """A bound by name (约束): its kind, what it is of, and its limit in its own unit.

    Kinds: ``class-minimum``, ``class-maximum``, ``class-order``, ``item-minimum``, ``item-maximum``, ``general-cap``, ``slice``,
    ``region-maximum``, ``repeat``, ``batch``, ``closed`` (a month out of window, in season or after the end date) in
    bodies; ``hours`` in officer-minutes after the share held back; ``yearly-cap`` in visits.
    """

    kind: str
    where: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A bound moved by ``amount`` ≥ 1 of its unit: a minimum down, a maximum or means up."""

    bound: Bound
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Changes that together make a plan possible.

    Parameters
    ----------
    changes : tuple of Change
        One, where one bound alone can be moved far enough.
    proved : bool
        Whether no smaller amounts would do: of the one bound, or of the sum of amounts over limits.
    """

    changes: tuple[Change, ...]
    proved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """No plan keeps every bound.

    Parameters
    ----------
    clash : tuple of Bound
        Bounds that no plan keeps together.
    irreducible : bool
        Whether without any one of them the others can be kept.
    remedies : tuple of Remedy
        Ranked: fewest changes first, then the smallest in proportion to their limits.
    """

    clash: tuple[Bound, ...]
    irreducible: bool
    remedies: tuple[Remedy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """Neither a plan nor a proof within the work allowed; ``stage`` says where it ended."""

    stage: str


Result = Solved | Impossible | Undecided
