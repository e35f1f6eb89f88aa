"""Expected visits of tasks that share tickets: the formula, its finite-size term, and the protocol's own draw."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

from hypothesis import given
from hypothesis import strategies as st

from solver.dr1 import tickets
from solver.dr1.encoding import hexdigest, text
from solver.plan.visits import Drawn, excess, expected

#: Two groups of bodies: 40 open to both tasks, 60 to the first alone, 20 to the second alone.
SHARED, FIRST, SECOND = 40, 60, 20
DRAWS = 400


def _visits(take: tuple[int, int], number: int) -> int:
    """Bodies of the shared group that one draw of the protocol visits."""
    blinds = [tickets.blind(tickets.nonce("00" * 32, str(i))) for i in range(SHARED + FIRST + SECOND)]
    inside = {"i": blinds[: SHARED + FIRST], "j": blinds[:SHARED] + blinds[SHARED + FIRST :]}
    strata: list[dict[str, object]] = [
        {"group": "g", "task": t, "stratum": "s", "population": len(inside[t]), "take": n, "reserve": 0}
        for t, n in zip("ij", take, strict=True)
    ]
    frame = [(t, "s", b) for t in "ij" for b in inside[t]]
    seed = hexdigest(text("tests.plan.visits", str(number)))
    drawn = {str(row["blind"]) for row in tickets.draw(frame, strata, seed).rows}  # type: ignore[arg-type]
    return len(drawn & set(blinds[:SHARED]))


def test_formula_equals_the_draw_up_to_its_term() -> None:
    """Visits by the protocol's tickets lie between the formula and the formula with its term, within four sd of the mean."""
    apart = []
    for take in ((30, 5), (20, 12), (5, 30)):
        seen = [_visits(take, number) for number in range(DRAWS)]
        mean = sum(seen) / DRAWS
        spread = sqrt(sum((v - mean) ** 2 for v in seen) / (DRAWS - 1) / DRAWS)
        drawn = [Drawn(take[0], SHARED + FIRST, "i"), Drawn(take[1], SHARED + SECOND, "j")]
        low, term = float(expected(SHARED, drawn)), excess(SHARED, drawn)
        assert low - 4 * spread <= mean <= low + term + 4 * spread
        assert mean + 4 * spread < SHARED * sum(float(d.share) for d in drawn) or take == (30, 5)
        apart.append(term)
    assert apart[0] < apart[1]  # the term is felt where fractions lie close


def test_tasks_of_the_same_bodies_have_no_term() -> None:
    """Where all tasks draw from the same bodies, the smaller draw lies within the larger."""
    drawn = [Drawn(3, 10, "s"), Drawn(7, 10, "s")]
    assert expected(10, drawn) == 7
    assert excess(10, drawn) == 0


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(50, 200)), min_size=1, max_size=5), st.integers(1, 50)
)
def test_term_stays_within_what_can_be(pairs: list[tuple[int, int]], size: int) -> None:
    """No group is visited more often than it has bodies, nor more often than its tasks draw together."""
    drawn = [Drawn(n, population, str(i)) for i, (n, population) in enumerate(pairs)]
    low, term = expected(size, drawn), excess(size, drawn)
    assert term >= 0
    assert float(low) + term <= size + 1e-9
    assert float(low) + term <= float(size * sum((d.share for d in drawn), Fraction(0))) + 1e-9


def test_exact_on_a_case_worked_by_hand() -> None:
    """One body shared by i (1 of {a, b}) and j (1 of {a, c}): visited with 2/3, the formula says 1/2, the term covers it."""
    drawn = [Drawn(1, 2, "i"), Drawn(1, 2, "j")]
    # a is passed over only where b and c both have lower tickets: 1 in 3.
    assert expected(1, drawn) == Fraction(1, 2)
    assert 0.5 + excess(1, drawn) >= 2 / 3
