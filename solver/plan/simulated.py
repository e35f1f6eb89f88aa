"""What simulated years of a plan came to, beside what the plan expects (计划模拟结果).

Of R years the mean, and its standard error, the sample's deviation over √R. A mean is as the mathematics has it where

    expected - z · error ≤ mean ≤ expected + above + z · error                                             (1)

expected being the plan's count and ``above`` the bound of leaving.py, which supposes that the yearly cap takes nobody out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """An expectation of the plan beside the mean of the simulated years, with its standard error.

    ``above``: how far by (1) the truth may lie above what is expected; None where no bound is stated.
    """

    where: tuple[str, ...]
    month: int
    expected: float
    above: float | None
    mean: float
    error: float

    def agrees(self, z: float = 4.0) -> bool:
        """Whether (1) holds; without a bound, of its lower side alone."""
        high = float("inf") if self.above is None else self.expected + self.above
        return self.expected - z * self.error - 1e-9 <= self.mean <= high + z * self.error + 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A cell over the year: bodies the plan draws of those open, those drawn, and those that were lacking (means)."""

    task: str
    risk_class: str
    region: str
    open: int
    planned: int
    drawn: float
    lacking: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """How many bodies of a class (mean) have so many visits in the year (企业迎检次数)."""

    risk_class: str
    visits: int
    bodies: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most visits that an agency made to one body in any of the years, and how many bodies reached the cap (mean)."""

    agency: str
    cap: int
    most: int
    at_cap: float

    @property
    def kept(self) -> bool:
        """Whether the cap was kept."""
        return self.most <= self.cap


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What the years came to.

    Attributes
    ----------
    short : float
        Draws of a cell in a month, a year, that found too few bodies left (mean).
    visits : tuple of Compared
        By (region,) and month.
    minutes : tuple of Compared
        Officer-minutes by (region, skill) and month.
    unseen : tuple of Compared
        Bodies by (region,) not seen in three years; month 12; ``expected`` lies above the truth, by (5) of figures.py.
    """

    seed: str
    replicates: int
    cells: tuple[Taken, ...]
    short: float
    visits: tuple[Compared, ...]
    groups: tuple[Compared, ...]
    minutes: tuple[Compared, ...]
    burden: tuple[Burden, ...]
    caps: tuple[Cap, ...]
    unseen: tuple[Compared, ...]

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it; groups are left out, for there are thousands."""
        tree = {name: value for name, value in asdict(self).items() if name != "groups"}
        for name in ("visits", "minutes", "unseen"):
            tree[name] = [{**row, "where": list(row["where"])} for row in tree[name]]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in tree.items()}
