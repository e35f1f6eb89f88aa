"""Who follows an officer: by lottery, committed to before its chance exists, lawful on every date, told to nobody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy.engine import Engine
from sqlmodel import Session, col, select

from inspect_engine.drawing.after.assigning import direct
from inspect_engine.drawing.after.events_file import counts, events_of
from inspect_engine.drawing.after.reserves import impossible
from inspect_engine.drawing.after.slots import hand_over, slot_id
from inspect_engine.drawing.after.substituting import absent, decide, request
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.rostering import people_of
from inspect_engine.drawing.seeding import Given
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.drawing.tables import DrawFile
from inspect_engine.errors import EngineError
from inspect_engine.events.log import Act, check_log
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Leave, Person, Relation, Target
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Assignment, Mode
from solver.dr1 import substitution
from solver.dr1.encoding import jsonl, parse_jsonl
from solver.dr1.seed import commitment, seed, share_commitment
from solver.dr1.verdicts import Outcome
from solver.replan.following import Standing, candidates
from tests.drawing.after import (
    APPROVER,
    DICE_RULE,
    ask,
    dice,
    failing,
    follow,
    now,
    said,
    settle,
    verdicts,
    whole,
)
from tests.drawing.conftest import At
from tests.drawing.public import AFTER
from tests.drawing.world import DICE, DRAW, act, dump


def busy_slot(stands: Standing, least: int = 2, apart_from: str = "") -> str:
    """A slot with so many candidates, on another date than another one's."""
    apart = stands.places[apart_from].frozen if apart_from else ""
    return next(
        slot
        for slot, place in sorted(stands.places.items())
        if len(candidates(stands, slot)) >= least and place.frozen != apart
    )


def stuck_slot(stands: Standing) -> str:
    """A slot for which nobody can be drawn."""
    return next(slot for slot in sorted(stands.places) if not candidates(stands, slot))


def staff_no(session: Session, code: str) -> str:
    """Staff number behind a code."""
    rows = rows_of(session, find_draw(session, DRAW), "1-persons.jsonl")
    return str(next(row["person"] for row in rows if row["officer"] == code))


def test_the_first_candidate_of_the_small_draw_follows(at: At) -> None:
    """Seed, order and follower are those that the protocol's own functions give; the leaver ends as the follower begins."""
    store = at("rostered")
    stands = now(store)
    slots = [slot for slot in sorted(stands.places) if candidates(stands, slot)]
    ran = 0
    for minutes, slot in enumerate(slots):
        before = now(store)
        wanted = candidates(before, slot)
        if not wanted:
            continue
        found = follow(store, slot, 20 + 2 * minutes)
        with reading(store) as session:
            row = events_of(session, find_draw(session, DRAW))[-1]
            asked = {
                k: row[k]
                for k in ("candidates", "draw_id", "from", "ground", "requested_at", "seed_rule", "slot")
            }
            made = seed(commitment(asked), [str(row["contributions"][0])])  # type: ignore[index]
            assert (row["seed"], row["to"]) == (made, substitution.order(made, slot, wanted)[0])
            assert row["candidates"] == wanted
            assert row["from"] == before.held[slot]
            draw = find_draw(session, DRAW)
            people = people_of(session, draw)
            rows = session.exec(
                select(Assignment)
                .where(col(Assignment.slot_id) == slot_id(session, draw, slot))
                .order_by(col(Assignment.id))
            ).all()
            ended, begun = rows[-2], rows[-1]
            assert (ended.person_id,) == people[str(row["from"])]
            assert (begun.person_id,) == people[found.to]
            assert ended.ended_at == begun.since
            assert begun.ended_at is None
            assert begun.follows_id == ended.id
            assert (begun.mode, begun.ground) == (Mode.substitute, "illness")
        assert now(store).held[slot] == found.to
        ran += 1
    assert ran > 5
    pack = whole(store)
    assert failing(pack) == set()
    assert verdicts(pack)["events.candidates"].outcome is Outcome.HOLDS


def eventful(store: Engine) -> None:
    """Play two substitutions, a recusal, a reserve and a direct assignment."""
    first = busy_slot(now(store))
    follow(store, first, 20)
    follow(store, busy_slot(now(store), apart_from=first), 23, ground="shareholding")
    with writing(store) as session:
        impossible(session, DRAW, "1", "closed", APPROVER, DICE_RULE, said(26))
    settle(store, 27)
    slot = stuck_slot(now(store))
    to = sorted(set(now(store).may[slot]) - {now(store).held[slot]})
    with writing(store) as session:
        held = now(store)
        fits = next((c for c in to if c in candidates(held, slot, absent_too=True)), "")
        if fits:
            direct(session, DRAW, slot, fits, "illness", APPROVER, said(28))
        else:
            other = busy_slot(held, 1)
            direct(
                session,
                DRAW,
                other,
                candidates(held, other)[0],
                "illness",
                APPROVER,
                said(28),
                emergency=True,
            )


def test_a_pack_with_everything_passes_whole(at: At) -> None:
    """Substitutions, a reserve and a direct assignment: every check of the full pack holds, and each is counted."""
    store = at("rostered")
    eventful(store)
    pack = whole(store)
    assert failing(pack) == set()
    kinds = Counter(row["kind"] for row in parse_jsonl(pack["7-events.jsonl"]))
    assert kinds["officer"] >= 2
    assert kinds["target"] >= 1
    assert kinds["direct"] == 1
    said_of = {one.code for one in verdicts(pack)["events.direct"].remarks}
    assert said_of == {"direct-count"}
    with reading(store) as session:
        told = counts(session, find_draw(session, DRAW))
        assert told["direct"] == 1
        assert told["substitutions"] == kinds["officer"]
        assert list(check_log(session)) == []


Rows = list[dict[str, Any]]


def _officer(rows: Rows) -> dict[str, Any]:
    return next(row for row in rows if row["kind"] == "officer" and len(row["candidates"]) > 1)


def _other_successor(rows: Rows) -> None:
    row = _officer(rows)
    row["to"] = next(code for code in row["candidates"] if code != row["to"])


def _leaver_asked(rows: Rows) -> None:
    row = _officer(rows)
    row["candidates"] = sorted([*row["candidates"], row["from"]])


def _stranger_asked(rows: Rows) -> None:
    row = _officer(rows)
    row["candidates"] = sorted([*row["candidates"], "0" * 16])


def _early(rows: Rows) -> None:
    row = _officer(rows)
    row["decided_at"] = row["requested_at"]


def _seed(rows: Rows) -> None:
    _officer(rows)["seed"] = "0" * 64


def _again(rows: Rows) -> None:
    _officer(rows)["contributions"] = [f"dice:{DICE['officers']}"]


def _other_leaver(rows: Rows) -> None:
    row = _officer(rows)
    row["from"] = "0" * 16


def _rank(rows: Rows) -> None:
    next(row for row in rows if row["kind"] == "target" and row["to"])["to"] = "0" * 64


def _direct_stranger(rows: Rows) -> None:
    next(row for row in rows if row["kind"] == "direct")["to"] = "0" * 16


def _before(rows: Rows) -> None:
    rows[0]["requested_at" if rows[0]["kind"] == "officer" else "at"] = "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (_other_successor, "events.successor"),
        (_leaver_asked, "events.candidates"),
        (_stranger_asked, "events.candidates"),
        (_early, "events.draws"),
        (_seed, "events.draws"),
        (_again, "stages.fresh"),
        (_other_leaver, "events.leaving"),
        (_rank, "events.reserves"),
        (_direct_stranger, "events.direct"),
        (_before, "events.leaving"),
    ],
)
def test_each_planted_fault_is_found(at: At, spoil: Callable[[Rows], None], check: str) -> None:
    """A pack whose events were touched fails just the check that is about it."""
    store = at("rostered")
    eventful(store)
    pack = whole(store)
    rows = [dict(row) for row in parse_jsonl(pack["7-events.jsonl"])]
    spoil(rows)
    assert check in failing(pack | {"7-events.jsonl": jsonl(rows)})


def test_nobody_is_named_outside_the_store(at: At) -> None:
    """No event of the log and no public copy bears a code, a staff number, a ground or a blind of what happened."""
    store = at("rostered")
    with reading(store) as session:
        before = session.exec(select(Event.seq).order_by(col(Event.seq).desc())).first() or 0
    eventful(store)
    with reading(store) as session:
        draw = find_draw(session, DRAW)
        query = select(Event).where(col(Event.seq) > before)
        events = b" ".join(one.body for one in session.exec(query))
        rows = events_of(session, draw)
        secrets = {str(row[name]) for row in rows for name in ("from", "to") if row[name]}
        secrets |= {str(row["person"]) for row in rows_of(session, draw, "1-persons.jsonl")}
        secrets |= set(session.exec(select(Person.name))) | {"病假条", "详见附件"}
        assert len(events) > 1000
        assert [word for word in secrets if word.encode() in events] == []
        assert "7-events.jsonl" not in files_of(session, draw, "public", AFTER)


def test_one_try_and_one_at_a_time(at: At) -> None:
    """While a request is open nothing else of its day can change; once decided it is decided, and no dice serve twice."""
    store = at("rostered")
    slot = busy_slot(now(store))
    same_day = [
        s for s, p in now(store).places.items() if p.frozen == now(store).places[slot].frozen and s != slot
    ]
    with writing(store) as session:
        asked = ask(session, slot, 20)
    with reading(store) as session:
        for other in (slot, *same_day):
            _refused(session, "replans.open", partial(ask, slot=other, minutes=21))
            _refused(session, "replans.open", partial(_send, slot=other, to=now(store).held[slot]))
        used = Given("dice", value=DICE["officers"])
        _refused(
            session, "drawing.contribution-used", lambda s: decide(s, asked.substitution, [used], act(21))
        )
        _refused(session, "drawing.contribution-order", lambda s: decide(s, asked.substitution, [], act(21)))
        _refused(session, "drawing.too-early", lambda s: decide(s, asked.substitution, [dice(1)], act(20)))
    with writing(store) as session:
        decide(session, asked.substitution, [dice(1)], act(21))
    with reading(store) as session:
        _refused(
            session, "replans.decided-already", lambda s: decide(s, asked.substitution, [dice(2)], act(22))
        )
        _refused(session, "replans.unknown-request", lambda s: decide(s, 99, [dice(2)], act(22)))
    other = busy_slot(now(store), 1)
    with writing(store) as session:
        again = ask(session, other, 22)
    with reading(store) as session:
        _refused(
            session, "drawing.contribution-used", lambda s: decide(s, again.substitution, [dice(1)], act(23))
        )


def _send(session: Session, slot: str, to: str) -> int:
    return direct(session, DRAW, slot, to, "illness", APPROVER, said(21))


def _refused(session: Session, code: str, run: Callable[[Session], object]) -> None:
    with pytest.raises(EngineError) as caught:
        run(session)
    assert caught.value.code == code
    assert all(caught.value.message(one) and caught.value.remedy(one) for one in ("zh", "en"))


HEX = "ab" * 32


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("drawing.unknown-draw", {"draw_id": "no"}),
        ("replans.unknown-slot", {"slot": "no"}),
        ("replans.unknown-ground", {"ground": "mood"}),
        ("events.same-person", {"approver": "抽取岗"}),
        ("events.unknown-actor", {"approver": "nobody"}),
        ("events.not-an-approver", {"approver": "登记岗"}),
        ("events.no-ground", {"act": act(20)}),
        ("replans.not-a-drawer", {"act": Act("登记岗", act(20).at, "x")}),
        ("events.unknown-actor", {"act": Act("nobody", act(20).at, "x")}),
        ("drawing.too-early", {"act": said(7)}),
        ("replans.seed-rule", {"rule": []}),
        ("replans.seed-rule", {"rule": [{"digits": 19, "kind": "dice"}]}),
        ("replans.seed-rule", {"rule": [{"digits": 20, "kind": "hat"}]}),
        ("replans.seed-rule", {"rule": [{"commitment": HEX, "kind": "share", "party": "甲"}]}),
        (
            "replans.seed-rule-used",
            {
                "rule": [
                    {"commitment": share_commitment("纪检监察组", HEX), "kind": "share", "party": "甲"},
                    *DICE_RULE,
                ]
            },
        ),
    ],
)
def test_bad_requests_are_refused_and_change_nothing(at: At, code: str, change: dict[str, Any]) -> None:
    """Each fault of a request has its code, and no row of the store changes."""
    store = at("rostered")
    slot = busy_slot(now(store))
    before = dump(store)
    given: dict[str, Any] = {
        "draw_id": DRAW,
        "slot": slot,
        "ground": "illness",
        "approver": APPROVER,
        "rule": DICE_RULE,
        "act": said(20),
    } | change
    with pytest.raises(EngineError) as caught, writing(store) as session:
        request(session, **given)
    assert caught.value.code == code
    assert dump(store) == before


def test_before_the_lottery_nobody_is_followed(at: At) -> None:
    """A draw whose officers are not drawn has nobody to follow."""
    store = at("reseeded")
    with pytest.raises(EngineError) as caught, writing(store) as session:
        ask(session, "R001-1", 20)
    assert caught.value.code == "drawing.step-order"


def test_leave_and_relations_of_now_keep_officers_out(at: At) -> None:
    """Who is on leave by now, or tied to a body by now, is no candidate; a checker only notes that they were not asked."""
    store = at("rostered")
    slot = busy_slot(now(store), 3)
    place = now(store).places[slot]
    ill, tied, *_ = candidates(now(store), slot)
    with writing(store) as session:
        people = people_of(session, find_draw(session, DRAW))
        day = act(0).local_day.fromisoformat(place.frozen)
        session.add(Leave(person_id=people[ill][0], first=day, last=day, ground="病假"))
        keys = {
            str(r["blind"]): str(r["key"]) for r in rows_of(session, find_draw(session, DRAW), "1-keys.jsonl")
        }
        key = keys[min(place.blinds)]
        target = session.exec(select(Target.id).where(col(Target.key) == key)).one()
        session.add(
            Relation(person_id=people[tied][0], target_id=target, ground="applied", starts=day, source="test")
        )
    left = candidates(now(store), slot)
    assert ill not in left
    assert tied not in left
    assert left
    follow(store, slot, 20)
    pack = whole(store)
    assert failing(pack) == set()
    gaps = {str(one.get("officer")) for one in verdicts(pack)["events.asked"].gaps}
    assert gaps == {ill, tied}


def test_who_left_is_away_that_day_and_who_was_recused_not_there_again(at: At) -> None:
    """Illness keeps from every slot of the day, recusal from the route's bodies alone."""
    store = at("rostered")
    slot = busy_slot(now(store), 3)
    place, leaver = now(store).places[slot], now(store).held[slot]
    follow(store, slot, 20)
    assert all(
        leaver not in candidates(now(store), s) for s, p in now(store).places.items() if p.days & place.days
    )
    other = at("rostered")
    follow(other, slot, 20, ground="shareholding")
    stands = now(other)
    assert all((leaver, blind) in stands.tied for blind in place.blinds)
    assert leaver not in candidates(stands, slot)
    assert stands.officers[leaver].present_on(place.frozen)


def test_an_absence_asks_for_every_slot_of_the_days(at: At) -> None:
    """Leave over some days asks for each slot on them, once; and it is logged where the officer has none."""
    store = at("rostered")
    slots = [slot for slot in sorted(now(store).places) if candidates(now(store), slot)]
    for minutes, slot in enumerate(slots):  # until somebody has slots on two days
        if max(Counter(now(store).held.values()).values()) < 2 and candidates(now(store), slot):
            follow(store, slot, 20 + 2 * minutes, ground="shareholding")
    stands = now(store)
    (code, count), *_ = Counter(stands.held.values()).most_common(1)
    assert count > 1
    own = {slot for slot, who in stands.held.items() if who == code}
    dates = sorted({act(0).local_day.fromisoformat(stands.places[s].frozen) for s in own})
    with writing(store) as session:
        found = absent(
            session,
            DRAW,
            staff_no(session, code),
            (dates[0], dates[-1]),
            "leave",
            APPROVER,
            DICE_RULE,
            said(90),
        )
        told = {one.slot for one in found.asked} | set(found.waiting) | set(found.stuck)
        assert told == own
        away = (dates[-1] + timedelta(days=90),) * 2
        none = absent(session, DRAW, code, away, "leave", APPROVER, DICE_RULE, said(91))
        assert (none.asked, none.waiting, none.stuck) == ((), (), ())
        kinds = session.exec(select(Event.kind).order_by(col(Event.seq).desc())).first()
        assert kinds == "draw.absence-told"
        _refused(
            session,
            "replans.unknown-officer",
            lambda s: absent(s, DRAW, "no", away, "leave", APPROVER, DICE_RULE, said(92)),
        )


def test_many_absences_of_a_day_sound_an_alarm(at: At) -> None:
    """From the rule's number and share on, requests of one day say so, in the log too."""
    store = at("rostered")
    alarms: list[bool] = []
    by_day = Counter(place.frozen for place in now(store).places.values())
    day = by_day.most_common(1)[0][0]
    for minutes in range(0, 40, 2):
        stands = now(store)
        free = [s for s, p in sorted(stands.places.items()) if p.frozen == day and candidates(stands, s)]
        if not free or len(alarms) == 4:
            break
        with writing(store) as session:
            alarms.append(ask(session, free[-1], 20 + minutes).alarm)
        settle(store, 21 + minutes)
    assert alarms[:2] == [False, False]
    assert alarms[-1] is True


def test_direct_assignment_is_the_last_way(at: At) -> None:
    """Where somebody can be drawn nobody is sent directly; who is on leave may be called back; the barred never go."""
    store = at("rostered")
    slot = busy_slot(now(store))
    code = candidates(now(store), slot)[0]
    with reading(store) as session:
        _refused(
            session,
            "replans.lottery-first",
            lambda s: direct(s, DRAW, slot, code, "illness", APPROVER, said(20)),
        )
    with writing(store) as session:
        people = people_of(session, find_draw(session, DRAW))
        day = act(0).local_day.fromisoformat(now(store).places[slot].frozen)
        for one in candidates(now(store), slot):
            session.add(Leave(person_id=people[one][0], first=day, last=day, ground="年休"))
    with writing(store) as session:
        _refused(session, "replans.no-candidate", lambda s: ask(s, slot, 20))
        held = now(store).held
        _refused(
            session,
            "replans.direct-barred",
            lambda s: direct(s, DRAW, slot, held[slot], "illness", APPROVER, said(20)),
        )
        assert direct(session, DRAW, slot, staff_no(session, code), "illness", APPROVER, said(20)) == 1
    assert now(store).held[slot] == code
    assert failing(whole(store)) == set()


def test_a_standing_team_leaves_and_follows_as_one(at: At) -> None:
    """A code that stands for several persons ends and begins with all of them, each after one of those before."""
    store = at("rostered")
    slot = busy_slot(now(store))
    leaver, to = now(store).held[slot], candidates(now(store), slot)[0]
    with writing(store) as session:
        draw = find_draw(session, DRAW)
        pooled = {str(row["person"]) for row in rows_of(session, draw, "1-persons.jsonl")}
        spare = [
            p for p in session.exec(select(Person).order_by(col(Person.id))) if p.staff_no not in pooled
        ][:3]
        assert len(spare) == 3
        extra = {leaver: spare[:1], to: spare[1:]}
        rows = [
            {
                **row,
                "person": " ".join(
                    [str(row["person"]), *(p.staff_no for p in extra.get(str(row["officer"]), []))]
                ),
            }
            for row in rows_of(session, draw, "1-persons.jsonl")
        ]
        file = session.get_one(DrawFile, (draw.id, "1-persons.jsonl"))
        file.content = jsonl(rows)
        place = slot_id(session, draw, slot)
        session.add(Assignment(slot_id=place, person_id=spare[0].id or 0, mode=Mode.lottery, since=act(8).at))
        session.flush()
        people = people_of(session, draw)
        hand_over(session, draw, place, (leaver, to), Mode.substitute, "illness", act(20))
        rows_there = session.exec(select(Assignment).where(col(Assignment.slot_id) == place)).all()
        ended = {one.person_id for one in rows_there if one.ended_at}
        begun = {one.person_id: one.follows_id for one in rows_there if not one.ended_at}
        assert ended == set(people[leaver])
        assert set(begun) == set(people[to])
        assert len(begun) == 3
        assert set(begun.values()) == {one.id for one in rows_there if one.ended_at}


def test_a_request_is_the_same_in_the_store_and_in_the_pack(at: At) -> None:
    """The bytes committed to are those that the pack holds, and the commitment stands in the log before the chance."""
    store = at("rostered")
    slot = busy_slot(now(store))
    with writing(store) as session:
        asked = ask(session, slot, 20)
        query = select(Event.body).where(col(Event.kind) == "draw.substitution-asked")
        data = [json.loads(body)["data"] for body in session.exec(query)]
        assert [row["commitment"] for row in data] == [asked.commitment]
    with writing(store) as session:
        decide(session, asked.substitution, [dice(7)], act(21))
    row = dict(parse_jsonl(whole(store)["7-events.jsonl"])[-1])
    for name in ("contributions", "decided_at", "kind", "seed", "to"):
        del row[name]
    assert commitment(row) == asked.commitment
