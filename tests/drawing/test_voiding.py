"""Void draws and the chain of draws: nothing vanishes, nobody draws again because the outcome did not please."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlmodel import select

from inspect_engine.drawing.changing import change
from inspect_engine.drawing.freezing import freeze
from inspect_engine.drawing.packing import files_of
from inspect_engine.drawing.sampling import draw_targets
from inspect_engine.drawing.seeding import Given, contribute
from inspect_engine.drawing.status import all_draws, status
from inspect_engine.drawing.steps import find_draw
from inspect_engine.drawing.tables import Draw, DrawFile
from inspect_engine.drawing.voiding import void
from inspect_engine.errors import EngineError
from inspect_engine.events.tables import Approval, Event
from inspect_engine.store import reading, writing
from inspect_engine.visits.tables import Visit, VisitState
from solver.dr1.seed import share_commitment
from tests.drawing.conftest import At
from tests.drawing.world import DRAW, PARTY, SHARE, STATES, act, dump, entropy, files, open_draw, spec

DAY = (date(2026, 12, 24), date(2026, 12, 24))


def _void(engine: Engine, minute: float = 60, approver: str = "审批岗", **changes: Any) -> list[str]:
    with writing(engine) as session:
        return void(session, DRAW, approver, act(minute, **{"ground": "机房断电"} | changes))


def _refused(engine: Engine, **changes: Any) -> str:
    before = dump(engine)
    with pytest.raises(EngineError) as caught:
        _void(engine, **changes)
    assert dump(engine) == before
    return caught.value.code


def _open(engine: Engine, draw_id: str, minute: float, **changes: Any) -> Draw:
    order = spec(draw_id=draw_id, **changes)
    with writing(engine) as session:
        return open_draw(session, order, act(minute, "计划岗"), entropy(draw_id))


def _freeze(engine: Engine, draw_id: str, minute: float) -> dict[str, Any]:
    with writing(engine) as session:
        freeze(session, draw_id, act(minute))
    parameters: dict[str, Any] = json.loads(files(engine, draw_id)["1-parameters.json"])
    return parameters


# Who may void what


@pytest.mark.parametrize("state", ["new", "frozen"])
def test_two_persons_void_what_nobody_can_know_yet(at: At, state: str) -> None:
    """Before any contribution a stated ground and a second person suffice; ground and approval are kept."""
    engine = at(state)
    assert _void(engine) == []
    with reading(engine) as session:
        draw = find_draw(session, DRAW)
        assert (draw.state.value, draw.void_ground) == ("void", "机房断电")
        approval = session.exec(select(Approval).where(Approval.subject == f"{DRAW}/void")).one()
        assert approval.ground == "机房断电"
        event = json.loads(session.exec(select(Event.body).where(Event.kind == "draw.voided")).one())
        assert event["data"] == {"approver": "审批岗", "defects": [], "state": state}
        assert status(session, DRAW)["ground"] == "机房断电"
        assert [row["draw"] for row in all_draws(session)] == [DRAW]


@pytest.mark.parametrize("state", STATES[2:])
def test_nothing_is_voided_once_anything_is_known(at: At, state: str) -> None:
    """From the first contribution on, a sound draw stands: between the stages too, when its sample is known (F14)."""
    assert _refused(at(state)) == "drawing.no-second-try"


def test_one_share_is_enough_to_bind(at: At) -> None:
    """A single share that was given binds the draw, before the dice are rolled."""
    engine = at("frozen")
    with writing(engine) as session:
        contribute(session, DRAW, [Given("share", PARTY, SHARE)], [], act(3))
    assert _refused(engine) == "drawing.no-second-try"


@pytest.mark.parametrize("state", ["new", "frozen", "rostered"])
def test_nobody_voids_alone_or_without_a_ground(at: At, state: str) -> None:
    """The approver is another person, known to the register, and the ground is said."""
    engine = at(state)
    assert _refused(engine, approver="抽取岗") == "drawing.void-second-person"
    assert _refused(engine, ground=" ") == "drawing.void-ground"
    if state != "rostered":
        assert _refused(engine, approver="没有此人") == "drawing.unknown-actor"
        assert _refused(engine, actor="没有此人") == "drawing.unknown-actor"


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("1-frame.jsonl", "roots.frame"),
        ("1-pool.jsonl", "roots.pool"),
        ("2-seed.json", "targets.seed"),
        ("3-sample.jsonl", "sample.rows"),
        ("6-roster.jsonl", "roster.lottery"),
    ],
)
def test_a_defect_that_a_checker_shows_voids_a_draw(at: At, name: str, check: str) -> None:
    """A file that was spoilt on the disk makes its check fail; that check is named, and the visits are cancelled."""
    engine = at("rostered")
    _spoil(engine, name)
    defects = _void(engine)
    assert check in defects
    with reading(engine) as session:
        event = json.loads(session.exec(select(Event.body).where(Event.kind == "draw.voided")).one())
        assert event["data"]["defects"] == defects
        assert {visit.state for visit in session.exec(select(Visit))} == {VisitState.cancelled}
    assert _refused(engine) == "drawing.step-order"


def _spoil(engine: Engine, name: str) -> None:
    """Take the last row away, or turn a digit of the seed, by raw SQL."""
    content = files(engine)[name]
    spoilt = content[: content.rstrip(b"\n").rfind(b"\n") + 1]
    if name.endswith(".json"):
        at = content.index(b'"seed":"') + 8
        spoilt = content[:at] + (b"0" if content[at : at + 1] != b"0" else b"1") + content[at + 1 :]
    with writing(engine) as session:
        session.execute(sa.update(DrawFile).where(DrawFile.name == name).values(content=spoilt))  # type: ignore[arg-type]


def test_a_void_draw_stays_with_all_its_files(at: At) -> None:
    """Void takes nothing away: files, serial and contributions stand, and its packs can still be made."""
    engine = at("frozen")
    before = files(engine)
    _void(engine)
    assert files(engine) == before
    with reading(engine) as session:
        draw = find_draw(session, DRAW)
        assert (draw.serial, files_of(session, draw, "full").keys()) == (1, before.keys())
        assert "1-parameters.json" in files_of(session, draw, "public")


# What no trick makes a defect


def _two_changes(engine: Engine) -> None:
    person = json.loads(files(engine)["1-persons.jsonl"].splitlines()[0])["person"]
    for n in range(2):  # in the same second
        with writing(engine) as session:
            change(session, DRAW, person, away=[DAY], approver="审批岗", act=act(5.5, ground=f"病假{n}"))


def test_changes_cannot_spoil_the_second_stage(at: At) -> None:
    """Changes in one second, or at the second commitment's own second, leave a pack that holds: no way to a defect."""
    from inspect_engine.drawing.staffing import staff

    engine = at("routed")
    _two_changes(engine)
    with pytest.raises(EngineError) as caught, writing(engine) as session:
        staff(session, DRAW, act(5.5))
    assert caught.value.code == "drawing.too-early"
    with writing(engine) as session:
        staff(session, DRAW, act(6))
    assert _refused(engine) == "drawing.no-second-try"


def test_a_second_stage_is_never_dated_before_the_first_seed(at: At) -> None:
    """Weights committed to before the targets' seed was known would fail a check; the clock is refused instead."""
    from inspect_engine.drawing.staffing import staff

    with pytest.raises(EngineError) as caught, writing(at("routed")) as session:
        staff(session, DRAW, act(3))
    assert caught.value.code == "drawing.too-early"


def test_a_change_backwards_in_time_or_days_is_refused(at: At) -> None:
    """A span that ends before it begins, or a change dated before the freezing, never comes to the second stage."""
    engine = at("routed")
    person = json.loads(files(engine)["1-persons.jsonl"].splitlines()[0])["person"]
    span = (date(2026, 12, 9), date(2026, 12, 8))
    for more, minute, code in (
        ({"away": [span]}, 5.5, "drawing.bad-day"),
        ({"present": [span]}, 5.5, "drawing.bad-day"),
        ({}, 2, "drawing.too-early"),
        ({"approver": "抽取岗"}, 5.5, "drawing.change-second-person"),
        ({"staff": "没有此人"}, 5.5, "drawing.unknown-officer"),
        ({}, 5.5, "drawing.empty-change"),
    ):
        before = dump(engine)
        given = {"approver": "审批岗", "staff": person, **more}
        who = str(given.pop("staff"))
        with pytest.raises(EngineError) as caught, writing(engine) as session:
            change(session, DRAW, who, act=act(minute, ground="病假"), **given)  # type: ignore[arg-type]
        assert caught.value.code == code
        assert dump(engine) == before


# The chain of draws


def _next_month(engine: Engine, draw_id: str, minute: float, **changes: Any) -> dict[str, Any]:
    _open(engine, draw_id, minute, month="2027-01", **changes)
    return _freeze(engine, draw_id, minute + 1)


@pytest.fixture
def two_years(at: At) -> Engine:
    """A rostered draw of December, and a calendar that knows January."""
    engine = at("rostered")
    with writing(engine) as session:
        session.execute(
            sa.text(
                "INSERT INTO workday (day, works, name, source) "
                "SELECT date(day, '+365 days'), works, '', 'test' FROM workday WHERE day LIKE '2026-%'"
            )
        )
    return engine


def _fresh(month_digit: str) -> dict[str, Any]:
    made = spec().model_dump(mode="json")["seed"]
    made["targets"][0]["commitment"] = share_commitment(PARTY, month_digit * 64)
    return dict(made)


def test_draws_are_numbered_and_chained(two_years: Engine) -> None:
    """Serial counts up by one, and previous is the first-stage commitment of the draw before, by hashlib alone."""
    december = json.loads(files(two_years)["1-parameters.json"])
    january = _next_month(two_years, "jan", 70, seed=_fresh("c"))
    committed = hashlib.sha256(files(two_years)["1-parameters.json"][:-1]).hexdigest()
    assert (december["serial"], december["previous"], december["after"]) == (1, "", "")
    assert (january["serial"], january["previous"], january["after"]) == (2, committed, "")


def test_what_is_planned_in_december_counts_toward_the_cap(two_years: Engine) -> None:
    """The next month's frame leaves out no one for a year that is over, and knows the draw before."""
    january = _next_month(two_years, "jan", 70, seed=_fresh("c"))
    reasons = [
        json.loads(line)["reason"] for line in files(two_years, "jan")["1-exclusions.jsonl"].splitlines()
    ]
    assert "yearly-cap" not in reasons
    assert january["frame_rows"] > 0


def test_a_void_draw_keeps_its_place_in_the_chain(at: At) -> None:
    """After a void draw the next says ``after``, has the next serial, and chains to the void one's commitment."""
    engine = at("frozen")
    void_commitment = hashlib.sha256(files(engine)["1-parameters.json"][:-1]).hexdigest()
    _void(engine, 10)
    _open(engine, "again", 11, after=DRAW)
    again = _freeze(engine, "again", 12)
    assert (again["serial"], again["previous"], again["after"]) == (2, void_commitment, DRAW)


def test_a_void_draw_must_be_named_by_who_draws_again(at: At) -> None:
    """Drawing the month again in silence is refused; so is naming a draw that is not void, not there, or followed."""
    engine = at("frozen")

    def refused(draw_id: str, **changes: Any) -> str:
        before = dump(engine)
        with pytest.raises(EngineError) as caught:
            _open(engine, draw_id, 11, **changes)
        assert dump(engine) == before
        return caught.value.code

    assert refused("again", after=DRAW) == "drawing.task-drawn-already"
    _void(engine, 10)
    assert refused("again") == "drawing.unfollowed-void"
    assert refused("again", after="nobody's") == "drawing.after"
    assert refused(DRAW, after=DRAW) == "drawing.draw-exists"
    _open(engine, "again", 11, after=DRAW)
    assert refused("third") == "drawing.task-drawn-already"
    assert refused("third", after=DRAW) == "drawing.task-drawn-already"


def test_a_follower_that_was_dropped_does_not_hide_the_void_draw(at: At) -> None:
    """A follower voided before its own commitment has followed nothing: the next must still name the void draw."""
    engine = at("frozen")
    _void(engine, 10)
    _open(engine, "again", 11, after=DRAW)
    with writing(engine) as session:
        void(session, "again", "审批岗", act(12, ground="写错"))
    with pytest.raises(EngineError) as caught:
        _open(engine, "third", 13)
    assert caught.value.code == "drawing.unfollowed-void"
    _open(engine, "third", 13, after=DRAW)


def test_a_void_draws_visits_do_not_count(at: At) -> None:
    """Visits of a draw that a defect voided are cancelled, so that its bodies are not at the cap because of it."""
    engine = at("drawn")
    _spoil(engine, "3-sample.jsonl")
    _void(engine, 10)
    _open(engine, "again", 11, after=DRAW, seed=_fresh("c"))
    _freeze(engine, "again", 12)
    assert files(engine, "again")["1-frame.jsonl"].count(b"\n") == files(engine)["1-frame.jsonl"].count(b"\n")
    with writing(engine) as session:
        given = [Given("share", PARTY, "c" * 64), Given("dice", value="9" * 20)]
        contribute(session, "again", given, [], act(13))
        draw_targets(session, "again", act(14))
