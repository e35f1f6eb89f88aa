"""What happens after a draw: reserves, new days, and any sequence of acts keep teams lawful and the pack whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.after.events_file import counts, events_of
from inspect_engine.drawing.after.replanning import Plan, Wish, propose, take
from inspect_engine.drawing.after.reserves import impossible
from inspect_engine.drawing.after.standing import Stop, stops_of
from inspect_engine.drawing.after.telling import to_tell, told
from inspect_engine.drawing.after.wishes import around, left_over, off_day, visits_to
from inspect_engine.drawing.approving import visits
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Event
from inspect_engine.registers.calendar import work_days
from inspect_engine.registers.tables import Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Route, RouteVisit, Slot, Visit, VisitLine, VisitMove, VisitState
from solver.dr1.eligibility import apply_changes, officers_of, routes_of
from solver.replan.following import candidates, needs
from solver.rules import broken_pair, facts
from tests.drawing.after import APPROVER, DICE_RULE, failing, follow, now, said, settle, whole
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, START, dump, store_at

TODAY = START.date()
WishOf = Callable[[Session], Wish]


def stops(store: Engine) -> dict[str, Stop]:
    """Visits of the draw that are still to be made, by blind."""
    with reading(store) as session:
        found = stops_of(session, find_draw(session, DRAW))
        session.expunge_all()
    return {stop.blind: stop for stop in found if stop.live}


def shown(store: Engine, wish: WishOf) -> Plan:
    """The plan as it is shown, before anything is taken."""
    with reading(store) as session:
        return propose(session, find_draw(session, DRAW), wish(session), TODAY)


def taken(store: Engine, wish: WishOf, minutes: float, ground: str = "emergency") -> Plan:
    """Take the plan that is shown."""
    plan = shown(store, wish)
    with writing(store) as session:
        take(session, DRAW, wish(session), plan.mark, ground, APPROVER, DICE_RULE, said(minutes))
    return plan


def busiest(store: Engine) -> date:
    """The day on which most visits are."""
    return Counter(stop.day for stop in stops(store).values()).most_common(1)[0][0]


def test_a_closed_body_is_followed_by_the_next_reserve(at: At) -> None:
    """One after another, each body is recorded for each of its tasks and the next reserve comes in; the pack is whole."""
    store = at("rostered")
    with reading(store) as session:
        blinds = [one.blind for one in visits(session, DRAW)]
    seen: Counter[str] = Counter()
    for minutes, blind in enumerate(blinds):
        before = stops(store)
        if blind not in before:
            continue
        with writing(store) as session:
            made = impossible(session, DRAW, blind, "closed", APPROVER, DICE_RULE, said(20 + minutes))
        seen.update(reserves=len(made.reserves), joined=made.joined, none=not made.reserves)
        after = stops(store)
        assert blind not in after
        assert set(after) - set(before) == set(made.reserves) - set(before)
        assert {b: s.day for b, s in after.items() if b in before} == {
            b: s.day for b, s in before.items() if b in after
        }
        assert all(after[b].route == before[blind].route for b in set(after) - set(before))
        seen["followed"] += settle(store, 20 + minutes + 0.5)
    assert failing(whole(store)) == set()
    with reading(store) as session:
        draw = find_draw(session, DRAW)
        told = counts(session, draw)
        kinds = Counter(row["kind"] for row in events_of(session, draw))
        assert kinds["target"] == told["reserves"] + told["without_reserve"]
        for stop in stops(store).values():
            lines = session.exec(select(VisitLine).where(col(VisitLine.visit_id) == stop.visit.id)).all()
            assert lines
            assert len({line.task_id for line in lines}) >= 1
            assert stop.visit.approval_id is None
            assert stop.visit.window_first <= stop.day <= stop.visit.window_last
    assert seen["reserves"] > 3, seen
    assert seen["none"], seen


def test_a_reserve_comes_for_its_task_alone(at: At) -> None:
    """A new visit has the lines of the task for which it stood by, and the ranks are taken in order."""
    store = at("rostered")
    before = stops(store)
    with reading(store) as session:
        sample = rows_of(session, find_draw(session, DRAW), "3-sample.jsonl")
    ranks = {(r["task"], r["stratum"], r["blind"]): int(str(r["rank"])) for r in sample}
    seen = 0
    for minutes, blind in enumerate(sorted(before)):
        with writing(store) as session:
            made = impossible(session, DRAW, blind, "moved-out", APPROVER, DICE_RULE, said(20 + minutes))
        settle(store, 20.5 + minutes)
        with reading(store) as session:
            draw = find_draw(session, DRAW)
            rows = [row for row in events_of(session, draw) if row["kind"] == "target" and row["to"]]
            for row in rows:
                earlier = [r for r in sample if (r["task"], r["stratum"]) == (row["task"], row["stratum"])]
                waiting = [r for r in earlier if not r["taken"]]
                called = [r["to"] for r in rows if (r["task"], r["stratum"]) == (row["task"], row["stratum"])]
                assert called == [r["blind"] for r in sorted(waiting, key=_rank)[: len(called)]]
                assert ranks[row["task"], row["stratum"], row["to"]] > 0
            fresh = set(made.reserves) - set(before)
            for stop in stops(store).values():
                if stop.blind in fresh:
                    tasks = session.exec(
                        select(VisitLine.task_id).where(col(VisitLine.visit_id) == stop.visit.id)
                    ).all()
                    assert len(set(tasks)) == 1
                    seen += 1
    assert seen > 2


def _rank(row: dict[str, Any]) -> int:
    return int(str(row["rank"]))


def test_a_plan_changes_what_it_shows_and_nothing_else(at: At) -> None:
    """An emergency moves the visits of its day to lawful days; all others, and all teams that can go along, stay."""
    store = at("rostered")
    day = busiest(store)
    before, held = stops(store), now(store).held
    there = {blind for blind, stop in before.items() if stop.day == day}
    plan = taken(store, lambda s: off_day(s, DRAW, day), 20)
    after = stops(store)
    assert {one.blind for one in plan.moves} == there
    assert len(there) > 2
    assert {b: s.day for b, s in after.items() if b not in there} == {
        b: s.day for b, s in before.items() if b not in there
    }
    with reading(store) as session:
        working = set(work_days(session, TODAY, date(2026, 12, 31)))
        for move in plan.moves:
            stop = after[move.blind]
            assert stop.day == move.to_day != day
            assert stop.day in working
            assert stop.visit.window_first <= stop.day <= stop.visit.window_last
            assert stop.day.isoweekday() not in stop.target.closed_on
        rows = session.exec(select(VisitMove)).all()
        assert {(row.ground, row.approver, row.from_day) for row in rows} == {("emergency", APPROVER, day)}
        assert len(rows) == plan.counts["moved"]
    assert {slot for slot in held if held[slot] != now(store).held[slot]} == set()
    minutes = 21.0
    while settle(store, minutes):
        minutes += 1
    assert {slot for slot in held if held[slot] != now(store).held[slot]} <= set(plan.leaving)
    assert failing(whole(store)) == set()


def test_only_the_named_town_is_closed(at: At) -> None:
    """An emergency in one town moves its visits alone."""
    store = at("rostered")
    day = busiest(store)
    towns = Counter(stop.target.town_code for stop in stops(store).values() if stop.day == day)
    town = next(code for code, n in sorted(towns.items(), key=str) if code and n < sum(towns.values()))
    plan = shown(store, lambda s: off_day(s, DRAW, day, town))
    assert {one.blind for one in plan.moves} == {
        b for b, s in stops(store).items() if s.day == day and s.target.town_code == town
    }


def test_what_an_over_long_visit_leaves_over_moves(at: At) -> None:
    """Only the visits after it on its route leave the day, and the team goes twice."""
    store = at("rostered")
    by_route: dict[str, list[Stop]] = {}
    for stop in stops(store).values():
        by_route.setdefault(stop.route, []).append(stop)
    route = next(sorted(r, key=lambda s: s.position) for r in by_route.values() if len(r) > 2)
    plan = taken(store, lambda s: left_over(s, DRAW, route[0].blind), 20, "over-long")
    assert {one.blind for one in plan.moves} == {stop.blind for stop in route[1:]}
    assert stops(store)[route[0].blind].day == route[0].day
    with reading(store) as session:
        _refused(session, "replans.nothing-to-move", lambda s: left_over(s, DRAW, route[-1].blind))


def test_an_absence_moves_visits_where_that_saves_a_substitution(at: At) -> None:
    """With an officer away, visits move rather than anybody being followed; where they cannot, the slot is left."""
    store = at("rostered")
    code = sorted(now(store).held.values())[0]
    slot = next(s for s, held in sorted(now(store).held.items()) if held == code)
    day = date.fromisoformat(now(store).places[slot].frozen)
    plan = shown(store, lambda s: around(s, DRAW, code, day, day))
    assert plan.moves
    assert plan.leaving == ()
    month = (TODAY, date(2026, 12, 31))
    always = shown(store, lambda s: around(s, DRAW, code, *month))
    assert always.moves == ()
    assert set(always.leaving) == {s for s, held in now(store).held.items() if held == code}


def test_a_day_that_is_wished_is_kept_or_refused(at: At) -> None:
    """A body that asks for a day gets it if it is lawful; a holiday, a day that is past, or one after the window is refused."""
    store = at("rostered")
    blind, stop = sorted(stops(store).items())[0]
    plan = taken(store, lambda s: visits_to(s, DRAW, [blind], date(2026, 12, 18)), 20, "asked")
    assert [(one.blind, one.to_day) for one in plan.moves] == [(blind, date(2026, 12, 18))]
    with reading(store) as session:
        for to in (date(2026, 12, 19), date(2026, 12, 1), stop.visit.window_last + timedelta(days=1)):
            wish = visits_to(session, DRAW, [blind], to)
            _refused(
                session,
                "replans.day-not-allowed",
                lambda s, wish=wish: propose(s, find_draw(s, DRAW), wish, TODAY),  # type: ignore[misc]
            )
        last = visits_to(session, DRAW, [blind])
        _refused(
            session,
            "replans.no-day",
            lambda s: propose(s, find_draw(s, DRAW), last, stop.visit.window_last),
        )


def _refused(session: Session, code: str, run: Callable[[Session], object]) -> None:
    with pytest.raises(EngineError) as caught:
        run(session)
    assert caught.value.code == code
    assert all(caught.value.message(one) and caught.value.remedy(one) for one in ("zh", "en"))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("replans.plan-changed", {"mark": "0" * 16}),
        ("replans.unknown-ground", {"ground": "mood"}),
        ("events.same-person", {"approver": "抽取岗"}),
        ("drawing.too-early", {"act": said(7)}),
        ("events.no-ground", {"act": said(20, "")}),
        ("drawing.unknown-draw", {"draw_id": "no"}),
        ("replans.nothing-to-move", {"wish": Wish()}),
        ("replans.not-movable", {"wish": Wish(forced=frozenset({9999}))}),
    ],
)
def test_bad_moves_are_refused_and_change_nothing(at: At, code: str, change: dict[str, Any]) -> None:
    """Each fault has its code, and no row of the store changes."""
    store = at("rostered")
    day = busiest(store)
    plan = shown(store, lambda s: off_day(s, DRAW, day))
    with reading(store) as session:
        wish = off_day(session, DRAW, day)
    usual: dict[str, Any] = {
        "draw_id": DRAW,
        "wish": wish,
        "mark": plan.mark,
        "ground": "emergency",
        "approver": APPROVER,
        "rule": DICE_RULE,
        "act": said(20),
    }
    before = dump(store)
    with pytest.raises(EngineError) as caught, writing(store) as session:
        take(session, **usual | change)
    assert caught.value.code == code
    assert dump(store) == before


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("visits.unknown-visit", {"word": "999"}),
        ("replans.unknown-ground", {"ground": "mood"}),
        ("events.same-person", {"approver": "抽取岗"}),
        ("replans.not-a-drawer", {"act": said(20).__class__("审批岗", said(20).at, "x")}),
    ],
)
def test_bad_records_of_a_body_are_refused_and_change_nothing(
    at: At, code: str, change: dict[str, Any]
) -> None:
    """Each fault has its code, and no row of the store changes; a body is recorded once."""
    store = at("rostered")
    usual: dict[str, Any] = {
        "draw_id": DRAW,
        "word": "1",
        "ground": "closed",
        "approver": APPROVER,
        "rule": DICE_RULE,
        "act": said(20),
    }
    before = dump(store)
    with pytest.raises(EngineError) as caught, writing(store) as session:
        impossible(session, **usual | change)
    assert caught.value.code == code
    assert dump(store) == before
    with reading(store) as session:
        blind = visits(session, DRAW)[0].blind
    with writing(store) as session:
        impossible(session, **usual | {"word": blind})
    settle(store, 21)
    with reading(store) as session:
        _refused(session, "replans.over", lambda s: impossible(s, **usual | {"word": blind, "act": said(22)}))


def test_a_body_is_told_of_its_new_day_and_of_no_name(at: At) -> None:
    """Where a day was agreed, the body stands in the list until it is told; then the new day is the agreed one."""
    store = at("rostered")
    first, second, *_ = sorted(stops(store))
    with writing(store) as session:
        for stop in stops_of(session, find_draw(session, DRAW)):
            if stop.blind == first:
                stop.visit.agreed_day = stop.day
    plan = taken(store, lambda s: visits_to(s, DRAW, [first, second]), 20, "weather")
    assert {one.blind: one.tell for one in plan.moves} == {first: True, second: False}
    with reading(store) as session:
        (waiting,) = to_tell(session, DRAW)
        assert (waiting.blind, waiting.day) == (first, stops(store)[first].day)
        assert set(waiting.__slots__) == {"visit", "blind", "agreed", "day"}
        _refused(session, "replans.nothing-to-tell", lambda s: told(s, DRAW, [second], said(21)))
    with writing(store) as session:
        assert told(session, DRAW, [first], said(21)) == 1
    with reading(store) as session:
        assert to_tell(session, DRAW) == []
        rows = session.exec(select(VisitMove).where(col(VisitMove.told_on).is_not(None))).all()
        assert [row.told_on for row in rows] == [TODAY]
    assert stops(store)[first].visit.agreed_day == stops(store)[first].day


def test_moves_are_logged_without_days_and_bodies(at: At) -> None:
    """The public log counts what moved; it has no date, no body, no ground in words."""
    store = at("rostered")
    day = busiest(store)
    with reading(store) as session:
        before = session.exec(select(Event.seq).order_by(col(Event.seq).desc())).first() or 0
    plan = taken(store, lambda s: off_day(s, DRAW, day), 20)
    with reading(store) as session:
        query = select(Event).where(col(Event.seq) > before)
        bodies = b"".join(one.body for one in session.exec(query))
        keys = set(session.exec(select(Target.key)))
    assert len(bodies) > 200
    for word in (*keys, *(one.blind for one in plan.moves), day.isoformat(), "详见附件"):
        assert word.encode() not in bodies
    assert all(one.to_day.isoformat().encode() not in bodies for one in plan.moves)


def lawful(store: Engine, seen: Counter[str]) -> None:
    """Every team with visits to come has two or more, each lawful on each day, and nobody is in two places a day."""
    with reading(store) as session:
        draw = find_draw(session, DRAW)
        officers = apply_changes(
            officers_of(rows_of(session, draw, "1-pool.jsonl")), rows_of(session, draw, "4-changes.jsonl")
        )
        routes = routes_of(rows_of(session, draw, "4-routes.jsonl"))
        known = facts(officers, routes, rows_of(session, draw, "1-relations.jsonl"))
    stands = now(store)
    stuck = {need.slot for need in needs(stands)}
    assert all(not candidates(stands, slot) for slot in stuck)
    seen["stuck"] += len(stuck)
    there = {one.code: one for one in officers}
    days: Counter[tuple[str, str]] = Counter()
    team: Counter[str] = Counter()
    for slot, place in stands.places.items():
        code = stands.held[slot]
        assert list(broken_pair(known, code, slot)) == []
        if place.days and slot not in stuck:
            assert all(there[code].present_on(day) for day in place.days)
            assert not any((code, blind) in known.tied for blind in place.blinds)
            days.update((code, day) for day in place.days)
        team[place.route] += 1
    assert [pair for pair, n in days.items() if n > 1] == []
    assert min(team.values()) >= 2
    seen["teams"] += len(team)


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["leave", "recuse", "closed", "move", "emergency", "long", "absent"]),
        st.integers(0, 99),
    ),
    min_size=3,
    max_size=5,
)
SEEN: Counter[str] = Counter()


def do(store: Engine, kind: str, pick: int, minutes: float) -> set[str]:
    """Do one act on something chosen by a number; the blinds whose day it may change."""
    live = sorted(stops(store).items())
    blind, stop = live[pick % len(live)]
    slots = sorted(slot for slot, place in now(store).places.items() if place.days)
    slot = slots[pick % len(slots)]
    if kind in ("leave", "recuse"):
        follow(store, slot, minutes, {"leave": "illness", "recuse": "creditor"}[kind])
        return set()
    if kind == "closed":
        with writing(store) as session:
            made = impossible(session, DRAW, blind, "closed", APPROVER, DICE_RULE, said(minutes))
        return {blind, *made.reserves}
    held = now(store).held[slot]
    wishes: dict[str, WishOf] = {
        "move": lambda s: visits_to(s, DRAW, [blind]),
        "emergency": lambda s: off_day(s, DRAW, stop.day),
        "long": lambda s: left_over(s, DRAW, blind),
        "absent": lambda s: around(s, DRAW, held, stop.day, stop.day),
    }
    return {one.blind for one in taken(store, wishes[kind], minutes).moves}


def followed(store: Engine, minutes: float) -> None:
    """Decide what is open, and have everybody followed who cannot go and can be followed."""
    settle(store, minutes)
    for step in range(1, 20):
        stands = now(store)
        open_needs = [need.slot for need in needs(stands) if candidates(stands, need.slot)]
        if not open_needs:
            return
        follow(store, open_needs[0], minutes + 2 * step)
    raise AssertionError("substitutions without end")


@settings(max_examples=25)
@given(ACTS)
def test_any_sequence_of_acts_keeps_the_draw_lawful(acts: list[tuple[str, int]]) -> None:
    """Leave, recusal, closed bodies, moves and emergencies in any order: teams lawful, the rest unmoved, the pack whole.

    A refused act changes no row at all.
    """
    with TemporaryDirectory() as folder:
        store = store_at("rostered", Path(folder))
        for step, (kind, pick) in enumerate(acts):
            days, before = {b: s.day for b, s in stops(store).items()}, dump(store)
            try:
                touched = do(store, kind, pick, 20 + 50 * step)
            except EngineError as error:
                assert error.code.startswith("replans.")
                assert dump(store) == before
                SEEN["refused"] += 1
                continue
            SEEN[kind] += 1
            after = {b: s.day for b, s in stops(store).items()}
            assert {b: d for b, d in after.items() if b not in touched} == {
                b: d for b, d in days.items() if b not in touched
            }
            followed(store, 20 + 50 * step + 2)
            lawful(store, SEEN)
        assert failing(whole(store)) == set()
        store.dispose()


def test_the_law_of_sequences_has_seen_all_kinds() -> None:
    """The law above has met every kind of act more than once."""
    if not SEEN:
        pytest.skip("runs after the law, in one process")
    assert all(SEEN[kind] > 1 for kind in ("leave", "recuse", "closed", "move", "emergency", "absent")), SEEN
    assert SEEN["teams"] > 50


def test_states_of_visits_pin_them(at: At) -> None:
    """What has begun, is done or was recorded does not move with its day."""
    store = at("rostered")
    day = busiest(store)
    there = sorted(blind for blind, stop in stops(store).items() if stop.day == day)
    states = (VisitState.begun, VisitState.done, VisitState.impossible)
    with writing(store) as session:
        ids = {stop.blind: stop.visit.id for stop in stops_of(session, find_draw(session, DRAW))}
        for blind, state in zip(there, states, strict=False):
            session.get_one(Visit, ids[blind]).state = state
    plan = shown(store, lambda s: off_day(s, DRAW, day))
    assert {one.blind for one in plan.moves} == set(there[3:])
    assert len(there) > 3


def test_a_reserve_stands_at_the_end_of_the_road(at: At) -> None:
    """A reserve has a place of its own after all others of its route."""
    store = at("rostered")
    for minutes, blind in enumerate(sorted(stops(store))):
        with writing(store) as session:
            impossible(session, DRAW, blind, "closed", APPROVER, DICE_RULE, said(20 + minutes))
        settle(store, 20.5 + minutes)
    with reading(store) as session:
        rows = session.exec(select(RouteVisit.route_id, RouteVisit.position)).all()
        assert len(set(rows)) == len(rows)
        assert len(session.exec(select(Slot)).all()) == len(now(store).places)
        assert len(rows) > len(session.exec(select(Route)).all())
