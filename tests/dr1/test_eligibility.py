"""Who may go: against the literal reading, pair by pair and day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solver.dr1.eligibility import (
    Officer,
    Route,
    Slot,
    allowed_pairs,
    apply_changes,
    kin_hash,
    officers_of,
    routes_of,
)
from solver.dr1.encoding import Row, hexdigest, parse_json_file, parse_jsonl, text
from tests.dr1.support import example, hashes, hex64, refused

DAYS = [f"2026-12-{d:02d}" for d in range(1, 10)]
BLINDS = [hexdigest(b"%d" % i) for i in range(6)]
CODES = [f"{i:016x}" for i in range(7)]
Relations = list[Row]

spans = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(lambda s: (min(s), max(s)))
skills = st.frozensets(st.sampled_from(["食品", "计量"]))


def _officers(draw: st.DrawFn) -> list[Officer]:
    return [
        Officer(
            code=code,
            department=draw(st.sampled_from("xxxy")),
            lead=draw(st.booleans()),
            skills=draw(skills),
            unit="u",
            until=draw(st.sampled_from(DAYS[3:])),
            away=tuple(draw(st.lists(spans, max_size=1))),
        )
        for code in CODES
    ]


def _routes(draw: st.DrawFn) -> list[Route]:
    return [
        Route(
            route=f"R{r}",
            date=draw(st.sampled_from(DAYS)),
            road=True,
            blinds=tuple(sorted(draw(st.sets(st.sampled_from(BLINDS), min_size=1, max_size=3)))),
            slots=tuple(
                Slot(f"R{r}-{s}", draw(st.sampled_from("xxxy")), draw(st.booleans()), draw(skills))
                for s in range(draw(st.integers(1, 3)))
            ),
        )
        for r in range(draw(st.integers(1, 4)))
    ]


def _relations(draw: st.DrawFn) -> Relations:
    tied = draw(st.sets(st.tuples(st.sampled_from(CODES), st.sampled_from(BLINDS)), max_size=4))
    kin = draw(st.sets(st.tuples(st.sampled_from(CODES), st.sampled_from(CODES)), max_size=6))
    rows: Relations = [{"ground": "shareholding", "officer": a, "with": b} for a, b in sorted(tied)]
    return rows + [{"ground": "kin", "officer": a, "with": b} for a, b in sorted(kin) if a < b]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Officer], list[Route], Relations]:
    """A small pool, a few routes, relations of both sorts."""
    return _officers(draw), _routes(draw), _relations(draw)


def _otherwise(one: Officer, slot: Slot, route: Route, relations: Relations) -> bool:
    """Whether none of the bars of section 5 but kinship applies, each tested by itself."""
    return not (
        one.department != slot.department
        or (slot.lead and not one.lead)
        or any(skill not in one.skills for skill in slot.skills)
        or route.date > one.until
        or any(a <= route.date <= b for a, b in one.away)
        or any(r["officer"] == one.code and r["with"] in route.blinds for r in relations)
    )


def _literal(
    officers: list[Officer], routes: list[Route], relations: Relations, seed: str, name: str
) -> list[tuple[str, str, str]]:
    kin = {(r["officer"], r["with"]) for r in relations if r["ground"] == "kin"}
    kin |= {(b, a) for a, b in kin}
    pairs = []
    for route in routes:
        there = {o.code for o in officers for s in route.slots if _otherwise(o, s, route, relations)}
        rank = {c: hexdigest(text("dr1/kin", seed, route.blinds[0], c), name) for c in there}
        pairs += [
            (route.route, slot.slot, one.code)
            for slot in route.slots
            for one in officers
            if _otherwise(one, slot, route, relations)
            and all(rank[one.code] < rank[other] for other in there if (one.code, other) in kin)
        ]
    return pairs


@given(worlds(), hex64, hashes)
def test_allowed_pairs_are_the_literal_ones(
    world: tuple[list[Officer], list[Route], Relations], seed: str, name: str
) -> None:
    """The grouped search finds just the pairs that no bar excludes, and never two kin on a route."""
    pairs = allowed_pairs(*world, seed, name)
    assert pairs == _literal(*world, seed, name)
    sent: dict[str, set[str]] = {}
    for route, _, officer in pairs:
        sent.setdefault(route, set()).add(officer)
    for row in world[2]:
        if row["ground"] == "kin":
            assert not any({row["officer"], row["with"]} <= codes for codes in sent.values())


def test_example_weights_stand_on_just_the_allowed_pairs() -> None:
    """In the example pack every allowed pair has a weight and no other has; one pair of kin is among them."""
    files = {name: parse_jsonl(data) for name, data in example().items() if name.endswith("jsonl")}
    seed = str(parse_json_file(example()["2-seed.json"])["seed"])
    officers = apply_changes(officers_of(files["1-pool.jsonl"]), files["4-changes.jsonl"])
    pairs = allowed_pairs(officers, routes_of(files["4-routes.jsonl"]), files["1-relations.jsonl"], seed)
    weighted = {(row["slot"], row["officer"]) for row in files["4-weights.jsonl"]}
    assert {(slot, officer) for _, slot, officer in pairs} == weighted
    assert len(pairs) == len(weighted) == 256
    without = [row for row in files["1-relations.jsonl"] if row["ground"] != "kin"]
    kinless = allowed_pairs(officers, routes_of(files["4-routes.jsonl"]), without, seed)
    assert len(kinless) > 256  # the kin rule did bar somebody


def _plain(code: str, away: tuple[tuple[str, str], ...] = ()) -> Officer:
    return Officer(code, "x", True, frozenset(), "u", "2026-12-31", away)


def _one_route(blinds: tuple[str, ...] = (BLINDS[0],)) -> Route:
    return Route("R", DAYS[0], True, blinds, (Slot("R-1", "x", True, frozenset()),))


def test_a_chain_of_kin_keeps_its_smallest() -> None:
    """Of a-b-c, the middle one having the middle hash: a stays, b loses to a, and c loses to b all the same."""
    seed = "00" * 32
    a, b, c = sorted(CODES[:3], key=lambda code: kin_hash(seed, BLINDS[0], code))
    chain: Relations = [{"ground": "kin", "officer": min(p), "with": max(p)} for p in ((a, b), (b, c))]
    pairs = allowed_pairs([_plain(code) for code in (a, b, c)], [_one_route()], chain, seed)
    assert [officer for _, _, officer in pairs] == [a]
    without_a = [_plain(a, ((DAYS[0], DAYS[0]),)), _plain(b), _plain(c)]
    assert [o for _, _, o in allowed_pairs(without_a, [_one_route()], chain, seed)] == [b]


def test_kin_who_cannot_go_bars_no_one() -> None:
    """Who is otherwise barred from the route does not push out their kin."""
    seed = "00" * 32
    small, large = sorted(CODES[:2], key=lambda code: kin_hash(seed, BLINDS[0], code))
    kin: Relations = [{"ground": "kin", "officer": min(small, large), "with": max(small, large)}]
    tied: Relations = [{"ground": "spouse", "officer": small, "with": BLINDS[0]}]
    officers = [_plain(small), _plain(large)]
    assert [o for _, _, o in allowed_pairs(officers, [_one_route()], kin, seed)] == [small]
    assert [o for _, _, o in allowed_pairs(officers, [_one_route()], kin + tied, seed)] == [large]


def test_a_route_without_a_visit_is_refused() -> None:
    """It has no first blind to decide by."""
    with refused("route-empty"):
        allowed_pairs([_plain(CODES[0])], [_one_route(())], [], "00" * 32)


def _change(away: list[tuple[str, str]], present: list[tuple[str, str]]) -> Row:
    return {"away": [list(s) for s in away], "officer": CODES[0], "present": [list(s) for s in present]}


@given(
    st.lists(spans, max_size=2),
    st.lists(st.tuples(st.lists(spans, max_size=2), st.lists(spans, max_size=2)), max_size=3),
)
def test_changes_by_the_day(
    frozen: list[tuple[str, str]], changes: list[tuple[list[tuple[str, str]], list[tuple[str, str]]]]
) -> None:
    """Spans added and lifted, one change after another, are the same days added to and taken from a set."""

    def days(some: list[tuple[str, str]]) -> set[str]:
        return {day for first, last in some for day in DAYS if first <= day <= last}

    away = days(frozen)
    for more, lifted in changes:
        away = (away | days(more)) - days(lifted)
    (one,) = apply_changes([_plain(CODES[0], tuple(frozen))], [_change(*c) for c in changes])
    assert {day for day in DAYS if not one.present_on(day)} == away


def test_called_in_then_ill_is_away() -> None:
    """Lifting a window over month and year's end, and a later illness within what was lifted."""
    window = ("2026-11-20", "2027-01-10")
    changes = [_change([], [("2026-12-31", "2027-01-01")]), _change([("2027-01-01", "2027-01-01")], [])]
    officer = Officer(CODES[0], "x", True, frozenset(), "u", "2027-12-31", (window,))
    (one,) = apply_changes([officer], changes)
    day, there = date(2026, 11, 1), []
    while day < date(2027, 2, 1):
        there += [day.isoformat()] if one.present_on(day.isoformat()) else []
        day += timedelta(days=1)
    assert there == [
        *[f"2026-11-{d:02d}" for d in range(1, 20)],
        "2026-12-31",
        *[f"2027-01-{d:02d}" for d in range(11, 32)],
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**_change([], []), "officer": "nobody"}, "change-officer"),
        (_change([(DAYS[1], DAYS[0])], []), "span-order"),
        (_change([], [("2026-12-1", DAYS[0])]), "date"),
    ],
)
def test_odd_changes_are_refused(row: Row, code: str) -> None:
    """A stranger, a span that ends before it begins and what is no date have their codes."""
    with refused(code):
        apply_changes([_plain(CODES[0])], [row])


def test_ends_are_included() -> None:
    """The last day of a certificate is worked; both ends of an absence are not."""
    one = Officer(CODES[0], "x", True, frozenset(), "u", DAYS[5], ((DAYS[2], DAYS[3]),))
    assert [day for day in DAYS if one.present_on(day)] == [*DAYS[:2], *DAYS[4:6]]


def test_the_first_blind_is_the_least() -> None:
    """Kin are told apart by the least blind of a route, however its blinds are listed."""
    kin: Relations = [{"ground": "kin", "officer": CODES[0], "with": CODES[1]}]
    officers, stayed = [_plain(code) for code in CODES[:2]], set()
    for i in range(16):
        seed = hexdigest(b"%d" % i)
        (pair,) = allowed_pairs(officers, [_one_route(tuple(sorted(BLINDS)))], kin, seed)
        assert [pair] == allowed_pairs(officers, [_one_route(tuple(sorted(BLINDS)[::-1]))], kin, seed)
        stayed.add(pair[2])
    assert stayed == set(CODES[:2])
