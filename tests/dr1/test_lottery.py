"""The lottery: known rosters, the literal oracle, and its promise proved by walking every outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1.encoding import hexdigest, parse_json_file, parse_jsonl
from solver.dr1.lottery import UNIT, lottery
from solver.dr1.stream import Stream
from tests.dr1.oracle import lottery as slow_lottery
from tests.dr1.support import VECTORS, example, hashes, hex64, refused

Slots = list[tuple[str, str]]
Weights = list[tuple[str, str, int]]
Roster = list[tuple[str, str]]

RUNS = [(case, run) for case in VECTORS["lottery"] for run in case["runs"]]


def _instance(case: dict[str, list[dict[str, object]]]) -> tuple[Slots, Weights]:
    slots = [(str(row["slot"]), str(row["date"])) for row in case["slots"]]
    weights = [(str(w["officer"]), str(w["slot"]), int(str(w["weight"]))) for w in case["weights"]]
    return slots, weights


@st.composite
def instances(draw: st.DrawFn, dates: int, places: int, officers: int) -> tuple[Slots, Weights]:
    """Weights that some lottery can keep: a mixture of lawful rosters, at least two of which differ.

    Every weight that can be kept is such a mixture (Birkhoff), so nothing is left out but size.
    """
    staff = [f"o{i}" for i in range(officers)]
    sizes = draw(st.lists(st.integers(1, min(places, officers)), min_size=1, max_size=dates))
    slots = [(f"s{d}{i}", f"2026-12-{d + 1:02d}") for d, size in enumerate(sizes) for i in range(size)]

    def roster() -> tuple[str, ...]:
        return tuple(code for size in sizes for code in draw(st.permutations(staff))[:size])

    rosters = [roster() for _ in range(draw(st.integers(2, 5)))]
    if len(set(rosters)) == 1:
        rosters.append(tuple(staff[(staff.index(code) + 1) % officers] for code in rosters[0]))
    cuts = draw(
        st.lists(st.integers(1, UNIT - 1), min_size=len(rosters) - 1, max_size=len(rosters) - 1, unique=True)
    )
    parts = [b - a for a, b in zip([0, *sorted(cuts)], [*sorted(cuts), UNIT], strict=True)]
    sums: Counter[tuple[str, str]] = Counter()
    for part, codes in zip(parts, rosters, strict=True):
        for (slot, _), code in zip(slots, codes, strict=True):
            sums[code, slot] += part
    return slots, draw(st.permutations([(code, slot, w) for (code, slot), w in sums.items()]))


def _check_lawful(slots: Slots, weights: Weights, roster: Roster) -> None:
    """Every slot has one of its officers, nobody two on a date, every load is its mean rounded down or up."""
    date_of, pairs = dict(slots), {(slot, officer) for officer, slot, _ in weights}
    assert [slot for slot, _ in roster] == sorted(date_of)
    assert set(roster) <= pairs
    days = Counter((officer, date_of[slot]) for slot, officer in roster)
    assert max(days.values(), default=0) <= 1
    means: Counter[str] = Counter()
    for officer, _, weight in weights:
        means[officer] += weight
    loads = Counter(officer for _, officer in roster)
    assert all(mean // UNIT <= loads[code] <= -(-mean // UNIT) for code, mean in means.items())


@pytest.mark.parametrize(("case", "run"), RUNS, ids=range(len(RUNS)))
def test_known_rosters(case: dict[str, list[dict[str, object]]], run: dict[str, object]) -> None:
    """Every known roster, in both hashes; it is lawful, and the oracle's too."""
    slots, weights = _instance(case)
    for name, known in (("sha256", "roster"), ("sm3", "roster_sm3")):
        roster = lottery(str(run["seed"]), slots, weights, name)
        assert [{"officer": officer, "slot": slot} for slot, officer in roster] == run[known]
        _check_lawful(slots, weights, roster)
        below = Stream(str(run["seed"]), name).below
        assert slow_lottery(str(run["seed"]), slots, weights, name, below) == roster


def test_example_roster() -> None:
    """The roster of the example pack: 14 routes over several dates."""
    files = example()
    routes, rows = parse_jsonl(files["4-routes.jsonl"]), parse_jsonl(files["4-weights.jsonl"])
    slots = [(str(s["slot"]), str(r["date"])) for r in routes for s in r["slots"]]  # type: ignore[union-attr,index,call-overload]
    weights = [(str(w["officer"]), str(w["slot"]), int(str(w["weight"]))) for w in rows]
    roster = lottery(str(parse_json_file(files["5-seed.json"])["seed"]), slots, weights)
    assert [{"officer": o, "slot": s} for s, o in roster] == parse_jsonl(files["6-roster.jsonl"])


@given(instances(3, 4, 6), hex64, hashes)
def test_fast_is_slow(instance: tuple[Slots, Weights], seed: str, name: str) -> None:
    """The rooted forest gives the roster of the literal one, and takes as many words from the stream."""
    slots, weights = instance
    words, taken = Stream(seed, name), Stream(seed, name)
    slow = slow_lottery(seed, slots, weights, name, words.below)
    assert lottery(seed, slots, weights, name) == lottery(seed, slots, weights, name, taken.below) == slow
    assert taken.below(2**64) == words.below(2**64)
    _check_lawful(slots, weights, slow)


@pytest.mark.parametrize("n", [12, 20, 30])
def test_fast_is_slow_at_length(n: int) -> None:
    """On larger instances, where trees grow deep and cycles long, the two agree as well."""
    slots, weights = _dense(n)
    seed = hexdigest(b"%d" % n)
    stream, asked = Stream(seed), []

    def below(most: int) -> int:
        asked.append(most)
        return stream.below(most)

    roster = lottery(seed, slots, weights)
    assert roster == slow_lottery(seed, slots, weights, "sha256", below)
    _check_lawful(slots, weights, roster)
    assert len(asked) > len(slots)  # chance was asked often: cycles there were


def _dense(n: int) -> tuple[Slots, Weights]:
    """Two dates of n slots, n + 3 officers; uneven weights made by mixing rotations."""
    slots = [(f"s{d}-{i:02d}", f"2026-12-0{d + 1}") for d in range(2) for i in range(n)]
    parts = [int(hexdigest(b"%d" % k)[:6], 16) + 1 for k in range(n)]
    parts = [part * UNIT // sum(parts) for part in parts]
    parts[0] += UNIT - sum(parts)
    sums: Counter[tuple[str, str]] = Counter()
    for turn, part in enumerate(parts):
        for at, (slot, _) in enumerate(slots):
            sums[f"o{(at % n + turn * (1 + at // n)) % (n + 3):02d}", slot] += part
    return slots, [(code, slot, weight) for (code, slot), weight in sums.items()]


class _Coin:
    """What ``below`` may return to a lottery that only asks whether it is less: one of the two answers, recorded."""

    def __init__(self, n: int, answer: bool, chances: list[Fraction]) -> None:
        self.n, self.answer, self.chances = n, answer, chances

    def __lt__(self, down: int) -> bool:
        assert 0 < down < self.n
        self.chances.append(Fraction(down if self.answer else self.n - down, self.n))
        return self.answer


def _all_outcomes(play: Callable[[Callable[[int], int]], Roster]) -> Iterator[tuple[Fraction, Roster]]:
    """Walk the whole tree of answers; yield each leaf with its exact probability."""
    waiting: list[list[bool]] = [[]]
    while waiting:
        script = waiting.pop()
        chances: list[Fraction] = []
        asked = 0

        def below(n: int, script: list[bool] = script, chances: list[Fraction] = chances) -> int:
            nonlocal asked
            if asked == len(script):
                waiting.append([*script, False])
                script.append(True)
            asked += 1
            return _Coin(n, script[asked - 1], chances)  # type: ignore[return-value]

        roster = play(below)
        chance = Fraction(1)
        for one in chances:
            chance *= one
        assert len(chances) == asked
        yield chance, roster


def _prove(slots: Slots, weights: Weights) -> int:
    """Assert that over all outcomes each pair's chance is its weight, in fractions; return how many there were."""
    chances: Counter[tuple[str, str]] = Counter()
    total, leaves = Fraction(0), 0
    for chance, roster in _all_outcomes(lambda below: lottery("00" * 32, slots, weights, below=below)):
        _check_lawful(slots, weights, roster)
        total, leaves = total + chance, leaves + 1
        for pair in roster:
            chances[pair] += chance  # type: ignore[assignment]
    assert total == 1
    assert all(chances[slot, officer] == Fraction(weight, UNIT) for officer, slot, weight in weights)
    return leaves


@given(instances(2, 3, 4))
def test_chance_is_exactly_the_weight(instance: tuple[Slots, Weights]) -> None:
    """Over the whole tree of outcomes each pair's chance is its published weight, to the last unit."""
    assert _prove(*instance) >= 2


@pytest.mark.parametrize("case", VECTORS["lottery"], ids=range(len(VECTORS["lottery"])))
def test_chance_is_exactly_the_weight_on_the_known_cases(case: dict[str, list[dict[str, object]]]) -> None:
    """The same proof on the known instances whose tree is small enough to walk."""
    slots, weights = _instance(case)
    if len(weights) > 12:
        slots = slots[:2]
        weights = [w for w in weights if w[1] in dict(slots)]
    assert _prove(slots, weights) >= 2


def test_chance_is_exactly_the_weight_over_a_wide_tree() -> None:
    """The same proof where hundreds of outcomes interleave two dates."""
    assert _prove(*_dense(3)) > 200


@given(instances(3, 3, 5), hex64, st.data())
def test_order_of_rows_does_not_matter(
    instance: tuple[Slots, Weights], seed: str, data: st.DataObject
) -> None:
    """Shuffled slots and weights give the same roster."""
    slots, weights = instance
    shuffled = data.draw(st.permutations(slots)), data.draw(st.permutations(weights))
    assert lottery(seed, *shuffled) == lottery(seed, slots, weights)


def test_certain_pairs_need_no_chance() -> None:
    """Where every slot has one candidate the roster is given, and no word is taken."""

    def never(_n: int) -> int:
        raise AssertionError

    slots = [("a", "2026-12-01"), ("b", "2026-12-02")]
    weights = [("x", "a", UNIT), ("x", "b", UNIT)]
    assert lottery("00" * 32, slots, weights, below=never) == [("a", "x"), ("b", "x")]
    assert lottery("00" * 32, [], [], below=never) == []


A, B = ("a", "2026-12-01"), ("b", "2026-12-01")
HALF = UNIT // 2


@pytest.mark.parametrize(
    ("slots", "weights", "code"),
    [
        ([A], [], "slot-sum"),
        ([A], [("x", "a", UNIT - 1)], "slot-sum"),
        ([A], [("x", "a", HALF), ("y", "a", HALF + 1)], "slot-sum"),
        ([A, B], [("x", "a", UNIT), ("x", "b", HALF), ("y", "b", HALF)], "date-sum"),
        (
            [A, B],
            [("x", "a", HALF), ("y", "a", HALF), ("x", "b", HALF + 1), ("z", "b", HALF - 1)],
            "date-sum",
        ),
        ([A, A], [("x", "a", UNIT)], "slot-twice"),
        ([A], [("x", "a", HALF), ("x", "a", HALF)], "weight-twice"),
        ([A], [("x", "b", UNIT)], "weight-slot"),
        ([A], [("x", "a", UNIT), ("y", "a", 0)], "weight-range"),
        ([A], [("x", "a", UNIT + 1), ("y", "a", -1)], "weight-range"),
        ([A], [("x", "a", float(UNIT))], "weight-range"),
        ([A], [("x", "a", True)], "weight-range"),
        ([("a", "2026-13-01")], [("x", "a", UNIT)], "date"),
        ([("a", "\ud800")], [("x", "a", UNIT)], "date"),
        ([A], [("\ud800", "a", UNIT)], "text-surrogate"),
        ([("a\n", "2026-12-01")], [("x", "a\n", UNIT)], "text-control"),
    ],
)
def test_sums_that_no_roster_keeps_are_refused(slots: Slots, weights: Weights, code: str) -> None:
    """Each input outside the protocol is refused under its code before any chance is taken."""
    with refused(code):
        lottery("00" * 32, slots, weights)
