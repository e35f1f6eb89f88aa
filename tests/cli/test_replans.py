"""What happens after a draw, by the commands alone: plans are shown before they are taken, and nobody is named."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from inspect_engine.drawing.after.standing import stops_of
from inspect_engine.drawing.steps import find_draw, rows_of
from inspect_engine.events.tables import Event
from inspect_engine.registers.tables import Person, Target
from inspect_engine.store import open_store, reading, sqlite_url, writing
from solver.replan.following import candidates
from tests.cli.conftest import Run
from tests.drawing.after import now
from tests.drawing.world import DRAW, START, store_at

BY = ("--approver", "审批岗")
ILL = ("--ground", "illness", "病假条", *BY)
DICE = ("57721566490153286060", "16180339887498948482", "30102999566398119521")


class Clock:
    """A clock that goes on by a minute each time a command is run."""

    at = START + timedelta(hours=1)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The commands' clock."""
    made = Clock()
    for module in ("context", "replans"):
        monkeypatch.setattr(f"inspect_engine.cli.{module}.now", made)
    return made


@pytest.fixture
def home(run: Run, tmp_path: Path, clock: Clock) -> Path:
    """A home whose store has the small county's draw with its officers drawn."""
    folder = tmp_path / "home"
    folder.mkdir()
    store_at("rostered", folder, "engine.db").dispose()
    return folder / "engine.db"


def done(run: Run, clock: Clock, *words: object) -> Any:
    """Run a command that succeeds, first for people and then for programs if it changes nothing; its JSON."""
    clock.at += timedelta(minutes=1)
    result = run("draw", *words, "--json")
    assert result.exit_code == 0, (words, result.output, result.exception)
    return json.loads(result.stdout)


def refused(run: Run, code: str, *words: object) -> None:
    """Run a command that is refused with a code in both languages."""
    result = run("draw", *words, "--json")
    assert result.exit_code == 1, (words, result.output, result.exception)
    told = json.loads(result.stdout)
    assert told["code"] == code
    assert all(told[name] for name in ("zh", "en", "remedy_zh", "remedy_en"))


def slots_of(path: Path, least: int) -> list[str]:
    """Slots with so many candidates."""
    engine = open_store(sqlite_url(path))
    stands = now(engine)
    engine.dispose()
    return [slot for slot in sorted(stands.places) if len(candidates(stands, slot)) >= least]


def holder(path: Path, slot: str) -> str:
    """Staff number of who holds a slot."""
    engine = open_store(sqlite_url(path))
    code = now(engine).held[slot]
    with reading(engine) as session:
        rows = rows_of(session, find_draw(session, DRAW), "1-persons.jsonl")
    engine.dispose()
    return str(next(row["person"] for row in rows if row["officer"] == code))


def test_an_officer_is_followed_by_commands(run: Run, home: Path, clock: Clock) -> None:
    """Leave makes requests, dice decide them, and the events list shows open ones until then."""
    slot = slots_of(home, 2)[0]
    who = holder(home, slot)
    found = done(run, clock, "leave", DRAW, who, "2026-12-01..2026-12-31", *ILL)
    asked = {one["slot"]: one for one in found["requests"]}
    assert slot in asked
    seen = done(run, clock, "events", DRAW)
    assert {one["commitment"] for one in seen["open"]} == {one["commitment"] for one in asked.values()}
    number = asked[slot]["substitution"]
    refused(run, "replans.open", "substitute", DRAW, slot, *ILL)
    refused(run, "drawing.dice-digits", "decide", number, "--dice", "123")
    told = done(run, clock, "decide", number, "--dice", DICE[0])
    assert told["slot"] == slot
    assert holder(home, slot) != who
    refused(run, "replans.decided-already", "decide", number, "--dice", DICE[1])
    seen = done(run, clock, "events", DRAW)
    assert seen["counts"]["substitutions"] == 1
    assert number not in {one["substitution"] for one in seen["open"]}


def test_a_recusal_with_shares_and_dice(run: Run, home: Path, clock: Clock) -> None:
    """A seed of a share and dice is asked for and given; a bad rule, ground or slot is refused in words."""
    from solver.dr1.seed import share_commitment

    slot = slots_of(home, 2)[0]
    value = "cd" * 32
    ground = ("--ground", "shareholding", "持股", *BY)
    share = f"share:公证处:{share_commitment('公证处', value)}"
    refused(run, "replans.seed-rule", "substitute", DRAW, slot, *ground, "--seed", "dice:5")
    refused(run, "replans.seed-rule", "substitute", DRAW, slot, *ground, "--seed", "hat")
    refused(run, "replans.seed-rule", "substitute", DRAW, slot, *ground, "--seed", "drand:ff:x")
    refused(run, "replans.unknown-ground", "substitute", DRAW, slot, "--ground", "mood", "x", *BY)
    refused(run, "replans.unknown-slot", "substitute", DRAW, "no", *ground)
    asked = done(run, clock, "substitute", DRAW, slot, *ground, "--seed", share, "--seed", "dice:20")
    words = ("decide", asked["substitution"], "--share", f"公证处={value}", "--dice", DICE[1])
    assert done(run, clock, *words)["slot"] == slot


def test_a_plan_is_shown_then_taken_then_told(run: Run, home: Path, clock: Clock) -> None:
    """Moving needs the mark of what was shown; an agreed body stands in the list until it is told."""
    engine = open_store(sqlite_url(home))
    with writing(engine) as session:
        stop = stops_of(session, find_draw(session, DRAW))[0]
        stop.visit.agreed_day = stop.day
        blind, day = stop.blind, stop.day
    engine.dispose()
    plan = done(run, clock, "move", DRAW, "--visit", blind)
    assert plan["moved"] == plan["to_tell"] == 1
    assert done(run, clock, "events", DRAW)["moves"] == []
    words = ("move", DRAW, "--visit", blind, "--take")
    refused(run, "replans.plan-changed", *words, "0" * 16, "--ground", "asked", "来函", *BY)
    refused(run, "events.no-ground", *words, plan["mark"], *BY)
    taken = done(run, clock, *words, plan["mark"], "--ground", "asked", "来函", *BY)
    assert taken["moves"] == plan["moves"]
    (row,) = done(run, clock, "to-tell", DRAW)
    assert (row["blind"], row["agreed"]) == (blind, day.isoformat())
    assert done(run, clock, "told", DRAW, "--visit", blind) == {"told": 1}
    assert done(run, clock, "to-tell", DRAW) == []
    (moved,) = done(run, clock, "events", DRAW)["moves"]
    assert moved["to"] == plan["moves"][0]["to"]
    refused(run, "replans.day-not-allowed", "move", DRAW, "--visit", blind, "--to", "2026-12-20")
    refused(run, "drawing.bad-day", "move", DRAW, "--visit", blind, "--to", "soon")
    refused(run, "visits.unknown-visit", "move", DRAW, "--visit", "999")


def test_other_plans_and_records(run: Run, home: Path, clock: Clock) -> None:
    """Emergency, over-long, absence and a closed body: each is shown or recorded, by slots, blinds and counts."""
    engine = open_store(sqlite_url(home))
    with reading(engine) as session:
        placed = stops_of(session, find_draw(session, DRAW))
        first = next(
            stop for stop in placed if any(s.route == stop.route and s.position == 2 for s in placed)
        )
        day, blind, route = first.day.isoformat(), first.blind, first.route
    slot = next(name for name, place in sorted(now(engine).places.items()) if place.route == route)
    engine.dispose()
    assert done(run, clock, "emergency", DRAW, day)["moved"] >= 2
    assert done(run, clock, "over-long", DRAW, blind)["moved"] >= 1
    assert done(run, clock, "replan", DRAW, holder(home, slot), day)["mark"]
    refused(run, "replans.nothing-to-move", "emergency", DRAW, "2026-12-25")
    refused(run, "drawing.aside-unknown", "emergency", DRAW, day, "--aside", "seasons")
    for words in (("emergency", DRAW, day), ("over-long", DRAW, blind), ("move", DRAW, "--visit", blind)):
        done(run, clock, *words, "--aside", "streets", "--aside", "joint-days")
        assert logged(home)[-1]["data"]["aside"] == ["joint-days", "streets"]
    refused(run, "replans.unknown-officer", "replan", DRAW, "no", day)
    made = done(run, clock, "impossible", DRAW, blind, "--ground", "closed", "已停业", *BY)
    assert made["recorded"] >= 1
    refused(run, "replans.over", "impossible", DRAW, blind, "--ground", "closed", "已停业", *BY)
    one = slots_of(home, 1)
    if one:
        refused(run, "replans.lottery-first", "direct", DRAW, one[0], "--to", holder(home, one[0]), *ILL)
        refused(
            run,
            "replans.direct-barred",
            "direct",
            DRAW,
            one[0],
            "--to",
            holder(home, one[0]),
            "--emergency",
            *ILL,
        )
        engine = open_store(sqlite_url(home))
        code = candidates(now(engine), one[0])[0]
        engine.dispose()
        told = done(run, clock, "direct", DRAW, one[0], "--to", code, "--emergency", *ILL)
        assert told["direct assignments"] == 1


def test_people_read_the_same_and_nobody_is_named(run: Run, home: Path, clock: Clock) -> None:
    """The tables for people come out for every command, and no name of a person or a body is in them."""
    slot = slots_of(home, 2)[0]
    engine = open_store(sqlite_url(home))
    with reading(engine) as session:
        names = set(session.exec(select(Person.name))) | set(session.exec(select(Target.name)))
        names |= set(session.exec(select(Target.key).where(col(Target.key) != "")))
        blind = stops_of(session, find_draw(session, DRAW))[0].blind
    engine.dispose()
    said = ""
    for words in (
        ("substitute", DRAW, slot, *ILL),
        ("events", DRAW),
        ("decide", "1", "--dice", DICE[2]),
        ("move", DRAW, "--visit", blind),
        ("impossible", DRAW, blind, "--ground", "closed", "已停业", *BY),
        ("leave", DRAW, holder(home, slots_of(home, 1)[0]), "2026-12-01..2026-12-31", *ILL),
        ("to-tell", DRAW),
        ("events", DRAW),
    ):
        clock.at += timedelta(minutes=1)
        result = run("draw", *words)
        assert result.exit_code == 0, (words, result.output, result.exception)
        said += result.output
    assert "承诺" in said
    assert [name for name in names if name in said] == []


def logged(path: Path) -> list[dict[str, Any]]:
    """Kind and data of each event of the log, in order."""
    engine = open_store(sqlite_url(path))
    with reading(engine) as session:
        bodies = [json.loads(one.body) for one in session.exec(select(Event).order_by(col(Event.seq)))]
    engine.dispose()
    return bodies


def test_nobody_asks_in_silence_who_goes_where(run: Run, home: Path, clock: Clock) -> None:
    """A plan about an absence or a town lists no slot and no body; each question is logged, refused ones too."""
    engine = open_store(sqlite_url(home))
    with reading(engine) as session:
        placed = stops_of(session, find_draw(session, DRAW))
        blinds = [stop.blind for stop in placed]
        towns = sorted({(stop.day.isoformat(), stop.target.town_code or "") for stop in placed})
    slots = sorted(now(engine).places)
    engine.dispose()
    who, (day, town) = holder(home, slots[0]), next(one for one in towns if one[1])
    before = len(logged(home))
    month = "2026-12-02..2026-12-31"
    for words, about in (
        (("replan", DRAW, who, month), "absence"),
        (("emergency", DRAW, day, "--town", town), "town"),
    ):
        told = done(run, clock, *words)
        assert set(told) == {"mark", "moved", "substitutions", "to_tell", "proved", "days"}
        text = json.dumps(told) + run("draw", *words).output
        assert [one for one in (*slots, *(blind[:8] for blind in blinds)) if one in text] == []
        assert logged(home)[-1]["data"]["about"] == about
    assert len(logged(home)) == before + 4
    silent: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("replans.nothing-to-move", ("replan", DRAW, who, "2026-11-01")),
        (
            "replans.nothing-to-move",
            ("replan", DRAW, who, "2026-11-01", "--take", "0" * 16, "--ground", "illness", "x", *BY),
        ),
        ("replans.unknown-officer", ("replan", DRAW, "no", month)),
        ("replans.nothing-to-move", ("emergency", DRAW, day, "--town", "no")),
        ("replans.seed-rule", ("leave", DRAW, who, month, "--seed", "dice:5", *ILL)),
        ("replans.seed-rule", ("leave", DRAW, who, "2026-11-01", "--seed", "dice:5", *ILL)),
        (
            "events.same-person",
            ("leave", DRAW, who, month, "--ground", "illness", "x", "--approver", "抽取岗"),
        ),
    )
    for code, asking in silent:
        count = len(logged(home))
        refused(run, code, *asking)
        assert len(logged(home)) == count + 1
        assert logged(home)[-1]["data"]["refused"] == code
    text = json.dumps(logged(home)[before:], ensure_ascii=False)
    assert [one for one in (*slots, *blinds, who, town, day) if one in text] == []
    for other in (
        ("replan", DRAW, who, month),
        ("emergency", DRAW, day),
        ("move", DRAW, "--visit", blinds[0]),
    ):
        count = len(logged(home))
        refused(run, "replans.not-a-drawer", *other, "--as", "审批岗")
        assert len(logged(home)) == count


def test_an_open_request_is_not_told_of_an_absent_officer(run: Run, home: Path, clock: Clock) -> None:
    """Where a plan about an absence waits for a request, it is not said of which slot."""
    slot = slots_of(home, 2)[0]
    done(run, clock, "substitute", DRAW, slot, *ILL)
    refused(run, "replans.open-there", "replan", DRAW, holder(home, slot), "2026-12-02..2026-12-31")


def test_dice_that_nobody_could_throw_are_refused(run: Run, home: Path, clock: Clock) -> None:
    """A request for more than a thousand dice digits could be neither decided nor withdrawn: it is not made."""
    slot = slots_of(home, 2)[0]
    for digits in ("1001", "99999999999"):
        refused(run, "replans.dice-many", "substitute", DRAW, slot, *ILL, "--seed", f"dice:{digits}")
        refused(
            run,
            "replans.dice-many",
            "leave",
            DRAW,
            holder(home, slot),
            "2026-12-02..2026-12-31",
            *ILL,
            "--seed",
            f"dice:{digits}",
        )
    assert done(run, clock, "events", DRAW)["open"] == []
    asked = done(run, clock, "substitute", DRAW, slot, *ILL, "--seed", "dice:1000")
    assert done(run, clock, "decide", asked["substitution"], "--dice", "1234567890" * 100)["slot"] == slot
