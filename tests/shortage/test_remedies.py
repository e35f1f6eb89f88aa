"""What may be done about a shortage."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings

from benchmarks.shortage_cases import KINDS as CASES
from benchmarks.shortage_cases import case
from benchmarks.shortage_labels import missing, pairs_of, shift, smallest
from solver.dr1.eligibility import Slot
from solver.shortage.changes import Call, Change, Move, Place, PutBack, Widen, changed
from solver.shortage.errors import ShortageError
from solver.shortage.graph import answer, days_of
from solver.shortage.lawful import violations
from solver.shortage.problem import Asked, Case, Expert, Rank
from solver.shortage.remedies import KINDS, answered, apply, remedies
from tests.shortage.cases import D1, D2, WORK, drawn, officer, order, plain, trip


def test_never_half_staffed() -> None:
    """Every remedy offered fills every slot once applied and breaks no rule; nothing is offered where all is well."""
    seen: dict[str, int] = {}

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(drawn())
    def law(case: Case) -> None:
        found = answered(case, WORK)
        if missing(pairs_of(case)) == 0:
            assert (found.causes, found.remedies, found.without) == ((), (), ())
            seen["none"] = seen.get("none", 0) + 1
            return
        assert found.causes
        for remedy in found.remedies:
            after = apply(case, remedy)
            assert violations(case, remedy, after, order) == []
            assert missing(pairs_of(after)) == 0
            assert not hasattr(answer(after), "cuts")
            seen[remedy.kind] = seen.get(remedy.kind, 0) + 1

    law()
    assert seen.keys() >= {*KINDS, "none"}


def test_a_route_without_bodies_is_not_moved() -> None:
    """Where an answer is barred for relatives' sake, the next is never the same with an idle move of a route put back."""
    seen = 0
    for kind, number in (("leave", 79), ("leave", 148), ("kin", 69), ("kin", 134), ("certificate", 111)):
        made = case(kind, number, name="tests")
        alone = replace(made, ranks={b: ranks for b, ranks in made.ranks.items() if b in made.asks})
        for one in (made, alone):
            for remedy in remedies(one, WORK):
                assert violations(one, remedy, apply(one, remedy), order) == []
            seen += 1
    assert seen == 10


def test_a_stratum_is_never_emptied() -> None:
    """Whoever is put back, a body of each stratum stays drawn; to put back the last is refused with its code."""
    seen = {"fewer": 0, "refused": 0}
    for kind, number in product(CASES, range(25)):
        made = case(kind, number, name="tests")
        for remedy in remedies(made, WORK):
            assert all(one.taken[1] >= 1 for one in remedy.effect.strata)
            assert all(one.after > 0 for one in remedy.effect.strata if one.after is not None)
            seen["fewer"] += bool(remedy.effect.strata)
        there = [blind for blind in sorted(made.ranks) if blind in made.asks]
        if len(there) == len(made.ranks) and there:
            with pytest.raises(ShortageError, match="last-of-stratum"):
                changed(made, [PutBack(blind) for blind in there])
            seen["refused"] += 1
    assert seen["fewer"] > 30
    assert seen["refused"] > 0


def test_the_first_of_a_stratum_stays() -> None:
    """Where only the first of a class could go, nothing is put back, though every other law would allow it."""
    trips = [trip("Q", D1), trip("R", D1)]
    pool = [officer("a"), officer("b")]
    first = {"q": (Rank(task="t", stratum="s", rank=2),), "r": (Rank(task="u", stratum="s", rank=4),)}
    alone = plain(pool, trips, ranks=first)
    more = replace(alone, ranks=first | {"x": (Rank(task="t", stratum="s", rank=1),)})
    found = answered(alone, WORK)
    assert found.remedies == ()
    assert next(one for one in found.without if one.kind == "fewer").proved
    with pytest.raises(ShortageError, match="last-of-stratum"):
        changed(alone, [PutBack("q")])
    (remedy,) = remedies(more, WORK)
    assert remedy.effect.put_back == ("q",)
    assert [one.rule for one in violations(alone, remedy, apply(more, remedy), order)] == [9]


def test_no_single_change_is_missed() -> None:
    """Where one change of a kind suffices, one of that kind is offered; a kind said not to do has none."""
    seen = 0

    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    @given(drawn())
    def law(case: Case) -> None:
        nonlocal seen
        found = answered(case, WORK)
        if not found.causes:
            return
        sizes = {remedy.kind: remedy.size for remedy in found.remedies}
        for kind in KINDS:
            least = smallest(case, kind)
            if least is not None:
                assert sizes[kind] <= least
                seen += 1

    law()
    assert seen > 20


def test_order_of_the_input_is_nothing() -> None:
    """Officers, routes, relations and experts in another order give the same answer."""
    seen = 0

    @settings(max_examples=20, deadline=None, database=None, derandomize=True)
    @given(drawn())
    def law(case: Case) -> None:
        nonlocal seen
        turned = replace(
            case,
            officers=case.officers[::-1],
            trips=case.trips[::-1],
            relations=case.relations[::-1],
            experts=case.experts[::-1],
        )
        found = answered(case, WORK)
        assert answered(turned, WORK) == found
        seen += bool(found.remedies)

    law()
    assert seen > 5


def test_another_process_says_the_same() -> None:
    """The answer does not hang on the hash seed of the process."""
    code = (
        "from benchmarks.shortage_cases import case; from solver.shortage.remedies import answered\n"
        "from tests.shortage.cases import WORK\n"
        "for kind in ('overlap', 'kin', 'crowded'):\n"
        "    print(answered(case(kind, 3), WORK).remedies)"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    assert "Remedy" in told.pop()


def test_move_alone() -> None:
    """One of two routes goes on its other day, and not where another of its street goes."""
    pool = [officer("a"), officer("b"), officer("c", away=D1), officer("d", away=D1)]
    trips = [
        trip("Q", D1, days=(D1, D2), street="s"),
        trip("R", D1, days=(D1, D2)),
        trip("T", "2026-12-03", days=(D2, "2026-12-03"), street="s"),
    ]
    case = plain(pool, trips, quiet=True)
    (remedy,) = remedies(case, WORK)
    assert (remedy.kind, remedy.size, remedy.proved) == ("move", 1, True)
    assert remedy.effect.moved in ((Move("Q", D1, D2),), (Move("R", D1, D2),))
    stuck = replace(
        case,
        trips=(case.trips[0], trip("R", D1), replace(case.trips[2], days=(D2,), route=trip("T", D2).route)),
    )
    found = answered(stuck, WORK)
    assert next(one for one in found.without if one.kind == "move").proved
    assert found.remedies == ()
    assert [one.kind for one in remedies(replace(stuck, quiet=False), WORK)] == ["move"]


def test_a_move_goes_no_further_than_it_must() -> None:
    """Every later day would do, and one earlier: the nearest is taken, and of two as near the earlier."""
    days = tuple(f"2026-12-{n:02}" for n in (2, 3, 4, 5, 8, 28))
    pool = [officer(c) for c in "ab"]
    for allowed, gone in ((days[1:], days[2]), (days, days[0]), (days[1:2] + days[3:], days[3])):
        trips = [trip("Q", days[1]), trip("R", days[1], days=allowed)]
        near = (
            plain(pool, trips) if gone != days[0] else plain(pool, [trips[0], replace(trips[1], days=days)])
        )
        (remedy,) = remedies(near, WORK)
        assert remedy.effect.moved == (Move("R", days[1], gone),)


def test_no_moves_are_nearer() -> None:
    """Of all sets of as many moves, with as many put back as need be, none moves by fewer days in all."""
    seen = {"move": 0, "move+fewer": 0, "many": 0, "beaten": 0}
    for kind, number in product(("crowded", "leave", "overlap", "window", "two"), range(60)):
        made = case(kind, number, name="tests")
        for remedy in remedies(made, WORK):
            if remedy.kind in seen and remedy.proved:
                far = all_shifts(made, remedy.size, remedy.kind)
                assert shift(remedy.effect.moved) == min(far)
                seen[remedy.kind] += 1
                seen["many"] += len(remedy.effect.moved) > 1
                seen["beaten"] += max(far) > min(far)
    assert min(seen.values()) > 0


def all_shifts(case_: Case, size: int, kind: str) -> list[tuple[int, list[str]]]:
    """Shifts of all remedies of a size, by trying every day of every route and every rest of the size."""
    found = []
    for days in product(*(one.days for one in case_.trips)):
        trips = tuple(
            replace(t, route=replace(t.route, date=d)) for t, d in zip(case_.trips, days, strict=True)
        )
        moves = [
            Move(t.route.route, t.route.date, d)
            for t, d in zip(case_.trips, days, strict=True)
            if d != t.route.date
        ]
        met = any(
            a.streets & b.streets
            and a.route.date == b.route.date
            and case_.trips[i].route.date != case_.trips[j].route.date
            for (i, a), (j, b) in combinations(enumerate(trips), 2)
        )
        rest = size - len(moves)
        if moves and not met and rest >= 0 and (rest == 0 or "+" in kind) and (rest > 0 or "+" not in kind):
            moved = replace(case_, trips=trips)
            if any_does(moved, rest, kind):
                found.append(shift(moves))
    return found


def any_does(case_: Case, rest: int, kind: str) -> bool:
    """Whether so many officers called in, or bodies put back, fill a case whose routes are on their days."""
    if kind.endswith("call_in"):
        if missing(pairs_of(case_)) > rest:  # each fills one slot at most
            return False
        pool: list[Change] = [Call(*one) for one in sorted(case_.callable) if one[1] in days_of(case_)]
    else:
        pool = [PutBack(blind) for blind in sorted(case_.ranks) if blind in case_.asks]
    for some in combinations(pool, rest):
        try:
            after = changed(case_, some)
        except ShortageError:
            continue
        if missing(pairs_of(after)) == 0:
            return True
    return False


def test_call_in_alone() -> None:
    """So many of the able as are missing, the first by the hash; who is not able is not among them."""
    near = [officer(f"n{i}", away=D1) for i in range(4)] + [officer("low", lead=False, away=D1)]
    pool = [officer("a", lead=False), *near]
    case = plain(pool, [trip("R", D1)], callable=frozenset((one.code, D1) for one in near))
    (remedy,) = remedies(case, WORK)
    (group,) = remedy.effect.called
    able = ("n0", "n1", "n2", "n3")
    assert (remedy.kind, group.able, group.needed) == ("call_in", able, 1)
    assert group.chosen == (min(able, key=lambda code: order(code, D1)),)
    assert remedy.changes == (Call(group.chosen[0], D1),)
    with pytest.raises(ShortageError):
        changed(case, [Call("n0", D2)])


def test_widen_alone() -> None:
    """Only as many slots as must take the wider skill, and only by the bureau's rule."""
    pool = [officer("a"), officer("b", skills="plant"), officer("c"), officer("d", skills="lift")]
    case = plain(pool, [trip("Q", D1, "lift"), trip("R", D1, "lift")], wider={"lift": ("plant",)})
    (remedy,) = remedies(case, WORK)
    assert (remedy.kind, remedy.size, remedy.proved) == ("widen", 1, True)
    assert isinstance(remedy.changes[0], Widen)
    assert not remedies(replace(case, wider={}), WORK)


def test_expert_alone() -> None:
    """An expert goes beside one route a date, and stands in no slot."""
    pool = [officer("a"), officer("b"), officer("c"), officer("d")]
    trips = [trip("Q", D1, "lift"), trip("R", D1, "lift")]
    one = Expert(name="x", skills=frozenset({"lift"}))
    case = plain(pool, trips, experts=(one,))
    found = answered(case, WORK)
    assert found.remedies == ()
    assert all(without.proved for without in found.without)
    (remedy,) = remedies(replace(case, experts=(one, replace(one, name="y"))), WORK)
    assert (remedy.kind, remedy.size) == ("expert", 2)
    assert {b.expert for b in remedy.effect.beside} == {"x", "y"}
    assert all(isinstance(change, Place) for change in remedy.changes)


def test_fewer_alone() -> None:
    """The last ranks of a stratum alone go back, all of later rank before; the chance is told before and after."""
    case = plain(
        [officer("a"), officer("b")],
        [trip("Q", D1), trip("R", D1), trip("T", D2)],
        ranks={b: (Rank(task="t", stratum="s", rank=r),) for b, r in (("q", 1), ("r", 2), ("t", 3))},
        populations={("t", "s"): 30},
    )
    (remedy,) = remedies(case, WORK)
    assert (remedy.kind, remedy.size, remedy.effect.put_back) == ("fewer", 2, ("r", "t"))
    (stratum,) = remedy.effect.strata
    assert (stratum.before, stratum.after) == (Fraction(1, 10), Fraction(1, 30))
    assert (remedy.effect.before.visits, remedy.effect.after.visits) == (3, 1)
    with pytest.raises(ShortageError, match="not-last"):
        changed(case, [PutBack("r")])


def test_a_skill_goes_with_who_asked() -> None:
    """A skill vanishes with the last visit that asked for it; the department that leads stays."""
    one = trip("R", D1, "lift")
    other = Slot("R-3", "env", False, frozenset())
    route = replace(one.route, blinds=("r", "s"), slots=(*one.route.slots, other))
    case = plain(
        [officer("a"), officer("b")],
        [replace(one, route=route)],
        ranks={"r": (Rank(task="t", stratum="s", rank=2),), "s": (Rank(task="t", stratum="s", rank=1),)},
        asks={
            "r": Asked(departments=frozenset({"env", "fire"}), skills=frozenset({("fire", "lift")})),
            "s": Asked(departments=frozenset({"fire"})),
        },
    )
    (remedy,) = remedies(case, WORK)
    assert remedy.effect.put_back == ("r",)
    (left,) = apply(case, remedy).routes
    assert [(slot.slot, slot.skills) for slot in left.slots] == [("R-1", frozenset()), ("R-2", frozenset())]


def test_direct_alone() -> None:
    """Fewest slots leave the lottery, in whole routes; how many are free to be named is told."""
    big = trip("Q", D1)
    big = replace(
        big, route=replace(big.route, slots=(*big.route.slots, Slot("Q-3", "fire", False, frozenset())))
    )
    case = plain([officer(c) for c in "abc"], [big, trip("R", D1)], may_direct=True)
    (remedy,) = remedies(case, WORK)
    (named,) = remedy.effect.by_name
    assert (remedy.kind, remedy.size, named.route, named.slots, named.free) == (
        "direct",
        2,
        "R",
        2,
        (("fire", 0),),
    )
    assert (remedy.effect.after.slots, remedy.effect.after.by_name) == (3, 2)


def test_two_kinds_together_only_where_one_does_not_do() -> None:
    """A day too full for all its callable, and routes too many for the other day: move and call in together."""
    pool = [officer("a"), officer("b"), officer("n", away=D1), officer("m", away=D1)]
    trips = [trip("Q", D1), trip("R", D1), trip("T", D1, days=(D1, D2))]
    case = plain(pool, trips, callable=frozenset({("n", D1), ("m", D1)}))
    (remedy,) = remedies(case, WORK)
    assert (remedy.kind, remedy.size, remedy.proved) == ("move+call_in", 3, True)
    assert remedy.effect.officer_days_called == 2
    assert remedy.effect.days_moved == 1
    ranks = {"q": (Rank(task="t", stratum="s", rank=1),), "r": (Rank(task="t", stratum="s", rank=2),)}
    (other,) = remedies(replace(case, callable=frozenset(), ranks=ranks), WORK)
    assert (other.kind, other.effect.days_moved, other.effect.put_back) == ("move+fewer", 1, ("r",))


def test_nothing_suffices_is_proved() -> None:
    """Where no kind does, nothing is offered, and each is said to be proved."""
    found = answered(plain([officer("a")], [trip("R", D1)]), WORK)
    assert found.remedies == ()
    assert {one.kind for one in found.without} >= {*KINDS, "move+call_in", "move+fewer"}
    assert all(one.proved for one in found.without)


def test_who_leads_stays_as_long_as_the_route() -> None:
    """The department that leads keeps its slots though its last visit goes: somebody must lead what is left."""
    one = trip("R", D1)
    other = Slot("R-3", "env", False, frozenset())
    route = replace(one.route, blinds=("r", "s"), slots=(*one.route.slots, other))
    case = plain(
        [],
        [replace(one, route=route)],
        ranks={"s": (Rank(task="t", stratum="s", rank=1),), "r": (Rank(task="t", stratum="s", rank=2),)},
        asks={"r": Asked(departments=frozenset({"fire"})), "s": Asked(departments=frozenset({"env"}))},
    )
    (left,) = changed(case, [PutBack("r")]).routes
    assert (left.blinds, left.slots) == (("s",), route.slots)
