"""Which sums of skills the officers' hours bound (执法力量的合并约束).

An officer with several skills can give each hour to one of them. Work w_q of skills q can be shared out among officers iff

    Σ_{q ∈ Q} w_q ≤ Σ minutes of officers who can do some skill of Q        for every set Q of skills          (1)

(Hall's condition for a transport problem; Gale 1957). Where no officer has skills of two parts of Q, the bound of Q is the sum of
those of its parts and says nothing more: only sets that officers connect are listed                            (2)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from solver.plan.problem import Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Minutes in a region and month of officers whose usable skills are just these (同类人员的工时)."""

    region: str
    skills: frozenset[str]
    month: int
    minutes: int


def subsets(pools: Iterable[Pool], needed: Mapping[str, frozenset[str]]) -> tuple[Means, ...]:
    """List the bounds (1) that can bind, by (2).

    Parameters
    ----------
    pools : iterable of Pool
    needed : mapping of str to frozenset of str
        Region → skills that its tasks take; others count for nothing. Every skill that somebody has stands in a bound in each
        month of the pools; a skill that nobody has stands in none, and the problem is refused for it.

    Returns
    -------
    tuple of Means
        By region, month, size and names of the set.
    """
    minutes: dict[tuple[str, int], dict[frozenset[str], int]] = defaultdict(lambda: defaultdict(int))
    for pool in pools:
        if usable := pool.skills & needed.get(pool.region, frozenset()):
            minutes[pool.region, pool.month][usable] += pool.minutes
    held = {region: _held(region, minutes) for region in needed}
    return tuple(
        Means(
            region=region, skills=skills, month=month, minutes=sum(n for s, n in here.items() if s & skills)
        )
        for (region, month), here in sorted(minutes.items())
        for skills in connected(held[region])
    )


def _held(
    region: str, minutes: Mapping[tuple[str, int], Mapping[frozenset[str], int]]
) -> set[frozenset[str]]:
    """Sets of usable skills that the region's officers have in any month: each month is bounded alike."""
    return {skills for (r, _), here in minutes.items() if r == region for skills in here}


def connected(held: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Sets of skills that officers connect (2) smaller ones first."""
    held = set(held)
    skills = sorted({skill for one in held for skill in one})
    return [
        chosen
        for size in range(1, len(skills) + 1)
        for chosen in map(frozenset, combinations(skills, size))
        if _is_connected(chosen, held)
    ]


def _is_connected(chosen: frozenset[str], held: Iterable[frozenset[str]]) -> bool:
    links = [one & chosen for one in held if one & chosen]
    reached = {min(chosen)}
    while more := [one for one in links if one & reached and not one <= reached]:
        for one in more:
            reached |= one
    return reached == chosen
