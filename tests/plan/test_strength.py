"""Hours of officers with several skills: the listed sums bound just what can be shared out."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from solver.plan.strength import Pool, connected, subsets

SKILLS = ("计量", "食品", "药品", "特种")


@st.composite
def _strength(draw: st.DrawFn) -> tuple[list[Pool], dict[str, int]]:
    some = st.frozensets(st.sampled_from(SKILLS), min_size=1, max_size=3)
    kinds = draw(st.lists(some, min_size=1, max_size=4))
    pools = [Pool(region="r", skills=s, month=3, minutes=draw(st.integers(0, 4))) for s in kinds]
    return pools, {q: draw(st.integers(0, 3)) for q in SKILLS}


def _shared_out(pools: list[Pool], work: dict[str, int]) -> bool:
    """Whether whole minutes of the pools can be given to the work, by trying every way."""
    left = {q: n for q, n in work.items() if n}
    if not left:
        return True
    skill = min(left)
    for i, pool in enumerate(pools):
        if skill in pool.skills and pool.minutes:
            rest = [
                *pools[:i],
                Pool(region="r", skills=pool.skills, month=3, minutes=pool.minutes - 1),
                *pools[i + 1 :],
            ]
            if _shared_out(rest, left | {skill: left[skill] - 1}):
                return True
    return False


def test_the_listed_sums_bound_what_can_be_shared_out() -> None:
    """Work can be shared out among officers just where every listed sum holds and nobody lacks a skill that is asked for."""
    seen = {True: 0, False: 0}

    @settings(max_examples=150, deadline=None)
    @given(_strength())
    def law(case: tuple[list[Pool], dict[str, int]]) -> None:
        pools, work = case
        means = subsets(pools, {"r": frozenset(SKILLS)})
        had = {skill for m in means for skill in m.skills}
        said = all(sum(work[q] for q in m.skills) <= m.minutes for m in means)
        said &= all(q in had for q, n in work.items() if n)
        assert said == _shared_out(pools, work)
        seen[said] += 1

    law()
    assert all(count >= 10 for count in seen.values()), seen


def test_sets_that_nobody_connects_are_left_out() -> None:
    """Only sets that officers connect are listed, each once, and every single skill."""
    held = [frozenset({"食品", "药品"}), frozenset({"药品", "计量"}), frozenset({"特种"})]
    found = connected(held)
    every = [frozenset(c) for n in range(1, 5) for c in combinations(SKILLS, n)]
    wanted = {s for s in every if len(s) == 1} | {
        frozenset({"食品", "药品"}),
        frozenset({"药品", "计量"}),
        frozenset({"食品", "药品", "计量"}),
    }
    assert set(found) == wanted
    assert len(found) == len(wanted)


def test_skills_that_no_task_needs_count_for_nothing() -> None:
    """Officers whose skills the region's tasks do not take give no hours to it."""
    pools = [Pool(region="r", skills=frozenset({"食品", "广告"}), month=3, minutes=60)]
    (one,) = subsets(pools, {"r": frozenset({"食品"})})
    assert (one.skills, one.minutes) == (frozenset({"食品"}), 60)
    assert subsets(pools, {"r": frozenset({"计量"})}) == ()
